"""Names and texts of any length, repeated by references: a reference stays within its bounds and says so."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from waypost.apis.clip import LONGEST_NAME, LONGEST_TEXT
from waypost.apis.read import read
from waypost.apis.reading import MOST_CHARACTERS
from waypost.apis.reference import Unreadable

VERBS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
MEGABYTE = 1_000_000


def openapi(paths=None, **more):
    return read(json.dumps({"openapi": "3.0.0", "paths": paths or {}, **more}), "openapi")


def shared(operation, paths=125, **more):
    """Paths that all lead to one operation."""
    every = {f"/p{number}": {"$ref": "#/every"} for number in range(paths)}
    return openapi(every, every={verb: {"$ref": "#/one"} for verb in VERBS}, one=operation, **more)


def operations(reference):
    return [operation for group in reference.groups for operation in group.operations]


def test_a_long_name_of_a_schema_is_not_repeated_for_each_property():
    properties = {f"p{number}": {} for number in range(5_000)}
    tracemalloc.start()
    found = openapi(components={"schemas": {"A" * 150_000: {"properties": properties}}})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.types[0].fields) == 5_000
    assert len(found.types[0].name) == LONGEST_NAME
    assert peak < 50 * MEGABYTE


def test_a_long_name_is_not_repeated_for_each_property_within():
    inner = {"properties": {f"p{number}": {} for number in range(100)}}
    found = openapi(components={"schemas": {"A": {"properties": {"B" * 300_000: inner}}}})
    assert max(len(field.name) for field in found.types[0].fields) == LONGEST_NAME


def test_long_names_that_differ_only_at_their_end_stay_apart():
    properties = {"A" * 1_000 + str(number): {} for number in range(3)}
    found = openapi(components={"schemas": {"A": {"properties": properties}}})
    assert len({field.name for field in found.types[0].fields}) == 3


def test_a_long_text_ends_with_three_dots():
    found = openapi(info={"description": "d" * 100_000})
    assert len(found.description) == LONGEST_TEXT
    assert found.description.endswith("…")


def test_a_text_that_many_answers_lead_to_fills_no_more_than_there_is_room_for():
    responses = {str(code): {"$ref": "#/answer"} for code in range(100)}
    found = shared({"responses": responses}, paths=100, answer={"description": f" {'d' * 9_000} "})
    kept = sum(len(answer.description) for one in operations(found) for answer in one.answers)
    assert 0 < kept <= MOST_CHARACTERS
    assert any(note.startswith("What it says is longer than 20,000,000 characters") for note in found.notes)


def test_messages_with_one_long_text_fill_no_more_than_there_is_room_for():
    messages = {f"m{number}": {"$ref": "#/message"} for number in range(50)}
    sent = {"action": "send", "channel": {"$ref": "#/channels/c"}}
    data = {
        "asyncapi": "3.0.0",
        "channels": {"c": {"messages": messages}},
        "message": {"description": "d" * 500_000},
        "operations": {f"o{number}": sent for number in range(200)},
    }
    found = read(json.dumps(data), "asyncapi")
    assert 0 < sum(len(body.description) for one in operations(found) for body in one.bodies) <= MOST_CHARACTERS
    assert any("20,000,000 characters" in note for note in found.notes)


def test_a_long_scope_is_not_repeated_for_each_operation():
    found = shared({"security": [{"oauth": ["s" * 100_000] * 20}]})
    assert {len(way) for one in operations(found) for way in one.security} == {LONGEST_NAME}


def test_a_long_name_of_a_callback_is_not_repeated_for_each_of_its_operations():
    called = {f"u{number}": {"$ref": "#/every"} for number in range(1_000)}
    found = shared({"callbacks": {"n" * 100_000: {"$ref": "#/called"}}}, called=called)
    assert len(operations(found)) == 1_000
    assert max(len(one.title) for one in operations(found)) < 2 * LONGEST_NAME


def test_a_mapping_with_many_entries_is_not_copied_for_each_type_it_may_have():
    large = {"type": ["string"] * 8, **{f"x-{number}": 1 for number in range(20_000)}}
    schemas = {
        f"S{one}": {"properties": {f"p{other}": {"$ref": "#/large"} for other in range(100)}} for one in range(80)
    }
    found = openapi(large=large, components={"schemas": schemas})
    assert {field.kind.text for one in found.types for field in one.fields} == {"string"}


def test_swagger_has_no_more_addresses_than_schemes_there_are():
    data = {"swagger": "2.0", "host": "h" * 9_000, "schemes": ["https"] * 100_000, "paths": {}}
    assert len(read(json.dumps(data), "openapi").servers) == 10


def test_headers_of_swagger_that_references_multiply_end():
    headers = {f"h{number}": {"type": "string"} for number in range(5_000)}
    responses = {str(code): {"$ref": "#/answer"} for code in range(100)}
    paths = {f"/p{number}": {verb: {"$ref": "#/one"} for verb in VERBS[:7]} for number in range(100)}
    data = {"swagger": "2.0", "paths": paths, "one": {"responses": responses}, "answer": {"headers": headers}}
    found = read(json.dumps(data), "openapi")
    assert "Its references multiply: what they lead to is not shown in full." in found.notes


def test_traits_that_references_multiply_end():
    message = {"traits": [{"$ref": "#/trait"}] * 1_000}
    channel = {"subscribe": {"message": {"oneOf": [{"$ref": "#/message"}] * 50}}}
    data = {
        "asyncapi": "2.0.0",
        "channels": {f"c{number}": channel for number in range(20)},
        "message": message,
        "trait": {f"k{number}": 1 for number in range(20_000)},
    }
    found = read(json.dumps(data), "asyncapi")
    assert "Its references multiply: what they lead to is not shown in full." in found.notes


def test_a_number_that_python_refuses_to_write_is_told_as_huge():
    found = read(f"openapi: 3.0.0\ninfo: {{title: 0x{'f' * 200}}}\npaths: {{}}\n", "openapi")
    assert found.title == "a huge number"


def test_messages_within_messages_of_protobuf_have_names_of_a_bounded_length():
    opened = "".join(f"message {'M' * 300} {{" for _ in range(3))
    with pytest.raises(Unreadable, match="a name of 601 letters with those around it; 500 are read at most"):
        read(f"{opened}{'}' * 3}", "grpc")


def test_a_long_body_of_a_route_is_not_repeated_for_each_verb():
    verbs = 'get: "/a" ' * 1_000
    rule = f'body: "{"b" * 100_000}" {verbs}'
    found = read(f"service S {{ rpc A(B) returns (C) {{ option (google.api.http) = {{ {rule} }}; }} }}", "grpc")
    assert len(operations(found)[0].description) < 20 * 2 * LONGEST_NAME
