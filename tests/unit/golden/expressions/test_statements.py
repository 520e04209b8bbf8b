"""Tags: conditions, loops, variables, macros, and which names can be seen from where."""

import pytest

from waypost.golden.expressions import ExpressionError, Style, is_sole_expression, parse, render

CONTEXT = {"values": {"name": "svc", "words": ["one", "two"], "obj": {"b": 1, "a": 2}}}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{% if [] %}yes{% endif %}", "yes", id="empty list"),
        pytest.param("{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}", "b", id="elif"),
        pytest.param("{% if 0 %}a{% elseif 0 %}b{% else %}c{% endif %}", "c", id="elseif"),
        pytest.param("{% switch 2 %}{% case 1 %}a{% case 2 %}b{% default %}c{% endswitch %}", "b", id="switch"),
        pytest.param("{% switch 1 %}{% case 1 %}{% case 2 %}b{% endswitch %}", "b", id="an empty case falls through"),
        pytest.param("{% switch '1' %}{% case 1 %}a{% default %}c{% endswitch %}", "c", id="cases compare strictly"),
    ],
)
def test_conditions_choose_one_body(template, text):
    assert render(template, CONTEXT) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{% for w in values.words %}${{ loop.index }}${{ w }}{% endfor %}", "1one2two", id="list"),
        pytest.param("{% for k, v in values.obj %}${{ k }}${{ v }}{% endfor %}", "b1a2", id="object in its order"),
        pytest.param(
            "{% for k, v in {'2': 'b', '1': 'a'} %}${{ k }}${{ v }}{% endfor %}", "1a2b", id="index keys sorted"
        ),
        pytest.param("{% for x in values.obj %}x{% else %}none{% endfor %}", "none", id="one name over an object"),
        pytest.param("{% for x in values.nope %}x{% else %}none{% endfor %}", "none", id="undefined"),
        pytest.param("{% for x in 'ab' %}${{ x }}-{% endfor %}", "a-b-", id="text"),
        pytest.param("{% for a, b in [[1, 2], 'xy'] %}${{ a }}${{ b }};{% endfor %}", "12;xy;", id="pairs"),
        pytest.param("{% for x in [1, 2] %}${{ x }}${{ ',' if not loop.last }}{% endfor %}", "1,2", id="last"),
    ],
)
def test_loops_go_over_what_javascript_counts_as_items(template, text):
    assert render(template, CONTEXT) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param(
            "{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + i %}{% endfor %}${{ x }}", "4", id="loop writes out"
        ),
        pytest.param(
            "{% for i in [1] %}{% set y = i %}{% endfor %}[${{ y }}]", "[]", id="a new name stays in its loop"
        ),
        pytest.param("{% if true %}{% set x = 2 %}{% endif %}${{ x }}", "2", id="a condition has no scope"),
        pytest.param("{% block b %}{% set x = 2 %}{% endblock %}[${{ x }}]", "[]", id="a block keeps its names"),
        pytest.param("{% set x %}a${{ values.name }}{% endset %}${{ x | upper }}", "ASVC", id="body as a value"),
        pytest.param("{% set a, b = 3 %}${{ a }}${{ b }}", "33", id="two names, one value"),
        pytest.param("{% set values = 1 %}${{ values }}", "1", id="a given name may be covered"),
        pytest.param("{% filter upper %}{% set y = 1 %}{% endfilter %}${{ y }}", "1", id="a filter block exports"),
    ],
)
def test_names_are_seen_where_backstage_sees_them(template, text):
    assert render(template, CONTEXT) == text


MACRO = "{% macro m(a, b=2, c=a) %}${{ a }}-${{ b }}-${{ c }}{% endmacro %}"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param(MACRO + "${{ m(1) }}", "1-2-1", id="defaults see earlier parameters"),
        pytest.param(MACRO + "${{ m(1, 3, 4) }}", "1-3-4", id="more arguments fill defaults"),
        pytest.param(MACRO + "${{ m(b=5, a=6) }}", "6-5-6", id="by name"),
        pytest.param("{% set x = 1 %}{% macro m() %}${{ x }}{% endmacro %}${{ m() }}", "1", id="sees the top level"),
        pytest.param(
            "{% for i in [1] %}{% macro m() %}[${{ i }}]{% endmacro %}${{ m() }}{% endfor %}", "[]", id="not the loop"
        ),
        pytest.param(
            "{% macro m(x) %}${{ caller(x) }}{% endmacro %}{% call(y) m(3) %}<${{ y }}>{% endcall %}", "<3>", id="call"
        ),
        pytest.param(
            "{% macro m() %}x{% endmacro %}${{ m() == 'x' }} ${{ m() === 'x' }}", "true false", id="safe text"
        ),
        pytest.param("{% macro m() %}{% endmacro %}${{ 'yes' if m() }}", "yes", id="what a macro gives is true"),
    ],
)
def test_macros_take_arguments_as_backstage_passes_them(template, text):
    assert render(template, CONTEXT) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("a \n{%- if 1 -%}\n b {%- endif %} c", "ab c", id="dashes trim both sides"),
        pytest.param("a ${{- 1 -}} b", "a1b", id="expressions too"),
        pytest.param("a {#- note -#} b", "ab", id="comments too"),
        pytest.param("a\n{% if 1 %}\nb\n{% endif %}\n", "a\n\nb\n\n", id="newlines stay by themselves"),
        pytest.param("{% raw %}${{ x }}{% if %}{% endraw %}", "${{ x }}{% if %}", id="raw"),
        pytest.param("{% raw %}a{% raw %}b{% endraw %}c{% endraw %}", "a{% raw %}b{% endraw %}c", id="raw in raw"),
        pytest.param("{{ .Values.x }} $${ y }", "{{ .Values.x }} $${ y }", id="Helm and shell stay"),
        pytest.param("${{ '}}' }}{% if '%}' %}x{% endif %}", "}}x", id="ends inside texts"),
        pytest.param("${{ github.event.name }}", "", id="GitHub's own expressions are expressions"),
    ],
)
def test_text_around_tags_is_kept_or_trimmed(template, text):
    assert render(template, CONTEXT) == text


@pytest.mark.parametrize(
    ("style", "text"),
    [
        pytest.param(Style(), "a\n  \n  b\n  \nc", id="neither"),
        pytest.param(Style(trim_blocks=True), "a\n    b\n  c", id="trim_blocks"),
        pytest.param(Style(lstrip_blocks=True), "a\n\n  b\n\nc", id="lstrip_blocks"),
        pytest.param(Style(trim_blocks=True, lstrip_blocks=True), "a\n  b\nc", id="both"),
    ],
)
def test_blocks_are_trimmed_as_the_style_says(style, text):
    assert render(parse("a\n  {% if 1 %}\n  b\n  {% endif %}\nc", style), {}) == text


def test_cookiecutter_style_has_its_delimiters_and_pythons_names():
    style = Style(cookiecutter=True)
    loop = "{% for k, v in values.obj.items() %}{{ k }}{{ v }}{% endfor %}"
    template = "{{ True }} {{ None }} " + loop + " {{ values.words | jsonify }}"
    assert render(parse(template, style), CONTEXT) == 'true  b1a2 ["one","two"]'
    assert render(parse("${{ True }}", style), CONTEXT) == "$true"
    assert render("${{ True }}{{ x }}", CONTEXT) == "{{ x }}"


@pytest.mark.parametrize("tag", ["include 'x'", "import 'x' as y", "from 'x' import y", "extends 'x'"])
def test_a_template_cannot_load_another_one(tag):
    with pytest.raises(ExpressionError, match="cannot load another"):
        parse("{% if false %}{% " + tag + " %}{% endif %}")


@pytest.mark.parametrize(
    "template",
    [
        "{% if 1 %}",
        "{% endif %}",
        "{% else %}",
        "{% if 0 %}{% else if 1 %}{% endif %}",
        "{% for x of y %}{% endfor %}",
        "{% for x in(y) %}{% endfor %}",
        "{% for loop in y %}{% endfor %}",
        "{% set x == 1 %}",
        "{% set true = 1 %}",
        "{% macro m %}{% endmacro %}",
        "{% call 1 %}{% endcall %}",
        "{% switch 1 %} {% case 1 %}{% endswitch %}",
        "{% switch 1 %}{% endswitch %}",
        "{% block a %}{% endblock b %}",
        "{% block a %}{% endblock %}{% block a %}{% endblock %}",
        "{% unknown %}",
        "{% %}",
        "{# open",
        "${{ open",
        "text #}",
        "{% raw %}x{% endraw -%}",
        "{% set x %}{% macro m() %}{% endmacro %}{% endset %}",
    ],
)
def test_what_backstage_cannot_read_is_refused(template):
    with pytest.raises(ExpressionError):
        parse(template)


@pytest.mark.parametrize(
    ("source", "is_sole"),
    [
        ("${{ values.x }}", True),
        ("${{ values.x }}{# why #}", True),
        (" ${{- values.x -}} ", True),
        (" ${{ values.x }}", False),
        ("${{ values.x }}${{ values.y }}", False),
        ("{% if 1 %}${{ values.x }}{% endif %}", False),
        ("text", False),
        ("${{ broken", False),
    ],
)
def test_only_a_text_that_is_one_expression_has_a_value(source, is_sole):
    assert is_sole_expression(source) is is_sole


def test_changes_of_a_list_do_not_reach_the_next_file():
    template = "{% if values.words.push('x') %}{% endif %}${{ values.words }}"
    assert render(template, CONTEXT) == "one,two,x"
    assert render(template, CONTEXT) == "one,two,x"
    assert CONTEXT["values"]["words"] == ["one", "two"]


def test_a_text_without_tags_is_returned_as_it_is():
    assert render("{{ x }} $ {", CONTEXT) == "{{ x }} $ {"


def test_parsed_templates_are_read_once():
    assert parse("${{ values.name }}!") is parse("${{ values.name }}!")
