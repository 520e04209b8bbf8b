"""Sums over a whole catalog, for the pages that speak of all of it: counted once, then kept up to date by what changes.

Counting thousands of entities for one changed line would cost more than everything else that the line changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from immutables import Map

from waypost.catalog.compare import Difference
from waypost.catalog.entities import Snapshot
from waypost.catalog.problems import Problem, Severity
from waypost.pages.columns import users
from waypost.pages.paths import shard
from waypost.pages.view import TECHDOCS, View

V = TypeVar("V")
_EMPTY: Map[Any, Any] = Map()
_REMEMBERED = 4  # catalogs: what is on the head, what comes next, and what a pull request would make of them


class Tally(NamedTuple):
    """What the front page says of one domain."""

    systems: int = 0
    components: int = 0
    unowned: int = 0
    owners: Map[str, int] = Map()  # owner -> components


@dataclass(frozen=True, slots=True)
class Census:
    """The sums. Every map is persistent: the census before a change stays whole."""

    shards: Map[str, tuple[str, ...]] = _EMPTY  # of files and index -> refs, sorted
    domains: Map[str, Tally] = _EMPTY  # domain ("" = in none) -> its tally
    states: Map[str, tuple[str, ...]] = _EMPTY  # other than present -> refs, sorted
    used: tuple[tuple[int, str], ...] = ()  # (minus the number of users, component), sorted
    documented: int = 0  # entities that declare documentation
    repositories: int = 0  # without the catalog's own
    ids: Map[str, int] = _EMPTY  # owner/name -> repository id
    said: Map[str, tuple[Problem, ...]] = _EMPTY  # owner/name -> its errors and warnings, sorted
    to_mend: Map[str, tuple[Problem, ...]] = _EMPTY  # owner ("" = nobody) -> errors and warnings, sorted
    made: Map[str, tuple[tuple[int, str], ...]] = _EMPTY  # template -> (repository id, version it has), sorted
    errors: int = 0
    warnings: int = 0


def shard_of(ref: str) -> str:
    """The shard of an entity: that of its file."""
    return shard(ref.rpartition("/")[2])


_recent: OrderedDict[int, tuple[object, Census]] = OrderedDict()


def census(view: View) -> Census:
    """Return the census of a catalog; counted only where it is not remembered."""
    token = view.catalog.token
    known = _recent.get(id(token))
    if known is not None and known[0] is token:
        return known[1]
    return _remember(token, _counted(view))


def _remember(token: object, found: Census) -> Census:
    _recent[id(token)] = token, found  # the token is kept, so that its id stays its own
    while len(_recent) > _REMEMBERED:
        _recent.popitem(last=False)
    return found


def _counted(view: View) -> Census:
    catalog = view.catalog
    ids = Map({one.repository.full_name: number for number, one in catalog.snapshots.items()})
    empty = Census(repositories=sum(_counts(view, number) for number in catalog.snapshots), ids=ids)
    found = _with_entities(empty, (), _cards(view))
    said: dict[str, list[Problem]] = {}
    for problem in catalog.all_problems():
        if problem.severity is not Severity.NOTE:
            said.setdefault(problem.repository, []).append(problem)
    whole = {name: tuple(sorted(problems)) for name, problems in said.items()}
    to_mend: dict[str, list[Problem]] = {}
    for problems in whole.values():
        for problem in problems:
            to_mend.setdefault(owner_of(view, ids, problem), []).append(problem)
    made: dict[str, set[tuple[int, str]]] = {}
    for number, snapshot in catalog.snapshots.items():
        _put_made(made, empty.made, snapshot, number, 1)
    return replace(
        found,
        made=_with_made(empty.made, made),
        said=Map(whole),
        to_mend=Map({owner: tuple(sorted(mine)) for owner, mine in to_mend.items()}),
        errors=_errors(catalog.all_problems()),
        warnings=_warnings(catalog.all_problems()),
    )


def recount(old: View, new: View, difference: Difference, refs: Iterable[str]) -> Census:
    """Bring the census of `old` up to date. `refs` are all whose owner, domain, state or users may be others."""
    before = census(old)
    concerned = set(refs)
    was = [card for ref in concerned if (card := _card(old, ref))]
    now = [card for ref in concerned if (card := _card(new, ref))]
    found = _with_entities(before, was, now)
    ids = before.ids.mutate()
    for number in difference.repositories:  # those that left a name first: another may have taken it
        if (snapshot := old.catalog.snapshots.get(number)) is not None:
            ids.pop(snapshot.repository.full_name, None)
    for number in difference.repositories:
        if (snapshot := new.catalog.snapshots.get(number)) is not None:
            ids[snapshot.repository.full_name] = number
    homes = {entity.origin.repository_id for view in (old, new) for ref in concerned if (entity := view.entity(ref))}
    moved = sum(_counts(new, number) - _counts(old, number) for number in homes.union(difference.repositories))
    made: dict[str, set[tuple[int, str]]] = {}
    for view, sign in ((old, -1), (new, 1)):
        for number in difference.repositories:
            _put_made(made, before.made, view.catalog.snapshots.get(number), number, sign)
    found = replace(
        found,
        ids=ids.finish(),
        repositories=before.repositories + moved,
        made=_with_made(before.made, made),
    )
    return _remember(new.catalog.token, _with_problems(found, before, old, new, difference, concerned))


def _counts(view: View, number: int) -> int:
    """1 for a repository that counts: it can be read, or lacks only a descriptor, and is not the catalog's own."""
    snapshot = view.catalog.snapshots.get(number)
    if snapshot is None or snapshot.repository.full_name.lower() == view.site.catalog_repository.lower():
        return 0
    return int(snapshot.state == "present" or number in view.catalog.bare)


def _cards(view: View) -> Iterator[_Card]:
    for ref in view.catalog.entities:
        view.trim()
        if (card := _card(view, ref)) is not None:
            yield card


def _put_made(
    open_sets: dict[str, set[tuple[int, str]]],
    known: Map[str, tuple[tuple[int, str], ...]],
    snapshot: Snapshot | None,
    number: int,
    sign: int,
) -> None:
    """Count a repository for the template that made it."""
    if snapshot is None or snapshot.made_from is None:
        return
    template, version = snapshot.made_from
    made = open_sets.setdefault(template, set(known.get(template, ())))
    (made.add if sign > 0 else made.discard)((number, version))


def _with_made(
    known: Map[str, tuple[tuple[int, str], ...]], made: Mapping[str, set[tuple[int, str]]]
) -> Map[str, tuple[tuple[int, str], ...]]:
    return _changed(known, {template: tuple(sorted(found)) for template, found in made.items()}, ())


class _Card(NamedTuple):
    """What one entity adds to the sums."""

    ref: str
    state: str
    domain: str
    owner: str
    users: int
    is_documented: bool


def _card(view: View, ref: str) -> _Card | None:
    entity = view.entity(ref)
    if entity is None:
        return None
    kind, is_documented = ref.partition(":")[0], bool(entity.annotations.get(TECHDOCS))
    if kind not in ("component", "system"):
        return _Card(ref, entity.state, "", "", 0, is_documented)
    count = len(users(view, ref)) if kind == "component" else 0
    owner = view.owner(ref) or view.catalog.member(ref)
    return _Card(ref, entity.state, view.domain(ref), owner, count, is_documented)


def _with_entities(before: Census, less: Iterable[_Card], more: Iterable[_Card]) -> Census:
    shards: dict[str, set[str]] = {}
    states: dict[str, set[str]] = {}
    tallies: dict[str, Tally] = {}
    used: set[tuple[int, str]] = set()
    unused: set[tuple[int, str]] = set()
    documented = before.documented
    for sign, cards in ((-1, less), (1, more)):
        for card in cards:
            _put(shards, before.shards, shard_of(card.ref), card.ref, sign)
            if card.state != "present":
                _put(states, before.states, card.state, card.ref, sign)
            if card.ref.startswith(("component:", "system:")):
                tally = tallies.get(card.domain) or before.domains.get(card.domain) or Tally()
                tallies[card.domain] = _tallied(tally, card, sign)
            documented += sign * card.is_documented
            if card.users:
                (used if sign > 0 else unused).add((-card.users, card.ref))
    return replace(
        before,
        shards=_changed(before.shards, {key: tuple(sorted(refs)) for key, refs in shards.items()}, ()),
        states=_changed(before.states, {key: tuple(sorted(refs)) for key, refs in states.items()}, ()),
        domains=_changed(before.domains, tallies, Tally()),
        used=_ranked(before.used, unused - used, used - unused),
        documented=documented,
    )


def _put(open_sets: dict[str, set[str]], known: Map[str, tuple[str, ...]], key: str, ref: str, sign: int) -> None:
    refs = open_sets.get(key)
    if refs is None:
        refs = open_sets[key] = set(known.get(key, ()))
    (refs.add if sign > 0 else refs.discard)(ref)


def _tallied(tally: Tally, card: _Card, sign: int) -> Tally:
    if card.ref.startswith("system:"):
        return tally._replace(systems=tally.systems + sign)
    tally = tally._replace(components=tally.components + sign)
    if not card.owner:
        return tally._replace(unowned=tally.unowned + sign)
    count = tally.owners.get(card.owner, 0) + sign
    owners = tally.owners.set(card.owner, count) if count else tally.owners.delete(card.owner)
    return tally._replace(owners=owners)


def _ranked(
    before: tuple[tuple[int, str], ...], less: set[tuple[int, str]], more: set[tuple[int, str]]
) -> tuple[tuple[int, str], ...]:
    if not less and not more:
        return before
    if len(less) + len(more) > 100:
        return tuple(sorted({*before} - less | more))
    ranked = list(before)
    for item in less:
        del ranked[bisect_left(ranked, item)]
    for item in more:
        ranked.insert(bisect_left(ranked, item), item)
    return tuple(ranked)


def _changed(known: Map[str, V], changes: Mapping[str, V], nothing: V) -> Map[str, V]:
    """The map with these values; what is nothing is not kept."""
    opened = known.mutate()
    for key, value in changes.items():
        if value != nothing:
            opened[key] = value
        else:
            opened.pop(key, None)
    return opened.finish()


def _with_problems(
    found: Census, before: Census, old: View, new: View, difference: Difference, refs: set[str]
) -> Census:
    """Move problems that came, went, or are somebody else's to mend now."""
    gained, healed = (Counter(filter(_counts_as_one, said)) for said in (difference.gained, difference.healed))
    names = {problem.repository for problem in (*gained, *healed)}
    for view in (old, new):
        names.update(entity.origin.repository for ref in refs if (entity := view.entity(ref)))
        snapshots = (view.catalog.snapshots.get(number) for number in difference.repositories)
        names.update(snapshot.repository.full_name for snapshot in snapshots if snapshot)
    said = {}
    for name in names:
        now = Counter(before.said.get(name, ()))
        now.update(problem for problem in gained.elements() if problem.repository == name)
        now.subtract(problem for problem in healed.elements() if problem.repository == name)
        said[name] = tuple(sorted(now.elements()))
    mine: dict[str, Counter[Problem]] = {}
    for view, ids, problems, sign in ((old, before.ids, before.said, -1), (new, found.ids, said, 1)):
        for name in names:
            for problem in problems.get(name, ()):
                owner = owner_of(view, ids, problem)
                known = mine.get(owner)
                if known is None:
                    known = mine[owner] = Counter(before.to_mend.get(owner, ()))
                known[problem] += sign
    to_mend = {owner: tuple(sorted(known.elements())) for owner, known in mine.items()}
    return replace(
        found,
        said=_changed(before.said, said, ()),
        to_mend=_changed(before.to_mend, to_mend, ()),
        errors=before.errors + _errors(gained.elements()) - _errors(healed.elements()),
        warnings=before.warnings + _warnings(gained.elements()) - _warnings(healed.elements()),
    )


def _counts_as_one(problem: Problem) -> bool:
    return problem.severity is not Severity.NOTE


def _errors(problems: Iterable[Problem]) -> int:
    return sum(problem.severity is Severity.ERROR for problem in problems)


def _warnings(problems: Iterable[Problem]) -> int:
    return sum(problem.severity is Severity.WARNING for problem in problems)


def owner_of(view: View, ids: Map[str, int], problem: Problem) -> str:
    """Who can mend a problem: the owner of the entity, else of its repository; "" where nobody is known.

    Who holds a name cannot mend what another repository claims.
    """
    entity = view.entity(problem.ref) if problem.ref else None
    theirs = entity is not None and entity.origin.repository == problem.repository
    if theirs and (owner := view.owner(problem.ref)):
        return owner
    kept = view.catalog.kept_in.get(ids.get(problem.repository, -1), ())
    return next((owner for ref in kept if (owner := view.owner(ref))), "")
