"""What is wrong with a file of a tool is said at its line, with the nearest right word."""

from __future__ import annotations

import pytest

from waypost.integrations.check import check

TOOL = """\
name: pager
title: Pager
section: on-call
settings: {url: ""}
annotations:
  - annotation: pager.example/service
    value: "{id}"
    url: "{url}/services/{id}"
"""


def test_right_file_has_no_problem():
    assert check(TOOL) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        pytest.param("title: Pager\n", "", 1, "title is missing", id="missing"),
        pytest.param("title: Pager", "titel: Pager", 2, 'no field "titel" Did you mean "title"?', id="misspelt"),
        pytest.param("section: on-call", "section: oncall", 3, 'section: "oncall" is not known', id="unknown section"),
        pytest.param("title: Pager", "title: [a]", 2, "must be text", id="not text"),
        pytest.param('"{url}/s', '"http://s', 8, "does not have the right form", id="address"),
        pytest.param("    value", "    valeu", 7, 'Did you mean "value"?', id="misspelt inside"),
        pytest.param("name: pager", "name: [", 3, "that is not closed", id="broken"),
        pytest.param(TOOL, "- a\n", 1, "an integration is a mapping", id="a list"),
        pytest.param('"{id}"', '"{id"', 1, "{id", id="form of the value"),
    ],
)
def test_mistake_is_said_at_its_line(old, new, line, said):
    problems = check(TOOL.replace(old, new))
    texts = [f"{problem.message} {problem.fix}" for problem in problems if problem.line == line]
    assert any(said in text for text in texts), problems
