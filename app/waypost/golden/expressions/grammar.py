"""Read the code of a tag as a syntax tree: the expression language, with Nunjucks' order of operators.

Written by hand instead of bending Jinja2's parser: filters bind tighter than arithmetic here, `not` reaches only to the
first operand of a comparison, `//`, `===`, regular expressions and dictionaries with bare keys differ, and a place is
needed for every error. Nesting is counted, and operators of one level stay flat, so no template can exhaust the stack.
"""

from __future__ import annotations

from typing import NoReturn

from waypost.golden.expressions import tree
from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError, quoted
from waypost.golden.expressions.numbers import number_of
from waypost.golden.expressions.precedence import (
    IN,
    IS,
    LEVELS,
    MOST_NESTING,
    NOT,
    TIGHTEST,
    WORD_LEVELS,
    joined,
    negated,
    test_of,
)
from waypost.golden.expressions.tokens import Token, tokens_of
from waypost.golden.expressions.values import RESERVED

MOST_TOKENS = 100_000  # of one template
_LITERALS = {"true": True, "false": False, "none": None, "null": None}
# What is no plain name in an expression.
WORDS = frozenset({*_LITERALS, *RESERVED, "and", "else", "if", "in", "is", "not", "or"})


class Grammar:
    """Reads `source[start:end]` once, from left to right."""

    def __init__(self, source: str, start: int, end: int, most: int = MOST_TOKENS) -> None:
        tokens = tokens_of(source, start, end, most)
        self.tokens = [*tokens, tokens[-1], tokens[-1]]  # so that looking ahead needs no check
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
        body = self._binary(1)
        if not self._take_word("if"):
            return body
        condition = self._binary(1)
        other = self._binary(1) if self._take_word("else") else None
        return tree.Choice(body.offset, condition, body, other)

    def _binary(self, least: int) -> tree.Node:
        """Read operands joined by operators that bind at least so tightly; equal ones make one flat chain."""
        is_negated = least <= NOT and self._word("not")
        left = self._negation() if is_negated else self._filtered()
        most = NOT if is_negated else TIGHTEST  # what binds tighter has been read already, or comes twice
        while True:
            level = self._level()
            if not least <= level <= most:
                return left
            most = level
            if level == IS:
                self.at += 1
                negated = self._take_word("not")
                left = test_of(left, self._binary(IS + 1))
                left = tree.Unary(left.offset, "not", left) if negated else left
                most = IS - 1
                continue
            rest = []
            while self._level() == level:
                sign = self._operator()
                rest.append((sign, self._binary(level + 1)))
            left = joined(left, rest, level)

    def _negation(self) -> tree.Node:
        offset = self._peek().offset
        count = 0
        while self._take_word("not"):
            count += 1
            self._refuse_long(count)
        value = self._binary(NOT + 1)
        for _ in range(count):
            value = negated(value, offset)
        return value

    def _level(self) -> int:
        """How tightly the next operator binds; 0 when there is none."""
        token = self._peek()
        if token.kind == "sign":
            return LEVELS.get(token.value, 0)
        if token.kind != "name":
            return 0
        if token.value == "not" and self._word("in", 1):
            return IN
        return WORD_LEVELS.get(token.value, 0)

    def _operator(self) -> str:
        token = self._next()
        if token.value == "not":
            self.at += 1
            return "not in"
        return token.value

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
        raise ExpressionError(what, offset=token.offset)

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
        return self.tokens[self.at + ahead]

    def _next(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def _take(self, sign: str) -> bool:
        token = self._peek()
        if token.kind != "sign" or token.value != sign:
            return False
        self.at += 1
        return True

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
