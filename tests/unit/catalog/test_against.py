"""Descriptors that are still in a pull request, against the catalog as recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.catalog._organisation import entity
from waypost.catalog.against import check
from waypost.catalog.people import Team
from waypost.catalog.teams import derive

TEAM = entity(9, "Group", "payments", metadata={"annotations": {"github.com/team-slug": "acme/pay-squad"}})
LEDGER = entity(4, "Component", "ledger", repository="acme/ledger")
RECORDED = {one.ref: one for one in (TEAM, LEDGER)}


def found(*entities):
    return {ref: [problem.id for problem in problems] for ref, problems in check(entities, RECORDED, "acme").items()}


def mine(kind, name, repository="acme/new", path="catalog-info.yaml", **spec):
    one = entity(0, kind, name, path=path, **spec)
    return replace(one, origin=replace(one.origin, repository=repository))


def test_what_is_recorded_or_checked_beside_it_exists():
    shop = mine("Component", "shop", owner="payments", dependsOn=["component:ledger", "resource:db"])
    assert found(shop, mine("Resource", "db", owner="acme/pay-squad")) == {shop.ref: [], "resource:default/db": []}


def test_what_is_neither_is_named_with_the_nearest():
    (problem, other) = check([mine("Component", "shop", owner="paymnts", dependsOn=["component:leger"])], RECORDED)[
        "component:default/shop"
    ]
    assert (problem.id, other.id) == ("owner-unknown", "reference-dangling")
    assert "group:default/payments" in problem.message
    assert "component:default/ledger" in other.message


@pytest.mark.parametrize(
    ("repository", "path", "expected"),
    [
        pytest.param("acme/new", "catalog-info.yaml", ["name-taken"], id="another repository"),
        pytest.param("Acme/Ledger", "moved.yaml", [], id="its own repository"),
        pytest.param("", "catalog-info.yaml", [], id="repository unknown, the file recorded"),
        pytest.param("", "other.yaml", ["name-taken"], id="repository unknown, another file"),
    ],
)
def test_a_recorded_name_belongs_to_its_repository(repository, path, expected):
    assert found(mine("Component", "ledger", repository, path)) == {"component:default/ledger": expected}


def test_a_recorded_team_that_nobody_declared_is_an_owner_and_no_claim():
    team = derive("acme", Team("core", "Core Team", id=3), "")
    recorded = {team.ref: team}
    named = mine("Component", "shop", owner="@acme/core"), mine("Component", "till", owner="Core Team")
    for one in named:
        assert check([one], recorded, "acme")[one.ref] == []
        assert [problem.id for problem in check([one], {}, "acme")[one.ref]] == ["owner-unknown"]
    group = mine("Group", "core", type="team", children=[])
    assert check([group], recorded, "acme")[group.ref] == []
