"""Which problems belong to a pull request: those of the files that it touches, and edits of what Waypost writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from waypost.catalog.catalog import Catalog
from waypost.catalog.problems import Problem
from waypost.golden.forms import MARK
from waypost.pages.custom import keep
from waypost.pages.paths import FORMS, is_generated


def problems(
    after: Catalog, repository_id: int, paths: Collection[str] | None, further: Iterable[Problem] = ()
) -> tuple[Problem, ...]:
    """Return what is wrong in the touched `paths` (None: everywhere), sorted; of waypost.yaml in its own repository.

    That something is an orphan is left out: its removal is what the pull request shows anyway. `further` are problems
    that only their readers know, all of them shown: of templates, of integrations, of generated files.
    """
    found = [*after.problems_in(repository_id)]
    snapshot = after.snapshots.get(repository_id)
    if snapshot is not None and is_catalog(after, snapshot.repository.full_name):
        found += after.settings.problems
    ours = [one for one in found if one.id != "orphan" and (paths is None or one.file in paths)]
    # a template is read twice, as an entity and for what it does: the same mistake is one
    known = {(one.file, one.line, one.id, one.message): one for one in (*further, *ours)}
    return tuple(sorted(known.values()))


def is_catalog(catalog: Catalog, repository: str) -> bool:
    """Say whether a repository (owner/name) is the organisation's catalog."""
    return repository.lower() == catalog.settings.catalog_name(catalog.organisation)


def generated(
    repository: str, paths: Iterable[str], texts: Mapping[str, tuple[str, str]] | None = None
) -> tuple[Problem, ...]:
    """Return a problem for each path of a pull request to the catalog that people must not edit.

    `texts` are a file's text at the base and at the head, where they are known: between CUSTOM markers people may.
    """
    known = texts or {}
    return tuple(
        Problem(
            repository=repository,
            file=path,
            line=1,
            id="generated",
            message=f"{path} is generated: what is written here by hand is lost with the next commit.",
            fix="Leave it out of the pull request: the bot writes it on merge.",
        )
        for path in sorted(paths)
        if is_generated(path) and not _is_peoples(path, known.get(path))
    )


def _is_peoples(path: str, texts: tuple[str, str] | None) -> bool:
    """Say whether two texts differ in the human corner only, or are an issue form of their own."""
    if texts is None:
        return False
    is_form_of_theirs = path.startswith(FORMS) and not any(text.startswith(MARK) for text in texts)
    return is_form_of_theirs or keep(texts[1], texts[0]) == texts[1]
