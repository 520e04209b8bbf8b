"""Who holds a name, and what becomes of what its repository no longer declares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.catalog._organisation import entity, ids, snapshot
from waypost.catalog.build import adopt, build, update
from waypost.catalog.entities import Source
from waypost.catalog.problems import Problem
from waypost.catalog.settings import Settings

PAY = "component:default/pay"
TODAY = "2026-03-01"


def pay(number, **spec):
    return entity(number, "Component", "pay", **spec)


def record(number, state="present", since=""):
    return {PAY: replace(pay(number), state=state, since=since)}


def made(snapshots, recorded=(), today=TODAY, **settings):
    return build("acme", snapshots, dict(recorded), Settings(**settings), today)


def holder(catalog):
    held = catalog.entities.get(PAY)
    return held and (held.origin.repository_id, held.state)


def test_among_claimants_met_at_once_the_lowest_id_holds_the_name():
    catalog = made([snapshot(7, pay(7)), snapshot(3, pay(3))])
    assert holder(catalog) == (3, "present")
    (problem,) = catalog.problems_in(7)
    assert problem.id == "name-taken"
    assert problem.repository == "acme/r7"
    assert "acme/r3" in problem.message
    assert not catalog.problems_of(PAY)
    assert not catalog.problems_in(3)


def test_who_is_recorded_keeps_the_name_from_a_lower_id():
    assert holder(made([snapshot(3, pay(3)), snapshot(7, pay(7))], record(7))) == (7, "present")


def test_a_rename_keeps_the_name():
    assert holder(made([snapshot(7, pay(7), name="renamed"), snapshot(3, pay(3))], record(7))) == (7, "present")


def test_an_orphan_keeps_its_name_within_the_grace_period():
    catalog = made([snapshot(7), snapshot(3, pay(3))], record(7, "orphan", "2026-02-20"))
    assert holder(catalog) == (7, "orphan")
    assert ids(catalog.problems_in(3)) == ["name-taken"]


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param("2026-01-30", (7, "orphan"), id="the last day of grace"),
        pytest.param("2026-01-29", (3, "present"), id="the day after"),
    ],
)
def test_after_the_grace_period_the_name_is_free(since, expected):
    assert holder(made([snapshot(7), snapshot(3, pay(3))], record(7, "orphan", since))) == expected


def test_without_a_date_no_grace_period_ends():
    catalog = made([snapshot(7)], record(7, "orphan", "1999-01-01"), today="")
    assert holder(catalog) == (7, "orphan")


def test_a_handover_gives_the_name_to_the_heir():
    both = [snapshot(7, pay(7)), snapshot(3, pay(3))]
    catalog = made(both, record(7), handovers={PAY: "acme/r3"})
    assert holder(catalog) == (3, "present")
    assert ids(catalog.problems_in(7)) == ["name-taken"]


def test_a_handover_waits_until_the_heir_declares_the_name():
    assert holder(made([snapshot(7, pay(7)), snapshot(3)], record(7), handovers={PAY: "acme/r3"})) == (7, "present")


def test_an_orphan_dates_from_the_commit_that_removed_its_file():
    gone = Source("catalog-info.yaml", "", "d" * 40, "2026-02-11T09:00:00Z")
    held = made([snapshot(7, sources=[gone])], record(7)).entities[PAY]
    assert (held.state, held.since) == ("orphan", "2026-02-11T09:00:00Z")
    assert held.reason == "acme/r7 no longer has catalog-info.yaml"


def test_an_orphan_dates_from_the_last_commit_of_a_file_that_no_longer_declares_it():
    still = Source("catalog-info.yaml", "b" * 40, "d" * 40, "2026-02-12T09:00:00Z")
    held = made([snapshot(7, sources=[still])], record(7)).entities[PAY]
    assert (held.since, held.reason) == ("2026-02-12T09:00:00Z", "catalog-info.yaml in acme/r7 no longer declares it")


def test_an_orphan_that_is_declared_again_is_present():
    assert holder(made([snapshot(7, pay(7))], record(7, "orphan", "2026-02-20"))) == (7, "present")


def test_a_deleted_repository_leaves_orphans():
    held = made([snapshot(7, pay(7), state="gone", reason="acme/r7 was deleted")], record(7)).entities[PAY]
    assert (held.state, held.reason, held.since) == ("orphan", "acme/r7 was deleted", TODAY)


def test_a_failed_reading_keeps_what_was_known_as_stale():
    catalog = made([snapshot(7, state="stale", reason="acme/r7 answered 404")], record(7))
    assert holder(catalog) == (7, "stale")
    assert ids(catalog.problems_of(PAY)) == ["stale"]
    assert "acme/r7 answered 404" in catalog.problems_of(PAY)[0].message


def test_a_recorded_repository_that_nobody_read_is_stale_not_gone():
    assert holder(made([], record(7))) == (7, "stale")


def test_a_descriptor_with_errors_leaves_its_entity_stale_not_an_orphan():
    broken = Problem("acme/r7", "catalog-info.yaml", 3, 1, "yaml-syntax", message="no value")
    held = made([snapshot(7, problems=[broken])], record(7)).entities[PAY]
    assert (held.state, held.reason) == ("stale", "catalog-info.yaml in acme/r7 has errors")


def test_archived_repository_keeps_its_entities():
    catalog = made([snapshot(7, pay(7), is_archived=True)])
    assert holder(catalog) == (7, "archived")
    assert ids(catalog.problems_of(PAY)) == ["archived"]


@pytest.mark.parametrize(
    "repository",
    [
        pytest.param({"visibility": "private"}, id="narrower than the catalog"),
        pytest.param({"visibility": "internal"}, id="internal in a public catalog"),
        pytest.param({"visibility": "public", "is_fork": True}, id="a fork"),
        pytest.param({"visibility": "public", "name": "secret-tools"}, id="excluded by name"),
    ],
)
def test_what_is_left_out_is_purged_and_never_named(repository):
    catalog = snapshot(1, name="catalog", visibility="public")
    out = made([catalog, snapshot(7, pay(7), **repository)], record(7), exclude=("secret-*",))
    assert not out.entities
    assert 7 not in out.snapshots
    assert "r7" not in repr(out.all_problems())
    assert not out.undescribed()


def test_a_narrower_repository_is_shown_when_told_so():
    both = [snapshot(1, name="catalog", visibility="public"), snapshot(7, pay(7))]
    assert holder(made(both, show_narrower=True)) == (7, "present")


def test_a_catalog_that_becomes_public_purges_private_repositories_at_once():
    catalog = made([snapshot(1, name="catalog"), snapshot(7, pay(7))])
    assert holder(catalog) == (7, "present")
    assert holder(update(catalog, [snapshot(1, name="catalog", visibility="public")])) is None


def test_annotations_that_only_waypost_writes_are_not_believed():
    forged = {"waypost.dev/repository-id": "1", "waypost.dev/state": "orphan", "mine": "kept"}
    held = made([snapshot(7, entity(7, "Component", "pay", metadata={"annotations": forged}))]).entities[PAY]
    assert held.annotations == {"mine": "kept"}


def test_what_was_published_is_a_claim_from_then_on():
    published = adopt(made([snapshot(7, pay(7))]))
    assert holder(update(published, [snapshot(3, pay(3))])) == (7, "present")
    assert holder(update(published, [snapshot(7)])) == (7, "orphan")


def test_what_was_never_published_leaves_no_orphan():
    assert holder(update(made([snapshot(7, pay(7))]), [snapshot(7)])) is None
