import pytest

from waypost.golden.parameters.defaults import with_defaults


def page(**properties):
    return {"type": "object", "properties": properties}


def test_default_fills_what_was_not_answered():
    assert with_defaults([page(port={"default": 8080}, name={})], {}) == {"port": 8080}


@pytest.mark.parametrize(
    "given", [pytest.param(None, id="null"), pytest.param("", id="empty"), pytest.param(0, id="0")]
)
def test_answer_is_never_replaced(given):
    assert with_defaults([page(port={"default": 8080})], {"port": given}) == {"port": given}


def test_values_that_no_page_knows_are_kept():
    assert with_defaults([page()], {"more": [1]}) == {"more": [1]}


def test_object_is_made_of_the_defaults_in_it():
    nested = page(a={"type": "object", "properties": {"b": {"default": 1}, "c": {}}})
    assert with_defaults([nested], {}) == {"a": {"b": 1}}
    assert with_defaults([nested], {"a": {"c": 2}}) == {"a": {"c": 2, "b": 1}}


def test_object_that_would_be_half_full_is_not_made():
    nested = page(a={"type": "object", "required": ["c"], "properties": {"b": {"default": 1}, "c": {}}})
    assert with_defaults([nested], {}) == {}


def test_default_of_an_object_reaches_its_properties():
    nested = page(a={"type": "object", "default": {"b": 1}, "properties": {"b": {"default": 2}}})
    assert with_defaults([nested], {}) == {"a": {"b": 1}}
    assert with_defaults([nested], {"a": {}}) == {"a": {"b": 1}}


def test_entries_of_a_list_are_filled():
    rows = page(rows={"items": {"properties": {"size": {"default": "small"}}}})
    assert with_defaults([rows], {"rows": [{}, {"size": "large"}]}) == {"rows": [{"size": "small"}, {"size": "large"}]}


CI = {
    "properties": {"ci": {"enum": ["none", "tekton"], "default": "none"}},
    "dependencies": {
        "ci": {
            "oneOf": [
                {"properties": {"ci": {"const": "none"}}},
                {"properties": {"ci": {"const": "tekton"}, "registry": {"default": "ghcr.io"}}},
            ]
        }
    },
}


def test_branch_gives_its_defaults_only_when_it_is_chosen():
    assert with_defaults([CI], {}) == {"ci": "none"}
    assert with_defaults([CI], {"ci": "tekton"}) == {"ci": "tekton", "registry": "ghcr.io"}


def test_default_may_choose_the_branch_that_brings_another():
    chosen = {**CI, "properties": {"ci": {"default": "tekton"}}}
    assert with_defaults([chosen], {}) == {"ci": "tekton", "registry": "ghcr.io"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"big": True}, {"big": True, "nodes": 3}, id="then"),
        pytest.param({}, {"nodes": 1}, id="else"),
    ],
)
def test_condition_chooses_the_defaults(values, expected):
    schema = {
        "if": {"properties": {"big": {"const": True}}, "required": ["big"]},
        "then": page(nodes={"default": 3}),
        "else": page(nodes={"default": 1}),
    }
    assert with_defaults([{"allOf": [schema]}], values) == expected


def test_pages_share_their_values():
    second = {"dependencies": {"ci": page(registry={"default": "ghcr.io"})}}
    assert with_defaults([page(ci={"default": "x"}), second], {}) == {"ci": "x", "registry": "ghcr.io"}


def test_defaults_are_copies():
    schema = page(tags={"default": ["a"]})
    with_defaults([schema], {})["tags"].append("b")
    assert with_defaults([schema], {}) == {"tags": ["a"]}


def test_schema_that_leads_in_circles_ends():
    circle = {"properties": {"a": {"$ref": "#"}}, "allOf": [{"$ref": "#"}, {"$ref": "#"}]}
    assert with_defaults([circle], {"a": {}}) == {"a": {}}
