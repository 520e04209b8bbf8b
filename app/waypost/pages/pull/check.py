"""The check run of a pull request: what it says in one line, in its summary and at each line of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from waypost.catalog.merging import only_waits
from waypost.catalog.problems import Problem, Severity
from waypost.pages.markdown import Md, clean, code, quoted, text
from waypost.pages.pull.case import Case
from waypost.pages.pull.effects import caused, effects, headline, settings_words, template_words
from waypost.pages.pull.words import page_link, severities

SUMMARY = 60_000  # characters; GitHub takes 65,535
SHOWN = 50  # problems in the summary; each has its own remark at its line
MESSAGE = 4_000
_LEVELS = {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class Remark(NamedTuple):
    """A problem at a line; `level` is GitHub's word."""

    path: str
    line: int
    level: str
    message: str
    title: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check run says. Values of plain text but for `summary`, which is Markdown."""

    title: str
    summary: str
    conclusion: str  # success | failure | neutral
    remarks: tuple[Remark, ...] = ()


def check(case: Case) -> Verdict:
    """Judge a pull request: it fails for errors in what it touches, and for nothing else."""
    has_errors = any(one.severity is Severity.ERROR for one in case.problems)
    lines = said(case)
    is_quiet = not (lines or case.problems)
    conclusion = "failure" if has_errors else "neutral" if is_quiet else "success"
    title = severities(case.problems) or headline(case.impact) or _other(lines)
    if case.impact.breaks:
        title += f", breaks {len(case.impact.broken):,} elsewhere"
    remarks = tuple(_remark(one) for one in case.problems)
    return Verdict(title, _summary(case, lines), conclusion, remarks)


def said(case: Case) -> list[Md]:
    """Everything that changes, a line each."""
    lines = [*effects(case), *settings_words(case.impact), *template_words(case)]
    if more := caused(case.impact):
        lines.append(more)
    return lines


def _other(lines: Sequence[Md]) -> str:
    return "Changes settings or templates" if lines else "Nothing changes in the catalog"


def _remark(problem: Problem) -> Remark:
    message = f"{problem.message}\n{problem.fix}".strip()
    title = f"{problem.severity.value}: {problem.id}"
    # An annotation needs a line: what concerns the whole file stands at its first.
    return Remark(problem.file, max(1, problem.line), _LEVELS[problem.severity], message[:MESSAGE], title)


def _summary(case: Case, lines: Sequence[Md]) -> str:
    parts = [Md("\n".join(f"- {line}" for line in lines)) if lines else Md("Nothing changes in the catalog.")]
    if case.problems:
        parts.append(Md("### Problems\n\n" + "\n".join(problem_lines(case.problems))))
    if case.lookalikes:
        parts.append(Md("### Is it new?\n\n" + "\n".join(f"- {line}" for line in questions(case))))
    if case.refusals is not None:
        parts.append(Md(f"### Merging\n\n{verdict_on_merging(case)}"))
    if case.is_partial:
        parts.append(Md("GitHub does not list every file of this pull request; problems are those of the repository."))
    return cut("\n\n".join(parts), SUMMARY)


def problem_lines(problems: Sequence[Problem], most: int = SHOWN) -> Iterator[Md]:
    """Yield place, message, fix and id of each, errors first."""
    rank = list(Severity)
    for one in sorted(problems, key=lambda one: (rank.index(one.severity), one))[:most]:
        place = f"{one.file}:{one.line}" if one.line else one.file
        what = one.message if one.message.endswith((".", "!", "?")) else f"{one.message}."
        yield Md(f"- **{one.severity.value}** {code(place)} {quoted(what, 300)} {quoted(one.fix, 300)} {code(one.id)}")
    if len(problems) > most:
        yield Md(f"- …and {len(problems) - most:,} more, each at its line")


def questions(case: Case) -> Iterator[Md]:
    """Ask whether a new component is one that exists."""
    after = case.impact.after
    for one in case.lookalikes:
        new, old = after.entities[one.ref], after.entities[one.other]
        owner = after.owner(one.other)
        owned = f", owned by {text(after.entities[owner].title)}" if owner and owner in after.entities else ""
        shared = f" (same {' and '.join(one.shared)})" if one.shared else ""
        known = page_link(after, case.site, one.other)
        yield Md(f"{text(new.name)}: is this {text(old.name)} again? {known}{owned}{shared}")


def verdict_on_merging(case: Case) -> Md:
    """Say whether the registration merges by itself, when, and what keeps it from that."""
    refusals = case.refusals or ()
    if not refusals:
        return Md("It meets every rule and merges by itself now.")
    if only_waits(refusals):
        until = max(one.until for one in refusals)
        return Md(f"It merges by itself after {code(until)}, unless somebody objects.")
    reasons = "\n".join(f"- {quoted(one.words, 600)} {code(one.id)}" for one in refusals if not one.until)
    return Md(f"A person must merge it, because:\n\n{reasons}")


def cut(whole: str, most: int) -> str:
    """Keep whole lines and say how many are left out."""
    if len(whole) <= most:
        return whole
    lines = whole.split("\n")
    size = kept = 0
    for line in lines:
        size += len(line) + 1
        if size > most - 100:
            break
        kept += 1
    return "\n".join([*lines[:kept], "", f"…{clean(len(lines) - kept)} more lines are left out here."])
