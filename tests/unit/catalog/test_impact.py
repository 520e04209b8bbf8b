"""What a pull request does to others: who uses what goes, what is handed over, and when that counts as breaking."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.catalog._organisation import entity, snapshot
from waypost.catalog.build import adopt, build
from waypost.catalog.impact import impact
from waypost.catalog.people import People, Team
from waypost.catalog.proposal import propose
from waypost.catalog.settings import Settings

PAY = entity(1, "API", "payments", owner="pay", lifecycle="production", type="openapi")
TEAMS = [
    entity(9, "Group", name, metadata={"annotations": {"github.com/team-slug": f"acme/{slug}"}})
    for name, slug in (("pay", "team-pay"), ("shop", "team-shop"), ("mail", "team-mail"))
]
USERS = [
    entity(10 + n, "Component", f"user-{n:02}", owner=("shop", "mail")[n % 2], consumesApis=["payments"])
    for n in range(14)
]
HOMES = [snapshot(1, PAY), snapshot(9, *TEAMS), *(snapshot(one.origin.repository_id, one) for one in USERS)]
CATALOG = adopt(build("acme", HOMES, {}, Settings()))


def after(*entities, number=1, catalog=CATALOG):
    return impact(catalog, propose(catalog, snapshot(number, *entities)), f"acme/r{number}")


def test_a_removed_api_names_its_14_users_by_team():
    found = after()
    (loss,) = found.removed
    assert loss.ref == PAY.ref
    assert {owner: len(refs) for owner, refs in loss.by_owner().items()} == {
        "group:default/mail": 7,
        "group:default/shop": 7,
    }
    assert sorted(ref for refs in loss.by_owner().values() for ref in refs) == [one.ref for one in USERS]
    assert found.breaks
    assert found.teams == ("team-mail", "team-shop")


def test_it_is_removed_also_while_an_orphan_is_kept():
    found = after()
    assert found.after.entities[PAY.ref].state == "orphan"
    assert found.removed
    assert not found.changed


def test_users_are_named_also_where_nothing_is_kept():
    found = after(catalog=build("acme", HOMES, {}, Settings()))
    assert PAY.ref not in found.after.entities
    assert [len(loss.users) for loss in found.removed] == [14]
    assert found.breaks


def test_removing_what_nobody_uses_breaks_nothing():
    alone = entity(2, "API", "alone", owner="pay")
    found = after(number=2, catalog=adopt(propose(CATALOG, snapshot(2, alone))))
    assert [loss.ref for loss in found.removed] == [alone.ref]
    assert not found.breaks
    assert found.teams == ()


def test_users_that_let_go_in_the_same_pull_request_are_no_users():
    user = entity(1, "Component", "own", owner="pay", consumesApis=["mails"])
    api = entity(1, "API", "mails", owner="pay")
    before = adopt(propose(CATALOG, snapshot(1, PAY, api, user)))
    found = after(PAY, entity(1, "Component", "own", owner="pay"), catalog=before)
    assert [(loss.ref, loss.users) for loss in found.removed] == [(api.ref, ())]
    assert not found.breaks


def test_another_name_in_the_same_descriptor_is_a_rename():
    found = after(entity(1, "API", "payments-v2", owner="pay", lifecycle="production", type="openapi"))
    assert [(loss.ref, loss.renamed, len(loss.users)) for loss in found.renamed] == [
        (PAY.ref, "api:default/payments-v2", 14)
    ]
    assert not found.added
    assert not found.removed
    assert found.breaks


def test_another_kind_in_the_same_descriptor_is_no_rename():
    found = after(entity(1, "Resource", "payments", owner="pay"))
    assert found.added == ("resource:default/payments",)
    assert not found.renamed


def test_another_file_is_a_move_and_breaks_nothing():
    found = after(replace(PAY, origin=replace(PAY.origin, path="backstage/catalog-info.yaml")))
    assert [(one.ref, one.before, one.after) for one in found.moved] == [
        (PAY.ref, "acme/r1/catalog-info.yaml", "acme/r1/backstage/catalog-info.yaml")
    ]
    assert not found.breaks


def test_a_handover_concerns_both_owners_and_calls_nobody():
    found = after(entity(1, "API", "payments", owner="mail", lifecycle="production", type="openapi"))
    assert [tuple(one) for one in found.owners] == [(PAY.ref, "group:default/pay", "group:default/mail")]
    assert found.affected == ("group:default/mail", "group:default/pay")
    assert found.teams == ()


def test_who_takes_the_name_of_an_owner_takes_what_they_own():
    thing = entity(2, "Component", "thing", owner="Night Watch")
    catalog = adopt(propose(CATALOG, snapshot(2, thing)))
    catalog = adopt(propose(catalog, snapshot(3, entity(3, "Group", "watch", profile={"displayName": "Night Watch"}))))
    assert catalog.owner(thing.ref) == "group:default/watch"
    usurper = entity(4, "Group", "night", metadata={"annotations": {"github.com/team-slug": "acme/night watch"}})
    found = after(usurper, number=4, catalog=catalog)
    assert [tuple(one) for one in found.owners] == [(thing.ref, "group:default/watch", "group:default/night")]


def test_a_deprecation_is_news_and_no_breakage():
    found = after(entity(1, "API", "payments", owner="pay", lifecycle="deprecated", type="openapi"))
    assert found.deprecated == (PAY.ref,)
    assert [tuple(one) for one in found.lifecycles] == [(PAY.ref, "production", "deprecated")]
    assert {problem.id for problem in found.elsewhere} == {"target-deprecated"}
    assert not found.breaks


def test_a_tier_is_told_with_what_it_was():
    tiered = entity(
        1, "API", "payments", owner="pay", lifecycle="production", type="openapi", metadata={"labels": {"tier": "1"}}
    )
    assert [tuple(one) for one in after(tiered).tiers] == [(PAY.ref, "", "1")]


def test_a_new_problem_elsewhere_breaks():
    below = entity(
        1, "API", "payments", owner="pay", lifecycle="production", type="openapi", metadata={"labels": {"tier": "3"}}
    )
    user = entity(
        10, "Component", "user-00", owner="shop", consumesApis=["payments"], metadata={"labels": {"tier": "1"}}
    )
    found = after(below, catalog=adopt(propose(CATALOG, snapshot(10, user))))
    assert [problem.id for problem in found.breakages] == ["tier-inversion"]
    assert found.broken == ("component:default/user-00",)
    assert found.teams == ("team-shop",)


def test_the_commit_alone_is_no_change():
    assert not after(replace(PAY, origin=replace(PAY.origin, commit="d" * 40, committed="2026-02-02T00:00:00Z")))


def test_another_description_is_a_change_that_concerns_nobody():
    found = after(
        entity(1, "API", "payments", owner="pay", lifecycle="production", type="openapi", metadata={"description": "x"})
    )
    assert [tuple(one) for one in found.changed] == [(PAY.ref, ("metadata.description",))]
    assert not found.affected


@pytest.mark.parametrize(
    ("annotation", "slug"),
    [
        pytest.param("acme/team-shop", "team-shop", id="of this organisation"),
        pytest.param("team-shop", "team-shop", id="bare"),
        pytest.param("other/team-shop", "", id="of another organisation"),
        pytest.param("acme/a b @all", "", id="no slug"),
        pytest.param("", "", id="none"),
    ],
)
def test_only_a_team_of_ours_is_called(annotation, slug):
    group = entity(9, "Group", "shop", metadata={"annotations": {"github.com/team-slug": annotation}})
    catalog = adopt(propose(CATALOG, snapshot(9, TEAMS[0], group, TEAMS[2])))
    assert after(catalog=catalog).teams == (("team-mail", slug) if slug else ("team-mail",))


def test_a_team_that_github_does_not_have_is_not_called():
    people = People({"team-mail": Team("team-mail", "Mail")})
    assert after(catalog=adopt(build("acme", HOMES, {}, Settings(), people=people))).teams == ("team-mail",)
