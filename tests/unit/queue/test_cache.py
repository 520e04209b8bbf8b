"""The contract of the cache: a reader that loads only what is new knows the same as one that loads all."""

from __future__ import annotations

from waypost.queue.protocol import Key, Mark

A, B = Key(7, "repo", "a"), Key(7, "repo", "b")


def store(queue, entries) -> None:
    queue.mark([Mark(Key(1, "work", "x"))])
    assert queue.finish(queue.lease(["work"], 1, 60), entries)


def test_empty_cache_is_version_zero(queue):
    assert queue.cached(7) == (0, {})


def test_entries_are_read_back_by_installation(queue):
    store(queue, {(7, "repo:a"): b"\x00\xff", (8, "repo:a"): b"other"})
    assert queue.cached(7)[1] == {"repo:a": b"\x00\xff"}
    assert queue.cached(8)[1] == {"repo:a": b"other"}


def test_only_what_changed_since_is_loaded(queue):
    store(queue, {(7, "repo:a"): b"1", (7, "repo:b"): b"1"})
    version, _ = queue.cached(7)
    assert queue.cached(7, version) == (version, {})
    store(queue, {(7, "repo:b"): b"2"})
    newer, entries = queue.cached(7, version)
    assert newer > version
    assert entries == {"repo:b": b"2"}


def test_removed_entry_is_told_to_those_who_had_it(queue):
    store(queue, {(7, "repo:a"): b"1", (7, "repo:b"): b"1"})
    version, _ = queue.cached(7)
    store(queue, {(7, "repo:a"): None})
    assert queue.cached(7, version)[1] == {"repo:a": None}
    assert queue.cached(7)[1] == {"repo:b": b"1"}


def test_reading_under_a_lost_lease_is_left_out(queue, clock):
    queue.mark([Mark(A)])
    lost = queue.lease(["repo"], 1, 10)
    clock.advance(11)
    newer = queue.lease(["repo"], 1, 60)
    queue.mark([Mark(B)])
    kept = queue.lease(["repo"], 1, 60)
    queue.finish(newer, {(7, "repo:a"): b"newer"})
    queue.finish([*lost, *kept], {(7, "repo:a"): b"older", (7, "repo:b"): b"b"})
    assert queue.cached(7)[1] == {"repo:a": b"newer", "repo:b": b"b"}
