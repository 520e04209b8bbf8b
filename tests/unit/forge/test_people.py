"""Teams and members, as every forge tells them: in memory, and GitHub's adapter over the sandbox."""

from __future__ import annotations

import pytest

from unit.forge.worlds import SandboxWorld


def names(world, slug):
    return world.forge.people().teams[slug].members


def test_teams_have_their_names_parents_and_direct_members(world):
    world.team("Commerce", "carol", description="Sells")
    world.team("Payments Team", "bob", "Bea", parent="commerce")
    people = world.forge.people()
    assert sorted(people.teams) == ["commerce", "payments-team"]
    team, parent = people.teams["payments-team"], people.teams["commerce"]
    assert (team.slug, team.name, team.parent, team.members) == (
        "payments-team",
        "Payments Team",
        "commerce",
        ("Bea", "bob"),
    )
    assert (parent.description, parent.parent, parent.members) == ("Sells", "", ("carol",))
    assert {"bea", "bob", "carol"} <= people.members


def test_a_secret_team_is_never_told(world):
    world.team("hidden", "ada", secret=True)
    world.team("open", "ada")
    assert list(world.forge.people().teams) == ["open"]


def test_what_changes_is_told_the_next_time(world):
    world.team("Payments", "ada", "bob")
    number = world.forge.people().teams["payments"].id
    world.quit("payments", "bob")
    assert names(world, "payments") == ("ada",)
    world.join("payments", "zoe")
    assert names(world, "payments") == ("ada", "zoe")
    world.leave("zoe")
    assert names(world, "payments") == ("ada",)
    assert "zoe" not in world.forge.people().members
    assert world.rename_team("payments", "Money") == "money"
    people = world.forge.people()
    assert list(people.teams) == ["money"]
    assert people.teams["money"].id == number
    world.delete_team("money")
    assert not world.forge.people().teams


def test_nobody_is_told_without_the_permission(world):
    world.team("payments", "ada")
    world.let_read_members(False)
    assert world.forge.people() is None
    world.let_read_members(True)
    assert list(world.forge.people().teams) == ["payments"]


@pytest.mark.slow
def test_a_team_of_more_than_a_hundred_is_told_whole(sandbox, tmp_path):
    world = SandboxWorld(sandbox, tmp_path)
    logins = [f"{world.org}-{number:03}" for number in range(130)]
    world.team("large", *logins)
    assert list(names(world, "large")) == logins


@pytest.mark.slow
def test_two_hundred_teams_cost_few_calls_and_unchanged_members_none(sandbox, tmp_path):
    world = SandboxWorld(sandbox, tmp_path)
    for number in range(200):
        world.team(f"team {number}")
    world.team("last", f"{world.org}-ada")
    before = dict(world.forge.calls())
    assert len(world.forge.people().teams) == 201
    first = dict(world.forge.calls())
    world.forge.people()
    second = dict(world.forge.calls())

    def more(then, now, key):
        return now.get(key, 0) - then.get(key, 0)

    assert more(before, first, ("graphql", "charged")) == more(first, second, ("graphql", "charged")) == 3
    assert (more(before, first, ("core", "charged")), more(first, second, ("core", "charged"))) == (1, 0)


@pytest.mark.slow
def test_a_person_has_neither_teams_nor_members(sandbox, tmp_path):
    world = SandboxWorld(sandbox, tmp_path)
    login = f"{world.org}-person"
    world.join(world.team("any"), login)
    number = world.install(login)
    assert world.forges.forge(number).people() is None


@pytest.mark.slow
def test_a_workflow_sees_what_its_token_may(sandbox, tmp_path):
    world = SandboxWorld(sandbox, tmp_path)
    world.team("payments")
    assert list(world.in_workflow().people().teams) == ["payments"]
