"""Turn expressions into functions of the place they run in. Never makes Python code, never touches a Python attribute.

Each node becomes one closure `f(env)`. Work is paid for by the statement around it (`cost`), because the size of an
expression is known before it runs; only what grows with the data is counted while it happens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from waypost.golden.expressions import coercion, numbers, tree
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.calls import Given, apply_own, call_function, refuse_functions
from waypost.golden.expressions.cookiecutter import CONSTANTS, cookiecutter_member
from waypost.golden.expressions.counterparts import FOR_FILTERS, FOR_METHODS
from waypost.golden.expressions.errors import ExpressionError, did_you_mean, quoted
from waypost.golden.expressions.filters import FILTERS, placed
from waypost.golden.expressions.operators import OPERATORS
from waypost.golden.expressions.places import Place
from waypost.golden.expressions.properties import member
from waypost.golden.expressions.regexes import Regex
from waypost.golden.expressions.scope import Env
from waypost.golden.expressions.slices import slice_of
from waypost.golden.expressions.tests import TESTS
from waypost.golden.expressions.values import UNDEFINED, Function, is_truthy, kind

Evaluate = Callable[[Env], Any]


def compile_expression(node: tree.Node, place: Place) -> Evaluate:
    """Return the function that evaluates a node at a place."""
    return _COMPILERS[type(node)](node, place)


def cost(node: tree.Node) -> int:
    """Count the nodes: what evaluating it once may cost at most, its calls aside."""
    return sum(1 for _ in tree.walk([node]))


def compile_arguments(arguments: tree.Arguments, place: Place) -> Given:
    """Compile what stands between the brackets."""
    return Given(
        [compile_expression(item, place) for item in arguments.positional],
        [(name, compile_expression(value, place)) for name, value in arguments.keywords],
    )


def _literal(node: tree.Literal, place: Place) -> Evaluate:
    value = node.value
    return lambda env: value


def _regex(node: tree.RegexLiteral, place: Place) -> Evaluate:
    return lambda env: Regex(node.source, node.flags)


def _name(node: tree.Name, place: Place) -> Evaluate:
    read = place.reader(node.name)
    if place.cookiecutter and node.name in CONSTANTS:
        constant = CONSTANTS[node.name]

        def constant_or_own(env: Env) -> Any:
            value = read(env)
            return constant if value is UNDEFINED else value

        return constant_or_own
    return read


def _group(node: tree.Group, place: Place) -> Evaluate:
    items = [compile_expression(item, place) for item in node.items]
    if len(items) == 1:
        return items[0]
    return lambda env: [item(env) for item in items][-1]


def _list(node: tree.ListOf, place: Place) -> Evaluate:
    items = [compile_expression(item, place) for item in node.items]
    return lambda env: [item(env) for item in items]


def _record(node: tree.RecordOf, place: Place) -> Evaluate:
    pairs = [(key, compile_expression(value, place)) for key, value in node.pairs]
    return lambda env: {key: value(env) for key, value in pairs}


def _lookup(node: tree.Lookup, place: Place) -> Evaluate:
    target = compile_expression(node.target, place)
    read = cookiecutter_member if place.cookiecutter else member
    if isinstance(node.key, tree.Literal):
        key = coercion.to_string(node.key.value, Budget())

        def by_name(env: Env) -> Any:
            value = target(env)
            if type(value) is dict:
                found = value.get(key, UNDEFINED)
                if found is not UNDEFINED:
                    return found
            return read(value, key, env.budget)

        return by_name
    by = compile_expression(node.key, place)

    def by_value(env: Env) -> Any:
        value = target(env)
        index = by(env)
        if type(index) is int and type(value) is list:
            return value[index] if 0 <= index < len(value) else UNDEFINED
        return read(value, coercion.property_key(index, env.budget), env.budget)

    return by_value


def _slice(node: tree.Slice, place: Place) -> Evaluate:
    target = compile_expression(node.target, place)
    bounds = [
        compile_expression(bound or tree.Literal(node.offset, default), place)
        for bound, default in ((node.start, None), (node.stop, None), (node.step, 1))
    ]

    def cut(env: Env) -> Any:
        value = target(env)
        start, stop, step = (bound(env) for bound in bounds)
        return slice_of(value, start, stop, step, env.budget)

    return _placed(cut, node.offset)


def _choice(node: tree.Choice, place: Place) -> Evaluate:
    condition, body = compile_expression(node.condition, place), compile_expression(node.body, place)
    other = compile_expression(node.other, place) if node.other else lambda env: ""
    return lambda env: body(env) if is_truthy(condition(env)) else other(env)


def _logic(node: tree.Logic, place: Place) -> Evaluate:
    items = [compile_expression(item, place) for item in node.items]
    wanted = node.word == "or"

    def decide(env: Env) -> Any:
        value = None
        for item in items:
            value = item(env)
            if is_truthy(value) is wanted:
                return value
        return value

    return decide


def _unary(node: tree.Unary, place: Place) -> Evaluate:
    value = compile_expression(node.value, place)
    if node.sign == "not":
        return lambda env: not is_truthy(value(env))
    change = {"-": numbers.negate, "+": _unchanged, "floor": numbers.floor}[node.sign]
    return _placed(lambda env: change(coercion.to_number(value(env), env.budget)), node.offset)


def _unchanged(value: numbers.Number) -> numbers.Number:
    return value


def _chain(node: tree.Chain, place: Place) -> Evaluate:
    first = compile_expression(node.first, place)
    rest = [(OPERATORS[sign], compile_expression(value, place)) for sign, value in node.rest]

    def apply(env: Env) -> Any:
        value = first(env)
        for operator, operand in rest:
            value = operator(value, operand(env), env.budget)
        return value

    return _placed(apply, node.offset)


_OF_FUNCTIONS: Final = frozenset({"callable", "eq", "equalto", "sameas", "ne"})


def _test(node: tree.Test, place: Place) -> Evaluate:
    value, test = compile_expression(node.value, place), TESTS.get(node.name)
    given = compile_arguments(node.arguments, place) if node.arguments else None

    def judge(env: Env) -> bool:
        if not test:
            raise ExpressionError(f"there is no test {quoted(node.name)}", fix=did_you_mean(node.name, TESTS))
        if (given.count if given else 0) != test.arguments or (given and given.keywords):
            raise ExpressionError(
                f"the test {quoted(node.name)} takes {test.arguments} arguments",
                fix=f"Write: is {node.name}" + ("(value)." if test.arguments else "."),
            )
        subject = value(env)
        values = given.positional(env) if given else []
        if node.name not in _OF_FUNCTIONS:
            refuse_functions([subject, *values])
        return test.judge(subject, values, env.budget)

    return _placed(judge, node.offset)


def _filter(node: tree.Filter, place: Place) -> Evaluate:
    value = compile_expression(node.value, place)
    return compile_filter(node.name, value, node.arguments, node.offset, place)


def compile_filter(name: str, value: Evaluate, arguments: tree.Arguments, offset: int, place: Place) -> Evaluate:
    """Return the function that applies a filter; which filters exist is known only when it runs."""
    given = compile_arguments(arguments, place)
    builtin_name = "dump" if place.cookiecutter and name == "jsonify" else name
    builtin = FILTERS.get(builtin_name)

    def apply(env: Env) -> Any:
        own = env.run.filters.get(name)
        if own is not None:
            return apply_own(name, own, value(env), given.only_positional(env, name), env)
        if builtin is None:
            known = [*FILTERS, *env.run.filters]
            raise ExpressionError(
                f"there is no filter {quoted(name)}", fix=FOR_FILTERS.get(name) or did_you_mean(name, known)
            )
        subject = value(env)
        positional, keywords = given.positional(env), given.named(env)
        refuse_functions([subject, *positional, *keywords.values()])
        env.budget.step(2)
        if isinstance(subject, str):
            env.budget.read(len(subject))
        try:
            return builtin(subject, placed(builtin_name, positional, keywords), env.budget)
        except ExpressionError as error:
            if error.offset < 0:
                error.message = f"the filter {name}: {error.message}"
            raise

    return _placed(apply, offset)


def _call(node: tree.Call, place: Place) -> Evaluate:
    target, given = compile_expression(node.target, place), compile_arguments(node.arguments, place)
    path = _path(node.target)

    def call(env: Env) -> Any:
        function = target(env)
        if not isinstance(function, Function):
            shown = quoted(path) if path else "this"
            raise ExpressionError(
                f"{shown} is {kind(function)} and cannot be called", fix=FOR_METHODS.get(path.rpartition(".")[2], "")
            )
        return call_function(function, given, env)

    return _placed(call, node.offset)


def _path(node: tree.Node) -> str:
    """Write `a.b.c` of a chain of names, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, tree.Lookup) and isinstance(node.key, tree.Literal) and isinstance(node.key.value, str):
        parts.append(node.key.value)
        node = node.target
    return ".".join([node.name, *reversed(parts)]) if isinstance(node, tree.Name) else ""


def _placed(evaluate: Evaluate, offset: int) -> Evaluate:
    """Remember for an error where it happened."""

    def run(env: Env) -> Any:
        try:
            return evaluate(env)
        except ExpressionError as error:
            error.at(offset)
            raise

    return run


_COMPILERS: Final[dict[type, Callable[[Any, Place], Evaluate]]] = {
    tree.Literal: _literal,
    tree.RegexLiteral: _regex,
    tree.Name: _name,
    tree.Group: _group,
    tree.ListOf: _list,
    tree.RecordOf: _record,
    tree.Lookup: _lookup,
    tree.Slice: _slice,
    tree.Choice: _choice,
    tree.Logic: _logic,
    tree.Unary: _unary,
    tree.Chain: _chain,
    tree.Test: _test,
    tree.Filter: _filter,
    tree.Call: _call,
}
