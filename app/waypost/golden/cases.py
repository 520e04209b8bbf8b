"""Tests that a template brings along: tests/<case>/ with parameters and what they must give. Pure; disk is the CLI's.

values.yaml holds the parameters. expected.txt lists every path that comes out; expected/ holds files that must come out
byte for byte: all of them where there is no expected.txt, else only the telling ones. refused.txt instead holds a part
of the message with which the parameters must be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any

from waypost.catalog.check import check
from waypost.catalog.documents import Parsed, parse
from waypost.catalog.problems import Problem, Severity
from waypost.golden.plan import plan
from waypost.golden.sources import Source
from waypost.golden.template import Template
from waypost.golden.tree import EXECUTABLE, Entry, File, Folder, Link, Tree

FOLDER = "tests"
_VALUES, _LISTING, _REFUSED, _EXPECTED = "values.yaml", "expected.txt", "refused.txt", "expected/"
_DESCRIPTORS = ("catalog-info.yaml", "catalog-info.yml")
_LONGEST_DIFFERENCE = 2_000  # lines of a file that are compared line by line
_MOST_SHOWN = 200  # lines of one difference


@dataclass(frozen=True, slots=True)
class Case:
    """One test, as it is written. `values` is None when they cannot be read; then `problems` says why."""

    name: str
    values: Mapping[str, Any] | None = None
    listing: Sequence[str] | None = None
    expected: Tree = field(default_factory=dict)
    refused: str = ""
    problems: Sequence[Problem] = ()

    @property
    def expects_something(self) -> bool:
        return bool(self.listing is not None or self.expected or self.refused)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out of a case. `difference` is for people, line by line; empty when all is as expected."""

    case: Case
    files: Tree = field(default_factory=dict)
    faults: Sequence[str] = ()  # why the parameters are refused
    difference: Sequence[str] = ()
    flaws: Sequence[str] = ()  # what is wrong with what came out, whatever is expected

    @property
    def is_fine(self) -> bool:
        return not self.difference and not self.flaws and not self.case.problems


def cases(tree: Tree) -> tuple[Case, ...]:
    """Return the tests in the folder of a template, by name."""
    names = {path.split("/")[1] for path in tree if path.startswith(f"{FOLDER}/") and path.count("/") > 1}
    return tuple(_case(name, tree) for name in sorted(names))


def run(case: Case, template: Template, source: Source) -> Verdict:
    """Make what the case asks for, in memory, and hold it against what it expects."""
    if case.values is None:
        return Verdict(case)
    made = plan(template, case.values, source, is_dry_run=True)
    faults = [
        f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in made.faults if fault.is_error
    ]
    files = {path: entry for path, entry in made.files.items() if not isinstance(entry, Folder)} if not faults else {}
    difference = _refusal(case, faults) if case.refused or faults else _diff(case, files)
    return Verdict(case, files, faults, tuple(difference), tuple(_flaws(files)))


def blessed(verdict: Verdict) -> Tree | None:
    """Return the folder of a case as it would have to be for its verdict to be fine; None where that cannot be.

    What is written down stays what it was: a listing, some files, or all of them; a new case gets a listing.
    """
    case = verdict.case
    if case.values is None or case.refused or verdict.faults:
        return None
    found: dict[str, Entry] = {}
    if case.listing is not None or not case.expected:
        found[_LISTING] = File("".join(f"{path}\n" for path in sorted(verdict.files)).encode())
    whole = case.listing is None and bool(case.expected)
    kept = {path: entry for path, entry in verdict.files.items() if whole or path in case.expected}
    return {**found, **{_EXPECTED + path: entry for path, entry in sorted(kept.items())}}


def is_expectation(path: str) -> bool:
    """Say whether a path in the folder of a case is one that `blessed` writes anew."""
    return path == _LISTING or path.startswith(_EXPECTED)


def problem(verdict: Verdict, file: str) -> Problem | None:
    """Return what to report of a case beyond its own problems; `file` is where its values are."""
    if verdict.flaws:
        message = f"the case {verdict.case.name} gives a descriptor that is not valid: {verdict.flaws[0]}"
        fix = "Correct the template."
    elif verdict.difference:
        counted = len(verdict.difference)
        more = f" ({counted - 1:,} more lines below)" if counted > 1 else ""
        message = f"the case {verdict.case.name} does not give what it expects: {verdict.difference[0]}{more}"
        fix = "Correct the template, or accept what it gives with --bless."
    else:
        return None
    return Problem(file=file, line=1, column=1, id="test-failed", message=message, fix=fix)


def _case(name: str, tree: Tree) -> Case:
    start = f"{FOLDER}/{name}/"
    own = {path.removeprefix(start): entry for path, entry in tree.items() if path.startswith(start)}
    listing, refused = _text(own.get(_LISTING)), _text(own.get(_REFUSED))
    expected = {
        path.removeprefix(_EXPECTED): entry
        for path, entry in own.items()
        if path.startswith(_EXPECTED) and not isinstance(entry, Folder)
    }
    values, problems = _values(own.get(_VALUES), start + _VALUES)
    return Case(
        name,
        values,
        None if listing is None else tuple(line for line in listing.splitlines() if line.strip()),
        expected,
        (refused or "").strip(),
        problems,
    )


def _values(entry: Entry | None, file: str) -> tuple[Mapping[str, Any] | None, tuple[Problem, ...]]:
    text = _text(entry)
    if text is None:
        return None, (_malformed(file, "there is no values.yaml", "Write the parameters into it."),)
    parsed = parse(text)
    problems = [*parsed.problems, *(each for document in parsed.documents for each in document.problems)]
    errors = [each for each in problems if each.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        return None, (_malformed(file, first.message, first.fix, first.line or 1),)
    value = parsed.documents[0].value if parsed.documents else {}
    if not isinstance(value, dict) or len(parsed.documents) > 1:
        return None, (_malformed(file, "the parameters are not one mapping", "Write `name: value` on each line."),)
    return value, ()


def _malformed(file: str, message: str, fix: str, line: int = 1) -> Problem:
    return Problem(file=file, line=line, column=1, id="test-form", message=message, fix=fix)


def _text(entry: Entry | None) -> str | None:
    return entry.data.decode("utf-8", "replace") if isinstance(entry, File) else None


def _refusal(case: Case, faults: Sequence[str]) -> Iterator[str]:
    if not case.refused:
        yield "the parameters are refused"
        yield from faults
    elif not faults:
        yield "the parameters are not refused"
    elif not any(case.refused in fault for fault in faults):
        yield f'refused, but not with "{case.refused}"'
        yield from faults


def _diff(case: Case, files: Tree) -> Iterator[str]:
    if not case.expects_something:
        yield "it says nothing of what is expected"
        return
    listing = sorted(case.expected) if case.listing is None else sorted(case.listing)
    for path in sorted({*listing} - files.keys()):
        yield f"- {path} is missing"
    for path in sorted(files.keys() - {*listing}):
        yield f"+ {path} is not expected"
    for path, entry in sorted(case.expected.items()):
        if path not in files:
            if path not in listing:
                yield f"- {path} is missing"
        elif files[path] != entry:
            yield from _differs(path, entry, files[path])


def _flaws(files: Tree) -> Iterator[str]:
    """Yield what is wrong with the descriptor that came out: it would never come into the catalog."""
    for path in _DESCRIPTORS:
        text = _text(files.get(path))
        parsed = parse(text) if text else Parsed()
        problems = [*parsed.problems, *(each for document in parsed.documents for each in check(document).problems)]
        for each in problems:
            if each.severity is Severity.ERROR and each.id != "kind-unknown":  # a kind of one's own, perhaps
                yield f"{path}:{each.line}: {each.message}"


def _differs(path: str, wanted: Entry, found: Entry) -> Iterator[str]:
    if not isinstance(wanted, File) or not isinstance(found, File):
        yield f"{path}: {_shown(wanted)} is expected, not {_shown(found)}"
        return
    if wanted.mode != found.mode:
        yield f"{path}: {_shown(wanted)} is expected, not {_shown(found)}"
    if wanted.data == found.data:
        return
    try:
        old, new = wanted.data.decode().splitlines(), found.data.decode().splitlines()
    except UnicodeDecodeError:
        old, new = [], []
    if not old or max(len(old), len(new)) > _LONGEST_DIFFERENCE:
        yield f"{path}: other bytes ({len(wanted.data):,} are expected, {len(found.data):,} came out)"
        return
    lines = list(unified_diff(old, new, f"expected/{path}", path, lineterm="", n=2))
    yield from lines[:_MOST_SHOWN] or [f"{path}: only line ends differ"]
    if len(lines) > _MOST_SHOWN:
        yield f"... {len(lines) - _MOST_SHOWN:,} more lines"


def _shown(entry: Entry) -> str:
    if isinstance(entry, Link):
        return f"a link to {entry.target}"
    return "an executable file" if isinstance(entry, File) and entry.mode == EXECUTABLE else "a plain file"
