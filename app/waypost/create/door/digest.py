"""A short hash over everything that somebody agrees to: who asks, the template's commit, the answers, every effect.

Equal requests have equal hashes in any process; the text of a file counts by its own hash. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any

from waypost.create.job import Prepared
from waypost.golden.effects import Hidden

LETTERS = 12


def request_hash(prepared: Prepared) -> str:
    """Return the hash of a request as it was prepared."""
    wish, shelf = prepared.wish, prepared.shelf
    whole = {
        "template": prepared.template.ref,
        "commit": shelf.version or prepared.books.commit,
        "answers": plain(prepared.plan.parameters),
        "actor": wish.actor.lower(),
        "organisation": wish.organisation.lower(),
        "name": wish.name.lower(),
        "owner": wish.owner,
        "effects": plain(prepared.plan.effects),
    }
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:LETTERS]


def plain(value: Any) -> Any:
    """Return a value as JSON has it, the same in every process; secrets are left out."""
    if isinstance(value, Hidden):
        return "***"
    if is_dataclass(value) and not isinstance(value, type):
        own = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
        return {"": type(value).__name__, **own}
    if isinstance(value, bytes):
        return sha256(value).hexdigest()
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(plain(item), sort_keys=True) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
