"""Read a whole template: text, expressions and tags (`if`, `for`, `set`, `macro`, `call`, `filter`, `block`, `switch`).

Refuses the tags that load other templates (`include`, `import`, `from`, `extends`): a template reads its own text only.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NoReturn

from waypost.golden.expressions import tree
from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError, did_you_mean, quoted
from waypost.golden.expressions.grammar import MOST_TOKENS, WORDS, Grammar
from waypost.golden.expressions.precedence import MOST_NESTING
from waypost.golden.expressions.scan import CODE_SPACE, PLAIN, Piece, Style, cut
from waypost.golden.expressions.tokens import TOO_LONG, Token, tokens_of

TAGS = ("if", "for", "set", "macro", "call", "filter", "block", "switch", "raw", "verbatim")
_LOADING = ("include", "import", "from", "extends")
_BARE = frozenset({"else", "endif", "endfor", "endmacro", "endcall", "endfilter", "endset", "default", "endswitch"})
_INNER = _BARE | {"elif", "elseif", "case", "endblock"}
_MACRO = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)[ \t\n\r\xa0]*\(", re.ASCII)
# `values.name`: most expressions are such a path, and it needs no grammar.
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)
_MOST_PARTS = 20


def parse_template(source: str, style: Style = PLAIN) -> list[tree.Node]:
    """Return the statements of a template."""
    return _Reader(source, cut(source, style)).template()


def _looked_up(offset: int, parts: list[str]) -> tree.Node:
    value: tree.Node = tree.Name(offset, parts[0])
    at = offset
    for name, part in pairwise(parts):
        at += len(name) + 1
        value = tree.Lookup(at, value, tree.Literal(at, part))
    return value


class _Reader:
    """Walks over the pieces of a template."""

    def __init__(self, source: str, pieces: list[Piece]) -> None:
        self.source = source
        self.pieces = pieces
        self.at = 0
        self.depth = 0
        self.tokens = 0
        self.blocks: set[str] = set()

    def template(self) -> list[tree.Node]:
        body, stop = self._body(frozenset())
        if stop:
            self._unexpected(stop, frozenset())
        return body

    def _body(self, stops: frozenset[str]) -> tuple[list[tree.Node], Piece | None]:
        """Read statements up to one of the tags that may end them."""
        self.depth += 1
        if self.depth > MOST_NESTING:
            raise BudgetExceeded(
                f"tags nested more than {MOST_NESTING} levels deep", offset=self.pieces[self.at - 1].offset
            )
        body: list[tree.Node] = []
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            self.at += 1
            if piece.kind == "text":
                body.append(tree.Text(piece.offset, piece.text))
            elif piece.kind == "variable":
                body.append(tree.Output(piece.offset, self._expression(piece.start, piece.end, piece)))
            elif piece.tag in stops:
                if piece.tag in _BARE and self._rest(piece)[0] < piece.end:
                    self._fail(f"{{% {piece.tag} %}} takes nothing after its name", piece, _ELSE_IF.get(piece.tag, ""))
                self.depth -= 1
                return body, piece
            elif piece.tag in _INNER:
                self._unexpected(piece, stops)
            else:
                body.append(self._statement(piece))
        self.depth -= 1
        return body, None

    def _statement(self, piece: Piece) -> tree.Node:
        read = _STATEMENTS.get(piece.tag)
        if read:
            return read(self, piece)
        if piece.tag in _LOADING:
            self._fail(
                f"{{% {piece.tag} %}} is not available: a template cannot load another one",
                piece,
                "Write the text here, or use a macro.",
            )
        if not piece.tag:
            self._fail("the tag {% %} names nothing to do", piece, f"Use one of {', '.join(TAGS)}.")
        raise ExpressionError(
            f"there is no tag {quoted(piece.tag)}", offset=piece.offset, fix=did_you_mean(piece.tag, TAGS)
        )

    def _if(self, piece: Piece) -> tree.Node:
        branches: list[tuple[tree.Node, list[tree.Node]]] = []
        opened = piece
        while True:
            condition = self._expression(*self._rest(piece), piece)
            body, stop = self._body(frozenset({"elif", "elseif", "else", "endif"}))
            branches.append((condition, body))
            if stop is None:
                self._unclosed(opened)
            if stop.tag == "endif":
                return tree.If(opened.offset, branches, None)
            if stop.tag == "else":
                return tree.If(opened.offset, branches, self._until("endif", opened))
            piece = stop

    def _for(self, piece: Piece) -> tree.Node:
        start, end = self._rest(piece)
        word = self._top_level(start, end, "in", piece)
        if word is None:
            self._fail("{% for %} needs the word in", piece, "Write {% for item in values.list %}.")
        targets = self._grammar(start, word.offset).targets()
        if targets == ["loop"]:
            self._fail('the variable of a loop cannot be named "loop"', piece)
        value = self._expression(word.offset + 2, end, piece)
        body, stop = self._body(frozenset({"else", "endfor"}))
        if stop is None:
            self._unclosed(piece)
        other = self._until("endfor", piece) if stop.tag == "else" else None
        return tree.For(piece.offset, targets, value, body, other)

    def _set(self, piece: Piece) -> tree.Node:
        start, end = self._rest(piece)
        sign = self._top_level(start, end, "=", piece)
        if sign is not None:
            targets = self._grammar(start, sign.offset).targets()
            return tree.Set(piece.offset, targets, self._expression(sign.offset + 1, end, piece), [])
        targets = self._grammar(start, end).targets()
        body = self._until("endset", piece)
        self._refuse_macros(body)
        return tree.Set(piece.offset, targets, None, body)

    def _macro(self, piece: Piece) -> tree.Node:
        start, end = self._rest(piece)
        named = _MACRO.match(self.source, start, end)
        if not named or self.source[end - 1] != ")":
            self._fail("a macro needs a name and brackets", piece, "Write {% macro name(first, second=1) %}.")
        if isinstance(self._expression(named.start(1), named.end(1), piece), tree.Literal):
            self._fail(f"a macro cannot be named {quoted(named[1])}", piece)
        signature = self._grammar(named.end(), end - 1).signature()
        return tree.Macro(piece.offset, named[1], signature, self._until("endmacro", piece))

    def _call(self, piece: Piece) -> tree.Node:
        start, end = self._rest(piece)
        signature = tree.Signature([], [])
        if self.source.startswith("(", start):
            close = self._matching(start, end, piece)
            signature = self._grammar(start + 1, close).signature()
            start = close + 1
        call = self._expression(start, end, piece)
        if not isinstance(call, tree.Call) or not _is_static(call.target):
            self._fail("{% call %} needs the call of a macro", piece, "Write {% call name(arguments) %}.")
        return tree.CallBlock(piece.offset, call, signature, self._until("endcall", piece))

    def _filter(self, piece: Piece) -> tree.Node:
        name, arguments = self._grammar(*self._rest(piece)).filter_call()
        body = self._until("endfilter", piece)
        self._refuse_macros(body)
        return tree.FilterBlock(piece.offset, name, arguments, body)

    def _block(self, piece: Piece) -> tree.Node:
        name = self._expression(*self._rest(piece), piece)
        if not isinstance(name, tree.Name):
            self._fail("a block needs a name", piece, "Write {% block name %}.")
        body, stop = self._body(frozenset({"endblock"}))
        if stop is None:
            self._unclosed(piece)
        start, end = self._rest(stop)
        if start < end and self.source[start:end] != name.name:
            self._fail(f"{{% endblock %}} does not name the block {quoted(name.name)}", stop)
        if name.name in self.blocks:
            self._fail(f"there are two blocks named {quoted(name.name)}", piece)
        self.blocks.add(name.name)
        return tree.Block(piece.offset, name.name, body)

    def _switch(self, piece: Piece) -> tree.Node:
        value = self._expression(*self._rest(piece), piece)
        stops = frozenset({"case", "default", "endswitch"})
        body, stop = self._body(stops)
        if body:
            self._fail(
                "{% switch %} must be followed by {% case %} at once",
                piece,
                "Put nothing between them, or trim the space: {% switch x -%}.",
            )
        cases: list[tuple[tree.Node, list[tree.Node]]] = []
        other: list[tree.Node] | None = None
        while stop and stop.tag == "case":
            condition = self._expression(*self._rest(stop), stop)
            body, stop = self._body(stops)
            cases.append((condition, body))
        if stop and stop.tag == "default":
            other, stop = self._body(frozenset({"endswitch"}))
        if stop is None:
            self._unclosed(piece)
        if not cases and other is None:
            self._fail("{% switch %} has no {% case %}", piece)
        return tree.Switch(piece.offset, value, cases, other)

    def _until(self, tag: str, opened: Piece) -> list[tree.Node]:
        body, stop = self._body(frozenset({tag}))
        if stop is None:
            self._unclosed(opened)
        return body

    def _grammar(self, start: int, end: int) -> Grammar:
        grammar = Grammar(self.source, start, end, MOST_TOKENS - self.tokens)
        self.tokens += len(grammar.tokens)
        return grammar

    def _expression(self, start: int, end: int, piece: Piece) -> tree.Node:
        if path := _PATH.fullmatch(self.source, start, end):
            parts = path[0].split(".")
            if len(parts) <= _MOST_PARTS and WORDS.isdisjoint(parts):
                self._pay(2 * len(parts), piece)
                return _looked_up(start, parts)
        if not self.source[start:end].strip():
            self._fail("the expression is empty", piece)
        return self._grammar(start, end).expression()

    def _rest(self, piece: Piece) -> tuple[int, int]:
        """Where the code after the name of a tag begins and ends."""
        start = piece.start + len(piece.tag)
        while start < piece.end and self.source[start] in " \t\n\r\xa0":
            start += 1
        return start, piece.end

    def _top_level(self, start: int, end: int, wanted: str, piece: Piece) -> Token | None:
        """Find a word or sign outside all brackets."""
        if wanted not in self.source[start:end]:
            return None
        depth = 0
        tokens = tokens_of(self.source, start, end, MOST_TOKENS)
        self._pay(len(tokens), piece)
        for token in tokens:
            if token.kind == "sign" and token.value in "([{":
                depth += 1
            elif token.kind == "sign" and token.value in ")]}":
                depth -= 1
            elif depth == 0 and token.kind in ("name", "sign") and token.value == wanted:
                if wanted == "=" or self._stands_alone(token.offset, start, end):
                    return token
            elif depth == 0 and wanted == "=" and token.kind == "sign" and token.value in ("==", "==="):
                return token  # the first "=" of it; what follows is then no expression
        return None

    def _pay(self, tokens: int, piece: Piece) -> None:
        self.tokens += tokens
        if self.tokens > MOST_TOKENS:
            raise BudgetExceeded(TOO_LONG, offset=piece.offset)

    def _stands_alone(self, offset: int, start: int, end: int) -> bool:
        before, after = self.source[max(start, offset - 1) : offset], self.source[offset + 2 : min(end, offset + 3)]
        return before in CODE_SPACE and after in CODE_SPACE  # an empty text is in every text

    def _matching(self, start: int, end: int, piece: Piece) -> int:
        """Find the bracket that closes the one at `start`."""
        depth = 0
        for token in tokens_of(self.source, start, end, MOST_TOKENS):
            if token.kind == "sign" and token.value in "([{":
                depth += 1
            elif token.kind == "sign" and token.value in ")]}":
                depth -= 1
                if not depth:
                    return token.offset
        raise ExpressionError("the brackets of {% call %} are not closed", offset=piece.offset)

    def _refuse_macros(self, body: list[tree.Node]) -> None:
        for node in tree.statements(body):
            if isinstance(node, tree.Macro):
                raise ExpressionError(
                    "a macro cannot be declared inside a set or filter block",
                    offset=node.offset,
                    fix="Declare it at the top of the file.",
                )

    def _unexpected(self, piece: Piece, stops: frozenset[str]) -> NoReturn:
        wanted = " or ".join(f"{{% {stop} %}}" for stop in sorted(stops))
        self._fail(f"{{% {piece.tag} %}} ends nothing here", piece, f"Expected {wanted}." if wanted else "")

    def _unclosed(self, piece: Piece) -> NoReturn:
        self._fail(f"{{% {piece.tag} %}} has no {{% end{piece.tag} %}}", piece)

    def _fail(self, message: str, piece: Piece, fix: str = "") -> NoReturn:
        raise ExpressionError(message, offset=piece.offset, fix=fix)


_ELSE_IF = {"else": "Write {% elif condition %}."}
_STATEMENTS = {
    "if": _Reader._if,
    "for": _Reader._for,
    "set": _Reader._set,
    "macro": _Reader._macro,
    "call": _Reader._call,
    "filter": _Reader._filter,
    "block": _Reader._block,
    "switch": _Reader._switch,
}


def _is_static(node: tree.Node) -> bool:
    while isinstance(node, tree.Lookup):
        if not isinstance(node.key, tree.Literal):
            return False
        node = node.target
    return isinstance(node, tree.Name)
