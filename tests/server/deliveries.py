"""What GitHub sends, and how it signs it; written anew here, so that our own signing is checked too."""

from __future__ import annotations

import hashlib
import hmac

SECRET, OLD_SECRET = "it's a Secret to Everybody", "the one before"
PUSH = {
    "ref": "refs/heads/main",
    "repository": {"id": 42, "name": "payments", "owner": {"login": "acme"}, "default_branch": "main"},
    "installation": {"id": 7},
    "commits": [{"id": "a" * 40, "added": [], "removed": [], "modified": ["catalog-info.yaml"]}],
}


def signature(body: bytes, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return f"{algorithm}=" + hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()


def headers(body: bytes, id: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958", event: str = "push") -> dict[str, str]:
    return {
        "X-GitHub-Delivery": id,
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": signature(body),
        "Content-Type": "application/json",
    }
