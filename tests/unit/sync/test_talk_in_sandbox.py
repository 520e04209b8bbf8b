"""The worker against GitHub in a box: a push is announced on its commit, a draft is offered and its end respected."""

from __future__ import annotations

import time

import pytest

from unit.forge.worlds import SandboxWorld
from unit.sync.world import component
from waypost.config import Config
from waypost.pages.announcement import NAME
from waypost.queue.protocol import Key, Mark
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.reconcile import drain
from waypost.sync.worker import LANES, Worker

pytestmark = pytest.mark.slow
DAY = 86_400
ON = "onboarding:\n  enabled: true\n  per_day: 1\n"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    process = pytest.importorskip("waypost.sandbox.process", reason="the sandbox needs the extra `sandbox`")
    running = process.start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


class Office:
    """An organisation in the box and a worker whose clock need not be waited for."""

    def __init__(self, sandbox, folder):
        self.world, self.folder, self.ahead = SandboxWorld(sandbox, folder), folder, 0.0
        self.start()

    def clock(self):
        return time.time() + self.ahead

    def sleep(self, seconds):
        self.ahead += seconds

    def start(self, name="first"):
        """Begin with an empty database."""
        self.queue = SqliteQueue(self.folder / f"{name}.db", clock=self.clock)
        self.worker = Worker(self.queue, self.world.forges, Config(), self.clock, Pace(sweep=0))

    def mark(self, kind, subject, hint=None):
        self.queue.mark([Mark(Key(self.world.installation, kind, str(subject)), hint)])
        assert drain(self.worker, LANES, lambda done, total: None, self.sleep) == ""
        self.sleep(60)

    def sweep(self):
        self.mark("installation", self.world.installation)

    def look(self, name, path):
        return self.world.look(f"/repos/{self.world.org}/{name}{path}")

    def runs(self, name, head):
        return [one for one in self.look(name, f"/commits/{head}/check-runs")["check_runs"] if one["name"] == NAME]

    def pulls(self, name):
        return self.look(name, "/pulls?state=all")


@pytest.fixture
def office(sandbox, tmp_path):
    office = Office(sandbox, tmp_path)
    office.world.create("catalog", {"about.md": "Welcome.\n"})
    return office


def test_a_push_is_announced_on_its_commit_and_a_first_scan_is_not(office):
    world = office.world
    number = world.create("payments", {"catalog-info.yaml": component("payments")})
    office.sweep()
    first = office.look("payments", "/commits/main")["sha"]
    assert office.runs("payments", first) == []
    head = world.push("payments", {"catalog-info.yaml": component("payments").replace("service", "website")})
    office.mark("repo", number, ("catalog-info.yaml",))
    (run,) = office.runs("payments", head)
    shown = office.look("catalog", "/commits/main")["sha"]
    assert (run["status"], run["conclusion"]) == ("completed", "success")
    assert run["external_id"].endswith(head)
    assert run["output"]["title"].startswith(f"published in {shown[:10]} after ")
    assert " s" in run["output"]["title"]
    assert shown in run["output"]["summary"]


def test_problems_are_announced_with_their_lines(office):
    world = office.world
    number = world.create("payments", {"catalog-info.yaml": component("payments")})
    office.sweep()
    head = world.push("payments", {"catalog-info.yaml": component("payments").replace("owner:", "owners:")})
    office.mark("repo", number, ("catalog-info.yaml",))
    (run,) = office.runs("payments", head)
    assert run["conclusion"] == "failure"
    lines = [(path, line, level) for path, line, level, _ in world.annotations("payments", run["id"])]
    assert ("catalog-info.yaml", 5, "failure") in lines


def test_a_draft_is_offered_refused_and_never_offered_again(office):
    world = office.world
    world.push("catalog", {"waypost.yaml": ON})
    world.create("ledger", {"go.mod": "module ledger\n", "openapi.yaml": "openapi: 3.1.0\n", "mkdocs.yml": "x: 1\n"})
    office.sweep()
    (pull,) = office.pulls("ledger")
    assert (pull["state"], pull["head"]["ref"], pull["user"]["type"]) == ("open", "waypost/onboard", "Bot")
    (file,) = office.look("ledger", f"/pulls/{pull['number']}/files")
    assert "$text" in file["patch"]
    assert "techdocs-ref" in file["patch"]
    (report,) = office.look("catalog", "/issues?state=all")
    assert "Open: 1" in report["body"]
    world._ask("PATCH", f"/repos/{world.org}/ledger/pulls/{pull['number']}", {"state": "closed"})
    for name in ("first", "second"):
        office.start(name)
        office.sleep(DAY)
        office.sweep()
        assert [one["state"] for one in office.pulls("ledger")] == ["closed"]
    (again,) = office.look("catalog", "/issues?state=all")
    assert (again["number"], again["state"]) == (report["number"], "closed")
    assert "Declined: 1" in again["body"]


def test_a_merged_draft_describes_the_repository(office):
    world = office.world
    world.push("catalog", {"waypost.yaml": ON})
    number = world.create("ledger", {"openapi.yaml": "openapi: 3.1.0\n"})
    office.sweep()
    (pull,) = office.pulls("ledger")
    world._ask("PUT", f"/repos/{world.org}/ledger/pulls/{pull['number']}/merge", {})
    office.mark("repo", number)
    office.mark("onboard", world.org)
    paths = [entry["path"] for entry in office.look("catalog", "/git/trees/main?recursive=1")["tree"]]
    assert any(path.startswith("entities/component/") and path.endswith("/ledger.yaml") for path in paths)
    assert any(path.startswith("entities/api/") and path.endswith("/ledger.yaml") for path in paths)
    (report,) = office.look("catalog", "/issues?state=all")
    assert "Merged: 1" in report["body"]


def test_an_offer_is_withdrawn_where_somebody_describes_the_repository(office):
    world = office.world
    world.push("catalog", {"waypost.yaml": ON})
    number = world.create("ledger", {"README.md": "x\n"})
    office.sweep()
    (pull,) = office.pulls("ledger")
    world.push("ledger", {"catalog-info.yaml": component("ledger")})
    office.mark("repo", number)
    office.mark("onboard", world.org)
    (closed,) = office.pulls("ledger")
    assert (closed["number"], closed["state"], closed["merged_at"]) == (pull["number"], "closed", None)
    (comment,) = office.look("ledger", f"/issues/{pull['number']}/comments")
    assert "has a descriptor now" in comment["body"]
