"""The one comment on a pull request: what it changes in the portal and for whom. Pings only when something breaks."""

from __future__ import annotations

from waypost.catalog.impact import Impact
from waypost.catalog.merging import only_waits
from waypost.pages.markdown import Md, folded, link
from waypost.pages.pull.case import MARKER, Case
from waypost.pages.pull.check import cut, problem_lines, questions, said, verdict_on_merging
from waypost.pages.pull.difference import difference
from waypost.pages.pull.effects import headline
from waypost.pages.pull.words import counted, listed, owner_name, severities

WORDS = 30_000  # characters before the difference, which has its own bound: GitHub takes 65,536 of both
PROBLEMS = 10
MENTIONS = 10  # a crowd that is called at once does not come


def comment(case: Case) -> Md | None:
    """Write the comment; None when there is nothing to say."""
    lines = said(case)
    if not (lines or case.problems or case.lookalikes):
        return None
    parts = [Md(_first(case))]
    if lines:
        parts.append(Md("\n".join(f"- {line}" for line in lines)))
    parts += [part for part in (_who(case), _questions(case), _problems(case), _merging(case)) if part]
    words = cut("\n\n".join(parts), WORDS)
    if shown := _difference(case):
        words = f"{words}\n\n{shown}"
    return Md(f"{MARKER}\n{words}\n")


def _first(case: Case) -> str:
    """One sentence that is enough for most readers."""
    impact = case.impact
    what = headline(impact)
    said = what or "Nothing changes in the catalog itself"
    if impact.breaks:
        said += f" and **breaks {counted(len(impact.broken), 'entity')} in other repositories**"
    if found := severities(case.problems):
        said += f"; {found}"
    if case.refusals is not None and not any(not one.until for one in case.refusals):
        said += "; merges by itself" + (" later" if only_waits(case.refusals) else "")
    return f"{said}."


def _who(case: Case) -> Md | None:
    """Name the owners who should know; call their teams only where something of theirs breaks."""
    impact = case.impact
    if impact.teams:
        organisation = impact.after.organisation
        called = [f"@{organisation}/{slug}" for slug in impact.teams[:MENTIONS]]
        more = len(impact.teams) - MENTIONS
        rest = f" and {counted(more, 'team')} more" if more > 0 else ""
        return Md(f"Something of yours breaks with this: {', '.join(called)}{rest}.")
    affected = [owner for owner in impact.affected if owner]
    if not affected:
        return None
    pieces = [Md(f"**{_name(impact, owner)}**") for owner in affected]
    return Md(f"Concerns {listed(pieces, 10)}.")


def _name(impact: Impact, owner: str) -> Md:
    return owner_name(impact.after if owner in impact.after.entities else impact.before, owner)


def _questions(case: Case) -> Md | None:
    lines = [f"- {line}" for line in questions(case)]
    return Md("\n".join(lines)) if lines else None


def _problems(case: Case) -> Md | None:
    if not case.problems:
        return None
    lines = "\n".join(problem_lines(case.problems, PROBLEMS))
    where = f"\n\n{link(Md('The check'), case.check_url)} shows each at its line." if case.check_url else ""
    return Md(f"{lines}{where}")


def _merging(case: Case) -> Md | None:
    return None if case.refusals is None else verdict_on_merging(case)


def _difference(case: Case) -> Md | None:
    impact = case.impact
    first = [loss.renamed or loss.ref for loss in impact.lost]
    first += [*impact.added, *(one.ref for one in impact.changed)]
    shown = difference(impact.before, impact.after, case.site, first)
    return folded(Md("How the portal changes"), shown) if shown else None
