"""What the "published" check says of a push: since when the catalog shows it, or why it does not. Publishes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from waypost.catalog.entities import Snapshot
from waypost.catalog.problems import Problem, Severity
from waypost.integrations.urls import quote_path
from waypost.pages import paths
from waypost.pages.markdown import Md, code, link, quoted, text
from waypost.pages.site import Site

if TYPE_CHECKING:
    from waypost.catalog.build import Catalog

NAME = "Waypost: published"
MOST_REMARKS = 50  # what GitHub takes in one call; the rest stands on the problems page
MOST_PAGES = 20
_LEVELS = {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_HIDDEN = "What it declares is not shown, and nothing is said about it elsewhere."


class Remark(NamedTuple):
    """One problem at its line."""

    path: str
    line: int
    level: str  # notice | warning | failure
    message: str
    title: str


class Notice(NamedTuple):
    """The check run, without its place."""

    conclusion: str  # success | failure | neutral
    title: str
    summary: str  # Markdown
    remarks: tuple[Remark, ...] = ()


class Publication(NamedTuple):
    """Which commit of the catalog shows the push, and how long that took."""

    commit: str
    seconds: float | None  # None: not known any more


def notice(catalog: Catalog, site: Site, repository_id: int, publication: Publication) -> Notice | None:
    """Say what became of a repository's push in this catalog; None for a repository that it does not know."""
    hidden = catalog.hidden.get(repository_id)
    if hidden is not None:
        reason = catalog.settings.reason_left_out(hidden.repository, catalog.readers)
        return Notice("neutral", f"left out of the catalog: {reason}", f"{_left_out(site, reason)}\n")
    snapshot = catalog.snapshots.get(repository_id)
    if snapshot is None:
        return None
    problems = _urgent_first(catalog.problems_in(repository_id))
    if problems and problems[0].severity is Severity.ERROR:  # why what is shown is older, they say better
        problems = [problem for problem in problems if problem.id != "stale"]
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = sum(problem.severity is Severity.WARNING for problem in problems)
    refs = catalog.kept_in.get(repository_id, ())
    parts = [_published(site, publication), _pages(catalog, site, refs), _problems(site, problems)]
    return Notice(
        "failure" if errors else "success",
        _title(publication, errors, warnings, bool(refs)),
        "\n\n".join(part for part in parts if part) + "\n",
        tuple(_remarks(problems, snapshot)),
    )


def duration(seconds: float) -> str:
    """Write a time as people say it."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    return f"{round(whole / 60)} min" if whole < 7_200 else f"{round(whole / 3600)} h"


def _title(publication: Publication, errors: int, warnings: int, has_entities: bool) -> str:
    took = "" if publication.seconds is None else f" after {duration(publication.seconds)}"
    published = f"published in {publication.commit[:10]}{took}"
    if errors:
        return f"{_counted(errors, 'error')}; what is right was {published}"
    if not has_entities:
        return f"{published}: nothing is declared here"
    return f"{published}, {_counted(warnings, 'warning')}" if warnings else published


def _published(site: Site, publication: Publication) -> str:
    label = code(publication.commit[:10])
    commit = link(label, f"{site.url}/commit/{quote_path(publication.commit)}")
    catalog = link(text(site.catalog_repository), site.url)
    if publication.seconds is None:
        return f"{catalog} shows this push; its commit was {commit} when this was run again."
    return (
        f"{catalog} shows this push since its commit {commit}, {duration(publication.seconds)} after GitHub told of it."
    )


def _left_out(site: Site, reason: str) -> str:
    catalog = link(text(site.catalog_repository), site.url)
    return f"{catalog} leaves this repository out: {text(reason)}. {_HIDDEN}"


def _pages(catalog: Catalog, site: Site, refs: Sequence[str]) -> str:
    lines = [f"- {_page(catalog, site, ref)}" for ref in refs[:MOST_PAGES]]
    if len(refs) > MOST_PAGES:
        lines.append(f"- and {len(refs) - MOST_PAGES:,} more")
    return "\n".join(lines)


def _page(catalog: Catalog, site: Site, ref: str) -> Md:
    entity = catalog.entities[ref]
    page = f"{site.url}/blob/{quote_path(site.branch)}/{quote_path(paths.page_file(ref))}"
    return Md(f"{link(text(entity.title), page)} ({text(entity.kind)})")


def _problems(site: Site, problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    lines = [f"- {_place(problem)}{quoted(_sentence(problem), 500)}" for problem in problems]
    shown = lines[:MOST_REMARKS]
    if len(lines) > len(shown):
        page = f"{site.url}/blob/{quote_path(site.branch)}/{paths.PROBLEMS}"
        shown.append(f"- and {len(lines) - len(shown):,} more: see {link(Md('all problems'), page)}")
    return "\n".join(["**To put right:**", "", *shown])


def _place(problem: Problem) -> str:
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return f"{code(where)} " if where else ""


def _remarks(problems: Sequence[Problem], snapshot: Snapshot) -> list[Remark]:
    """Those problems that have a line in a file that is still there."""
    gone = {source.path for source in snapshot.sources if not source.blob}
    names = ("", snapshot.repository.full_name)
    here = [one for one in problems if one.file and one.file not in gone and one.repository in names]
    return [
        Remark(one.file, max(one.line, 1), _LEVELS[one.severity], _sentence(one), one.id) for one in here[:MOST_REMARKS]
    ]


def _sentence(problem: Problem) -> str:
    message = problem.message.rstrip(".")
    return f"{message}. {problem.fix}" if problem.fix else f"{message}."


def _urgent_first(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: list(_LEVELS).index(problem.severity))


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
