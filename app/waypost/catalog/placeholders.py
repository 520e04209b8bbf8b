"""`$text: ./openapi.yaml` and its kin: values that stand in another file of the same repository.

As in Backstage, a mapping with exactly one key, `$` and the name of a resolver, is replaced; any other mapping is left
alone. Paths never leave the repository, and nothing is ever fetched from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Resolvers that give the file's text. The second row are those of Backstage's openapi module: it bundles the references
# of a definition into one document; here the definition is taken as it stands.
TEXT = frozenset({"$text"})
DEFINITION = frozenset({"$openapi", "$asyncapi", "$graphql", "$grpc"})
# Resolvers that give the data in the file.
DATA = frozenset({"$json", "$yaml"})
ALL = TEXT | DEFINITION | DATA


def assume(value: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return `value` as if every placeholder had been resolved, and the pointers where its type cannot be known."""
    unknown: list[str] = []
    assumed: Mapping[str, Any] = _assume(value, "", unknown)
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
    return {
        name: _assume(item, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", unknown)
        for name, item in value.items()
    }


def placeholder(value: Mapping[str, Any]) -> tuple[str, str]:
    """Return the resolver and its target when `value` is a placeholder; otherwise two empty texts."""
    if len(value) == 1:
        [(name, target)] = value.items()
        if name in ALL and isinstance(target, str):
            return name, target
    return "", ""
