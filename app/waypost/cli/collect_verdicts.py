"""How a look for documentation is shown: to people, to programs, and to GitHub Actions. Only shows.

Who reads the log of a workflow may read the catalog, and no more: of a repository that is hidden there nothing is said.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from waypost.cli.verdicts import MOST_SUMMARY, count, outputs, remark
from waypost.pages.markdown import text

if TYPE_CHECKING:
    from waypost.sync.collecting import Outcome

_NAMED = 50  # in the summary


def show(catalog: str, outcome: Outcome, form: str, is_dry: bool) -> None:
    """Say what was brought onto the site of a catalog repository (owner/name), and what was not."""
    if form == "json":
        print(json.dumps(_plain(catalog, outcome), ensure_ascii=False))
        return
    is_github = form == "github"
    for said in _refused(outcome):
        print(remark("warning", said) if is_github else said, file=sys.stdout if is_github else sys.stderr)
    if outcome.error is not None:
        said = f"not every repository was asked: {outcome.error}"
        print(remark("error", said) if is_github else said, file=sys.stdout if is_github else sys.stderr)
    told = _told(catalog, outcome, is_dry)
    print(told)
    if is_github:
        _write(told, [*_refused(outcome)])
        outputs(
            commit=outcome.commits[-1] if outcome.commits else "",
            placed=len(outcome.placed),
            removed=len(outcome.removed),
            refused=sum(1 for _ in _refused(outcome)),
        )


def _told(catalog: str, outcome: Outcome, is_dry: bool) -> str:
    parts = []
    if outcome.placed:
        parts.append(f"{count(len(outcome.placed), 'site')} {'would be placed' if is_dry else 'placed'}")
    if outcome.removed:
        parts.append(f"{len(outcome.removed):,} {'would be removed' if is_dry else 'removed'}")
    done = ", ".join(parts) or ("nothing would change" if is_dry else "pages renewed" if outcome.commits else "no news")
    return f"{catalog}: {count(outcome.asked, 'repository', 'repositories')} asked; {done}"


def _refused(outcome: Outcome) -> Iterator[str]:
    for one in outcome.refusals:
        if not one.is_hidden:
            yield f"{one.repository}: {one.reason}"
    for failure in outcome.failures:
        yield f"{failure.repository}: {failure.reason}"


def _plain(catalog: str, outcome: Outcome) -> dict[str, object]:
    return {
        "catalog": catalog,
        "asked": outcome.asked,
        "placed": outcome.placed,
        "removed": outcome.removed,
        "refused": [*_refused(outcome)],
        "commits": outcome.commits,
        "error": str(outcome.error) if outcome.error else "",
    }


def _write(told: str, refused: list[str]) -> None:
    file = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not file:
        return
    rows = [f"- {text(one, 500)}" for one in refused[:_NAMED]]
    more = [f"- and {len(refused) - _NAMED:,} more"] if len(refused) > _NAMED else []
    lines = "\n".join(["### Waypost: documentation site", "", f"{text(told)}.", "", *rows, *more, ""])
    with open(file, "a", encoding="utf-8") as out:
        out.write(lines[:MOST_SUMMARY] + "\n")
