"""A template in a folder on this disk, with what its steps may fetch: what lies beside it, inside its own checkout."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from waypost.cli import UsageError
from waypost.create.disk import read_file, read_tree
from waypost.golden.paths import Refused
from waypost.golden.sources import Source, is_remote, local_path
from waypost.golden.template import Template, read
from waypost.golden.tree import Tree

_NAMES = ("template.yaml", "template.yml")


class Opened(NamedTuple):
    """A template that was read. `file` is as the person would write it."""

    template: Template
    file: str
    folder: Path
    source: Source


def open_template(path: Path, root: Path | None = None) -> Opened:
    """Read the template of a folder, or the file itself.

    A step may fetch whatever is inside `root`: without it the checkout that the folder stands in, without one the
    folder alone.
    """
    file = path if path.is_file() else next((path / name for name in _NAMES if (path / name).is_file()), None)
    if file is None:
        raise UsageError(f"there is no {' or '.join(_NAMES)} in {path}")
    folder = file.parent.resolve()
    top = root.resolve() if root else _checkout(folder)
    if top is not None and not folder.is_relative_to(top):
        raise UsageError(f"{file} is not inside {root}")
    try:
        text = read_file(file.resolve()).data.decode("utf-8", "surrogateescape")
    except Refused as refused:
        raise UsageError(str(refused)) from refused
    return Opened(read(text, str(file)), str(file), folder, _source(folder, top))


def _checkout(folder: Path) -> Path | None:
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def _source(folder: Path, top: Path | None) -> Source:
    fetched: dict[str, Tree | None] = {}
    inside = folder.relative_to(top).as_posix() if top else ""

    def source(url: str) -> Tree | None:
        if is_remote(url):
            return None
        try:
            path = local_path(inside, url)
        except Refused:
            if top is not None:
                raise
            return None  # nobody said where its repository begins
        if path not in fetched:
            fetched[path] = _read(top or folder, path)
        return fetched[path]

    return source


def _read(top: Path, path: str) -> Tree | None:
    """Read what a path names; None when nothing is there. No folder on the way may be a link."""
    place = top / path
    if not os.path.lexists(place):
        return None
    if place.resolve() != place:
        raise Refused(path, "lies behind a link, which is not followed. Name the folder itself.")
    return {place.name: read_file(place)} if place.is_file() else read_tree(place)
