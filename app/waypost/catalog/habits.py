"""What real people write that Backstage accepts and that still says the wrong thing: warnings, never errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, KeysView, Mapping
from functools import cache
from itertools import islice
from typing import Any

from waypost.catalog.explain import did_you_mean, nearest, quote
from waypost.catalog.kinds import KINDS
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.schema import ENVELOPE, schemas

_LONGEST_EMAIL = 320
_EMAIL = re.compile(r"(?:user:|group:)?(?:[^/@\s]+/)?[^@\s/]+@[^@\s/]+\.[^@\s/]+")
# From Backstage's documentation and templates, left as they were.
_EXAMPLE_OWNERS = frozenset(
    {"user-or-team-name", "your-team", "my-team", "team-name", "owner", "todo", "tbd", "changeme"}
)
_EXAMPLE_HOSTS = ("@example.com", "@example.org", "@example.net")
_LIFECYCLES = ("experimental", "production", "deprecated")
_MOST_FIELDS = 100  # of one mapping that are looked at
_LEGACY = {"implementsApis": "providesApis"}
_SLUGS = {"github.com/project-slug": "github.com", "gitlab.com/project-slug": "gitlab.com"}

Fields = Mapping[str, Any]


def warnings(kind: str, data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is worth asking about; `data` may have errors of its own."""
    metadata, spec = data.get("metadata"), data.get("spec")
    for check in CHECKS:
        yield from check(kind, metadata if isinstance(metadata, dict) else {}, spec if isinstance(spec, dict) else {})


def _owner(kind: str, _metadata: Fields, spec: Fields) -> Iterator[Problem]:
    owner = spec.get("owner")
    if not isinstance(owner, str):
        return
    if owner.lower().endswith(_EXAMPLE_HOSTS) or owner.lower() in _EXAMPLE_OWNERS:
        message = f"spec.owner: {quote(owner)} is left over from an example"
        yield _warning("owner-example", "/spec/owner", message, "Name the team that answers for it.")
    elif len(owner) <= _LONGEST_EMAIL and _EMAIL.fullmatch(owner):
        message = f"spec.owner: {quote(owner)} is an e-mail address, not an entity"
        yield _warning("owner-email", "/spec/owner", message, "Name a team (payments) or a person (user:ada).")


def _lifecycle(kind: str, _metadata: Fields, spec: Fields) -> Iterator[Problem]:
    value = spec.get("lifecycle")
    if kind in KINDS and isinstance(value, str) and value and value not in _LIFECYCLES:
        message = f"spec.lifecycle: {quote(value)} is not one of {', '.join(_LIFECYCLES)}"
        fix = "It is shown as written." + did_you_mean(value, _LIFECYCLES)
        yield _warning("lifecycle-unknown", "/spec/lifecycle", message, fix)


def _type(kind: str, _metadata: Fields, spec: Fields) -> Iterator[Problem]:
    if kind in KINDS and spec.get("type") == "other":
        message = 'spec.type: "other" tells nobody what it is'
        yield _warning("type-other", "/spec/type", message, "Name the sort, for example service, website or library.")


def _legacy(kind: str, _metadata: Fields, spec: Fields) -> Iterator[Problem]:
    for old, new in _LEGACY.items():
        if kind == "Component" and old in spec:
            message = f"spec.{old}: is an old name and states no relation"
            yield _warning("field-legacy", f"/spec/{old}", message, f"Rename it to {new}.")


def _misspelt(kind: str, metadata: Fields, spec: Fields) -> Iterator[Problem]:
    for place, fields, known in (("metadata", metadata, _metadata_fields()), ("spec", spec, _spec_fields(kind))):
        if fields.keys() <= known:
            continue
        # What is required and absent is an error already, with the same advice.
        absent = [name for name in known if name not in fields and name not in _required(kind)]
        for name in islice(fields, _MOST_FIELDS):
            if name in known or name in _LEGACY or not (near := _near(name, absent)):
                continue
            message = f'{place}.{name}: no field of that name; it looks like "{near}"'
            path = f"/{place}/" + name.replace("~", "~0").replace("/", "~1")
            yield _warning("field-misspelt", path, message, f'Rename it to "{near}".')


def _slug(kind: str, metadata: Fields, _spec: Fields) -> Iterator[Problem]:
    annotations = metadata.get("annotations")
    for name, host in _SLUGS.items():
        value = annotations.get(name) if isinstance(annotations, dict) else None
        if isinstance(value, str) and "://" in value:
            slug = value.split("://", 1)[1].partition("/")[2].removesuffix("/").removesuffix(".git")
            message = f"metadata.annotations.{name}: {quote(value)} is an address; tools expect owner/repository"
            fix = f"Write {slug}" if slug else f"Write the part after {host}/."
            yield _warning("project-slug-url", f"/metadata/annotations/{name.replace('/', '~1')}", message, fix)


CHECKS: list[Callable[[str, Fields, Fields], Iterator[Problem]]] = [
    _owner,
    _lifecycle,
    _type,
    _legacy,
    _misspelt,
    _slug,
]


def _warning(id: str, path: str, message: str, fix: str) -> Problem:
    return Problem(id=id, path=path, message=message, fix=fix, severity=Severity.WARNING)


def _near(name: str, known: list[str]) -> str:
    # Strict: a field of somebody's own must not be taken for ours.
    return nearest(name, known, cutoff=0.88)


@cache
def _spec_fields(kind: str) -> KeysView[str]:
    return (schemas()[kind.lower()]["properties"]["spec"]["properties"] if kind in KINDS else {}).keys()


@cache
def _required(kind: str) -> frozenset[str]:
    spec = schemas()[kind.lower()]["properties"]["spec"] if kind in KINDS else {}
    return frozenset(("name", *spec.get("required", ())))


@cache
def _metadata_fields() -> KeysView[str]:
    fields: KeysView[str] = schemas()[ENVELOPE]["$defs"]["metadata"]["properties"].keys()
    return fields
