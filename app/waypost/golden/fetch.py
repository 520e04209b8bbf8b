"""What Backstage's fetch actions do with a skeleton: render its names and files into a workspace. Fetches nothing.

The skeleton comes as a value; getting it is `golden.sources`' word and the forge's or the disk's work.
"""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from waypost.golden import globs
from waypost.golden.binary import is_binary
from waypost.golden.expressions import Budget, ExpressionError, Style, parse, render
from waypost.golden.paths import Refused, safe, target_fault
from waypost.golden.tree import Entry, File, Folder, Link, Tree
from waypost.golden.workspace import Workspace

_DEFAULT_EXTENSION = ".njk"
_LARGEST = 16_000_000  # bytes of a file that is rendered
# Bytes that are not UTF-8 go through the engine as letters that nobody uses, which it has no reason to touch.
_HIDDEN = {0xDC00 + byte: 0x10FE00 + byte for byte in range(0x80, 0x100)}
_SHOWN = {hidden: byte for byte, hidden in _HIDDEN.items()}


class Unrendered(Refused):
    """A name or file of a skeleton holds something that cannot be rendered."""

    def __init__(self, path: str, error: ExpressionError) -> None:
        super().__init__(f"{path}:{error.line}", f"{error.message.rstrip('.')}. {error.fix}".rstrip())
        self.error = error


@dataclass(frozen=True, slots=True)
class _Renderer:
    """Renders texts with the values and options of one action."""

    context: Mapping[str, Any]
    style: Style
    budget: Budget
    marks: Sequence[str]  # a text without any of them stays as it is

    def text(self, text: str, place: str) -> str:
        if not any(mark in text for mark in self.marks):
            return text
        try:
            return render(parse(text, self.style), self.context, self.budget)
        except ExpressionError as error:
            raise Unrendered(place, error) from error

    def data(self, data: bytes, place: str) -> bytes:
        """Render a file's text; bytes that are not UTF-8 stay what they are."""
        if not any(mark.encode() in data for mark in self.marks) or is_binary(data):
            return data
        if len(data) > _LARGEST:
            raise Refused(
                place, f"has {len(data):,} bytes; up to {_LARGEST:,} are rendered. Name it in copyWithoutTemplating."
            )
        try:
            return self.text(data.decode(), place).encode()
        except UnicodeDecodeError:
            text = data.decode("utf-8", "surrogateescape").translate(_HIDDEN)
            return self.text(text, place).translate(_SHOWN).encode("utf-8", "surrogateescape")


def fetch(
    skeleton: Tree, input: Mapping[str, Any], workspace: Workspace, budget: Budget | None = None, written: str = ""
) -> None:
    """Do fetch:template: render a skeleton into the workspace.

    `written` is `targetPath` as its author wrote it, where that is not what `input` says after rendering.
    """
    renderer = _renderer(input, budget)
    target = safe(_text(input, "targetPath"))
    written = written or target
    extension = _extension(input)
    raw = _copied(input, skeleton)
    for location in order(skeleton):
        entry = skeleton.get(location)
        is_template = location not in raw
        name = location
        if extension and isinstance(entry, File | Link):
            is_template = posixpath.splitext(location)[1] == extension
            name = location.removesuffix(extension) if is_template else location
        name = renderer.text(name, location)
        if name in ("", "/") or name.startswith("/") or "//" in name:
            continue  # an empty part: that is how a template leaves something out
        place = f"{target}/{name}" if target else name
        if workspace.exists(place) and not input.get("replace"):
            continue
        if place.endswith("/") and workspace.is_folder(place):
            continue  # a folder that is there, or a file whose own name is empty
        if isinstance(entry, File) and is_template:
            entry = File(renderer.data(entry.data, location), entry.mode)
        _check_link(location, entry)
        workspace.put(place, entry or Folder(), f"{written}/{location}")


def fetch_file(
    file: File, input: Mapping[str, Any], workspace: Workspace, budget: Budget | None = None, written: str | None = None
) -> None:
    """Do fetch:template:file: render one file to `targetPath`; `written` as for `fetch`."""
    place = _text(input, "targetPath")
    if workspace.exists(place) and not input.get("replace"):
        return
    url = str(input.get("url") or place)
    workspace.put(place, File(_renderer(input, budget).data(file.data, url), file.mode), written)


def fetch_plain(tree: Tree, target: str, workspace: Workspace, written: str = "") -> None:
    """Do fetch:plain: copy a tree below a folder as it is; what is there is replaced."""
    target = safe(target)
    for path in order(tree):
        entry = tree.get(path) or Folder()
        _check_link(path, entry)
        workspace.put(f"{target}/{path}" if target else path, entry, f"{written or target}/{path}")


def fetch_plain_file(file: File, target: str, workspace: Workspace, written: str | None = None) -> None:
    """Do fetch:plain:file: copy one file as it is; what is there is replaced."""
    workspace.put(target, file, written)


def order(tree: Tree) -> Iterator[str]:
    """Yield folders ("a/") and entries as globby walks: level by level, each folder by name. First come, first kept."""
    children: dict[str, set[str]] = {}
    for path, entry in tree.items():
        name = f"{path}/" if isinstance(entry, Folder) else path
        while name not in children.setdefault(parent := _parent(name), set()):
            children[parent].add(name)
            if not parent:
                break
            name = parent
    pending = deque([""])
    while pending:
        for name in sorted(children.get(pending.popleft(), ()), key=lambda name: name.rstrip("/")):
            yield name
            if name.endswith("/"):
                pending.append(name)


def _parent(name: str) -> str:
    """Return the folder, with its slash, that holds a name."""
    return name[: name.rstrip("/").rfind("/") + 1]


def _renderer(input: Mapping[str, Any], budget: Budget | None) -> _Renderer:
    values = input.get("values")
    if values is not None and not isinstance(values, Mapping):
        raise Refused("values", "must be a mapping of names to values.")
    style = Style(
        trim_blocks=bool(input.get("trimBlocks")),
        lstrip_blocks=bool(input.get("lstripBlocks")),
        cookiecutter=bool(input.get("cookiecutterCompat")),
    )
    name = "cookiecutter" if style.cookiecutter else "values"
    marks = (style.opener, "{%", "{#", "#}")  # an end that nothing began is an error, as in Backstage
    return _Renderer({} if values is None else {name: values}, style, budget or Budget(), marks)


def _extension(input: Mapping[str, Any]) -> str:
    extension = input.get("templateFileExtension")
    if not extension:
        return ""
    if input.get("copyWithoutTemplating") is not None or input.get("cookiecutterCompat"):
        raise Refused(
            "templateFileExtension", "does not go together with copyWithoutTemplating or cookiecutterCompat. Keep one."
        )
    if extension is True:
        return _DEFAULT_EXTENSION
    if not isinstance(extension, str):
        raise Refused("templateFileExtension", "must be text or true.")
    return extension if extension.startswith(".") else f".{extension}"


def _copied(input: Mapping[str, Any], skeleton: Tree) -> frozenset[str]:
    """Return the files that are copied as they are."""
    patterns = input.get("copyWithoutTemplating")
    if not patterns:
        return frozenset()
    if not isinstance(patterns, list | tuple) or not all(isinstance(pattern, str) for pattern in patterns):
        raise Refused("copyWithoutTemplating", "must be a list of patterns.")
    folders = {name.rstrip("/") for name in order(skeleton) if name.endswith("/")}
    return frozenset(globs.select(patterns, skeleton, folders))


def _text(input: Mapping[str, Any], field: str) -> str:
    text = input.get(field, "")
    if not isinstance(text, str):
        raise Refused(field, "must be text: a path in the workspace.")
    return text


def _check_link(location: str, entry: Entry | None) -> None:
    """Refuse a link that leaves its own skeleton, even where it would stay in the workspace."""
    if isinstance(entry, Link) and (fault := target_fault(location, entry.target)):
        raise Refused(location, fault)
