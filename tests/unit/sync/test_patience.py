"""When an installation is asked again after a failure, and whose fault it was."""

from __future__ import annotations

from waypost.queue.protocol import Key, Lease
from waypost.sync.patience import LONGEST_SECONDS, Patience


def leases(*subjects):
    return [Lease(Key(1, "repo", subject), 1, 1, 0, 0.0, 60.0) for subject in subjects]


def test_an_outage_of_hours_blames_no_key():
    patience, now = Patience(), 0.0
    for _ in range(500):
        assert not patience.note_unavailable(leases("7"), 0.0, now)
        now += patience.seconds_left(now)
    assert now > 8 * 3600 - 60 * 60


def test_waits_grow_to_one_probe_a_minute():
    patience, now, waits = Patience(), 0.0, []
    for _ in range(8):
        patience.note_unavailable(leases("7"), 0.0, now)
        waits.append(patience.seconds_left(now))
        now += waits[-1]
    assert waits == [2, 4, 8, 16, 32, LONGEST_SECONDS, LONGEST_SECONDS, LONGEST_SECONDS]


def test_nothing_is_asked_before_the_moment_the_forge_names():
    patience = Patience()
    patience.note_unavailable(leases("7"), until=500.0, now=100.0)
    assert patience.seconds_left(100.0) == 400.0
    assert patience.wait_until(900.0, 200.0) == 700.0
    assert patience.seconds_left(899.0) == 1.0
    assert patience.seconds_left(900.0) == 0.0


def test_success_ends_the_growth():
    patience = Patience()
    for _ in range(5):
        patience.note_unavailable(leases("7"), 0.0, 0.0)
    patience.note_success()
    patience.note_unavailable(leases("7"), 0.0, 1_000.0)
    assert patience.seconds_left(1_000.0) == 2.0


def test_a_batch_that_fails_is_halved_until_one_is_alone_and_grows_again():
    patience = Patience()
    sizes = []
    while patience.batch > 1:
        assert not patience.note_unavailable(leases(*map(str, range(patience.batch))), 0.0, 0.0)
        sizes.append(patience.batch)
    assert sizes == [25, 12, 6, 3, 1]
    for _ in range(7):
        patience.note_success()
    assert patience.batch == 50


def test_a_key_is_blamed_only_when_others_got_through_since_it_failed():
    patience = Patience()
    assert not patience.note_unavailable(leases("bad"), 0.0, 0.0)
    assert not patience.note_unavailable(leases("bad"), 0.0, 100.0)
    patience.note_success()
    assert patience.note_unavailable(leases("bad"), 0.0, 200.0)
    assert not patience.note_unavailable(leases("bad"), 0.0, 300.0)
