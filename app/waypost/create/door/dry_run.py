"""A dry run as people read it in a comment or a job summary: what would be made, how, and what stands in the way.

What a request says is text in it, never Markdown, and calls nobody. Pure: the same request gives the same words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from waypost.catalog.made_from import FILE
from waypost.create.case import visibility
from waypost.create.checks.people import AGREEMENT
from waypost.create.job import Prepared
from waypost.create.wish import Door
from waypost.forge.talk import COMMENT_CHARACTERS
from waypost.golden import fields
from waypost.golden.calls import permissions
from waypost.golden.effects import FilesPushed, RepositoryExists
from waypost.golden.faults import Fault
from waypost.golden.plan_text import calls_in_words, files_in_words
from waypost.pages import markdown as md
from waypost.pages.markdown import Md

_MOST_FAULTS = 30
_VALUE = 300  # letters of an answer
_WORDS = 700  # of a message
_LISTED = 20_000  # bytes of a list in a comment that would be too long with all of it
_MOST_FILES = 5_000
_MOST_ANSWERS = 40  # in such a comment


def comment(prepared: Prepared, closing: Md, elsewhere: Md) -> Md:
    """Write a dry run for a comment; lists too long for one are cut and end with where the rest is."""
    shown = whole(prepared, closing)
    return shown if len(shown.encode()) < COMMENT_CHARACTERS else _written(prepared, closing, _LISTED, elsewhere)


def whole(prepared: Prepared, closing: Md = md.NOTHING) -> Md:
    """Write all of it, for a job summary."""
    return _written(prepared, closing, None, md.NOTHING)


def _written(prepared: Prepared, closing: Md, most: int | None, elsewhere: Md) -> Md:
    errors = stands_in_the_way(prepared)
    title = "This cannot be created as asked" if errors else "Dry run: nothing has been created yet"
    parts = [
        Md(f"### {title}"),
        faults(errors),
        _overview(prepared),
        _warnings(prepared.faults),
        closing,
        _answers(prepared, _MOST_ANSWERS if most else None),
        _folded_list(f"Files ({len(prepared.plan.files)})", _files(prepared), most, elsewhere),
        _folded_list(_calls_title(prepared), calls_in_words(prepared.calls), most, elsewhere, _rights(prepared)),
    ]
    return md.join(parts, "\n\n")


def stands_in_the_way(prepared: Prepared) -> list[Fault]:
    """Return what keeps a request from being agreed to; in an issue a word or an hour mends the rest."""
    apart = (AGREEMENT, "quota") if prepared.wish.door is Door.ISSUE else ()
    return [fault for fault in prepared.faults if fault.is_error and fault.path not in apart]


def faults(found: Sequence[Fault]) -> Md:
    """Write what is wrong as a list."""
    lines = [_fault(fault) for fault in found[:_MOST_FAULTS]]
    if len(found) > _MOST_FAULTS:
        lines.append(Md(f"- and {len(found) - _MOST_FAULTS} more"))
    return Md("\n".join(lines))


def _fault(fault: Fault) -> Md:
    where = f"{md.code(fault.path)}: " if fault.path else ""
    return Md(f"- {where}{md.quoted(fault.message, _WORDS)}")


def _overview(prepared: Prepared) -> Md:
    rows: list[list[Md]] = []
    for effect in prepared.plan.effects:
        if isinstance(effect, RepositoryExists):
            rows.append([Md("Repository"), Md(f"{md.code(effect.repository)}, {md.text(visibility(effect))}")])
    if prepared.wish.owner:
        rows.append([Md("Owner"), md.code(prepared.wish.owner)])
    rows.append([Md("Template"), template_link(prepared)])
    rows.append([Md("Asked by"), md.code(prepared.wish.actor)])
    return md.table(rows[0], rows[1:])


def template_link(prepared: Prepared) -> Md:
    """Name the template and the commit that counts, with where both are."""
    shelf, name = prepared.shelf, md.code(prepared.template.name)
    if not shelf.version:
        return name
    owner, repository, *folder = shelf.source.split("/")
    at = f"{prepared.books.server}/{owner}/{repository}/tree/{shelf.version}/{quote('/'.join(folder))}"
    return Md(f"{md.link(name, at)} at {md.code(shelf.version[:10])}")


def _answers(prepared: Prepared, most: int | None) -> Md:
    asked = {one.name: one for one in fields.fields(prepared.template)}
    rows = [
        [md.text(asked[name].title if name in asked else name), md.code(_value(value), _VALUE)]
        for name, value in prepared.plan.parameters.items()
        if not (name in asked and asked[name].is_secret)
    ]
    return md.folded(Md(f"Answers ({len(rows)})"), md.table(["Field", "Answer"], rows[:most])) if rows else md.NOTHING


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _files(prepared: Prepared) -> Iterator[str]:
    yield from files_in_words(prepared.plan.files, _MOST_FILES)
    if any(isinstance(effect, FilesPushed) for effect in prepared.plan.effects):
        yield f"{FILE} (which version made it, and what was answered)"


def _calls_title(prepared: Prepared) -> str:
    return f"What a real run asks of GitHub ({len(prepared.calls)} calls)"


def _rights(prepared: Prepared) -> Md:
    needed = ", ".join(md.code(one) for one in permissions(prepared.calls))
    return Md(f"Rights that it needs: {needed}.") if needed else md.NOTHING


def _folded_list(title: str, lines: Iterable[str], most: int | None, elsewhere: Md, below: Md = md.NOTHING) -> Md:
    kept, size, left = list[str](), 0, 0
    for line in lines:
        size += len(line.encode()) + 1
        if most is None or size <= most:
            kept.append(line)
        else:
            left += 1
    if not kept and not left:
        return md.NOTHING
    rest = Md(f"{left:,} lines more: {elsewhere}") if left else md.NOTHING
    return md.folded(Md(title), md.join([md.fence("\n".join(kept)), rest, below], "\n\n"))


def _warnings(found: Sequence[Fault]) -> Md:
    warned = [fault for fault in found if not fault.is_error]
    return md.alert("warning", faults(warned)) if warned else md.NOTHING
