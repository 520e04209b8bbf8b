"""The folder that a template fills, in memory: what the steps write, delete, rename and list. Touches no disk.

Paths are as steps write them: `waypost.golden.paths.safe` judges each one, and none passes through a link. A path that
becomes a workflow only by rendering is refused: `written` is the path as its author wrote it, before rendering.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from waypost.golden import globs
from waypost.golden.paths import Refused, needs_declaring, safe, same_but_for_case, target_fault
from waypost.golden.tree import Entry, File, Folder, Link, Tree

_MOST = 20_000  # files, and folders: what a skeleton on disk may hold as well


@dataclass(frozen=True, slots=True)
class Listed:
    """A file or folder that `Workspace.list` found."""

    name: str
    path: str


class Workspace:
    """Files, links and folders by path. A folder stays when the last file in it is deleted, as on a disk."""

    def __init__(self, tree: Tree | None = None) -> None:
        self._entries: dict[str, File | Link] = {}
        self._folders: set[str] = {""}
        for path, entry in (tree or {}).items():
            self.put(path, entry)

    def __len__(self) -> int:
        """Count the files and links."""
        return len(self._entries)

    def tree(self) -> Tree:
        """Return everything as a value, sorted; a folder is named when nothing is in it."""
        parents = {_parent(path) for path in (*self._entries, *self._folders) if path}
        empty: dict[str, Entry] = {path: Folder() for path in self._folders - parents - {""}}
        whole = {**self._entries, **empty}
        return {path: whole[path] for path in sorted(whole)}

    def warnings(self) -> Iterator[str]:
        """Say which paths are one file on macOS and Windows."""
        for first, second in same_but_for_case(sorted((*self._entries, *self._folders))):
            yield f"{first} and {second} differ by case only: macOS and Windows keep one of them. Rename one."

    def exists(self, path: str) -> bool:
        """Say whether a file, a folder or a link stands there, wherever the link may lead."""
        path = safe(path)
        return path in self._folders or path in self._entries

    def is_folder(self, path: str) -> bool:
        return safe(path) in self._folders

    def get(self, path: str) -> File | Link | None:
        """Return the file or link at a path, None where there is none."""
        return self._entries.get(safe(path))

    def put(self, path: str, entry: Entry, written: str | None = None) -> None:
        """Write one entry; a file or link that is there is replaced, never written through."""
        path = self._place(path, written)
        if isinstance(entry, Folder):
            return self._make_folder(path)
        if path in self._folders:
            raise Refused(path, "is a folder already, so no file can be written there. Rename one of the two.")
        if isinstance(entry, Link) and (fault := target_fault(path, entry.target)):
            raise Refused(path, fault)
        if (parent := _parent(path)) not in self._folders:
            self._make_folder(parent)
        self._entries[path] = entry
        self._check_size(path, len(self._entries))
        return None

    def delete(self, pattern: str) -> Sequence[str]:
        """Delete the files that a path or glob names, or all below a folder; return their paths. Folders stay."""
        path = safe(pattern)
        found = list(globs.select([path], self._entries, self._folders))
        for file in found:
            del self._entries[file]
        return found

    def rename(self, source: str, target: str, overwrite: bool = False, written: str | None = None) -> None:
        """Move a file or a whole folder; what stands at the target is in the way unless it may be overwritten."""
        source, target = safe(source), self._place(target, written)
        moved = {path: entry for path, entry in self._entries.items() if _is_at(path, source)}
        folders = {path for path in self._folders if _is_at(path, source)}
        if not source or not (moved or folders):
            raise Refused(
                source, "is not in the workspace, so it cannot be renamed. Name a file that a step before wrote."
            )
        if source == target:
            return
        if target in folders or _is_at(target, source):
            raise Refused(target, f"is inside {source}, so {source} cannot be moved there.")
        self._clear(target, overwrite)
        for path in moved:
            self._entries.pop(path, None)
        self._folders -= folders
        self._make_folder(_parent(target))
        for path in folders:
            self._make_folder(target + path[len(source) :])
        for path, entry in moved.items():
            below = path[len(source) :]
            self.put(target + below, entry, None if written is None else written + below)

    def list(self, path: str, is_recursive: bool = False) -> tuple[Sequence[Listed], Sequence[Listed]]:
        """Return the files and the folders in a folder, by name; recursively: the last folder found comes first."""
        top = safe(path)
        if top not in self._folders:
            what = "is not a folder" if top in self._entries else "is not in the workspace"
            raise Refused(path, f"{what}, so it cannot be listed. Name a folder that a step before made.")
        children = self._children()
        files, folders, pending = [], [], [top]
        while pending:
            for child in children.get(pending.pop(), ()):
                found = Listed(child.rpartition("/")[2], child)
                if child in self._entries:
                    files.append(found)
                else:
                    folders.append(found)
                    pending += [child] * is_recursive
        return files, folders

    def _children(self) -> Mapping[str, Sequence[str]]:
        children: dict[str, list[str]] = {}
        for path in sorted((*self._entries, *self._folders - {""})):
            children.setdefault(_parent(path), []).append(path)
        return children

    def _place(self, path: str, written: str | None) -> str:
        """Return where to write, or refuse it."""
        short = safe(path)
        if not short:
            raise Refused(path, "is the workspace itself. Name a file in it.")
        if needs_declaring(short, path if written is None else written):
            raise Refused(
                short,
                "is a workflow only because of a value that was filled in. "
                'Write ".github/workflows/" out in the skeleton or in the step.',
            )
        return short

    def _make_folder(self, path: str) -> None:
        missing = []
        while path not in self._folders:
            if path in self._entries:
                what = "a link" if isinstance(self._entries[path], Link) else "a file"
                raise Refused(path, f"is {what}, so nothing can be written below it. Rename one of the two.")
            missing.append(path)
            path = _parent(path)
        self._check_size(path, len(self._folders) + len(missing))
        self._folders.update(missing)

    def _check_size(self, path: str, count: int) -> None:
        if count > _MOST:
            raise Refused(path, f"is one of more than {_MOST:,} in the workspace. Fetch less, or delete some first.")

    def _clear(self, target: str, overwrite: bool) -> None:
        """Make room at a target."""
        if target not in self._folders and target not in self._entries:
            return
        if not overwrite:
            raise Refused(target, "exists already. Write `overwrite: true`, or rename to another path.")
        self._entries = {path: entry for path, entry in self._entries.items() if not _is_at(path, target)}
        self._folders = {path for path in self._folders if not _is_at(path, target)}


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _is_at(path: str, top: str) -> bool:
    return path == top or path.startswith(f"{top}/")
