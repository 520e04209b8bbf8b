import math

import pytest

from waypost.catalog.budget import Budget
from waypost.catalog.documents import parse, position


def value(text):
    [document] = parse(text).documents
    return document.value


def ids(text, budget=None):
    parsed = parse(text, budget) if budget else parse(text)
    found = [*parsed.problems, *(problem for document in parsed.documents for problem in document.problems)]
    return [problem.id for problem in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("no", "no", id="no is text"),
        pytest.param("on", "on", id="on is text"),
        pytest.param("yes", "yes", id="yes is text"),
        pytest.param("2024-01-01", "2024-01-01", id="dates are text"),
        pytest.param("12:30:45", "12:30:45", id="sexagesimal numbers are text"),
        pytest.param("1_000", "1_000", id="underscores make text"),
        pytest.param("0b11", "0b11", id="binary is text"),
        pytest.param("017", 17, id="a leading zero is decimal"),
        pytest.param("0o17", 15, id="octal"),
        pytest.param("0x1F", 31, id="hexadecimal"),
        pytest.param("-0x1F", "-0x1F", id="hexadecimal has no sign"),
        pytest.param("+12", 12, id="signed"),
        pytest.param("1.", 1.0, id="a point is enough"),
        pytest.param(".5", 0.5, id="a fraction alone"),
        pytest.param("1e3", 1000.0, id="an exponent alone"),
        pytest.param("-.inf", -math.inf, id="minus infinity"),
        pytest.param("~", None, id="tilde"),
        pytest.param("", None, id="nothing"),
        pytest.param("Null", None, id="Null"),
        pytest.param("nULL", "nULL", id="null in no other case"),
        pytest.param("TRUE", True, id="TRUE"),
        pytest.param("tRUE", "tRUE", id="true in no other case"),
        pytest.param("'true'", "true", id="quoted words are text"),
        pytest.param('"1"', "1", id="quoted numbers are text"),
        pytest.param("!!str 1", "1", id="an explicit tag"),
        pytest.param("!!int '3'", 3, id="a tag on a quoted scalar"),
        pytest.param("!!float 1", 1.0, id="a float without a point"),
        pytest.param("! 1", "1", id="the tag that says text"),
        pytest.param("a # b", "a", id="a comment"),
        pytest.param("a#b", "a#b", id="no comment"),
    ],
)
def test_plain_scalars_have_the_types_of_yaml_1_2(text, expected):
    assert value(f"- {text}\n- x")[0] == expected
    assert value(f"key: {text}\n")["key"] == expected
    assert type(value(f"key: {text}\n")["key"]) is type(expected)


def test_not_a_number_is_one_object_so_that_equal_documents_are_equal():
    assert value("a: .nan") == value("a: .nan")
    assert ids("a: .nan") == ["yaml-not-finite"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1: a", {"1": "a"}, id="a number"),
        pytest.param("1.0: a", {"1": "a"}, id="a float prints as in JavaScript"),
        pytest.param("true: a", {"true": "a"}, id="a boolean"),
        pytest.param("null: a", {"": "a"}, id="null"),
        pytest.param("0x10: a", {"16": "a"}, id="hexadecimal"),
        pytest.param("'0x10': a", {"0x10": "a"}, id="quoted"),
        pytest.param("? [a, b]\n: c", {"[ a, b ]": "c"}, id="a list"),
        pytest.param("{a: b}: c", {"{ a: b }": "c"}, id="a mapping"),
        pytest.param("&x a: *x", {"a": "a"}, id="an anchor on a key"),
        pytest.param("<<: {a: 1}", {"<<": {"a": 1}}, id="the merge key is an ordinary key"),
    ],
)
def test_keys_are_text_as_in_json(text, expected):
    assert value(text) == expected


def test_aliases_stand_for_their_values():
    assert value("a: &x {b: [1]}\nc: *x\nd: [*x]") == {"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}]}


def test_an_anchor_may_be_defined_again():
    assert value("a: &x 1\nb: *x\nc: &x 2\nd: *x") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_keys_of_different_files_are_the_same_object():
    [first], [second] = value("lifecycle_x: 1"), value("lifecycle_x: 2")
    assert first is second


def test_every_document_is_read_and_empty_ones_do_not_count():
    parsed = parse("# nothing\n---\n---\na: 1\n---\n~\n---\nb: 2\n...\n")
    assert [(document.index, document.line, document.value) for document in parsed.documents] == [
        (0, 3, {"a": 1}),
        (1, 7, {"b": 2}),
    ]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "\ufeff", "---\n...\n"])
def test_an_empty_file_has_no_documents(text):
    assert parse(text).documents == ()


def test_a_byte_order_mark_does_not_matter():
    assert value("\ufeffa: 1") == {"a": 1}
    assert [document.value for document in parse("a: 1\n\ufeff---\nb: 2").documents] == [{"a": 1}, {"b": 2}]


def test_lines_may_end_as_on_windows():
    document = parse("a: 1\r\nb:\r\n  c: 2\r\n").documents[0]
    assert document.value == {"a": 1, "b": {"c": 2}}
    assert position(document, "/b/c") == (3, 6)


def test_positions_of_every_node():
    text = "a: 1\nb:\n  - x\n  - y: &q {z: 1}\n    w: *q\nc/d: ~\n'~': [[], {}]\n"
    [document] = parse(text).documents
    places = ["", "/a", "/b", "/b/0", "/b/1", "/b/1/y", "/b/1/y/z", "/b/1/w", "/c~1d", "/~0", "/~0/0", "/~0/1"]
    assert [position(document, place) for place in places] == [
        (1, 1),
        (1, 4),
        (3, 3),
        (3, 5),
        (4, 5),
        (4, 8),
        (4, 15),
        (5, 8),
        (6, 6),
        (7, 6),
        (7, 7),
        (7, 11),
    ]
    assert position(document, "/b", key=True) == (2, 1)
    assert position(document, "/b/1/y/nowhere/else") == position(document, "/b/1/y", key=True)
    assert parse(text).position(0, "/a") == (1, 4)


def test_positions_count_from_the_file_also_after_a_broken_document():
    parsed = parse("a: [\n---\nb:\n  c: 1\n")
    assert [document.is_broken for document in parsed.documents] == [True, False]
    assert position(parsed.documents[1], "/b/c") == (4, 6)


def test_positions_hold_after_duplicates_and_keys_that_are_collections():
    [document] = parse("? {a: [1, 2]}\n: 1\nb: {c: 1}\nb: {c: [1, 2]}\nd: 5\n").documents
    assert document.value == {"{ a: [ 1, 2 ] }": 1, "b": {"c": 1}, "d": 5}
    assert position(document, "/d") == (5, 4)


def test_a_duplicate_key_is_an_error_that_names_both_lines():
    [problem] = parse("a: 1\nb: {x: [1, {y: 2}], z: 3}\na: 2\n").documents[0].problems
    assert (problem.id, problem.line, problem.column) == ("yaml-duplicate", 3, 1)
    assert "line 1" in problem.message
    assert "line 3" in problem.message


def test_all_duplicates_are_reported():
    problems = parse("a: 1\na: 2\nb: {c: 1, c: 2}\n").documents[0].problems
    assert [(problem.line, problem.column) for problem in problems] == [(2, 1), (3, 11)]


@pytest.mark.parametrize(
    ("text", "id", "place"),
    [
        pytest.param("a: b: c", "yaml-syntax", (1, 5), id="two colons"),
        pytest.param("a: [1\n", "yaml-syntax", (2, 1), id="an open bracket"),
        pytest.param("a:\n\t- b", "yaml-syntax", (2, 1), id="a tab as indentation"),
        pytest.param("a: @b", "yaml-syntax", (1, 4), id="a reserved letter"),
        pytest.param('a: "\\q"', "yaml-syntax", (1, 5), id="an unknown escape"),
        pytest.param("a: 'b", "yaml-syntax", (1, 6), id="an open quote"),
        pytest.param("  a: 1\nb: 2", "yaml-rest", (2, 1), id="a line that belongs to nothing"),
        pytest.param("a: \0", "yaml-control", (1, 4), id="NUL"),
        pytest.param("a: 1\nb: \x07c", "yaml-control", (2, 4), id="a bell"),
        pytest.param("a: *b", "yaml-alias", (1, 4), id="an unknown alias"),
        pytest.param("a: &x [*x]", "yaml-alias", (1, 8), id="an alias inside its own anchor"),
        pytest.param("%YAML 9.9\n---\na: 1", "yaml-syntax", (1, 1), id="another YAML"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_place(text, id, place):
    [problem] = parse(text).documents[0].problems
    assert (problem.id, (problem.line, problem.column)) == (id, place)
    assert problem.message
    assert problem.fix


def test_bytes_that_are_not_utf_8_are_a_problem_with_their_line():
    [problem] = parse(b"a: 1\nb: \xff\n").problems
    assert (problem.id, problem.line) == ("not-utf8", 2)
    assert parse(b"a: 1\nb: \xff\n".decode("utf-8", "surrogateescape")).problems == (problem,)


def test_a_broken_document_does_not_hide_the_ones_around_it():
    parsed = parse("a: 1\n---\nb: [\n---\nc: \x07\n---\nd: 4\n")
    assert [(document.index, document.line, document.value) for document in parsed.documents] == [
        (0, 1, {"a": 1}),
        (1, 2, None),
        (2, 4, None),
        (3, 6, {"d": 4}),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a:\n  b: 1\n\t\n  c: 2", id="a line of its own"),
        pytest.param("a:\n  b: 1\n\t# note\n  c: 2", id="before a comment"),
        pytest.param("a:\n  b: \t1\n  c: 2\t", id="around a value"),
    ],
)
def test_harmless_tabs_are_read_over_as_backstage_does(text):
    assert value(text) == {"a": {"b": 1, "c": 2}}


@pytest.mark.parametrize(
    ("text", "budget", "id"),
    [
        pytest.param("[[[1]]]", Budget(depth=2), "yaml-depth", id="depth"),
        pytest.param("[1, 2, 3, 4]", Budget(nodes=4), "yaml-nodes", id="nodes in a list"),
        pytest.param("{a: 1, b: 2}", Budget(nodes=4), "yaml-nodes", id="nodes in a mapping"),
        pytest.param("[&a 1, *a, *a]", Budget(aliases=1), "yaml-aliases", id="aliases"),
        pytest.param("[&a [1, 2], *a]", Budget(copied=2), "yaml-aliases", id="what aliases stand for"),
        pytest.param("a\n---\nb", Budget(documents=1), "yaml-documents", id="documents"),
        pytest.param("%TAG !a! x\n%TAG !b! x\n---\na", Budget(directives=1), "yaml-directives", id="directives"),
        pytest.param("abcd", Budget(size=3), "file-size", id="letters"),
        pytest.param("é", Budget(size=1), "file-size", id="bytes"),
    ],
)
def test_over_budget_is_a_problem(text, budget, id):
    assert ids(text, budget) == [id]
    loose = Budget(size=99, depth=9, nodes=99, aliases=9, copied=99, documents=9, directives=9)
    assert not {"file-size", id} & set(ids(text, loose))


def test_what_came_before_the_budget_was_spent_is_kept():
    parsed = parse("a: 1\n---\n[[[1]]]\n---\nb: 2", Budget(depth=2))
    assert [document.value for document in parsed.documents] == [{"a": 1}, None]


def test_a_key_that_could_be_a_placeholder_is_noticed():
    assert parse("a: {$text: ./b}").documents[0].has_placeholders
    assert parse("a: {'$text': ./b}").documents[0].has_placeholders
    assert not parse("a: $text").documents[0].has_placeholders


def test_a_template_statement_is_a_skeleton_and_no_syntax_error():
    assert ids("a: 1\n{%- if b %}\nc: 2\n{%- endif %}\n") == ["skeleton"]
    assert ids("kind: Component\nname: {{ x }}y\n") == ["skeleton"]
    assert ids("kind: Template\nname: {{ x }}y\n") == ["yaml-syntax"]
