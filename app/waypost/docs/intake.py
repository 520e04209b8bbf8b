"""Copies documentation into the room where it is built: bounded, plain files only, no link followed out."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from waypost.catalog.problems import Problem
from waypost.docs.extensions import is_inside
from waypost.docs.problems import left_out, refused
from waypost.docs.source import Source, is_file, read, readme

MOST_FILES = 5_000
MOST_BYTES = 200 * 1024**2
LARGEST_FILE = 25 * 1024**2
LARGEST_PAGE = 1024**2
_SKIPPED = frozenset({"node_modules", "vendor", "__pycache__", "venv", "site"})
_MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
_LINK = re.compile(r"""(\]\(|\b(?:src|href)=["'])(?:\./)?([^)\s"'#?:]+)""")
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


@dataclass(slots=True)
class Intake:
    """What was copied so far, and what was not."""

    source: Source
    docs: Path  # where the copies go
    files: int = 0
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)  # place below `docs` -> file of the repository

    def folder(self, path: str, into: str = "") -> None:
        """Copy a folder of the repository below `docs`."""
        for name in _files(self.source.repository / path, shallow=path in ("", ".")):
            self.file(f"{path}/{name}".lstrip("/") if path not in ("", ".") else name, f"{into}{name}")

    def file(self, path: str, to: str) -> None:
        """Copy one file of the repository to a place below `docs`; a link that leads out is left out."""
        repository = self.source.repository
        if not is_file(repository, path):
            if (repository / path).is_symlink():
                fix = "Put the file itself there."
                self.problems.append(left_out(path, "left out: a link that leads to no file here", fix))
            return
        size = (repository / path).stat().st_size
        limit = LARGEST_PAGE if path.lower().endswith(_MARKDOWN) else LARGEST_FILE
        if size > limit:
            raise refused(path, f"has {size:,} bytes; at most {limit:,} are read", "Split it.", id="docs-too-big")
        self.files += 1
        self.bytes += size
        if self.files > MOST_FILES or self.bytes > MOST_BYTES:
            message = f"more than {MOST_FILES:,} files or {MOST_BYTES // 1024**2} MB of documentation"
            raise refused(path, message, "Keep large files elsewhere, and link to them.", id="docs-too-big")
        target = self.docs / to
        target.parent.mkdir(parents=True, exist_ok=True)
        with (repository / path).open("rb") as reading, target.open("wb") as writing:
            shutil.copyfileobj(reading, writing)
        self.taken[to] = path
        if path.lower().endswith(_MARKDOWN):
            _check_text(path, target.read_bytes())


def take_texts(intake: Intake, room: Path) -> None:
    """Copy README.md and its neighbours beside the docs folder, for pages that include them as snippets."""
    folder = intake.source.repository / intake.source.folder
    beside = Intake(intake.source, room, intake.files, intake.bytes, intake.problems)
    for entry in sorted(folder.iterdir()):
        if entry.suffix.lower() == ".md" and entry.is_file():
            beside.file(intake.source.path(entry.name), entry.name)


def take_readme(intake: Intake, docs_dir: str) -> str:
    """Make the README the front page when the docs folder has none; return what it was, seen from the repository."""
    if any((intake.docs / name).exists() for name in ("index.md", "README.md")):
        return ""
    path = readme(intake.source)
    if not path:
        return ""
    text = read(intake.source.repository, path, LARGEST_PAGE).decode("utf-8", "replace")
    prefix = "" if docs_dir == "." else f"{docs_dir}/"

    def moved(found: re.Match[str]) -> str:
        target = found[2]
        inner = target.removeprefix(prefix)
        there = intake.source.path(target)
        if inner == target and is_inside(target) and target.lower().endswith(_IMAGES):
            intake.file(there, target)
        return f"{found[1]}{inner}"

    intake.docs.mkdir(parents=True, exist_ok=True)
    (intake.docs / "index.md").write_text(_LINK.sub(moved, text), "utf-8")
    intake.taken["index.md"] = path
    return path


def _check_text(path: str, data: bytes) -> None:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refused(path, "is not UTF-8", "Save it as UTF-8.", line) from error


def _files(folder: Path, shallow: bool) -> Iterator[str]:
    """Yield the files below a folder, seen from it, in order; folders are never entered through links.

    `shallow` leaves out what is no documentation when a whole repository is the docs folder.
    """
    for place, folders, names in os.walk(folder):
        here = os.path.relpath(place, folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(names):
            if name.startswith(".") or (shallow and not name.lower().endswith((*_MARKDOWN, *_IMAGES))):
                continue
            yield name if here == "." else f"{here}/{name}".replace(os.sep, "/")
        for name in list(folders):
            if os.path.islink(os.path.join(place, name)):
                folders.remove(name)
                yield name if here == "." else f"{here}/{name}"
