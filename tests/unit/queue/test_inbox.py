"""The contract of the inbox: what is received is kept once, and marks its keys every time."""

from __future__ import annotations

import threading

import pytest

from waypost.queue.protocol import Delivery, Key, Mark
from waypost.queue.together import Entry

REPO = Key(7, "repo", "42")


def push(id: str = "g-1", body: bytes = b"{}") -> Delivery:
    return Delivery(id, "push", "", 7, body)


def test_received_delivery_can_be_read_again(queue, clock):
    queue.receive(push(body=b'{"ref": "\xc3\xa9"}'), [])
    assert queue.delivery("g-1") == Delivery("g-1", "push", "", 7, b'{"ref": "\xc3\xa9"}', clock.now)


def test_unknown_delivery_is_none(queue):
    assert queue.delivery("nobody") is None


def test_received_delivery_marks_its_keys(queue):
    queue.receive(push(), [Mark(REPO, ("a",)), Mark(Key(7, "repo", "43"))])
    assert {lease.key: lease.hints for lease in queue.lease(["repo"], 50, 60)} == {
        REPO: (("a",),),
        Key(7, "repo", "43"): (None,),
    }


def test_repeated_delivery_marks_its_keys_again(queue):
    queue.receive(push(), [Mark(REPO)])
    queue.finish(queue.lease(["repo"], 50, 60))
    queue.receive(push(), [Mark(REPO)])
    assert [lease.key for lease in queue.lease(["repo"], 50, 60)] == [REPO]


def test_repeated_delivery_is_stored_once_as_it_first_came(queue, clock):
    queue.receive(push(body=b"first"), [])
    clock.advance(60)
    queue.receive(push(body=b"second"), [])
    assert queue.delivery("g-1").body == b"first"
    assert queue.counts()["deliveries"] == 1


@pytest.mark.parametrize(
    ("delivery", "mark"),
    [
        pytest.param(Delivery("g-1", "push", "", 2**64, b""), Mark(REPO), id="installation beyond 64 bits"),
        pytest.param(push(), Mark(Key(2**70, "repo", "1")), id="key beyond 64 bits"),
        pytest.param(Delivery("g-1", "push", "\ud800", 7, b""), Mark(REPO), id="lone surrogate"),
    ],
)
def test_value_no_database_can_hold_is_refused_whole(queue, delivery, mark):
    with pytest.raises((ValueError, OverflowError)):
        queue.receive(delivery, [Mark(Key(7, "repo", "1")), mark])
    assert queue.counts()["deliveries"] == queue.counts()["dirty"] == 0
    queue.receive(push("g-2"), [])
    assert queue.delivery("g-2")


def test_deliveries_are_kept_for_three_days(queue, clock):
    queue.receive(push("old"), [])
    clock.advance(2 * 24 * 3600)
    queue.receive(push("young"), [])
    clock.advance(24 * 3600 + 1)
    queue.receive(push("newest"), [])
    queue.prune()
    assert queue.delivery("old") is None
    assert queue.delivery("young")
    assert queue.counts()["deliveries"] == 2
    assert queue.counts()["deliveries_ever"] == 3


def test_pruning_never_touches_a_dirty_key(queue, clock):
    queue.receive(push(), [Mark(REPO)])
    clock.advance(365 * 24 * 3600)
    queue.prune()
    assert queue.counts()["dirty"] == 1


def test_key_clean_for_a_month_is_forgotten_and_its_old_lease_stays_fenced(queue, clock):
    queue.mark([Mark(REPO)])
    old = queue.lease(["repo"], 1, 60)
    queue.finish(old)
    clock.advance(31 * 24 * 3600)
    assert queue.prune() == 1
    queue.mark([Mark(REPO)])
    new = queue.lease(["repo"], 1, 60)
    assert new[0].token > old[0].token
    assert queue.finish(old) == []
    assert queue.finish(new) == new


def test_threads_share_transactions_and_lose_nothing(queue):
    def store(thread: int) -> None:
        for number in range(50):
            queue.receive(push(f"{thread}-{number}"), [Mark(Key(7, "repo", str(thread)))])

    threads = [threading.Thread(target=store, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queue.counts()["deliveries"] == 400
    assert sum(lease.generation for lease in queue.lease(["repo"], 50, 60)) == 400


@pytest.mark.parametrize("bad", ["\ud800", "action"])
def test_delivery_that_cannot_be_stored_does_not_take_its_neighbours_along(queue, bad):
    broken = push(bad) if bad != "action" else Delivery("g-0", "push", "\ud800", 7, b"")
    batch = [Entry(one, []) for one in (push("one"), broken, push("two"))]
    queue._together._store_batch(batch)
    assert [entry.error is None for entry in batch] == [True, False, True]
    assert queue.counts()["deliveries"] == 2


def test_prune_bounds_deliveries_by_count_and_size(queue, monkeypatch):
    for number in range(20):
        queue.receive(push(f"g-{number}", b"x" * 100), [])
    monkeypatch.setattr("waypost.queue.inbox.KEEP_DELIVERIES", 15)
    assert queue.prune() == 5
    monkeypatch.setattr("waypost.queue.inbox.KEEP_BYTES", 1000)
    assert queue.prune() == 5
    assert [number for number in range(20) if queue.delivery(f"g-{number}")] == [*range(10, 20)]
    monkeypatch.setattr("waypost.queue.inbox.KEEP_BYTES", 0)
    queue.prune()
    assert queue.counts()["deliveries"] == 1
    queue.receive(push("g-20"), [])
    assert queue.counts()["deliveries_ever"] == 21
