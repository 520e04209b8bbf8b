"""`$text: ./openapi.yaml` and its kin: values that stand in another file of the same repository.

As in Backstage, a mapping with exactly one key, `$` and the name of a resolver, is replaced; any other mapping is left
alone. Paths never leave the repository, and nothing is ever fetched from elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from waypost.catalog.budget import Budget
from waypost.catalog.documents import parse
from waypost.catalog.problems import Severity

# Resolvers that give the file's text. Those of the second row are of Backstage's openapi module; `bundling` puts in
# what a definition refers to in other files.
TEXT = frozenset({"$text"})
DEFINITION = frozenset({"$openapi", "$asyncapi", "$graphql", "$grpc"})
# Resolvers that give the data in the file.
DATA = frozenset({"$json", "$yaml"})
ALL = TEXT | DEFINITION | DATA


def assume(value: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return `value` as if every placeholder had been resolved, and the pointers where its type cannot be known."""
    unknown: list[str] = []
    # A whole document cannot stand elsewhere: its envelope is asked for before placeholders are looked at.
    assumed = {name: _assume(item, f"/{_step(name)}", unknown) for name, item in value.items()}
    return assumed, tuple(unknown)


def _assume(value: Any, pointer: str, unknown: list[str]) -> Any:
    if isinstance(value, list):
        return [_assume(item, f"{pointer}/{number}", unknown) for number, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    resolver, target = placeholder(value)
    if resolver in DATA:
        unknown.append(pointer)
        return value
    if resolver in TEXT or (resolver in DEFINITION and "://" not in target):
        return f"({target})"
    return {name: _assume(item, f"{pointer}/{_step(name)}", unknown) for name, item in value.items()}


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def placeholder(value: Mapping[str, Any]) -> tuple[str, str]:
    """Return the resolver and its target when `value` is a placeholder; otherwise two empty texts."""
    if len(value) == 1:
        [(name, target)] = value.items()
        if name in ALL and isinstance(target, str):
            return name, target
    return "", ""


def needed(value: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield every placeholder below `value`: its JSON pointer, its resolver and its target."""
    for name, item in value.items():
        yield from _needed(item, f"/{_step(name)}")


def _needed(value: Any, pointer: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _needed(item, f"{pointer}/{number}")
    elif isinstance(value, dict):
        resolver, target = placeholder(value)
        if resolver:
            yield pointer, resolver, target
            return
        for name, item in value.items():
            yield from _needed(item, f"{pointer}/{_step(name)}")


def fill(value: Any, contents: Mapping[str, Any], pointer: str = "") -> Any:
    """Return `value` with what stands at the pointers in `contents` put in their place."""
    if pointer in contents:
        return contents[pointer]
    if isinstance(value, list):
        return [fill(item, contents, f"{pointer}/{number}") for number, item in enumerate(value)]
    if isinstance(value, dict):
        return {name: fill(item, contents, f"{pointer}/{_step(name)}") for name, item in value.items()}
    return value


def load(resolver: str, text: str | None, budget: Budget) -> Any:
    """Turn a file's text into the value of a placeholder; raise ValueError, in words, when it does not hold one."""
    if text is None:
        raise ValueError(f"it is not text, or larger than {budget.size:,} bytes")
    if resolver == "$json":
        return _json(text, budget)
    if resolver not in DATA:
        return text
    parsed = parse(text, budget)
    errors = [
        problem
        for problem in (*parsed.problems, *(each for document in parsed.documents for each in document.problems))
        if problem.severity is Severity.ERROR
    ]
    if errors:
        raise ValueError(f"line {errors[0].line}: {errors[0].message}")
    if len(parsed.documents) != 1:
        raise ValueError(f"holds {len(parsed.documents)} YAML documents; there must be one")
    return parsed.documents[0].value


def _json(text: str, budget: Budget) -> Any:
    # Depth first: the decoder recurses.
    depth = deepest = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"?|[][{}]', text, re.DOTALL):
        if bracket in ("[", "{"):
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in ("]", "}"):
            depth -= 1
    if deepest > budget.depth:
        raise ValueError(f"nested deeper than {budget.depth} levels")
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
