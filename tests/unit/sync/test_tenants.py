"""Many installations in one database, worked on by several workers: nothing of one reaches another."""

from __future__ import annotations

import pytest

import postgres
from unit.sync.world import World, component, push_payload
from waypost.forge.protocol import NotInstalled, RateLimited
from waypost.pages.paths import entity_file
from waypost.queue.postgres import PostgresQueue
from waypost.queue.protocol import Delivery, Key, Mark
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.events import marks
from waypost.sync.worker import Worker

BACK_ENDS = {
    "sqlite": lambda folder, clock: SqliteQueue(folder / "shared.db", clock),
    "postgres": lambda _, clock: PostgresQueue(postgres.server().database(), clock),
}


class Tenants(World):
    """acme and globex: both have repositories of the same names and numbers, and one database and two workers."""

    def __init__(self, folder, open_queue):
        super().__init__(folder)
        self.queue.close()
        self.queue = open_queue(folder, self.clock)
        self.forge_of = {1: self.forge, 2: self.forges.install("globex")}
        self.forge_of[2].create("catalog", {"about.md": "Hello.\n"})
        for number, forge in self.forge_of.items():
            forge.create("payments", {"catalog-info.yaml": component("payments", owner=f"team-{number}")})
        self.workers = [Worker(self.queue, self.forges, self.config, self.clock, Pace(sweep=0)) for _ in range(2)]

    def list_all(self):
        self.queue.mark(Mark(Key(number, "installation", str(number))) for number in self.forge_of)

    def run_for(self, seconds):
        end = self.clock.now + seconds
        while self.clock.now < end:
            did_something = [worker.run_once() for worker in self.workers]
            if not any(did_something):
                self.clock.sleep(4)

    def push(self, number, owner):
        forge = self.forge_of[number]
        changes = {"catalog-info.yaml": component("payments", owner=owner)}
        repository = forge.push("payments", changes)
        payload = push_payload(repository, set(changes), changes, installation={"id": number})
        found = marks("push", payload, self.config)
        self.queue.receive(Delivery(f"{number}-{owner}", "push", "", number, b"{}"), found)

    def owner(self, number):
        text = self.forge_of[number].text("catalog", entity_file("component:default/payments")) or ""
        return text.partition("owner: ")[2].partition("\n")[0]


@pytest.fixture(params=BACK_ENDS)
def tenants(request, tmp_path):
    tenants = Tenants(tmp_path, BACK_ENDS[request.param])
    tenants.list_all()
    tenants.run_for(60)
    yield tenants
    tenants.queue.close()


def test_each_catalog_holds_its_own_entities_only(tenants):
    assert [tenants.owner(number) for number in (1, 2)] == ["team-1", "team-2"]
    for number, other in ((1, "globex"), (2, "acme")):
        forge = tenants.forge_of[number]
        assert not [path for path in forge.paths("catalog") if other in (forge.text("catalog", path) or "")]


def test_same_number_of_a_repository_is_another_key_and_another_snapshot(tenants):
    tenants.push(1, "team-new")
    tenants.clock.sleep(30)
    keys = {lease.key for lease in tenants.queue.lease(["repo"], 10, 60)}
    assert {key.installation for key in keys} == {1}
    one, two = (tenants.queue.cached(number)[1] for number in (1, 2))
    same = [name for name in set(one) & set(two) if name.startswith("repo:")]
    assert same
    assert all(one[name] != two[name] for name in same)


def test_change_of_one_commits_nothing_in_the_other(tenants):
    commits = {number: len(forge.log("catalog")) for number, forge in tenants.forge_of.items()}
    tenants.push(2, "team-new")
    tenants.run_for(40)
    assert tenants.owner(2) == "team-new"
    assert tenants.owner(1) == "team-1"
    assert len(tenants.forge_of[1].log("catalog")) == commits[1]
    assert len(tenants.forge_of[2].log("catalog")) == commits[2] + 1


def test_calls_for_one_are_made_with_its_own_token(tenants):
    before = {number: sum(forge.calls().values()) for number, forge in tenants.forge_of.items()}
    tenants.push(1, "team-new")
    tenants.run_for(40)
    after = {number: sum(forge.calls().values()) for number, forge in tenants.forge_of.items()}
    assert after[1] > before[1]
    assert after[2] == before[2]


@pytest.mark.parametrize(
    "trouble", [RateLimited("secondary rate limit", 2e9), NotInstalled("suspended")], ids=["limited", "suspended"]
)
def test_trouble_of_one_is_not_the_others(tenants, trouble):
    tenants.forge_of[1].fail(*[trouble] * 50)
    tenants.push(1, "team-lost")
    tenants.push(2, "team-new")
    tenants.run_for(60)
    assert tenants.owner(2) == "team-new"
    assert tenants.owner(1) == "team-1"
