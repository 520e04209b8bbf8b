"""How what a request makes is recognised later, by anybody: marks in a description, a commit, an issue. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from waypost.golden.answers import Answers

DESCRIPTION_CHARACTERS = 350  # GitHub's bound
REQUEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MARK = re.compile(r"Being created by Waypost \(request ([A-Za-z0-9._-]+)\): ?")
_TRAILER = re.compile(r"^Waypost-Request: ([A-Za-z0-9._-]+) (.+)$", re.MULTILINE)


def request_id(organisation: str, template: str, name: str, answers: Mapping[str, Any]) -> str:
    """Return the same id for the same wish: what asks for it again goes on with it. Secrets are no part of it."""
    wish = json.dumps([organisation.lower(), template, name.lower(), dict(answers)], sort_keys=True, default=str)
    return sha256(wish.encode()).hexdigest()[:16]


def marked(description: str, request: str) -> str:
    """Return the description of a repository while it is being made."""
    return f"Being created by Waypost (request {request}): {description}"[:DESCRIPTION_CHARACTERS]


def unfinished(description: str | None) -> str:
    """Return the request that is still making a repository of this description; "" when none is."""
    found = _MARK.match(description or "")
    return found[1] if found else ""


def with_trailer(message: str, request: str, key: str) -> str:
    """Return the message of a commit that a request makes; `key` tells the commits of one request apart."""
    return f"{message.rstrip()}\n\nWaypost-Request: {request} {key}\n"


def is_commit_of(message: str, request: str, key: str = "") -> bool:
    """Say whether a request made a commit: as `key`, or at all."""
    return any(found == request and key in ("", name) for found, name in _TRAILER.findall(message))


def hidden(request: str, key: str) -> str:
    """Return what an issue or pull request carries unseen; `key` tells those of one request apart."""
    return f"<!-- waypost-request {request} {key} -->"


def is_hidden_in(body: str | None, request: str, key: str = "") -> bool:
    """Say whether a request wrote this body: as `key`, or at all."""
    wanted = hidden(request, key) if key else f"<!-- waypost-request {request} "
    return wanted in (body or "")


def is_made_by(answers: Answers | None, request: str) -> bool:
    """Say whether `.waypost.yaml` names this request."""
    return answers is not None and answers.request == request
