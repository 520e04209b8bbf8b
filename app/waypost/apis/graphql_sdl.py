"""GraphQL's own schema language becomes a schema. Executes nothing, and does not ask for a whole or valid schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from graphql.error import GraphQLSyntaxError
from graphql.language import ast, parse, print_ast

from waypost.apis.graphql_schema import NAMES, ROOTS, Member, Named, Schema, names_shown, union, value, why
from waypost.apis.reference import Field, Kind, Type, Unreadable

MOST_TOKENS = 100_000  # GitHub's own public schema has 47,000; each costs some 20 microseconds
_LONGEST_REASON = 200
_LONGEST_DETAIL = 120
_SPECIAL = frozenset({"deprecated", "specifiedBy", "oneOf"})
_FORMS: dict[type[ast.Node], str] = {
    ast.ObjectTypeDefinitionNode: "object",
    ast.ObjectTypeExtensionNode: "object",
    ast.InputObjectTypeDefinitionNode: "input",
    ast.InputObjectTypeExtensionNode: "input",
    ast.InterfaceTypeDefinitionNode: "interface",
    ast.InterfaceTypeExtensionNode: "interface",
    ast.EnumTypeDefinitionNode: "enum",
    ast.EnumTypeExtensionNode: "enum",
    ast.UnionTypeDefinitionNode: "union",
    ast.UnionTypeExtensionNode: "union",
    ast.ScalarTypeDefinitionNode: "scalar",
    ast.ScalarTypeExtensionNode: "scalar",
}


def read_schema(text: str) -> Schema:
    """Read a document of the schema language."""
    definitions = _parsed(text)
    types: dict[str, list[Any]] = {}
    for node in definitions:
        if type(node) in _FORMS:
            types.setdefault(_name(node), []).append(node)
    if not types:
        raise Unreadable("defines no type; give the schema, not queries", 1)
    schemas = [one for one in definitions if isinstance(one, (ast.SchemaDefinitionNode, ast.SchemaExtensionNode))]
    roots = _roots(schemas, types)
    shown = names_shown(types, roots)
    return Schema(
        types={name: _Reader(shown).named(name, nodes) for name, nodes in types.items()},
        roots=roots,
        description=next(filter(None, map(_description, schemas)), ""),
        notes=tuple(_notes(definitions)),
    )


def _parsed(text: str) -> Sequence[ast.DefinitionNode]:
    try:
        return parse(text, no_location=True, max_tokens=MOST_TOKENS).definitions
    except GraphQLSyntaxError as error:
        line = error.locations[0].line if error.locations else 1
        reason = error.message.removeprefix("Syntax Error: ").rstrip(".")
        if "tokens" in reason and "more than" in reason:
            reason = f"more than {MOST_TOKENS:,} words and signs, which are too many to read"
        elif "too deeply" in reason:
            reason = "nested too deeply"
        raise Unreadable(f"{reason[:1].lower()}{reason[1:_LONGEST_REASON]}", line) from None
    except RecursionError:
        raise Unreadable("nested too deeply") from None


def _roots(schemas: Iterable[Any], types: Iterable[str]) -> dict[str, str]:
    """Which type each kind of operation begins with: as the schema says, else by the usual names."""
    said = {one.operation.value: one.type.name.value for node in schemas for one in node.operation_types or ()}
    is_whole = any(isinstance(node, ast.SchemaDefinitionNode) for node in schemas)
    usual = {} if is_whole else {root: NAMES[root] for root in ROOTS if NAMES[root] in types}
    return usual | said


def _notes(definitions: Iterable[ast.DefinitionNode]) -> Iterator[str]:
    directives = [_name(node) for node in definitions if isinstance(node, ast.DirectiveDefinitionNode)]
    if directives:
        yield f"Directives of its own, by name only: {', '.join(f'@{name}' for name in directives)}."
    if queries := sum(isinstance(node, ast.ExecutableDefinitionNode) for node in definitions):
        are = "query or fragment beside the schema is" if queries == 1 else "queries or fragments beside the schema are"
        yield f"{queries:,} {are} not shown."


class _Reader:
    """Reads nodes; knows which types lead somewhere."""

    def __init__(self, shown: frozenset[str]) -> None:
        self.shown = shown

    def named(self, name: str, nodes: Sequence[Any]) -> Named:
        """A type from its definition and its extensions, which may stand before it."""
        form = next(
            (_FORMS[type(node)] for node in nodes if "Definition" in type(node).__name__), _FORMS[type(nodes[0])]
        )
        description = "\n\n".join(filter(None, [*map(_description, nodes), *_about(nodes)]))
        parts: dict[str, Any] = {}
        for part in (part for node in nodes for part in _parts(node)):
            parts.setdefault(part.name.value, part)
        ordered = parts.values()
        if form == "enum":
            values = tuple(value(_name(one), _description(one), *_deprecation(one)) for one in ordered)
            return Named(Type(name, form, description, values=values))
        if form == "input":
            return Named(Type(name, form, description, tuple(map(self.taken, ordered))))
        if form == "union":
            members = (one.name.value for node in nodes for one in getattr(node, "types", None) or ())
            return Named(Type(name, form, description, kind=union(members, self.shown)))
        above = (one.name.value for node in nodes for one in getattr(node, "interfaces", None) or ())
        kind = union(above, self.shown, "a kind of")
        return Named(Type(name, form, description, kind=kind), tuple(map(self.member, ordered)))

    def member(self, node: Any) -> Member:
        is_deprecated, reason = _deprecation(node)
        details = (*filter(None, [why(reason)]), *_applied(node))
        field = Field(_name(node), self.kind(node.type), _description(node), "", False, is_deprecated, details)
        return Member(field, tuple(map(self.taken, getattr(node, "arguments", None) or ())))

    def taken(self, node: Any) -> Field:
        """An argument, or a field of an input."""
        is_deprecated, reason = _deprecation(node)
        default = getattr(node, "default_value", None)
        details = [f"default {_clipped(print_ast(default))}"] if default else []
        details += [*filter(None, [why(reason)]), *_applied(node)]
        is_required = isinstance(node.type, ast.NonNullTypeNode) and default is None
        kind, said = self.kind(node.type), _description(node)
        return Field(_name(node), kind, said, "", is_required, is_deprecated, tuple(details))

    def kind(self, node: ast.TypeNode) -> Kind:
        before, after = "", ""
        while not isinstance(node, ast.NamedTypeNode):
            is_list = isinstance(node, ast.ListTypeNode)
            before, after = (f"{before}[", f"]{after}") if is_list else (before, f"!{after}")
            node = node.type  # type: ignore[attr-defined]
        name = node.name.value
        text = f"{before}{name}{after}"
        return Kind(text, name if name in self.shown else "")


def _about(nodes: Sequence[Any]) -> Iterator[str]:
    for node in nodes:
        for directive in node.directives or ():
            if directive.name.value == "oneOf":
                yield "Exactly one of its fields must be given."
            for argument in directive.arguments or ():
                if directive.name.value == "specifiedBy" and isinstance(argument.value, ast.StringValueNode):
                    yield f"Specified by {argument.value.value}"


def _parts(node: Any) -> Sequence[Any]:
    return getattr(node, "fields", None) or getattr(node, "values", None) or ()


def _deprecation(node: Any) -> tuple[bool, str]:
    for directive in node.directives or ():
        if directive.name.value == "deprecated":
            reasons = (one.value for one in directive.arguments or () if one.name.value == "reason")
            return True, next((one.value for one in reasons if isinstance(one, ast.StringValueNode)), "")
    return False, ""


def _applied(node: Any) -> Iterator[str]:
    """The schema's own directives on a field, as they are written."""
    for directive in node.directives or ():
        if directive.name.value not in _SPECIAL:
            yield _clipped(print_ast(directive))


def _description(node: Any) -> str:
    found = getattr(node, "description", None)
    return found.value.strip() if found else ""


def _name(node: Any) -> str:
    return str(node.name.value)


def _clipped(text: str) -> str:
    line = re.sub(r"\s+", " ", text)
    return line if len(line) <= _LONGEST_DETAIL else f"{line[: _LONGEST_DETAIL - 1]}…"
