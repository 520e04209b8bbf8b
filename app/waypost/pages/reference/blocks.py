"""One operation and one type of an API as blocks of Markdown. Decides nothing about pages, and is never without end.

Texts and lists are cut where a page would become hard to read; what is cut says so, for the definition has it all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from waypost.apis.reference import Answer, Body, Field, Kind, Operation, Type
from waypost.pages.markdown import (
    DASH,
    NOTHING,
    Md,
    bold,
    code,
    join,
    link,
    spaced,
    table,
    text,
)
from waypost.pages.reference.told import line, told

Links = Mapping[str, str]  # where the type of a name is explained, as seen from the page being written

DESCRIBED = 300  # characters of a description in a table
MOST_ROWS = 500  # of a table, a list of values
_WAYS = 10
_TABLE_BYTES = 40_000
_BLOCK_BYTES = 120_000  # of one operation or type
_KIND = 300
_BODY = {"send": "Message", "receive": "Message", "carries": "Message", "rpc": "Request"}


def operation_blocks(operation: Operation, anchor: str, links: Links) -> Md:
    """Everything about one operation, its heading first."""
    return _cut(_operation(operation, anchor, links))


def _operation(operation: Operation, anchor: str, links: Links) -> Iterator[Md]:
    yield _heading(anchor, join([code(operation.verb, 20), code(operation.address, 200)], " "))
    if operation.is_deprecated:
        yield Md("**Deprecated.**")
    if operation.title:
        yield bold(line(operation.title, DESCRIBED))
    yield told(operation.description)
    if operation.security:
        ways = [code(way, 200) for way in operation.security[:_WAYS]]
        ways += [Md("another")] if len(operation.security) > _WAYS else []
        yield Md(f"Needs {join(ways, ' or ')}.")
    has_places = any(field.place for field in operation.fields)
    yield from _fields(operation.fields, links, "Parameter" if has_places else "Argument")
    for body in operation.bodies:
        yield from _body(body, links, _BODY.get(operation.verb, "Body"))
    yield from _answers(operation.answers, links)


def type_blocks(type: Type, anchor: str, links: Links) -> Md:
    """Everything about one type, its heading first."""
    return _cut(_type(type, anchor, links))


def _type(type: Type, anchor: str, links: Links) -> Iterator[Md]:
    yield _heading(anchor, code(type.name, 200))
    if type.is_deprecated:
        yield Md("**Deprecated.**")
    yield told(type.description)
    if type.kind is not None:
        yield Md(f"Is {kind(type.kind, links)}{', one of these:' if type.values else ''}")
    elif type.form not in ("object", "message") and not type.values:
        yield text(type.form.capitalize(), 40)
    yield from _values(type)
    yield from _fields(type.fields, links, "Field")


def _values(type: Type) -> Iterator[Md]:
    if any(meaning for _, meaning in type.values):
        rows = ([code(value), line(said, DESCRIBED) or DASH] for value, said in type.values)
        yield from cut_table(["Value", "What it means"], rows)
    elif type.values:
        further = [Md(f"and {len(type.values) - MOST_ROWS:,} more")] if len(type.values) > MOST_ROWS else []
        yield join([*(code(value) for value, _ in type.values[:MOST_ROWS]), *further], ", ")


def _heading(anchor: str, title: Md) -> Md:
    return Md(f'<a id="{anchor}"></a>\n\n### {title}')


def kind(shown: Kind, links: Links) -> Md:
    """What a value is; the types that it names lead to where they are explained."""
    # A union may name thousands of types, a type may have a name of a million letters: what is shown is short.
    written = shown.text[:_KIND]
    known = {name: links[name] for name in (shown.type, *shown.also) if name in links and name in written}
    if not known:
        return text(shown.text, _KIND)
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    pieces = re.split(rf"(?<![\w.-])({names})(?![\w-])", written)
    found = (link(text(piece), known[piece]) if place % 2 else spaced(piece) for place, piece in enumerate(pieces))
    return Md("".join(found).replace("![", "\\!["))  # never an image


def _fields(fields: Sequence[Field], links: Links, name: str) -> Iterator[Md]:
    """A table of fields, without the column that no field has anything for."""
    rows = [(code(field.name), _what(field, links), _said(field)) for field in fields]
    if any(said for *_, said in rows):
        yield from cut_table([name, "Type", "What it is"], rows)
    elif rows:
        yield from cut_table([name, "Type"], (row[:2] for row in rows))


def _what(field: Field, links: Links) -> Md:
    marks = [text(field.place, 20)] if field.place else []
    marks += [Md("**required**")] if field.is_required else []
    marks += [Md("deprecated")] if field.is_deprecated else []
    return join([kind(field.kind, links), join(marks, ", ")], "<br>")


def _said(field: Field) -> Md:
    return join([line(field.description, DESCRIBED), line("; ".join(field.details), DESCRIBED)], "<br>")


def _body(body: Body, links: Links, name: str) -> Iterator[Md]:
    title = bold(Md(f"{name}, required" if body.is_required else name))
    yield Md(f"{title}: {_carried(body, links)}")
    yield line(body.description, 2 * DESCRIBED)
    yield from _fields(body.fields, links, "Field")


def _carried(body: Body, links: Links) -> Md:
    return join([kind(body.kind, links), code(body.media) if body.media else NOTHING], " as ")


def _answers(answers: Sequence[Answer], links: Links) -> Iterator[Md]:
    """What comes back, as a table; below it the fields of what has no name of its own."""
    if not answers:
        return
    if len(answers) == 1 and not answers[0].code and not answers[0].description and not answers[0].headers:
        for body in answers[0].bodies:  # of GraphQL and gRPC: a table would have one cell
            yield from _body(body, links, "Answer")
        return
    has_codes = any(answer.code for answer in answers)
    headings = [*(["Answer"] if has_codes else []), "What it says" if has_codes else "Answer", "Body"]
    yield from cut_table(headings, (_answer(answer, links, has_codes) for answer in answers))
    for answer in answers:
        for body in answer.bodies:
            if body.fields:
                yield bold(join([code(answer.code, 20) if answer.code else NOTHING, _carried(body, links)], " "))
                yield from _fields(body.fields, links, "Field")
        if answer.headers:
            yield bold(join([code(answer.code, 20) if answer.code else NOTHING, Md("headers")], " "))
            yield from _fields(answer.headers, links, "Header")


def _answer(answer: Answer, links: Links, has_code: bool) -> list[Md]:
    bodies = join([_carried(body, links) for body in answer.bodies], "<br>")
    number = [code(answer.code, 20) if answer.code else DASH] if has_code else []
    return [*number, line(answer.description, DESCRIBED) or DASH, bodies or DASH]


def cut_table(headings: Sequence[str], rows: Iterable[Sequence[Md]], most: int = MOST_ROWS) -> list[Md]:
    """A table that ends before it is too long, and then says how many rows it has not."""
    shown: list[Sequence[Md]] = []
    size = missing = 0
    for row in rows:
        size += sum(len(cell.encode()) for cell in row) if size < _TABLE_BYTES else 0
        if size < _TABLE_BYTES and len(shown) < most:
            shown.append(row)
        else:
            missing += 1
    further = [Md(f"…and {missing:,} more, in the definition.")] if missing else []
    return [table(headings, shown), *further]


def _cut(blocks: Iterable[Md]) -> Md:
    """The blocks as one, ended before it is too long."""
    shown: list[Md] = []
    size = 0
    for block in blocks:
        size += len(block.encode())
        if size > _BLOCK_BYTES:
            shown.append(Md("…and more, in the definition."))
            break
        if block:
            shown.append(block)
    return Md("\n\n".join(shown))
