"""Who owns what, in every form that people write, held against GitHub's teams and members; and when owners decay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.catalog._organisation import entity, ids, snapshot
from waypost.catalog.build import build
from waypost.catalog.entities import Evidence
from waypost.catalog.people import People, Team, dump, load
from waypost.catalog.settings import Settings

PAY = "component:default/pay"
TEAMS = {
    "payments": Team("payments", "Payments Team", "Takes money", "commerce", ("Ada-L", "bob"), 1),
    "commerce": Team("commerce", "Commerce", members=("carol",), id=2),
    "empty": Team("empty", "Empty", id=3),
    "refunds": Team("refunds", "Refunds", parent="payments", members=("dan",), id=4),
}
PEOPLE = People(TEAMS, frozenset({"ada-l", "bob", "carol", "dan"}))
ADA = {"metadata": {"title": "Ada Lovelace", "annotations": {"github.com/user-login": "Ada-L"}}}


def made(*entities, people=PEOPLE, codeowners=(), recorded=None, today=""):
    read = replace(snapshot(1, *entities), evidence=Evidence(codeowners))
    return build("acme", [read], recorded or {}, Settings(), today, people)


def owned(owner, *entities, **more):
    return made(entity(1, "Component", "pay", owner=owner), *entities, **more)


def said(catalog, ref=PAY):
    return [(problem.id, problem.message, problem.fix) for problem in catalog.problems_of(ref)]


FORMS = [
    pytest.param("payments", "paymets", "group:default/payments", id="a team"),
    pytest.param("group:payments", "group:paymets", "group:default/payments", id="a group"),
    pytest.param("group:default/payments", "group:other/nothing", "group:default/payments", id="with its namespace"),
    pytest.param("acme/payments", "other/payments-x", "group:default/payments", id="as GitHub writes a team"),
    pytest.param("@acme/payments", "@other/nothing", "group:default/payments", id="as CODEOWNERS writes a team"),
    pytest.param("user:ada", "user:zoe", "user:default/ada", id="a user"),
    pytest.param("ada-l", "zoe-z", "user:default/ada", id="a login"),
    pytest.param("@ada-l", "@zoe-z", "user:default/ada", id="a login as it is mentioned"),
    pytest.param("ada@acme.example", "zoe@acme.example", "user:default/ada", id="an e-mail address"),
    pytest.param("Payments Team", "Other Team", "group:default/payments", id="the name of a team in words"),
    pytest.param("Ada Lovelace", "Grace Hopper", "user:default/ada", id="the name of a person"),
]


@pytest.mark.parametrize(("right", "wrong", "owner"), FORMS)
def test_an_owner_is_found_in_each_form_and_missed_when_nobody_is_called_so(right, wrong, owner):
    ada = entity(1, "User", "ada", **ADA, profile={"email": "ada@acme.example"})
    found = owned(right, ada)
    assert (found.owner(PAY), said(found)) == (owner, [])
    missed = owned(wrong, ada)
    assert missed.owner(PAY) is None
    assert ids(missed.problems_of(PAY)) == ["owner-unknown"]


@pytest.mark.parametrize("owner", ["guest", "user:guests", "unknown", "TBD", "group:default/none", "n/a"])
def test_a_placeholder_is_nobody_unless_it_is_somebodys_name(owner):
    ((id, message, _),) = said(owned(owner))
    assert id == "owner-unknown"
    assert f'"{owner}" is nobody' in message
    kind = "User" if owner.startswith("user:") else "Group"
    *_, namespace, name = ("default", *owner.rpartition(":")[2].split("/"))
    assert said(owned(owner, entity(1, kind, name, namespace))) == []


@pytest.mark.parametrize(
    ("written", "right"),
    [
        pytest.param("paymnts", "group:default/payments", id="a team"),
        pytest.param("@acme/paymnts", "group:default/payments", id="the team's part of its full name"),
        pytest.param("user:caro1", "user:carol", id="a member's login"),
    ],
)
def test_a_misspelt_owner_is_named_with_the_nearest_team_or_member(written, right):
    ((_, message, fix),) = said(owned(written))
    assert f'Did you mean "{right}"?' in message
    assert fix == f"Write {right}."
    assert said(owned(right)) == []


def test_a_title_that_two_groups_have_names_neither_and_both_are_told():
    one, other = (entity(1, "Group", name, metadata={"title": "Front End"}) for name in ("web", "shop"))
    assert owned("Front End", one).owner(PAY) == "group:default/web"
    ((_, message, _),) = said(owned("Front End", one, other))
    assert "may be group:default/shop or group:default/web" in message


def test_a_member_whom_nobody_describes_owns_all_the_same():
    catalog = owned("user:carol")
    assert (catalog.owner(PAY), catalog.member(PAY), said(catalog)) == (None, "carol", [])
    assert ids(owned("user:zoe").problems_of(PAY)) == ["owner-unknown"]


def test_without_people_nothing_is_said_of_teams_and_members():
    group = entity(1, "Group", "gone", metadata={"annotations": {"github.com/team-slug": "acme/gone"}})
    catalog = owned("gone", group, entity(1, "User", "zoe", **ADA), people=None, codeowners=("@acme/payments",))
    assert catalog.all_problems() == ()
    assert ids(owned("payments", people=None).problems_of(PAY)) == ["owner-unknown"]


def test_an_owner_without_members_is_an_alarm_until_somebody_joins():
    ((id, message, _),) = said(owned("empty"))
    assert (id, message) == ("owner-team-empty", f"{PAY}: its owner, the team acme/empty, has no members.")
    joined = {**TEAMS, "empty": replace(TEAMS["empty"], members=("bob",))}
    assert said(owned("empty", people=People(joined, PEOPLE.members))) == []
    inside = {**TEAMS, "inner": Team("inner", "Inner", parent="empty", members=("bob",))}
    assert said(owned("empty", people=People(inside, PEOPLE.members))) == []


def test_an_owner_who_left_is_an_alarm():
    gone = entity(1, "User", "zoe", metadata={"annotations": {"github.com/user-login": "Zoe-Z"}})
    ((id, message, _),) = said(owned("user:zoe", gone))
    assert (id, message) == ("owner-left", f"{PAY}: its owner, zoe-z, is not a member of acme.")
    assert said(owned("user:zoe", gone, people=People(TEAMS, PEOPLE.members | {"zoe-z"}))) == []
    assert said(owned("user:zoe", entity(1, "User", "zoe"))) == []  # names no account: any name will do


def test_a_deleted_team_stays_as_an_orphan_with_the_alarm_until_its_grace_ends():
    recorded = made().entities
    rest = People({slug: team for slug, team in TEAMS.items() if slug != "payments"}, PEOPLE.members)
    catalog = owned("payments", people=rest, recorded=recorded, today="2026-02-01")
    orphan = catalog.entities["group:default/payments"]
    assert (orphan.state, orphan.since) == ("orphan", "2026-02-01")
    assert [(one.id, one.severity) for one in catalog.problems_of(orphan.ref)] == [("orphan", "note")]
    ((id, message, _),) = said(catalog)
    assert id == "owner-team-deleted"
    assert "the team acme/payments was deleted on GitHub" in message
    later = owned("payments", people=rest, recorded=catalog.entities, today="2026-03-01")
    assert later.entities["group:default/payments"].since == "2026-02-01"
    over = owned("payments", people=rest, recorded=later.entities, today="2026-04-01")
    assert ids(over.problems_of(PAY)) == ["owner-unknown"]
    back = owned("payments", recorded=catalog.entities, today="2026-03-01")
    assert (back.entities["group:default/payments"].state, said(back)) == ("present", [])


def test_a_renamed_team_is_named_by_its_new_name():
    recorded = made().entities
    teams = {slug: team for slug, team in TEAMS.items() if slug != "payments"}
    renamed = People(teams | {"money": replace(TEAMS["payments"], slug="money")}, PEOPLE.members)
    ((id, message, fix),) = said(owned("payments", people=renamed, recorded=recorded, today="2026-02-01"))
    assert (id, fix) == ("owner-team-deleted", "Write money.")
    assert "acme/payments is called money now" in message
    assert said(owned("money", people=renamed, recorded=recorded)) == []


@pytest.mark.parametrize(
    ("codeowners", "differs"),
    [
        pytest.param(("@acme/payments",), False, id="the same team"),
        pytest.param(("@acme/commerce",), False, id="a team above"),
        pytest.param(("@acme/refunds",), False, id="a team inside"),
        pytest.param(("@bob",), False, id="a member"),
        pytest.param(("@dan",), False, id="a member of a team inside"),
        pytest.param(("@acme/empty", "@acme/payments"), False, id="one of several"),
        pytest.param(("ops@acme.example",), False, id="an address that cannot be judged"),
        pytest.param(("@other/payments",), False, id="another organisation"),
        pytest.param((), False, id="nobody"),
        pytest.param(("@acme/empty",), True, id="another team"),
        pytest.param(("@carol", "@acme/gone"), True, id="others"),
    ],
)
def test_codeowners_that_names_others_than_the_owner_is_an_alarm(codeowners, differs):
    catalog = owned("payments", codeowners=codeowners)
    assert ids(catalog.problems_of(PAY)) == (["codeowners-differ"] if differs else [])


def test_codeowners_of_the_root_says_nothing_of_what_lies_deeper_or_elsewhere():
    deep = entity(1, "Component", "pay", path="services/pay/catalog-info.yaml", owner="payments")
    about = {"annotations": {"github.com/project-slug": "acme/other"}}
    elsewhere = entity(1, "Component", "pay", metadata=about, owner="payments")
    for one in (deep, elsewhere):
        assert said(made(one, codeowners=("@acme/empty",))) == []
    assert ids(owned("payments", codeowners=("@acme/empty",)).problems_of(PAY)) == ["codeowners-differ"]


def test_a_group_whose_github_team_is_not_there_is_an_alarm():
    def group(slug):
        return entity(1, "Group", "money", metadata={"annotations": {"github.com/team-slug": slug}})

    ((id, message, _),) = said(made(group("acme/paymnts")), "group:default/money")
    assert id == "team-missing"
    assert 'acme has no team paymnts: deleted, renamed or secret. Did you mean "payments"?' in message
    for fine in ("acme/payments", "@Acme/Payments", "other/anything"):
        assert said(made(group(fine)), "group:default/money") == []


def test_alarms_are_not_raised_for_what_is_archived():
    read = snapshot(1, entity(1, "Component", "pay", owner="empty"), is_archived=True)
    assert ids(build("acme", [read], {}, Settings(), "", PEOPLE).problems_of(PAY)) == ["archived"]


@pytest.mark.parametrize("people", [None, People(), PEOPLE], ids=["not known", "nobody", "some"])
def test_people_come_back_from_the_cache_as_they_were(people):
    assert load(dump(people)) == people
