"""Filters give what they give in Backstage, its own four included."""

import pytest

from waypost.golden.expressions import UNDEFINED, ExpressionError, evaluate, render, repo_url_filters

CONTEXT = {
    "values": {
        "name": "svc-a",
        "repo": "github.com?owner=acme&repo=pay+ments",
        "people": [
            {"name": "Bob", "age": 25, "team": "blue", "admin": False},
            {"name": "Ann", "age": 31, "team": "red", "admin": True},
        ],
        "lines": "a\nb\n\nc",
        "nested": {"deep": {"x": ["y"]}, "a.b": 1},
    }
}


def value(expression):
    return evaluate("${{ " + expression + " }}", CONTEXT)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("'hello wORLD' | capitalize", "Hello world"),
        ("'hello wORLD' | title", "Hello World"),
        ("undefined | upper", ""),
        ("'x' | center(4)", " x  "),
        ("'x' | center(5)", "  x  "),
        ("values.lines | indent(2)", "a\n  b\n  \n  c"),
        ("values.lines | indent(2, true)", "  a\n  b\n  \n  c"),
        ("'ooo' | replace('o', 'x', 2)", "xxo"),
        ("'foo' | replace('', '-')", "-f-o-o-"),
        ("'a1b2' | replace(r/\\d/g, '#')", "a#b#"),
        ("'ab' | replace('a', '$&')", "$&b"),
        ("5 | replace(5, 6)", "6"),
        ("'foo bar baz' | truncate(7)", "foo bar..."),
        ("'foo bar baz' | truncate(6, true, '!')", "foo ba!"),
        ("' x ' | trim", "x"),
        ("'<a href=\"x\">&\\'' | escape", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"),
        ("'<' | escape | escape", "&lt;"),
        ("'<p>a  <b>b</b></p> <!-- c --> d' | striptags", "a b d"),
        ("'<<b>b>x' | striptags", "x"),
        ("'a b&c/é' | urlencode", "a%20b%26c%2F%C3%A9"),
        ("{a: 'x y', b: 1} | urlencode", "a=x%20y&b=1"),
        ("'see www.a.org.' | urlize", 'see <a href="http://www.a.org">www.a.org</a>'),
        ("'a b-c' | wordcount", 3),
        ("'' | wordcount", None),
        ("[1, true] | string", "1,true"),
        ("'a\\nb' | nl2br", "a<br />\nb"),
    ],
)
def test_filters_of_texts(expression, result):
    assert value(expression) == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("[1, 2, 3] | batch(2, 0)", [[1, 2], [3]]),
        ("[1, 2, 3] | batch(2, 'x')", [[1, 2], [3, "x"]]),
        ("[1, 2, 3, 4, 5] | slice(2)", [[1, 2, 3], [4, 5]]),
        ("'abcde' | slice(2)", ["abc", "de"]),
        ("{b: 2, A: 1} | dictsort", [["A", 1], ["b", 2]]),
        ("{b: 1, a: 2} | dictsort(false, 'value')", [["b", 1], ["a", 2]]),
        ("[] | first", UNDEFINED),
        ("'abc' | last", "c"),
        ("[1, 2] | join", "12"),
        ("[1, null, 2] | join('-')", "1--2"),
        ("values.people | join(', ', 'name')", "Bob, Ann"),
        ("{a: 1, b: 2} | length", 2),
        ("5 | length", UNDEFINED),
        ("'ab' | list", ["a", "b"]),
        ("{a: 1} | list", [{"key": "a", "value": 1}]),
        ("'abc' | reverse", "cba"),
        ("[0, 1, '', 2] | select", [1, 2]),
        ("[1, 2, 3, 4] | select('divisibleby', 2)", [2, 4]),
        ("[1, 2, 3] | reject('odd')", [2]),
        ("values.people | selectattr('admin') | join(',', 'name')", "Ann"),
        ("values.people | rejectattr('admin') | join(',', 'name')", "Bob"),
        ("values.people | sort(attribute='name') | join(',', 'name')", "Ann,Bob"),
        ("['b', 'A', 'c'] | sort", ["A", "b", "c"]),
        ("['b', 'a', 'C'] | sort(true, true)", ["b", "a", "C"]),
        ("[10, 9, '8'] | sort", ["8", 9, 10]),
        ("values.people | sum('age')", 56),
        ("[1, 2] | sum(undefined, 10)", 13),
        ("['a', 'b'] | sum", "00ab"),
        ("(values.people | groupby('team')).red[0].name", "Ann"),
    ],
)
def test_filters_of_lists_and_objects(expression, result):
    assert value(expression) == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("undefined | default('d')", "d"),
        ("null | default('d')", None),
        ("'' | default('d')", ""),
        ("'' | default('d', true)", "d"),
        ("'' | default('d', boolean=true)", "d"),
        ("'42px' | int", 42),
        ("'x' | int(7)", 7),
        ("'x' | int", UNDEFINED),
        ("'ff' | int(base=16)", 255),
        ("'3.7x' | float", 3.7),
        ("2.5 | round", 3),
        ("-2.5 | round", -2),
        ("1.005 | round(2)", 1),
        ("4.567 | round(1, 'ceil')", 4.6),
        ("-3 | abs", 3),
        ("{a: [1]} | dump", '{"a":[1]}'),
        ("{a: [1]} | dump(1)", '{\n "a": [\n  1\n ]\n}'),
        ("undefined | dump", UNDEFINED),
    ],
)
def test_filters_of_numbers_defaults_and_json(expression, result):
    assert value(expression) == result


@pytest.mark.parametrize("filter_name", ["map", "unique", "tojson", "nope"])
def test_a_filter_that_does_not_exist_is_refused_only_when_it_runs(filter_name):
    with pytest.raises(ExpressionError, match=f'no filter "{filter_name}"'):
        render("${{ [1] | " + filter_name + " }}", CONTEXT)
    assert render("{% if false %}${{ [1] | " + filter_name + " }}{% endif %}", CONTEXT) == ""


@pytest.mark.parametrize(
    "expression",
    [
        "null | first",
        "undefined | join",
        "'abc' | sum",
        "5 | upper",
        "null | string",
        "5 | list",
        "[] | dictsort",
        "[1, null] | selectattr('x')",
        "[1] | batch",
        "range | dump",
    ],
)
def test_filters_refuse_what_they_cannot_work_on(expression):
    with pytest.raises(ExpressionError):
        value(expression)


def test_random_picks_the_same_item_every_time():
    picked = value("['a', 'b', 'c'] | random")
    assert picked in ("a", "b", "c")
    assert value("['a', 'b', 'c'] | random") == picked


def test_a_filter_of_the_caller_gets_and_gives_plain_data():
    seen = []

    def note(given, *more):
        seen.append((given, more))
        return {"length": 2, "0": "x", "1": "y"}

    template = "{% macro m() %}text{% endmacro %}${{ (m() | note([1, undefined])) | last }}"
    assert render(template, CONTEXT, filters={"note": note}) == "y"
    assert seen == [("text", ([1, None],))]


def test_a_failing_filter_of_the_caller_says_which_one():
    def fail(given):
        raise ValueError("no such team")

    with pytest.raises(ExpressionError, match="the filter owner: no such team"):
        render("${{ 'x' | owner }}", {}, filters={"owner": fail})


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("(values.repo | parseRepoUrl).owner", "acme"),
        ("(values.repo | parseRepoUrl).repo", "pay ments"),
        ("'GitHub.com?owner=o&repo=r' | parseRepoUrl | dump", '{"host":"github.com","owner":"o","repo":"r"}'),
        ("values.repo | projectSlug", "acme/pay ments"),
        ("'dev.azure.com?project=p&repo=r&organization=o' | parseRepoUrl | pick('project')", "p"),
        ("'user:ns/Bob' | parseEntityRef", {"kind": "user", "namespace": "ns", "name": "Bob"}),
        ("'team' | parseEntityRef({defaultKind: 'group'}) | pick('kind')", "group"),
        ("{kind: 'api', name: 'x'} | parseEntityRef | pick('namespace')", "default"),
        ("values.nested | pick('deep.x[0]')", "y"),
        ("values.nested | pick('a.b')", 1),
        ("values.nested | pick('deep.z', 'none')", "none"),
        ("null | pick('a')", UNDEFINED),
        ("'abc' | pick('length')", 3),
    ],
)
def test_filters_that_backstage_adds(expression, result):
    assert value(expression) == result


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("'' | parseRepoUrl", "not a repository URL"),
        ("'github.com?repo=r' | parseRepoUrl", "has no owner"),
        ("'dev.azure.com?owner=o&repo=r' | parseRepoUrl", "has no project"),
        ("'git.example.org?owner=o&repo=r' | parseRepoUrl", "no integration is known"),
        ("values.nope | parseRepoUrl", "no integration is known"),
        ("'' | parseEntityRef", "is empty"),
        ("'name' | parseEntityRef", "has no kind"),
        ("'user:ns/' | parseEntityRef", "has no name"),
    ],
)
def test_what_cannot_be_parsed_is_refused_with_its_reason(expression, reason):
    with pytest.raises(ExpressionError, match=reason):
        value(expression)


def test_an_own_host_is_handed_in():
    filters = repo_url_filters({"git.acme.org": "github"})
    assert render("${{ 'git.acme.org?owner=o&repo=r' | projectSlug }}", {}, filters=filters) == "o/r"
