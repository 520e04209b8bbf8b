"""The App that GitHub runs workflows as: its record, made when first needed, and the token that a run's jobs hold.

https://docs.github.com/en/actions/concepts/security/github_token
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from waypost.sandbox.beginnings import add_account, install
from waypost.sandbox.box import account_by_login, box
from waypost.sandbox.store import Record

APP_ID = 15368  # the number that GitHub Actions has on github.com
# https://docs.github.com/en/actions/reference/security/secure-use and the permissions that a job may ask for
PERMISSIONS = {
    "actions": "write",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "pages": "write",
    "pull_requests": "write",
    "statuses": "write",
}
_TOKEN_SECONDS = 24 * 3_600


def actions_app() -> Record:
    """Return the App named GitHub Actions. Nobody holds a key of it, so nobody can sign in as it."""
    found = box().store.get("app", APP_ID)
    if found is not None:
        return found
    owner = account_by_login("github") or add_account(box(), "github", "Organization", name="GitHub")
    now = box().clock.stamp()
    return box().store.put(
        "app",
        APP_ID,
        slug="github-actions",
        name="GitHub Actions",
        description="Automate your workflow from idea to production",
        owner_id=owner["id"],
        bot_id=add_account(box(), "github-actions[bot]", "Bot")["id"],
        client_id="Iv1.05c79e9ad1f6bdfa",
        client_secret="",
        public_key="",
        permissions=PERMISSIONS,
        events=[],
        hook={"url": "", "content_type": "json", "secret": "", "insecure_ssl": "0"},
        created_at=now,
        updated_at=now,
    )


def mint_token(repository: Record, permissions: Mapping[str, str] | None = None, is_read_only: bool = False) -> str:
    """Return a new GITHUB_TOKEN: it reaches this one repository, and does what its run's workflow asked for."""
    app, store = actions_app(), box().store
    allowed = PERMISSIONS if permissions is None else permissions
    owner = store.must("account", repository["owner_id"])
    held = store.first("installation", account_id=owner["id"], app_id=app["id"]) or install(box(), app, owner)
    text = "ghs_" + secrets.token_hex(18)
    expires = box().clock.now() + _TOKEN_SECONDS
    store.put(
        "token",
        text,
        installation_id=held["id"],
        permissions=dict.fromkeys(allowed, "read") if is_read_only else allowed,
        repository_ids=[repository["id"]],
        expires=expires,
    )
    return text


def revoke_token(text: str) -> None:
    """Forget a run's token: its jobs are done."""
    box().store.remove("token", text)
