from dataclasses import replace

import pytest

from waypost.golden.parameters import check, secret_names
from waypost.golden.template import read


def template(*pages):
    from yaml import safe_dump

    metadata = {"name": "x"}
    spec = {"type": "service", "steps": [], "parameters": list(pages)}
    return read(
        safe_dump(
            {"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": metadata, "spec": spec}
        )
    )


def messages(schema, value, **page):
    _, faults = check(template({"properties": {"field": schema}, **page}), {} if value is ... else {"field": value})
    return [f"{fault.path}: {fault.message}" for fault in faults]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        pytest.param(
            {"pattern": "^[a-z-]+$"},
            "My Service",
            'field: "My Service" does not match ^[a-z-]+$ (lower-case letters, "-")',
            id="pattern in words",
        ),
        pytest.param(
            {"pattern": "^[a-z-]+$", "ui:help": "Short and plain"},
            "A",
            'field: "A" does not match ^[a-z-]+$ (Short and plain)',
            id="pattern with the template's help",
        ),
        pytest.param(
            {"pattern": "^(a|b)$", "description": "a or b"},
            "",
            "field: is empty; it must match ^(a|b)$ (a or b)",
            id="empty",
        ),
        pytest.param(
            {"pattern": "("}, "a", "field: cannot be checked: the template's pattern ( is not a regular", id="("
        ),
        pytest.param(
            {"type": "string"},
            12,
            'field: "12" is a number; it must be text: write "12" with the quotes',
            id="number for text",
        ),
        pytest.param({"type": ["array", "null"]}, "a", 'field: "a" is text; it must be a list or empty', id="types"),
        pytest.param({"type": "boolean"}, None, "field: is empty; it must be true or false", id="null"),
        pytest.param(
            {"enum": ["small", "large"]},
            "smal",
            'field: "smal" is not one of the choices: small, large. Did you mean "small"?',
            id="choices",
        ),
        pytest.param({"maxLength": 3}, "abcd", "field: must have at most 3 letters; it has 4", id="length"),
        pytest.param({"minItems": 1}, [], "field: must have at least 1 entry; it has 0", id="items"),
        pytest.param({"minimum": 1}, 0, 'field: "0" must be at least 1', id="minimum"),
        pytest.param({"exclusiveMinimum": 1}, 1, 'field: "1" must be more than 1', id="exclusive minimum"),
        pytest.param({"format": "email"}, "a", 'field: "a" is not an e-mail address', id="format"),
        pytest.param({"uniqueItems": True}, [1, 1], "field: holds an entry twice", id="twice"),
        pytest.param({"items": {"type": "string"}}, [{}], "field[0]: is an object", id="an entry of a list"),
        pytest.param({"properties": {"a": {"type": "string"}}}, {"a": []}, "field.a: is a list", id="nested"),
        pytest.param(False, 1, "field: is not allowed here: leave it out", id="not allowed"),
        pytest.param(
            {"$ref": "https://x.example"}, 1, 'field: cannot be checked: the template refers to "https', id="ref"
        ),
    ],
)
def test_message_names_the_field_the_value_and_what_to_write(schema, value, message):
    [found] = messages(schema, value)
    assert found.startswith(message)


def test_missing_field_is_named_with_its_title_and_description():
    schema = {"title": "Owner", "description": "A team\nthat answers for it"}
    assert messages(schema, ..., required=["field"]) == ['field: "Owner" is missing: A team']


def test_missing_field_without_words_says_its_type():
    assert messages({"type": "string"}, ..., required=["field"]) == ["field: is missing: give it text"]


def test_field_that_another_asks_for_says_which():
    [found] = messages({}, 1, dependencies={"field": ["other"]})
    assert found == "other: is missing: it is needed because field is given"


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"ui:field": "Secret"}, id="Secret"),
        pytest.param({"ui:widget": "password"}, id="password"),
        pytest.param({"ui:options": {"widget": "password"}}, id="password in the options"),
    ],
)
@pytest.mark.parametrize(
    "keyword",
    [{"pattern": "^x$"}, {"enum": ["x"]}, {"type": "number"}, {"format": "email"}, {"const": "x"}, {"not": {}}],
    ids=str,
)
def test_secret_value_is_never_repeated(schema, keyword):
    [found] = messages({**schema, **keyword}, "hunter2")
    assert "hunter2" not in found


def test_secret_fields_are_found_at_any_depth():
    inner = {"dependencies": {"a": {"oneOf": [{"properties": {"token": {"ui:field": "Secret"}}}]}}}
    assert secret_names(template({"properties": {"key": {"ui:widget": "password"}, "a": inner}})) == {"key", "token"}


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        pytest.param({}, 'fits none of the possibilities: "Lorem", "Ipsum"', id="none"),
        pytest.param({"lorem": "a", "ipsum": "b"}, "fits several possibilities; it must fit exactly one", id="both"),
    ],
)
def test_answers_that_do_not_fit_together_are_not_called_an_object(answers, message):
    page = {"oneOf": [{"title": "Lorem", "required": ["lorem"]}, {"title": "Ipsum", "required": ["ipsum"]}]}
    _, faults = check(template(page), answers)
    assert [fault.message for fault in faults] == [f"what is answered {message}"]


def test_every_fault_is_reported_in_the_order_of_the_form():
    pages = [
        {"properties": {"b": {"type": "string"}, "a": {"type": "string"}}, "required": ["a"]},
        {"properties": {"c": {"enum": [1]}}},
    ]
    _, faults = check(template(*pages), {"b": 1, "c": 2})
    assert [fault.path for fault in faults] == ["b", "a", "c"]
    assert all(fault.is_error for fault in faults)


def test_default_is_an_answer():
    values, faults = check(template({"properties": {"a": {"default": 1}}, "required": ["a"]}), {})
    assert (values, faults) == ({"a": 1}, ())


def test_template_without_parameters_takes_any_values():
    assert check(template(), {"a": 1}) == ({"a": 1}, ())


MANY = range(300)


@pytest.mark.parametrize(
    ("page", "values"),
    [
        pytest.param({"oneOf": [{"oneOf": [{"required": ["a"]}] * 400}] * 400}, {}, id="branches"),
        pytest.param({"properties": {"a": {"items": {"enum": list(MANY)}}}}, {"a": [7] * 5_000}, id="choices"),
        pytest.param({"properties": {f"p{n}": {"$ref": "#x"} for n in MANY}}, {f"p{n}": 1 for n in MANY}, id="ids"),
        pytest.param(
            {"properties": {f"p{n}": {"pattern": f"^a|{n}"} for n in MANY}},
            {f"p{n}": "a" for n in MANY},
            id="patterns",
        ),
        pytest.param({"patternProperties": {f"^a{n}": {} for n in MANY}}, {f"p{n}": "" for n in MANY}, id="names"),
    ],
)
def test_form_that_makes_too_much_work_is_given_up(page, values):
    _, faults = check(replace(template(), pages=(page,)), values)
    assert faults[-1].message == "cannot be checked: the template's form is too deep or leads in circles"


def test_values_that_are_nested_too_deeply_are_refused():
    deep = {}
    for _ in range(5_000):
        deep = {"a": deep}
    _, faults = check(template({"properties": {"a": {"$ref": "#"}}}), deep)
    assert faults[0].message.startswith("the values are nested too deeply")
