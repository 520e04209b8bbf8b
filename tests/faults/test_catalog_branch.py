"""What people do to the catalog's branch while the real worker writes to it: moved, forced back, edited, protected.

The worker plans again from the head that is there; what people wrote in their corners stays byte for byte; where it may
not write it says so and goes on when it may.
"""

from __future__ import annotations

import base64
import threading

import pytest

from faults.rig import ORGANISATION, Rig
from faults.test_kill_worker import check_full_look_finds_nothing
from unit.sync.world import component
from waypost.pages.paths import entity_file

SETTINGS = "publish:\n  min_interval_seconds: 1\n"
NAMES = [f"service-{number}" for number in range(4)]
CATALOG = f"/repos/{ORGANISATION}/catalog"
CORNER = "<!-- BEGIN CUSTOM -->\nÜnsere Ecke |  zwei Leerzeichen\t\n<!-- END CUSTOM -->\n"
PAGE = f"{CATALOG}/contents/README.md"


@pytest.fixture
def rig(tmp_path):
    repositories = {name: {"catalog-info.yaml": component(name, owner="team-0")} for name in NAMES}
    with Rig(tmp_path, repositories, SETTINGS) as rig:
        rig.serve()
        rig.work()
        rig.until("the first listing is published", lambda: len(rig.commits()) > 1)
        rig.settle()
        yield rig


def owner(rig, name):
    held = rig.call("GET", f"{CATALOG}/contents/{entity_file(f'component:default/{name}')}")
    return base64.b64decode(held["content"]).decode().partition("owner: ")[2].split()[0]


def readme(rig):
    held = rig.call("GET", PAGE)
    return base64.b64decode(held["content"]).decode(), held["sha"]


def write(rig, text, sha):
    body = {"message": "Say it ourselves", "content": base64.b64encode(text.encode()).decode(), "sha": sha}
    rig.call("PUT", PAGE, body)


@pytest.mark.slow
def test_people_who_commit_all_the_time_lose_nothing_and_hold_nothing_up(rig, record_property):
    text, sha = readme(rig)
    write(rig, text + CORNER, sha)
    stop = threading.Event()

    def commit_notes():
        number = 0
        while not stop.wait(0.15):
            number += 1
            rig.push("catalog", f"docs/note-{number}.md", "A note.\n")

    people = threading.Thread(target=commit_notes, daemon=True)
    people.start()
    for number in range(1, 9):
        rig.push(NAMES[number % 4], "catalog-info.yaml", component(NAMES[number % 4], owner=f"team-{number}"))
    rig.until("all is published", lambda: [owner(rig, name) for name in NAMES] == [f"team-{n}" for n in (8, 5, 6, 7)])
    stop.set()
    people.join()
    rig.settle()
    git = rig.clone("catalog")
    assert CORNER in readme(rig)[0]
    assert git("ls-files", "docs/").count("note-") > 3
    assert git("rev-list", "--merges", "HEAD") == ""
    people_wrote = git("ls-files", "docs/").count("note-")
    record_property("measured", f"{people_wrote} commits of people meanwhile: 0 lost, their corner byte for byte")
    check_full_look_finds_nothing(rig)


@pytest.mark.slow
def test_branch_that_was_forced_back_is_written_again(rig, record_property):
    first = rig.commits()[-1]["sha"]
    rig.call("PATCH", f"{CATALOG}/git/refs/heads/main", {"sha": first, "force": True})
    rig.push(NAMES[0], "catalog-info.yaml", component(NAMES[0], owner="team-1"))
    rig.until("it is written again", lambda: len(rig.commits()) > 1 and owner(rig, NAMES[0]) == "team-1")
    rig.settle()
    assert rig.commits()[-1]["sha"] == first
    check_full_look_finds_nothing(rig)
    record_property("measured", "forced back to its first commit: written again on top of it")


@pytest.mark.slow
def test_protected_branch_is_told_and_written_when_it_may_be(rig, record_property):
    rules = {
        "required_status_checks": None,
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "restrictions": None,
    }
    rig.call("PUT", f"{CATALOG}/branches/main/protection", rules)
    head = rig.commits()[0]["sha"]
    rig.push(NAMES[1], "catalog-info.yaml", component(NAMES[1], owner="team-9"))
    rig.until("the worker says so", lambda: "Let the App bypass that rule" in rig.log("worker"))
    assert rig.commits()[0]["sha"] == head
    rig.call("DELETE", f"{CATALOG}/branches/main/protection")
    rig.until("it is written", lambda: owner(rig, NAMES[1]) == "team-9")
    rig.settle()
    check_full_look_finds_nothing(rig)
    record_property("measured", "protected: nothing written, the log says what to allow; allowed: written")
