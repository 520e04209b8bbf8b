"""Answers written as YAML by people: the `values` box of an issue form and the `values` input of a workflow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from waypost.catalog.documents import parse
from waypost.catalog.explain import did_you_mean, quote
from waypost.catalog.problems import Severity
from waypost.golden.faults import Fault
from waypost.golden.fields import Field

PATH = "values"
_MOST_REFUSED = 20  # names; who wrote more of them wrote something else


def read_values(
    text: str, known: Mapping[str, Field], secret: Collection[str] = ()
) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return the answers by name. A name that the template does not ask for, and a secret, are faults."""
    parsed = parse(text)
    problems = [*parsed.problems, *(problem for document in parsed.documents for problem in document.problems)]
    faults = [
        Fault(PATH, f"line {problem.line}: {problem.message}. {problem.fix}".strip())
        for problem in problems
        if problem.severity is Severity.ERROR
    ]
    if faults or not parsed.documents:
        return {}, tuple(faults)
    value = parsed.documents[0].value
    if len(parsed.documents) > 1 or not isinstance(value, dict):
        return {}, (
            Fault(PATH, f"{quote(text.strip())} is not a list of answers: write one `name: value` on each line"),
        )
    kept: dict[str, Any] = {}
    for name, item in value.items():
        if len(faults) == _MOST_REFUSED:
            return kept, (*faults, Fault(PATH, "there are more such answers; they were not looked at"))
        if fault := _refusal(name, known, secret):
            faults.append(fault)
        else:
            kept[name] = item
    return kept, tuple(faults)


def _refusal(name: str, known: Mapping[str, Field], secret: Collection[str]) -> Fault | None:
    if name in secret:
        return Fault(name, f"{name} is a secret, and now others can read it: change it where it is used, never post it")
    if name not in known:
        asked = did_you_mean(name, known) or (f" It asks for {', '.join(known)}." if known else "")
        return Fault(name, f"the template does not ask for {quote(name)}.{asked}")
    return None
