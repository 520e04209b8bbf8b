"""JSON Schemas as people read them: kinds, fields and types. Validates nothing, and ends on schemas without end.

What stands under a name (`#/components/schemas/Order`) becomes a type, and whatever refers to it leads there. Other
references are written out where they stand. Objects within objects become rows of their own: `address.street`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from waypost.apis.clip import LONGEST_NAME, clip
from waypost.apis.details import details, short
from waypost.apis.reading import DEEPEST, MOST_TYPES, Node, Reading, name_of, shorten, why_not
from waypost.apis.reference import Field, Kind, Type

ANYTHING = Kind("anything")
_INSIDE = 4  # levels of objects within objects that become rows
_ALTERNATIVES = 8
_LONGEST = 300  # characters of a kind: alternatives of alternatives
_OBJECT = ("properties", "additionalProperties", "patternProperties", "required")


class _Property(NamedTuple):
    schema: Any
    place: str
    is_required: bool
    details: tuple[str, ...]


class Schemas:
    """The schemas of one definition."""

    def __init__(self, reading: Reading, container: str) -> None:
        self.reading = reading
        self._container = container
        self._named: dict[str, Any] = {}
        for name, schema in _at(reading, container).items():
            if len(self._named) < MOST_TYPES:
                self._named[str(name)] = schema
            else:
                reading.hide("types")

    def types(self) -> tuple[Type, ...]:
        """Every named schema, in order."""
        place = self._container.strip("#/").replace("/", ".")
        return tuple(self._type(name, schema, shorten(f"{place}.{name}")) for name, schema in self._named.items())

    def kind(self, schema: object, place: str, depth: int = 0) -> Kind:
        """What a value of this schema is."""
        if isinstance(schema, bool) or schema is None:
            return Kind("nothing") if schema is False else ANYTHING
        if not isinstance(schema, dict):
            self.reading.note(f"{shorten(place)}: should be a schema, is {name_of(schema)}.")
            return ANYTHING
        if depth > DEEPEST or not self.reading.may_go_on():
            return Kind("…")
        if isinstance(reference := schema.get("$ref"), str):
            return self._referred(reference, place, depth)
        found = self._combined(schema, place, depth) or self._plain(schema, place, depth)
        if schema.get("nullable") is True or schema.get("x-nullable") is True:
            return _or_null(found)
        return found

    def fields(self, schema: object, place: str) -> tuple[Field, ...]:
        """The fields of a schema that has no name, also of the items of a list of such."""
        return tuple(self._rows(schema, place, "", 0))

    def field(self, name: str, schema: object, where: str, **more: Any) -> Field:
        """One field, parameter or header of this schema."""
        node = schema if isinstance(schema, dict) else {}
        stated = {"is_deprecated": node.get("deprecated") is True, "details": self._details(node), **more}
        stated.setdefault("description", self.reading.text(node.get("description")))
        return Field(name, self.kind(schema, where), **stated)

    def _details(self, node: Node) -> tuple[str, ...]:
        return tuple(said for said in details(node) if self.reading.may_keep(len(said)))

    def _name(self, reference: str) -> str:
        """The name of the type that a reference leads to; "" where it leads to none."""
        head, _, last = reference.rpartition("/")
        name = last.replace("~1", "/").replace("~0", "~")
        return name if head == self._container and name in self._named else ""

    def _referred(self, reference: str, place: str, depth: int) -> Kind:
        if name := self._name(reference):
            return Kind(name, name)
        found = self.reading.find(reference)
        if found is None:
            self.reading.note(f"{shorten(place)}: {why_not(reference)}.")
            return Kind(shorten(reference.rpartition("/")[2] or reference))
        return self.kind(found, place, depth + 1)

    def _combined(self, schema: Node, place: str, depth: int) -> Kind | None:
        """A schema made of others; None when it is not."""
        for key in ("oneOf", "anyOf"):
            if several := self.reading.items(schema.get(key), f"{place}.{key}"):
                return _one_of(self.kind(item, shorten(f"{place}.{key}"), depth + 1) for item in several)
        several = self.reading.items(schema.get("allOf"), f"{place}.allOf")
        if not several:
            return None
        kinds = dict.fromkeys(self.kind(item, shorten(f"{place}.allOf"), depth + 1) for item in several)
        named = [kind for kind in kinds if kind.type]
        others = [kind for kind in kinds if not kind.type and kind not in (ANYTHING, Kind("object"))]
        if not named:
            return others[0] if others else None
        has_more = len(named) + len(others) < len(kinds) or "properties" in schema
        return _joined(named, " and ", " and more" if has_more else "")

    def _plain(self, schema: Node, place: str, depth: int) -> Kind:
        stated = schema.get("type")
        if isinstance(stated, list):
            kinds = [self._single(schema, one, place, depth) for one in stated[:_ALTERNATIVES]]
            return _one_of(kinds)
        return self._single(schema, stated, place, depth)

    def _single(self, schema: Node, stated: object, place: str, depth: int) -> Kind:
        if stated == "array" or (stated is None and "items" in schema):
            return _of("list of", self.kind(schema.get("items"), shorten(f"{place}[]"), depth + 1))
        if stated == "object" or (stated is None and any(key in schema for key in _OBJECT)):
            return self._object(schema, place, depth)
        if not isinstance(stated, str):
            return _guess(schema)
        if isinstance(form := schema.get("format"), str) and form and stated not in ("null", "boolean"):
            return Kind(f"{shorten(stated)} ({shorten(form)})")
        return Kind(shorten(stated))

    def _object(self, schema: Node, place: str, depth: int) -> Kind:
        values = schema.get("additionalProperties")
        if schema.get("properties") or values in (None, False):
            return Kind("object")
        return _of("map of", self.kind(values, shorten(f"{place}.*"), depth + 1))

    def _rows(self, schema: object, place: str, prefix: str, level: int) -> Iterator[Field]:
        """The properties of a schema; after each, those of the object that it holds."""
        while isinstance(schema, dict) and not prefix and "items" in schema and "properties" not in schema:
            schema, place = schema["items"], shorten(f"{place}[]")
        for name, found in self._properties(schema, place, frozenset(), 0).items():
            if not self.reading.may_add_field():
                return
            field = self.field(
                clip(f"{prefix}{name}", LONGEST_NAME), found.schema, found.place, is_required=found.is_required
            )
            yield replace(field, details=(*found.details, *field.details)) if found.details else field
            inner, mark = _inner(found.schema)
            if level < _INSIDE and inner is not None:
                yield from self._rows(inner, found.place, clip(f"{prefix}{name}{mark}.", LONGEST_NAME), level + 1)

    def _properties(self, schema: object, place: str, above: frozenset[str], depth: int) -> dict[str, _Property]:
        """The properties of a schema and of all that it is made of, the later word on each standing."""
        found: dict[str, _Property] = {}
        if not isinstance(schema, dict) or depth > DEEPEST or not self.reading.may_go_on(_cost(schema)):
            return found
        if isinstance(reference := schema.get("$ref"), str):
            if reference in above or (depth == 0 and self._name(reference)):
                return found
            return self._properties(self.reading.find(reference), place, above | {reference}, depth + 1)
        for item in self.reading.items(schema.get("allOf"), f"{place}.allOf"):
            found |= self._properties(item, place, above, depth + 1)
        for key in ("oneOf", "anyOf"):
            for number, item in enumerate(self.reading.items(schema.get(key), f"{place}.{key}"), 1):
                if isinstance(item, dict) and "$ref" not in item:
                    for name, one in self._properties(item, place, above, depth + 1).items():
                        found.setdefault(name, one._replace(is_required=False, details=(f"in alternative {number}",)))
        for name, item in self.reading.node(schema.get("properties"), f"{place}.properties").items():
            found[str(name)] = _Property(item, shorten(f"{place}.{name}"), False, ())
        required = self.reading.items(schema.get("required"), f"{place}.required") if found else ()
        for name in required:
            if isinstance(name, str) and name in found:
                found[name] = found[name]._replace(is_required=True)
        return found

    def _type(self, name: str, schema: object, place: str) -> Type:
        node = schema if isinstance(schema, dict) else {}
        description = self.reading.text(node.get("description")) or self.reading.text(node.get("title"))
        fields = self.fields(schema, place)
        form = _form(node) if fields or "allOf" not in node else "alias"
        kind = None if form == "object" else self.kind(schema, place)
        if form in ("alias", "union") and kind is not None and (said := details(node)):
            kind = Kind(f"{kind.text}, {', '.join(said)}".replace("`", ""), kind.type, kind.also)
        values = self.reading.items(node["enum"], f"{place}.enum") if form == "enum" else ()
        shown = tuple((short(value), "") for value in values)
        return Type(name, form, description, fields, shown, kind, node.get("deprecated") is True)


def _at(reading: Reading, container: str) -> Node:
    found = reading.find(container)
    return reading.node(found, container.strip("#/").replace("/", "."))


def _form(schema: Node) -> str:
    """What the type of this schema is called: see `Type.form`."""
    if any(isinstance(schema.get(key), list) and schema[key] for key in ("oneOf", "anyOf")):
        return "union"
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return "enum"
    if "$ref" in schema or "items" in schema:
        return "alias"
    is_object = any(key in schema for key in ("properties", "allOf")) or schema.get("type") == "object"
    return "object" if is_object and not isinstance(schema.get("additionalProperties"), dict) else "alias"


def _cost(schema: Node) -> int:
    held = schema.get("properties")
    return 1 + (len(held) if isinstance(held, dict) else 0)


def _inner(schema: object) -> tuple[object, str]:
    """The object without a name that a property holds, and how its fields are marked; None where it holds none."""
    mark = ""
    for _ in range(DEEPEST):
        if not isinstance(schema, dict) or "$ref" in schema:
            return None, ""
        if "items" in schema:
            schema, mark = schema["items"], f"{mark}[]"
        elif isinstance(schema.get("additionalProperties"), dict) and not schema.get("properties"):
            schema, mark = schema["additionalProperties"], f"{mark}.*"
        else:
            return schema, mark
    return None, ""


def _guess(schema: Node) -> Kind:
    """What a schema without a type allows, as far as its values tell."""
    choices = schema.get("enum")
    values = choices if isinstance(choices, list) else [schema["const"]] if "const" in schema else []
    names = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
    found = {names.get(type(value).__name__, "") for value in values[:_ALTERNATIVES]}
    return Kind(found.pop()) if len(found) == 1 and "" not in found else ANYTHING


def _of(what: str, inner: Kind) -> Kind:
    inside = f"({inner.text})" if " or " in inner.text or inner.text.startswith("one of") else inner.text
    return Kind(f"{what} {inside}", inner.type, inner.also)


def _or_null(kind: Kind) -> Kind:
    return Kind(f"{kind.text} or null", kind.type, kind.also)


def _one_of(alternatives: Iterable[Kind]) -> Kind:
    kinds = list(dict.fromkeys(alternatives))
    others = [kind for kind in kinds if kind.text != "null"]
    if not others:
        return Kind("null")
    further = len(others) - _ALTERNATIVES
    if len(others) <= 2:
        found = _joined(others, " or ")
    else:
        joined = _joined(others[:_ALTERNATIVES], ", ", f" and {further} more" if further > 0 else "")
        found = Kind(f"one of {joined.text}", joined.type, joined.also)
    return _or_null(found) if len(others) < len(kinds) else found


def _joined(kinds: Sequence[Kind], between: str, end: str = "") -> Kind:
    names = [name for kind in kinds for name in (kind.type, *kind.also) if name]
    text = between.join(kind.text for kind in kinds) + end
    return Kind(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…", names[0] if names else "", tuple(names[1:12]))
