"""What a worker does while the forge refuses, fails or is out of quota: nothing is lost, nobody is hammered."""

from __future__ import annotations

from dataclasses import replace

from unit.sync.world import component
from waypost.forge.protocol import NotAllowed, RateLimited, Unavailable
from waypost.pages.paths import entity_file
from waypost.queue.protocol import Key, Mark
from waypost.sync import reader
from waypost.sync.worker import KINDS

PAYMENTS = entity_file("component:default/payments")


def change(world, owner):
    push = world.push("payments", {"catalog-info.yaml": component("payments", owner=owner)})
    world.deliver("push", push)


def calls(world):
    return sum(world.forge.calls().values())


def run_for(world, seconds):
    """Let the worker do what it wants for so long, asking as often as it likes."""
    end = world.clock.now + seconds
    while world.clock.now < end:
        if not world.worker.run_once():
            due = world.queue.next_due(KINDS) or end
            world.clock.now = max(world.clock.now + 0.01, min(due, end))


def test_rate_limit_is_waited_for_without_a_call(settled):
    until = settled.clock.now + 1_000
    change(settled, "team-b")
    settled.forge.fail(RateLimited("secondary rate limit", until))
    run_for(settled, 20)
    before = calls(settled)
    run_for(settled, 900)
    assert calls(settled) == before
    run_for(settled, 200)
    assert "owner: team-b" in settled.files()[PAYMENTS]


def test_outage_of_hours_loses_nothing_and_costs_a_probe_a_minute(settled, monkeypatch):
    is_down, probes = [True], []
    spend = type(settled.forge)._spend

    def fail(self, *arguments, **more):
        if is_down:
            probes.append(settled.clock.now)
            raise Unavailable("502 Bad Gateway")
        return spend(self, *arguments, **more)

    monkeypatch.setattr(type(settled.forge), "_spend", fail)
    change(settled, "team-b")
    for number in range(2, 90):
        settled.queue.mark([Mark(Key(1, "repo", str(number)))])
    run_for(settled, 10_800)
    assert not settled.queue.dead()
    assert len(probes) < 10_800 / 60 + 10
    is_down.clear()
    run_for(settled, 90)
    assert "owner: team-b" in settled.files()[PAYMENTS]


def test_repository_that_alone_breaks_the_forge_is_set_aside_and_the_others_are_served(settled, monkeypatch):
    for number in range(20):
        settled.forge.create(f"service-{number}", {"catalog-info.yaml": component(f"service-{number}")})
    settled.sweep()
    settled.clock.sleep(60)
    answer = type(settled.forge).read
    bad = settled.forge.describe("service-3").id

    def read(self, wishes):
        if any(wish.repository_id == bad for wish in wishes):
            raise Unavailable("504 Gateway Timeout")
        return answer(self, wishes)

    monkeypatch.setattr(type(settled.forge), "read", read)
    for number in range(40):
        name = f"service-{number % 20}"
        push = settled.push(name, {"catalog-info.yaml": component(name, owner=f"round-{number}")})
        settled.deliver("push", push)
        run_for(settled, 60)
    for number in range(20, 40):
        if number != 23:
            path = entity_file(f"component:default/service-{number - 20}")
            assert f"owner: round-{number}" in settled.files()[path]
    run_for(settled, 7_200)
    for _ in range(12):
        change(settled, f"team-{settled.clock.now}")
        run_for(settled, 1_200)
    assert [dead.key for dead in settled.queue.dead()] == [Key(1, "repo", str(bad))]
    monkeypatch.undo()
    settled.deliver("push", settled.push("service-3", {"catalog-info.yaml": component("service-3", owner="well")}))
    assert settled.settle() == ""
    assert "owner: well" in settled.files()[entity_file("component:default/service-3")]


def test_what_failed_before_is_asked_for_last(settled, monkeypatch):
    names = [f"service-{number}" for number in range(3)]
    for name in names:
        settled.forge.create(name, {"catalog-info.yaml": component(name)})
    settled.sweep()
    settled.clock.sleep(60)
    answer, asked = type(settled.forge).read, []
    bad = settled.forge.describe(names[0]).id

    def read(self, wishes):
        asked.append([wish.repository_id for wish in wishes])
        answers = answer(self, wishes)
        return [
            replace(one, repository=None, error=NotAllowed("no")) if one.wish.repository_id == bad else one
            for one in answers
        ]

    monkeypatch.setattr(type(settled.forge), "read", read)
    for owner in ("first", "second"):
        for name in names:
            settled.deliver("push", settled.push(name, {"catalog-info.yaml": component(name, owner=owner)}))
        settled.clock.sleep(10)
        settled.worker.run_once()
        settled.clock.sleep(10)  # it is due again before the others change
    numbers = [settled.forge.describe(name).id for name in names]
    assert asked == [numbers, [*numbers[1:], bad]]


def test_error_of_our_own_sets_a_key_aside_after_eight_tries(settled, monkeypatch):
    def broken(*arguments, **more):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("waypost.sync.repositories.read", broken)
    change(settled, "team-b")
    run_for(settled, 4_000)
    (dead,) = settled.queue.dead()
    assert dead.error == "ZeroDivisionError: oh"
    monkeypatch.undo()
    change(settled, "team-c")
    assert settled.settle() == ""
    assert "owner: team-c" in settled.files()[PAYMENTS]


def test_error_of_our_own_over_one_repository_costs_the_others_no_try(settled, monkeypatch):
    for number in range(20):
        settled.forge.create(f"service-{number}", {"catalog-info.yaml": component(f"service-{number}")})
    settled.sweep()
    settled.clock.sleep(60)
    bad, honest = settled.forge.describe("service-3").id, reader.read

    def broken(forge, subjects, is_catalog):
        if any(subject.id == bad for subject in subjects):
            raise ZeroDivisionError("oh")
        return honest(forge, subjects, is_catalog)

    monkeypatch.setattr("waypost.sync.repositories.read", broken)
    for number in range(20):
        name = f"service-{number}"
        push = settled.push(name, {"catalog-info.yaml": component(name, owner="round-1")})
        settled.deliver("push", push)
    run_for(settled, 15)
    for number in range(20):
        path = entity_file(f"component:default/service-{number}")
        assert ("owner: round-1" in settled.files()[path]) == (number != 3)
    run_for(settled, 4_000)
    assert [dead.key for dead in settled.queue.dead()] == [Key(1, "repo", str(bad))]


def test_who_has_never_been_answered_is_not_kept_waiting(settled, monkeypatch):
    settled.start()

    def away(self):
        raise Unavailable("api.github.com cannot be reached")

    monkeypatch.setattr(type(settled.forge), "repositories", away)
    before = settled.clock.now
    assert "cannot be reached" in settled.sweep()
    assert settled.clock.now - before < 120


def test_tenant_in_trouble_does_not_hold_up_another(settled):
    other = settled.forges.install("globex")
    other.create("catalog", {"about.md": "Hello.\n"})
    settled.forge.fail(RateLimited("secondary rate limit", settled.clock.now + 50_000))
    change(settled, "team-b")
    settled.queue.mark([Mark(Key(2, "installation", "2"))])
    run_for(settled, 100)
    assert "README.md" in other.paths("catalog")
