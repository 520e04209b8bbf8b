"""A mapping that somebody keeps in a file, as YAML or JSON: the values of a template, the input of a step."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from waypost.catalog.documents import parse
from waypost.catalog.problems import Severity
from waypost.cli import UsageError


def read_mapping(name: str) -> dict[str, Any]:
    """Read a file, - for the standard input; an empty one is an empty mapping."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}. Name a file that holds the values") from error
    value = _json(data) if data.lstrip().startswith(b"{") else None
    if value is None:
        value = _yaml(name, data)
    if not isinstance(value, dict):
        raise UsageError(f"{name} must hold names and values, for example `name: payments`")
    return value


def _json(data: bytes) -> Any:
    """Read JSON, which may escape halves of letters as YAML may not; None when it is YAML after all."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _yaml(name: str, data: bytes) -> Any:
    parsed = parse(data)
    problems = [*parsed.problems, *(problem for document in parsed.documents for problem in document.problems)]
    for problem in problems:
        if problem.severity is Severity.ERROR:
            raise UsageError(f"{name}:{problem.line}: {problem.message}. {problem.fix}".rstrip())
    if len(parsed.documents) > 1:
        raise UsageError(f"{name} holds {len(parsed.documents)} documents; write one")
    return parsed.documents[0].value if parsed.documents else {}
