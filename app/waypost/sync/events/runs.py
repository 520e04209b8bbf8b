"""What a finished workflow run marks: the documentation of a repository, when the run looks like one that builds it."""

from __future__ import annotations

from collections.abc import Iterable

from waypost.config import Config
from waypost.queue.protocol import Key, Mark
from waypost.sync.events.payloads import SETTLE_SECONDS, Payload, identity, text
from waypost.sync.events.pushes import is_default_branch

WORD = "docs"  # in the name of the workflow or of its file, as README of actions/publish-docs asks


def run(installation: int, payload: Payload, _config: Config) -> Iterable[Mark]:
    """Mark `docs:<repository id>` after a successful run of the default branch; a fork may call its own so too."""
    if text(payload, "action") != "completed" or text(payload, "workflow_run", "conclusion") != "success":
        return
    here, head = identity(payload, "repository", "id"), identity(payload, "workflow_run", "head_repository", "id")
    if here is None or here != head or not is_default_branch(payload, text(payload, "workflow_run", "head_branch")):
        return
    names = (text(payload, "workflow_run", "name"), text(payload, "workflow_run", "path"))
    if any(WORD in name.lower() for name in names):
        yield Mark(Key(installation, "docs", str(here)), delay=SETTLE_SECONDS)
