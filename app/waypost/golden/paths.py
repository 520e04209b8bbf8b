"""Relative paths that may be written: refuses what leaves the folder, reaches into `.git` or cannot be trusted.

Every path of a workspace goes through `safe`, whoever wrote it: a skeleton, a parameter or a step.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LONGEST_NAME = 255  # bytes: ext4, APFS, NTFS
_LONGEST_PATH = 4_000  # bytes: Linux stops at 4,096 with the folder it is written into
_DEEPEST = 100  # folders in folders
_PLAIN = re.compile(r"[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]{0,199}(?<!\.)")
_DRIVE = re.compile(r"[A-Za-z]:")
_SHORT_GIT = re.compile(r"git~[0-9]+")  # what NTFS calls `.git` for old programs
# Letters that HFS+ leaves out when it compares names: https://github.com/git/git/blob/master/utf8.c next_hfs_char
_IGNORED = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])
_WORKFLOWS = re.compile(r"(?:^|/)\.github/workflows(?:/|$)", re.IGNORECASE)


class Refused(Exception):
    """Something that a template may not do. `path` is where; the text says what is wrong and what to do."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{shown(path)}: {message}" if path else message)
        self.path = path
        self.message = message


def safe(path: str) -> str:
    """Return a path in its shortest form ("./a/b/" is a/b, "." is ""), or refuse it."""
    if len(path) > _LONGEST_PATH or len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH:
        raise Refused(path, f"is longer than {_LONGEST_PATH:,} bytes. Use shorter names.")
    if path.startswith("/"):
        raise Refused(path, 'is absolute. Write it relative to the workspace, without the first "/".')
    parts = [part for part in path.split("/") if part not in ("", ".")]
    for part in parts:
        if fault := fault_of_name(part):
            raise Refused(path, fault)
    if len(parts) > _DEEPEST:
        raise Refused(path, f"is more than {_DEEPEST} folders deep. Make it flatter.")
    short = "/".join(parts)
    if _DRIVE.match(short):
        raise Refused(path, "begins with a drive letter. Write it relative to the workspace.")
    return short


@lru_cache(maxsize=4096)
def fault_of_name(name: str) -> str:
    """Say what is wrong with one part of a path and what to do; "" when nothing is."""
    if _PLAIN.fullmatch(name) and "~" not in name:
        return ""
    if name == "..":
        return 'holds "..", which leaves the folder. Write the path without it.'
    if "\\" in name:
        return 'holds a backslash. Write "/" between folders.'
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name):
        return "holds a control character or bytes that are not UTF-8. Use printable letters."
    if len(name.encode()) > _LONGEST_NAME:
        return f"has a name of more than {_LONGEST_NAME} bytes. Use a shorter one."
    if _is_git(name):
        return f'"{shown(name)}" is Git\'s own folder on some computers. A template cannot write there.'
    return ""


def _is_git(name: str) -> bool:
    """Say whether some file system takes this name for `.git`."""
    folded = unicodedata.normalize("NFKC", name.translate(_IGNORED)).translate(_IGNORED).casefold()
    folded = folded.split(":")[0].rstrip(". ")  # NTFS: streams, and dots and spaces at the end
    return folded == ".git" or bool(_SHORT_GIT.fullmatch(folded))


def target_fault(path: str, target: str) -> str:
    """Say what is wrong with a link at `path` (its parents are real folders); "" when it stays inside.

    `..` may stand at the front only, at most once for each folder above the link. Then no link can leave, however
    many follow each other and whatever is written later: none goes up again after it went down.
    """
    parts = [part for part in target.split("/") if part not in ("", ".")]
    ups = next((at for at, part in enumerate(parts) if part != ".."), len(parts))
    if not target or target.startswith("/") or _DRIVE.match(target):
        return f'is a link to "{shown(target)}", which is not relative. Link to a file beside it.'
    if "//" in target:  # Python's realpath takes what follows in a circle for an absolute path
        return f'is a link to "{shown(target)}". Write one "/" only.'
    if ups > path.count("/"):
        return f'is a link to "{shown(target)}", which leaves the folder. Link to a file inside.'
    if ".." in parts[ups:]:
        return f'is a link to "{shown(target)}". Write ".." at the front only.'
    fault = next(filter(None, map(fault_of_name, parts[ups:])), "")
    return f'is a link to "{shown(target)}", which {fault}' if fault else ""


def is_workflow(path: str) -> bool:
    """Say whether GitHub would run this file of a repository, or files in this folder."""
    found = _WORKFLOWS.search(path)
    return found is not None and found.start() == 0


def needs_declaring(path: str, written: str) -> bool:
    """Say whether a path became a workflow only by rendering: its author must write `.github/workflows` out.

    Any folder of a workspace may be the one that is published, so they count at any depth.
    """
    if not _WORKFLOWS.search(path):
        return False
    return not _WORKFLOWS.search("/".join(part for part in written.split("/") if part not in ("", ".")))


def same_but_for_case(paths: list[str]) -> list[tuple[str, str]]:
    """Return pairs of paths that are one file on macOS and Windows."""
    seen: dict[str, str] = {}
    pairs = []
    for path in paths:
        first = seen.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if first != path:
            pairs.append((first, path))
    return pairs


def shown(text: str) -> str:
    """Return somebody else's text as it may stand in a message: one line, not too long."""
    text = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[:120])
    return text if len(text) < 120 else f"{text[:117]}..."
