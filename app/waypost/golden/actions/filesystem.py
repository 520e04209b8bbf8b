"""The actions that change the workspace without fetching: fs:delete, fs:rename, fs:readdir."""

from __future__ import annotations

from collections.abc import Sequence

from waypost.golden.actions.action import Action, Input, Outcome, Run
from waypost.golden.actions.schemas import fields, flag, rows, text, texts
from waypost.golden.workspace import Listed

_FOUND = rows(
    "What was found", name=text("Its name"), path=text("Its path in the workspace"), fullPath=text("The same")
)


def _delete(input: Input, run: Run) -> Outcome:
    for pattern in input["files"]:
        run.pay(2 * len(run.workspace))
        run.workspace.delete(pattern)
    return Outcome()


def _rename(input: Input, run: Run) -> Outcome:
    written = run.written.get("files")
    for number, file in enumerate(input["files"]):
        target = written[number].get("to") if isinstance(written, list) and isinstance(written[number], dict) else None
        run.pay(8 * len(run.workspace))  # a folder may hold all of it, and each path is judged anew
        run.workspace.rename(file["from"], file["to"], bool(file.get("overwrite")), target)
    return Outcome()


def _read(input: Input, run: Run) -> Outcome:
    files: list[Listed] = []
    folders: list[Listed] = []
    for path in input["paths"]:
        run.pay(3 * len(run.workspace))
        found = run.workspace.list(path, bool(input.get("recursive")))
        files += found[0]
        folders += found[1]
    return Outcome(output={"files": _rows(files), "folders": _rows(folders)})


def _rows(found: Sequence[Listed]) -> list[dict[str, str]]:
    # Backstage's fullPath is where its server keeps the workspace; ours is in memory.
    return [{"name": each.name, "path": each.path, "fullPath": each.path} for each in found]


ACTIONS = [
    Action(
        "fs:delete",
        "Deletes files and folders of the workspace.",
        fields(("files",), files=texts("Paths and globs")),
        fields(),
        _delete,
    ),
    Action(
        "fs:rename",
        "Renames files and folders of the workspace.",
        fields(
            ("files",),
            files=rows(
                "What to rename",
                ("from", "to"),
                **{"from": text("The path it has"), "to": text("The path it gets")},
                overwrite=flag("Replace what is at the new path; otherwise that is an error"),
            ),
        ),
        fields(),
        _rename,
    ),
    Action(
        "fs:readdir",
        "Lists files and folders of the workspace.",
        fields(("paths",), paths=texts("Folders to list"), recursive=flag("Also what is in the folders found")),
        fields(files=_FOUND, folders=_FOUND),
        _read,
    ),
]
