"""Which finished runs are looked at for documentation."""

from __future__ import annotations

import pytest

from waypost.config import Config
from waypost.forge.deliveries import Attempt
from waypost.queue.protocol import Key
from waypost.sync.events import marks
from waypost.sync.events.listed import keys


def payload(**bent):
    about = {
        "name": "Documentation",
        "path": ".github/workflows/docs.yml",
        "conclusion": "success",
        "head_branch": "main",
        "head_repository": {"id": 7},
    }
    return {
        "action": bent.pop("action", "completed"),
        "installation": {"id": 1},
        "repository": {"id": 7, "default_branch": "main", "name": "pay", "owner": {"login": "acme"}},
        "workflow_run": about | bent,
    }


def marked(**bent):
    return [mark.key for mark in marks("workflow_run", payload(**bent), Config())]


def test_green_run_of_the_default_branch_is_looked_at():
    assert marked() == [Key(1, "docs", "7")]


def test_the_hint_is_how_the_workflow_and_its_file_are_called():
    (mark,) = marks("workflow_run", payload(), Config())
    assert mark.hint == ("Documentation", ".github/workflows/docs.yml")


@pytest.mark.parametrize(
    "bent",
    [
        pytest.param({"conclusion": "failure"}, id="failed"),
        pytest.param({"conclusion": None}, id="no conclusion"),
        pytest.param({"action": "requested"}, id="began only"),
        pytest.param({"head_branch": "topic"}, id="another branch"),
        pytest.param({"head_branch": None}, id="no branch"),
        pytest.param({"head_repository": {"id": 8}}, id="a fork whose branch is called main"),
        pytest.param({"head_repository": None}, id="a fork that is gone"),
    ],
)
def test_other_runs_mark_nothing(bent):
    assert marked(**bent) == []


def test_odd_names_hint_at_nothing():
    (mark,) = marks("workflow_run", payload(name=3, path=["docs"]), Config())
    assert mark.hint == ()


def test_payload_of_nothing_marks_nothing():
    assert marks("workflow_run", {"installation": {"id": 1}, "action": "completed"}, Config()) == []


def test_a_delivery_that_was_missed_marks_what_the_listing_knows():
    missed = dict.fromkeys(Attempt._fields, "") | {"installation": 1, "repository": 7, "event": "workflow_run"}
    assert [mark.key for mark in keys(Attempt(**missed | {"action": "completed"}))] == [Key(1, "docs", "7")]
    assert keys(Attempt(**missed | {"action": "requested"})) == []
