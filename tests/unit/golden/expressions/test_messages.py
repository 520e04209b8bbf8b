"""A refusal says where, what and how to write it; hints recognise what people write by habit."""

import pytest

from waypost.golden.expressions import ExpressionError, filters_used, functions_used, hints, names, render


def refusal(template, context=None):
    with pytest.raises(ExpressionError) as caught:
        render(template, context or {"values": {"name": "svc"}})
    return caught.value


@pytest.mark.parametrize(
    ("template", "line", "column", "message"),
    [
        pytest.param("a\nb ${{ values.name | nope }}", 2, 21, 'there is no filter "nope"', id="filter"),
        pytest.param("\n\n${{ values.x() }}", 3, 12, '"values.x" is undefined and cannot be called', id="call"),
        pytest.param("${{ 1 + }}", 1, 8, "the expression ends too early", id="end"),
        pytest.param("x\n  {% if 1 %}", 2, 3, "{% if %} has no {% endif %}", id="unclosed"),
        pytest.param("${{ }}", 1, 1, "the expression is empty", id="empty"),
        pytest.param("${{ 1 is nope }}", 1, 10, 'there is no test "nope"', id="test"),
        pytest.param("${{ 5 | upper }}", 1, 9, "the filter upper: needs a text, not number", id="input"),
        pytest.param("{% fro x in y %}", 1, 1, 'there is no tag "fro"', id="tag"),
        pytest.param("${{ a.constructor }}", 1, 7, 'the name "constructor" is reserved', id="reserved"),
    ],
)
def test_a_refusal_says_where_and_what(template, line, column, message):
    error = refusal(template)
    assert (error.line, error.column, error.message) == (line, column, message)
    assert str(error).startswith(f"line {line}, column {column}: {message}")


@pytest.mark.parametrize(
    ("template", "fix"),
    [
        pytest.param("${{ a || b }}", "a or b", id="or"),
        pytest.param("${{ a && b }}", "a and b", id="and"),
        pytest.param("${{ !a }}", "not x", id="not"),
        pytest.param("${{ a ? b : c }}", "b if a else c", id="ternary"),
        pytest.param("${{ a ?? b }}", "default(value)", id="nullish"),
        pytest.param("${{ values.name.replaceAll('-', '') }}", "| replace(", id="replaceAll"),
        pytest.param("${{ values.name.map(x => x) }}", "{% for %}", id="map method"),
        pytest.param("${{ [1] | map('x') }}", "use a loop", id="map filter"),
        pytest.param("${{ [1] | unique }}", "no counterpart", id="unique"),
        pytest.param("${{ [1] | tojson }}", "dump", id="tojson"),
        pytest.param("${{ 'x' | uper }}", 'Did you mean "upper"?', id="typo in a filter"),
        pytest.param("{% fro x in y %}", 'Did you mean "for"?', id="typo in a tag"),
        pytest.param("{% if 0 %}{% else if 1 %}{% endif %}", "elif", id="else if"),
        pytest.param("${{ 1e3 }}", "Write it out", id="exponent"),
        pytest.param("{% for x, y %}{% endfor %}", "{% for item in values.list %}", id="for without in"),
        pytest.param("${{ 1 in values.nope }}", "default", id="in nothing"),
        pytest.param("${{ range }}", "range()", id="function without brackets"),
    ],
)
def test_a_refusal_says_how_to_write_it(template, fix):
    assert fix in refusal(template).fix


def test_hints_find_every_habit_with_its_place():
    found = hints('a ${{ values.a || "x || y" }}\n{% if !b && c %}x{% endif %} plain || text')
    assert [(hint.line, hint.column, hint.found) for hint in found] == [(1, 16, "||"), (2, 7, "!"), (2, 10, "&&")]


@pytest.mark.parametrize(
    "template",
    ["${{ a != b }}", "${{ 'a ? b : c' }}", "a || b", "${{ values.x | replace('!', '') }}", "{# a && b #}"],
)
def test_hints_leave_good_templates_alone(template):
    assert hints(template) == ()


def test_a_message_shows_foreign_text_bounded_and_on_one_line():
    error = refusal("${{ 1 | parseRepoUrl }}")
    assert "\n" not in str(error)
    long = refusal("${{ ('x' | center(5000) ~ '\\n') | parseEntityRef }}")
    assert len(str(long)) < 300
    assert "\n" not in str(long)


@pytest.mark.parametrize(
    ("template", "paths"),
    [
        pytest.param("${{ parameters.name }}", {("parameters", "name")}, id="path"),
        pytest.param(
            "${{ steps['publish'].output.remoteUrl }}", {("steps", "publish", "output", "remoteUrl")}, id="subscript"
        ),
        pytest.param("${{ values.name.toUpperCase() }}", {("values", "name")}, id="method is no part of the path"),
        pytest.param("${{ a[b.c].d }}", {("a",), ("b", "c")}, id="computed key ends the path"),
        pytest.param(
            "{% for x in values.l %}${{ x.y ~ loop.index }}{% endfor %}", {("values", "l")}, id="loop variable"
        ),
        pytest.param("{% set x = a.b %}${{ x.c }}", {("a", "b")}, id="own variable"),
        pytest.param("${{ always() and user.ref }}", {("user", "ref")}, id="function"),
        pytest.param("${{ (values.r | parseRepoUrl).owner }}", {("values", "r")}, id="behind a filter"),
        pytest.param("${{ {a: b.c}.a if d else [e.f][0] }}", {("b", "c"), ("d",), ("e", "f")}, id="inside literals"),
        pytest.param("no tags", set(), id="text"),
    ],
)
def test_names_are_the_paths_a_template_reads(template, paths):
    assert names(template) == paths


def test_filters_and_functions_in_use_are_listed():
    template = "{% macro m() %}{% endmacro %}{% filter upper %}${{ m() ~ always() | x.y }}{% endfilter %}"
    assert filters_used(template) == {"upper", "x.y"}
    assert functions_used(template) == {"always"}
