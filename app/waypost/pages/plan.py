"""The difference between what the pages should say and what the catalog repository holds, as a value.

The same plan is printed by --dry-run, shown in a pull request, and applied. Reads nothing itself: it is handed the
head's blob ids and a way to read one of its files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from hashlib import sha1

from waypost.pages import custom, paths
from waypost.pages.forms import is_theirs

SUBJECT = 72  # GitHub cuts the subject of a commit here
NAMED = 50  # entities a commit message lists


@dataclass(frozen=True, slots=True)
class Plan:
    """What one commit would do. Empty (and false) when the head already says it."""

    changes: Mapping[str, bytes | None] = field(default_factory=dict)  # path -> new bytes, None to remove
    added: frozenset[str] = frozenset()  # of the changed paths, those the head lacks
    message: str = ""

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def size(self) -> int:
        """Bytes that the commit carries."""
        return sum(len(data) for data in self.changes.values() if data is not None)


def blob_id(data: bytes) -> str:
    """Return the id git gives to a file of these bytes."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def plan(
    rendered: Iterable[tuple[str, str | None]], head: Mapping[str, str], read: Callable[[str], str], full: bool
) -> Plan:
    """Compare rendered files with the head. With `full`, whatever of ours was not rendered is removed.

    An issue form that people wrote themselves stays, whatever its name.
    `head` maps paths to blob ids; `read` returns the text of a head file, with its line ends as they are. Raises
    ValueError for a path that is not ours to write: a renderer that strays must not reach people's files.
    """
    changes: dict[str, bytes | None] = {}
    added = set()
    seen = set()
    for path, text in rendered:
        if not paths.is_generated(path):
            raise ValueError(f'"{path}" is not a generated file: Waypost writes {", ".join(paths.GENERATED)}')
        seen.add(path)
        changes.pop(path, None)
        if text is None:
            if path in head and not is_theirs(path, read):
                changes[path] = None
            continue
        data = text.encode()
        known = head.get(path)
        if known is not None and is_theirs(path, read):
            continue
        if known is None:
            added.add(path)
            changes[path] = data
        elif known != blob_id(data):
            # Human text is looked for only in files that differ: reading costs more than hashing.
            data = custom.keep(read(path), text).encode() if path.endswith(".md") else data
            if known != blob_id(data):
                changes[path] = data
    if full:
        unseen = (path for path in head if path not in seen and paths.is_generated(path))
        changes.update((path, None) for path in unseen if not is_theirs(path, read))
    ordered = dict(sorted(changes.items()))
    return Plan(ordered, frozenset(added), message(ordered, added))


def message(changes: Mapping[str, bytes | None], added: Iterable[str] = ()) -> str:
    """Say in words what a commit changes: entities by name, else how many pages."""
    names: dict[str, list[str]] = {"add": [], "update": [], "remove": []}
    new = set(added)
    for path, data in changes.items():
        if (name := _entity_name(path)) is not None:
            names["remove" if data is None else "add" if path in new else "update"].append(name)
    if not any(names.values()):
        return f"Refresh {len(changes)} page{'s' * (len(changes) != 1)}" if changes else ""
    body = [
        f"{verb.capitalize()}: {', '.join(found[:NAMED])}{f' and {len(found) - NAMED} more' * (len(found) > NAMED)}"
        for verb, found in names.items()
        if found
    ]
    return "\n".join([_subject(names), "", *body, ""])


def _subject(names: Mapping[str, list[str]]) -> str:
    """The longest of a few forms that fits: two names a verb, one name a verb, counts."""
    for shown in (2, 1, 0):
        parts = [_phrase(verb, found, shown) for verb, found in names.items() if found]
        subject = ", ".join(parts)
        if len(subject) <= SUBJECT or not shown:
            break
    return subject[:1].upper() + subject[1:]


def _phrase(verb: str, found: list[str], shown: int) -> str:
    if not shown:
        return f"{verb} {len(found)} entit{'ies' if len(found) != 1 else 'y'}"
    found = list(dict.fromkeys(found))  # a component and its API often share a name
    rest = len(found) - shown
    if rest > 0:
        return f"{verb} {', '.join(found[:shown])} and {rest} more"
    return f"{verb} {' and '.join(found)}"


def _entity_name(path: str) -> str | None:
    parts = path.split("/")
    return parts[4].removesuffix(".yaml") if parts[0] == "entities" and len(parts) == 5 else None


def show(planned: Plan, read: Callable[[str], str]) -> Iterator[str]:
    """Print a plan for people, line by line: a summary, then a unified diff of every file."""
    removed = sum(data is None for data in planned.changes.values())
    updated = len(planned.changes) - removed - len(planned.added)
    if not planned:
        yield "Nothing to change."
        return
    yield planned.message.partition("\n")[0]
    yield f"{len(planned.added)} to add, {updated} to update, {removed} to remove"
    for path, data in planned.changes.items():
        old = [] if path in planned.added else read(path).splitlines()
        new = [] if data is None else data.decode().splitlines()
        before = "/dev/null" if path in planned.added else f"a/{path}"
        after = "/dev/null" if data is None else f"b/{path}"
        yield ""
        yield from unified_diff(old, new, before, after, lineterm="")
