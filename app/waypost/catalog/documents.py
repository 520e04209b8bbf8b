"""YAML text to plain values with the line and column of every node. Never raises for what the text holds.

libyaml scans and parses; `builder` builds from its event stream, because the loaders above it resolve YAML 1.1 types,
let the last of two equal keys win, follow every alias and overflow the C stack on deep nesting. A document that cannot
be read does not hide the ones after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from yaml import MarkedYAMLError
from yaml._yaml import CParser, Mark
from yaml.events import StreamEndEvent
from yaml.reader import ReaderError

from waypost.catalog.budget import DEFAULT_BUDGET, Budget
from waypost.catalog.builder import Builder, Finding, OverBudget, is_plain
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.skeletons import SKELETON, is_template_text
from waypost.catalog.yaml_errors import Failure, explain

_BOUNDARY = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
_MARKS = re.compile(r"^\ufeff", re.MULTILINE)  # byte order marks: also where files were joined
_TAB_LINE = re.compile(r"^[ ]*\t[ \t]*(?:#.*)?$", re.MULTILINE)
_MOST_RESTARTS = 50  # in one file: documents that cannot be read, lines with stray tabs


@dataclass(slots=True, eq=False)  # not frozen: that would double what a small document costs
class Document:
    """One YAML document that is not empty. `value` is None when it could not be read; then `problems` says why."""

    index: int  # among those of its file, from 0
    line: int  # its first line, from 1
    value: Any = None
    problems: tuple[Problem, ...] = ()
    is_broken: bool = False
    has_placeholders: bool = False  # some key begins with "$"
    _marks: list[Mark] = field(default_factory=list, repr=False)
    _aliases: Set[int] = frozenset()
    _first_line: int = 1  # of the text that the marks count from
    _places: dict[str, tuple[int, bool]] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Parsed:
    """What a file holds: its documents, in order, and what is wrong with the file as a whole."""

    documents: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()

    def position(self, document: int, pointer: str) -> tuple[int, int]:
        """Return the line and column (from 1) of the node at a JSON pointer, or of the nearest one above it."""
        return position(self.documents[document], pointer)


def parse(text: str | bytes, budget: Budget = DEFAULT_BUDGET) -> Parsed:
    """Read every document of a file. Whatever the text holds, the answer is documents and problems."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    if len(text) > budget.size or (4 * len(text) > budget.size and _bytes(text) > budget.size):
        message = f"the file has {_bytes(text):,} bytes; {budget.size:,} are read at most"
        return Parsed(problems=(Problem(id="file-size", message=message, fix="Split it, or move large texts out."),))
    if "%" in text and text.count("%TAG") + text.count("%YAML") > budget.directives:
        message = f"more than {budget.directives} YAML directives (%TAG, %YAML)"
        return Parsed(problems=(Problem(id="yaml-directives", message=message, fix="Remove them."),))
    try:
        return Parsed(tuple(_documents(_MARKS.sub("", text) if "\ufeff" in text else text, budget)))
    except UnicodeEncodeError as error:  # a lone surrogate: bytes that were not UTF-8, see files.Blob
        line = text.count("\n", 0, error.start) + 1
        return Parsed(problems=(_not_utf8(line, ord(text[error.start]) & 0xFF),))


def position(document: Document, pointer: str, key: bool = False) -> tuple[int, int]:
    """Return the line and column (from 1) of the value at a JSON pointer, or with `key` of the key it stands under.

    A pointer that leads nowhere gives the nearest node above it.
    """
    if not document._marks:
        return document.line, 1
    places = document._places
    if places is None:
        places = document._places = {}
        _index(document.value, "", False, document._aliases, places, 0)
    while pointer not in places:
        pointer, key = pointer.rpartition("/")[0], True
    place, has_key = places[pointer]
    mark = document._marks[place - 1 if key and has_key else place]
    return mark.line + document._first_line, mark.column + 1


def _index(
    value: Any, pointer: str, has_key: bool, aliases: Set[int], places: dict[str, tuple[int, bool]], place: int
) -> int:
    """Note the place of every node below `value`; return the first place after it."""
    places[pointer] = (place, has_key)
    after = place + 1
    if place in aliases:
        return after
    if isinstance(value, dict):
        for name, item in value.items():
            step = name.replace("~", "~0").replace("/", "~1")
            after = _index(item, f"{pointer}/{step}", True, aliases, places, after + 1)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            after = _index(item, f"{pointer}/{number}", False, aliases, places, after)
    return after


class _Chunk(NamedTuple):
    documents: tuple[Document, ...]
    start: int = 0  # index of the document that could not be read
    failure: Failure | None = None
    is_final: bool = False  # over budget: do not look at the rest


def _documents(text: str, budget: Budget, line: int = 1, index: int = 0) -> Iterator[Document]:
    """Read document by document; after one that cannot be read go on at the next `---`."""
    for _ in range(_MOST_RESTARTS):
        documents, start, failure, is_final = _read(text, line, index, budget)
        yield from documents
        if failure is None:
            return
        index += len(documents)
        line += text.count("\n", 0, start)
        text, at = text[start:], failure.at - start
        if failure.id == "yaml-control" and (cut := _boundary_before(text, at)):
            # The scanner reads ahead: what it stumbled over may stand documents after the one it was asked for.
            for document in _documents(text[:cut], budget, line, index):
                yield document
                index = document.index + 1
            line += text.count("\n", 0, cut)
            text = text[cut:]
        elif (mended := _without_tab(text, at)) is not None:
            text = mended
        else:
            boundary = _BOUNDARY.search(text, max(3, text.rfind("\n", 0, at) + 1))
            problem = _as_problem(failure, text[: boundary.start() if boundary else None], at)
            yield Document(index, line, None, (problem,), True)
            if is_final or boundary is None:
                return
            index += 1
            line += text.count("\n", 0, boundary.start())
            text = text[boundary.start() :]


def _read(text: str, line: int, index: int, budget: Budget) -> _Chunk:
    """Read until the end or the first document that cannot be read."""
    documents: list[Document] = []
    start = 0
    try:
        get: Callable[[], Any] = CParser(text).get_event
        builder = Builder(get, budget, is_plain(text))
        get()
        while type(event := get()) is not StreamEndEvent:
            mark = event.start_mark
            start = mark.index
            number = index + len(documents)
            if number >= budget.documents:
                raise OverBudget(
                    Finding("yaml-documents", mark, f"more than {budget.documents:,} documents", "Split it.")
                )
            value = builder.build()
            get()
            if value is None and not builder.findings:  # an empty document is none, as for Backstage
                continue
            document = Document(number, mark.line + line, value)
            document._marks, document._aliases, document._first_line = builder.marks, builder.aliases, line
            document.has_placeholders = builder.has_placeholders
            if builder.findings:
                document.problems = tuple(_located(finding, line) for finding in builder.findings)
                document.is_broken = any(problem.severity is Severity.ERROR for problem in document.problems)
            documents.append(document)
    except OverBudget as error:
        finding = error.finding
        place = (finding.mark.index, finding.mark.line + line, finding.mark.column + 1)
        return _Chunk(tuple(documents), start, Failure(finding.id, *place, finding.message, finding.fix), True)
    except (MarkedYAMLError, ReaderError) as error:
        failure = explain(error, text, line)
        if failure.id == "yaml-rest" and documents and documents[-1]._marks[0].index >= start:
            # What follows is no document of its own: the one before is not what it looked like.
            documents.pop()
        return _Chunk(tuple(documents), start, failure)
    return _Chunk(tuple(documents))


def _boundary_before(text: str, at: int) -> int:
    """Return the index of the last `---` before `at`; 0 when there is none after the first document's own."""
    return max((found.start() for found in _BOUNDARY.finditer(text, 3, at)), default=0)


def _without_tab(text: str, at: int) -> str | None:
    """Return the text without a harmless tab that libyaml stops at: in a line of its own, or after an indicator."""
    start = text.rfind("\n", 0, at) + 1
    if line := _TAB_LINE.match(text, start):
        return text[: line.start()] + text[line.end() :]
    if text[at : at + 1] == "\t" and text[start:at].strip():
        return f"{text[:at]} {text[at + 1 :]}"
    return None


def _located(finding: Finding, line: int) -> Problem:
    mark = finding.mark
    return Problem(
        line=mark.line + line,
        column=mark.column + 1,
        id=finding.id,
        message=finding.message,
        fix=finding.fix,
        severity=finding.severity,
    )


def _as_problem(failure: Failure, document: str, at: int) -> Problem:
    if is_template_text(document, document[document.rfind("\n", 0, at) + 1 :].partition("\n")[0]):
        return replace(SKELETON, line=failure.line, column=failure.column)
    return Problem(line=failure.line, column=failure.column, id=failure.id, message=failure.message, fix=failure.fix)


def _not_utf8(line: int, byte: int) -> Problem:
    message = f"the file is not UTF-8: byte 0x{byte:02X} in line {line}"
    return Problem(line=line, column=1, id="not-utf8", message=message, fix="Save it as UTF-8.")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
