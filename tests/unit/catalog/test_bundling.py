"""`$openapi` puts the files of a definition together, whatever they refer to, and says which parts are missing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.catalog.test_definitions import API, read
from waypost.apis.read import read as read_definition
from waypost.catalog.bundling import DEEPEST, MOST_FILES, MOST_TEXT
from waypost.catalog.documents import parse

DESCRIPTOR = API.replace("TYPE", "openapi") + "  definition: {$openapi: ./api/openapi.yaml}\n"
ROOT = """openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
paths:
  /orders: {$ref: ./paths/orders.yaml}
components:
  schemas:
    Order: {$ref: schemas/order.yaml}
"""
ORDERS = """get:
  operationId: orders
  parameters: [{$ref: ../parameters.yaml#/Page}]
  responses:
    "200":
      description: Orders
      content: {application/json: {schema: {type: array, items: {$ref: ../schemas/order.yaml}}}}
"""
ORDER = """type: object
properties:
  id: {type: string}
  lines: {type: array, items: {$ref: "#/definitions/Line"}}
  before: {$ref: order.yaml}
  money: {$ref: "../types.json#/Money"}
definitions:
  Line: {type: object, properties: {count: {type: integer}, order: {$ref: "#"}}}
"""
SHOP = {
    "catalog-info.yaml": DESCRIPTOR,
    "api/openapi.yaml": ROOT,
    "api/paths/orders.yaml": ORDERS,
    "api/parameters.yaml": "Page: {name: page, in: query, schema: {type: integer}}\n",
    "api/schemas/order.yaml": ORDER,
    "api/types.json": json.dumps({"Money": {"type": "object", "properties": {"cents": {"type": "integer"}}}}),
}


def text(files):
    [entity] = read(files).entities
    return entity.spec["definition"]


def troubles(files):
    return [(one.id, one.severity, one.file, one.line, one.message) for one in read(files).problems]


def test_parts_become_one_definition_whose_schemas_have_names():
    shop = read_definition(text(SHOP), "openapi")
    assert shop.notes == ()
    [operation] = shop.groups[0].operations
    assert (operation.verb, operation.address, operation.fields[0].name) == ("GET", "/orders", "page")
    assert operation.answers[0].bodies[0].kind.type == "Order"
    found = {one.name: {field.name: field.kind.text for field in one.fields} for one in shop.types}
    assert {name: fields.get("money") or fields for name, fields in found.items()} == {
        "Order": "Money",
        "Line": {"count": "integer", "order": "Order"},
        "Money": {"cents": "integer"},
    }
    assert read(SHOP).problems == ()


def test_every_part_is_put_in_once():
    value = parse(text(SHOP)).documents[0].value
    assert value["components"]["schemas"].keys() == {"Order", "Line", "Money"}
    assert value["components"]["schemas"]["Order"]["definitions"] == {"Line": {"$ref": "#/components/schemas/Line"}}
    assert value["x-files"].keys() == {"api/paths/orders.yaml", "api/parameters.yaml", "api/types.json"}
    assert value["x-files"]["api/types.json"] == {"Money": {"$ref": "#/components/schemas/Money"}}


def test_a_definition_without_parts_is_left_as_it_is():
    alone = 'openapi: 3.1.0   # as written\npaths: {/a: {$ref: "#/x"}, /b: {$ref: "https://example.com/b.yaml"}}\n'
    assert text({"catalog-info.yaml": DESCRIPTOR, "api/openapi.yaml": alone}) == alone


def test_text_is_never_put_together():
    files = {**SHOP, "catalog-info.yaml": DESCRIPTOR.replace("$openapi", "$text")}
    assert text(files) == ROOT


def test_parts_are_watched_whether_they_are_there_or_not():
    snapshot = read({path: content for path, content in SHOP.items() if path != "api/types.json"})
    assert set(snapshot.watched) == {path for path in SHOP if path.startswith("api/")}
    assert {source.path for source in snapshot.sources} == set(SHOP) - {"api/types.json"}


def test_addresses_stay_and_are_named_on_the_page():
    files = {**SHOP, "api/types.json": '{"Money": {"$ref": "https://example.com/money.json"}}'}
    assert read(files).problems == ()
    assert (
        "`https://example.com/money.json` stands in another document"
        in read_definition(text(files), "openapi").notes[0]
    )


def test_a_name_that_is_taken_gets_a_number():
    files = {**SHOP, "api/schemas/order.yaml": ORDER.replace("order.yaml}", "../other/order.yaml}")}
    files |= {"api/other/order.yaml": "type: object\nproperties: {other: {type: string}}\n"}
    types = {one.name: [field.name for field in one.fields] for one in read_definition(text(files), "openapi").types}
    assert types["order"] == ["other"]
    files["api/openapi.yaml"] = ROOT + "    order: {type: string}\n"
    types = {one.name: [field.name for field in one.fields] for one in read_definition(text(files), "openapi").types}
    assert (types["order"], types["order-2"]) == ([], ["other"])


def test_swagger_keeps_its_schemas_elsewhere():
    files = {
        "catalog-info.yaml": DESCRIPTOR,
        "api/openapi.yaml": "swagger: '2.0'\npaths: {/a: {get: {responses: {200: {schema: {$ref: a%20b.yaml}}}}}}\n",
        "api/a b.yaml": "type: object\nproperties: {x: {type: string}}\n",
    }
    [type] = read_definition(text(files), "openapi").types
    assert (type.name, [field.name for field in type.fields]) == ("a-b", ["x"])


def test_asyncapi_is_put_together_too():
    files = {
        "catalog-info.yaml": DESCRIPTOR.replace("openapi", "asyncapi"),
        "api/asyncapi.yaml": "asyncapi: 2.6.0\nchannels: {a: {publish: {message: {payload: {$ref: ./paid.yaml}}}}}\n",
        "api/paid.yaml": "type: object\nproperties: {id: {type: string}}\n",
    }
    assert [one.name for one in read_definition(text(files), "asyncapi").types] == ["paid"]


@pytest.mark.parametrize(
    ("part", "id", "message"),
    [
        pytest.param(None, "placeholder-missing", '$ref: "./paths/orders.yaml" is not there', id="missing"),
        pytest.param("a: [", "placeholder-content", '$ref: "./paths/orders.yaml" cannot be used: line ', id="broken"),
        pytest.param("- a", "placeholder-content", '$ref: "./paths/orders.yaml" cannot be used: it is', id="a list"),
        pytest.param(
            "x" * 1_048_577, "placeholder-content", '$ref: "./paths/orders.yaml" is not text, or larger', id="too large"
        ),
        pytest.param("a: \udcff", "placeholder-content", '$ref: "./paths/orders.yaml" cannot', id="not UTF-8"),
    ],
)
def test_a_part_that_cannot_be_used_is_told_where_it_is_named(part, id, message):
    files = {path: content for path, content in SHOP.items() if path != "api/paths/orders.yaml"}
    if part is not None:
        files["api/paths/orders.yaml"] = part
    [(*where, said)] = troubles(files)
    assert where == [id, "warning", "api/openapi.yaml", 4]
    assert said.startswith(message)
    assert [one.name for one in read_definition(text(files), "openapi").types] == ["Order", "Line", "Money"]


def test_a_part_outside_the_repository_is_not_read():
    files = {**SHOP, "api/openapi.yaml": ROOT.replace("./paths", "../../paths")}
    [(id, _, file, line, said)] = troubles(files)
    assert (id, file, line) == ("placeholder-escape", "api/openapi.yaml", 4)
    assert said == '$ref: "../../paths/orders.yaml" leads out of the repository'


def chain(length):
    files = {f"api/{number}.yaml": f"a: {{$ref: {number + 1}.yaml}}\n" for number in range(length)}
    return {"catalog-info.yaml": DESCRIPTOR, "api/openapi.yaml": "openapi: 3.1.0\na: {$ref: 0.yaml}\n", **files}


def test_files_lead_to_files_up_to_a_limit():
    assert [one[0] for one in troubles(chain(DEEPEST - 1))] == ["placeholder-missing"]
    [(id, _, file, _, said)] = troubles(chain(DEEPEST + 5))
    assert (id, file) == ("placeholder-content", f"api/{DEEPEST - 1}.yaml")
    assert said.endswith("is not read: a definition is followed up to 10 files deep")


def test_the_files_of_a_definition_are_counted_and_measured():
    many = [f"api/{number}.yaml" for number in range(MOST_FILES + 3)]
    root = "openapi: 3.1.0\na:\n" + "".join(f"- {{$ref: {path[4:]}}}\n" for path in many)
    files = {"catalog-info.yaml": DESCRIPTOR, "api/openapi.yaml": root}
    found = troubles(files | dict.fromkeys(many, "a: 1\n"))
    assert {one[0] for one in found} == {"placeholder-content"}
    assert len(found) == 4  # the definition itself is one of them
    large = f"a: {'x' * (MOST_TEXT // 5)}\n"
    found = troubles(files | dict.fromkeys(many, "a: 1\n") | dict.fromkeys(many[:6], large))
    assert f"the files of the definition have more than {MOST_TEXT:,} characters" in found[0][-1]


def test_a_broken_definition_is_told_as_one():
    assert [one[0] for one in troubles({**SHOP, "api/openapi.yaml": "openapi: [\n"})] == ["definition-unreadable"]


def test_what_waypost_writes_is_no_part():
    files = {
        "registrations/orders.yaml": DESCRIPTOR.replace("./api", "../api"),
        "api/openapi.yaml": "openapi: 3.1.0\na: {$ref: ../entities/api/default/1c/pay.yaml}\n",
        "entities/api/default/1c/pay.yaml": "a: 1\n",
    }
    [problem] = read(files, is_catalog=True).problems
    assert (problem.id, problem.file, problem.line) == ("placeholder-generated", "api/openapi.yaml", 2)


NAMES = ["openapi.yaml", "a.yaml", "b.yaml", "s/c.yaml"]
TARGETS = [*NAMES, "", "../a.yaml", "../../up.yaml", "none.yaml", "https://example.com/a", "%zz", "a.yaml?x", "\0"]
POINTERS = ["", "#", "#/", "#/a", "#/a/items", "#/components/schemas/X", "#/a/0", "#x", "#/~1~0", "#/%25"]
VALUES = st.recursive(
    st.builds(lambda file, pointer: {"$ref": file + pointer}, st.sampled_from(TARGETS), st.sampled_from(POINTERS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "items", "schemas", "properties", "/~%", "components"]), inner, max_size=3
        )
    ),
)


@settings(deadline=None)
@given(st.fixed_dictionaries({name: st.dictionaries(st.sampled_from(["a", "components"]), VALUES) for name in NAMES}))
def test_any_files_become_a_definition_that_can_be_read(values):
    files = {f"api/{name}": json.dumps(value) for name, value in values.items()}
    files["api/openapi.yaml"] = json.dumps({**values["openapi.yaml"], "openapi": "3.1.0"})
    made = text({"catalog-info.yaml": DESCRIPTOR, **files})
    value = parse(made).documents[0].value
    assert value["openapi"] == "3.1.0"
    read_definition(made, "openapi")
