"""The contract of failure: longer waits, eight tries, set aside and visible, brought back by the next mark."""

from __future__ import annotations

from itertools import pairwise

import pytest

from waypost.queue.backoff import FIRST_SECONDS, LONGEST_SECONDS, backoff
from waypost.queue.protocol import TRIES, DeadKey, Key, Lease, Mark

A, B = Key(7, "repo", "a"), Key(7, "repo", "b")
WORKER_LIFE = 60.0


def take(queue, limit: int = 50):
    return queue.lease(["repo"], limit, WORKER_LIFE)


def fail(queue, clock, times: int = 1, error: str = "boom") -> None:
    for _ in range(times):
        (lease,) = take(queue, limit=1)
        queue.retry(lease, error)
        clock.advance(2 * LONGEST_SECONDS)


def test_failed_key_comes_back_with_its_tries_counted(queue, clock):
    queue.mark([Mark(A)])
    fail(queue, clock, 3)
    (lease,) = take(queue)
    assert lease.attempts == 3


def test_wait_grows_with_every_failure_and_is_bounded():
    waits = [backoff(Lease(A, 1, 1, attempts, 0.0, 0.0)) for attempts in range(40)]
    assert waits[0] >= FIRST_SECONDS
    assert all(later > earlier for earlier, later in pairwise(waits[:8]))
    assert max(waits) <= 1.25 * LONGEST_SECONDS


def test_keys_that_fail_together_do_not_return_together():
    assert len({backoff(Lease(Key(7, "repo", str(n)), 1, 1, 3, 0.0, 0.0)) for n in range(50)}) == 50


def test_failed_key_waits_however_often_it_is_marked(queue, clock):
    queue.mark([Mark(A)])
    (lease,) = take(queue)
    queue.retry(lease, "GitHub answers 503")
    for _ in range(3):
        clock.advance(FIRST_SECONDS / 4)
        queue.mark([Mark(A)])
    assert take(queue) == []
    clock.advance(FIRST_SECONDS)
    assert take(queue)


def test_worker_may_ask_for_a_longer_wait(queue, clock):
    queue.mark([Mark(A)])
    (lease,) = take(queue)
    queue.retry(lease, "quota", delay=1_000)
    assert queue.next_due(["repo"]) == clock.now + 1_000


def test_success_forgets_the_failures(queue, clock):
    queue.mark([Mark(A)])
    fail(queue, clock, TRIES - 1)
    queue.finish(take(queue))
    queue.mark([Mark(A)])
    (lease,) = take(queue)
    assert lease.attempts == 0


def test_key_is_set_aside_after_the_last_try(queue, clock):
    queue.mark([Mark(A)])
    fail(queue, clock, TRIES - 1)
    assert queue.dead() == []
    since = clock.now
    fail(queue, clock, error="ValueError: no such thing")
    assert queue.dead() == [DeadKey(A, TRIES, "ValueError: no such thing", since)]
    assert take(queue) == []
    assert queue.next_due(["repo"]) is None
    assert queue.counts()["dead"] == 1


@pytest.mark.parametrize("how", ["mark", "revive"])
def test_dead_key_is_brought_back(queue, clock, how):
    queue.mark([Mark(A)])
    fail(queue, clock, TRIES)
    assert queue.mark([Mark(A)]) is None if how == "mark" else queue.revive(A)
    assert queue.dead() == []
    (lease,) = take(queue)
    assert lease.attempts == 0


def test_key_that_is_not_dead_cannot_be_revived(queue):
    queue.mark([Mark(A)])
    assert not queue.revive(A)
    assert not queue.revive(B)


def test_key_marked_during_its_last_try_is_tried_again(queue, clock):
    queue.mark([Mark(A)])
    fail(queue, clock, TRIES - 1)
    (lease,) = take(queue)
    queue.mark([Mark(A)])
    queue.retry(lease, "boom")
    assert queue.dead() == []
    assert take(queue) == []
    clock.advance(2 * LONGEST_SECONDS)
    assert take(queue)


def test_poisonous_key_does_not_hold_up_the_others(queue, clock):
    queue.mark([Mark(A), Mark(B)])
    first, second = take(queue)
    queue.retry(first, "boom")
    assert queue.finish([second]) == [second]


def test_error_text_is_bounded(queue, clock):
    queue.mark([Mark(A)])
    fail(queue, clock, TRIES, error="x" * 100_000 + "\ud800")
    assert len(queue.dead()[0].error) <= 2_000


def test_key_that_kills_its_worker_ends_up_alone_and_is_set_aside(queue, clock):
    others = {Key(7, "repo", str(n)) for n in range(60)}
    queue.mark(Mark(key) for key in [*sorted(others)[:30], A, *sorted(others)[30:]])
    worked = set()
    for _ in range(500):
        leases = take(queue)
        if A in {lease.key for lease in leases}:
            clock.advance(WORKER_LIFE)  # the worker is gone, with all it held
        elif leases:
            worked |= {lease.key for lease in queue.finish(leases)}
        elif queue.next_due(["repo"]) is None:
            break
    assert worked == others
    (dead,) = queue.dead()
    assert dead.key == A
    assert "vanished" in dead.error


def test_worker_that_gives_keys_back_has_not_vanished(queue, clock):
    queue.mark([Mark(A)])
    for _ in range(50):
        queue.release(take(queue))
    assert queue.dead() == []
    assert take(queue)
