"""What came of `waypost create` in a run of GitHub Actions: the job's summary, errors, and outputs for later steps."""

from __future__ import annotations

from collections.abc import Callable

from waypost.cli.verdicts import SHOWN, outputs
from waypost.cli.workflow_run import add_markdown, complain
from waypost.create.door import dry_run, status
from waypost.create.job import Prepared, Result
from waypost.create.run import show
from waypost.pages.markdown import Md

AGAIN = Md("Run the workflow again with the same inputs to go on: nothing is done twice.")
Hide = Callable[[str], str]


def show_dry_run(prepared: Prepared, hide: Hide) -> None:
    """Put the whole plan into the summary."""
    add_markdown(hide(dry_run.whole(prepared)))
    _complain_of(prepared, hide)
    _hand_on(prepared, None)


def show_refusal(prepared: Prepared, hide: Hide) -> None:
    """Say what stands in the way, with the plan as far as there is one."""
    show_dry_run(prepared, hide)


def show_result(prepared: Prepared, result: Result, hide: Hide) -> None:
    """Say what there is now, or how far it came."""
    if result.ending.failure is None:
        add_markdown(hide(status.created(prepared, result, "")))
    else:
        add_markdown(hide(status.failed(result, AGAIN)))
        complain(hide(f"stopped at {result.ending.failed_step}: {result.ending.failure}"))
    _hand_on(prepared, result)


def show_error(text: str) -> None:
    """Say what went wrong before anything was known."""
    add_markdown(str(status.troubled(text, AGAIN)))
    complain(text)


def _complain_of(prepared: Prepared, hide: Hide) -> None:
    for fault in dry_run.stands_in_the_way(prepared)[:SHOWN]:
        complain(hide(show(fault)))


def _hand_on(prepared: Prepared, result: Result | None) -> None:
    place = result.place if result else None
    outputs(
        repository=place.full_name if place else "",
        url=place.url if place else "",
        commit=result.commit if result else "",
        request=prepared.request,
        registered=" ".join(result.refs) if result else "",
    )
