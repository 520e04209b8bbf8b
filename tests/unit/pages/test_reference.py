"""An API's reference stands on as many pages as it needs; each is found, none is cut, and few move when one changes."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.apis.documents import VALUES
from unit.pages.catalogs import SITE, catalog, entity, repository, snapshot
from waypost.apis.openapi import read_openapi
from waypost.apis.reference import Field, Kind, Operation, Type
from waypost.limits import FOLDER_ENTRIES, MARKDOWN_BYTES
from waypost.pages import render
from waypost.pages.markdown import Md
from waypost.pages.page import Page
from waypost.pages.reference import layout, overview
from waypost.pages.reference.blocks import MOST_ROWS, operation_blocks, type_blocks
from waypost.pages.reference.layout import MOST_BYTES, MOST_GROUPS, SMALL_OPERATIONS, lay_out

HOME = repository(1, "orders")


def pages(data, kind="openapi"):
    """The pages of an API with this definition, by the end of their path: "" is its own."""
    text = data if isinstance(data, str) else json.dumps(data)
    api = entity(HOME, "API", "orders", {"type": kind, "owner": "x", "definition": text})
    files = dict(render(catalog([snapshot(HOME, api)]), SITE))
    own = next(path for path in files if path.startswith("pages/api/") and path.endswith("/orders.md"))
    beside = own.removesuffix(".md") + "/"
    return {path.removeprefix(beside): text for path, text in files.items() if path.startswith(beside)} | {
        "": files[own]
    }


def definition(paths, **more):
    return {"openapi": "3.1.0", "info": {"title": "Orders"}, "paths": paths, **more}


def operations(count, tag="Things", **more):
    return {
        f"/{tag}/{number}": {"get": {"tags": [tag], "summary": f"Read {number}", **more}} for number in range(count)
    }


def test_small_api_has_one_page():
    found = pages(definition(operations(SMALL_OPERATIONS), components={"schemas": {"Order": {}}}))
    assert found.keys() == {"", "reference/all.md"}
    assert "[`GET` `/Things/3`](orders/reference/all.md#op.get-things-3) | Read 3" in found[""]
    assert "(orders/reference/all.md)" in found[""]


def test_large_api_has_a_page_for_each_group_and_one_for_its_types():
    schemas = {"Order": {"properties": {"id": {"type": "string"}}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}
    paths = operations(10, "First") | operations(10, "Second", requestBody=body)
    found = pages(definition(paths, components={"schemas": schemas}))
    assert found.keys() == {"", "reference/first.md", "reference/second.md", "reference/types.md"}
    assert "(orders/reference/second.md#op.get-second-3) | Read 3" in found[""]
    assert "[Order](types.md#type.order)" in found["reference/second.md"]
    assert '<a id="type.order"></a>' in found["reference/types.md"]


def test_very_large_api_lists_its_groups_instead_of_its_operations():
    found = pages(definition(operations(80, "First") | operations(70, "Second")))
    assert "| [Second](orders/reference/second.md) | 70 |" in found[""]
    assert "second.md#op." not in found[""]
    assert "| [`GET` `/Second/3`](#op.get-second-3) | Read 3 |" in found["reference/second.md"]


def test_group_that_outgrows_a_page_goes_on_on_the_next():
    found = pages(definition(operations(200, description="word " * 300)))
    assert {"reference/things.md", "reference/things-2.md"} < found.keys()
    shown = [name for text in found.values() for name in re.findall(r"^### `GET` `/Things/(\d+)`", text, re.MULTILINE)]
    assert sorted(map(int, shown)) == list(range(200))


def test_another_operation_leaves_the_pages_of_other_groups_as_they_are():
    before = pages(definition(operations(10, "First") | operations(10, "Second")))
    after = pages(definition(operations(11, "First") | operations(10, "Second")))
    assert {path for path in after if after[path] != before.get(path)} == {"", "reference/first.md"}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["Orders", "orders", "ORDERS!"], id="equal but for their letters"),
        pytest.param(["订单", "注文", "📦"], id="nothing that an address can hold"),
        pytest.param(["types", "all", "types-2"], id="names of ours"),
        pytest.param(["../../README", "a/b", "..", "."], id="paths"),
        pytest.param(["x" * 500, "x" * 501], id="long"),
    ],
)
def test_every_group_has_a_page_of_its_own(names):
    paths = {}
    for name in names:
        paths |= operations(10, name)
    found = pages(definition(paths, components={"schemas": {"T": {}}}))
    inside = found.keys() - {""}
    assert len(inside) == len(names) + 1
    assert all(re.fullmatch(r"reference/[a-z0-9-]{1,50}\.md", path) for path in inside)


def test_many_groups_share_pages():
    paths = {}
    for number in range(MOST_GROUPS + 1):
        paths |= operations(1, f"Group {number}")
    found = pages(definition(paths))
    assert "reference/operations.md" in found
    assert len(found) < 10


def test_what_would_be_too_long_is_only_named():
    schemas = {f"T{number}": {"description": "$" * 1_900} for number in range(1_000)}
    found = pages(definition(operations(1), components={"schemas": schemas}))
    assert sum(map(len, found.values())) < 1.2 * MOST_BYTES
    assert re.search(r"\d+ types are only named here: the reference would grow too long", found[""])


def worst():
    """A definition whose every text grows the most when it is escaped."""
    dear = "$" * 320
    fields = {f"{number}{dear}": {"description": dear, "enum": [dear] * 5, "pattern": dear} for number in range(150)}
    schemas = {f"{number}{dear}": {"description": dear, "properties": fields} for number in range(3)}
    parameters = [{"name": f"{number}{dear}", "in": "query", "description": dear} for number in range(300)]
    body = {"content": {dear: {"schema": {"properties": fields}}}}
    answers = {f"{number}{dear}": {"description": dear, **body} for number in range(20)}
    operation = {
        "parameters": parameters,
        "requestBody": body,
        "responses": answers,
        "description": dear,
        "summary": dear,
    }
    servers = [{"url": dear, "description": dear} for _ in range(200)]
    tags = [{"name": f"{number}{dear}", "description": dear} for number in range(300)]
    paths = {
        f"/{number}{dear}": {"get": {**(operation if number < 2 else {}), "summary": dear, "tags": [f"{number}{dear}"]}}
        for number in range(300)
    }
    info = {"title": dear, "version": dear, "description": dear * 40}
    return definition(paths, info=info, servers=servers, tags=tags, components={"schemas": schemas})


def test_no_page_outgrows_what_github_shows_whatever_is_written():
    data = worst()
    reference = read_openapi(data)
    laid_out = lay_out(reference)
    assert len(laid_out.sheets) < FOLDER_ENTRIES
    for number, operation in enumerate(laid_out.operations):
        assert len(operation_blocks(operation, laid_out.anchors[number], {})) < 200_000
    found = pages(data)
    assert max(len(text.encode()) for text in found.values()) < MARKDOWN_BYTES


@given(VALUES, VALUES, VALUES, st.sampled_from([0, 100]))
def test_whatever_was_read_can_be_shown(paths, schemas, info, most):
    data = definition({"/a": {"get": paths, "post": {"summary": "\ud800"}}}, components={"schemas": schemas}, info=info)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "SMALL_OPERATIONS", most)
        page = Page("pages/api/default/ab/x.md")
        overview.show(page, "api:default/x", Md("X"), read_openapi(data))
    shown = dict(page.files())
    assert any("POST" in text.encode().decode() for text in shown.values())


def test_kinds_lead_to_their_types_and_never_become_images():
    fields = (Field("a", Kind("[Line!]!", "Line")), Field("b", Kind("!Line or LineItem", "Line", ("LineItem",))))
    shown = type_blocks(Type("T", fields=fields), "type.t", {"Line": "#l", "LineItem": "#i"})
    assert "| `a` | \\[[Line](#l)!\\]! |" in shown
    assert "| `b` | \\![Line](#l) or [LineItem](#i) |" in shown


def test_long_lists_end_and_say_how_much_is_missing():
    values = tuple((str(number), "") for number in range(MOST_ROWS + 3))
    assert type_blocks(Type("T", "enum", values=values), "type.t", {}).endswith("`499`, and 3 more")
    fields = tuple(Field(str(number), Kind("string")) for number in range(MOST_ROWS + 4))
    assert "…and 4 more, in the definition." in type_blocks(Type("T", fields=fields), "type.t", {})
    servers = [{"url": f"https://{number}.example"} for number in range(12)]
    assert "…and 2 more, in the definition." in pages(definition({"/a": {"get": {}}}, servers=servers))[""]
    security = tuple(f"way-{number}" for number in range(12))
    assert "or `way-9` or another." in operation_blocks(Operation("GET", "/a", security=security), "op.a", {})


def test_types_that_are_not_shown_are_no_links():
    shown = type_blocks(Type("T", fields=(Field("a", Kind("list of Line", "Line")),)), "type.t", {})
    assert "| `a` | list of Line |" in shown


def test_deprecated_required_and_place_are_told():
    fields = (
        Field("id", Kind("string"), place="path", is_required=True),
        Field("old", Kind("string"), is_deprecated=True),
    )
    shown = operation_blocks(Operation("GET", "/a", fields=fields, is_deprecated=True), "op.a", {})
    assert "**Deprecated.**" in shown
    assert "| `id` | string<br>path, **required** |" in shown
    assert "| `old` | string<br>deprecated |" in shown


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("not: [a definition", "openapi", id="cannot be parsed"),
        pytest.param("{}", "openapi", id="says nothing"),
        pytest.param("openapi: 3.1.0", "trpc", id="a type nobody reads"),
    ],
)
def test_definition_that_cannot_be_read_is_shown_as_it_is(text, kind):
    found = pages(text, kind)
    assert found.keys() == {""}
    assert text in found[""]


def test_notes_of_what_is_not_shown_stand_on_the_page():
    found = pages(definition({"/a": {"get": {}}, "/b": "nothing"}))
    assert "- paths./b: should be a mapping, is a text." in found[""]
