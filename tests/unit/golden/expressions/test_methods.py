"""Methods of texts, lists, numbers and regular expressions: those that Backstage's engine has."""

import pytest

from waypost.golden.expressions import UNDEFINED, ExpressionError, evaluate, render


def value(expression):
    return evaluate("${{ " + expression + " }}", {"values": {"name": "svc-a", "words": ["one", "two"]}})


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("'a-b-c'.replace('-', '_')", "a_b-c"),
        ("'abc'.replace('b', '[$&]')", "a[b]c"),
        ("'abcabc'.replace(r/(a)(b)/g, '$2$1')", "bacbac"),
        ("'a\\nb'.replace(r/^/gm, '> ')", "> a\n> b"),
        ("'abc'.replace(r/x*/g, '-')", "-a-b-c-"),
        ("'abc'.replace(r/(?<n>b)/, '<$<n>>')", "a<b>c"),
        ("'a,b,c'.split(',', 2)", ["a", "b"]),
        ("'a1b'.split(r/(\\d)/)", ["a", "1", "b"]),
        ("''.split('')", []),
        ("'abc'.slice(-2)", "bc"),
        ("'abc'.substring(2, 0)", "ab"),
        ("'abcabc'.lastIndexOf('a', 2)", 0),
        ("'abc'.startsWith('b', 1)", True),
        ("'abc'.endsWith('b', 2)", True),
        ("'abc'.charAt(9)", ""),
        ("'a'.concat(1, null)", "a1null"),
        ("' x '.trimStart()", "x "),
        ("'ß'.toUpperCase()", "SS"),
        ("values.name.at", UNDEFINED),
    ],
)
def test_methods_of_texts(expression, result):
    assert value(expression) == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("[1, [2, [3]]].flat()", [1, 2, [3]]),
        ("['b', 'a', undefined].sort()", ["a", "b", None]),
        ("[3, 10, 2].sort()", [10, 2, 3]),
        ("[1, 2].concat([3], 4)", [1, 2, 3, 4]),
        ("[null, 1].join()", ",1"),
        ("[1, 2, 3].at(-1)", 3),
        ("[1, 2, 3].slice(0, -1)", [1, 2]),
        ("[1, 2].includes('1')", False),
        ("[0/0].includes(0/0)", True),
        ("[0/0].indexOf(0/0)", -1),
        ("[1, 2, 1].lastIndexOf(1)", 2),
        ("[1, 2, 3].copyWithin(0, 1)", [2, 3, 3]),
        ("[1, 2, 3].fill(0, 1)", [1, 0, 0]),
    ],
)
def test_methods_of_lists(expression, result):
    assert value(expression) == result


def test_methods_change_the_list_they_are_called_on():
    template = (
        "{% set l = [1] %}${{ l.push(2, 3) }}|${{ l.shift() }}|${{ l.splice(0, 1, 'x') }}|${{ l.pop() }}|${{ l }}"
    )
    assert render(template, {}) == "3|1|2|3|x"


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("(2.5).toFixed(0)", "3"),
        ("(1.005).toFixed(2)", "1.00"),
        ("(0.00015).toPrecision(1)", "0.0001"),
        ("(1234.5678).toExponential(2)", "1.23e+3"),
        ("(255).toString(16)", "ff"),
        ("(0.5).toString(2)", "0.1"),
    ],
)
def test_methods_of_numbers(expression, result):
    assert value(expression) == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("r/^[\\w-]+$/.test('a-b')", True),
        ("r/\\s/.test('a\\u00a0b')", False),
        ("r/B/i.test('abc')", True),
        ("r/a.c/.test('a\\nc')", False),
        ("r/[^]/.test('\\n')", True),
        ("r/\\u0041/.test('A')", True),
    ],
)
def test_regular_expressions_mean_what_they_mean_in_javascript(expression, result):
    assert value(expression) is result


def test_a_global_expression_remembers_where_it_was():
    template = "{% set re = r/a/g %}${{ re.test('aa') }} ${{ re.test('aa') }} ${{ re.test('aa') }}"
    assert render(template, {}) == "true true false"


@pytest.mark.parametrize(
    "expression",
    [
        "'a'.replaceAll('a', 'b')",
        "'a'.repeat(2)",
        "'a'.at(0)",
        "'a'.padStart(3)",
        "values.words.map('x')",
        "values.words.filter('x')",
        "{a: 1}.keys()",
        "true.toString()",
        "values.name()",
        "values.nope()",
        "'a'.includes()",
        "values.words.pop(1)",
        "(5).toFixed(101)",
        "r/(?=a)/.test('a')",
    ],
)
def test_what_is_no_method_there_is_none_here(expression):
    with pytest.raises(ExpressionError):
        value(expression)


def test_range_cycler_and_joiner():
    assert value("range(5, 0, -2)") == [5, 3, 1]
    assert value("range('3')") == [0, 1, 2]
    assert (
        render("{% set c = cycler('a', 'b') %}${{ c.next() }}${{ c.next() }}${{ c.next() }}${{ c.current }}", {})
        == "abaa"
    )
    assert render("{% set j = joiner('; ') %}${{ j() }}a${{ j() }}b", {}) == "a; b"


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("values.x is defined", False),
        ("null is defined", True),
        ("null is none", True),
        ("3 is odd", True),
        ("-3 is odd", False),
        ("'a' is string", True),
        ("6 is divisibleby(3)", True),
        ("[] is iterable", True),
        ("{} is mapping", True),
        ("1 is not number", False),
        ("range is callable", True),
        ("2 is gt(1)", True),
    ],
)
def test_tests_of_values(expression, result):
    assert value(expression) is result


@pytest.mark.parametrize(
    "expression", ["1 is nope", "1 is odd(1)", "1 is divisibleby", "null is iterable", "5 is upper"]
)
def test_tests_refuse_what_they_do_not_know(expression):
    with pytest.raises(ExpressionError):
        value(expression)


def test_a_function_of_the_caller_can_be_called():
    assert render("${{ 'yes' if failure() }}", {}, functions={"failure": lambda: True}) == "yes"
