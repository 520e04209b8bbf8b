import pytest

from waypost.golden.parameters.schema import violations


def found(schema, value):
    return [(".".join(map(str, violation.path)), violation.keyword) for violation in violations(schema, value)]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param({"type": "string"}, "a", id="text"),
        pytest.param({"type": "integer"}, 3.0, id="a whole number may be written 3.0"),
        pytest.param({"type": "number"}, 3, id="a whole number is a number"),
        pytest.param({"type": ["string", "null"]}, None, id="one of several types"),
        pytest.param({"type": "money"}, 7, id="a type that nobody knows allows anything"),
        pytest.param({"properties": {"a": {"type": "string", "minLength": 3}}}, {}, id="what is missing fits"),
        pytest.param({"properties": {"a": {"type": "string"}}}, {"b": 1}, id="unknown values are let through"),
        pytest.param({"enum": [1]}, 1.0, id="1.0 is 1"),
        pytest.param({"const": {"a": [1]}}, {"a": [1]}, id="constants are compared deeply"),
        pytest.param({"format": "made-up"}, "x", id="a format that nobody knows"),
        pytest.param({"minLength": 2}, 5, id="numbers have no length"),
        pytest.param({"maxLength": 2}, "😀😀", id="an emoji is one letter"),
        pytest.param({"minLength": "2", "maxLength": "3"}, "abc", id="bounds in quotes are numbers"),
        pytest.param({"items": [{"type": "string"}]}, ["a", 1], id="more items than the tuple names"),
        pytest.param({"multipleOf": 0.1}, 0.3, id="a tenth of a decimal"),
        pytest.param({"minimum": 3, "exclusiveMinimum": False}, 3, id="exclusive as a boolean, off"),
        pytest.param({"$ref": "#/definitions/x", "definitions": {"x": {"type": "string"}}}, "a", id="reference"),
        pytest.param({"definitions": {"x": {"$id": "#x"}}, "$ref": "#x"}, 1, id="reference by id"),
        pytest.param({"oneOf": [{"type": "string"}, {"type": "number"}]}, 1, id="exactly one"),
        pytest.param({"not": {"type": "string"}}, 1, id="not of that type"),
        pytest.param({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {}, id="a condition that does not hold"),
        pytest.param({"dependencies": {"a": ["b"]}}, {"b": 1}, id="a dependency of what is not there"),
        pytest.param({"contains": {"const": 2}}, [1, 2], id="contains"),
        pytest.param(True, 1, id="true allows everything"),
        pytest.param({"uniqueItems": True}, [1, True], id="true is not 1"),
    ],
)
def test_value_that_fits(schema, value):
    assert found(schema, value) == []


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        pytest.param({"type": "string"}, 1, [("", "type")], id="a number is no text"),
        pytest.param({"type": "integer"}, True, [("", "type")], id="true is no number"),
        pytest.param({"type": "object"}, None, [("", "type")], id="null is no object"),
        pytest.param({"enum": [1]}, True, [("", "enum")], id="true is not 1"),
        pytest.param({"required": ["a"]}, {}, [("", "required")], id="required"),
        pytest.param({"properties": {"a": {"required": True}}}, {}, [("", "required")], id="required in the property"),
        pytest.param({"additionalProperties": False}, {"b": 1}, [("b", "additionalProperties")], id="not allowed"),
        pytest.param({"additionalProperties": {"type": "string"}}, {"b": 1}, [("b", "type")], id="extra of a type"),
        pytest.param({"patternProperties": {"^x": {"type": "string"}}}, {"xa": 1}, [("xa", "type")], id="by pattern"),
        pytest.param({"propertyNames": {"pattern": "^[a-z]+$"}}, {"A": 1}, [("A", "pattern")], id="names"),
        pytest.param({"items": {"type": "string"}}, ["a", 1], [("1", "type")], id="an item"),
        pytest.param({"items": [], "additionalItems": False}, [1], [("0", "false")], id="an item too many"),
        pytest.param({"pattern": "^[a-z]+$"}, "abc\n", [("", "pattern")], id="$ is the end and no line break"),
        pytest.param({"minimum": 3, "exclusiveMinimum": True}, 3, [("", "minimum")], id="exclusive as a boolean"),
        pytest.param({"exclusiveMaximum": 3}, 3, [("", "exclusiveMaximum")], id="exclusive"),
        pytest.param({"minimum": "3"}, 2, [("", "minimum")], id="a bound in quotes"),
        pytest.param({"uniqueItems": True}, [{"a": 1}, {"a": 1}], [("", "uniqueItems")], id="twice"),
        pytest.param({"format": "email"}, "nobody", [("", "format")], id="no e-mail address"),
        pytest.param({"format": "ipv6"}, "::g", [("", "format")], id="no address"),
        pytest.param({"dependencies": {"a": ["b"]}}, {"a": 1}, [("", "dependencies")], id="needs another"),
        pytest.param({"dependencies": {"a": "b"}}, {"a": 1}, [("", "dependencies")], id="needs another, as one name"),
        pytest.param({"dependencies": {"a": {"required": ["c"]}}}, {"a": 1}, [("", "required")], id="needs a schema"),
        pytest.param({"oneOf": [{}, {}]}, 1, [("", "oneOf-many")], id="fits two"),
        pytest.param({"not": {"type": "string"}}, "a", [("", "not")], id="forbidden"),
        pytest.param({"if": True, "then": {"required": ["b"]}}, {}, [("", "required")], id="then"),
        pytest.param({"if": False, "else": {"required": ["b"]}}, {}, [("", "required")], id="else"),
        pytest.param({"allOf": [{"type": "string"}, {"minLength": 2}]}, "a", [("", "minLength")], id="all of them"),
        pytest.param(False, 1, [("", "false")], id="false allows nothing"),
        pytest.param({"enum": "a"}, "a", [("", "schema")], id="a broken schema"),
        pytest.param({"properties": {"a": None}}, {}, [("a", "schema")], id="a property without a schema"),
    ],
)
def test_value_that_does_not_fit(schema, value, expected):
    assert found(schema, value) == expected


HOSTS = {
    "oneOf": [
        {"properties": {"host": {"const": "github"}, "server": {"type": "string"}}, "required": ["server"]},
        {"properties": {"host": {"const": "gitlab"}, "group": {"type": "string"}}, "required": ["group"]},
    ]
}


def test_of_several_branches_the_one_that_was_meant_is_explained():
    assert found(HOSTS, {"host": "gitlab"}) == [("", "required")]
    assert violations(HOSTS, {"host": "gitlab"})[0].subject == "group"


def test_choice_of_no_branch_is_a_wrong_choice():
    [violation] = violations(HOSTS, {"host": "svn"})
    assert (violation.path, violation.keyword, violation.expected) == (("host",), "enum", ["github", "gitlab"])


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("https://attacker.example/schema.json", id="another host"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("#/definitions/gone", id="nowhere"),
        pytest.param("other.json", id="a file beside it"),
    ],
)
def test_reference_out_of_the_page_is_never_followed(reference):
    assert found({"$ref": reference}, 1) == [("", "$ref")]


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"$ref": "#"}, id="to itself"),
        pytest.param(
            {
                "definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}},
                "$ref": "#/definitions/a",
            },
            id="in a circle",
        ),
        pytest.param(
            {
                "definitions": {
                    f"d{number}": {"allOf": [{"$ref": f"#/definitions/d{number + 1}"}] * 10} for number in range(12)
                }
                | {"d12": {}},
                "$ref": "#/definitions/d0",
            },
            id="a bomb",
        ),
    ],
)
def test_schema_without_end_is_given_up(schema):
    assert found(schema, {"a": 1}) == [("", "too-much")]


def test_no_more_than_a_hundred_places_are_named():
    assert len(violations({"items": {"type": "string"}}, [1] * 5_000)) == 100
