"""A new component that is probably one that exists is asked about; brothers and strangers are not."""

from __future__ import annotations

import pytest

from unit.catalog._organisation import entity, snapshot
from waypost.catalog.build import build
from waypost.catalog.lookalikes import THRESHOLD, lookalikes
from waypost.catalog.settings import Settings


def asked(new, old, **more):
    entities = [entity(1, "Component", old, **more), entity(2, "Component", new, **more), entity(9, "Group", "pay")]
    catalog = build("acme", [snapshot(one.origin.repository_id, one) for one in entities], {}, Settings())
    return lookalikes(catalog, [entities[1].ref])


@pytest.mark.parametrize(
    ("new", "old"),
    [
        pytest.param("ledger", "ledger-service", id="suffix"),
        pytest.param("ledger-svc", "ledger-service", id="other suffix"),
        pytest.param("ledger_service", "ledger-service", id="separator"),
        pytest.param("LedgerService", "ledger-service", id="humps"),
        pytest.param("ledger-api", "ledger-app", id="api and app"),
        pytest.param("ledgers", "ledger", id="plural"),
        pytest.param("ledger-v2", "ledger", id="version"),
        pytest.param("ledger2", "ledger", id="number"),
        pytest.param("user-profile-service", "profile-user", id="order"),
        pytest.param("notifcation-service", "notification-service", id="a letter missing"),
        pytest.param("recommednations", "recommendations", id="letters swapped"),
    ],
)
def test_it_looks_like_the_one_that_exists(new, old):
    (found,) = asked(new, old)
    assert found.other == f"component:default/{old}"
    assert found.score >= THRESHOLD or found.shared


@pytest.mark.parametrize(
    ("new", "old"),
    [
        pytest.param("orders", "borders", id="another word, one letter off"),
        pytest.param("shard-1", "shard-2", id="numbered brothers"),
        pytest.param("payments-web", "payments-worker", id="two parts of one thing"),
        pytest.param("payment-gateway", "payment-ledger", id="one word in common"),
        pytest.param("auth", "auto", id="short"),
        pytest.param("service", "api", id="nothing but suffixes"),
    ],
)
def test_it_is_another(new, old):
    assert asked(new, old) == ()


def test_what_they_share_is_named_and_raises_the_score():
    text = {"description": "Keeps the books of every account."}
    (alone,) = asked("ledger", "ledger-service")
    (alike,) = asked("ledger", "ledger-service", owner="pay", system="money", metadata=text)
    assert alike.shared == ("owner", "system", "description")
    assert alike.score > alone.score


ONE = {"owner": "pay", "system": "money", "metadata": {"description": "Keeps the books."}}


def test_one_repository_knows_what_it_holds():
    old, new = entity(1, "Component", "ledger-service", **ONE), entity(1, "Component", "ledger", **ONE)
    catalog = build("acme", [snapshot(1, old, new), snapshot(9, entity(9, "Group", "pay"))], {}, Settings())
    assert lookalikes(catalog, [new.ref]) == ()


@pytest.mark.parametrize(("path", "asked"), [("registrations/new.yaml", 1), ("registrations/old.yaml", 0)])
def test_registrations_are_held_against_each_other_unless_they_share_a_file(path, asked):
    old = entity(1, "Component", "ledger-service", repository="acme/catalog", path="registrations/old.yaml")
    new = entity(1, "Component", "ledger", repository="acme/catalog", path=path)
    catalog = build("acme", [snapshot(1, old, new, name="catalog")], {}, Settings())
    assert len(lookalikes(catalog, [new.ref])) == asked


def test_only_components_are_asked_about():
    old, new = entity(1, "API", "ledger-api"), entity(2, "API", "ledger")
    catalog = build("acme", [snapshot(1, old), snapshot(2, new)], {}, Settings())
    assert lookalikes(catalog, [new.ref]) == ()


def test_two_new_ones_are_not_held_against_each_other():
    old, new = entity(1, "Component", "ledger-service"), entity(2, "Component", "ledger")
    catalog = build("acme", [snapshot(1, old), snapshot(2, new)], {}, Settings())
    assert lookalikes(catalog, [old.ref, new.ref]) == ()


def test_a_few_are_enough():
    old = [entity(number, "Component", f"ledger-v{number}") for number in range(1, 9)]
    new = entity(20, "Component", "ledger")
    catalog = build("acme", [snapshot(one.origin.repository_id, one) for one in (*old, new)], {}, Settings())
    assert len(lookalikes(catalog, [new.ref])) == 3
