"""Where a step's `url` leads: to a folder beside the template, or out of its repository. Reads nothing itself."""

from __future__ import annotations

from collections.abc import Callable

from waypost.golden.paths import Refused, safe
from waypost.golden.tree import File, Folder, Tree

# From a url as a step has it to what is there; a single file is a tree of one entry, under its own name.
# None: it cannot be had here, which is a warning in a dry run and an error in a real one.
Source = Callable[[str], "Tree | None"]


def is_remote(url: str) -> bool:
    """Say whether a url leads out of the template's repository."""
    return "://" in url


def local_path(folder: str, url: str) -> str:
    """Return the path in the repository that a relative url leads to; refuse one that leaves the repository.

    `folder` is where template.yaml stands. A url that begins with "/" starts at the root, as in Backstage.
    """
    steps = [] if url.startswith("/") else [step for step in folder.split("/") if step]
    for step in url.split("/"):
        if step == "..":
            if not steps:
                raise Refused(url, "leaves the repository of the template. Keep what it fetches inside.")
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return safe("/".join(steps))


def within(tree: Tree, folder: str = "") -> Source:
    """Return the source for a template that stands in `folder` of a repository held in memory."""

    def source(url: str) -> Tree | None:
        if is_remote(url):
            return None
        return below(tree, local_path(folder, url))

    return source


def below(tree: Tree, path: str) -> Tree:
    """Return what stands below a path; the file alone where it is one."""
    if path in tree and not isinstance(tree[path], Folder):
        return {path.rpartition("/")[2]: tree[path]}
    start = f"{path}/" if path else ""
    found = {name[len(start) :]: entry for name, entry in tree.items() if name.startswith(start)}
    if path and not found and path not in tree:
        raise Refused(path, "is not in the repository of the template. Correct the url.")
    return found


def single_file(tree: Tree, url: str) -> File:
    """Return the file that a url names; refuse a folder."""
    name = url.rstrip("/").rpartition("/")[2]
    entry = tree.get(name)
    if len(tree) != 1 or not isinstance(entry, File):
        raise Refused(url, "is not a file. Name one, or use the action for folders.")
    return entry
