"""What the artifacts with documentation are called: one name for each entity, so that one question finds the newest."""

from __future__ import annotations

import re

from waypost.catalog.refs import parse_ref
from waypost.docs.limits import ARTIFACT

_PLAIN = re.compile(r"[a-z][\w.-]*:[\w.-]+/[\w.-]+", re.ASCII)
# Of a pull request: never collected, whatever it is called, because its run is not one of the default branch.
PREVIEW = f"{ARTIFACT}-preview"


def artifact_of(entity: str) -> str:
    """Return the name for an entity's documentation; without one that can be, that of a repository with only one."""
    ref = plain_ref(entity)
    return f"{ARTIFACT}-{ref.replace(':', '-').replace('/', '-')}" if ref else ARTIFACT


def preview_of(entity: str) -> str:
    """Return the name for what a pull request would make of it."""
    return artifact_of(entity).replace(ARTIFACT, PREVIEW, 1)


def plain_ref(text: str) -> str:
    """Return a ref in lower case; "" for what a descriptor may hold although no entity is called so: markup, say."""
    try:
        found = str(parse_ref(text, default_kind="component")).lower()
    except ValueError:
        return ""
    return found if _PLAIN.fullmatch(found) else ""
