"""Read the code of a tag as a syntax tree: the expression language, with Nunjucks' order of operators.

Written by hand instead of bending Jinja2's parser: filters bind tighter than arithmetic here, `not` reaches only to the
first operand of a comparison, `//`, `===`, regular expressions and dictionaries with bare keys differ, and a place is
needed for every error. Nesting is counted, and operators of one level stay flat, so no template can exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from waypost.golden.expressions import tree
from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError, quoted
from waypost.golden.expressions.numbers import number_of
from waypost.golden.expressions.tokens import Token, tokens_of
from waypost.golden.expressions.values import RESERVED

MOST_NESTING = 100  # brackets in brackets, blocks in blocks
MOST_TOKENS = 200_000  # of one template
_LITERALS = {"true": True, "false": False, "none": None, "null": None}
# What is no plain name in an expression.
WORDS = frozenset({*_LITERALS, *RESERVED, "and", "else", "if", "in", "is", "not", "or"})
_EQUALITY = frozenset({"==", "===", "!=", "!=="})
_RELATION = frozenset({"<", "<=", ">", ">="})
_SUM = frozenset({"+", "-", "~"})


class Grammar:
    """Reads `source[start:end]` once, from left to right."""

    def __init__(self, source: str, start: int, end: int, most: int = MOST_TOKENS) -> None:
        self.tokens = tokens_of(source, start, end, most)
        self.at = 0
        self.depth = 0

    def expression(self) -> tree.Node:
        """Read one expression and nothing after it."""
        value = self._choice()
        self._end()
        return value

    def targets(self) -> list[str]:
        """Read the names that `set` and `for` bind."""
        names = []
        while True:
            token = self._name("a name")
            if token.value in _LITERALS:
                self._fail(f"{quoted(token.value)} cannot be given a value", token)
            names.append(token.value)
            if not self._take(","):
                self._end()
                return names

    def signature(self) -> tree.Signature:
        """Read the parameters of a macro, without the brackets around them."""
        if self._peek().kind == "end":
            return tree.Signature([], [])
        arguments = self._listed_arguments()
        self._end()
        names = []
        for node in arguments.positional:
            if not isinstance(node, tree.Name):
                raise ExpressionError("a parameter of a macro is a name", offset=node.offset)
            names.append(node.name)
        return tree.Signature(names, arguments.keywords)

    def filter_call(self) -> tuple[str, tree.Arguments]:
        """Read `name(arguments)` of a filter block."""
        name, _, arguments = self._filter_parts()
        self._end()
        return name, arguments

    def _choice(self) -> tree.Node:
        body = self._or()
        if not self._take_word("if"):
            return body
        condition = self._or()
        other = self._or() if self._take_word("else") else None
        return tree.Choice(body.offset, condition, body, other)

    def _or(self) -> tree.Node:
        first = self._and()
        items = [first]
        while self._take_word("or"):
            items.append(self._and())
        return tree.Logic(first.offset, "or", items) if len(items) > 1 else first

    def _and(self) -> tree.Node:
        first = self._not()
        items = [first]
        while self._take_word("and"):
            items.append(self._not())
        return tree.Logic(first.offset, "and", items) if len(items) > 1 else first

    def _not(self) -> tree.Node:
        offset = self._peek().offset
        count = 0
        while self._take_word("not"):
            count += 1
        value = self._membership()
        if count > MOST_NESTING:
            raise BudgetExceeded(f'more than {MOST_NESTING} "not" in a row', offset=offset)
        for _ in range(count):
            value = _negated(value, offset)
        return value

    def _membership(self) -> tree.Node:
        first = self._test()
        rest = []
        while True:
            if self._word("not") and self._word("in", 1):
                self.at += 2
                rest.append(("not in", self._test()))
            elif self._take_word("in"):
                rest.append(("in", self._test()))
            else:
                return tree.Chain(first.offset, first, rest) if rest else first

    def _test(self) -> tree.Node:
        value = self._equality()
        if not self._take_word("is"):
            return value
        negated = self._take_word("not")
        test = _test_of(value, self._equality())
        return tree.Unary(test.offset, "not", test) if negated else test

    def _equality(self) -> tree.Node:
        first = self._relation()
        if self._peek().value not in _EQUALITY:
            return first
        rest = []
        while (sign := self._take_one(_EQUALITY)) is not None:
            rest.append((sign, self._relation()))
        return tree.Chain(first.offset, first, rest) if rest else first

    def _relation(self) -> tree.Node:
        first = self._sum()
        rest = []
        while (sign := self._take_one(_RELATION)) is not None:
            rest.append((sign, self._sum()))
        return tree.Chain(first.offset, first, rest) if rest else first

    def _sum(self) -> tree.Node:
        first = self._product()
        rest = []
        while (sign := self._take_one(_SUM)) is not None:
            rest.append((sign, self._product()))
        return tree.Chain(first.offset, first, rest) if rest else first

    def _product(self) -> tree.Node:
        """Read `*`, `/`, `//` and `%`: each binds tighter than the one before, yet all are applied from the left.

        Only `//` closes what stands to its left since the last `*` or `/`, because it rounds that.
        """
        parts = self._quotients()
        while self._take("*"):
            _append(parts, "*", self._quotients())
        return _chain(parts)

    def _quotients(self) -> list[tuple[str, tree.Node]]:
        parts = self._floors()
        while self._take("/"):
            _append(parts, "/", self._floors())
        return parts

    def _floors(self) -> list[tuple[str, tree.Node]]:
        parts = self._remainders()
        count = 0
        while self._take("//"):
            count += 1
            if count > MOST_NESTING:
                raise BudgetExceeded(f'more than {MOST_NESTING} "//" in a row', offset=self._peek().offset)
            _append(parts, "/", self._remainders())
            value = _chain(parts)
            parts = [("", tree.Unary(value.offset, "floor", value))]
        return parts

    def _remainders(self) -> list[tuple[str, tree.Node]]:
        parts = [("", self._power())]
        while self._take("%"):
            parts.append(("%", self._power()))
        return parts

    def _power(self) -> tree.Node:
        first = self._filtered()
        rest = []
        while self._take("**"):
            rest.append(("**", self._filtered()))
        return tree.Chain(first.offset, first, rest) if rest else first

    def _filtered(self) -> tree.Node:
        value = self._unary()
        count = 0
        while self._take("|"):
            count += 1
            self._refuse_long(count)
            name, offset, arguments = self._filter_parts()
            value = tree.Filter(offset, name, value, arguments)
        return value

    def _filter_parts(self) -> tuple[str, int, tree.Arguments]:
        first = self._name("the name of a filter")
        segments = [first.value]
        while self._take("."):
            segments.append(self._name("the name of a filter").value)
        arguments = self._arguments() if self._take("(") else tree.Arguments()
        return ".".join(segments), first.offset, arguments

    def _unary(self) -> tree.Node:
        signs: list[Token] = []
        while self._peek().kind == "sign" and self._peek().value in ("-", "+"):
            signs.append(self._next())
            if len(signs) > 1 and signs[-2].value == signs[-1].value:
                self._fail(f"{signs[-1].value} twice in a row", signs[-1], "Put brackets around the number: -(-x).")
            self._refuse_long(len(signs))
        value = self._postfix()
        for sign in reversed(signs):
            value = tree.Unary(sign.offset, sign.value, value)
        return value

    def _postfix(self) -> tree.Node:
        value = self._primary()
        count = 0
        while True:
            token = self._peek()
            if token.kind != "sign" or token.value not in (".", "[", "("):
                return value
            self.at += 1
            count += 1
            self._refuse_long(count)
            if token.value == ".":
                key = self._name("a name after the point")
                value = tree.Lookup(key.offset, value, tree.Literal(key.offset, key.value))
            elif token.value == "[":
                self._enter()
                value = self._subscript(value)
                self.depth -= 1
            else:
                value = tree.Call(value.offset, value, self._arguments())

    def _subscript(self, target: tree.Node) -> tree.Node:
        token = self._peek()
        start = None if token.value in (":", "]") and token.kind == "sign" else self._choice()
        if not self._take(":"):
            if start is None:
                self._fail("the square brackets are empty", token)
            self._expect("]")
            if isinstance(start, tree.Literal) and isinstance(start.value, str):
                _refuse_reserved(start.value, start.offset)
            return tree.Lookup(start.offset, target, start)
        stop = None if self._at_sign(":", "]") else self._choice()
        step = self._choice() if self._take(":") and not self._at_sign("]") else None
        self._expect("]")
        return tree.Slice(token.offset, target, start, stop, step)

    def _primary(self) -> tree.Node:
        token = self._next()
        if token.kind == "name":
            if token.value in _LITERALS:
                return tree.Literal(token.offset, _LITERALS[token.value])
            _refuse_reserved(token.value, token.offset)
            return tree.Name(token.offset, token.value)
        if token.kind == "string":
            return tree.Literal(token.offset, token.value)
        if token.kind == "number":
            return tree.Literal(token.offset, number_of(token.value))
        if token.kind == "regex":
            return tree.RegexLiteral(token.offset, token.value, token.flags)
        if token.kind == "sign" and token.value in ("(", "[", "{"):
            return self._bracketed(token)
        self.at -= 1
        what = "the expression ends too early" if token.kind == "end" else f"unexpected {quoted(token.value)}"
        self._fail(what, token)

    def _bracketed(self, token: Token) -> tree.Node:
        self._enter()
        value: tree.Node
        if token.value == "{":
            value = tree.RecordOf(token.offset, self._pairs())
        elif token.value == "[":
            value = tree.ListOf(token.offset, self._items("]"))
        else:
            items = self._items(")")
            if not items:
                self._fail("the brackets are empty", token)
            value = tree.Group(token.offset, items)
        self.depth -= 1
        return value

    def _items(self, end: str) -> list[tree.Node]:
        if self._take(end):
            return []
        items = [self._choice()]
        while self._take(","):
            items.append(self._choice())
        self._expect(end)
        return items

    def _pairs(self) -> list[tuple[str, tree.Node]]:
        pairs: list[tuple[str, tree.Node]] = []
        if self._take("}"):
            return pairs
        while True:
            key = self._next()
            if key.kind not in ("name", "string") or (key.kind == "name" and key.value in _LITERALS):
                self._fail("a key of an object is a name or a text", key)
            _refuse_reserved(key.value, key.offset)
            self._expect(":")
            pairs.append((key.value, self._choice()))
            if not self._take(","):
                self._expect("}")
                return pairs

    def _arguments(self) -> tree.Arguments:
        """Read the arguments after an opening bracket."""
        self._enter()
        if self._take(")"):
            arguments = tree.Arguments()
        else:
            arguments = self._listed_arguments()
            self._expect(")")
        self.depth -= 1
        return arguments

    def _listed_arguments(self) -> tree.Arguments:
        arguments = tree.Arguments()
        while True:
            token = self._peek()
            if token.kind == "name" and self._peek(1).kind == "sign" and self._peek(1).value == "=":
                _refuse_reserved(token.value, token.offset)
                self.at += 2
                arguments.keywords.append((token.value, self._choice()))
            else:
                arguments.positional.append(self._choice())
            if not self._take(","):
                return arguments

    def _peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def _next(self) -> Token:
        token = self.tokens[min(self.at, len(self.tokens) - 1)]
        self.at += 1
        return token

    def _take(self, sign: str) -> bool:
        token = self._peek()
        if token.kind != "sign" or token.value != sign:
            return False
        self.at += 1
        return True

    def _take_one(self, signs: frozenset[str]) -> str | None:
        token = self._peek()
        if token.kind != "sign" or token.value not in signs:
            return None
        self.at += 1
        return token.value

    def _at_sign(self, *signs: str) -> bool:
        return self._peek().kind == "sign" and self._peek().value in signs

    def _word(self, word: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind == "name" and token.value == word

    def _take_word(self, word: str) -> bool:
        if not self._word(word):
            return False
        self.at += 1
        return True

    def _name(self, what: str) -> Token:
        token = self._next()
        if token.kind != "name":
            self._fail(f"{what} is missing", token)
        _refuse_reserved(token.value, token.offset)
        return token

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            token = self._peek()
            found = "the end" if token.kind == "end" else quoted(token.value)
            self._fail(f'"{sign}" is missing before {found}', token)

    def _end(self) -> None:
        token = self._peek()
        if token.kind != "end":
            self._fail(f"unexpected {quoted(token.value)}", token)

    def _enter(self) -> None:
        self.depth += 1
        self._refuse_long(self.depth)

    def _refuse_long(self, count: int) -> None:
        if count > MOST_NESTING:
            raise BudgetExceeded(f"nested more than {MOST_NESTING} levels deep", offset=self._peek().offset)

    def _fail(self, message: str, token: Token, fix: str = "") -> NoReturn:
        raise ExpressionError(message, offset=token.offset, fix=fix)


def _refuse_reserved(name: str, offset: int) -> None:
    if name in RESERVED:
        raise ExpressionError(f"the name {quoted(name)} is reserved", offset=offset)


def _append(parts: list[tuple[str, tree.Node]], sign: str, more: Sequence[tuple[str, tree.Node]]) -> None:
    parts.append((sign, more[0][1]))
    parts.extend(more[1:])


def _chain(parts: list[tuple[str, tree.Node]]) -> tree.Node:
    first = parts[0][1]
    return tree.Chain(first.offset, first, parts[1:]) if len(parts) > 1 else first


def _negated(value: tree.Node, offset: int) -> tree.Node:
    """Apply `not` to the first operand only, as Backstage does: `not a == b` is `(not a) == b`."""
    if isinstance(value, tree.Chain) and value.rest[0][0] not in ("in", "not in", "**"):
        return tree.Chain(offset, _negated(value.first, offset), value.rest)
    return tree.Unary(offset, "not", value)


def _test_of(value: tree.Node, right: tree.Node) -> tree.Test:
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
