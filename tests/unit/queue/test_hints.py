"""The contract of hints: the union of what every unworked mark said, or unknown; never less than the truth."""

from __future__ import annotations

import pytest

from waypost.queue.hints import HINT_CHARACTERS
from waypost.queue.protocol import Key, Mark

A = Key(7, "repo", "a")


def hints(queue):
    (lease,) = queue.lease(["repo"], 1, 10)
    return lease, lease.hints


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param([("a", "b")], ("a", "b"), id="one mark"),
        pytest.param([("b",), ("a",)], ("a", "b"), id="two marks"),
        pytest.param([("a", "b"), ("b", "c"), ("a",)], ("a", "b", "c"), id="each path once"),
        pytest.param([()], (), id="a push that touched nothing"),
        pytest.param([(), ("a",)], ("a",), id="nothing, then something"),
        pytest.param([("a",), None, ("b",)], None, id="one unknown makes all unknown"),
        pytest.param([("x/a", "x"), ("a",)], ("a", "x", "x/a"), id="the end of another path is its own path"),
        pytest.param([("ä/ö 🎉",), ("ü",)], ("ä/ö 🎉", "ü"), id="beyond ASCII"),
        pytest.param([("a\nb",)], None, id="a line break in a path is unknown"),
        pytest.param([("a\0b",)], None, id="a NUL in a path is unknown"),
        pytest.param([("\ud800",)], None, id="a lone surrogate is unknown"),
        pytest.param([("a" * (HINT_CHARACTERS + 1),)], None, id="too long at once"),
        pytest.param([(f"{i}/{'a' * 9000}",) for i in range(8)], None, id="too long together"),
        pytest.param([("one/path", "two")] * 9000, ("one/path", "two"), id="repeats take no room"),
    ],
)
def test_hints_of_all_marks_are_united(queue, marked, expected):
    queue.mark(Mark(A, hint) for hint in marked)
    assert hints(queue)[1] == (expected,)


def test_hints_start_empty_after_finished_work(queue):
    queue.mark([Mark(A, None)])
    lease, _ = hints(queue)
    queue.finish([lease])
    queue.mark([Mark(A, ("b",))])
    assert hints(queue)[1] == (("b",),)


def test_hints_given_during_the_work_are_for_the_next(queue):
    queue.mark([Mark(A, ("a",))])
    lease, _ = hints(queue)
    queue.mark([Mark(A, ("b",))])
    queue.finish([lease])
    assert hints(queue)[1] == (("b",),)


def give_up(queue, clock, lease):
    queue.retry(lease, "boom")
    while not queue.dead():
        clock.advance(3600)
        queue.retry(queue.lease(["repo"], 1, 10)[0], "boom")
    queue.revive(A)


UNFINISHED = {
    "failed": lambda queue, clock, lease: queue.retry(lease, "boom"),
    "given back": lambda queue, clock, lease: queue.release([lease]),
    "worker vanished": lambda queue, clock, lease: None,
    "set aside and revived": give_up,
}


@pytest.mark.parametrize("leave", UNFINISHED.values(), ids=UNFINISHED)
def test_hints_of_unfinished_work_are_kept(queue, clock, leave):
    queue.mark([Mark(A, ("a",))])
    lease, _ = hints(queue)
    queue.mark([Mark(A, ("b",))])
    leave(queue, clock, lease)
    clock.advance(3600)
    assert hints(queue)[1] == (("a", "b"),)
