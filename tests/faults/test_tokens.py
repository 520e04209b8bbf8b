"""Tokens that end in the middle of a job: each is asked for once more, and what was being done happens once."""

from __future__ import annotations

import threading
import time

import pytest

from faults.rig import ORGANISATION, Rig
from unit.sync.world import component
from waypost.forge.app import App
from waypost.forge.github import connect
from waypost.forge.protocol import NotInstalled, Wish
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.reconcile import reconcile
from waypost.sync.worker import Worker

pytestmark = pytest.mark.slow
CATALOG, PAY = f"{ORGANISATION}/catalog", f"{ORGANISATION}/pay"
HOUR = 3_600


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    with Rig(tmp_path_factory.mktemp("tokens"), {"pay": {"catalog-info.yaml": component("pay")}}) as rig:
        yield rig


@pytest.fixture
def expire(rig):
    """End every token there is: the forge's clock goes on by more than an hour, ours does not."""
    moved = []

    def move():
        rig.call("POST", "/_sandbox/clock", {"move": HOUR + 60})
        rig.call("DELETE", "/_sandbox/log")
        moved.append(HOUR + 60)

    yield move
    for seconds in moved:
        rig.call("POST", "/_sandbox/clock", {"move": -seconds})


@pytest.fixture
def forges(rig, tmp_path):
    return connect(rig.config, time.time, lambda seconds: None, tmp_path)


@pytest.fixture
def forge(forges):
    (installation,) = forges.installations()
    return forges.forge(installation.id)


def minted(rig):
    """Count the tokens; one more request may be refused first, by a clock that is an hour off."""
    recent = rig.call("GET", "/_sandbox/log")["recent"]
    return sum(call["route"].endswith("/access_tokens") and call["status"] == 201 for call in recent)


def messages(rig):
    return [one["commit"]["message"] for one in rig.commits()]


@pytest.mark.parametrize("files", [3, 150], ids=["by the API", "by a push"])
def test_token_that_ends_before_a_commit_is_replaced_once_and_commits_once(rig, forge, expire, files, record_property):
    store = forge.store(CATALOG, "main")
    store.commit(store.refresh(), {f"pages/before-{files}.md": b"1"}, f"Begin {files}")
    parent = store.refresh()
    expire()
    store.commit(parent, {f"pages/{files}-{number}.md": b"page" for number in range(files)}, f"Write {files}")
    assert messages(rig).count(f"Write {files}") == 1
    assert minted(rig) <= 2, "one for reading, one for writing"
    record_property("measured", f"a commit of {files} files: {minted(rig)} token(s) renewed, 1 commit")


def test_threads_whose_token_ended_share_one_new_one(rig, forge, expire, record_property):
    wish = [Wish(0, PAY, ("catalog-info.yaml",))]
    assert forge.read(wish)[0].repository
    expire()
    begin, found = threading.Barrier(32), []

    def read():
        begin.wait(30)
        found.append(forge.read(wish)[0].repository)

    threads = [threading.Thread(target=read) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len([one for one in found if one is not None]) == 32
    assert minted(rig) == 1
    record_property("measured", "32 threads whose token ended: 1 new token")


def test_worker_whose_tokens_end_between_two_looks_publishes_once(rig, expire, forges, tmp_path, monkeypatch):
    worker = Worker(SqliteQueue(tmp_path / "queue.db"), forges, rig.config, pace=Pace(sweep=0))
    reconcile(worker)
    rig.push("pay", "catalog-info.yaml", component("pay", "team-b"))
    before = len(rig.commits())
    expire()
    asked, mint = [], App.mint
    monkeypatch.setattr(App, "mint", lambda app, number, scope: asked.append(scope) or mint(app, number, scope))
    summary = reconcile(worker)
    assert (summary.left, summary.failures) == (0, ())
    assert len(rig.commits()) == before + 1
    assert 0 < minted(rig) == len(asked) == len(set(asked)), "each kind of token once"


def test_token_that_cannot_be_replaced_is_told(rig, forges, forge, expire):
    """The counterpart: with the installation suspended a second try does not help."""
    (installation,) = forges.installations()
    address = f"/_sandbox/installations/{installation.id}"
    expire()
    rig.call("PATCH", address, {"suspended": True})
    try:
        with pytest.raises(NotInstalled):
            forge.read([Wish(0, PAY)])
    finally:
        rig.call("PATCH", address, {"suspended": False})
