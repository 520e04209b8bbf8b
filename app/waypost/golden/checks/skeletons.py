"""What a template fetches: is it there, does it read what it is given, and can it be rendered?"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from waypost.catalog.problems import Problem, Severity
from waypost.golden.checks.around import Around, did_you_mean
from waypost.golden.checks.fetched import FETCHING, Missing, Skeleton, Text
from waypost.golden.checks.language import read
from waypost.golden.checks.names import ROOTS

# https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
_OF_WORKFLOWS = frozenset(
    ("github", "env", "vars", "job", "jobs", "steps", "runner", "secrets", "strategy", "matrix", "needs", "inputs")
)
_FUNCTIONS_OF_WORKFLOWS = re.compile(
    r'no function "(?:hashFiles|toJSON|fromJSON|contains|startsWith|endsWith|format|success|cancelled)"'
)
_RAW = "Put it between {% raw %} and {% endraw %}, or list the file under copyWithoutTemplating."
_WRITING = ("catalog:write", "fs:rename")


def fetched_is_there(around: Around) -> Iterator[Problem]:
    for each in around.fetched:
        if isinstance(each, Missing):
            message = f"step {each.step.id}: url: {each.reason}"
            yield around.problem("skeleton-missing", ("spec", "steps", each.number, "input", "url"), message, "")


def skeletons_can_be_rendered(around: Around) -> Iterator[Problem]:
    for skeleton, text in _texts(around):
        for error in read(text.text, skeleton.style).errors:
            is_foreign = text.is_workflow and bool(_FUNCTIONS_OF_WORKFLOWS.search(error.message))
            yield Problem(
                file=text.file,
                line=0 if text.is_name else error.line,
                column=0 if text.is_name else error.column,
                id="workflow-expression" if is_foreign else "expression-invalid",
                message=f"the name {text.text}: {error.message}" if text.is_name else error.message,
                fix=error.fix if "{% raw %}" in error.fix else f"{error.fix} Meant for another program? {_RAW}".strip(),
            )


def values_are_given(around: Around) -> Iterator[Problem]:
    for skeleton, text in _texts(around):
        reading = read(text.text, skeleton.style)
        for path in sorted(reading.names):
            is_given = skeleton.given is None or len(path) < 2 or path[1] in skeleton.given
            if path[0] != skeleton.root or is_given or reading.certainty.is_tested(path):
                continue
            is_needed = reading.certainty.is_needed(path)
            if not is_needed and not skeleton.is_own:  # a part that this template has no use for
                continue
            message = f'step {skeleton.step.id} does not pass the value "{path[1]}"'
            fix = did_you_mean(path[1], skeleton.given or ()) or f"Pass it under values: {path[1]}."
            severity = Severity.ERROR if is_needed else Severity.WARNING
            yield _in_text(text, "value-undefined", path, message, fix, severity)


def names_are_known(around: Around) -> Iterator[Problem]:
    for skeleton, text in _texts(around):
        reading = read(text.text, skeleton.style)
        for path in sorted(reading.names):
            if path[0] != skeleton.root:
                is_needed = reading.certainty.is_needed(path)
                yield _unknown(text, path, skeleton.root, Severity.ERROR if is_needed else Severity.WARNING)


def values_are_read(around: Around) -> Iterator[Problem]:
    for skeleton in around.fetched:
        # What several templates share need not read all that each of them passes.
        if not isinstance(skeleton, Skeleton) or not skeleton.is_rendered or not skeleton.is_own:
            continue
        found = [read(text.text, skeleton.style) for text in skeleton.texts]
        known = {path[1] if len(path) > 1 else "" for each in found for path in each.names if path[0] == skeleton.root}
        if "" in known or any(each.errors for each in found):  # all of them, or who knows
            continue
        for name in sorted((skeleton.given or frozenset()) - known):
            message = f'step {skeleton.step.id}: nothing in {skeleton.folder} reads the value "{name}"'
            path = ("spec", "steps", skeleton.number, "input", "values", name)
            fix = "Use it there, or do not pass it."
            yield around.problem("value-unused", path, message, fix, Severity.WARNING)


def what_is_created_is_described(around: Around) -> Iterator[Problem]:
    steps = around.template.steps
    publishing = [number for number, step in enumerate(steps) if step.action == "publish:github"]
    fetched = [each for each in around.fetched if isinstance(each, Skeleton)]
    is_seen = len(fetched) == sum(step.action in FETCHING for step in steps)
    if not publishing or not is_seen or any(step.action in _WRITING for step in steps):
        return
    names = {posixpath.basename(path) for each in fetched for path in each.tree}
    if not any("catalog-info" in name or "{{" in name for name in names):
        message = "nothing that is fetched holds a catalog-info.yaml"
        fix = "Add one to the skeleton, or a step catalog:write."
        yield around.problem("descriptor-absent", ("spec", "steps", publishing[0]), message, fix, Severity.WARNING)


def _texts(around: Around) -> Iterator[tuple[Skeleton, Text]]:
    for each in around.fetched:
        if isinstance(each, Skeleton):
            yield from ((each, text) for text in each.texts)


def _unknown(text: Text, path: tuple[str, ...], root: str, severity: Severity) -> Problem:
    written = ".".join(path)
    if text.is_workflow and path[0] in _OF_WORKFLOWS:
        message = f'"{written}" is for GitHub Actions, but it is rendered to nothing when the repository is made'
        return _in_text(text, "workflow-expression", path, message, _RAW, severity)
    message = f'"{written}" means nothing in a skeleton, which knows {root} only'
    name = path[-1] if path[0] in ROOTS else path[0]
    fix = "Write none." if name in ("nil", "null", "None") else f"Pass it as a value, and write {root}.{name}."
    return _in_text(text, "name-undefined", path, message, fix, severity)


def _in_text(text: Text, id: str, path: tuple[str, ...], message: str, fix: str, severity: Severity) -> Problem:
    line = 0 if text.is_name else _line(text.text, path)
    column = 1 if line else 0
    return Problem(file=text.file, line=line, column=column, id=id, message=message, fix=fix, severity=severity)


def _line(text: str, path: tuple[str, ...]) -> int:
    """Return the first line that reads a path, as far as that shows."""
    for form in (r"\s*\.\s*".join(map(re.escape, path)), re.escape(path[-1]), re.escape(path[0])):
        if match := re.search(rf"\b{form}\b", text):
            return text.count("\n", 0, match.start()) + 1
    return 1
