"""Globs over the files of a skeleton or workspace, as Backstage's globby 11 reads them: which files do they choose?

Patterns come from strangers. Nothing here is turned into a regular expression: a pattern walks over a path with all
the places where it may stand at once, so the worst case is the product of their lengths. Reads no disk.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from functools import lru_cache

from waypost.golden.braces import expand
from waypost.golden.glob_syntax import Node, ends, parse

# What makes fast-glob look for matches; a pattern without any of it is a path.
_MAGIC = re.compile(r"[*?\\]|^!|\[[^[]*\]|(?:^|[^!*+?@])\([^(]*\|[^|]*\)|[!*+?@]\([^(]*\)|\{[^}]*(?:,|\.\.)[^}]*\}")
_MAGIC_PART = re.compile(r"[*?\\!\[\](){}]")
Matcher = Callable[[str], bool]


def select(patterns: Sequence[str], files: Collection[str], folders: Container[str]) -> Sequence[str]:
    """Return the files that the patterns choose, in the order of `files`.

    A pattern that names a folder means everything below it; `!pattern` takes away from the patterns before it.
    """
    chosen: set[str] = set()
    for at, pattern in enumerate(patterns):
        if not pattern.startswith("!"):
            without = [later[1:] for later in patterns[at:] if later.startswith("!")]
            chosen.update(_chosen(_below(pattern, folders), without, files))
    return [file for file in files if file in chosen]


def matcher(pattern: str) -> Matcher:
    """Return a function that compares a path with one pattern."""
    return _matcher(pattern)


def _below(pattern: str, folders: Container[str]) -> str:
    """Write a folder's name as the glob of everything in it."""
    path = posixpath.normpath(pattern) if pattern else "."
    if path == ".":
        return "**"
    return f"{path}/**" if path in folders else pattern


def _chosen(pattern: str, without: Sequence[str], files: Collection[str]) -> Iterator[str]:
    """Yield what one pattern chooses; `without` are the patterns that take away from it."""
    wanted = [_squeeze(choice) for choice in expand(pattern)]
    dropped = [_squeeze(choice) for entry in without for choice in expand(entry)]
    refused = [_matcher(choice) for choice in dropped]
    # A folder that one of these matches is not even entered.
    closed = [_matcher(choice) for choice in dropped if choice.endswith("/**") or not _is_dynamic(_last(choice))]
    globs = [choice for choice in wanted if _is_dynamic(choice)]
    bases = {choice: _base(choice) for choice in globs}
    # globby names what it finds below a "./" with it, and then nothing has that name
    bases = {choice: base for choice, base in bases.items() if not (base and choice.startswith("./"))}
    if "" in bases.values():
        bases = dict.fromkeys(bases, "")
    names = {choice for choice in wanted if not _is_dynamic(choice) and _matcher(choice)(choice)}
    for file in files:
        if any(refuses(file) for refuses in refused):
            continue
        if file in names or any(
            _matcher(choice)(file) and not any(_closes(closed, folder) for folder in _folders(file, base))
            for choice, base in bases.items()
        ):
            yield file


def _closes(closed: Sequence[Matcher], folder: str) -> bool:
    return any(matches(folder) for matches in closed)


def _folders(file: str, base: str) -> Iterator[str]:
    """Yield the folders between a base and a file."""
    at = len(base) + 1 if base else 0
    while (at := file.find("/", at)) >= 0:
        yield file[:at]
        at += 1


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> Matcher:
    nodes: Sequence[Node] = parse(pattern.removeprefix("./"))
    return lambda path: len(path) in ends(nodes, path, frozenset((0,)))


def _is_dynamic(pattern: str) -> bool:
    return bool(_MAGIC.search(pattern))


def _base(pattern: str) -> str:
    """Return the folder that a glob is looked for in: the parts before the first that is no plain name."""
    base = []
    for part in pattern.removeprefix("./").split("/")[:-1]:
        if _MAGIC_PART.search(part):
            break
        base.append(part)
    return "/".join(base)


def _last(pattern: str) -> str:
    return pattern.rstrip("/").rpartition("/")[2]


def _squeeze(pattern: str) -> str:
    return re.sub(r"(?!^)/{2,}", "/", pattern)
