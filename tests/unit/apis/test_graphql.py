"""GraphQL schemas become references, in either spelling, whole or in part, and never anything else than a reason."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from graphql import build_schema, introspection_from_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.apis.graphql import read_graphql
from waypost.apis.reading import MOST_OPERATIONS, MOST_TYPES
from waypost.apis.reference import Kind, Reference, Type, Unreadable

SHOP = '''
"""The shop"""
schema { query: Reading mutation: Mutation }
"Where reading begins"
type Reading {
  "One payment"
  payment(id: ID!, "How deep" depth: Int = 3): Payment!
  node(id: ID!): Node @deprecated(reason: "Use payment")
}
type Mutation { pay(input: PayInput!): Payment }
interface Node { id: ID! }
type Payment implements Node { id: ID! lines(first: Int = 10, after: String): [Line!]! self: Reading }
type Line { how: How }
union How = Card | Voucher
type Card { id: ID }
type Voucher { id: ID }
enum State { "not yet paid" OPEN PAID @deprecated GONE @deprecated(reason: "Never was") }
input PayInput { amount: Float! = 3 card: ID! }
scalar Date @specifiedBy(url: "https://example.com/date")
'''


def types(text) -> dict[str, Type]:
    return {one.name: one for one in read_graphql(text).types}


def test_fields_of_the_root_types_are_the_operations():
    shop = read_graphql(SHOP)
    assert [(group.name, [one.address for one in group.operations]) for group in shop.groups] == [
        ("Reading", ["payment", "node"]),
        ("Mutation", ["pay"]),
    ]
    payment, node = shop.groups[0].operations
    assert (payment.verb, payment.description) == ("query", "One payment")
    assert payment.answers[0].bodies[0].kind == Kind("Payment!", "Payment")
    assert node.is_deprecated
    assert node.description == "Use payment"
    assert (shop.standard, shop.description) == ("GraphQL", "The shop")


def test_root_types_are_found_by_their_usual_names():
    shop = read_graphql("type Query { a: Int } type Subscription { b: Int } type Other { c: Int }")
    assert [(group.name, group.operations[0].verb) for group in shop.groups] == [
        ("Query", "query"),
        ("Subscription", "subscription"),
    ]
    assert [one.name for one in shop.types] == ["Other"]


def test_a_schema_that_names_its_roots_has_no_others():
    shop = read_graphql("schema { query: Query } type Query { a: Int } type Mutation { b: Int }")
    assert [group.name for group in shop.groups] == ["Query"]
    assert [one.name for one in shop.types] == ["Mutation"]


def test_arguments_say_whether_they_are_needed_and_what_they_are_otherwise():
    id, depth = read_graphql(SHOP).groups[0].operations[0].fields
    assert (id.name, id.kind, id.is_required) == ("id", Kind("ID!"), True)
    assert (depth.kind, depth.is_required, depth.description) == (Kind("Int"), False, "How deep")
    assert depth.details == ("default 3",)


def test_fields_of_objects_say_what_they_take():
    lines = types(SHOP)["Payment"].fields[1]
    assert lines.kind == Kind("[Line!]!", "Line")
    assert lines.details == ("takes `first: Int = 10`", "takes `after: String`")


def test_a_root_type_is_no_type_to_be_led_to():
    assert types(SHOP)["Payment"].fields[2].kind == Kind("Reading")


def test_types_are_told_apart_by_their_form():
    found = types(SHOP)
    assert {name: one.form for name, one in found.items()} == {
        "Node": "interface",
        "Payment": "object",
        "Line": "object",
        "How": "union",
        "Card": "object",
        "Voucher": "object",
        "State": "enum",
        "PayInput": "input",
        "Date": "scalar",
    }
    assert found["How"].kind == Kind("one of Card, Voucher", "Card", ("Voucher",))
    assert found["Payment"].kind == Kind("a kind of Node", "Node")
    assert found["Date"].description == "Specified by https://example.com/date"
    assert [field.is_required for field in found["PayInput"].fields] == [False, True]


def test_values_of_an_enum_say_why_they_are_deprecated():
    assert types(SHOP)["State"].values == (
        ("OPEN", "not yet paid"),
        ("PAID", "Deprecated."),
        ("GONE", "Deprecated: Never was"),
    )


def test_extensions_are_merged_wherever_they_stand():
    found = types("extend type A { b: Int } type A implements N { a: Int } extend type A { c: Int a: String }")
    assert [(field.name, field.kind.text) for field in found["A"].fields] == [
        ("b", "Int"),
        ("a", "Int"),
        ("c", "Int"),
    ]
    assert found["A"].kind == Kind("a kind of N")


def test_part_of_a_schema_is_enough():
    part = read_graphql('extend type Query { me: User } extend type Product @key(fields: "id") { reviews: [Review] }')
    assert part.groups[0].operations[0].answers[0].bodies[0].kind == Kind("User")
    assert part.types[0].fields[0].kind == Kind("[Review]")


def test_directives_are_named_where_they_are_declared_and_used():
    shop = read_graphql("directive @auth(role: R = A) on FIELD_DEFINITION type T { a: Int @auth(role: ADMIN) }")
    assert shop.notes == ("Directives of its own, by name only: @auth.",)
    assert shop.types[0].fields[0].details == ("@auth(role: ADMIN)",)


def test_queries_beside_the_schema_are_counted():
    assert read_graphql("type T { a: Int } query Q { a }").notes == (
        "1 query or fragment beside the schema is not shown.",
    )


def test_introspection_tells_the_same_as_the_schema_language():
    told = introspection_from_schema(build_schema(SHOP))
    asked = read_graphql(json.dumps({"data": told}))
    assert asked == read_graphql(json.dumps(told, indent=2))
    written = read_graphql(SHOP)
    assert asked.groups == written.groups
    assert sorted(asked.types, key=lambda one: one.name) == sorted(written.types, key=lambda one: one.name)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "line 1: unexpected <EOF>", id="nothing"),
        pytest.param("type A {\n a Int\n}", "line 2: expected ':', found Name 'Int'", id="a slip"),
        pytest.param("{ a }", "line 1: defines no type; give the schema, not queries", id="a query"),
        pytest.param('{"__schema": {"types": [}}', "line 1: is no JSON: Expecting value", id="broken JSON"),
        pytest.param('{"__schema": 3}', 'is JSON, but holds no "__schema"', id="no schema"),
        pytest.param('{"data": {"__schema": {"types": [3]}}}', '"__schema" holds no types', id="no types"),
        pytest.param('{"__schema": ' + "[" * 200_000, "nested too deeply", id="JSON without end"),
        pytest.param('{"__schema": ' + "9" * 5_000 + "}", "holds a number that is too long", id="a number without end"),
        pytest.param("type A { a: " + "[" * 30_000, "line 1: nested too deeply", id="lists of lists"),
        pytest.param("type A { a(b: I = " + "{a:" * 30_000, "line 1: nested too deeply", id="values within values"),
        pytest.param("#\n" * 1_000_000, "line 100001: more than 100,000 words and signs", id="comments only"),
        pytest.param("type A {" + "a: Int " * 100_000, "line 1: more than 100,000 words and signs", id="no end"),
        pytest.param("type A {\n\n \x00", "line 3: unexpected character: U+0000", id="control characters"),
        pytest.param("type A { a: Int } \ud800", "line 1: invalid character: U+D800", id="half a character"),
    ],
)
def test_what_is_no_schema_is_told_with_its_line(text, reason):
    with pytest.raises(Unreadable) as told:
        read_graphql(text)
    assert str(told.value).startswith(reason)


def test_a_slip_is_quoted_in_part_only():
    with pytest.raises(Unreadable) as told:
        read_graphql("type A { b " + "x" * 10_000)
    assert len(str(told.value)) < 300


def test_more_than_anybody_reads_is_counted():
    many = "".join(f"type T{number} {{ a: Int }}" for number in range(MOST_TYPES + 7))
    fields = " ".join(f"f{number}: Int" for number in range(MOST_OPERATIONS + 3))
    shop = read_graphql(f"type Query {{ {fields} }} {many}")
    assert (len(shop.groups[0].operations), len(shop.types)) == (MOST_OPERATIONS, MOST_TYPES)
    assert shop.notes == (
        "3 more operations: there are too many to show.",
        "7 more types: there are too many to show.",
    )


PIECES = re.findall(r'"[^"\n]*"|\w+|\S', SHOP)
SLIPS = st.tuples(st.integers(0, len(PIECES)), st.integers(0, 3), st.lists(st.sampled_from(PIECES), max_size=2))


@settings(deadline=None)
@given(st.lists(SLIPS, max_size=3))
def test_a_schema_with_slips_is_a_reference_or_unreadable(slips):
    pieces = list(PIECES)
    for place, cut, put in slips:
        pieces[place : place + cut] = put
    with suppress(Unreadable):
        assert isinstance(read_graphql(" ".join(pieces)), Reference)


@given(st.text())
def test_any_text_is_a_reference_or_unreadable(text):
    with suppress(Unreadable):
        assert isinstance(read_graphql(text), Reference)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
ODD = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(st.sampled_from(["name", "kind"]), LEAVES, max_size=2)


def places(value, at=()):
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield from places(item, (*at, key))


ASKED = introspection_from_schema(build_schema("type Query { a(b: [Int!] = 1): E } enum E { A } union U = Query"))
PLACES = [at for at in places(ASKED) if at and "__" not in str(at[1:])]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), max_size=4))
def test_an_answer_with_odd_values_is_a_reference_or_unreadable(slips):
    asked = json.loads(json.dumps(ASKED))
    for at, odd in slips:
        inside = asked
        with suppress(LookupError, TypeError):  # an earlier slip took the place away
            for step in at[:-1]:
                inside = inside[step]
            inside[at[-1]] = odd
    with suppress(Unreadable):
        assert isinstance(read_graphql(json.dumps(asked)), Reference)
