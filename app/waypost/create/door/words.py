"""The fixed words of the conversation in a request: labels, commands and the hidden first lines of our comments. Pure.

Our comments are known by their author and their first line, so nobody else can write one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from waypost.forge.desk import Comment
from waypost.golden.forms import LABEL

APPROVE, CREATED, FAILED = "waypost:approve", "waypost:created", "waypost:failed"
# What people choose or look for; `LABEL` is set by the form.
LABELS = (
    (LABEL, "1d76db", "A repository is asked for"),
    (APPROVE, "0e8a16", "Agree to what the dry run shows"),
    (CREATED, "5319e7", "The repository is there"),
    (FAILED, "d93f0b", "Stopped half-way: see the issue"),
)
DRY_RUN = "<!-- waypost:dry-run"
STATUS = "<!-- waypost:status"
_COMMAND = re.compile(r"/(approve|retry|cancel)(?:[ \t]+`?([0-9a-f]{6,64})`?)?[ \t]*", re.IGNORECASE)
_LINE_END = re.compile(r"[\r\n]")  # a reader sees no other
_HEAD = re.compile(r"<!-- waypost:(?:dry-run|status)((?: [\w:.-]+)*) -->")


class Command(NamedTuple):
    """What the first line of a comment asks for."""

    word: str  # approve | retry | cancel
    hash: str = ""


def command(body: str) -> Command | None:
    """Read a comment: only a first line that holds nothing else is a command."""
    found = _COMMAND.fullmatch(_LINE_END.split(body, maxsplit=1)[0])
    return Command(found[1].lower(), (found[2] or "").lower()) if found else None


def first_line(marker: str, *words: str) -> str:
    """Return the hidden first line of a comment of ours."""
    return f"{' '.join((marker, *words))} -->"


def words_of(comment: Comment | None) -> list[str]:
    """Return the words of that line; [] where there is none."""
    found = _HEAD.match(comment.body) if comment else None
    return found[1].split() if found else []


def ours(comments: Iterator[Comment] | list[Comment], us: str, marker: str) -> Comment | None:
    """Return the comment of ours that begins with a marker."""
    mine = (one for one in comments if one.author.login.lower() == us.lower())
    return next((one for one in mine if one.body.startswith(marker)), None)
