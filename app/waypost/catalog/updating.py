"""One update of a catalog under way: the maps of the catalog before, open for change, and the steps in their order.

Each says what it touched, so that the next looks only there: names are settled, then indexed, then joined by edges;
then references are resolved, then rings sought, and at last everything concerned is examined again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping

from waypost.catalog.catalog import Catalog, Step
from waypost.catalog.claims import Ground, declared_by, settle
from waypost.catalog.entities import Entity, Relation, Snapshot
from waypost.catalog.findings import examine, face
from waypost.catalog.graph import ENDING, merged, ring, rings, targets
from waypost.catalog.nearest import nearest, swayed
from waypost.catalog.ownership import other_names, titles
from waypost.catalog.problems import Problem
from waypost.catalog.ref_lists import Lists, put
from waypost.catalog.teams import Standing, is_derived

_STEPS = 64  # how many updates `compare` can look back without comparing everything
_MANY = 100  # beyond so many, looking at everything costs less than looking around each
_SLUG = "github.com/project-slug"
_OPEN = (
    "snapshots", "hidden", "entities", "kept_in", "rivals", "edges", "by_kind", "by_name", "aliases", "titled",
    "assumed", "missing", "rings", "slugs", "bare", "found", "contested", "loose",
)  # fmt: skip
Changes = Mapping[str, tuple[Entity | None, Entity | None]]


class Update:
    """The working copy. `run` may be called once."""

    snapshots: MutableMapping[int, Snapshot]
    hidden: MutableMapping[int, Snapshot]
    entities: MutableMapping[str, Entity]
    kept_in: MutableMapping[int, tuple[str, ...]]
    rivals: MutableMapping[str, tuple[int, ...]]
    edges: MutableMapping[str, tuple[Relation, ...]]
    by_kind: MutableMapping[str, tuple[str, ...]]
    by_name: MutableMapping[str, tuple[str, ...]]
    aliases: MutableMapping[str, tuple[str, ...]]
    titled: MutableMapping[str, tuple[str, ...]]
    assumed: MutableMapping[str, str]
    missing: MutableMapping[str, str]
    rings: MutableMapping[tuple[str, str], tuple[str, ...]]
    slugs: MutableMapping[str, tuple[str, ...]]
    bare: MutableMapping[int, Snapshot]
    found: MutableMapping[str, tuple[Problem, ...]]
    contested: MutableMapping[str, tuple[Problem, ...]]
    loose: MutableMapping[int, tuple[Problem, ...]]

    def __init__(self, catalog: Catalog, changed: Mapping[int, Snapshot]) -> None:
        self.before = catalog
        self.organisation, self.people = catalog.organisation, catalog.people
        self.changed = changed
        for name in _OPEN:
            setattr(self, name, getattr(catalog, name).mutate())
        self.kinds = {kind.lower() for kind in catalog.settings.kinds}
        self.claims: dict[str, list[int]] = {}  # ref -> the changed repositories that declare it
        self._declared: dict[int, dict[str, Entity]] = {}
        self._said: dict[int, dict[str, list[Problem]]] = {}
        self.renamed: set[str] = set()  # other names that came, went or mean another entity
        self.touched: set[str] = set()  # refs of which anything that can be asked is another now
        self.homes: set[int] = set(changed)  # repositories that hold something else than before

    def run(self, unread: Iterable[str] = ()) -> Catalog:
        """Settle, index, join, resolve, examine; return the catalog after."""
        concerned = self._take_in() | set(unread)
        settled = self._settle(concerned)
        self._index(settled)
        changes = self._derive(concerned, settled)
        moved = self._join(changes)
        again = self._resolve(changes, moved)
        again |= self._find_rings(moved)
        self._examine(changes, moved, again)
        self._note_loose()
        self.touched.update(changes, moved, (self.assumed[ref] for ref in moved if ref in self.assumed))
        step = Step(self.before.token, frozenset(self.touched), frozenset(self.homes))
        lineage = (*self.before.lineage, step)[-_STEPS:]
        return Catalog(
            self.before.organisation,
            self.before.settings,
            self.before.today,
            self.before.readers,
            self.before.people,
            self.before.all_people,
            recorded=self.before.recorded,
            recorded_in=self.before.recorded_in,
            lineage=lineage,
            **{name: getattr(self, name).finish() for name in _OPEN},
        )

    def _take_in(self) -> set[str]:
        """Put the snapshots in their places and return every ref that they may decide."""
        concerned: set[str] = set()
        before, settings = self.before, self.before.settings
        for number, snapshot in self.changed.items():
            concerned.update(declared_by(before.snapshots.get(number)))
            concerned.update(before.recorded_in.get(number, ()), before.kept_in.get(number, ()))
            is_out = settings.reason_left_out(snapshot.repository, before.readers) != ""
            if is_out and snapshot.repository.full_name.lower() == settings.catalog_name(before.organisation):
                is_out = False  # people's registrations are there, whatever the globs say
            (self.snapshots if is_out else self.hidden).pop(number, None)
            (self.hidden if is_out else self.snapshots)[number] = snapshot
            for ref in self.declared(number):
                self.claims.setdefault(ref, []).append(number)
                concerned.add(ref)
        return concerned

    def declared(self, number: int) -> dict[str, Entity]:
        """What a repository that is in declares now, by ref."""
        known = self._declared.get(number)
        if known is None:
            known = self._declared[number] = declared_by(self.snapshots.get(number))
        return known

    def _settle(self, refs: Iterable[str]) -> dict[str, tuple[Entity | None, Entity | None]]:
        before = self.before
        ground = Ground(before.settings, before.today, self.snapshots, self.hidden)
        changes: dict[str, tuple[Entity | None, Entity | None]] = {}
        for ref in refs:
            verdict = settle(ground, ref, self._declarers(ref), before.recorded.get(ref))
            old, new = self.entities.get(ref), verdict.entity
            is_team = new is None and old is not None and is_derived(old)  # `_derive` decides on it
            if new != old and not is_team:
                changes[ref] = old, new
                put(self.entities, ref, new)
            put(self.rivals, ref, verdict.rivals)
            if verdict.problems != before.contested.get(ref, ()):
                self.touched.add(ref)
                put(self.contested, ref, verdict.problems)
        return changes

    def _declarers(self, ref: str) -> dict[int, Entity]:
        numbers = set(self.claims.get(ref, ()))
        old = self.before.entities.get(ref)
        others = {*self.before.rivals.get(ref, ()), *(() if old is None else (old.origin.repository_id,))}
        numbers.update(number for number in others if ref in self.declared(number))
        return {number: self.declared(number)[ref] for number in sorted(numbers)}

    def _index(self, changes: Changes) -> None:
        """Bring the lists of kinds, names, homes, other names and projects up to date."""
        organisation = self.before.organisation
        kinds, names, others, called, slugs = (Lists[str]() for _ in range(5))
        homes = Lists[int]()
        for ref, (old, new) in changes.items():
            for entity, less in ((old, True), (new, False)):
                if entity is None:
                    continue
                homes.note(entity.origin.repository_id, ref, less)
                kinds.note(ref.partition(":")[0], ref, less)
                names.note(ref.rpartition("/")[2], ref, less)
                for other in other_names(entity, organisation):
                    others.note(other, ref, less)
                for title in titles(entity):
                    called.note(title, ref, less)
                if slug := _slug(entity):
                    slugs.note(slug, ref, less)
        kinds.apply(self.by_kind)
        names.apply(self.by_name)
        slugs.apply(self.slugs)
        self.renamed |= others.apply(self.aliases) | called.apply(self.titled)
        self.homes |= homes.apply(self.kept_in)
        for number in self.homes:
            snapshot = self.snapshots.get(number)
            is_bare = snapshot is not None and snapshot.state != "gone" and number not in self.kept_in
            put(self.bare, number, snapshot if is_bare else None)

    def _derive(self, concerned: Iterable[str], changes: Changes) -> Changes:
        """Let GitHub teams that nobody describes be groups; return all changes, theirs included."""
        before = self.before
        # Where teams may not be named, what was recorded of them is purged at once.
        is_hidden = not before.settings.shows_people(before.readers)
        standing = Standing(before.organisation, before.people, is_hidden, before.recorded, self.entities, self.aliases)
        derived: dict[str, tuple[Entity | None, Entity | None]] = {}
        for ref in standing.concerned((*concerned, *self.renamed)):
            old = self.entities.get(ref)
            if old is not None and not is_derived(old):
                continue
            new = standing.group(ref, before.settings.grace_days, before.today)
            if new != old:
                derived[ref] = old, new
                put(self.entities, ref, new)
        self._index(derived)
        return {**changes, **{ref: (changes.get(ref, pair)[0], pair[1]) for ref, pair in derived.items()}}

    def _join(self, changes: Changes) -> set[str]:
        """Bring the edges up to date; return the refs at which one came or went."""
        less: dict[str, list[Relation]] = {}
        more: dict[str, list[Relation]] = {}
        for old, new in changes.values():
            was, now = (old.relations if old else ()), (new.relations if new else ())
            if was != now:
                for edge in was:
                    less.setdefault(edge.source, []).append(edge)
                for edge in now:
                    more.setdefault(edge.source, []).append(edge)
        moved = set()
        for ref in less.keys() | more.keys():
            old_edges = self.edges.get(ref, ())
            edges = merged(old_edges, less.get(ref, ()), more.get(ref, ()))
            if edges != old_edges:
                moved.add(ref)
                put(self.edges, ref, edges)
        return moved

    def _resolve(self, changes: Changes, moved: set[str]) -> set[str]:
        """Find what references that name no entity mean, or probably mean; return who must be examined again."""
        added = [ref for ref, (old, _) in changes.items() if old is None]
        removed = [ref for ref, (_, new) in changes.items() if new is None]
        again: set[str] = set()
        for ref, (old, new) in changes.items():
            if face(old) != face(new):
                again |= self._neighbours(ref)
                for name in {name for entity in (old, new) if entity for name in self._names(entity)}:
                    again |= self._neighbours(name)
        unknown = []
        for ref in {*moved, *added, *removed, *self.renamed}:
            meant = None if ref in self.entities or ref not in self.edges else self._meant(ref)
            if self.assumed.get(ref) != meant:
                put(self.assumed, ref, meant)
                again |= self._note_meaning(ref)
            elif ref in self.renamed and meant is None:
                again |= self._neighbours(ref)  # it may be the title of several
            if meant or ref in self.entities or ref not in self.edges:
                self.missing.pop(ref, None)
            else:
                unknown.append(ref)
        open_still = {ref: guess for ref, guess in self.before.missing.items() if ref in self.missing}
        swaying = set(open_still) if len(added) > _MANY else swayed(open_still, added, removed)
        for ref in swaying.union(unknown):
            guess = nearest(ref, self.by_kind, self.by_name)
            if self.missing.get(ref) != guess:
                self.missing[ref] = guess
                again |= self._neighbours(ref)
        return again

    def _meant(self, ref: str) -> str | None:
        """Return who is called so: by name, else by a title that nobody else has."""
        if named := self.aliases.get(ref):
            return named[0]
        called = self.titled.get(ref, ())
        return called[0] if len(called) == 1 else None

    def _names(self, entity: Entity) -> tuple[str, ...]:
        return (*other_names(entity, self.organisation), *titles(entity))

    def _note_meaning(self, ref: str) -> set[str]:
        """Touch all whose edges lead elsewhere now that `ref` means another entity, or none."""
        neighbours = self._neighbours(ref)
        self.touched |= neighbours
        for names in (self.before.aliases, self.aliases, self.before.titled, self.titled):
            self.touched.update(names.get(ref, ()))
        return neighbours

    def _neighbours(self, ref: str) -> set[str]:
        edges = (*self.edges.get(ref, ()), *self.before.edges.get(ref, ()))
        return {edge.target for edge in edges}

    def _find_rings(self, moved: set[str]) -> set[str]:
        """Seek rings through every edge that came or went; return all that were in one or are."""
        again: set[str] = set()
        for type in ENDING:
            bent = {ref for ref in moved if targets(self.edges, ref, type) != targets(self.before.edges, ref, type)}
            was = {other for ref in bent for other in self.before.rings.get((type, ref), ())}
            now = rings(self.edges, bent | was, type) if len(bent) > _MANY else None
            done: set[str] = set()
            for ref in bent | was:
                if ref in done:
                    continue
                members = ring(self.edges, ref, type) if now is None else now.get(ref, ())
                put(self.rings, (type, ref), members)
                for other in members:
                    self.rings[type, other] = members
                done.update(members)
            again |= was | done
        return again

    def _examine(self, changes: Changes, moved: set[str], again: set[str]) -> None:
        for number in self.changed:
            was, now = self.before.snapshots.get(number), self.snapshots.get(number)
            if (was.problems if was else ()) != (now.problems if now else ()):
                said = (*(was.problems if was else ()), *(now.problems if now else ()))
                again = again.union(problem.ref for problem in said)
            if self.people is not None and (was.evidence if was else None) != (now.evidence if now else None):
                again = again.union(self.kept_in.get(number, ()))  # CODEOWNERS
        for ref in again.union(changes, moved):
            entity = self.entities.get(ref)
            problems: tuple[Problem, ...] = ()
            if entity is not None:
                said = tuple(self.said(entity.origin.repository_id).get(ref, ()))
                problems = tuple(sorted((*said, *examine(self, entity))))
            if problems != self.before.found.get(ref, ()):
                self.touched.add(ref)
                put(self.found, ref, problems)

    def said(self, number: int) -> dict[str, list[Problem]]:
        """What reading a repository brought up, by ref; a kind that waypost.yaml declares is not unknown."""
        known = self._said.get(number)
        if known is None:
            known = self._said[number] = {}
            snapshot = self.snapshots.get(number)
            for problem in snapshot.problems if snapshot and snapshot.state != "gone" else ():
                if problem.id != "kind-unknown" or problem.ref.partition(":")[0] not in self.kinds:
                    known.setdefault(problem.ref, []).append(problem)
        return known

    def _note_loose(self) -> None:
        for number in self.homes:
            snapshot = self.snapshots.get(number)
            if snapshot is None or snapshot.state == "gone" or not snapshot.problems:
                self.loose.pop(number, None)
                continue
            held = set(self.kept_in.get(number, ()))
            problems = [problem for ref, said in self.said(number).items() if ref not in held for problem in said]
            put(self.loose, number, tuple(sorted(problems)))


def _slug(entity: Entity) -> str:
    """The repository an entity says it is about, when that is not the one that declares it."""
    slug = str(entity.annotations.get(_SLUG) or "").lower()
    return "" if slug == entity.origin.repository.lower() else slug
