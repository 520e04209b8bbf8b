"""GitHub teams that nobody describes are groups, and give way to whoever describes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.catalog._organisation import entity, ids, snapshot
from waypost.catalog import records
from waypost.catalog.build import adopt, build, update
from waypost.catalog.people import People, Team
from waypost.catalog.settings import Settings
from waypost.catalog.teams import is_derived

PAYMENTS = Team("payments", "Payments Team", "Takes money", "commerce", ("ada",), 7)
PEOPLE = People({"payments": PAYMENTS, "commerce": Team("commerce", "Commerce", id=8)}, frozenset({"ada"}))
REF = "group:default/payments"
SLUG = {"annotations": {"github.com/team-slug": "acme/payments"}}


def made(*snapshots, people=PEOPLE, recorded=None):
    return build("acme", snapshots, recorded or {}, Settings(), "2026-02-01", people)


def test_a_team_is_a_group_with_its_name_its_parent_and_where_it_is_kept():
    team = made().entities[REF]
    assert team.data == {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Group",
        "metadata": {
            "name": "payments",
            "description": "Takes money",
            "annotations": {"github.com/team-slug": "acme/payments", "waypost.dev/team-id": "7"},
        },
        "spec": {
            "type": "team",
            "profile": {"displayName": "Payments Team"},
            "parent": "commerce",
            "children": [],
        },
    }
    assert is_derived(team)
    assert [tuple(edge)[1:] for edge in made().relations(REF)] == [("childOf", "group:default/commerce")]


def test_nothing_is_a_group_while_nobody_may_read_the_teams():
    assert not made(people=None).entities


def test_the_record_of_a_team_names_its_page_and_is_read_back():
    team = made().entities[REF]
    text = records.write(team)
    assert "backstage.io/managed-by-location: url:https://github.com/orgs/acme/teams/payments\n" in text
    assert "repository-id" not in text
    assert records.read(text) == team
    orphan = replace(team, state="orphan", reason="gone", since="2026-01-01")
    assert records.read(records.write(orphan)) == orphan


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(entity(1, "Group", "payments", type="squad"), id="of the same name"),
        pytest.param(entity(1, "Group", "money", metadata=SLUG), id="that names the team"),
        pytest.param(entity(1, "Group", "money", "other", metadata=SLUG), id="that names the team from elsewhere"),
    ],
)
def test_a_group_that_is_described_stands_for_the_team(declared):
    catalog = made(snapshot(1, declared, entity(1, "Component", "pay", owner="@acme/payments")))
    groups = [ref for ref in catalog.refs("group") if ref != "group:default/commerce"]
    assert groups == [declared.ref]
    assert catalog.owner("component:default/pay") == declared.ref
    assert catalog.all_problems() == ()


def test_a_team_inside_one_that_is_described_under_another_name_is_a_child_of_that():
    commerce = entity(1, "Group", "sales", metadata={"annotations": {"github.com/team-slug": "acme/commerce"}})
    catalog = made(snapshot(1, commerce))
    assert catalog.entities[REF].spec["parent"] == "sales"
    again = update(made(snapshot(1)), [snapshot(1, commerce)])
    assert again.entities[REF] == catalog.entities[REF]
    assert update(again, [snapshot(1)]).entities[REF].spec["parent"] == "commerce"


def test_a_recorded_team_is_no_claim():
    recorded = adopt(made()).recorded
    catalog = made(snapshot(1, entity(1, "Group", "payments")), recorded=recorded)
    assert catalog.entities[REF].origin.repository_id == 1
    assert "name-taken" not in ids(catalog.all_problems())


def test_a_described_group_that_goes_away_leaves_its_claim_before_the_team_comes_back():
    """The orphan keeps the name for its grace period: otherwise anybody could take it meanwhile."""
    with_group = adopt(made(snapshot(1, entity(1, "Group", "payments"))))
    catalog = update(with_group, [snapshot(1)])
    assert catalog.entities[REF].state == "orphan"
    assert is_derived(update(made(snapshot(1, entity(1, "Group", "payments"))), [snapshot(1)]).entities[REF])


def test_teams_that_cannot_be_read_any_more_are_kept_as_stale():
    catalog = made(people=None, recorded=made().entities)
    assert {(one.state, one.reason) for one in catalog.entities.values()} == {
        ("stale", "the teams of acme could not be read")
    }
    (note,) = catalog.problems_of(REF)
    assert (note.id, note.severity) == ("stale", "note")
    assert "members: read" in note.fix
    assert {one.state for one in made(recorded=catalog.entities).entities.values()} == {"present"}


@pytest.mark.parametrize(
    ("visibility", "settings", "shown"),
    [
        pytest.param("private", {}, True, id="private"),
        pytest.param("internal", {}, True, id="internal"),
        pytest.param("public", {}, False, id="public"),
        pytest.param("public", {"show_narrower": True}, True, id="public, by decision"),
    ],
)
def test_a_public_catalog_says_nothing_of_teams_and_members(visibility, settings, shown):
    home = snapshot(1, entity(1, "Component", "pay", owner="user:ada"), name="catalog", visibility=visibility)
    catalog = build("acme", [home], {}, Settings(**settings), "", PEOPLE)
    assert (REF in catalog.entities, catalog.member("component:default/pay")) == (shown, "ada" if shown else "")
    hidden = update(adopt(catalog), [replace(home, repository=replace(home.repository, visibility="public"))])
    assert (REF in hidden.entities) == bool(settings)
    again = update(hidden, [replace(home, repository=replace(home.repository, visibility="private"))])
    assert REF in again.entities


def test_a_slug_that_no_entity_may_have_makes_no_group():
    odd = {slug: Team(slug, "Odd") for slug in ("x" * 64, "-x", "x" * 63)}
    assert list(made(people=People(odd)).refs("group")) == [f"group:default/{'x' * 63}"]
