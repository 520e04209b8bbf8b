"""The text of an issue read back: what was answered, or what is wrong with it, by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.golden._templates import properties
from waypost.golden.forms import issue_body, read_issue, template_of

ASKED = properties(
    """
    name: {type: string, title: Name}
    text: {type: string, title: What it does, ui:widget: textarea}
    port: {type: integer, title: Port, default: 8080}
    ratio: {type: number, title: Ratio}
    public: {type: boolean, title: Public}
    size: {enum: [1, 2, none], enumNames: [Small, Large, None], title: Size}
    where: {type: array, title: Where, items: {enum: [eu, us]}}
    tags: {type: array, title: Tags, items: {type: string}}
    env: {type: object, title: Environment}
    token: {type: string, ui:field: Secret}
    """
)
ANSWERED = """\
### Template

service

### Name

pay-api

### What it does

Two lines,

of text.

### Port

9090

### Ratio

0.5

### Public

No

### Size

(None)

### Where

- [X] eu
- [ ] us

### Tags

java
  c++

### More values

```yaml
env:
  A: 1
### a comment
  B: x
```
"""


def read(text, asked=ASKED):
    return read_issue(asked, text)


def test_every_kind_of_answer_is_read():
    assert read(ANSWERED) == (
        {
            "name": "pay-api",
            "text": "Two lines,\n\nof text.",
            "port": 9090,
            "ratio": 0.5,
            "public": False,
            "size": "none",
            "where": ["eu"],
            "tags": ["java", "c++"],
            "env": {"A": 1, "B": "x"},
        },
        (),
    )


def test_line_ends_of_windows_change_nothing():
    assert read(ANSWERED.replace("\n", "\r\n")) == read(ANSWERED)


@pytest.mark.parametrize("nothing", ["_No response_", "*No response*", "", "   "])
def test_what_was_left_empty_is_not_answered(nothing):
    text = (
        f"### Template\n\nservice\n\n### Name\n\n{nothing}\n\n### Port\n\n{nothing}\n\n### More values\n\n{nothing}\n"
    )
    assert read(text) == ({}, ())
    assert read("### Template\n\nservice\n\n### Size\n\nNone\n\n### Where\n\n- [ ] eu\n- [ ] us") == ({}, ())
    assert read("### Template\n\nservice\n\n### More values\n\n```yaml\n\n```\n") == ({}, ())


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        (("9090", "many"), "port", 'Port: "many" is not a whole number'),
        (("9090", "9.5"), "port", "is not a whole number"),
        (("9090", "9\n9"), "port", "write one line"),
        (("0.5", "0.5.1"), "ratio", "is not a number"),
        (("(None)", "Lrge"), "size", '"Lrge" is none of Small, Large, (None). Did you mean "Large"?'),
        (("- [X] eu", "- [X] asia"), "where", '"asia" is none of eu, us'),
        (("- [X] eu", "eu"), "where", "is not one of the boxes"),
        (("### Port", "### Prot"), "", '"### Prot" is no field of this form. Did you mean "Port"?'),
        (("of text.", "### Zebra\nof text."), "", "If it is part of a text, put a space before it"),
        (("of text.", "### Name\nof text."), "", '"### Name" is there twice'),
        (("\nservice\n", "\nother\n"), "", 'for the template "other", not for "service"'),
        (("### Template\n\nservice\n", ""), "", '"### Template" is missing: open a new issue with the form of service'),
        (("env:", "name: x\nenv:"), "name", "answered twice"),
        (("env:", "evn:"), "evn", 'does not ask for "evn". Did you mean "env"?'),
        (("env:", "token: hush\nenv:"), "token", "is a secret, and now others can read it"),
        (("  B: x", "  B: [x"), "values", "line "),
        (("env:\n  A: 1\n### a comment\n  B: x", "- a"), "values", "`name: value`"),
    ],
)
def test_what_cannot_be_read_is_named(change, path, says):
    assert change[0] in ANSWERED
    _, faults = read(ANSWERED.replace(*change, 1))
    (fault,) = [fault for fault in faults if says in fault.message]
    assert fault.path == path


def test_a_line_of_yaml_that_cannot_be_read_is_counted_from_the_box():
    _, (fault,) = read("### Template\n\nservice\n\n### More values\n\n```yaml\nenv:\n  a: 1\n  a: 2\n```")
    assert fault.message.startswith("line 3:")


def test_a_secret_is_never_repeated_in_a_message():
    values, faults = read(ANSWERED.replace("env:", "token: hush-hush\nenv:"))
    assert "token" not in values
    assert "hush-hush" not in str(faults)


def test_a_heading_with_a_space_before_it_is_text():
    values, faults = read(ANSWERED.replace("of text.", " ### Name\nof text."))
    assert faults == ()
    assert " ### Name" in values["text"]


def test_an_issue_says_which_template_it_is_for():
    assert template_of(ANSWERED) == "service"
    assert template_of("### Name\n\nx") == ""
    assert template_of("### Template\n\na\n\n### Template\n\nb") == ""


def test_an_issue_without_anything_is_refused():
    assert read("")[1]
    assert read("just words")[1]


def test_a_text_made_to_be_slow_is_read_in_bounds():
    asked = properties("\n".join(f"field{number}: {{type: string}}" for number in range(300)))
    body = "### Template\n\nservice\n\n"
    _, faults = read(body + "### fild\n\nx\n" * 5000, asked)
    assert len(faults) == 21
    _, faults = read(body + "### More values\n\n" + "".join(f"fild{number}: 1\n" for number in range(5000)), asked)
    assert len(faults) == 21


def test_what_is_not_answered_is_written_as_github_writes_it():
    sections = issue_body(ASKED, {}).split("### ")[1:]
    assert [section.split("\n\n")[1].strip() for section in sections] == [
        "service",
        *["_No response_"] * 4,
        *["None"] * 2,
        "- [ ] eu\n- [ ] us",
        *["_No response_"] * 2,
    ]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
lines = st.one_of(texts, st.sampled_from(["### Name", "### x", "```", "_No response_", "None", "- a", " x ", "a\n\n"]))
plain = st.one_of(lines, st.integers(-(2**53), 2**53), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
answers = st.fixed_dictionaries(
    {},
    optional={
        "name": lines,
        "text": st.lists(lines, max_size=4).map("\n".join),
        "port": st.integers(-(10**9), 10**9),
        "ratio": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-99, 99),
        "public": st.booleans(),
        "size": st.sampled_from([1, 2, "none"]),
        "where": st.lists(st.sampled_from(["eu", "us"]), unique=True),
        "tags": st.lists(lines, max_size=3),
        "env": st.dictionaries(lines, plain | st.lists(plain, max_size=2), max_size=3),
    },
)


@given(answers)
def test_answers_written_into_an_issue_come_back_equal(values):
    read_back, faults = read(issue_body(ASKED, values))
    assert faults == ()
    assert read_back == values
    assert {name: type(value) for name, value in read_back.items()} == {n: type(v) for n, v in values.items()}


@given(st.lists(lines, max_size=12).map("\n".join))
def test_no_text_at_all_makes_reading_fail(text):
    read(text)
