"""Any order of marks, leases, failures and lost workers: never two holders, no lost mark, no stale success."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from waypost.queue.backoff import LONGEST_SECONDS
from waypost.queue.protocol import Key, Mark

from .conftest import BACK_ENDS, MAXIMUM_WAIT, Clock

SUBJECTS = st.sampled_from("abcd")
PATHS = st.one_of(st.none(), st.frozensets(st.sampled_from(["x", "y", "z/x"]), max_size=2))
LONG_ENOUGH = 2 * LONGEST_SECONDS


def key(subject: str) -> Key:
    return Key(7, "repo", subject)


class LifeCycle(RuleBasedStateMachine):
    """The model: for each key the marks that no finished work has seen, and who holds it."""

    back_end = ""
    leases = Bundle("leases")

    @initialize()
    def start(self):
        self.clock = Clock()
        self.folder = tempfile.TemporaryDirectory()
        self.queue = BACK_ENDS[self.back_end](Path(self.folder.name), self.clock)
        self.unworked: dict[Key, list] = {}  # (number, hint)
        self.holder: dict[Key, object] = {}
        self.newest_token: dict[Key, int] = {}
        self.seen: dict[int, int] = {}  # token and key -> number of marks made before the lease
        self.marks = 0

    @rule(subject=SUBJECTS, hint=PATHS, delay=st.sampled_from([0.0, 0.0, 5.0, 20.0]))
    def mark(self, subject, hint, delay):
        self.marks += 1
        self.queue.mark([Mark(key(subject), None if hint is None else tuple(sorted(hint)), delay)])
        self.unworked.setdefault(key(subject), []).append((self.marks, hint))

    @rule(seconds=st.sampled_from([1.0, 7.0, 31.0, 400.0, 5_000.0]))
    def wait(self, seconds):
        self.clock.advance(seconds)

    @rule(target=leases, limit=st.integers(1, 4), seconds=st.sampled_from([5.0, 60.0]))
    def lease(self, limit, seconds):
        taken = self.queue.lease(["repo"], limit, seconds)
        assert len(taken) <= limit
        assert len({lease.key for lease in taken}) == len(taken)
        for lease in taken:
            holder = self.holder.get(lease.key)
            assert holder is None or holder.expires <= self.clock.now, "two holders"
            assert lease.token > self.newest_token.get(lease.key, 0), "a later lease has a larger token"
            assert self.unworked.get(lease.key), "nothing to do"
            self._has_every_hint(lease)
            self.holder[lease.key] = lease
            self.newest_token[lease.key] = lease.token
            self.seen[(lease.token, lease.key)] = self.marks
        return multiple(*taken)

    def _has_every_hint(self, lease):
        expected = [hint for _, hint in self.unworked[lease.key]]
        (hint,) = lease.hints
        if hint is not None:
            assert None not in expected
            assert set().union(*expected) <= set(hint)

    def _is_ours(self, lease) -> bool:
        return (holder := self.holder.get(lease.key)) is not None and holder.token == lease.token

    @rule(lease=leases, seconds=st.sampled_from([5.0, 60.0]))
    def renew(self, lease, seconds):
        renewed = self.queue.renew([lease], seconds)
        assert bool(renewed) == self._is_ours(lease)
        if renewed:
            self.holder[lease.key] = renewed[0]

    @rule(lease=leases)
    def finish(self, lease):
        assert bool(self.queue.finish([lease])) == self._is_ours(lease)
        if self._is_ours(lease):
            del self.holder[lease.key]
            seen = self.seen[(lease.token, lease.key)]
            self.unworked[lease.key] = [mark for mark in self.unworked[lease.key] if mark[0] > seen]

    @rule(lease=consumes(leases))
    def fail(self, lease):
        self.queue.retry(lease, "boom")
        if self._is_ours(lease):
            del self.holder[lease.key]

    @rule(lease=consumes(leases), delay=st.sampled_from([0.0, 30.0]))
    def release(self, lease, delay):
        self.queue.release([lease], delay)
        if self._is_ours(lease):
            del self.holder[lease.key]

    @rule(subject=SUBJECTS)
    def revive(self, subject):
        is_dead = key(subject) in {dead.key for dead in self.queue.dead()}
        assert self.queue.revive(key(subject)) == is_dead

    @invariant()
    def states_add_up(self):
        if not hasattr(self, "queue"):
            return
        counts = self.queue.counts()
        unworked = sum(bool(marks) for marks in self.unworked.values())
        # A key whose work was finished after its lease ran out is clean for both; else all unworked keys are there.
        assert counts["dirty"] + counts["leased"] + counts["dead"] == unworked
        assert counts["leased"] == len(self.holder)

    def teardown(self):
        if not hasattr(self, "queue"):
            return
        try:
            self._drain()
        finally:
            self.queue.close()
            self.folder.cleanup()

    def _drain(self):
        """Nothing that was marked is lost: once the waits are over, everything is worked, or set aside in sight."""
        self.clock.advance(LONG_ENOUGH + MAXIMUM_WAIT)
        worked = {dead.key for dead in self.queue.dead()}
        while leases := self.queue.lease(["repo"], 10, 60):
            worked |= {lease.key for lease in self.queue.finish(leases)}
        assert worked >= {key for key, marks in self.unworked.items() if marks}
        assert self.queue.next_due(["repo"]) is None


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_life_cycle_of_a_key(back_end):
    from hypothesis.stateful import run_state_machine_as_test

    examples = 60 if back_end == "sqlite" else 30  # the same laws; each step of a server is a journey
    machine = type("LifeCycle", (LifeCycle,), {"back_end": back_end})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None, derandomize=True)
    )
