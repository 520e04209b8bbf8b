"""The App serves requests: an event marks a key, a thread of its own looks at the issue and creates."""

from __future__ import annotations

import threading
import time

import pytest

from waypost.cli.request_lane import requests_lane
from waypost.config import Config
from waypost.golden.forms import LABEL
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.events import marks
from waypost.sync.worker import Worker

pytestmark = pytest.mark.slow


@pytest.fixture
def app(place, tmp_path):
    """The worker as `waypost worker` makes it, and what it is told."""
    return App(place, tmp_path)


class App:
    def __init__(self, place, folder):
        self.place, self.config = place, Config(api_url=place.sandbox.url)
        self.queue = SqliteQueue(folder / "queue.db")
        forges = place.connect()
        self.lane = requests_lane(forges)
        self.worker = Worker(self.queue, forges, self.config, pace=Pace(sweep=0), aside=[self.lane])

    def hear(self, event, action, shown, **more):
        """Take in a delivery as GitHub sends it; give the keys that it marks."""
        catalog = self.place.ask("GET", f"/repos/{self.place.organisation}/catalog")
        payload = {
            "action": action,
            "issue": shown,
            "repository": catalog,
            "installation": {"id": self.place.installation},
            "sender": {"login": "somebody", "type": "User"},
            **more,
        }
        found = marks(event, payload, self.config)
        self.queue.mark(found)
        return [mark.key for mark in found]

    def work(self):
        self.place.later()
        for _ in range(50):  # a mark waits a moment for more of its kind
            if self.worker.run_once([self.lane]):
                break
            time.sleep(0.1)
        self.place.later()
        assert self.queue.next_due([self.lane.kind]) is None


def test_request_comes_through_the_app(app, place, ask):
    issue = ask()
    (key,) = app.hear("issues", "opened", issue.shown)
    assert (key.kind, key.subject.endswith(f"#{issue.number}")) == ("request", True)
    app.work()
    assert "Dry run" in issue.dry_run
    assert LABEL in issue.labels
    issue.say("bob", "/approve")
    app.hear("issue_comment", "created", issue.shown, comment={"body": "/approve"})
    app.work()
    assert "does not count" in issue.status
    assert "pay" not in place.names()
    issue.say("ana", "/approve")
    app.hear("issue_comment", "created", issue.shown, comment={"body": "/approve"})
    app.work()
    assert "### Created" in issue.status
    assert place.get("pay/contents/README.md")


def test_loop_of_the_worker_has_a_thread_for_requests(app, ask):
    issue = ask()
    app.hear("issues", "opened", issue.shown)
    stop = threading.Event()
    running = threading.Thread(target=app.worker.run, args=(stop,))
    running.start()
    try:
        for _ in range(200):
            if issue.dry_run:
                break
            time.sleep(0.1)
    finally:
        stop.set()
        running.join()
    assert "Dry run" in issue.dry_run


def test_issue_that_is_gone_is_let_go(app, ask):
    shown = ask().shown
    (key,) = app.hear("issues", "opened", {**shown, "number": 99})
    assert key.subject.endswith("#99")
    app.work()


def test_app_without_the_permission_says_so_in_its_log_and_goes_on(app, place, ask, caplog):
    issue = ask()
    app.hear("issues", "opened", issue.shown)
    held = next(one for one in place.connect().installations() if one.id == place.installation).permissions
    less = {name: level for name, level in held.items() if name not in ("issues", "pull_requests")}
    place.ask("PATCH", f"/_sandbox/installations/{place.installation}", {"permissions": less})
    with caplog.at_level("WARNING", "waypost.requests"):
        app.work()
    assert "issues" in caplog.text
    assert issue.dry_run == ""
