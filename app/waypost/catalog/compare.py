"""What differs between two catalogs, as a value: for pull requests, commit messages, change events and pages.

When the newer one came from the older by `update`, only what that touched is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from waypost.catalog.catalog import Catalog
from waypost.catalog.entities import Entity
from waypost.catalog.problems import Problem

# From the side of what is used: the relations whose targets miss it when it is gone.
USED_BY = ("apiConsumedBy", "dependencyOf", "hasMember", "hasPart", "ownerOf", "parentOf")
_STATE = ("state", "reason", "since")
_PLACE = ("repository", "path", "line", "index", "commit", "committed")


class Change(NamedTuple):
    """An entity that both have. `fields` are dotted paths such as spec.owner, state, origin.commit; sorted."""

    ref: str
    fields: tuple[str, ...]


class Dependent(NamedTuple):
    """Who is affected, and the ref of who owns it (None: nobody)."""

    ref: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class Impact:
    """An entity that was removed, or changed in what others rely on, and who uses it; sorted by ref."""

    ref: str
    is_removed: bool
    dependents: tuple[Dependent, ...]

    @property
    def owners(self) -> tuple[str, ...]:
        return tuple(sorted({one.owner for one in self.dependents if one.owner is not None}))

    def __str__(self) -> str:
        verb = "removes" if self.is_removed else "changes"
        if not self.dependents:
            return f"{verb} {self.ref}, used by nothing in the catalog"
        kinds = Counter(one.ref.partition(":")[0] for one in self.dependents)
        users = " and ".join(_counted(number, kind) for kind, number in sorted(kinds.items()))
        teams = _counted(len(self.owners), "team") if self.owners else "no known team"
        return f"{verb} {self.ref}, used by {users} of {teams}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What the newer catalog says otherwise. Refs and problems are sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()
    related: tuple[str, ...] = ()  # refs whose relations differ, also of those that name nothing
    gained: tuple[Problem, ...] = ()
    healed: tuple[Problem, ...] = ()
    repositories: tuple[int, ...] = ()  # whose snapshot differs, or that came or went
    impacts: tuple[Impact, ...] = ()

    def __bool__(self) -> bool:
        return self != Difference()

    @property
    def affected(self) -> tuple[Dependent, ...]:
        """Everything that uses what was removed or changed, each once."""
        return tuple(sorted({one for impact in self.impacts for one in impact.dependents}, key=lambda one: one.ref))


def compare(old: Catalog, new: Catalog) -> Difference:
    """Return the difference between two catalogs of one organisation."""
    touched = _touched(old, new)
    refs, repositories = touched if touched is not None else _everything(old, new)
    added, removed, changed, related = [], [], [], []
    for ref in sorted(refs):
        was, now = old.entities.get(ref), new.entities.get(ref)
        if was is None and now is not None:
            added.append(ref)
        elif was is not None and now is None:
            removed.append(ref)
        elif was is not None and now is not None and was != now:
            changed.append(Change(ref, fields(was, now)))
        if old.relations(ref) != new.relations(ref):
            related.append(ref)
    gained, healed = _problems(old, new, refs, repositories)
    return Difference(
        tuple(added),
        tuple(removed),
        tuple(changed),
        tuple(related),
        gained,
        healed,
        tuple(sorted(number for number in repositories if _snapshot(old, number) != _snapshot(new, number))),
        tuple(_impacts(old, removed, changed)),
    )


def _touched(old: Catalog, new: Catalog) -> tuple[set[str], set[int]] | None:
    """What the updates between the two touched; None when the one did not come from the other."""
    if old.token is new.token:
        return set(), set()
    for number, step in enumerate(new.lineage):
        if step.before is old.token:
            steps = new.lineage[number:]
            return set().union(*(one.refs for one in steps)), set().union(*(one.repositories for one in steps))
    return None


def _everything(old: Catalog, new: Catalog) -> tuple[set[str], set[int]]:
    refs = {ref for name in ("entities", "edges", "found", "contested") for ref in _unlike(name, old, new)}
    refs.update(ref for name in ("aliases", "titled", "assumed") for ref in _related(name, old, new))
    # what is stated of another name is a relation of the entity that is meant
    refs |= {catalog.assumed[ref] for catalog in (old, new) for ref in refs if ref in catalog.assumed}
    repositories = {number for name in ("snapshots", "loose", "kept_in") for number in _unlike(name, old, new)}
    return refs, repositories


def _unlike(name: str, old: Catalog, new: Catalog) -> Iterator[Any]:
    was: Mapping[Any, Any] = getattr(old, name)
    now: Mapping[Any, Any] = getattr(new, name)
    if was is now:
        return
    for key, value in now.items():
        other = was.get(key)
        if other is not value and other != value:
            yield key
    yield from (key for key in was if key not in now)


def _related(name: str, old: Catalog, new: Catalog) -> Iterator[str]:
    """The refs whose relations lead elsewhere because another name means, or meant, something else."""
    for ref in _unlike(name, old, new):
        for catalog in (old, new):
            yield from (*catalog.aliases.get(ref, ()), *catalog.titled.get(ref, ()))
            yield from (edge.target for edge in catalog.edges.get(ref, ()))


def _snapshot(catalog: Catalog, number: int) -> object:
    return catalog.snapshots.get(number)


def _problems(
    old: Catalog, new: Catalog, refs: Iterable[str], repositories: Iterable[int]
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    was: Counter[Problem] = Counter()
    now: Counter[Problem] = Counter()
    for catalog, count in ((old, was), (new, now)):
        for ref in refs:
            count.update(catalog.found.get(ref, ()))
            count.update(catalog.contested.get(ref, ()))
        for number in repositories:
            count.update(catalog.loose.get(number, ()))
        if old.settings is not new.settings:
            count.update(catalog.settings.problems)
    return tuple(sorted((now - was).elements())), tuple(sorted((was - now).elements()))


def fields(old: Entity, new: Entity) -> tuple[str, ...]:
    """Name the fields in which two entities differ, as dotted paths."""
    found = [*_unlike_fields("", old.data, new.data)]
    found += [name for name in _STATE if getattr(old, name) != getattr(new, name)]
    found += [f"origin.{name}" for name in _PLACE if getattr(old.origin, name) != getattr(new.origin, name)]
    if old.origin.repository_id != new.origin.repository_id:
        found.append("origin.repository_id")
    return tuple(sorted(found))


def _unlike_fields(path: str, old: Any, new: Any) -> Iterator[str]:
    # Below the fields themselves (spec.owner) a name would say less than the page does.
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)) or path.count(".") > 1:
        if old != new:
            yield path.removesuffix(".")
        return
    for key in old.keys() | new.keys():
        if key not in old or key not in new:
            yield f"{path}{key}"
        else:
            yield from _unlike_fields(f"{path}{key}.", old[key], new[key])


def _impacts(old: Catalog, removed: Iterable[str], changed: Iterable[Change]) -> Iterator[Impact]:
    for ref in removed:
        yield impact(old, ref, is_removed=True)
    for change in changed:
        if any(field.startswith("spec.") for field in change.fields):
            found = impact(old, change.ref, is_removed=False)
            if found.dependents:
                yield found


def impact(catalog: Catalog, ref: str, is_removed: bool = True) -> Impact:
    """Return who uses an entity, as the catalog stands."""
    users = {edge.target for edge in catalog.relations(ref) if edge.type in USED_BY and edge.target in catalog.entities}
    return Impact(ref, is_removed, tuple(Dependent(user, catalog.owner(user)) for user in sorted(users)))


def _counted(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
