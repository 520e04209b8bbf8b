"""Arguments of calls and filters: evaluated in the order JavaScript would, counted before they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from waypost.golden.expressions import tree
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.places import Place
from waypost.golden.expressions.scope import Env
from waypost.golden.expressions.values import Function

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


def compile_arguments(arguments: tree.Arguments, place: Place) -> Given:
    """Compile what stands between the brackets."""
    from waypost.golden.expressions.evaluating import compile_expression

    return Given(
        [compile_expression(item, place) for item in arguments.positional],
        [(name, compile_expression(value, place)) for name, value in arguments.keywords],
    )


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
