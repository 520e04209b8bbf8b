"""A JSON Schema says in words what it allows; its fields and types are those that a reader looks for."""

from __future__ import annotations

import pytest

from unit.apis.documents import document
from waypost.apis.openapi import read_openapi
from waypost.apis.reading import MOST_FIELDS, MOST_TYPES

A, B = {"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}
TWENTY = ", ".join(f"`{number}`" for number in range(20))
INLINE = {"type": "object", "properties": {"x": {"type": "string"}}}


def types(**schemas):
    return {one.name: one for one in read_openapi(document(schemas=schemas)).types}


def field(schema):
    """The field of an object that has this one property."""
    return types(Holder={"type": "object", "properties": {"x": schema}}, A={}, B={})["Holder"].fields[0]


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        pytest.param({"type": "string"}, "string", id="plain"),
        pytest.param({"type": "string", "format": "date-time"}, "string (date-time)", id="format"),
        pytest.param({"type": "string", "nullable": True}, "string or null", id="nullable as in 3.0"),
        pytest.param({"type": ["string", "null"]}, "string or null", id="nullable as in 3.1"),
        pytest.param({"type": ["string", "null"], "format": "date"}, "string (date) or null", id="format or null"),
        pytest.param({"type": ["string", "integer"]}, "string or integer", id="two types"),
        pytest.param({"type": "array", "items": {"type": "string"}}, "list of string", id="list"),
        pytest.param({"type": "array", "items": {"oneOf": [A, B]}}, "list of (A or B)", id="list of alternatives"),
        pytest.param({"type": "array"}, "list of anything", id="list without items"),
        pytest.param({"additionalProperties": A}, "map of A", id="map"),
        pytest.param({"type": "object", "additionalProperties": True}, "map of anything", id="map of anything"),
        pytest.param({"type": "object"}, "object", id="object"),
        pytest.param(A, "A", id="reference"),
        pytest.param({"allOf": [A], "nullable": True}, "A or null", id="reference with a wrapper"),
        pytest.param({"allOf": [A, B]}, "A and B", id="all of two"),
        pytest.param({"allOf": [A, INLINE]}, "A and more", id="all of a type and an object"),
        pytest.param({"anyOf": [A, {"type": "null"}]}, "A or null", id="any of with null"),
        pytest.param({"oneOf": [A, B, {"type": "string"}]}, "one of A, B, string", id="one of three"),
        pytest.param({"enum": [1, 2]}, "integer", id="type of the choices"),
        pytest.param({"const": "x"}, "string", id="type of the constant"),
        pytest.param(True, "anything", id="true"),
        pytest.param(False, "nothing", id="false"),
        pytest.param({}, "anything", id="empty"),
    ],
)
def test_kind_is_named_in_words(schema, text):
    assert field(schema).kind.text == text


def test_kind_leads_to_every_type_that_it_names():
    kind = field({"oneOf": [A, B]}).kind
    assert (kind.type, kind.also) == ("A", ("B",))


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        pytest.param({"enum": ["new", "paid"]}, "one of `new`, `paid`", id="choices"),
        pytest.param({"enum": ["new"]}, "always `new`", id="one choice"),
        pytest.param(
            {"enum": list(range(30))}, f"one of {', '.join(f'`{one}`' for one in range(20))} and 10 more", id="many"
        ),
        pytest.param({"const": True}, "always `true`", id="constant"),
        pytest.param({"minimum": 1}, "at least 1", id="minimum"),
        pytest.param({"minimum": 1, "exclusiveMinimum": True}, "more than 1", id="exclusive as in 3.0"),
        pytest.param({"exclusiveMaximum": 5}, "less than 5", id="exclusive as in 3.1"),
        pytest.param({"maxLength": 64}, "at most 64 characters", id="length"),
        pytest.param({"minLength": 1}, "at least 1 character", id="length of one"),
        pytest.param({"minItems": 1}, "at least 1 item", id="items"),
        pytest.param({"pattern": "^a$"}, "matches `^a$`", id="pattern"),
        pytest.param({"default": 10}, "default `10`", id="default"),
        pytest.param({"default": None}, "default `null`", id="default `null`"),
        pytest.param({"default": ""}, 'default `""`', id="empty default"),
        pytest.param({"example": ["a", "b"]}, "for example `[a, b]`", id="example"),
        pytest.param({"examples": [{"a": 1}]}, "for example `{…}`", id="nested example"),
        pytest.param({"readOnly": True}, "read only", id="read only"),
        pytest.param({"writeOnly": True}, "write only", id="write only"),
        pytest.param({"minimum": 10**5000}, "at least a huge number", id="a number of thousands of digits"),
    ],
)
def test_detail_is_said_in_words(schema, said):
    assert field(schema).details == (said,)


def test_long_example_is_cut():
    assert len(field({"example": "word " * 100}).details[0]) < 80


def test_required_and_deprecated_fields_are_marked():
    [x, y] = types(A={"properties": {"x": {}, "y": {"deprecated": True}}, "required": ["x"]})["A"].fields
    assert (x.is_required, x.is_deprecated) == (True, False)
    assert (y.is_required, y.is_deprecated) == (False, True)


def test_fields_of_all_of_are_merged_and_the_last_word_stands():
    base = {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}}, "required": ["id"]}
    own = {"properties": {"name": {"type": "string", "maxLength": 3}}, "required": ["name"]}
    found = types(Base=base, A={"allOf": [{"$ref": "#/components/schemas/Base"}, own]})["A"]
    assert found.form == "object"
    assert [(one.name, one.is_required, one.details) for one in found.fields] == [
        ("id", True, ()),
        ("name", True, ("at most 3 characters",)),
    ]


def test_objects_within_objects_become_rows():
    line = {"type": "array", "items": {"properties": {"sku": {"type": "string"}}}}
    found = types(A={"properties": {"lines": line, "to": INLINE, "by": {"additionalProperties": INLINE}}})["A"]
    assert [one.name for one in found.fields] == ["lines", "lines[].sku", "to", "to.x", "by", "by.*.x"]


def test_named_object_within_an_object_is_a_link_not_rows():
    found = types(A={"properties": {"b": B}}, B=INLINE)["A"]
    assert [(one.name, one.kind.type) for one in found.fields] == [("b", "B")]


def test_fields_of_alternatives_say_which_they_belong_to():
    found = types(A={"oneOf": [INLINE, {"properties": {"y": {}}}]})["A"]
    assert found.form == "union"
    assert [(one.name, one.details) for one in found.fields] == [
        ("x", ("in alternative 1",)),
        ("y", ("in alternative 2",)),
    ]


@pytest.mark.parametrize(
    ("schema", "form"),
    [
        pytest.param({"enum": ["a"]}, "enum", id="enum"),
        pytest.param({"type": "string", "format": "uuid"}, "alias", id="named text"),
        pytest.param({"type": "array", "items": INLINE}, "alias", id="list of objects"),
        pytest.param({"additionalProperties": {"type": "string"}}, "alias", id="map"),
        pytest.param({"allOf": [{"$ref": "#/components/schemas/Enum"}]}, "alias", id="wrapper of an enum"),
        pytest.param(INLINE, "object", id="object"),
        pytest.param({"oneOf": [A]}, "union", id="one of"),
        pytest.param(True, "alias", id="not even a mapping"),
    ],
)
def test_type_is_called_what_it_is(schema, form):
    assert types(T=schema, Enum={"enum": ["a"]})["T"].form == form


def test_union_says_how_its_types_are_told_apart():
    found = types(A={}, B={}, U={"oneOf": [A, B], "discriminator": {"propertyName": "kind"}})["U"]
    assert found.kind.text == "A or B, told apart by kind"
    assert (found.kind.type, found.kind.also) == ("A", ("B",))


def test_values_of_an_enum_are_kept():
    assert types(A={"enum": ["new", None, 3]})["A"].values == (("new", ""), ("null", ""), ("3", ""))


def test_schema_that_holds_itself_ends():
    node = {
        "properties": {
            "next": {"$ref": "#/components/schemas/Node"},
            "in": {"$ref": "#/components/schemas/Node/properties/in"},
        }
    }
    found = types(Node=node, Loop={"allOf": [{"$ref": "#/components/schemas/Loop"}]})
    assert found["Node"].fields[0].kind.type == "Node"
    assert found["Node"].fields[1].kind.text == "…"
    assert found["Loop"].fields == ()


def test_references_that_multiply_end():
    schemas = {
        f"S{number}": {
            "allOf": [{"$ref": f"#/components/schemas/S{number + 1}"}] * 10,
            "properties": {f"p{number}": {}},
        }
        for number in range(40)
    }
    notes = read_openapi(document(schemas=schemas)).notes
    assert any("references multiply" in note for note in notes)


def test_alternatives_that_multiply_stay_short():
    schema = INLINE
    for _ in range(11):
        schema = {"oneOf": [{**schema, "title": str(number)} for number in range(3)]}
    reference = read_openapi(document(schemas={"A": schema}))
    assert len(reference.types[0].kind.text) < 400


def test_more_types_and_fields_than_are_shown_are_counted():
    many = {f"T{number}": {} for number in range(MOST_TYPES + 3)}
    reference = read_openapi(document(schemas=many))
    assert len(reference.types) == MOST_TYPES
    assert reference.notes == ("3 more types: there are too many to show.",)
    wide = {"properties": {f"p{number}": {} for number in range(MOST_FIELDS + 1)}}
    reference = read_openapi(document(schemas={"A": wide}))
    assert len(reference.types[0].fields) == MOST_FIELDS
    assert "the further ones are not shown" in reference.notes[0]


@pytest.mark.parametrize(
    ("reference", "note"),
    [
        pytest.param(
            "common.yaml#/A", "`common.yaml#/A` stands in another document, which is not read", id="elsewhere"
        ),
        pytest.param("https://x.example/a.json", "stands in another document, which is not read", id="on the network"),
        pytest.param("#/components/schemas/Nope", "leads nowhere in this definition", id="nowhere"),
    ],
)
def test_reference_that_cannot_be_followed_is_named(reference, note):
    found = read_openapi(document(schemas={"A": {"properties": {"x": {"$ref": reference}}}}))
    assert note in found.notes[0]
    assert found.notes[0].startswith("components.schemas.A.x: ")
    assert found.types[0].fields[0].kind.type == ""
