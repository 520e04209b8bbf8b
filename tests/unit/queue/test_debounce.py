"""The contract of waiting for more marks: pauses end it, the maximum wait bounds it, nobody starves."""

from __future__ import annotations

from waypost.queue.protocol import Key, Mark

from .conftest import MAXIMUM_WAIT

A = Key(7, "repo", "a")


def is_due(queue, clock) -> bool:
    due = queue.next_due(["repo"])
    leases = queue.lease(["repo"], 1, 60)
    queue.release(leases)
    assert bool(leases) == (due is not None and due <= clock.now)
    return bool(leases)


def test_key_waits_for_its_delay(queue, clock):
    queue.mark([Mark(A, delay=5)])
    assert not is_due(queue, clock)
    clock.advance(5)
    assert is_due(queue, clock)


def test_each_mark_begins_the_wait_anew(queue, clock):
    for _ in range(4):
        queue.mark([Mark(A, delay=5)])
        clock.advance(4)
        assert not is_due(queue, clock)
    clock.advance(1)
    assert is_due(queue, clock)


def test_key_marked_for_ever_is_served_after_the_maximum_wait(queue, clock):
    queue.mark([Mark(A, delay=5)])
    first = clock.now
    while not is_due(queue, clock):
        clock.advance(1)
        queue.mark([Mark(A, delay=5)])
    assert clock.now == first + MAXIMUM_WAIT


def test_delay_longer_than_the_maximum_wait_is_capped(queue, clock):
    queue.mark([Mark(A, delay=10_000)])
    clock.advance(MAXIMUM_WAIT)
    assert is_due(queue, clock)


def test_mark_without_delay_ends_the_wait(queue, clock):
    queue.mark([Mark(A, delay=20)])
    queue.mark([Mark(A)])
    assert is_due(queue, clock)


def test_key_that_is_due_already_is_not_pushed_back(queue, clock):
    queue.mark([Mark(A, delay=1)])
    clock.advance(2)
    queue.mark([Mark(A, delay=20)])
    assert is_due(queue, clock)


def test_wait_counts_from_the_mark_made_during_the_work(queue, clock):
    queue.mark([Mark(A)])
    held = queue.lease(["repo"], 1, 600)
    queue.mark([Mark(A, delay=5)])
    clock.advance(100)
    queue.finish(held)
    assert is_due(queue, clock)


def test_marks_during_the_work_are_bounded_by_the_maximum_wait_too(queue, clock):
    queue.mark([Mark(A)])
    held = queue.lease(["repo"], 1, 600)
    for _ in range(int(MAXIMUM_WAIT)):
        queue.mark([Mark(A, delay=5)])
        clock.advance(1)
    queue.finish(held)
    assert is_due(queue, clock)
