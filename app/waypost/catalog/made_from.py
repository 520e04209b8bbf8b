"""Which template a repository was made from: what the catalog needs of `.waypost.yaml`. The rest is `golden.answers`'.

The file is people's once it is in their repository: what cannot be read counts as a repository made by hand.
"""

from __future__ import annotations

from typing import NamedTuple

from waypost.catalog.documents import parse
from waypost.catalog.refs import parse_ref

FILE = ".waypost.yaml"


class MadeFrom(NamedTuple):
    """A template, and the commit of it that made the repository or brought its last update."""

    template: str  # full lower-case ref
    version: str  # commit


def read(text: str) -> MadeFrom | None:
    """Return what the file says; None when it does not name a template and a version."""
    documents = parse(text).documents
    value = documents[0].value if documents and not documents[0].is_broken else None
    if not isinstance(value, dict):
        return None
    template, version = value.get("template"), value.get("version")
    if not isinstance(template, str) or not isinstance(version, str):
        return None
    try:
        return MadeFrom(str(parse_ref(template, default_kind="template")), version)
    except ValueError:
        return None
