"""A request recognises what it made: from a description, a commit, an issue, a file."""

from __future__ import annotations

import pytest

from waypost.create import marks
from waypost.golden.answers import Answers


def test_same_wish_makes_the_same_request_in_whatever_order_it_is_given():
    one = marks.request_id("acme", "template:default/x", "pay", {"a": 1, "b": [2]})
    assert one == marks.request_id("Acme", "template:default/x", "PAY", {"b": [2], "a": 1})
    assert one != marks.request_id("acme", "template:default/x", "pay", {"a": 1, "b": [3]})
    assert marks.REQUEST.fullmatch(one)


@pytest.mark.parametrize("description", ["", "Takes money", "x" * 400], ids=["none", "some", "too long"])
def test_description_says_whose_it_is_while_it_is_being_made(description):
    marked = marks.marked(description, "r-1")
    assert marks.unfinished(marked) == "r-1"
    assert len(marked) <= 350


@pytest.mark.parametrize("description", [None, "", "Takes money", "It was Being created by Waypost (request r-1): x"])
def test_finished_description_names_no_request(description):
    assert marks.unfinished(description) == ""


def test_commit_carries_its_request_and_which_of_its_commits_it_is():
    message = marks.with_trailer("Begin\n\nMore.", "r-1", "0.1")
    assert marks.is_commit_of(message, "r-1")
    assert marks.is_commit_of(message, "r-1", "0.1")
    assert not marks.is_commit_of(message, "r-1", "0.2")
    assert not marks.is_commit_of(message, "r-2")
    assert not marks.is_commit_of("Begin", "r-1")


def test_issue_carries_its_mark_unseen():
    body = f"Please.\n\n{marks.hidden('r-1', '1.0')}"
    assert marks.is_hidden_in(body, "r-1")
    assert marks.is_hidden_in(body, "r-1", "1.0")
    assert not marks.is_hidden_in(body, "r-1", "1.00")
    assert not marks.is_hidden_in(body, "r")
    assert not marks.is_hidden_in(None, "r-1")


def test_file_of_a_finished_repository_names_its_request():
    assert marks.is_made_by(Answers("template:default/x", "abc", request="r-1"), "r-1")
    assert not marks.is_made_by(Answers("template:default/x", "abc"), "r-1")
    assert not marks.is_made_by(None, "r-1")
