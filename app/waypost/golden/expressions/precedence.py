"""How tightly operators bind, and the trees they make. The odd ones are Nunjucks' own: `not`, `//`, `is`."""

from __future__ import annotations

from waypost.golden.expressions import tree
from waypost.golden.expressions.errors import BudgetExceeded

MOST_NESTING = 100  # brackets in brackets, blocks in blocks
# How tightly operators bind. "not" stands before its operand, filters bind tighter than all of these.
AND, NOT, IN, IS, PRODUCT, TIGHTEST = 2, 3, 4, 5, 9, 10
WORD_LEVELS = {"or": 1, "and": AND, "in": IN, "is": IS}
LEVELS = {
    **dict.fromkeys(("==", "===", "!=", "!=="), 6),
    **dict.fromkeys(("<", "<=", ">", ">="), 7),
    **dict.fromkeys(("+", "-", "~"), 8),
    **dict.fromkeys(("*", "/", "//", "%"), PRODUCT),
    "**": TIGHTEST,
}


def joined(left: tree.Node, rest: list[tuple[str, tree.Node]], level: int) -> tree.Node:
    """Make one node of operands and operators of one level."""
    if level <= AND:
        return tree.Logic(left.offset, rest[0][0], [left, *(value for _, value in rest)])
    if level == PRODUCT:
        return _product(left, rest)
    return tree.Chain(left.offset, left, rest)


def _product(left: tree.Node, rest: list[tuple[str, tree.Node]]) -> tree.Node:
    """Apply `*`, `/`, `//` and `%` from the left, but round what `//` divides before `*` and `/` see it."""
    runs = [[("", left)]]
    for sign, value in rest:
        if sign in ("*", "/"):
            runs.append([(sign, value)])
        else:
            runs[-1].append((sign, value))
    first, *others = (part for run in runs for part in _floored(run))
    return tree.Chain(left.offset, first[1], others) if others else first[1]


def _floored(run: list[tuple[str, tree.Node]]) -> list[tuple[str, tree.Node]]:
    """Close what `//` rounds: `a % b // c % d` is floor(a % b / c % d)."""
    (sign, value), *rest = run
    floors = sum(mark == "//" for mark, _ in rest)
    if not floors:
        return run
    if floors > MOST_NESTING:
        raise BudgetExceeded(f'more than {MOST_NESTING} "//" in a row', offset=value.offset)
    pending: list[tuple[str, tree.Node]] = []
    is_open = False
    for mark, operand in rest:
        if mark == "//" and is_open:
            value, pending = _floor(value, pending), []
        is_open = is_open or mark == "//"
        pending.append(("/" if mark == "//" else mark, operand))
    return [(sign, _floor(value, pending))]


def _floor(value: tree.Node, rest: list[tuple[str, tree.Node]]) -> tree.Node:
    return tree.Unary(value.offset, "floor", tree.Chain(value.offset, value, rest))


def negated(value: tree.Node, offset: int) -> tree.Node:
    """Apply `not` to the first operand only, as Backstage does: `not a == b` is `(not a) == b`."""
    if isinstance(value, tree.Chain) and value.rest[0][0] not in ("in", "not in", "**"):
        return tree.Chain(offset, negated(value.first, offset), value.rest)
    return tree.Unary(offset, "not", value)


def test_of(value: tree.Node, right: tree.Node) -> tree.Test:
    """Read what stands after `is` as the name of a test, with its arguments."""
    arguments: tree.Arguments | None = None
    if isinstance(right, tree.Call):
        arguments, named = right.arguments, right.target
    elif isinstance(right, tree.Filter):
        filtered = tree.Arguments([right.value, *right.arguments.positional], right.arguments.keywords)
        return tree.Test(right.offset, value, right.name, filtered)
    else:
        named = right
    name = "undefined"  # what the engine of Backstage takes anything odd for
    if isinstance(named, tree.Name):
        name = named.name
    elif isinstance(named, tree.Literal):
        name = {True: "true", False: "false", None: "null"}.get(named.value, str(named.value))
    return tree.Test(right.offset, value, name, arguments)
