"""Values behave as in JavaScript: what is true, what is equal, what adds up, how it is printed."""

import pytest

from waypost.golden.expressions import UNDEFINED, evaluate, is_truthy, render, to_json, to_text

CONTEXT = {
    "values": {
        "name": "svc-a",
        "words": ["one", "two"],
        "people": [{"name": "Ann", "age": 31}, {"name": "Bob", "age": 25}],
        "nothing": None,
        "smile": "a😀b",
    }
}


def shown(expression):
    return render("${{ " + expression + " }}", CONTEXT)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        pytest.param("values.missing.deep.deeper", "", id="undefined is empty however deep"),
        pytest.param("values.nothing", "", id="null is empty"),
        pytest.param("true", "true", id="booleans in lower case"),
        pytest.param("3.0", "3", id="whole numbers have no fraction"),
        pytest.param("0.1 + 0.2", "0.30000000000000004", id="doubles"),
        pytest.param("1 / 3", "0.3333333333333333", id="shortest digits"),
        pytest.param("1 / 0", "Infinity", id="division by zero"),
        pytest.param("100 ** 12", "1e+24", id="large numbers have an exponent"),
        pytest.param("0.0000001", "1e-7", id="small numbers have an exponent"),
        pytest.param("[1, [2, null], 'x']", "1,2,,x", id="lists have commas and no brackets"),
        pytest.param("{a: 1}", "[object Object]", id="objects show nothing of themselves"),
        pytest.param("values.words", "one,two", id="list of texts"),
        pytest.param("r/a\\/b/gi", "/a\\/b/gi", id="regular expression"),
    ],
)
def test_values_print_as_javascript_prints_them(expression, text):
    assert shown(expression) == text


@pytest.mark.parametrize("value", [[], {}, "0", "false", -1, 0.5, True], ids=repr)
def test_true_are_empty_lists_and_objects_too(value):
    assert is_truthy(value)


@pytest.mark.parametrize("value", [UNDEFINED, None, False, 0, -0.0, float("nan"), ""], ids=repr)
def test_false_are_only_the_six_of_javascript(value):
    assert not is_truthy(value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("'3' == 3", True, id="text meets number as number"),
        pytest.param("'3' === 3", False, id="three signs do not convert"),
        pytest.param("true == 1", True, id="booleans are numbers to =="),
        pytest.param("true === 1", False, id="booleans are no numbers to ==="),
        pytest.param("null == undefined", True, id="null equals undefined"),
        pytest.param("null == 0", False, id="null equals no number"),
        pytest.param("[1] == [1]", False, id="two lists are never equal"),
        pytest.param("[1] == 1", True, id="a list meets a number as text"),
        pytest.param("0/0 == 0/0", False, id="NaN equals nothing"),
        pytest.param("'10' < '9'", True, id="texts compare by letters"),
        pytest.param("'10' < 9", False, id="text and number compare as numbers"),
        pytest.param("'a' < 1", False, id="no order with NaN"),
        pytest.param("1 < 2 < 3", True, id="a comparison compares on with its result"),
        pytest.param("3 > 2 > 1", False, id="true is not greater than one"),
        pytest.param("1 in [1, 2]", True, id="item of a list"),
        pytest.param("'1' in [1, 2]", False, id="items are compared strictly"),
        pytest.param("'vc' in values.name", True, id="part of a text"),
        pytest.param("'name' in values", True, id="key of an object"),
        pytest.param("'x' not in values.words", True, id="not in"),
    ],
)
def test_values_compare_as_javascript_compares_them(expression, value):
    assert evaluate("${{ " + expression + " }}", CONTEXT) is value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("1 + '2'", "12", id="plus with a text joins"),
        pytest.param("'3' * '4'", 12, id="other signs make numbers"),
        pytest.param("true + true", 2, id="booleans add up"),
        pytest.param("null + 1", 1, id="null is zero"),
        pytest.param("[1] + [2]", "12", id="lists become texts"),
        pytest.param("'a' ~ null ~ undefined", "anullundefined", id="tilde writes names of nothing"),
        pytest.param("-7 // 2", -4, id="floor division rounds down"),
        pytest.param("-7 % 3", -1, id="the rest has the sign of the first"),
        pytest.param("7 % 4 // 2", 1, id="floor division closes the rest before it"),
        pytest.param("9 // 2 % 3", 1, id="floor division rounds what follows too"),
        pytest.param("2 * 7 // 2", 6, id="floor division binds tighter than a product"),
        pytest.param("2 ** 3 ** 2", 64, id="powers from the left"),
        pytest.param("-2 ** 2", 4, id="a sign binds tighter than a power"),
        pytest.param("1 + -2 | abs", 3, id="a filter binds tighter than a sum"),
        pytest.param("not 1 == 2", False, id="not takes the first operand only"),
        pytest.param("not 'a' in 'abc'", False, id="not takes a membership whole"),
        pytest.param("0 or '' or []", [], id="or gives the first true value"),
        pytest.param("0 and 1", 0, id="and gives the first false value"),
        pytest.param("'a' if false", "", id="no else is an empty text"),
        pytest.param("(1, 2)", 2, id="brackets give the last value"),
    ],
)
def test_operators_work_as_in_backstage(expression, value):
    assert evaluate("${{ " + expression + " }}", CONTEXT) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("values.smile.length", 4, id="length counts UTF-16 units"),
        pytest.param("values.smile | length", 4, id="so does the filter"),
        pytest.param("values.smile.slice(1, 3)", "😀", id="slices by units"),
        pytest.param("values.smile.indexOf('b')", 3, id="finds by units"),
        pytest.param("values.smile | reverse", "b��a", id="half a letter arrives as U+FFFD"),
        pytest.param("values.words['1']", "two", id="an index may be a text"),
        pytest.param("values.words[-1]", UNDEFINED, id="no negative index"),
        pytest.param("[1, 2, 3][1:]", [2, 3], id="slice of a list"),
        pytest.param("[1, 2, 3][0:9]", [1, 2, 3, None], id="a slice beyond the end has one undefined"),
        pytest.param("'abc'[::-1]", ["c", "b", "a"], id="slice of a text is a list"),
    ],
)
def test_texts_and_lists_are_indexed_as_in_backstage(expression, value):
    assert evaluate("${{ " + expression + " }}", CONTEXT) == value


def test_keys_that_look_like_an_index_come_first():
    assert to_json({"b": 1, "2": 2, "1": 3}) == '{"1":3,"2":2,"b":1}'


@pytest.mark.parametrize(
    ("value", "indent", "text"),
    [
        pytest.param({"a": [1, UNDEFINED], "b": UNDEFINED}, None, '{"a":[1,null]}', id="undefined"),
        pytest.param({"a": [1], "b": {}}, 2, '{\n  "a": [\n    1\n  ],\n  "b": {}\n}', id="indent"),
        pytest.param([1], "--", "[\n--1\n]", id="indent by a text"),
        pytest.param([1], 20, "[\n          1\n]", id="at most ten spaces"),
        pytest.param(float("nan"), None, "null", id="NaN"),
        pytest.param('é"\n\x01', None, '"é\\"\\n\\u0001"', id="escapes"),
        pytest.param(1e22, None, "1e+22", id="large number"),
    ],
)
def test_json_is_written_as_javascript_writes_it(value, indent, text):
    assert to_json(value, indent) == text


def test_a_sole_expression_keeps_its_type():
    assert evaluate("${{ values.people[0] }}", CONTEXT) == {"name": "Ann", "age": 31}
    assert evaluate("${{ values.missing }}", CONTEXT) is UNDEFINED
    assert evaluate("{# why #}${{- values.words -}}", CONTEXT) == ["one", "two"]


def test_a_value_is_a_copy_of_what_was_given():
    evaluate("${{ values.words }}", CONTEXT).append("three")
    assert CONTEXT["values"]["words"] == ["one", "two"]


def test_text_of_undefined_and_null_is_empty():
    assert to_text(UNDEFINED) == to_text(None) == ""
    assert to_text([None, [True]]) == ",true"
