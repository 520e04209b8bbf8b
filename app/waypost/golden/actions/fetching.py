"""The actions that bring files into the workspace: fetch:* from beside the template, workspace:* from the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from waypost.golden.actions.action import Action, ActionFault, Input, Outcome, Run
from waypost.golden.actions.schemas import TOKEN, anything, fields, flag, mapping, one_of, text, texts
from waypost.golden.fetch import fetch, fetch_file, fetch_plain, fetch_plain_file
from waypost.golden.paths import safe
from waypost.golden.sources import below, single_file
from waypost.golden.tree import Tree

_VALUES = mapping("What the skeleton reads as values", anything("Any value"))
_ONLY = texts("Globs of files that are copied as they are; their names are rendered")
_COOKIECUTTER = flag("Read {{ cookiecutter.x }} instead of ${{ values.x }}")
_EXTENSION = one_of("Render only files with this ending, true for .njk; it is cut off", "string", "boolean")
_REPLACE = flag("Replace files that are there already; otherwise they stay")
_TRIM = flag("Leave out the line end after a {% statement %}")
_STRIP = flag("Leave out the spaces before a {% statement %}")
_FOLDER = text("Folder in the workspace; the workspace itself if left out")
_FILE = text("File in the workspace")
_NOTHING = fields()
_OLD_NAME = "input.copyWithoutRender is passed over, as in Backstage today. Write copyWithoutTemplating"


def _template(input: Input, run: Run) -> Outcome:
    old = (_OLD_NAME,) if input.get("copyWithoutRender") else ()
    tree = run.fetched(input["url"])
    fetch(tree, input, run.workspace, run.budget, _written(run))
    return Outcome(warnings=(*old, *_secrets_in(input, run)))


def _template_file(input: Input, run: Run) -> Outcome:
    file = single_file(run.fetched(input["url"]), input["url"])
    fetch_file(file, input, run.workspace, run.budget, _written(run) or None)
    return Outcome(warnings=_secrets_in(input, run))


def _plain(input: Input, run: Run) -> Outcome:
    fetch_plain(run.fetched(input["url"]), input.get("targetPath", ""), run.workspace, _written(run))
    return Outcome()


def _plain_file(input: Input, run: Run) -> Outcome:
    file = single_file(run.fetched(input["url"]), input["url"])
    fetch_plain_file(file, input["targetPath"], run.workspace, _written(run) or None)
    return Outcome()


def _from_workspace(input: Input, run: Run) -> Outcome:
    source, target = safe(input["sourcePath"]), safe(input["targetPath"])
    if f"{source}/".startswith(f"{target}/") or f"{target}/".startswith(f"{source}/") or not source or not target:
        raise ActionFault("input.targetPath and input.sourcePath must not lie within each other")
    fetch(_below(run, source), input, run.workspace, run.budget, _written(run))
    return Outcome(warnings=_secrets_in(input, run))


def _file_from_workspace(input: Input, run: Run) -> Outcome:
    source = safe(input["sourcePath"])
    file = single_file(_below(run, source), source)
    fetch_file(file, {**input, "url": source}, run.workspace, run.budget, _written(run) or None)
    return Outcome(warnings=_secrets_in(input, run))


def _below(run: Run, path: str) -> Tree:
    if not run.workspace.exists(path):
        raise ActionFault(f'input.sourcePath: "{path}" is not in the workspace. Name what a step before wrote')
    run.pay()
    return below(run.workspace.tree(), path)


def _written(run: Run) -> str:
    """Return targetPath as the author wrote it: a workflow may not come about by a value."""
    path = run.written.get("targetPath", "")
    return path if isinstance(path, str) else ""


def _secrets_in(input: Input, run: Run) -> tuple[str, ...]:
    """Warn of secrets that would stand in files, where everybody reads them."""
    if _differ(input.get("values"), run.hidden.get("values")):
        return ("input.values holds a secret; files get *** in its place. Give it to publish:github's secrets",)
    return ()


def _differ(shown: Any, hidden: Any) -> bool:
    return isinstance(shown, Mapping) and shown != hidden


ACTIONS = [
    Action(
        "fetch:template",
        "Renders a skeleton into the workspace.",
        fields(
            ("url",),
            url=text("Folder of the skeleton, relative to template.yaml"),
            targetPath=_FOLDER,
            values=_VALUES,
            copyWithoutTemplating=_ONLY,
            cookiecutterCompat=_COOKIECUTTER,
            templateFileExtension=_EXTENSION,
            replace=_REPLACE,
            trimBlocks=_TRIM,
            lstripBlocks=_STRIP,
            token=TOKEN,
        ),
        _NOTHING,
        _template,
    ),
    Action(
        "fetch:template:file",
        "Renders a single file into the workspace.",
        fields(
            ("url", "targetPath"),
            url=text("The file, relative to template.yaml"),
            targetPath=_FILE,
            values=_VALUES,
            cookiecutterCompat=_COOKIECUTTER,
            replace=_REPLACE,
            trimBlocks=_TRIM,
            lstripBlocks=_STRIP,
            token=TOKEN,
        ),
        _NOTHING,
        _template_file,
    ),
    Action(
        "fetch:plain",
        "Copies a folder into the workspace as it is.",
        fields(("url",), url=text("The folder, relative to template.yaml"), targetPath=_FOLDER, token=TOKEN),
        _NOTHING,
        _plain,
    ),
    Action(
        "fetch:plain:file",
        "Copies a single file into the workspace as it is.",
        fields(("url", "targetPath"), url=text("The file, relative to template.yaml"), targetPath=_FILE, token=TOKEN),
        _NOTHING,
        _plain_file,
    ),
    Action(
        "workspace:template",
        "Renders a folder of the workspace into another one.",
        fields(
            ("sourcePath", "targetPath"),
            sourcePath=text("Folder in the workspace that holds the skeleton"),
            targetPath=text("Folder in the workspace to render into"),
            values=_VALUES,
            copyWithoutTemplating=_ONLY,
            cookiecutterCompat=_COOKIECUTTER,
            templateFileExtension=_EXTENSION,
            replace=_REPLACE,
        ),
        _NOTHING,
        _from_workspace,
    ),
    Action(
        "workspace:template:file",
        "Renders a file of the workspace into another one.",
        fields(
            ("sourcePath", "targetPath"),
            sourcePath=_FILE,
            targetPath=_FILE,
            values=_VALUES,
            cookiecutterCompat=_COOKIECUTTER,
            replace=_REPLACE,
        ),
        _NOTHING,
        _file_from_workspace,
    ),
]
