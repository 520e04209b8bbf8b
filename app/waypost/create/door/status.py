"""How a request fares, in the words of our second comment: whose word did not count, progress, the result. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from waypost.create import report
from waypost.create.door.dry_run import faults
from waypost.create.door.history import Said, State
from waypost.create.door.words import STATUS, first_line
from waypost.create.job import Prepared, Result
from waypost.golden.faults import Fault
from waypost.pages import markdown as md
from waypost.pages.markdown import Md

_MOST_REFUSED = 5  # the newest
_MOST_STEPS = 100
_WORDS = 700
RETRY = "Write `/retry` as a comment to go on. What is there stays as it is; nothing is done twice."


def status(state: State, hash: str, heard: str, body: Md) -> str:
    """Return the comment with the hidden line that says where the request is."""
    words = [word for word in (str(state), hash or "-", heard) if word]
    return f"{first_line(STATUS, *words)}\n{body}\n"


def waiting(refused: Sequence[tuple[Said, str]]) -> Md:
    """Say whose agreement does not count, and why."""
    lines = [_refusal(said, why) for said, why in refused[-_MOST_REFUSED:]]
    return md.join([Md("### Not agreed yet"), Md("\n".join(lines))], "\n\n")


def _refusal(said: Said, why: str) -> Md:
    what = Md("the label") if said.is_label else md.code(f"/{said.word}")
    return Md(f"- {what} of {md.code(said.who.login)} ({md.text(said.when)}) does not count: {md.quoted(why, _WORDS)}.")


def running(by: str, steps: Sequence[str]) -> Md:
    """Show what has been done so far and that it goes on."""
    shown = [Md(f"- [x] {md.text(step, _WORDS)}") for step in steps[-_MOST_STEPS:]]
    lines = "\n".join([*shown, "- [ ] …"])
    return md.join([Md("### Being created"), _agreed(by), Md(lines)], "\n\n")


def _agreed(by: str) -> Md:
    return Md(f"Agreed by {md.code(by)}.")


def created(prepared: Prepared, result: Result, by: str) -> Md:
    """Say what there is now."""
    place = result.place
    where = md.link(md.code(place.full_name), place.url) if place else md.code(prepared.wish.name)
    lines = [Md(f"Template {md.code(prepared.template.name)} at {md.code(prepared.shelf.version[:10])}")]
    if place and result.commit:
        lines.append(Md(f"First commit {md.link(md.code(result.commit[:10]), f'{place.url}/commit/{result.commit}')}"))
    if result.refs:
        names = ", ".join(md.code(ref) for ref in result.refs)
        when = "in the catalog" if result.is_in_catalog else "will be in the catalog with its next refresh"
        lines.append(Md(f"{names}: {when}"))
    lines.append(_first_run(result))
    lines += [Md(f"Not done: {md.text(one, _WORDS)}. GitHub asks for a larger plan") for one in result.run.lacking]
    lines += [
        md.outside(link.get("title") or "link", str(link["url"]), prepared.books.server)
        for link in report.links(prepared, result.ending.plan)
        if link.get("url")
    ]
    listed = Md("\n".join(f"- {line}" for line in lines))
    return md.join([Md(f"### Created {where}"), _agreed(by) if by else md.NOTHING, listed], "\n\n")


def _first_run(result: Result) -> Md:
    run = result.first_run
    if result.trouble:
        return Md(f"How its first run went is not known: {md.text(result.trouble, _WORDS)}")
    words = run.words.removesuffix(f": {run.url}") if run.url else run.words
    return md.link(md.text(words, _WORDS), run.url) if run.url else md.text(words, _WORDS)


def failed(result: Result, again: Md) -> Md:
    """Say where it stopped, what is there and what is not, and how to go on."""
    ending = result.ending
    why = md.text(str(ending.failure), _WORDS)
    places = [md.link(md.code(place.full_name), place.url) for place in result.run.places.values()]
    parts = [
        Md(f"### Stopped at {md.code(ending.failed_step)}"),
        md.alert("warning", why),
        Md(f"There is {' and '.join(places)}." if places else "There is no repository yet."),
        md.join([_ticks("x", result.run.done), _ticks(" ", ending.left)], "\n"),
        Md(f"Another try is worth it{when}.") if (when := report.when(ending.failure)) else md.NOTHING,
        again,
    ]
    return md.join(parts, "\n\n")


def _ticks(mark: str, lines: Sequence[str]) -> Md:
    return Md("\n".join(f"- [{mark}] {md.text(line, _WORDS)}" for line in lines[:_MOST_STEPS]))


def unable(found: Sequence[Fault], again: Md) -> Md:
    """Say what stands in the way of what was agreed to: it has come up since."""
    return md.join([Md("### Nothing was changed"), faults(found), again], "\n\n")


def troubled(error: str, again: Md) -> Md:
    """Say what went wrong before anything was known."""
    return md.join([Md("### Stopped"), md.alert("warning", md.text(error, _WORDS)), again], "\n\n")


def cancelled(by: str) -> Md:
    """Say who has ended it."""
    return Md(f"### Cancelled\n\n{md.code(by)} has cancelled this request. Open the issue again to go on.")


def undoing(prepared: Prepared) -> Md:
    """Say how what was made is taken back: by an administrator, never in an issue."""
    words = f"waypost create {prepared.template.name} --name {prepared.wish.name} --request {prepared.request} --undo"
    return Md(f"To take back what is there: {md.code(words, 400)}, with the same `--owner` and `--values`.")
