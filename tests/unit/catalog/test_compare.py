"""The difference of two catalogs, and who is affected by it. Its agreement with a full comparison is in test_update."""

from __future__ import annotations

from dataclasses import replace

from unit.catalog._organisation import entity, snapshot
from waypost.catalog.build import build, update
from waypost.catalog.compare import Difference, compare, fields, impact
from waypost.catalog.settings import Settings

PAY = entity(1, "API", "payments", owner="pay", lifecycle="production")
TEAMS = [entity(9, "Group", name) for name in ("pay", "shop", "mail")]
USERS = [
    entity(2, "Component", "shop", owner="shop", consumesApis=["payments"]),
    entity(3, "Component", "cart", owner="shop", consumesApis=["payments"]),
    entity(4, "Component", "mail", owner="mail", consumesApis=["payments"]),
]
SNAPSHOTS = [snapshot(1, PAY), snapshot(9, *TEAMS), *(snapshot(one.origin.repository_id, one) for one in USERS)]
CATALOG = build("acme", SNAPSHOTS, {}, Settings())


def changed(*snapshots):
    return compare(CATALOG, update(CATALOG, snapshots))


def test_a_removal_names_those_who_used_it_and_their_owners():
    difference = changed(snapshot(1))
    assert difference.removed == (PAY.ref,)
    (found,) = difference.impacts
    assert str(found) == "removes api:default/payments, used by 3 components of 2 teams"
    assert found.owners == ("group:default/mail", "group:default/shop")
    assert [one.ref for one in difference.affected] == sorted(one.ref for one in USERS)
    assert [problem.id for problem in difference.gained] == ["reference-dangling"] * 3
    assert {problem.ref for problem in difference.gained} == {one.ref for one in USERS}


def test_what_is_mended_is_healed():
    broken = update(CATALOG, [snapshot(1)])
    difference = compare(broken, update(broken, [snapshot(1, PAY)]))
    assert difference.added == (PAY.ref,)
    assert [problem.id for problem in difference.healed] == ["reference-dangling"] * 3
    assert not difference.gained
    assert not difference.impacts


def test_a_change_names_its_fields():
    later = replace(entity(1, "API", "payments", owner="shop", lifecycle="deprecated"), state="present")
    difference = changed(snapshot(1, later))
    (change,) = difference.changed
    assert change == (PAY.ref, ("spec.lifecycle", "spec.owner"))
    assert [problem.id for problem in difference.gained] == ["target-deprecated"] * 3
    assert set(difference.related) == {PAY.ref, "group:default/pay", "group:default/shop"}
    assert str(difference.impacts[0]) == "changes api:default/payments, used by 3 components of 2 teams"


def test_words_affect_nobody_else():
    later = entity(1, "API", "payments", owner="pay", lifecycle="production", metadata={"description": "new"})
    difference = changed(snapshot(1, later))
    assert difference == Difference(changed=((PAY.ref, ("metadata.description",)),), repositories=(1,))


def test_the_same_again_is_no_difference():
    assert not changed(snapshot(1, PAY))
    assert not compare(CATALOG, build("acme", SNAPSHOTS, {}, Settings()))


def test_fields_of_state_and_place_are_named():
    origin = replace(PAY.origin, commit="d" * 40, line=4)
    later = replace(PAY, origin=origin, state="stale", reason="away")
    assert fields(PAY, later) == ("origin.commit", "origin.line", "reason", "state")


def test_what_nobody_uses_is_said_so():
    assert (
        str(impact(CATALOG, "component:default/shop"))
        == "removes component:default/shop, used by nothing in the catalog"
    )


def test_one_is_counted_as_one():
    one = build("acme", SNAPSHOTS[:3], {}, Settings())
    assert str(impact(one, PAY.ref)) == "removes api:default/payments, used by 1 component of 1 team"


def test_what_is_stated_of_another_name_relates_the_entity_that_is_meant():
    known = [snapshot(1, entity(1, "Group", "pay")), snapshot(2, entity(2, "Component", "a", owner="acme/pay"))]
    further = snapshot(3, entity(3, "Component", "b", owner="acme/pay"))
    before = build("acme", known, {}, Settings())
    told = compare(before, update(before, [further]))
    assert told == compare(before, build("acme", [*known, further], {}, Settings()))
    assert "group:default/pay" in told.related
