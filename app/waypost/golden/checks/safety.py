"""What a template would give away, and what it would let others run in every repository made from it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from waypost.catalog.explain import quote
from waypost.catalog.problems import Problem, Severity
from waypost.golden.checks.around import Around
from waypost.golden.checks.fetched import Skeleton
from waypost.golden.checks.names import place
from waypost.golden.tree import File, Tree

_USES = re.compile(r"^[ \t]*(?:-[ \t]+)?uses:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_WORKFLOW = re.compile(r"(?:.*/)?\.github/(?:workflows|actions)/.*\.ya?ml(?:\.\w+)?|(?:.*/)?action\.ya?ml")
# What these do with their input can be read by others: in a file, in the log, in the catalog.
_OPEN_ACTIONS = ("fetch:template", "fetch:template:file", "debug:log", "catalog:write", "catalog:register")


def secrets_stay_secret(around: Around) -> Iterator[Problem]:
    secret = {name for name, field in around.fields.items() if field.is_secret}
    for spot in around.spots:
        read = [
            path for path in sorted(spot.names) if path[0] == "secrets" or (path[:1] == ("parameters",) and path[1:2])
        ]
        shown = [path for path in read if path[0] == "secrets" or path[1] in secret]
        action = around.template.steps[spot.step].action if spot.step >= 0 else ""
        if not shown or (spot.part != "output" and action not in _OPEN_ACTIONS):
            continue
        where = "the output" if spot.part == "output" else f"what {action} writes"
        message = f"{place(spot)}: {'.'.join(shown[0])} would be readable in {where}"
        fix = "Hand it to an action that keeps it, for example secrets: of publish:github."
        # A skeleton may encrypt it; an output or a log line does not.
        severity = Severity.WARNING if action.startswith("fetch:") else Severity.ERROR
        yield around.problem("secret-shown", spot.path, message, fix, severity)


def workflows_are_pinned(around: Around) -> Iterator[Problem]:
    for each in around.fetched:
        if isinstance(each, Skeleton):
            yield from _unpinned(each.folder, each.tree)


def _unpinned(folder: str, tree: Tree) -> Iterator[Problem]:
    for path, entry in tree.items():
        if not isinstance(entry, File) or not _WORKFLOW.fullmatch(path):
            continue
        text = entry.data.decode("utf-8", "replace")
        for match in _USES.finditer(text):
            if fault := _fault_of(match[1]):
                line = text.count("\n", 0, match.start(1)) + 1
                yield Problem(
                    file=posixpath.join(folder, path),
                    line=line,
                    column=match.start(1) - text.rfind("\n", 0, match.start(1)),
                    id="workflow-unpinned",
                    message=f"{quote(match[1])} {fault}",
                    fix="Write the full commit SHA, with the tag in a comment behind it.",
                    severity=Severity.WARNING,
                )


def _fault_of(used: str) -> str:
    """Say why the code that is used may change; "" when it cannot, or shows in a run only."""
    if used.startswith("./") or "{{" in used:  # of the same repository
        return ""
    if used.startswith("docker://"):
        return "" if "@sha256:" in used else "names an image by a tag, which may move"
    _, at, version = used.partition("@")
    if not at:
        return "names no version"
    return "" if _SHA.fullmatch(version) else f"names a version that may move: {version}"
