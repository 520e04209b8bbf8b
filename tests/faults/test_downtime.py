"""An hour without a server: GitHub delivers to nobody, people go on working. Afterwards all is right in a quarter hour.

Real GitHub in a box, real failed deliveries, the real worker; one clock for both, moved instead of waited for.
"""

from __future__ import annotations

import logging
import shutil

import pytest

from faults.organisation import WATCHED, Organisation
from unit.sync.world import component
from waypost.pages.paths import page_file
from waypost.sync.worker import LOOK_AROUND_SECONDS

HOUR, QUARTER = 3_600, 900
NAMES = ("payments", "ledger", "labels", "attic", "doomed", "secret", "trunk")


@pytest.fixture
def acme(tmp_path):
    seed = {name: {"files": {"catalog-info.yaml": component(name)}, "visibility": "public"} for name in NAMES}
    # teams are shown to members of the organisation only
    with Organisation(tmp_path, seed, readers="internal") as organisation:
        yield organisation


def live_an_hour(acme):
    """What people do meanwhile, ten minutes apart."""
    acme.push("payments", "catalog-info.yaml", component("payments", "team-b"))
    acme.sleep(600)
    acme.ask("PATCH", "/repos/acme/ledger", {"name": "general-ledger"})
    acme.branch("labels", "topic")
    acme.push("labels", "catalog-info.yaml", component("labels", "team-c"), "topic")
    acme.sleep(600)
    pull = {"title": "Move it", "head": "topic", "base": "main"}
    number = acme.ask("POST", "/repos/acme/labels/pulls", pull)["number"]
    acme.ask("PATCH", "/repos/acme/attic", {"archived": True})
    acme.sleep(600)
    acme.ask("POST", "/orgs/acme/teams", {"name": "Team B", "privacy": "closed"})
    acme.ask("PUT", "/orgs/acme/teams/team-b/memberships/ada", {})
    acme.ask("PATCH", "/repos/acme/secret", {"private": True})
    acme.sleep(600)
    acme.ask("DELETE", "/repos/acme/doomed")
    acme.branch("trunk", "trunk")
    acme.push("trunk", "catalog-info.yaml", component("trunk", "team-d"), "trunk")
    acme.ask("PATCH", "/repos/acme/trunk", {"default_branch": "trunk"})
    acme.sleep(600)
    acme.ask("POST", "/orgs/acme/repos", {"name": "newcomer", "auto_init": True})
    acme.push("newcomer", "catalog-info.yaml", component("newcomer"))
    acme.sleep(600)
    acme.ask("POST", "/_sandbox/deliveries/settle", {})
    return number


def is_right(acme):
    """Everything that happened is in the catalog, and nothing that may not be."""
    return [
        what
        for what, holds in {
            "the push": "owner: team-b" in acme.entity("payments"),
            "the rename": "acme/general-ledger" in acme.entity("ledger"),
            "the archive": "waypost.dev/state: archived" in acme.entity("attic"),
            "the team": "ada" in acme.text(page_file("group:default/team-b")),
            "who may not see it": not acme.entity("secret"),
            "the deletion": "waypost.dev/state: orphan" in acme.entity("doomed"),
            "the default branch": "owner: team-d" in acme.entity("trunk"),
            "the new repository": "acme/newcomer" in acme.entity("newcomer"),
        }.items()
        if not holds
    ]


def test_an_hour_offline_is_healed_within_fifteen_minutes(acme, record_property):
    worker = acme.worker("waypost.db")
    worker.look_around()
    assert acme.settle(worker) == ""
    assert len(is_right(acme)) == 8  # or the rest would prove nothing
    before = acme.files()
    acme.sleep(60)
    number = live_an_hour(acme)

    shutil.copy(acme.folder / "waypost.db", acme.folder / "idle.db")
    idle = acme.worker("idle.db", sweep=0)
    idle.look_around()
    assert acme.settle(idle) == ""
    assert acme.files() == before  # nobody tells us by himself

    worker, began = acme.worker("waypost.db"), acme.now()
    while is_right(acme) and acme.now() - began < 2 * QUARTER:
        worker.look_around()
        assert acme.settle(worker) == ""
        if is_right(acme):
            acme.sleep(LOOK_AROUND_SECONDS)
    assert is_right(acme) == []
    took = acme.now() - began
    assert took <= QUARTER
    record_property("measured", f"healed after {took / 60:.1f} min by the deliveries sweep")
    labels = acme.ask("GET", "/repos/acme/labels")["id"]
    pulls = worker.context.queue.lease(WATCHED, 10, 60)
    assert f"{labels}#{number}" in {lease.key.subject for lease in pulls}

    healed = acme.files()
    fresh = acme.worker("fresh.db")
    for _ in range(2):  # what is gone shows in the second listing
        acme.sleep(HOUR)
        fresh.look_around()
        assert acme.settle(fresh) == ""
    assert acme.files() == healed


def test_what_deliveries_would_have_told_is_no_drift(acme, caplog):
    worker = acme.worker("waypost.db")
    worker.look_around()
    assert acme.settle(worker) == ""
    live_an_hour(acme)
    worker = acme.worker("waypost.db")
    worker.look_around()
    with caplog.at_level(logging.WARNING, "waypost.sync"):
        assert acme.settle(worker) == ""
    # GitHub tells no App of a deletion
    assert [(one.full_name, one.kinds) for one in worker.context.figures.drifts] == [("acme/doomed", ("missing",))]
    assert "no delivery told of 1 repositories: acme/doomed: missing" in caplog.text


def test_what_was_never_sent_is_found_by_the_listing_and_reported(acme, record_property):
    worker = acme.worker("waypost.db")
    worker.look_around()
    assert acme.settle(worker) == ""
    acme.ask("POST", "/_sandbox/deliveries/rules", {"action": "lose", "event": "*"})
    live_an_hour(acme)
    worker = acme.worker("waypost.db")
    for _ in range(4):
        worker.look_around()
        assert acme.settle(worker) == ""
        acme.sleep(LOOK_AROUND_SECONDS)
    assert is_right(acme) == []
    record_property("measured", "what no delivery ever told is found by the next listing and reported")
    drifts = {one.full_name.removeprefix("acme/"): one.kinds for one in worker.context.figures.drifts}
    assert drifts == {
        "payments": ("head",),
        "ledger": ("renamed",),
        "attic": ("archived",),
        "secret": ("visibility",),
        "trunk": ("head",),
        "doomed": ("missing",),
        "newcomer": ("new",),
    }
