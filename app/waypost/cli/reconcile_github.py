"""How a reconcile is shown in a workflow: remarks on the run, a summary of the job, outputs of the step. Only shows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from waypost.catalog.problems import Severity
from waypost.cli.verdicts import annotate, count, outputs, remark
from waypost.integrations.urls import quote_path
from waypost.pages import paths
from waypost.pages.census import census
from waypost.pages.markdown import Md, code, link, table, text
from waypost.pages.view import View
from waypost.sync.context import Commit
from waypost.sync.publish import Edition
from waypost.sync.reconcile import Summary

OWNERS = 10  # with the most to mend
FAILURES = 10
DRIFTS = 20


def refuse(reason: str) -> None:
    """Say above the run why nothing was done."""
    print(remark("error", reason))
    _write("nothing was read", [Md(text(reason, 1_000))])


def show(summary: Summary, commits: Sequence[Commit], found: Sequence[Edition], seconds: float, is_dry: bool) -> None:
    """Print what a person in a hurry wants to know, and tell the rest to the summary and to later steps."""
    annotate([(one.file, one) for edition in found for one in edition.catalog.settings.problems])
    told = _told(summary, commits, seconds, is_dry)
    print(told)
    if summary.left:
        print(remark("error", f"{count(summary.left, 'piece')} of work left: {summary.reason}"))
    lines = [Md(f"{told}.")]
    if summary.left:
        lines.append(Md(f"**Not everything was done:** {text(summary.reason, 1_000)}"))
    if failures := summary.failures[:FAILURES]:
        lines.append(Md("\n".join(["What went wrong on the way:", "", *(f"- {text(one, 500)}" for one in failures)])))
    for edition in found:
        lines += _catalog(edition, [one for one in commits if one.full_name == edition.site.catalog_repository])
    if summary.drift:
        rows = [[text(one.full_name), text(", ".join(one.kinds))] for one in summary.drift[:DRIFTS]]
        lines.append(Md(f"**Changed since the last run:** {count(len(summary.drift), 'repository', 'repositories')}"))
        lines.append(table(["Repository", "What"], rows))
    _write("dry run" if is_dry else "catalog", lines)
    _hand_on(summary, commits, found)


def _told(summary: Summary, commits: Sequence[Commit], seconds: float, is_dry: bool) -> str:
    changed = sum(one.changed for one in commits)
    if changed:
        done = f"{count(changed, 'file')} {'would change' if is_dry else 'changed'}"
    elif summary.left:
        done = "no plan was made" if is_dry else "nothing was written"
    else:
        done = "nothing to change"
    return (
        f"{count(summary.repositories, 'repository', 'repositories')}, {summary.read:,} read; {done};"
        f" {count(summary.calls, 'call')}, {seconds:.0f} s"
    )


def _catalog(edition: Edition, commits: Sequence[Commit]) -> Iterator[Md]:
    site, catalog = edition.site, edition.catalog
    for commit in commits:
        where = (
            link(code(commit.head[:10]), f"{site.url}/commit/{commit.head}") if commit.head else Md("The next commit")
        )
        shown = [f"- {verb} {code(path, 200)}" for verb, path in commit.first]
        rest = commit.changed - len(shown)
        more = [f"- and {count(rest, 'more file')}"] if rest else []
        yield Md("\n".join([f"{where} changes {count(commit.changed, 'file')}:", "", *shown, *more]))
    view = View(catalog, site)
    counted = census(view)
    undescribed = len(list(catalog.undescribed()))
    pages = f"{site.url}/blob/{quote_path(site.branch)}"
    coverage = link(Md("described"), f"{pages}/{paths.COVERAGE}")
    yield Md(
        f"{link(text(site.catalog_repository), site.url)}: {count(len(catalog.entities), 'entity', 'entities')};"
        f" {counted.repositories - undescribed:,} of {count(counted.repositories, 'repository', 'repositories')}"
        f" {coverage}."
    )
    if counted.to_mend:
        yield Md(f"**{link(Md('Problems'), f'{pages}/{paths.PROBLEMS}')}**, by who can mend them:")
        yield table(["Owner", "Errors", "Warnings"], _owners(view))


def _owners(view: View) -> list[list[Md]]:
    tallies = []
    for owner, problems in census(view).to_mend.items():
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        tallies.append((-errors, -len(problems), owner))
    tallies.sort()
    rows = [
        [text(owner) if owner else Md("nobody"), Md(f"{-errors:,}"), Md(f"{errors - total:,}")]
        for errors, total, owner in tallies[:OWNERS]
    ]
    rest = len(tallies) - len(rows)
    return rows + ([[Md(f"and {count(rest, 'more')}"), Md(""), Md("")]] if rest else [])


def _hand_on(summary: Summary, commits: Sequence[Commit], found: Sequence[Edition]) -> None:
    counted = [census(View(edition.catalog, edition.site)) for edition in found]
    outputs(
        commit=commits[-1].head if commits else "",
        changed=sum(one.changed for one in commits),
        repositories=summary.repositories,
        entities=sum(len(edition.catalog.entities) for edition in found),
        problems=sum(one.errors + one.warnings for one in counted),
        calls=summary.calls,
        left=summary.left,
    )


def _write(what: str, lines: Sequence[Md]) -> None:
    if file := os.environ.get("GITHUB_STEP_SUMMARY", ""):
        with open(file, "a", encoding="utf-8") as out:
            out.write("\n\n".join([f"### Waypost: {what}", *lines, ""]))
