"""Answers to pickers held against a catalog: owners, entities, names, tags, repositories. Asks no forge.

People write `payments`, `@acme/payments` or a ref; a template gets what Backstage's pickers would give it: the full
ref, or host?owner=...&repo=... for a repository. What names nothing is a fault with the nearest name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from waypost.catalog import explain
from waypost.catalog.entities import Entity
from waypost.catalog.nearest import nearest
from waypost.catalog.ownership import other_names
from waypost.catalog.refs import DEFAULT_NAMESPACE, parse_ref
from waypost.catalog.teams import is_derived
from waypost.golden.faults import Fault
from waypost.golden.fields import Field, fields
from waypost.golden.filters import Filter, filter_of
from waypost.golden.template import Template

_NAME = re.compile(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*")
_TAG = re.compile(r"[a-z0-9:+#]+(-[a-z0-9:+#]+)*")
_OWNER = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9_])*")
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}")
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class _Around:
    entities: Mapping[str, Entity]
    organisation: str
    host: str
    repository: str


def resolve(
    template: Template,
    values: Mapping[str, Any],
    entities: Mapping[str, Entity],
    organisation: str = "",
    host: str = "github.com",
    repository: str = "",
) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return the values as pickers would give them, and the faults of those that fit nothing.

    `entities` are those of a catalog by full ref; it may read one only when it is asked for. A name that `repository`
    (owner/name) holds itself is free: a run that was cut off after it registered goes on.
    """
    around, found = _Around(entities, organisation, host, repository.lower()), dict(values)
    faults: list[Fault] = []
    for field in fields(template):
        if field.name in found and not field.is_secret:
            found[field.name] = _resolved(field, found[field.name], around, faults)
    return found, tuple(faults)


def _resolved(field: Field, value: Any, around: _Around, faults: list[Fault], depth: int = 0) -> Any:
    """Resolve a value and what is in it; `field.name` is the path that faults name."""
    if value in (None, "", [], {}) or depth > _DEEPEST:
        return value
    if check := PICKERS.get(field.picker):
        try:
            return check(field, value, around, faults)
        except ValueError as error:
            faults.append(Fault(field.name, str(error)))
            return value
    if isinstance(value, Mapping) and isinstance(parts := field.schema.get("properties"), Mapping):
        inner = {name: Field(f"{field.name}.{name}", part) for name, part in parts.items() if isinstance(part, Mapping)}
        return {
            key: _resolved(inner[key], item, around, faults, depth + 1) if key in inner else item
            for key, item in value.items()
        }
    if isinstance(value, list) and isinstance(items := field.schema.get("items"), Mapping):
        places = enumerate(value)
        return [_resolved(Field(f"{field.name}[{n}]", items), item, around, faults, depth + 1) for n, item in places]
    return value


def _owner(field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    wanted = filter_of(field)
    return _entity(wanted if wanted.kinds else Filter(kinds=("group", "user")), field, value, around, faults)


def _group(field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    return _entity(Filter(kinds=("group",)), field, value, around, faults)


def _one(field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    return _entity(filter_of(field), field, value, around, faults)


def _many(field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    if not isinstance(value, list):
        raise ValueError(f"{explain.quote(value)} is not a list of entities")
    return [_entity(filter_of(field), field, item, around, faults) for item in value]


def _entity(wanted: Filter, field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    """Return the full ref of the entity that is meant; what is not in the catalog is a fault."""
    text = _text(value)
    kinds = wanted.kinds or (str(field.options.get("defaultKind") or "component").lower(),)
    namespace = str(field.options.get("defaultNamespace") or DEFAULT_NAMESPACE)
    refs = [str(parse_ref(text.removeprefix("@"), kind, namespace)) for kind in kinds]
    meant = next((ref for ref in refs if ref in around.entities), "") or _by_other_name(refs, around)
    if meant:
        entity = around.entities[meant]
        if wanted.accepts(entity):
            return meant
        problem = f"{meant} is in the catalog, but the template asks for {wanted}"
    elif field.options.get("allowArbitraryValues") is True:
        return value
    elif not any(ref.startswith(tuple(f"{kind}:" for kind in kinds)) for ref in around.entities):
        message = f"{explain.quote(text)} was not checked: the catalog holds no {' and no '.join(kinds)} at all"
        faults.append(Fault(field.name, message, is_error=False))
        return refs[0]
    else:
        problem = f"there is no {' or '.join(kinds)} {explain.quote(text)} in the catalog"
    raise ValueError(problem + _nearest(refs, wanted, around))


def _by_other_name(refs: Sequence[str], around: _Around) -> str:
    """Return the group or user that is called so; "" where none is, or several are."""
    people = [ref for ref in around.entities if ref.startswith(("group:", "user:"))]
    asked = {ref for ref in refs if ref.startswith(("group:", "user:"))}
    names = ((ref, other_names(around.entities[ref], around.organisation)) for ref in people if asked)
    found = {ref for ref, others in names if asked.intersection(others)}
    return found.pop() if len(found) == 1 else ""


def _nearest(refs: Sequence[str], wanted: Filter, around: _Around) -> str:
    by_kind: dict[str, list[str]] = {}
    by_name: dict[str, list[str]] = {}
    for ref in sorted(around.entities):
        if ref.partition(":")[0] in {other.partition(":")[0] for other in refs} and wanted.accepts(
            around.entities[ref]
        ):
            by_kind.setdefault(ref.partition(":")[0], []).append(ref)
            by_name.setdefault(ref.rpartition("/")[2], []).append(ref)
    near = next(filter(None, (nearest(ref, by_kind, by_name) for ref in refs)), "")
    if near:
        return f'. Did you mean "{near}"?'
    few = [ref for refs_of_kind in by_kind.values() for ref in refs_of_kind]
    return f". There is {', '.join(few)}" if 0 < len(few) <= 5 else ""


def _name(field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    text = _text(value)
    if len(text) > 63 or not _NAME.fullmatch(text):
        rule = 'use letters and digits, with single "-", "_" or "." between them, at most 63'
        raise ValueError(f"{explain.quote(text)} cannot be the name of an entity: {rule}")
    ref = str(parse_ref(text, "component"))
    holder = around.entities.get(ref)
    if (
        holder
        and not is_derived(holder)
        and not (around.repository and holder.origin.repository.lower() == around.repository)
    ):
        where = f" by {holder.origin.repository}" if holder.origin.repository else ""
        raise ValueError(f"{ref} is already declared{where}. Pick another name")
    return value


def _tags(field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    wrong = [tag for tag in value if not isinstance(tag, str) or len(tag) > 63 or not _TAG.fullmatch(tag)]
    if not isinstance(value, list) or wrong:
        tags = ", ".join(explain.quote(tag) for tag in (wrong if isinstance(value, list) else [value]))
        raise ValueError(f'not a tag: {tags}. Use lower-case letters, digits, ":", "+" and "#", with "-" between them')
    return value


def _repository(field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    text = _text(value).strip()
    host, owner, name, is_picked = _location(text, around.host)
    if not _OWNER.fullmatch(owner) or len(owner) > 39:
        raise ValueError(f"{explain.quote(text)} does not say whose the repository is: write owner/name")
    if not _REPOSITORY.fullmatch(name) or name in (".", "..") or name.lower().endswith((".git", ".wiki")):
        raise ValueError(f"{explain.quote(name)} cannot be the name of a repository: use letters, digits, -, _ and .")
    _allow(field, "allowedHosts", host, "host")
    _allow(field, "allowedOwners", owner, "owner")
    _allow(field, "allowedRepos", name, "repository")
    return value if is_picked else f"{host}?owner={quote(owner)}&repo={quote(name)}"


def _location(text: str, host: str) -> tuple[str, str, str, bool]:
    """Return host, owner and name of a repository, and whether they are written as the picker does."""
    if "?" in text and "://" not in text:
        place, _, query = text.partition("?")
        given = dict(parse_qsl(query))
        return place, given.get("owner", ""), given.get("repo", ""), True
    if "://" in text:
        address = urlsplit(text)
        host, text = address.netloc, address.path.strip("/").removesuffix(".git")
    owner, _, name = text.removeprefix("@").partition("/")
    return host, owner, name, False


def _allow(field: Field, option: str, given: str, what: str) -> None:
    allowed = field.options.get(option)
    if isinstance(allowed, list) and given.lower() not in {str(each).lower() for each in allowed}:
        raise ValueError(
            f"the {what} {explain.quote(given)} is not one the template allows: {', '.join(map(str, allowed))}"
        )


def _repository_owner(field: Field, value: Any, around: _Around, faults: list[Fault]) -> Any:
    _allow(field, "allowedOwners", _text(value), "owner")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{explain.quote(value)} is not a text")
    return value


_Picker = Callable[[Field, Any, _Around, list[Fault]], Any]

PICKERS: Mapping[str, _Picker] = {
    "OwnerPicker": _owner,
    "MyGroupsPicker": _group,
    "EntityPicker": _one,
    "OwnedEntityPicker": _one,
    "MyOwnedEntitiesPicker": _one,
    "MultiEntityPicker": _many,
    "EntityNamePicker": _name,
    "EntityTagsPicker": _tags,
    "RepoUrlPicker": _repository,
    "RepoOwnerPicker": _repository_owner,
}
