"""The two validators behind one seam agree, and neither goes anywhere for a schema."""

import copy
import json

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.catalog import schema
from waypost.catalog.kinds import KINDS

STEMS = [name.lower() for name in KINDS]


@pytest.mark.parametrize("stem", sorted(schema.schemas()))
def test_schemas_are_schemas_with_descriptions(stem):
    found = schema.schemas()[stem]
    jsonschema_rs.Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"}).validate(found)
    if "$id" in found and found["$id"].startswith("https://waypost.dev/schemas/"):
        assert found["description"]


@pytest.mark.parametrize("stem", STEMS)
def test_every_field_is_described_and_every_example_fits(stem):
    found = schema.schemas()[stem]
    for name, field in found["properties"]["spec"]["properties"].items():
        assert field.get("description"), name
    for example in found["examples"]:
        spec = {**example["spec"], "definition": "x"} if stem == "api" else example["spec"]
        assert schema.is_valid(stem, {**example, "spec": spec})


def test_the_combined_schema_picks_by_kind():
    component = {"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "a"}}
    assert not schema.is_valid("catalog-info", {**component, "spec": {}})
    assert schema.is_valid("catalog-info", {**component, "kind": "Database", "spec": {}})
    assert schema.is_valid("catalog-info", {**component, "kind": "User", "spec": {"memberOf": []}})


VALUES = [
    None,
    True,
    0,
    1.5,
    "",
    "a",
    "A b",
    "x" * 64,
    "a\n",
    "-",
    "a/b",
    "a.b/c",
    "a/b/c",
    [],
    ["a"],
    [1],
    {},
    {"a": 1},
]
PLACES = [
    ("apiVersion",),
    ("kind",),
    ("metadata",),
    ("metadata", "name"),
    ("metadata", "namespace"),
    ("metadata", "title"),
    ("metadata", "labels"),
    ("metadata", "annotations"),
    ("metadata", "tags"),
    ("metadata", "links"),
    ("spec",),
    ("spec", "owner"),
    ("spec", "type"),
    ("spec", "dependsOn"),
    ("spec", "parameters"),
    ("spec", "steps"),
    ("spec", "output"),
    ("spec", "profile"),
    ("spec", "presence"),
    ("other",),
]
WHOLE = {
    "labels": {"a.b/c": "d"},
    "annotations": {"x": "y"},
    "tags": ["a"],
    "links": [{"url": "https://a", "title": "t"}],
}
KEYED = [{"a/b/c": "x"}, {"": "x"}, {"ok": 1}, {"ok": "A b"}, {"-": "x"}]
ITEMS = [[{"url": ""}], [{}], ["A"], [{"url": "a", "title": " "}], [{"action": 1}], [{"if": 1}]]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(STEMS),
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from([*VALUES, *KEYED, *ITEMS])), max_size=4),
    st.booleans(),
)
def test_both_validators_give_the_same_verdict_and_paths(stem, changes, remove):
    data = copy.deepcopy(schema.schemas()[stem]["examples"][0])
    data["metadata"].update(copy.deepcopy(WHOLE))
    for place, value in changes:
        where = data
        for step in place[:-1]:
            where = where.get(step) if isinstance(where, dict) else None
        if isinstance(where, dict):
            where.pop(place[-1], None) if remove and value is None else where.update({place[-1]: copy.deepcopy(value)})
    slow = {(error.path, error.keyword) for error in schema.errors(stem, data)}
    fast = {fast_error(error) for error in schema._accepting(stem).iter_errors(data)}
    assert schema.is_valid(stem, data) == (not slow)
    assert slow == fast, json.dumps(data)


def fast_error(error):
    path = [str(step) for step in error.schema_path]
    keyword = "propertyNames" if "propertyNames" in path else path[-1]
    return tuple(error.instance_path), keyword


def test_a_pattern_ends_where_the_text_ends_and_not_before_its_last_newline():
    data = copy.deepcopy(schema.schemas()["component"]["examples"][0])
    data["metadata"]["name"] = "pay\n"
    assert not schema.is_valid("component", data)
    assert [error.path for error in schema.errors("component", data)] == [("metadata", "name")]


def test_a_remote_reference_is_never_fetched(monkeypatch, tmp_path):
    """SECURITY: `jsonschema.validate()` would ask the address that a stranger's schema names."""
    import http.server
    import threading

    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    remote = {"remote": {"$ref": f"http://127.0.0.1:{server.server_port}/schema.json"}}
    monkeypatch.setattr(schema, "schemas", lambda: remote)
    for cached in (schema._accepting, schema._explaining):
        cached.cache_clear()
    try:
        with pytest.raises(Exception, match=r"schema\.json"):
            schema.is_valid("remote", {})
        with pytest.raises(Exception, match=r"schema\.json"):
            list(schema.errors("remote", {}))
    finally:
        server.shutdown()
        for cached in (schema._accepting, schema._explaining):
            cached.cache_clear()
    assert asked == []
