"""The catalog after a merge is the one that a whole build would give, and costs what changed."""

from __future__ import annotations

from dataclasses import replace

from unit.catalog._organisation import entity, snapshot
from waypost.catalog.build import build
from waypost.catalog.compare import compare
from waypost.catalog.proposal import propose
from waypost.catalog.settings import Settings

TEAM = entity(9, "Group", "pay")
OLD = [snapshot(9, TEAM), snapshot(1, entity(1, "Component", "shop", owner="pay")), snapshot(2)]
NEW = snapshot(2, entity(2, "API", "mail", owner="pay"))


def test_it_is_what_a_build_of_everything_would_be():
    proposed = propose(build("acme", OLD, {}, Settings()), NEW)
    assert not compare(build("acme", [*OLD[:2], NEW], {}, Settings()), proposed)
    assert "api:default/mail" in proposed.entities


def test_the_catalog_before_stays_whole():
    before = build("acme", OLD, {}, Settings())
    propose(before, NEW)
    assert "api:default/mail" not in before.entities


def test_equal_settings_cost_an_update_only():
    before = build("acme", OLD, {}, Settings())
    assert [step.before for step in propose(before, NEW, Settings()).lineage] == [before.token]


def test_other_settings_decide_over_every_repository():
    before = build("acme", OLD, {}, Settings(exclude=("r1",)))
    after = propose(before, NEW, replace(before.settings, exclude=("r2",)))
    assert "component:default/shop" not in before.entities
    assert "component:default/shop" in after.entities
    assert "api:default/mail" not in after.entities
    assert after.settings.exclude == ("r2",)
