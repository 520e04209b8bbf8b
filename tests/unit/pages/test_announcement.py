"""What the "published" check says of a push."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from unit.catalog._organisation import entity, snapshot
from waypost.catalog.build import build
from waypost.catalog.entities import Source
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.settings import Settings
from waypost.pages.announcement import MOST_PAGES, MOST_REMARKS, Publication, duration, notice
from waypost.pages.site import Site

SITE = Site("acme/catalog")
NOW = Publication("0123456789abcdef", 6.4)


def said(one, settings=None, number=7):
    return notice(build("acme", [one], {}, settings or Settings()), SITE, number, NOW)


def problem(number, severity=Severity.ERROR, **more):
    facts = {"repository": "acme/r7", "file": "a.yaml", "line": number, "id": "x", "message": f"wrong {number}"}
    return Problem(**{**facts, "fix": "Mend it.", "severity": severity, **more})


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (6.4, "6 s"), (119, "119 s"), (300, "5 min"), (7_200, "2 h"), (-3, "0 s")]
)
def test_a_time_is_written_as_people_say_it(seconds, words):
    assert duration(seconds) == words


def test_a_success_links_the_commit_and_the_pages():
    one = said(snapshot(7, entity(7, "Component", "pay")))
    assert one.conclusion == "success"
    assert one.title.startswith("published in 0123456789 after 6 s")
    assert "https://github.com/acme/catalog/commit/0123456789abcdef" in one.summary
    assert "https://github.com/acme/catalog/blob/main/pages/component/default/" in one.summary


def test_an_error_fails_and_stands_at_its_line_before_warnings():
    one = said(replace(snapshot(7), problems=(problem(2, Severity.WARNING), problem(9), problem(3, Severity.NOTE))))
    assert (one.conclusion, one.title.partition(";")[0]) == ("failure", "1 error")
    assert [(remark.line, remark.level) for remark in one.remarks] == [(9, "failure"), (2, "warning"), (3, "notice")]
    assert one.remarks[0].message == "wrong 9. Mend it."
    assert one.summary.index("wrong 9") < one.summary.index("wrong 2")


def test_a_problem_of_a_file_that_is_gone_has_no_line():
    one = replace(snapshot(7), problems=(problem(2),), sources=(Source("a.yaml", "", "c" * 40),))
    assert said(one).remarks == ()
    assert "wrong 2" in said(one).summary


def test_many_problems_and_pages_are_cut_and_counted():
    many = [entity(7, "Component", f"c{number}") for number in range(MOST_PAGES + 5)]
    one = said(replace(snapshot(7, *many), problems=tuple(problem(number) for number in range(1, 80))))
    assert len(one.remarks) == MOST_REMARKS
    assert "- and 5 more" in one.summary
    assert "see [all problems](https://github.com/acme/catalog/blob/main/pages/problems/README.md)" in one.summary


def test_a_repository_that_is_left_out_is_told_the_reason_alone():
    secret = replace(snapshot(7, entity(7, "Component", "pay")), problems=(problem(2),))
    one = said(secret, Settings(exclude=("r7",)))
    assert (one.conclusion, one.remarks) == ("neutral", ())
    assert "excluded by waypost.yaml" in one.title
    assert "pay" not in one.summary.replace("waypost", "")


def test_nothing_is_said_of_a_repository_that_is_not_known():
    assert said(snapshot(7), number=8) is None


def test_what_strangers_wrote_stays_text():
    nasty = "@acme/all <img> ](javascript:x) `y` |"
    one = said(replace(snapshot(7), problems=(problem(2, message=nasty, file="a`b.yaml"),)))
    for harm in ("@acme/all", "<img"):
        assert harm not in one.summary
    assert not re.search(r"(?<!\\)\]\(javascript", one.summary)
