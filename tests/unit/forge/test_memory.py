"""What the forge in memory adds to the contract: budgets, failures and counts on demand."""

from __future__ import annotations

import pytest

from waypost.forge.memory import PAGE, MemoryForges
from waypost.forge.protocol import BranchProtected, HeadMoved, NotInstalled, RateLimited, Unavailable, Wish
from waypost.limits import REPOSITORIES_PER_READ


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def forge(clock):
    return MemoryForges(clock).install("acme")


def read(forge, name, number=0, **wish):
    return forge.read([Wish(number, f"acme/{name}", **wish)])[0]


def test_facts_of_a_repository_can_be_told(forge):
    forge.create("payments", {"a": "1"}, id=42, visibility="public", topics=("pay",))
    forge.archive("payments")
    repository = read(forge, "payments").repository
    assert (repository.id, repository.visibility, repository.topics) == (42, "public", ("pay",))
    assert repository.is_archived


def test_names_do_not_care_for_case(forge):
    forge.create("Payments", {"a": "1"})
    assert read(forge, "pAYMENTS").repository.name == "Payments"


def test_hidden_repository_looks_deleted_and_comes_back(forge):
    number = forge.create("payments", {"a": "1"}).id
    forge.hide("payments")
    assert list(forge.repositories()) == []
    assert read(forge, "payments", number).repository is None
    forge.hide("payments", False)
    assert read(forge, "payments", number).repository.id == number


def test_name_can_be_taken_again_after_a_deletion(forge):
    first = forge.create("payments", {"a": "1"}).id
    forge.delete("payments")
    second = forge.create("payments", {"a": "2"}, id=first + 1).id
    assert read(forge, "payments", first).repository is None
    assert read(forge, "payments", second).repository.id == second


def test_spent_budget_refuses_until_its_reset(forge, clock):
    forge.create("payments", {"a": "1"})
    forge.limit(1, resource="graphql")
    read(forge, "payments")
    with pytest.raises(RateLimited) as caught:
        read(forge, "payments")
    clock.now = caught.value.until
    assert read(forge, "payments").repository
    assert forge.budgets()["graphql"].remaining == 4_999


def test_failures_come_in_the_order_they_were_asked_for(forge):
    forge.create("payments", {"a": "1"})
    forge.fail(Unavailable("one"), Unavailable("two"))
    for said in ("one", "two"):
        with pytest.raises(Unavailable, match=said):
            read(forge, "payments")
    assert read(forge, "payments").repository


def test_only_the_pages_of_a_listing_that_changed_are_charged(forge):
    for number in range(2 * PAGE + 1):
        forge.create(f"r{number}", {"a": "1"})
    list(forge.repositories())
    forge.push(f"r{PAGE}", {"a": "2"})  # the first of the second page
    before = forge.calls()
    assert len(list(forge.repositories())) == 2 * PAGE + 1
    after = forge.calls()
    assert {key: after[key] - before.get(key, 0) for key in after} == {("core", "charged"): 1, ("core", "free"): 2}


def test_batch_is_one_call_and_has_a_limit(forge):
    names = [forge.create(f"r{number}", {"a": "1"}).full_name for number in range(REPOSITORIES_PER_READ)]
    forge.read([Wish(0, name) for name in names])
    assert forge.calls() == {("graphql", "charged"): 1}
    with pytest.raises(ValueError):
        forge.read([Wish(0, "acme/r0")] * (REPOSITORIES_PER_READ + 1))


def test_writing_to_an_archived_repository_is_refused(forge):
    parent = forge.create("catalog", {"a": "1"}).head
    forge.archive("catalog")
    with pytest.raises(BranchProtected):
        forge.commit("acme/catalog", "main", parent, {"a": b"2"}, "No")


def test_history_is_told_newest_first(forge):
    forge.create("catalog", {"a": "1"})
    store = forge.store("acme/catalog", "main")
    store.commit(store.refresh(), {"a": b"2"}, "Second")
    assert forge.log("catalog") == ["Second", "Change files"]
    assert (forge.text("catalog", "a"), forge.paths("catalog")) == ("2", ["a"])


def test_branch_may_be_emptied_by_force(forge):
    head = forge.create("catalog", {"a": "1"}).head
    store = forge.store("acme/catalog", "main")
    store.refresh()
    forge.force_push("catalog", "")
    with pytest.raises(HeadMoved):
        store.commit(head, {"a": b"2"}, "Late")
    assert store.refresh() == ""


def test_uninstalled_app_sees_nothing(clock):
    forges = MemoryForges(clock)
    forge = forges.install("acme")
    forge.create("payments", {"a": "1"})
    forges.uninstall(forge.installation.id)
    with pytest.raises(NotInstalled):
        forges.forge(forge.installation.id)
    with pytest.raises(NotInstalled):
        read(forge, "payments")


def test_tenants_share_nothing(clock):
    forges = MemoryForges(clock)
    one, two = forges.install("acme"), forges.install("evil")
    one.create("payments", {"a": "1"})
    assert list(two.repositories()) == []
    assert two.read([Wish(0, "acme/payments")])[0].repository is None
