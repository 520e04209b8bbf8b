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
from waypost.golden.glob_syntax import Node, Places, Text, ends, parse
from waypost.golden.paths import Refused

# What makes fast-glob look for matches; a pattern without any of it is a path.
_MAGIC = re.compile(r"[*?\\]|^!|\[[^[]*\]|(?:^|[^!*+?@])\([^(]*\|[^|]*\)|[!*+?@]\([^(]*\)|\{[^}]*(?:,|\.\.)[^}]*\}")
_MAGIC_PART = re.compile(r"[*?\\!\[\](){}]")
_START: Places = frozenset((0,))
_MOST_PATTERNS = 1_000
_MOST_STEPS = 1_000_000  # of one selection: about a second
Matcher = Callable[[str], bool]


class _Steps:
    """Counts what comparing costs, and refuses what costs too much."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.patterns = patterns
        self.left = _MOST_STEPS

    def pay(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise Refused(", ".join(self.patterns), "takes too long to compare with all files. Write simpler patterns.")

    def matcher(self, pattern: str) -> Matcher:
        nodes, start, end = _parsed(pattern)
        pay = self.pay

        def matches(path: str) -> bool:
            return path.startswith(start) and path.endswith(end) and len(path) in ends(nodes, path, _START, pay)

        return matches


def select(patterns: Sequence[str], files: Collection[str], folders: Container[str]) -> Sequence[str]:
    """Return the files that the patterns choose, in the order of `files`.

    A pattern that names a folder means everything below it; `!pattern` takes away from the patterns before it.
    """
    if len(patterns) > _MOST_PATTERNS:
        raise Refused(patterns[0], f"is one of more than {_MOST_PATTERNS:,} patterns. Write fewer.")
    chosen: set[str] = set()
    steps = _Steps(patterns)
    for at, pattern in enumerate(patterns):
        if not pattern.startswith("!"):
            without = [later[1:] for later in patterns[at:] if later.startswith("!")]
            chosen.update(_chosen(_below(pattern, folders), without, files, steps))
    return [file for file in files if file in chosen]


def _below(pattern: str, folders: Container[str]) -> str:
    """Write a folder's name as the glob of everything in it."""
    path = posixpath.normpath(pattern) if pattern else "."
    if path == ".":
        return "**"
    return f"{path}/**" if path in folders else pattern


def _chosen(pattern: str, without: Sequence[str], files: Collection[str], steps: _Steps) -> Iterator[str]:
    """Yield what one pattern chooses; `without` are the patterns that take away from it."""
    wanted = [_squeeze(choice) for choice in expand(pattern)]
    dropped = [_squeeze(choice) for entry in without for choice in expand(entry)]
    refused = [steps.matcher(choice) for choice in dropped]
    # A folder that one of these matches is not even entered.
    closed = [steps.matcher(choice) for choice in dropped if choice.endswith("/**") or not _is_dynamic(_last(choice))]
    globs = [(choice, _base(choice)) for choice in wanted if _is_dynamic(choice)]
    if any(not base for _, base in globs):
        globs = [(choice, "") for choice, base in globs]
    # globby names what it finds below a "./" with it, and then nothing has that name
    walks = [(steps.matcher(choice), base) for choice, base in globs if not (base and choice.startswith("./"))]
    names = {choice for choice in wanted if not _is_dynamic(choice) and steps.matcher(choice)(choice)}
    for file in files:
        steps.pay(1 + len(walks) + len(refused))
        if any(refuses(file) for refuses in refused):
            continue
        if file in names or any(
            matches(file) and not any(_closes(closed, folder) for folder in _folders(file, base))
            for matches, base in walks
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
def _parsed(pattern: str) -> tuple[Sequence[Node], str, str]:
    """Return what a pattern means, and the letters that every match begins and ends with."""
    nodes = parse(pattern.removeprefix("./"))
    start, end = (node.text if isinstance(node, Text) else "" for node in (nodes[0], nodes[-1])) if nodes else ("", "")
    return nodes, start, end


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
