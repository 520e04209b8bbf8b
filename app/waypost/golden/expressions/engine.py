"""Parse, render and evaluate: the one door to expressions as Backstage's scaffolder 4.2 writes them.

Pure: text and values in, text or a value out. Refuses to load other templates, to reach anything but the values it is
given, and to work or write without bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from waypost.golden.expressions import tree
from waypost.golden.expressions.backstage_filters import BACKSTAGE_FILTERS
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_text
from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError
from waypost.golden.expressions.evaluating import compile_expression
from waypost.golden.expressions.functions import builtin_functions
from waypost.golden.expressions.hints import fix_for
from waypost.golden.expressions.list_methods import MUTATING
from waypost.golden.expressions.places import Frame, Place
from waypost.golden.expressions.records import clone, public
from waypost.golden.expressions.rendering import compile_body
from waypost.golden.expressions.scan import PLAIN, Style, is_plain
from waypost.golden.expressions.scope import Env, Run, Scope
from waypost.golden.expressions.statements import parse_template
from waypost.golden.expressions.units import written
from waypost.golden.expressions.values import UNDEFINED, Function

MOST_LETTERS: Final = 4_000_000  # of a template
_MOST_CACHED = 2048
_MOST_KEPT = 200_000  # letters of a template that is kept for the next time
_CHANGING: Final = re.compile(r"\[|" + "|".join(sorted(MUTATING)))  # what a template that changes a list must mention
_NO_FILTERS: Final[Mapping[str, Callable[..., Any]]] = {}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A template that has been read: made once, rendered as often as wanted."""

    source: str
    style: Style
    nodes: tuple[tree.Node, ...]
    program: Callable[[Env], Any] = field(repr=False, compare=False)
    slots: int = 1
    is_sole: bool = False  # nothing but one ${{ }}: it has a value, not only a text
    may_change: bool = False  # it may change lists it was given, so it gets its own


def parse(source: str, style: Style = PLAIN) -> Parsed:
    """Read a template; raise ExpressionError where it cannot be."""
    return _kept(source, style) if len(source) <= _MOST_KEPT else _parsed(source, style)


@lru_cache(maxsize=_MOST_CACHED)
def _kept(source: str, style: Style) -> Parsed:
    return _parsed(source, style)


def _parsed(source: str, style: Style) -> Parsed:
    if is_plain(source, style):
        return Parsed(source, style, (tree.Text(0, source),), lambda env: env.out.append(source))
    if len(source) > MOST_LETTERS:
        raise BudgetExceeded(f"a template of more than {MOST_LETTERS:,} characters")
    try:
        nodes = parse_template(source, style)
        place = Place(Frame(), frozenset(assigned_names(nodes)), style.cookiecutter)
        is_sole = len(nodes) == 1 and isinstance(nodes[0], tree.Output)
        program: Callable[[Env], Any]
        if is_sole and isinstance(nodes[0], tree.Output):
            program = compile_expression(nodes[0].value, place)
        else:
            program = compile_body(nodes, place)
    except ExpressionError as error:
        raise _explained(error, source) from None
    except RecursionError:
        raise BudgetExceeded("the template is nested too deeply").place(source) from None
    return Parsed(source, style, tuple(nodes), program, place.frame.size + 1, is_sole, _may_change(source, nodes))


def render(
    source: str | Parsed,
    context: Mapping[str, Any],
    budget: Budget | None = None,
    filters: Mapping[str, Callable[..., Any]] = _NO_FILTERS,
    functions: Mapping[str, Callable[..., Any]] = _NO_FILTERS,
) -> str:
    """Render a template into text."""
    parsed = parse(source) if isinstance(source, str) else source
    budget = budget or Budget()
    value, pieces = _run(parsed, context, budget, filters, functions)
    if not parsed.is_sole:
        return written("".join(pieces))
    try:
        text = value if type(value) is str else to_text(value, budget)
        budget.emit(len(text))
    except ExpressionError as error:
        raise error.at(parsed.nodes[0].offset).place(parsed.source) from None
    return written(text)


def evaluate(
    source: str | Parsed,
    context: Mapping[str, Any],
    budget: Budget | None = None,
    filters: Mapping[str, Callable[..., Any]] = _NO_FILTERS,
    functions: Mapping[str, Callable[..., Any]] = _NO_FILTERS,
) -> Any:
    """Return the value of a template that is one expression and nothing else; UNDEFINED is possible."""
    parsed = parse(source) if isinstance(source, str) else source
    if not parsed.is_sole:
        raise ExpressionError("the text is not a single expression and has no value")
    budget = budget or Budget()
    value, _ = _run(parsed, context, budget, filters, functions)
    try:
        return public(value, budget)
    except ExpressionError as error:
        raise error.at(parsed.nodes[0].offset).place(parsed.source) from None


def is_sole_expression(source: str | Parsed) -> bool:
    """Say whether a text is one `${{ }}` and nothing else, so that it keeps the type of its value."""
    try:
        return (parse(source) if isinstance(source, str) else source).is_sole
    except ExpressionError:
        return False


def _run(
    parsed: Parsed,
    context: Mapping[str, Any],
    budget: Budget,
    filters: Mapping[str, Callable[..., Any]],
    functions: Mapping[str, Callable[..., Any]],
) -> tuple[Any, list[str]]:
    given = dict(BACKSTAGE_FILTERS)
    given.update(filters)
    known = builtin_functions(budget)
    for name, function in functions.items():
        known[name] = _host_function(name, function)
    pieces: list[str] = []
    try:
        own = clone(dict(context), budget) if parsed.may_change else context
        run = Run(budget, own, given, known)
        slots: list[Any] = [UNDEFINED] * parsed.slots
        return parsed.program(Env(run, Scope(run.exports, isolated=True), slots, pieces)), pieces
    except ExpressionError as error:
        budget.depth_now = 0
        raise _explained(error, parsed.source) from None
    except RecursionError:
        raise BudgetExceeded("the template is nested too deeply").place(parsed.source) from None


def _host_function(name: str, function: Callable[..., Any]) -> Function:
    return Function(name, lambda arguments: function(*arguments), 0, float("inf"))


def _explained(error: ExpressionError, source: str) -> ExpressionError:
    error.place(source)
    if not error.fix and not isinstance(error, BudgetExceeded):
        error.fix = fix_for(source, error.line)
    return error


def assigned_names(nodes: Iterable[tree.Node]) -> set[str]:
    """Collect every name that the template binds somewhere."""
    names = {"loop", "caller"}
    for node in tree.statements(nodes):
        if isinstance(node, (tree.Set, tree.For)):
            names.update(node.targets)
        elif isinstance(node, tree.Macro):
            names.update((node.name, *node.signature.names, *(name for name, _ in node.signature.defaults)))
        elif isinstance(node, tree.CallBlock):
            names.update((*node.signature.names, *(name for name, _ in node.signature.defaults)))
    return names


def _may_change(source: str, nodes: list[tree.Node]) -> bool:
    """Say whether a list may be changed: a method that does is named, or its name comes from a value."""
    if not _CHANGING.search(source):
        return False
    lookups = (node for node in tree.walk(nodes) if isinstance(node, tree.Lookup))
    return any(not isinstance(node.key, tree.Literal) or node.key.value in MUTATING for node in lookups)
