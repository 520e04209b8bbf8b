"""An OpenAPI definition becomes groups of operations and the types they speak of; nothing in it stops the reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.apis.documents import VALUES, document, operation
from waypost.apis.openapi import read_openapi
from waypost.apis.reading import MOST_ENTRIES, MOST_OPERATIONS
from waypost.apis.reference import Reference, Server, Unreadable
from waypost.catalog.documents import parse

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "descriptors"
ORDER = {"$ref": "#/components/schemas/Order"}


def first(paths, **more):
    """The first operation of a definition."""
    return read_openapi(document(paths, **more)).groups[0].operations[0]


def test_facts_of_the_definition_are_kept():
    info = {"title": "Orders", "version": 1.5, "description": "All of them.\n"}
    servers = [{"url": "https://api.acme.example", "description": "Production"}, {"description": "no address"}]
    found = read_openapi(document(info=info, servers=servers))
    assert (found.title, found.version, found.description) == ("Orders", "1.5", "All of them.")
    assert found.standard == "OpenAPI 3.1"
    assert found.servers == (Server("https://api.acme.example", "Production"),)


def test_tags_in_their_order_then_paths_then_what_the_api_calls():
    paths = {
        "/zoo/{id}": {"get": {}},
        "/b": {"get": {"tags": ["Unlisted"]}, "post": {"tags": ["Second", "First"]}},
        "/a": {
            "get": {"tags": ["First"], "callbacks": {"done": {"{$request.body#/url}": {"post": {"summary": "Hi"}}}}}
        },
    }
    tags = [{"name": "First", "description": "It."}, {"name": "Second"}, {"name": "Unused"}]
    found = read_openapi(document(paths, tags=tags, webhooks={"created": {"post": {}}}))
    groups = {group.name: [f"{one.verb} {one.address}" for one in group.operations] for group in found.groups}
    assert list(groups.items()) == [
        ("First", ["GET /a"]),
        ("Second", ["POST /b"]),
        ("Unlisted", ["GET /b"]),
        ("/zoo", ["GET /zoo/{id}"]),
        ("Webhooks", ["POST created"]),
        ("Callbacks", ["POST {$request.body#/url}"]),
    ]
    assert found.groups[0].description == "It."
    assert found.groups[-1].operations[0].title == "done, after GET /a: Hi"


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        pytest.param(["/orders", "/orders/{id}"], ["/orders"], id="one thing"),
        pytest.param(["/orders/{id}", "/carts"], ["/orders", "/carts"], id="two things"),
        pytest.param(["/api/v1/a", "/api/v1/a/{id}/x", "/api/v1/b"], ["/api/v1/a", "/api/v1/b"], id="common beginning"),
        pytest.param(["/", "/a"], ["/", "/a"], id="root"),
        pytest.param(["/{id}"], ["/"], id="nothing fixed"),
    ],
)
def test_operations_without_a_tag_are_grouped_by_path(paths, names):
    groups = read_openapi(document({path: {"get": {}} for path in paths})).groups
    assert [group.name for group in groups] == names


def test_parameters_of_path_and_operation_are_merged():
    shared = [{"name": "id", "in": "path", "required": True}, {"name": "page", "in": "query", "description": "old"}]
    own = [{"name": "page", "in": "query", "description": "new", "schema": {"type": "integer", "default": 1}}]
    fields = first({"/a": {"parameters": shared, "get": {"parameters": own}}}).fields
    assert [(one.name, one.place, one.is_required, one.description) for one in fields] == [
        ("id", "path", True, ""),
        ("page", "query", False, "new"),
    ]
    assert fields[1].kind.text == "integer"
    assert fields[1].details == ("default `1`",)


def test_parameter_elsewhere_in_the_definition_is_followed():
    components = {"parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}}}
    paths = {"/a": {"get": {"parameters": [{"$ref": "#/components/parameters/Page"}]}}}
    assert first(paths, components=components).fields[0].name == "page"


def test_path_elsewhere_in_the_definition_is_followed():
    data = document(
        {"/a": {"$ref": "#/x-files/paths~1a.yaml"}}, **{"x-files": {"paths/a.yaml": {"get": {"summary": "A"}}}}
    )
    assert read_openapi(data).groups[0].operations[0].title == "A"


def test_media_types_with_the_same_body_are_told_together():
    content = {media: {"schema": ORDER} for media in ("application/json", "application/xml")}
    content["text/csv"] = {"schema": {"type": "string"}}
    body = {"required": True, "description": "What to place", "content": content}
    found = first({"/a": {"post": {"requestBody": body}}}, components={"schemas": {"Order": {}}})
    assert [(one.media, one.kind.text, one.is_required) for one in found.bodies] == [
        ("application/json, application/xml", "Order", True),
        ("text/csv", "string", True),
    ]
    assert found.bodies[0].description == "What to place"


def test_body_without_a_name_has_its_fields_and_one_with_a_name_a_link():
    inline = {"type": "array", "items": {"properties": {"sku": {}}}}
    assert [one.name for one in first({"/a": {"post": operation(inline)}}).bodies[0].fields] == ["sku"]
    named = first({"/a": {"post": operation(ORDER)}}, components={"schemas": {"Order": {"properties": {"id": {}}}}})
    assert (named.bodies[0].kind.type, named.bodies[0].fields) == ("Order", ())


def test_answers_have_codes_bodies_and_headers():
    answers = {
        200: {"description": "Here", "content": {"application/json": {"schema": ORDER}}},
        "default": {"description": "Not", "headers": {"Retry-After": {"schema": {"type": "integer"}}}},
    }
    found = first({"/a": {"get": {"responses": answers}}}, components={"schemas": {"Order": {}}}).answers
    assert [(one.code, one.description) for one in found] == [("200", "Here"), ("default", "Not")]
    assert found[0].bodies[0].kind.type == "Order"
    assert found[1].headers[0].kind.text == "integer"


@pytest.mark.parametrize(
    ("whole", "own", "said"),
    [
        pytest.param([{"key": []}], None, ("key",), id="that of the whole API"),
        pytest.param([{"key": []}], [], (), id="none of its own"),
        pytest.param([{"key": []}], [{"o": ["read", "write"]}], ("o (read, write)",), id="its own with scopes"),
        pytest.param(None, [{"a": [], "b": []}, {}], ("a and b", "nothing"), id="two together, or none"),
    ],
)
def test_security_of_the_operation_or_of_all(whole, own, said):
    stated = {} if own is None else {"security": own}
    assert first({"/a": {"get": stated}}, security=whole).security == said


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [
        pytest.param({"type": "http", "scheme": "bearer"}, "HTTP bearer", id="http"),
        pytest.param({"type": "apiKey", "in": "header", "name": "X-Key"}, "API key in header X-Key", id="key"),
        pytest.param(
            {"type": "oauth2", "flows": {"clientCredentials": {}}}, "OAuth 2 (client credentials)", id="flows"
        ),
        pytest.param({"type": "oauth2", "flow": "accessCode"}, "OAuth 2 (authorization code)", id="flow of 2.0"),
        pytest.param({"type": "mutualTLS"}, "client certificate", id="certificate"),
        pytest.param({}, "unknown", id="nothing said"),
    ],
)
def test_security_schemes_are_named(scheme, kind):
    [found] = read_openapi(document(components={"securitySchemes": {"it": scheme}})).security
    assert (found.name, found.kind.text) == ("it", kind)


def test_swagger_reads_like_its_successor():
    pet = {"$ref": "#/definitions/Pet"}
    data = {
        "swagger": "2.0",
        "host": "pets.example",
        "basePath": "/v2",
        "schemes": ["https", "http"],
        "consumes": ["application/json"],
        "produces": ["application/xml"],
        "definitions": {"Pet": {"properties": {"id": {"type": "integer", "x-nullable": True}}}},
        "parameters": {"Body": {"in": "body", "name": "body", "required": True, "schema": pet}},
        "securityDefinitions": {"key": {"type": "apiKey", "in": "query", "name": "k"}},
        "paths": {
            "/pets": {
                "parameters": [{"name": "page", "in": "query", "type": "array", "items": {"type": "integer"}}],
                "post": {
                    "parameters": [{"$ref": "#/parameters/Body"}],
                    "responses": {"200": {"description": "ok", "schema": pet, "headers": {"X": {"type": "string"}}}},
                },
                "put": {
                    "consumes": ["multipart/form-data"],
                    "parameters": [{"name": "photo", "in": "formData", "type": "file", "required": True}],
                },
            }
        },
    }
    found = read_openapi(data)
    put, post = found.groups[0].operations
    assert found.standard == "Swagger 2.0"
    assert [server.url for server in found.servers] == ["https://pets.example/v2", "http://pets.example/v2"]
    assert [(one.name, one.kind.text) for one in post.fields] == [("page", "list of integer")]
    assert (post.bodies[0].kind.type, post.bodies[0].media, post.bodies[0].is_required) == (
        "Pet",
        "application/json",
        True,
    )
    assert (post.answers[0].bodies[0].kind.type, post.answers[0].bodies[0].media) == ("Pet", "application/xml")
    assert post.answers[0].headers[0].kind.text == "string"
    assert put.bodies[0].media == "multipart/form-data"
    assert [(one.name, one.kind.text, one.is_required) for one in put.bodies[0].fields] == [
        ("photo", "string (binary)", True)
    ]
    assert found.types[0].fields[0].kind.text == "integer or null"
    assert found.security[0].kind.text == "API key in query k"
    assert found.notes == ()


def test_what_stands_in_the_wrong_place_is_named_and_hides_nothing_else():
    paths = {"/a": ["not", "a", "mapping"], "/b": {"get": {"parameters": "none", "summary": "Kept"}}}
    found = read_openapi(document(paths, servers="https://x.example"))
    assert found.groups[0].operations[0].title == "Kept"
    assert found.notes == (
        "paths./a: should be a mapping, is a list.",
        "paths./b.get.parameters: should be a list, is a text.",
        "servers: should be a list, is a text.",
    )


def test_more_operations_than_are_shown_are_counted():
    paths = {f"/{number}": {"get": {}, "put": {}} for number in range(MOST_OPERATIONS // 2 + 3)}
    found = read_openapi(document(paths))
    assert sum(len(group.operations) for group in found.groups) == MOST_OPERATIONS
    assert found.notes == ("6 more operations: there are too many to show.",)


def test_long_lists_are_cut_and_say_so():
    parameters = [{"name": str(number), "in": "query"} for number in range(MOST_ENTRIES + 1)]
    found = read_openapi(document({"/a": {"get": {"parameters": parameters}}}))
    assert len(found.groups[0].operations[0].fields) == MOST_ENTRIES
    assert found.notes == ("paths./a.get.parameters: has 1,001 entries, of which the first 1,000 are looked at.",)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(
            {"parameters": [{"name": str(number), "in": "query"} for number in range(20_000)]}, id="parameters"
        ),
        pytest.param({"responses": {str(number): {} for number in range(20_000)}}, id="answers"),
        pytest.param({"tags": list(range(200_000))}, id="tags"),
        pytest.param({"security": [{str(number): []} for number in range(20_000)]}, id="ways to sign in"),
        pytest.param(operation({"allOf": [{"$ref": "#/x-big"}] * 50}), id="properties"),
        pytest.param(operation({"oneOf": [{"$ref": "#/x-big"}] * 5_000}), id="alternatives"),
        pytest.param({"requestBody": {"content": {str(number): {} for number in range(20_000)}}}, id="media types"),
    ],
)
def test_one_part_that_a_thousand_paths_use_is_not_read_without_end(item):
    """Looked at in full each time, any of these would take minutes."""
    paths = {f"/{number}": {verb: {"$ref": "#/x-item"} for verb in ("get", "put", "post")} for number in range(1_000)}
    choices = {"enum": list(range(100))}
    big = {"properties": {str(number): choices for number in range(20_000)}, "required": ["1"]}
    found = read_openapi(document(paths, **{"x-item": item, "x-big": big}))
    assert sum(len(group.operations) for group in found.groups) == MOST_OPERATIONS


def test_data_that_does_not_say_what_it_is_is_refused_in_words():
    with pytest.raises(Unreadable, match=r"openapi: 3"):
        read_openapi({"paths": {"/a": {"get": {}}}})


@given(VALUES, st.sampled_from(["openapi", "swagger"]))
def test_whatever_a_stranger_wrote_is_read(value, standard):
    data = value if isinstance(value, dict) else {"paths": value, "components": value, "definitions": value}
    assert isinstance(read_openapi({**data, standard: "3.0.1"}), Reference)
    assert isinstance(read_openapi({standard: "3", "paths": {"/a": {"get": value}}, "webhooks": value}), Reference)


def _definitions():
    for path in sorted(CORPUS.glob("*.y*ml")) if CORPUS.is_dir() else ():
        for found in parse(path.read_bytes()).documents:
            spec = found.value.get("spec") if isinstance(found.value, dict) else None
            text = spec.get("definition") if isinstance(spec, dict) else None
            if isinstance(text, str) and spec.get("type") == "openapi":
                yield pytest.param(text, id=f"{path.name}:{found.line}")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="shared/corpus is not here")
def test_definitions_that_people_wrote_are_read_without_a_note():
    read = []
    for text in (param.values[0] for param in _definitions()):
        data = json.loads(text) if text.lstrip()[:1] == "{" else next(one.value for one in parse(text).documents)
        if isinstance(data, dict) and ("openapi" in data or "swagger" in data):
            read.append(read_openapi(data))
    assert read
    assert [note for found in read for note in found.notes] == []
    assert all(found.groups for found in read)
