"""What passes by itself is waited for, within bounds; what does not is raised at once. No clock but the test's."""

from __future__ import annotations

import pytest

from waypost.create.run import LONGEST_LIMIT, OUTAGE_WAITS, SETTLING_WAITS, Run
from waypost.forge.protocol import ForgeError, NotAllowed, NotFound, RateLimited, Unavailable

NOW = 1_000.0


def patience(*errors, is_fresh=False):
    """Try something that fails with these errors one after the other; return what came of it, and the waits."""
    waits, left = [], list(errors)
    run = Run(None, "r1", lambda effect: b"", lambda: NOW, waits.append, lambda text: None)
    if is_fresh:
        run.fresh.add("acme/pay")

    def act():
        if left:
            raise left.pop(0)
        return "done"

    try:
        return run.patiently("acme/pay", act), waits
    except ForgeError as error:
        return error, waits


def test_outage_is_waited_for_longer_each_time():
    assert patience(Unavailable("502"), Unavailable("502")) == ("done", list(OUTAGE_WAITS[:2]))


def test_outage_that_stays_is_raised():
    error, waits = patience(*[Unavailable("502")] * 9)
    assert isinstance(error, Unavailable)
    assert waits == list(OUTAGE_WAITS)


def test_outage_with_a_time_is_raised_at_once():
    error, waits = patience(Unavailable("503", until=NOW + 60))
    assert (isinstance(error, Unavailable), waits) == (True, [])


def test_short_limit_is_waited_for_and_a_long_one_raised():
    assert patience(RateLimited("slow down", NOW + 5)) == ("done", [5.0])
    error, waits = patience(RateLimited("spent", NOW + LONGEST_LIMIT + 1))
    assert (isinstance(error, RateLimited), waits) == (True, [])


def test_new_repository_that_is_not_found_yet_is_waited_for():
    assert patience(NotFound("404"), NotFound("404"), is_fresh=True) == ("done", list(SETTLING_WAITS[:2]))
    error, waits = patience(*[NotFound("404")] * 20, is_fresh=True)
    assert (isinstance(error, NotFound), waits) == (True, list(SETTLING_WAITS))


@pytest.mark.parametrize("error", [NotFound("404"), NotAllowed("403"), ForgeError("422")], ids=["404", "403", "422"])
def test_what_does_not_pass_is_raised_at_once(error):
    assert patience(error) == (error, [])
