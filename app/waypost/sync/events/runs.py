"""What a finished workflow run marks: the documentation of a repository. Whether it builds any, the worker knows."""

from __future__ import annotations

from collections.abc import Iterable

from waypost.config import Config
from waypost.queue.protocol import Key, Mark
from waypost.sync.events.payloads import SETTLE_SECONDS, Payload, identity, text
from waypost.sync.events.pushes import is_default_branch


def run(installation: int, payload: Payload, _config: Config) -> Iterable[Mark]:
    """Mark `docs:<repository id>` after a successful run of the default branch; a fork may call its own so too.

    The hint is how the workflow and its file are called: waypost.yaml says which of them build documentation.
    """
    if text(payload, "action") != "completed" or text(payload, "workflow_run", "conclusion") != "success":
        return
    here, head = identity(payload, "repository", "id"), identity(payload, "workflow_run", "head_repository", "id")
    if here is None or here != head or not is_default_branch(payload, text(payload, "workflow_run", "head_branch")):
        return
    names = (text(payload, "workflow_run", "name"), text(payload, "workflow_run", "path"))
    yield Mark(Key(installation, "docs", str(here)), tuple(name for name in names if name), SETTLE_SECONDS)
