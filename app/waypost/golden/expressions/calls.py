"""Calls of functions, macros and the host's filters: what they are given, in which order, and how many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.records import public
from waypost.golden.expressions.scope import Env
from waypost.golden.expressions.values import UNDEFINED, Function

Evaluate = Callable[[Env], Any]


@dataclass(frozen=True, slots=True)
class Given:
    """The compiled arguments of one call."""

    items: Sequence[Evaluate]
    keywords: Sequence[tuple[str, Evaluate]]

    @property
    def count(self) -> int:
        return len(self.items)

    def positional(self, env: Env) -> list[Any]:
        return [item(env) for item in self.items]

    def named(self, env: Env) -> dict[str, Any]:
        return {name: value(env) for name, value in self.keywords}

    def only_positional(self, env: Env, name: str) -> list[Any]:
        """Evaluate them for something that knows no named arguments."""
        if self.keywords:
            raise ExpressionError(f"{name} takes no named arguments", fix=f'Leave out "{self.keywords[0][0]}=".')
        return self.positional(env)


class Macro(Function):
    """A macro or the body of a call, which takes named arguments too."""

    __slots__ = ("invoke",)

    def __init__(self, name: str, invoke: Callable[[list[Any], dict[str, Any]], Any]) -> None:
        super().__init__(name, lambda arguments: invoke(list(arguments), {}), 0, inf)
        self.invoke = invoke


def call_function(function: Function, given: Given, env: Env) -> Any:
    """Call a macro, a method or a built-in function."""
    env.budget.step(4)
    if isinstance(function, Macro):
        return function.invoke(given.positional(env), given.named(env))
    if not function.least <= given.count <= function.most:
        bounds = f"{function.least}" if function.least == function.most else f"{function.least} to {function.most}"
        if function.most == inf:
            bounds = f"at least {function.least}"
        raise ExpressionError(f"{function.name} takes {bounds} arguments, not {given.count}")
    values = given.only_positional(env, function.name)
    refuse_functions(values)
    try:
        return function.call(values)
    except (ValueError, TypeError) as error:
        raise ExpressionError(f"{function.name}: {error}") from None


def refuse_functions(values: Iterable[Any]) -> None:
    """Refuse functions where only values are wanted."""
    for value in values:
        if isinstance(value, Function):
            raise ExpressionError(f"{value.name} is a function, not a value", fix=f"Call it: {value.name}().")


def apply_own(name: str, own: Callable[..., Any], value: Any, given: Sequence[Any], env: Env) -> Any:
    """Apply a filter of the host: it gets and gives plain data."""
    plain = [item if item is UNDEFINED else public(item, env.budget) for item in (value, *given)]
    try:
        return own(*plain)
    except ExpressionError as error:
        error.message = f"the filter {name}: {error.message}"
        raise
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise ExpressionError(f"the filter {name}: {error}") from None


def matched(
    names: Sequence[str], defaults: Sequence[str], given: list[Any], named: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Spread arguments over parameters: too many fill the defaults, missing ones are taken by name."""
    if len(given) > len(names):
        surplus = dict(zip(defaults, given[len(names) :], strict=False))
        return given[: len(names)], {**named, **surplus}
    rest = dict(named)
    missing = [rest.pop(name, UNDEFINED) for name in names[len(given) :]]
    return given + missing, rest
