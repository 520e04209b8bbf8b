"""The App's own deliveries as GitHub lists them: the port `Deliveries`, on top of `Api`.

https://docs.github.com/en/rest/apps/webhooks
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from waypost.forge.api import Api
from waypost.forge.credentials import Credential
from waypost.forge.deliveries import Attempt, Page

_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')


class AppDeliveries:
    """Implements `Deliveries`, signed by the App itself."""

    def __init__(self, api: Api, credential: Credential) -> None:
        self._api, self._credential = api, credential

    def page(self, cursor: str = "") -> Page:
        return self._list("", cursor)

    def failures(self, cursor: str = "") -> Page:
        return self._list("&status=failure", cursor)

    def payload(self, attempt: int) -> Mapping[str, Any]:
        address = f"/app/hook/deliveries/{attempt}"
        answer = self._api.call(self._credential, "GET", address, f"reading delivery {attempt}")
        payload = (answer.body.get("request") or {}).get("payload")
        return payload if isinstance(payload, dict) else {}

    def redeliver(self, attempt: int) -> None:
        address = f"/app/hook/deliveries/{attempt}/attempts"
        what = f"asking for delivery {attempt} again"
        self._api.call(self._credential, "POST", address, what, is_write=True)

    def _list(self, kind: str, cursor: str) -> Page:
        older = f"&cursor={quote(cursor, safe='')}" if cursor else ""
        address = f"/app/hook/deliveries?per_page=100{kind}{older}"
        answer = self._api.call(self._credential, "GET", address, "listing the deliveries")
        following = _NEXT.search(answer.headers.get("link", ""))
        query = parse_qs(urlsplit(following[1]).query) if following else {}
        return Page([_attempt(one) for one in answer.body], query.get("cursor", [""])[0])


def _attempt(found: Mapping[str, Any]) -> Attempt:
    return Attempt(
        id=found["id"],
        guid=found["guid"],
        event=found["event"],
        action=found.get("action") or "",
        installation=found.get("installation_id") or 0,
        repository=found.get("repository_id") or 0,
        status=found.get("status_code") or 0,
        at=datetime.fromisoformat(found["delivered_at"]).timestamp(),
        is_redelivery=bool(found.get("redelivery")),
    )
