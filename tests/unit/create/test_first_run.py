"""When the first run is over: not before every workflow of the first commit has had its run."""

from __future__ import annotations

import pytest

from waypost.create.first_run import LATE_SECONDS, begun_by_a_push, wait
from waypost.golden.effects import FilesPushed
from waypost.golden.planned import Plan, PlannedStep
from waypost.golden.tree import File

CI, IMAGE = ".github/workflows/ci.yml", ".github/workflows/image.yml"
STAMPS = {"created_at": "2026-11-25T21:00:00Z", "run_started_at": "2026-11-25T21:00:00Z"}


class Town:
    """A clock, and a forge that lists more runs the later it is asked."""

    def __init__(self, *listed):
        self.now, self._listed = 0.0, listed

    def look(self, path, why):
        if "/jobs" in path:
            return {"jobs": [{"name": "test", "conclusion": "failure"}]}
        return {"workflow_runs": [run for since, run in self._listed if since <= self.now]}

    def wait(self, seconds=300.0):
        return wait(self, "acme/pay", "0" * 40, {CI, IMAGE}, seconds, lambda: self.now, self.sleep)

    def sleep(self, seconds):
        self.now += seconds


def run(path, conclusion, number=1):
    address = f"https://github.com/acme/pay/actions/runs/{number}"
    ended = {"updated_at": "2026-11-25T21:00:30Z", "html_url": address, "id": number}
    return {"path": path, "status": "completed", "conclusion": conclusion, **STAMPS, **ended}


def test_run_that_was_skipped_does_not_stand_for_one_that_is_not_listed_yet():
    found = Town((0.0, run(IMAGE, "skipped")), (5.0, run(CI, "failure"))).wait()
    assert (found.state, found.jobs) == ("red", ["test"])


def test_workflow_that_its_filters_keep_away_is_not_waited_for_long():
    town = Town((0.0, run(CI, "success")))
    assert town.wait().state == "green"
    assert LATE_SECONDS <= town.now < 2 * LATE_SECONDS


def test_the_same_run_is_shown_whichever_others_begin_later():
    later = Town((0.0, run(IMAGE, "success", 98)), (0.0, run(CI, "success", 97)))
    assert later.wait().url.endswith("/97")


def test_no_time_looks_once():
    town = Town((0.0, run(CI, "success")))
    assert (town.wait(0.0).state, town.now) == ("green", 0.0)


@pytest.mark.parametrize(
    ("text", "is_begun"),
    [
        pytest.param("on: push\n", True, id="a word"),
        pytest.param("on: [pull_request, push]\n", True, id="a list"),
        pytest.param("on: {push: }\n", True, id="without filters"),
        pytest.param("on: {push: {branches: [main]}}\n", True, id="branches"),
        pytest.param("on: {push: {tags: ['v*']}}\n", False, id="tags only"),
        pytest.param("on: {push: {tags: ['v*'], branches: [main]}}\n", True, id="tags and branches"),
        pytest.param("on: workflow_dispatch\n", False, id="something else"),
        pytest.param("on: [push\n", False, id="not YAML"),
    ],
)
def test_workflows_that_a_push_begins(text, is_begun):
    files = {CI: File(text.encode()), "docs/ci.yml": File(b"on: push\n")}
    pushed = FilesPushed(step="publish", repository="acme/Pay", branch="main", files=files, message="Begin")
    planned = Plan(steps=[PlannedStep("publish", "Publish", "publish:github", {}, effects=[pushed])])
    assert begun_by_a_push(planned, "acme/pay") == ({CI} if is_begun else set())
