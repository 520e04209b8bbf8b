"""From snapshots to the difference one commit would make to a catalog repository. Plans; commits nothing itself.

The head decides: who holds a name, what people wrote, which files differ. What a writer remembers of the last look (an
`Edition`) only saves work, and is laid aside as soon as the head shows that somebody else wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from waypost import integrations, pages
from waypost.catalog import build, records, settings
from waypost.catalog.entities import Entity, Snapshot
from waypost.catalog.people import People
from waypost.catalog.teams import is_derived
from waypost.forge.protocol import Store
from waypost.pages.paths import is_generated
from waypost.pages.plan import Plan, plan
from waypost.pages.site import Site

SETTINGS_FILE = "waypost.yaml"
ABOUT_FILE = "about.md"
INTEGRATIONS_FOLDER = "integrations/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a catalog is published."""

    organisation: str
    full_name: str  # of the catalog repository
    branch: str
    server_url: str  # what people's links begin with, as https://github.com


@dataclass(frozen=True, slots=True)
class Edition:
    """A catalog as it was last planned, and the head it was planned from (or committed to)."""

    head: str
    tree: Mapping[str, str]  # path -> blob id at that head
    catalog: build.Catalog
    site: Site
    today: str


@dataclass(slots=True)
class Memory:
    """What a writer keeps between two commits; empty after a restart, which costs one full build."""

    edition: Edition | None = None
    changed: set[int] = field(default_factory=set)  # repositories whose snapshots the edition lacks
    records: dict[str, tuple[str, Entity | None]] = field(default_factory=dict)  # entity file -> (blob id, claim)


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan against one head, and the edition it becomes."""

    plan: Plan
    edition: Edition
    before: build.Catalog | None  # what the update began from; None after a full build
    unread: Mapping[int, str] = field(default_factory=dict)  # recorded at the head, in no snapshot: id -> owner/name


def draft(
    store: Store,
    place: Place,
    snapshots: Mapping[int, Snapshot],
    memory: Memory,
    today: str,
    settings_text: str | None = None,
    people: People | None = None,
) -> Draft:
    """Look at the head and plan what it lacks; `settings_text` stands in for its waypost.yaml. Raises as the store."""
    last = memory.edition
    edition, recorded = _see(store, place, snapshots, memory, today, settings_text, people)
    catalog, site, tree = edition.catalog, edition.site, edition.tree
    if last is not None and recorded is None:
        rendered = pages.rerender(last.catalog, catalog, site)
        return Draft(plan(rendered, tree, _reader(store), full=False), edition, last.catalog)
    claims = [claim for claim in (recorded or {}).values() if not is_derived(claim)]
    homes = {claim.origin.repository_id: claim.origin.repository for claim in claims}
    unread = {number: name for number, name in homes.items() if number not in snapshots}
    return Draft(plan(pages.render(catalog, site), tree, _reader(store), full=True), edition, None, unread)


def look(
    store: Store,
    place: Place,
    snapshots: Mapping[int, Snapshot],
    memory: Memory,
    today: str,
    people: People | None = None,
) -> Edition:
    """Return the catalog as the next commit would have it, without planning that commit; `memory` stays as it is."""
    return _see(store, place, snapshots, memory, today, None, people)[0]


def _see(
    store: Store,
    place: Place,
    snapshots: Mapping[int, Snapshot],
    memory: Memory,
    today: str,
    settings_text: str | None,
    people: People | None,
) -> tuple[Edition, Mapping[str, Entity] | None]:
    """Look at the head: update what is remembered (then nothing else is returned), or build anew from its records."""
    head = store.refresh()
    tree = store.tree()
    last = memory.edition
    is_ours = last is not None and last.catalog.all_people == people and _is_ours_since(last, head, tree, today)
    if last is not None and is_ours and memory.changed <= snapshots.keys():
        catalog = build.update(last.catalog, [snapshots[number] for number in sorted(memory.changed)])
        return Edition(head, tree, catalog, last.site, today), None
    catalog, site, recorded = _build(store, place, snapshots, memory, today, settings_text, people)
    return Edition(head, tree, catalog, site, today), recorded


def _build(
    store: Store,
    place: Place,
    snapshots: Mapping[int, Snapshot],
    memory: Memory,
    today: str,
    settings_text: str | None,
    people: People | None,
) -> tuple[build.Catalog, Site, Mapping[str, Entity]]:
    """Build the catalog from what the head records and people wrote there."""
    tree = store.tree()
    chosen, site = _read_inputs(store, place, tree, settings_text)
    recorded = _recorded(store, tree, memory)
    ordered = [snapshots[number] for number in sorted(snapshots)]
    return build.build(place.organisation, ordered, recorded, chosen, today, people), site, recorded


def _is_ours_since(last: Edition, head: str, tree: Mapping[str, str], today: str) -> bool:
    """Say whether nobody changed what we wrote, nor what we read, since the last edition."""
    if last.today != today:
        return False  # grace periods end at midnight
    if last.head == head:
        return True
    changed = {path for path, blob in tree.items() if last.tree.get(path) != blob}
    changed.update(path for path in last.tree if path not in tree)
    return not any(is_generated(path) or is_input(path) for path in changed)


def at_head(store: Store, place: Place, memory: Memory) -> tuple[settings.Settings, Mapping[str, Entity]]:
    """Return the settings and the claims as the head has them, whatever repositories say by now."""
    store.refresh()
    return _read_inputs(store, place, store.tree(), None)[0], _recorded(store, store.tree(), memory)


def is_input(path: str) -> bool:
    """Say whether people steer the pages by this file of the catalog repository."""
    return path in (SETTINGS_FILE, ABOUT_FILE) or (path.startswith(INTEGRATIONS_FOLDER) and path.endswith(".yaml"))


def _read_inputs(
    store: Store, place: Place, tree: Mapping[str, str], settings_text: str | None
) -> tuple[settings.Settings, Site]:
    texts = {path: _text(data) for path, data in store.read([path for path in tree if is_input(path)]).items()}
    text = texts.get(SETTINGS_FILE, "") if settings_text is None else settings_text
    chosen, _ = settings.parse(text, place.full_name)
    tools, wrong = integrations.read(
        {path: text for path, text in texts.items() if path.startswith(INTEGRATIONS_FOLDER)}
    )
    found = (*chosen.problems, *(replace(problem, repository=place.full_name) for problem in wrong))
    site = Site(place.full_name, place.server_url, place.branch, texts.get(ABOUT_FILE, ""), tools)
    return replace(chosen, problems=found), site


def _recorded(store: Store, tree: Mapping[str, str], memory: Memory) -> dict[str, Entity]:
    """Read the claims that the head records, only those files whose blob is new to us."""
    files = {path: blob for path, blob in tree.items() if is_entity_file(path)}
    unread = [path for path, blob in files.items() if memory.records.get(path, ("", None))[0] != blob]
    memory.records = {path: known for path, known in memory.records.items() if path in files}
    for path, data in store.read(unread).items():
        memory.records[path] = (files[path], _record(_text(data)))
    return {claim.ref: claim for _, claim in memory.records.values() if claim is not None}


def _record(text: str) -> Entity | None:
    try:
        return records.read(text)
    except ValueError:  # edited by hand beyond recognition: claims nothing, and is written anew
        return None


def is_entity_file(path: str) -> bool:
    """Say whether a path is entities/<kind>/<namespace>/<xx>/<name>.yaml."""
    return path.startswith("entities/") and path.endswith(".yaml") and path.count("/") == 4


def _reader(store: Store) -> Callable[[str], str]:
    return lambda path: _text(store.read([path])[path])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
