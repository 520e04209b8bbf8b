"""Turn statements into functions that write text: output, if, for, set, macro, call, filter, block, switch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from waypost.golden.expressions import tree
from waypost.golden.expressions.calls import Macro, matched
from waypost.golden.expressions.coercion import is_same, to_number, to_text
from waypost.golden.expressions.errors import ExpressionError
from waypost.golden.expressions.evaluating import compile_arguments, compile_expression, compile_filter, cost
from waypost.golden.expressions.iteration import bind_parts, iterated, loop_record
from waypost.golden.expressions.places import Place
from waypost.golden.expressions.scope import Env, Scope
from waypost.golden.expressions.values import UNDEFINED, Safe, is_truthy

Write = Callable[[Env], None]


def compile_body(nodes: Sequence[tree.Node], place: Place) -> Write:
    """Return the function that renders statements one after the other, paying for all of them at once."""
    statements = [_COMPILERS[type(node)](node, place) for node in nodes]
    price = 1 + sum(_own_cost(node) for node in nodes)
    if len(statements) == 1:
        only = statements[0]

        def write_one(env: Env) -> None:
            env.budget.step(price)
            only(env)

        return write_one

    def write(env: Env) -> None:
        env.budget.step(price)
        for statement in statements:
            statement(env)

    return write


def _own_cost(node: tree.Node) -> int:
    """Count what a statement evaluates itself; bodies pay for themselves."""
    match node:
        case tree.Output() | tree.Switch() | tree.For():
            return cost(node.value)
        case tree.If():
            return sum(cost(condition) for condition, _ in node.branches)
        case tree.Set():
            return 1 + (cost(node.value) if node.value else 0)
        case tree.CallBlock():
            return cost(node.call)
        case tree.FilterBlock():
            return 1 + sum(cost(value) for value in node.arguments.positional)
        case _:
            return 1


def _text(node: tree.Text, place: Place) -> Write:
    text, letters = node.text, len(node.text)

    def write(env: Env) -> None:
        env.budget.emit(letters)
        env.out.append(text)

    return write


def _output(node: tree.Output, place: Place) -> Write:
    value, offset = compile_expression(node.value, place), node.value.offset

    def write(env: Env) -> None:
        found = value(env)
        if type(found) is not str:
            try:
                found = to_text(found, env.budget)
            except ExpressionError as error:
                error.at(offset)
                raise
        env.budget.emit(len(found))
        env.out.append(found)

    return write


def _if(node: tree.If, place: Place) -> Write:
    branches = [(compile_expression(test, place), compile_body(body, place)) for test, body in node.branches]
    other = compile_body(node.other, place) if node.other is not None else None

    def write(env: Env) -> None:
        for condition, body in branches:
            if is_truthy(condition(env)):
                body(env)
                return
        if other:
            other(env)

    return write


def _for(node: tree.For, place: Place) -> Write:
    value = compile_expression(node.value, place)
    length_slot = place.anonymous()
    region = place.region()
    slots = [region.bind(name) for name in node.targets]
    body = compile_body(node.body, region)
    other = compile_body(node.other, region) if node.other is not None else None
    targets, offset = node.targets, node.offset

    def write(env: Env) -> None:
        container = value(env)
        is_array, length, items = iterated(container, len(targets), env)
        inner = Env(env.run, Scope(env.scope), env.slots, env.out)
        names, stored = inner.scope.names, env.slots
        if is_truthy(container):
            stored[length_slot] = length
        # A loop over nothing keeps the length of its run before, as in Backstage: it decides about {% else %}.
        length = stored[length_slot]
        count = to_number(length, env.budget)
        for index, item in enumerate(items):
            if len(slots) == 1:
                stored[slots[0]] = names[targets[0]] = item
            else:
                bind_parts(item, slots, targets, is_array, inner, offset)
            names["loop"] = loop_record(index, length, count)
            env.budget.step(3)
            body(inner)
        if other and not is_truthy(length):
            other(inner)

    return write


def _set(node: tree.Set, place: Place) -> Write:
    value = compile_expression(node.value, place) if node.value else _captured(node.body, place)
    writers = [place.writer(name) for name in node.targets]

    def write(env: Env) -> None:
        found = value(env)
        for assign in writers:
            assign(env, found)

    return write


def _captured(nodes: Sequence[tree.Node], place: Place, inside: bool = False) -> Callable[[Env], str]:
    """Render statements into a text instead of the output; `inside` gives them a scope of their own."""
    body = compile_body(nodes, place)

    def capture(env: Env) -> str:
        pieces: list[str] = []
        scope = Scope(env.scope) if inside else env.scope
        body(Env(env.run, scope, env.slots, pieces))
        env.budget.make(sum(map(len, pieces)))
        return "".join(pieces)

    return capture


def _macro(node: tree.Macro, place: Place) -> Write:
    slot, exports, name = place.bind(node.name), place.exports_macros, node.name
    invoke = _compile_callable(node.signature, node.body, place.macro())

    def write(env: Env) -> None:
        run = env.run
        macro = Macro(name, lambda given, named: invoke(Env(run, run.exports, [None], []), given, named))
        env.slots[slot] = macro
        if exports:
            run.exports.names[name] = macro

    return write


Invoke = Callable[[Env, list[Any], dict[str, Any]], Safe]


def _compile_callable(signature: tree.Signature, nodes: Sequence[tree.Node], place: Place) -> Invoke:
    """Return what runs a macro: the environment around it, positional and named arguments."""
    names = signature.names
    slots = {name: place.bind(name) for name in dict.fromkeys(names)}
    defaults = [(name, compile_expression(value, place)) for name, value in signature.defaults]
    body = compile_body(nodes, place)
    frame = place.frame
    takes_caller = "caller" in names or any(name == "caller" for name, _ in defaults)

    def invoke(around: Env, given: list[Any], named: dict[str, Any]) -> Safe:
        budget = around.budget
        budget.enter()
        budget.step(12)
        local = Env(around.run, Scope(around.scope, isolated=True), [around.slots, *[UNDEFINED] * frame.size], [])
        given, named = matched(names, [name for name, _ in defaults], given, named)
        for name, value in zip(names, given, strict=False):
            local.scope.names[name] = local.slots[slots[name]] = value
        for name, default in defaults:
            local.scope.names[name] = named[name] if name in named else default(local)
        if not takes_caller and "caller" in named:
            local.scope.names["caller"] = named["caller"]
        body(local)
        budget.make(sum(map(len, local.out)))
        budget.leave()
        return Safe("".join(local.out))

    return invoke


def _call_block(node: tree.CallBlock, place: Place) -> Write:
    target = compile_expression(node.call.target, place)
    given = compile_arguments(node.call.arguments, place)
    invoke = _compile_callable(node.signature, node.body, place.caller())
    offset = node.offset

    def write(env: Env) -> None:
        macro = target(env)
        if not isinstance(macro, Macro):
            raise ExpressionError("{% call %} needs a macro", offset=offset, fix="Declare it above with {% macro %}.")
        around = Env(env.run, env.scope, env.slots, env.out)
        caller = Macro("caller", lambda positional, named: invoke(around, positional, named))
        text = macro.invoke(given.positional(env), {**given.named(env), "caller": caller}).value
        env.budget.emit(len(text))
        env.out.append(text)

    return write


def _filter_block(node: tree.FilterBlock, place: Place) -> Write:
    body = _captured(node.body, place, inside=True)
    value = compile_filter(node.name, body, node.arguments, node.offset, place)

    def write(env: Env) -> None:
        text = to_text(value(env), env.budget)
        env.budget.emit(len(text))
        env.out.append(text)

    return write


def _block(node: tree.Block, place: Place) -> Write:
    inner = place.macro()
    body = compile_body(node.body, inner)
    frame = inner.frame

    def write(env: Env) -> None:
        body(Env(env.run, Scope(env.scope, isolated=True), [None, *[UNDEFINED] * frame.size], env.out))

    return write


def _switch(node: tree.Switch, place: Place) -> Write:
    value = compile_expression(node.value, place)
    cases = [
        (compile_expression(condition, place), compile_body(body, place) if body else None)
        for condition, body in node.cases
    ]
    other = compile_body(node.other, place) if node.other is not None else None

    def write(env: Env) -> None:
        subject = value(env)
        is_matched = False
        for condition, body in cases:
            is_matched = is_matched or is_same(subject, condition(env), env.budget)
            if is_matched and body:  # an empty case falls through to the next one
                body(env)
                return
        if other:
            other(env)

    return write


_COMPILERS: Final[dict[type, Callable[[Any, Place], Write]]] = {
    tree.Text: _text,
    tree.Output: _output,
    tree.If: _if,
    tree.For: _for,
    tree.Set: _set,
    tree.Macro: _macro,
    tree.CallBlock: _call_block,
    tree.FilterBlock: _filter_block,
    tree.Block: _block,
    tree.Switch: _switch,
}
