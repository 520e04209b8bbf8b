"""What came of a request, in words: what exists, what does not, and how to go on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from waypost.catalog.made_from import FILE
from waypost.create.job import Prepared, Result
from waypost.create.run import show
from waypost.create.undo import Undone
from waypost.create.wish import GITHUB
from waypost.forge.protocol import ForgeError, RateLimited, Unavailable
from waypost.golden.effects import FilesPushed
from waypost.golden.plan import Fault
from waypost.golden.planned import Plan


def refused(faults: Sequence[Fault]) -> Iterator[str]:
    """Say why nothing was begun."""
    errors = [fault for fault in faults if fault.is_error]
    yield f"Nothing was created: {len(errors)} {'thing stands' if len(errors) == 1 else 'things stand'} in the way."
    for fault in errors:
        yield f"  {show(fault)}"


def warnings(faults: Sequence[Fault]) -> Iterator[str]:
    for fault in faults:
        if not fault.is_error:
            yield f"warning: {show(fault)}"


def stopped(result: Result, again: str) -> Iterator[str]:
    """Say where it stopped, and what now."""
    ending = result.ending
    yield f'Stopped at "{ending.failed_step}": {ending.failure}'
    places = [place.url for place in result.run.places.values()]
    yield f"There is {' and '.join(places)}" if places else "There is no repository yet."
    if result.run.done:
        yield f"Done: {'; '.join(result.run.done)}"
    if ending.left:
        yield f"Not done: {'; '.join(ending.left)}"
    yield f"Go on{when(ending.failure)}: {again}   (what is there stays as it is; nothing is done twice)"
    if result.run.places:
        yield f"Or take it back: {again} --undo"


def failed(error: ForgeError, again: str) -> Iterator[str]:
    """Say what went wrong before anything was changed."""
    yield f"waypost create: {error}"
    yield f"Nothing was changed. Try again{when(error)}: {again}"


def when(error: ForgeError | None) -> str:
    """Say from when on another try is worth it, where that is known."""
    until = error.until if isinstance(error, RateLimited | Unavailable) else 0.0
    return f" after {datetime.fromtimestamp(until, UTC).strftime('%H:%M:%S UTC')}" if until else ""


def created(prepared: Prepared, result: Result) -> Iterator[str]:
    """Say what there is now."""
    place = result.place
    if place is not None:
        yield place.url
    if result.commit:
        yield f"commit {result.commit[:10]}"
    if result.refs:
        names = ", ".join(result.refs)
        when = "in the catalog" if result.is_in_catalog else "will be in the catalog with its next refresh"
        yield f"{names}: {when}"
    yield f"how its first run went is not known: {result.trouble}" if result.trouble else result.first_run.words
    for text in result.run.lacking:
        yield f"not done: {text}. GitHub asks for a larger plan"
    for link in links(prepared, result.ending.plan):
        if link.get("url"):
            yield f"{link.get('title') or 'link'}: {link['url']}"


def links(prepared: Prepared, planned: Plan) -> list[dict[str, Any]]:
    """Return the links that the template puts out, on the forge that is used: templates write github.com."""
    written = planned.output.get("links")
    found = [dict(link) for link in written if isinstance(link, Mapping)] if isinstance(written, list) else []
    for link in found:
        if isinstance(link.get("url"), str):
            link["url"] = link["url"].replace(f"https://{GITHUB}/", f"{prepared.books.server}/", 1)
    return found


def as_json(prepared: Prepared, result: Result) -> dict[str, Any]:
    """The same for machines."""
    place, ending = result.place, result.ending
    return {
        "created": ending.failure is None,
        "request": prepared.request,
        "template": prepared.template.ref,
        "version": prepared.shelf.version,
        "repository": place.full_name if place else "",
        "id": place.id if place else 0,
        "url": place.url if place else "",
        "commit": result.commit,
        "registered": list(result.refs),
        "in_catalog": result.is_in_catalog,
        "first_run": {
            "state": result.first_run.state,
            "seconds": round(result.first_run.seconds, 1),
            "url": result.first_run.url,
            "failed_jobs": list(result.first_run.jobs),
        },
        "output": {**ending.plan.output, "links": links(prepared, ending.plan)},
        "done": list(result.run.done),
        "left": list(ending.left),
        "lacking": list(result.run.lacking),
        "error": str(ending.failure or result.trouble),
    }


def foreseen(prepared: Prepared) -> Iterator[str]:
    """Say what a dry run has found in the way."""
    yield from warnings(prepared.faults)
    if prepared.is_possible:
        if any(isinstance(effect, FilesPushed) for effect in prepared.plan.effects):
            yield f"The first commit also holds {FILE}: which version made it, and what was answered."
        yield f"Nothing stands in the way (request {prepared.request}). Nothing was written."
    else:
        yield from refused(prepared.faults)


def findings(prepared: Prepared) -> dict[str, Any]:
    """The same for machines."""
    faults = [
        {"path": fault.path, "message": fault.message, "severity": "error" if fault.is_error else "warning"}
        for fault in prepared.faults
    ]
    return {
        "request": prepared.request,
        "template": prepared.template.ref,
        "version": prepared.shelf.version,
        "faults": faults,
    }


def undone(done: Undone) -> Iterator[str]:
    """Say what went, or why nothing did."""
    if done.kept:
        yield "Nothing was removed:"
        for reason in done.kept:
            yield f"  {reason}"
    elif not done.removed and not done.trouble:
        yield "There is nothing to take back."
    for text in () if done.kept else done.removed:
        yield f"done: {text}"
    if done.trouble:
        yield f"Stopped: {done.trouble}"
        yield "Run the same again: it goes on with what is left."
