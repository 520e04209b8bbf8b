"""One line of what the doctor says. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """What was looked at, how it is, and what to do. It holds no secret."""

    level: Level
    subject: str  # like: permissions of acme
    text: str
    fix: str = ""  # "" only where all is well


def ok(subject: str, text: str) -> Finding:
    return Finding(Level.OK, subject, text)


def warning(subject: str, text: str, fix: str) -> Finding:
    return Finding(Level.WARNING, subject, text, fix)


def error(subject: str, text: str, fix: str) -> Finding:
    return Finding(Level.ERROR, subject, text, fix)
