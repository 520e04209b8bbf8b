"""`spec.type` says who reads a definition; whatever stands there is a reference, nothing, or a reason with a line."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.apis.read import TYPES, read
from waypost.apis.reference import Reference, Unreadable

OPENAPI = "openapi: 3.1.0\ninfo: {title: Shop, version: 1.0.0}\npaths: {}\n"


@pytest.mark.parametrize(
    ("kind", "text", "standard"),
    [
        pytest.param("openapi", OPENAPI, "OpenAPI 3.1", id="YAML"),
        pytest.param("openapi", '\ufeff{"openapi": "3.0.1", "paths": {}}', "OpenAPI 3.0", id="JSON"),
        pytest.param("openapi", "{openapi: 3.0.1, paths: {}}", "OpenAPI 3.0", id="YAML in braces"),
        pytest.param("asyncapi", "asyncapi: 2.6.0\nchannels: {}", "AsyncAPI 2.6", id="AsyncAPI"),
        pytest.param("graphql", "type Query { a: Int }", "GraphQL", id="GraphQL"),
        pytest.param("GRPC", "message M {}", "Protocol Buffers (proto2)", id="gRPC, in capitals"),
    ],
)
def test_the_type_says_who_reads(kind, text, standard):
    assert read(text, kind).standard == standard


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        pytest.param("trpc", "export const router = 1", id="tRPC"),
        pytest.param("soap", "<wsdl/>", id="unknown"),
        pytest.param("openapi", {"$text": "./openapi.yaml"}, id="not filled in"),
        pytest.param("openapi", " \n", id="empty"),
    ],
)
def test_what_nobody_reads_is_nothing(kind, definition):
    assert read(definition, kind) is None


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        pytest.param("openapi", "openapi: 3.0.0\npaths: [\n", "line 3: ", id="broken YAML"),
        pytest.param("openapi", '{"openapi": "3.0.0",\n "paths": }}', "line 2: ", id="broken JSON"),
        pytest.param("openapi", "- a", "line 1: holds a list where a mapping", id="a list"),
        pytest.param("openapi", "just words", "line 1: holds a single value where", id="words"),
        pytest.param("openapi", "# nothing", "line 1: holds nothing where", id="comments only"),
        pytest.param("openapi", "asyncapi: 3.0.0", "neither `openapi: 3.…` nor", id="another standard"),
        pytest.param("asyncapi", OPENAPI, "no `asyncapi: 2.…`", id="another standard, turned round"),
        pytest.param("graphql", OPENAPI, "line 1: ", id="YAML as GraphQL"),
        pytest.param("grpc", OPENAPI, "line 1: ", id="YAML as gRPC"),
        pytest.param("openapi", "{" * 200_000, "line 1: ", id="braces"),
        pytest.param("openapi", "a: " + "[" * 200_000, "line 1: ", id="brackets"),
        pytest.param("openapi", "x" * 4_194_305, "has more than the 4,194,304 bytes", id="too large"),
        pytest.param("grpc", "ß" * 2_100_000, "has more than the 4,194,304 bytes", id="too large in bytes"),
        pytest.param("openapi", "a: \udcff", "line 1: the file is not UTF-8", id="not UTF-8"),
    ],
)
def test_what_is_not_as_its_type_says_is_told(kind, text, reason):
    with pytest.raises(Unreadable) as told:
        read(text, kind)
    assert str(told.value).startswith(reason)


def test_the_line_is_known_by_itself_as_well():
    with pytest.raises(Unreadable) as told:
        read("type A {\n b }", "graphql")
    assert (told.value.line, told.value.reason) == (2, "expected ':', found '}'")


@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "surrogateescape")), st.sampled_from(TYPES))
def test_any_text_is_a_reference_or_unreadable(text, kind):
    with suppress(Unreadable):
        assert isinstance(read(text, kind), (Reference, type(None)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.sampled_from(["openapi", "asyncapi"]), JSON)
def test_any_data_is_a_reference_or_unreadable(kind, value):
    with suppress(Unreadable):
        assert isinstance(read(json.dumps({kind: "3.0.0", "paths": value, "channels": value}), kind), Reference)
