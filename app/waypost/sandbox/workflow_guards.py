"""What a workflow file says of its runs: their token, their environments, which of them exclude each other. Pure.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions and #concurrency
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LEVELS = ("none", "read", "write")
_ALL = {"read-all": "read", "write-all": "write"}
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_WORD = re.compile(r"[\w-]+(\.[\w-]+)*")


@dataclass(frozen=True, slots=True)
class Concurrency:
    """Runs of one group exclude each other: as written, with expressions that only a run can fill."""

    group: str
    cancels: str = "false"  # cancel-in-progress


def permissions_of(workflow: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str] | None:
    """Return all that any job may do; None where none says anything, and the repository's default holds.

    GitHub gives each job a token of its own; here a run has one, so it holds what its jobs ask for together.
    """
    top = workflow.get("permissions")
    asked = [job.get("permissions", top) for job in workflow["jobs"].values()]
    if not asked or any(one is None for one in asked):
        return None
    found: dict[str, str] = {"metadata": "read"}
    for one in asked:
        for name, level in _written(one, known).items():
            strongest = max(level, found.get(name, "none"), key=_LEVELS.index)
            found[name] = min(strongest, known[name], key=_LEVELS.index)
    return {name: level for name, level in found.items() if level != "none"}


def environments_of(workflow: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the environments that its jobs name in words; a run has one set of secrets, so it gets all of theirs."""
    named = (job.get("environment") for job in workflow["jobs"].values())
    names = {str(one.get("name", "") if isinstance(one, Mapping) else one or "") for one in named}
    return tuple(sorted(name for name in names if name and "${{" not in name))


def concurrency_of(workflow: Mapping[str, Any]) -> Concurrency | None:
    """Return what is written for the whole workflow, or for its only job."""
    jobs = list(workflow["jobs"].values())
    written = workflow.get("concurrency", jobs[0].get("concurrency") if len(jobs) == 1 else None)
    if isinstance(written, Mapping) and "group" in written:
        return Concurrency(str(written["group"]), str(written.get("cancel-in-progress", False)).lower())
    return Concurrency(written) if isinstance(written, str) else None


def filled(text: str, context: Mapping[str, Any]) -> str:
    """Fill in the expressions: names, 'words', ==, !=, && and ||. What is not known is empty, as with GitHub."""
    return _EXPRESSION.sub(lambda found: _text(_value(found[1], context)), text)


def _written(asked: Any, known: Mapping[str, str]) -> dict[str, str]:
    if isinstance(asked, str):
        return dict.fromkeys(known, _ALL.get(asked, "none"))
    written = asked.items() if isinstance(asked, Mapping) else ()
    named = {str(name).replace("-", "_"): str(level) for name, level in written}
    return {name: level for name, level in named.items() if name in known and level in _LEVELS}


def _value(expression: str, context: Mapping[str, Any]) -> Any:
    first, found, rest = expression.partition("||")
    if found:
        return _value(first, context) or _value(rest, context)
    first, found, rest = expression.partition("&&")
    if found:
        return _value(first, context) and _value(rest, context)
    for sign in ("==", "!="):
        first, found, rest = expression.partition(sign)
        if found:
            return (_text(_value(first, context)) == _text(_value(rest, context))) is (sign == "==")
    word = expression.strip()
    if len(word) > 1 and word[0] == word[-1] == "'":
        return word[1:-1]
    if word in ("true", "false"):
        return word == "true"
    return _looked_up(word, context) if _WORD.fullmatch(word) else None


def _looked_up(name: str, context: Mapping[str, Any]) -> Any:
    value: Any = context
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
