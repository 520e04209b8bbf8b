"""The answer to GraphQL's introspection query becomes a schema. What stands in the wrong place is passed over."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from waypost.apis.graphql_schema import NAMES, ROOTS, Member, Named, Schema, names_shown, union, value, why
from waypost.apis.reference import Field, Kind, Type, Unreadable

_FORMS = {
    "OBJECT": "object",
    "INPUT_OBJECT": "input",
    "INTERFACE": "interface",
    "ENUM": "enum",
    "UNION": "union",
    "SCALAR": "scalar",
}
_STANDARD = frozenset({"skip", "include", "deprecated", "specifiedBy", "oneOf", "defer", "stream"})
_DEEPEST = 20  # lists of lists that must not be null
_LONGEST_DETAIL = 120


def read_schema(text: str) -> Schema:
    """Read `{"data": {"__schema": ...}}`, or what stands inside."""
    schema = _schema(_parsed(text))
    types = {_text(one, "name"): one for one in _nodes(schema, "types") if _text(one, "kind") in _FORMS}
    types = {name: one for name, one in types.items() if not name.startswith("__")}
    if not types:
        raise Unreadable('"__schema" holds no types; give the whole answer to the introspection query')
    roots = {root: _text(_node(schema, f"{root}Type"), "name") for root in ROOTS}
    roots = {root: name for root, name in roots.items() if name} or {
        root: name for root, name in NAMES.items() if name in types
    }
    shown = names_shown(types, roots)
    own = [_text(one, "name") for one in _nodes(schema, "directives") if _text(one, "name") not in _STANDARD]
    notes = (f"Directives of its own, by name only: {', '.join(f'@{name}' for name in own)}.",) if own else ()
    return Schema({name: _named(one, shown) for name, one in types.items()}, roots, _text(schema, "description"), notes)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise Unreadable(f"is no JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError:  # an integer of thousands of digits
        raise Unreadable("holds a number that is too long") from None


def _schema(data: Any) -> Mapping[str, Any]:
    for _ in range(2):
        if isinstance(data, dict) and isinstance(data.get("__schema"), dict):
            found: Mapping[str, Any] = data["__schema"]
            return found
        data = data.get("data") if isinstance(data, dict) else None
    raise Unreadable('is JSON, but holds no "__schema": give the schema, or the answer to the introspection query')


def _named(node: Mapping[str, Any], shown: frozenset[str]) -> Named:
    name, form, said = _text(node, "name"), _FORMS[_text(node, "kind")], _text(node, "description")
    if form == "enum":
        values = (
            value(_text(one, "name"), _text(one, "description"), one.get("isDeprecated") is True, _reason(one))
            for one in _nodes(node, "enumValues")
        )
        return Named(Type(name, form, said, values=tuple(values)))
    if form == "input":
        if node.get("isOneOf") is True:
            said = "\n\n".join(filter(None, (said, "Exactly one of its fields must be given.")))
        return Named(Type(name, form, said, tuple(_taken(one, shown) for one in _nodes(node, "inputFields"))))
    if form == "union":
        members = (_text(one, "name") for one in _nodes(node, "possibleTypes"))
        return Named(Type(name, form, said, kind=union(members, shown)))
    if url := _text(node, "specifiedByURL"):
        said = "\n\n".join(filter(None, (said, f"Specified by {url}")))
    kind = union((_text(one, "name") for one in _nodes(node, "interfaces")), shown, "a kind of")
    fields = tuple(_member(one, shown) for one in _nodes(node, "fields"))
    return Named(Type(name, form, said, kind=kind), fields)


def _member(node: Mapping[str, Any], shown: frozenset[str]) -> Member:
    is_deprecated, details = node.get("isDeprecated") is True, tuple(filter(None, [why(_reason(node))]))
    kind = _kind(node.get("type"), shown)
    field = Field(_text(node, "name"), kind, _text(node, "description"), "", False, is_deprecated, details)
    return Member(field, tuple(_taken(one, shown) for one in _nodes(node, "args")))


def _taken(node: Mapping[str, Any], shown: frozenset[str]) -> Field:
    """An argument, or a field of an input."""
    default, kind = _text(node, "defaultValue"), _kind(node.get("type"), shown)
    details = [f"default {default[:_LONGEST_DETAIL]}"] if default else []
    details += filter(None, [why(_reason(node))])
    is_required, is_deprecated = kind.text.endswith("!") and not default, node.get("isDeprecated") is True
    name, said = _text(node, "name"), _text(node, "description")
    return Field(name, kind, said, "", is_required, is_deprecated, tuple(details))


def _kind(node: Any, shown: frozenset[str]) -> Kind:
    """A type within lists and what must not be null, written as the schema language writes it."""
    before, after = "", ""
    for _ in range(_DEEPEST):
        if not isinstance(node, dict) or node.get("kind") not in ("LIST", "NON_NULL"):
            break
        before, after = (f"{before}[", f"]{after}") if node["kind"] == "LIST" else (before, f"!{after}")
        node = node.get("ofType")
    name = _text(node, "name") if isinstance(node, dict) else ""
    return Kind(f"{before}{name or '?'}{after}", name if name in shown else "")


def _reason(node: Mapping[str, Any]) -> str:
    return _text(node, "deprecationReason") if node.get("isDeprecated") is True else ""


def _nodes(node: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    """The mappings with a name in a list."""
    found = node.get(key)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and _text(one, "name"):
            yield one


def _node(node: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = node.get(key)
    return found if isinstance(found, dict) else {}


def _text(node: Mapping[str, Any], key: str) -> str:
    found = node.get(key)
    return found.strip() if isinstance(found, str) else ""
