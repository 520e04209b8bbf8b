"""What GitHub sends, and how it signs it; written anew here, so that our own signing is checked too."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket

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


def request(number: int, fill: int = 0) -> bytes:
    """A push to the repository of that number as it goes over the wire, with the GUID g-<number>."""
    payload = PUSH | {"repository": PUSH["repository"] | {"id": number}, "fill": "x" * fill}  # type: ignore[operator]
    body = json.dumps(payload).encode()
    lines = [f"{name}: {value}" for name, value in headers(body, f"g-{number}").items()]
    head = "\r\n".join(["POST /webhooks HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *lines, "", ""])
    return head.encode() + body


def answer(connection: socket.socket) -> bytes:
    """The status line and head of the answer; ConnectionError when there is none."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError
        head += more
    return head
