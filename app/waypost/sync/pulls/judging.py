"""From what a pull request would leave to what is said of it: the facts that `pages.pull` makes words of.

Who reads the repository may not read the catalog: then only what its own files say is told, and no name of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from waypost import integrations
from waypost.catalog.catalog import Catalog
from waypost.catalog.entities import Snapshot
from waypost.catalog.impact import impact
from waypost.catalog.lookalikes import lookalikes
from waypost.catalog.problems import Problem
from waypost.catalog.proposal import propose
from waypost.catalog.settings import Settings, is_wider, parse
from waypost.forge.protocol import Forge
from waypost.pages.made import made
from waypost.pages.paths import is_generated
from waypost.pages.pull import Case, generated, problems, template_problems, touched_templates
from waypost.pages.view import View
from waypost.sync.publish import INTEGRATIONS_FOLDER, SETTINGS_FILE, Edition
from waypost.sync.pulls.reading import Proposed, texts

MOST_TEMPLATE_FILES = 300
MOST_TEXTS = 40  # files of the catalog repository that are read beside its descriptors


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a pull request; `is_left_out` when the catalog does not show the repository at all."""

    case: Case
    is_left_out: bool = False
    is_open: bool = True  # whether the catalog may be spoken of there


def judge(forge: Forge, edition: Edition, proposed: Proposed, snapshot: Snapshot) -> Judgement:
    """Hold the catalog as it would be against the catalog as it is."""
    before, number = edition.catalog, proposed.repository.id
    steering = _steering_texts(forge, proposed)
    name = proposed.repository.full_name
    tools = {path: new for path, (_, new) in steering.items() if _is_tool(path)}
    after = propose(before, snapshot, _settings(before.settings, name, steering.get(SETTINGS_FILE), tools))
    if number in after.hidden or is_wider(proposed.repository.visibility, before.readers):
        quiet = Case(impact(before, before, name), edition.site, _own(snapshot, proposed.paths))
        return Judgement(quiet, number in after.hidden, is_open=False)
    effect = impact(before, after, name)
    further = (*_generated(name, proposed, steering), *_template_problems(forge, after, proposed, snapshot))
    case = Case(
        effect,
        edition.site,
        problems(after, number, proposed.paths, further),
        lookalikes(after, effect.added),
        templates=_templates(after, edition, proposed),
        integrations=tuple(sorted(tools)),
        is_partial=proposed.changes is None,
    )
    return Judgement(case)


def _own(snapshot: Snapshot, paths: frozenset[str] | None) -> tuple[Problem, ...]:
    return tuple(sorted(one for one in snapshot.problems if paths is None or one.file in paths))


def _kept(found: Iterable[Problem], proposed: Proposed) -> tuple[Problem, ...]:
    """Leave out what is wrong in files that go: nobody can mend it there."""
    gone = {one.path for one in proposed.changes or () if one.status == "removed"}
    return tuple(one for one in found if one.file not in gone or one.id == "generated")


def _steering_texts(forge: Forge, proposed: Proposed) -> Mapping[str, tuple[str, str]]:
    """Read, before and after, what steers the catalog or is written by us, where the pull request touches it."""
    if not proposed.is_catalog or proposed.paths is None:
        return {}
    wanted = [path for path in sorted(proposed.paths) if path == SETTINGS_FILE or _is_tool(path) or is_generated(path)]
    return texts(forge, proposed, wanted[:MOST_TEXTS])


def _is_tool(path: str) -> bool:
    return path.startswith(INTEGRATIONS_FOLDER) and path.endswith(".yaml")


def _settings(known: Settings, name: str, texts: tuple[str, str] | None, tools: Mapping[str, str]) -> Settings | None:
    """Return the settings as they would be, with what is wrong in them and in the tools; None: as they are."""
    if texts is None and not tools:
        return None
    chosen = known if texts is None else parse(texts[1], name)[0]
    kept = [one for one in known.problems if one.file not in tools and one.file != SETTINGS_FILE]
    kept += [one for one in chosen.problems if one.file == SETTINGS_FILE]
    wrong = integrations.read({path: text for path, text in tools.items() if text})[1]
    found = (*kept, *(replace(problem, repository=name) for problem in wrong))
    return replace(chosen, problems=tuple(sorted(found)))


def _generated(name: str, proposed: Proposed, steering: Mapping[str, tuple[str, str]]) -> Iterable[Problem]:
    if not proposed.is_catalog:
        return ()
    return generated(name, [path for path in proposed.paths or () if is_generated(path)], steering)


def _template_problems(forge: Forge, after: Catalog, proposed: Proposed, snapshot: Snapshot) -> Iterator[Problem]:
    """Check each template that is touched with everything in its folder; a huge one is left to its own tests."""
    inside = {folder.ref: folder.paths for folder in snapshot.folders}
    for ref, path in touched_templates(after, proposed.repository.id, proposed.paths or ()).items():
        start = path.removesuffix(path.rpartition("/")[2])
        names = [f"{start}{name}" for name in inside.get(ref, ())]
        if path in names and len(names) <= MOST_TEMPLATE_FILES:
            files = {
                name: new.encode(errors="surrogateescape") for name, (_, new) in texts(forge, proposed, names).items()
            }
            yield from template_problems(proposed.repository.full_name, path, files)


def _templates(after: Catalog, edition: Edition, proposed: Proposed) -> Mapping[str, int]:
    """Count who was made from each template that is touched."""
    view = View(after, edition.site)
    found = {}
    for ref in after.refs("template"):
        origin = after.entities[ref].origin
        folder = origin.path.rpartition("/")[0]
        is_here = origin.repository_id == proposed.repository.id
        if is_here and any(path.startswith(f"{folder}/") for path in proposed.paths or ()):
            found[ref] = len(made(view, ref))
    return found
