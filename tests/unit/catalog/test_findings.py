"""What the catalog says of entities among the others, and whom it takes for their owner."""

from __future__ import annotations

import pytest

from unit.catalog._organisation import entity, ids, snapshot
from waypost.catalog.build import build
from waypost.catalog.graph import ENDING, ring, rings
from waypost.catalog.problems import Problem
from waypost.catalog.settings import Settings


def made(*entities, **settings):
    return build("acme", [snapshot(1, *entities)], {}, Settings(**settings))


def messages(catalog, ref):
    return [problem.message for problem in catalog.problems_of(ref)]


def test_a_misspelt_owner_is_named_with_the_nearest():
    catalog = made(entity(1, "Group", "payments"), entity(1, "Component", "pay", owner="paymnts"))
    (problem,) = catalog.problems_of("component:default/pay")
    assert (problem.id, problem.path) == ("owner-unknown", "/spec/owner")
    assert 'Did you mean "group:default/payments"?' in problem.message
    assert (problem.repository, problem.file, problem.line) == ("acme/r1", "catalog-info.yaml", 1)


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        pytest.param("payments", "group:default/payments", id="a name"),
        pytest.param("group:payments", "group:default/payments", id="with its kind"),
        pytest.param("group:default/payments", "group:default/payments", id="in full"),
        pytest.param("Payments", "group:default/payments", id="in another case"),
        pytest.param("acme/payments", "group:default/payments", id="as GitHub writes a team"),
        pytest.param("@acme/payments", "group:default/payments", id="as CODEOWNERS writes a team"),
        pytest.param("pay-squad", "group:default/payments", id="by the team's slug"),
        pytest.param("user:ada", "user:default/ada", id="a person"),
        pytest.param("user:ada-l", "user:default/ada", id="a login"),
        pytest.param("ada@acme.example", "user:default/ada", id="an e-mail address"),
        pytest.param("component:pay", None, id="something that cannot own"),
        pytest.param("nobody", None, id="nobody"),
    ],
)
def test_owners_in_the_forms_people_use(owner, expected):
    team = entity(1, "Group", "payments", metadata={"annotations": {"github.com/team-slug": "acme/pay-squad"}})
    ada = entity(
        1,
        "User",
        "ada",
        metadata={"annotations": {"github.com/user-login": "ada-l"}},
        profile={"email": "ada@acme.example"},
    )
    catalog = made(team, ada, entity(1, "Component", "pay", owner=owner))
    assert catalog.owner("component:default/pay") == expected
    assert ids(catalog.problems_of("component:default/pay")) == ([] if expected else ["owner-unknown"])
    if expected:
        assert "component:default/pay" in [edge.target for edge in catalog.relations(expected)]


def test_a_real_group_comes_before_another_ones_slug():
    other = entity(1, "Group", "other", metadata={"annotations": {"github.com/team-slug": "acme/payments"}})
    catalog = made(other, entity(1, "Group", "payments"), entity(1, "Component", "pay", owner="payments"))
    assert catalog.owner("component:default/pay") == "group:default/payments"


def test_a_reference_to_another_kind_of_the_same_name_is_recognised():
    catalog = made(entity(1, "Resource", "orders"), entity(1, "Component", "shop", dependsOn=["component:orders"]))
    (problem,) = catalog.problems_of("component:default/shop")
    assert (problem.id, problem.path) == ("reference-dangling", "/spec/dependsOn/0")
    assert 'Did you mean "resource:default/orders"?' in problem.message


def test_both_sides_state_one_relation():
    catalog = made(
        entity(1, "Component", "shop", dependsOn=["component:pay"]),
        entity(1, "Component", "pay", dependencyOf=["component:shop"]),
    )
    assert [tuple(edge) for edge in catalog.relations("component:default/shop")] == [
        ("component:default/shop", "dependsOn", "component:default/pay")
    ]


def test_what_relies_on_something_deprecated_is_told():
    catalog = made(
        entity(1, "API", "old", lifecycle="deprecated"), entity(1, "Component", "shop", consumesApis=["old"])
    )
    assert ids(catalog.problems_of("component:default/shop")) == ["target-deprecated"]


@pytest.mark.parametrize(
    ("own", "theirs", "expected"), [("1", "tier-3", ["tier-inversion"]), ("3", "1", []), ("2", "2", [])]
)
def test_a_tier_may_not_rest_on_a_lower_one(own, theirs, expected):
    catalog = made(
        entity(1, "Component", "shop", metadata={"labels": {"tier": own}}, dependsOn=["resource:db"]),
        entity(1, "Resource", "db", metadata={"annotations": {"waypost.dev/tier": theirs}}),
    )
    assert ids(catalog.problems_of("component:default/shop")) == expected


def test_every_member_of_a_ring_is_told_its_way_round():
    catalog = made(
        entity(1, "Component", "a", dependsOn=["component:b"]),
        entity(1, "Component", "b", dependsOn=["component:c"]),
        entity(1, "Component", "c", dependsOn=["component:a"]),
        entity(1, "Component", "d", dependsOn=["component:a"]),
    )
    assert messages(catalog, "component:default/b") == [
        "component:default/b is dependent on itself through component:default/c, component:default/a."
    ]
    assert not catalog.problems_of("component:default/d")


@pytest.mark.parametrize(
    ("kind", "spec", "words"),
    [
        pytest.param("Component", {"subcomponentOf": "component:a"}, "part of itself", id="a part of itself"),
        pytest.param("Group", {"parent": "group:a"}, "a child of itself", id="its own parent"),
        pytest.param("Component", {"dependsOn": ["component:a"]}, "dependent on itself", id="its own dependency"),
    ],
)
def test_what_leads_to_itself_is_a_ring_of_one(kind, spec, words):
    catalog = made(entity(1, kind, "a", **spec))
    assert [problem.id for problem in catalog.problems_of(f"{kind.lower()}:default/a")] == ["cycle"]
    assert words in messages(catalog, f"{kind.lower()}:default/a")[0]


def test_rings_sought_one_by_one_are_those_sought_together():
    chain = [
        entity(1, "Component", f"c{n}", dependsOn=[f"component:c{(n * 7 + 3) % 40}", f"component:c{n + 1}"])
        for n in range(60)
    ]
    edges = made(*chain).edges
    for type in ENDING:
        together = rings(edges, edges, type)
        assert {ref: members for ref in edges if (members := ring(edges, ref, type))} == together


def test_a_kind_that_waypost_yaml_declares_is_not_unknown():
    odd = entity(1, "Dataset", "sales", owner="nobody")
    said = Problem("acme/r1", "catalog-info.yaml", 2, 7, "kind-unknown", "/kind", "not known", ref=odd.ref)
    read = snapshot(1, odd, problems=[said])
    assert ids(build("acme", [read], {}, Settings()).problems_in(1)) == ["kind-unknown", "owner-unknown"]
    assert ids(build("acme", [read], {}, Settings(kinds=("Dataset",))).problems_in(1)) == ["owner-unknown"]


def test_problems_without_a_kept_entity_stay_with_their_repository():
    said = Problem("acme/r1", "catalog-info.yaml", 2, 7, "name-form", message="a space", ref="component:default/no")
    catalog = build("acme", [snapshot(1, problems=[said])], {}, Settings())
    assert catalog.problems_in(1) == catalog.all_problems() == (said,)
    assert not catalog.problems_of("component:default/no")


def test_repositories_without_an_entity_are_undescribed_unless_somebody_names_them():
    about = entity(1, "Component", "third", metadata={"annotations": {"github.com/project-slug": "Acme/R3"}})
    read = [snapshot(1, about, name="catalog"), snapshot(2), snapshot(3), snapshot(4, state="gone")]
    catalog = build("acme", read, {}, Settings())
    assert [one.repository.name for one in catalog.undescribed()] == ["r2"]
