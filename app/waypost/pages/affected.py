"""Which files a change can alter: from the refs of which anything is different to the pages that show any of it.

The rule for every page that shows something of another entity stands here once; a property test holds it to the
difference of two whole renders. Work follows the entities that changed and what stands around them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from waypost.catalog.compare import Difference
from waypost.pages.census import census, recount, shard_of
from waypost.pages.columns import COLUMNS, needs
from waypost.pages.gallery import successor
from waypost.pages.view import View

# Counts change without the entity itself: they stand on fewer pages than the facts.
_COUNTS = ("used by", "problems", "components", "owns")
_FACTS = tuple(name for name in COLUMNS if name not in _COUNTS)
# Whose pages show a row of the entity, or a box.
_ROWS = (
    "dependsOn",
    "dependencyOf",
    "consumesApi",
    "apiConsumedBy",
    "providesApi",
    "apiProvidedBy",
    "partOf",
    "ownedBy",
)


@dataclass(slots=True)
class Affected:
    """What must be rendered again."""

    records: set[str] = field(default_factory=set)  # refs of entity files
    pages: set[str] = field(default_factory=set)  # refs of entity pages
    rows: set[str] = field(default_factory=set)  # refs whose row in lists is another
    shards: set[str] = field(default_factory=set)  # of the index
    existence: set[str] = field(default_factory=set)  # refs that came or went
    to_mend: set[str] = field(default_factory=set)  # owners whose problems are others; "" is nobody
    coverage: bool = False


def affected(old: View, new: View, difference: Difference) -> Affected:
    """Follow what changed to what shows it."""
    found = Affected()
    touched = {
        *difference.added,
        *difference.removed,
        *difference.related,
        *(change.ref for change in difference.changed),
    }
    touched.update(problem.ref for problem in (*difference.gained, *difference.healed) if problem.ref)
    for number in difference.repositories:
        touched |= _moved(old, new, number)
    for ref in touched:
        _own_files(old, new, ref, found)
        _edges(old, new, ref, found)
    concerned = touched | _carried(old, new, touched)
    for ref in concerned:
        _row(old, new, ref, found)
    found.shards.update(map(shard_of, found.rows))
    recount(old, new, difference, concerned)
    found.pages |= _made(old, new, difference, touched)
    found.pages |= _succeeded(old, new, touched)
    found.to_mend = _to_mend(old, new)
    found.coverage = _coverage_differs(old, new)
    return found


def _moved(old: View, new: View, number: int) -> set[str]:
    """The entities of a repository that is called or kept otherwise now: every page links to it."""
    was, now = old.catalog.snapshots.get(number), new.catalog.snapshots.get(number)
    if (was.repository if was else None) == (now.repository if now else None):
        return set()
    return {*old.catalog.kept_in.get(number, ()), *new.catalog.kept_in.get(number, ())}


def _own_files(old: View, new: View, ref: str, found: Affected) -> None:
    was, now = old.entity(ref), new.entity(ref)
    found.pages.add(ref)
    if was != now:
        found.records.add(ref)
        found.shards.add(shard_of(ref))
    if was != now and ref.startswith("user:"):  # a team names its members by their accounts
        for view in (old, new):
            found.pages.update(view.related(ref, "memberOf"))
    if (was is None) != (now is None):
        found.existence.add(ref)
    if old.catalog.problems_of(ref) != new.catalog.problems_of(ref):
        found.pages.update(owner for view in (old, new) if (owner := view.owner(ref)))
    if ref.startswith(("group:", "user:")) and old.places(ref) != new.places(ref):
        for view in (old, new):  # on-call and chat of an owner stand on what it owns
            found.pages.update(view.related(ref, "ownerOf"))


def _edges(old: View, new: View, ref: str, found: Affected) -> None:
    """An edge that came or went shows on both ends, and on the pages that sum up what either end needs."""
    differing = set(old.catalog.relations(ref)) ^ set(new.catalog.relations(ref))
    if any(edge.type in ("partOf", "childOf") for edge in differing):  # the breadcrumbs of everything below
        for view in (old, new):
            found.pages |= descendants(view, ref)
    for edge in differing:
        for view in (old, new):
            for end in (edge.source, edge.target):
                found.pages |= summed_up_on(view, end)


def _carried(old: View, new: View, touched: set[str]) -> set[str]:
    """Refs whose row may be another though nothing of their own changed: a name, a system, or a user through an API."""
    carried: set[str] = set()
    for ref in touched:
        for view in (old, new):
            carried.update(view.related(ref, "apiProvidedBy"))
        if (
            _label(old, ref) != _label(new, ref)
            or old.system(ref) != new.system(ref)
            or old.domain(ref) != new.domain(ref)
        ):
            for view in (old, new):
                carried.update(view.related(ref, "ownerOf"), view.related(ref, "hasMember"), descendants(view, ref))
    return carried


def _row(old: View, new: View, ref: str, found: Affected) -> None:
    if _cells(old, ref, _FACTS) != _cells(new, ref, _FACTS):
        found.rows.add(ref)
        for view in (old, new):
            found.pages |= shown_on(view, ref)
    elif _cells(old, ref, _COUNTS) != _cells(new, ref, _COUNTS):
        found.rows.add(ref)
        for view in (old, new):
            found.pages |= summed_up_on(view, ref)
    if _label(old, ref) != _label(new, ref):
        for view in (old, new):
            found.pages |= named_on(view, ref)


def _cells(view: View, ref: str, columns: Iterable[str]) -> list[str] | None:
    return [COLUMNS[column][1](view, ref, "") for column in columns] if ref in view.catalog.entities else None


def _label(view: View, ref: str) -> str:
    return view.link(ref, "")


def summed_up_on(view: View, ref: str) -> set[str]:
    """The pages that count an entity or draw its edges: its own, its owner's, what it is part of, what provides it."""
    found = {ref, *above(view, ref), *view.related(ref, "apiProvidedBy")}
    for provider in view.related(ref, "apiProvidedBy"):
        found |= above(view, provider)
    return found


def shown_on(view: View, ref: str) -> set[str]:
    """The pages that show an entity as a row of a table or as a box."""
    found = summed_up_on(view, ref)
    for relation in _ROWS:
        found.update(view.related(ref, relation))
    around = set(needs(view, ref))
    for api in view.related(ref, "consumesApi"):
        around.update(view.related(api, "apiProvidedBy"))
    found |= around
    around.update(view.related(ref, "dependencyOf"), view.related(ref, "apiConsumedBy"))
    for api in view.related(ref, "providesApi"):
        around.update(view.related(api, "apiConsumedBy"))
    for other in around:  # their systems and teams name who is on the other side
        found |= above(view, other)
    return found


def named_on(view: View, ref: str) -> set[str]:
    """The pages that name an entity: also in breadcrumbs, as owner or as system of something else."""
    found = {edge.target for edge in view.catalog.relations(ref)}
    for other in (*view.related(ref, "ownerOf"), *descendants(view, ref)):
        found.add(other)
        found |= shown_on(view, other)
    return found


def above(view: View, ref: str) -> set[str]:
    """The owner of an entity and everything that it is part of."""
    found: set[str] = set()
    todo = [ref]
    while todo:
        for parent in view.related(todo.pop(), "partOf"):
            if parent not in found:
                found.add(parent)
                todo.append(parent)
    if owner := view.owner(ref):
        found.add(owner)
    return found


def descendants(view: View, ref: str) -> set[str]:
    """Everything that is part of an entity, and the groups below a group."""
    found: set[str] = set()
    todo = [ref]
    while todo:
        current = todo.pop()
        for part in (*view.related(current, "hasPart"), *view.related(current, "parentOf")):
            if part not in found:
                found.add(part)
                todo.append(part)
    return found


def _made(old: View, new: View, difference: Difference, touched: set[str]) -> set[str]:
    """The pages of templates whose work changed, and of what was made from a template that changed."""
    found: set[str] = set()
    for view in (old, new):
        for number in difference.repositories:
            snapshot = view.catalog.snapshots.get(number)
            if snapshot is None:
                continue
            found.update(folder.ref for folder in snapshot.folders)
            if snapshot.made_from is not None:
                found.add(snapshot.made_from.template)
                found.update(view.catalog.kept_in.get(number, ()))
        for ref in touched:
            for number, _ in census(view).made.get(ref, ()):
                found.update(view.catalog.kept_in.get(number, ()))
    return found


def _succeeded(old: View, new: View, touched: set[str]) -> set[str]:
    """The pages of templates that say to use one of these instead. Templates are few."""
    templates = (entity for view in (old, new) for ref in view.catalog.refs("template") if (entity := view.entity(ref)))
    return {entity.ref for entity in templates if successor(entity) in touched}


def _to_mend(old: View, new: View) -> set[str]:
    """The owners whose problems, or whose names, are others."""
    was, now = census(old).to_mend, census(new).to_mend
    owners = {*was, *now} if was is not now else {*now}
    return {owner for owner in owners if was.get(owner) != now.get(owner) or _label(old, owner) != _label(new, owner)}


def _coverage_differs(old: View, new: View) -> bool:
    return census(old).repositories != census(new).repositories or (
        list(old.catalog.undescribed()) != list(new.catalog.undescribed())
    )
