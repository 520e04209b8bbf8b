"""One call to GitHub done properly: paced, counted, signed again after an expired token, translated when refused.

Knows no repository and no catalog, and not how a request travels: `send` is handed in.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Protocol

from waypost.forge.conditional import Known, Memory
from waypost.forge.credentials import Credential
from waypost.forge.graphql import broken
from waypost.forge.pacing import Pacer
from waypost.forge.protocol import TooLarge, Unavailable
from waypost.forge.refusals import errors, graphql_refusal, is_limit, refusal

_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')


class Answer(NamedTuple):
    """What came back. Header names are in lower case; `body` is the parsed JSON, None when there is none."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Send(Protocol):
    def __call__(self, verb: str, address: str, token: str, headers: Mapping[str, str], body: Any = None) -> Answer: ...


class _Call(NamedTuple):
    verb: str
    address: str
    what: str
    body: Any
    headers: Mapping[str, str]
    is_write: bool
    is_divisible: bool


class Api:
    """The calls of one installation (or of the App itself): one pace, one count, one memory of listings."""

    def __init__(self, send: Send, pacer: Pacer) -> None:
        self._send = send
        self.pacer = pacer
        self._memory = Memory()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def call(
        self,
        credential: Credential,
        verb: str,
        address: str,
        what: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        is_write: bool = False,
        is_divisible: bool = False,
        leads_elsewhere: bool = False,
    ) -> Answer:
        """Make a call, once more after a 401 that a new token may cure. `what` names it in errors, for people.

        A divisible question that is too large is no outage: the caller asks again for less. What leads elsewhere
        answers 302 and a `location`, which nobody follows here: that is no place for a token.
        """
        asked = _Call(verb, address, what, body, headers or {}, is_write, is_divisible)
        token = credential.token()
        answer = self._once(asked, token, self.pacer_of(credential))
        if answer.status == 401 and credential.renew(token, server_time(answer.headers)):
            answer = self._once(asked, credential.token(), self.pacer_of(credential))
        if answer.status >= 300 and answer.status != 304 and not (leads_elsewhere and answer.status == 302):
            raise refusal(answer.status, answer.headers, answer.body, what)
        return answer

    def pages(
        self, credential: Credential, address: str, what: str, shape: Callable[[Any], Any], headers: Any = None
    ) -> Iterator[Any]:
        """Yield each page of a listing in our shape. A page that has not changed since costs nothing."""
        while address:
            known = self._memory.get(address)
            asked = {**(headers or {}), **({"If-None-Match": known.etag} if known else {})}
            answer = self.call(credential, "GET", address, what, headers=asked)
            if known is None or answer.status != 304:
                following = _NEXT.search(answer.headers.get("link", ""))
                known = Known(answer.headers.get("etag", ""), shape(answer.body), following[1] if following else "")
                self._memory.put(address, known)
            yield known.value
            address = known.next

    def graphql(
        self, credential: Credential, query: str, variables: Mapping[str, Any], what: str, aliases: int = 0
    ) -> Mapping[str, Any]:
        """Return the `data` of an answer; the first `aliases` (r0, r1, ...) may be null in it, nothing else may."""
        body = {"query": query, "variables": dict(variables)}
        is_write = query.lstrip().startswith("mutation")
        answer = self.call(
            credential, "POST", "graphql", what, body, is_write=is_write, is_divisible=aliases > 1 and not is_write
        )
        data = answer.body.get("data") if isinstance(answer.body, Mapping) else None
        if unusable := broken(aliases, errors(answer.body)):
            raise graphql_refusal(unusable, what)
        if not isinstance(data, Mapping):
            raise Unavailable(f"{what}: GitHub answered without data")
        return data

    def count(self, resource: str, is_free: bool) -> None:
        with self._lock:
            self._calls[resource, "free" if is_free else "charged"] += 1

    def calls(self) -> Mapping[tuple[str, str], int]:
        with self._lock:
            return dict(self._calls)

    def pacer_of(self, credential: Credential) -> Pacer:
        """Whose limits a call with this credential's token counts against."""
        return credential.pacer or self.pacer

    def _once(self, asked: _Call, token: str, pacer: Pacer) -> Answer:
        resource = "graphql" if asked.address == "graphql" else "core"
        pacer.before(resource, asked.is_write, is_creating=asked.is_write and asked.verb == "POST")
        try:
            answer = self._send(asked.verb, asked.address, token, asked.headers, asked.body)
        except Unavailable as error:
            self.count(resource, is_free=False)
            raise pacer.failed(f"{asked.what}: {error}") from error
        self.count(answer.headers.get("x-ratelimit-resource", resource), is_free=answer.status == 304)
        pacer.learn(answer.headers)
        if is_limit(answer.status, answer.headers, answer.body):
            reason = f"{asked.what}: GitHub asks us to call less"
            raise pacer.limited(answer.headers, resource, reason)
        if answer.status >= 500:
            text = f"{asked.what}: GitHub answered {answer.status}"
            # GraphQL gives up after 10 seconds with a 502 or 504: a smaller question may do. A 503: it is away.
            if asked.is_divisible and answer.status != 503:
                raise TooLarge(text)
            failure = pacer.failed(text)
            raise TooLarge(str(failure), failure.until) if resource == "graphql" else failure
        pacer.succeeded()
        return answer


def server_time(headers: Mapping[str, str]) -> float | None:
    """The forge's own time, in seconds since the epoch."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except ValueError:
        return None
