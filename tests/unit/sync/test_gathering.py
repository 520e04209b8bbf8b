"""Readings begin late enough for pushes to gather, and early enough to be done when a commit may be made."""

from waypost.queue.protocol import Key
from waypost.sync.gathering import FIRST_GUESS_SECONDS, SHORTEST_SECONDS, Gathering

LAST, ALLOWED = 1_000.0, 1_010.0


def keys(first, last):
    return [Key(1, "repo", str(number)) for number in range(first, last)]


def hold(gathering, some, now):
    return gathering.seconds_to_hold(some, LAST, ALLOWED, now)


def slow(seconds):
    gathering = Gathering()
    for _ in range(50):
        gathering.note_reading(50, seconds)
    return gathering


def test_first_decision_waits_for_half_of_the_time():
    assert hold(Gathering(), keys(0, 1), LAST) == 5


def test_single_push_is_read_shortly_before_the_commit():
    gathering = Gathering()
    hold(gathering, keys(0, 1), LAST)
    wait = hold(gathering, keys(0, 1), LAST + 5)
    assert wait == 5 - 2 * FIRST_GUESS_SECONDS
    assert hold(gathering, keys(0, 1), LAST + 5 + wait) == 0


def test_many_pushes_are_read_earlier():
    gathering = slow(0.2)
    for first in range(0, 1_000, 50):
        hold(gathering, keys(first, first + 50), LAST)
    assert abs(hold(gathering, keys(0, 50), LAST + 5) - (5 - 21 * 0.2)) < 1e-6


def test_more_than_can_be_read_in_time_is_read_at_once():
    gathering = slow(1.0)
    for first in range(0, 1_000, 50):
        wait = hold(gathering, keys(first, first + 50), LAST + 1)
    assert wait == 0


def test_what_was_read_needs_no_more_time():
    gathering = slow(1.0)
    hold(gathering, keys(0, 400), LAST)
    for number in range(8):
        assert hold(gathering, keys(number * 50, number * 50 + 50), LAST + 5 + number / 2) == 0
    assert abs(hold(gathering, keys(400, 401), LAST + 7) - 1) < 1e-3


def test_small_reading_says_little_about_a_full_one():
    gathering = Gathering()
    gathering.note_reading(3, 60.0)
    assert hold(gathering, keys(0, 1), LAST + 5) == 5 - 2 * FIRST_GUESS_SECONDS


def test_commit_forgets_what_was_put_off():
    gathering = slow(1.0)
    hold(gathering, keys(0, 1_000), LAST)
    assert gathering.seconds_to_hold(keys(0, 1), ALLOWED, ALLOWED + 10, ALLOWED) == 5


def test_no_wait_is_too_short_to_move_a_clock():
    gathering = Gathering()
    began = now = 1_704_110_400.0
    for _ in range(10):
        wait = gathering.seconds_to_hold(keys(0, 1), began, began + 9.0000001, now)
        assert wait == 0 or wait > SHORTEST_SECONDS
        now += wait
    assert wait == 0
