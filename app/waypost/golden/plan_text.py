"""A plan for people and for programs: its steps, its files, and what a real run would ask of GitHub. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from waypost.golden.calls import Call, permissions
from waypost.golden.faults import Fault
from waypost.golden.plan import Plan, PlannedStep
from waypost.golden.tree import EXECUTABLE, Entry, File, Folder, Link, Tree

_MOST_FILES = 200


def as_json(plan: Plan, calls: Sequence[Call], is_valid: bool) -> dict[str, Any]:
    """Return a plan as CLI.md of the design says it."""
    return {
        "valid": is_valid,
        "errors": [
            {"path": fault.path, "message": fault.message, "severity": "error" if fault.is_error else "warning"}
            for fault in plan.faults
        ],
        "steps": [_step(step) for step in plan.steps],
        "output": plan.output,
        "files": [
            {"path": path, "mode": mode_of(entry)}
            for path, entry in plan.files.items()
            if not isinstance(entry, Folder)
        ],
        "calls": [{"method": call.method, "path": call.path, "why": call.why} for call in calls],
        "permissions": permissions(calls),
    }


def _step(step: PlannedStep) -> dict[str, Any]:
    said = {"id": step.id, "action": step.action, "skipped": step.is_skipped}
    return said if step.is_skipped else {**said, "input": step.input}


def mode_of(entry: Entry) -> str:
    """Return the mode that git gives an entry."""
    if isinstance(entry, File):
        return f"100{entry.mode:o}"
    return "120000" if isinstance(entry, Link) else "040000"


def in_words(plan: Plan, calls: Sequence[Call]) -> Iterator[str]:
    """Yield the lines that show a plan to a person."""
    yield from _section("Steps", list(_steps(plan.steps)))
    yield from _section(f"Files ({len(plan.files)})", list(files_in_words(plan.files)))
    yield from _section(f"A real run would ask of GitHub ({len(calls)})", list(calls_in_words(calls)))
    yield from _section("It needs", permissions(calls))
    yield from _section("It puts out", list(_output(plan.output)))


def faults_in_words(faults: Iterable[Fault]) -> Iterator[str]:
    """Yield a line for each fault, errors first."""
    for fault in sorted(faults, key=lambda fault: not fault.is_error):
        label = "error" if fault.is_error else "warning"
        yield f"{label}: {fault.path}: {fault.message}" if fault.path else f"{label}: {fault.message}"


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"  {line}" for line in lines)
        yield ""


def _steps(steps: Sequence[PlannedStep]) -> Iterator[str]:
    ids = [f"{step.id}[{step.key}]" if step.key else step.id for step in steps]
    widths = [max((len(text) for text in texts), default=0) for texts in (ids, [step.action for step in steps])]
    for id, step in zip(ids, steps, strict=True):
        told = "skipped" if step.is_skipped else step.name if step.name != step.action else ""
        yield f"{id:<{widths[0]}}  {step.action:<{widths[1]}}  {told}".rstrip()


def calls_in_words(calls: Sequence[Call]) -> Iterator[str]:
    """Yield what a real run would ask of GitHub, and why."""
    width = max((len(call.method) for call in calls), default=0)
    for call in calls:
        yield f"{call.method:<{width}}  {call.path}"
        yield f"{'':<{width}}    {call.why}"


def files_in_words(files: Tree, most: int = _MOST_FILES) -> Iterator[str]:
    """Yield the files, indented below their folders."""
    shown: tuple[str, ...] = ()
    for number, (path, entry) in enumerate(sorted(files.items(), key=lambda item: item[0].split("/"))):
        if number == most:
            yield f"... and {len(files) - most:,} more"
            return
        *folders, name = path.split("/")
        same = next(
            (at for at, pair in enumerate(zip(folders, shown, strict=False)) if pair[0] != pair[1]),
            min(len(folders), len(shown)),
        )
        for depth in range(same, len(folders)):
            yield f"{'  ' * depth}{folders[depth]}/"
        shown = tuple(folders)
        yield f"{'  ' * len(folders)}{name}{_mark(entry)}"


def _mark(entry: Entry) -> str:
    if isinstance(entry, Link):
        return f" -> {entry.target}"
    return "/" if isinstance(entry, Folder) else " (executable)" if entry.mode == EXECUTABLE else ""


def _output(output: Mapping[str, Any]) -> Iterator[str]:
    for link in output.get("links") or ():
        if isinstance(link, Mapping) and (target := link.get("url") or link.get("entityRef")):
            yield f"{link.get('title') or 'Link'}: {target}"
    for text in output.get("text") or ():
        if isinstance(text, Mapping) and text.get("content"):
            yield f"{text.get('title') or 'Text'}: {str(text['content']).strip()}"
    for name, value in output.items():
        if name not in ("links", "text"):
            yield f"{name}: {value}"
