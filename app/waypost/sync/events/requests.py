"""What issues of a catalog repository mark: `request:<repository>#<n>`, where one asks for a repository.

Whether it does, and what is to be done, the lane finds out; here is only kept away what certainly does not.
"""

from __future__ import annotations

from collections.abc import Iterable

from waypost.config import Config
from waypost.golden.forms import LABEL
from waypost.queue.protocol import Key, Mark
from waypost.sync.events.payloads import SETTLE_SECONDS, Payload, at, identity, is_bot, is_catalog, number, text

KIND = "request"
LOOKS = ("opened", "edited", "reopened", "labeled", "unlabeled")
SAYS = ("created", "edited")
FORM = "### Template"  # what a form writes; it cannot set a label that the repository does not have


def issue(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    """Handle `issues`."""
    if text(payload, "action") in LOOKS:
        yield from _request(installation, payload, config)


def comment(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    """Handle `issue_comment`: only a command can change anything."""
    if text(payload, "action") in SAYS and text(payload, "comment", "body").startswith("/"):
        yield from _request(installation, payload, config)


def _request(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    found, issue = identity(payload, "repository", "id"), number(payload, "issue", "number")
    if found and issue and is_catalog(payload, config) and not is_bot(payload) and _asks(payload):
        yield Mark(Key(installation, KIND, f"{found}#{issue}"), delay=SETTLE_SECONDS)


def _asks(payload: Payload) -> bool:
    if isinstance(at(payload, "issue", "pull_request"), dict):
        return False
    labels = at(payload, "issue", "labels")
    names = [one.get("name") for one in labels if isinstance(one, dict)] if isinstance(labels, list) else []
    return LABEL in names or FORM in text(payload, "issue", "body")
