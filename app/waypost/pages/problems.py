"""What is wrong, grouped by who can mend it: one page while it fits, else a page for each owner."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from waypost.catalog.problems import Problem, Severity
from waypost.integrations.urls import quote_path
from waypost.pages import paths
from waypost.pages.census import census
from waypost.pages.markdown import DASH, Md, code, file_link, link, quoted, table, text
from waypost.pages.page import Page
from waypost.pages.paths import shard
from waypost.pages.view import View, file_in

ON_ONE_PAGE = 150
ON_ENTITY_PAGE = 100
ON_OWNER_PAGE = 500
OWNERS = 1_000
Grouped = Mapping[str, Sequence[Problem]]
_MARKS = {Severity.ERROR: "**error**", Severity.WARNING: "warning", Severity.NOTE: "note"}
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def problem_table(view: View, problems: Sequence[Problem], most: int = ON_ENTITY_PAGE) -> Md:
    """Place, what is wrong and how to mend it; errors first."""
    ordered = sorted(problems, key=lambda problem: (_RANK[problem.severity], problem))
    rows = [_row(view, problem) for problem in ordered[:most]]
    shown = table(["", "Where", "What is wrong", "Fix"], rows)
    rest = len(ordered) - most
    return Md(f"{shown}\n\n…and {rest:,} more of the same place.") if rest > 0 else shown


def _row(view: View, problem: Problem) -> list[Md]:
    what = Md(f"{quoted(problem.message, 300)} <sub>{code(problem.id, 60)}</sub>")
    return [Md(_MARKS[problem.severity]), _place(view, problem), what, quoted(problem.fix, 300) or DASH]


def _place(view: View, problem: Problem) -> Md:
    label = text(f"{problem.file}:{problem.line}" if problem.line else problem.file)
    if not problem.repository:
        return label or DASH
    url = f"{view.site.server_url}/{quote_path(problem.repository)}"
    if not problem.file:
        return link(text(problem.repository), url)
    line = f"#L{problem.line}" if problem.line else ""
    name = text(problem.repository.rpartition("/")[2])
    return Md(f"{name}: {link(label, file_in(url, 'HEAD', problem.file) + line)}")


def is_small(view: View) -> bool:
    """Say whether all problems stand on one page."""
    counted = census(view)
    return counted.errors + counted.warnings <= ON_ONE_PAGE


def files(view: View, only: Collection[str] | None = None) -> Iterator[tuple[str, str]]:
    """The problems page, with a page for each owner (of `only`) where one page would be too long."""
    counted = census(view)
    page = Page(paths.PROBLEMS)
    page.begin(f"the descriptors of {view.catalog.organisation}", [], Md("Problems"))
    if not counted.to_mend:
        page.say(Md("None: every descriptor is sound, every name resolves, every owner exists."))
    else:
        page.say(_said(counted.errors, counted.warnings))
        _summary(view, page, counted.to_mend, is_small(view))
        if is_small(view):
            _sections(view, page, counted.to_mend)
        else:
            owners = sorted(owner for owner in counted.to_mend if only is None or owner in only)
            page.parts += [_owner_page(view, owner, counted.to_mend[owner]) for owner in owners]
    page.say(Md("---"), Md("<sub>Mend a problem in the file it names; the next push takes it off this page.</sub>"))
    return page.files()


def _said(errors: int, warnings: int) -> Md:
    said = []
    if errors:
        said.append(f"**{errors:,} error{'s' * (errors != 1)}** keep{'s' * (errors == 1)} something out of the catalog")
    if warnings:
        said.append(f"{warnings:,} warning{'s' * (warnings != 1)} ask{'s' * (warnings == 1)} for a look")
    return Md(f"{'; '.join(said)}. Grouped by who can mend them, worst first.")


def _ranked(grouped: Grouped) -> list[tuple[str, Sequence[Problem]]]:
    """Most errors first, then most problems; what nobody owns comes last."""

    def weight(item: tuple[str, Sequence[Problem]]) -> tuple[bool, int, int, str]:
        owner, found = item
        return not owner, -sum(problem.severity is Severity.ERROR for problem in found), -len(found), owner

    return sorted(grouped.items(), key=weight)


def _summary(view: View, page: Page, grouped: Grouped, small: bool) -> None:
    rows = []
    ranked = _ranked(grouped)
    for owner, found in ranked[:OWNERS]:
        name = view.name(owner) if owner else Md("nobody: no owner is known")
        path = f"{page.root}{paths.owner_problems_file(owner)}"
        errors = sum(problem.severity is Severity.ERROR for problem in found)
        label = link(name, f"#{anchor(owner)}") if small else file_link(name, path)
        rows.append([label, Md(str(errors)), Md(str(len(found) - errors))])
    page.say(table(["Owner", "#Errors", "#Warnings"], rows))
    if len(ranked) > OWNERS:
        page.say(Md(f"…and {len(ranked) - OWNERS:,} more owners: the problems of each stand on its own page."))


def _sections(view: View, page: Page, grouped: Grouped) -> None:
    for owner, found in _ranked(grouped):
        page.say(Md(f'<a id="{anchor(owner)}"></a>'))
        page.heading(view.link(owner, page.up) if owner else "Without a known owner")
        page.say(problem_table(view, found, ON_ONE_PAGE))


def _owner_page(view: View, owner: str, found: Sequence[Problem]) -> tuple[str, str]:
    page = Page(paths.owner_problems_file(owner))
    back = file_link(Md("Problems"), f"{page.root}{paths.PROBLEMS}")
    title = Md(f"Problems of {view.link(owner, page.up)}") if owner else Md("Problems without a known owner")
    page.begin(f"the descriptors of {view.catalog.organisation}", [back], title)
    page.say(problem_table(view, found, ON_OWNER_PAGE))
    return page.path, page.text()


def anchor(owner: str) -> str:
    """A name for a place on the page."""
    return f"of-{shard(owner)}-" + "".join(mark if mark.isalnum() else "-" for mark in owner or "nobody")
