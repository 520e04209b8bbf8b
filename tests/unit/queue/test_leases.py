"""The contract of leases: one holder at a time, oldest first, fenced, and no mark is lost while a key is held."""

from __future__ import annotations

from waypost.queue.protocol import Key, Mark

A, B, C = (Key(7, "repo", name) for name in "abc")
CATALOG = Key(7, "catalog", "acme")


def keys(leases) -> list[Key]:
    return [lease.key for lease in leases]


def take(queue, limit: int = 50, seconds: float = 60.0):
    return queue.lease(["repo"], limit, seconds)


def test_clean_queue_has_nothing_to_lease(queue):
    assert take(queue) == []
    assert queue.next_due(["repo"]) is None


def test_no_kinds_lease_nothing(queue):
    queue.mark([Mark(A)])
    assert queue.lease([], 50, 60) == []
    assert queue.next_due([]) is None


def test_marking_a_dirty_key_again_is_one_piece_of_work(queue):
    for _ in range(5):
        queue.mark([Mark(A)])
    (lease,) = take(queue)
    assert lease.generation == 5
    assert queue.finish([lease]) == [lease]
    assert take(queue) == []


def test_keys_due_longest_come_first(queue, clock):
    for key in (B, C, A):
        queue.mark([Mark(key)])
        clock.advance(1)
    assert keys(take(queue, limit=2)) == [B, C]
    assert keys(take(queue, limit=2)) == [A]


def test_only_the_kinds_asked_for_are_leased(queue):
    queue.mark([Mark(A), Mark(CATALOG)])
    assert keys(queue.lease(["catalog"], 50, 60)) == [CATALOG]
    assert keys(queue.lease(["catalog", "repo"], 50, 60)) == [A]


def test_several_kinds_are_leased_in_one_order(queue, clock):
    for key in (A, CATALOG, B):
        queue.mark([Mark(key)])
        clock.advance(1)
    assert keys(queue.lease(["catalog", "repo"], 2, 60)) == [A, CATALOG]


def test_tenants_never_share_a_key(queue):
    queue.mark([Mark(A), Mark(A._replace(installation=8))])
    first, second = take(queue)
    assert {first.key.installation, second.key.installation} == {7, 8}
    queue.finish([first])
    assert queue.counts()["leased"] == 1


def test_who_had_its_turn_can_be_left_out(queue, clock):
    other = Key(8, "repo", "a")
    queue.mark([Mark(A)])
    clock.now += 1
    queue.mark([Mark(other), Mark(B)])
    clock.now += 1
    (lease,) = queue.lease(["repo"], 50, 60, besides=7)
    assert lease.key == other
    assert keys(queue.lease(["repo"], 50, 60, besides=8)) == [A, B]
    clock.now += 61  # leases that ran out are due like any other
    assert keys(queue.lease(["repo"], 50, 60, besides=7)) == [other]


def test_leased_key_is_not_leased_again(queue):
    queue.mark([Mark(A)])
    take(queue)
    assert take(queue) == []


def test_key_marked_while_leased_is_dirty_again_when_finished(queue, clock):
    queue.mark([Mark(A)])
    held = take(queue)
    clock.advance(5)
    queue.mark([Mark(A)])
    marked = clock.now
    clock.advance(5)
    assert take(queue) == []
    queue.finish(held)
    (again,) = take(queue)
    assert again.marked == marked
    assert again.generation == 2


def test_lease_that_ran_out_goes_to_another(queue, clock):
    queue.mark([Mark(A)])
    (slow,) = take(queue, seconds=60)
    clock.advance(60)
    (fast,) = take(queue)
    assert fast.token > slow.token
    assert fast.marked == slow.marked
    assert queue.finish([slow]) == []
    assert queue.finish([fast]) == [fast]
    assert queue.next_due(["repo"]) is None


def test_slow_worker_whose_lease_nobody_took_may_still_finish(queue, clock):
    queue.mark([Mark(A)])
    held = take(queue, seconds=60)
    clock.advance(600)
    assert keys(queue.finish(held)) == [A]
    assert take(queue) == []


def test_renewed_lease_is_kept(queue, clock):
    queue.mark([Mark(A)])
    held = take(queue, seconds=60)
    clock.advance(50)
    (renewed,) = queue.renew(held, 60)
    assert renewed.expires == clock.now + 60
    clock.advance(50)
    assert take(queue) == []
    assert queue.finish([renewed]) == [renewed]


def test_lost_lease_is_not_renewed(queue, clock):
    queue.mark([Mark(A), Mark(B)])
    lost = take(queue, limit=1, seconds=10)
    kept = take(queue, limit=1, seconds=60)
    clock.advance(11)
    take(queue, limit=1)
    assert keys(queue.renew([*lost, *kept], 60)) == keys(kept)


def test_stale_lease_can_neither_fail_nor_return_the_key(queue, clock):
    queue.mark([Mark(A)])
    (stale,) = take(queue, seconds=10)
    clock.advance(11)
    (current,) = take(queue, seconds=60)
    queue.retry(stale, "too late")
    queue.release([stale])
    assert take(queue) == []
    assert queue.finish([current]) == [current]


def test_released_key_is_free_at_once_and_no_try_is_counted(queue):
    queue.mark([Mark(A, ("x",))])
    queue.release(take(queue))
    (lease,) = take(queue)
    assert lease.attempts == 0
    assert lease.hints == (("x",),)


def test_released_key_waits_for_its_delay_however_often_it_is_marked(queue, clock):
    queue.mark([Mark(A)])
    queue.release(take(queue), delay=60)
    for _ in range(5):
        clock.advance(10)
        queue.mark([Mark(A)])
    assert take(queue) == []
    assert queue.next_due(["repo"]) == clock.now + 10
    clock.advance(10)
    assert keys(take(queue)) == [A]


def test_finish_marks_further_keys(queue):
    queue.mark([Mark(A)])
    queue.finish(take(queue), marks=[Mark(CATALOG)])
    assert keys(queue.lease(["catalog"], 1, 60)) == [CATALOG]


def test_finish_of_a_lost_lease_marks_nothing_and_stores_nothing(queue, clock):
    queue.mark([Mark(A)])
    lost = take(queue, seconds=10)
    clock.advance(11)
    take(queue)
    assert queue.finish(lost, {(7, "repo:a"): b"old"}, [Mark(CATALOG)]) == []
    assert queue.cached(7) == (0, {})
    assert queue.next_due(["catalog"]) is None


def test_next_due_tells_the_end_of_a_lease_or_of_a_wait(queue, clock):
    queue.mark([Mark(A)])
    take(queue, seconds=60)
    assert queue.next_due(["repo"]) == clock.now + 60
    queue.mark([Mark(B, delay=20)])
    assert queue.next_due(["repo"]) == clock.now + 20


def test_next_due_looks_at_the_kinds_asked_for(queue, clock):
    queue.mark([Mark(A, delay=5), Mark(CATALOG, delay=9)])
    assert queue.next_due(["catalog"]) == clock.now + 9
    assert queue.next_due(["catalog", "repo"]) == clock.now + 5
    assert queue.next_due(["pull"]) is None


def test_counts_tell_the_states_apart(queue, clock):
    queue.mark([Mark(A), Mark(B), Mark(C)])
    take(queue, limit=1)
    clock.advance(9)
    counts = queue.counts()
    assert (counts["dirty"], counts["leased"], counts["dead"]) == (2, 1, 0)
    assert counts["overdue_seconds"] == 9


def test_asking_for_work_is_the_heartbeat(queue, clock):
    assert queue.heartbeat() is None
    take(queue)
    assert queue.heartbeat() == clock.now
    clock.advance(11)
    take(queue)
    assert queue.heartbeat() == clock.now


def test_check_passes_on_a_sound_database(queue):
    queue.check()
