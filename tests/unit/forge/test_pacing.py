"""When calls may be made, told by a clock that only moves when somebody waits."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from waypost.forge.pacing import LONGEST_WAIT, Pacer
from waypost.forge.protocol import RateLimited, Unavailable
from waypost.limits import (
    CREATIONS_PER_HOUR,
    CREATIONS_PER_MINUTE,
    GRAPHQL_POINTS_PER_MINUTE,
    REST_POINTS_PER_MINUTE,
)

START = 1_700_000_000.0


class Time:
    def __init__(self):
        self.now = START

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    @property
    def passed(self):
        return self.now - START


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def pacer(time):
    return Pacer(time.clock, time.sleep)


def headers(remaining, reset, resource="core", **more):
    return {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(int(reset)),
        "x-ratelimit-resource": resource,
        **more,
    }


def refused_until(pacer, resource="core", error=RateLimited):
    with pytest.raises(error) as caught:
        pacer.before(resource)
    return caught.value.until - START


def test_writes_are_a_second_apart_and_reads_are_not_held_up(pacer, time):
    for _ in range(3):
        pacer.before("core", is_write=True)
        pacer.before("core")
    assert time.passed == 2.0


def test_turn_of_the_next_write_can_be_waited_for_before_looking(pacer, time):
    pacer.until_write()
    assert time.passed == 0.0
    pacer.before("core", is_write=True)
    pacer.until_write()
    assert time.passed == 1.0
    pacer.before("core", is_write=True)
    assert time.passed == 1.0


def test_writes_through_different_doors_share_the_spacing(pacer, time):
    for resource in ("core", "graphql", "git"):
        pacer.before(resource, is_write=True)
    assert time.passed == 2.0


@pytest.mark.parametrize(
    ("resource", "allowed"), [("core", REST_POINTS_PER_MINUTE), ("graphql", GRAPHQL_POINTS_PER_MINUTE)]
)
def test_points_a_minute_are_kept(pacer, time, resource, allowed):
    for _ in range(allowed):
        pacer.before(resource)
    assert time.passed == 0
    for _ in range(allowed):
        pacer.before(resource)
    assert time.passed == pytest.approx(60)


def test_budget_is_known_from_the_headers(pacer):
    pacer.learn(headers(4_321, START + 60, "graphql"))
    budget = pacer.budgets()["graphql"]
    assert (budget.limit, budget.remaining, budget.reset) == (5_000, 4_321, START + 60)


@pytest.mark.parametrize("told", [{}, {"x-ratelimit-limit": "many", "x-ratelimit-remaining": "1"}])
def test_answers_without_a_budget_teach_nothing(pacer, told):
    pacer.learn(told)
    assert pacer.budgets() == {}


def test_spent_budget_holds_its_resource_until_the_reset(pacer, time):
    pacer.learn(headers(0, START + 1_800))
    assert refused_until(pacer) == 1_800
    pacer.before("graphql")
    time.now = START + 1_800
    pacer.before("core")


def test_retry_after_is_honoured_first(pacer, time):
    error = pacer.limited(headers(0, START + 1_800, **{"retry-after": "17"}), "core", "slow down")
    assert error.until == START + 17
    for resource in ("core", "graphql", "git"):  # a secondary limit is about everything we do
        assert refused_until(pacer, resource) == 17
    time.now += 17
    pacer.before("core")


def test_without_retry_after_the_reset_counts(pacer):
    error = pacer.limited(headers(0, START + 900), "core", "the budget is spent")
    assert error.until == START + 900
    assert refused_until(pacer) == 900
    pacer.before("graphql")


def test_without_any_word_it_is_a_minute_and_grows(pacer, time):
    waits = []
    for _ in range(8):
        error = pacer.limited({}, "core", "slow down")
        waits.append(error.until - time.now)
        time.now = error.until
    assert waits == [60, 120, 240, 480, 960, 1_920, 1_920, 1_920]
    pacer.succeeded()
    assert pacer.limited({}, "core", "slow down").until == time.now + 60


def test_a_wrong_clock_holds_nobody_for_longer_than_a_window(pacer):
    pacer.learn(headers(0, START + 86_400))
    assert refused_until(pacer) == LONGEST_WAIT


def test_a_reset_in_the_past_still_waits_a_moment(pacer):
    pacer.learn(headers(0, START - 100))
    assert refused_until(pacer) == 1


def test_the_sterner_of_two_answers_on_their_way_counts(pacer):
    pacer.limited({"retry-after": "120"}, "core", "slow down")
    pacer.limited({"retry-after": "5"}, "core", "slow down")
    assert refused_until(pacer) == 120


def test_success_that_was_on_its_way_does_not_lift_a_limit(pacer):
    pacer.limited({"retry-after": "30"}, "core", "slow down")
    pacer.succeeded()
    assert refused_until(pacer) == 30


def test_one_outage_holds_nobody(pacer):
    assert pacer.failed("502").until == 0
    pacer.before("core")


def test_storm_of_outages_lets_one_probe_a_minute_through(pacer, time):
    sent = 0
    for _ in range(3_600):  # a caller a second, for an hour
        try:
            pacer.before("core")
        except Unavailable:
            pass
        else:
            sent += 1
            pacer.failed("503")
        time.now += 1
    assert sent <= 3 + 60


def test_while_the_probe_is_out_the_others_wait(pacer, time):
    for _ in range(3):
        pacer.failed("503")
    time.now += 60
    pacer.before("core")
    with pytest.raises(Unavailable):
        pacer.before("core")
    pacer.succeeded()
    pacer.before("core")


def test_storm_of_limits_with_short_waits_is_probed_once_a_minute(pacer, time):
    sent = 0
    for _ in range(600):
        try:
            pacer.before("graphql")
        except RateLimited:
            pass
        else:
            sent += 1
            pacer.limited({"retry-after": "1"}, "graphql", "slow down")
        time.now += 1
    assert sent <= 3 + 10


def test_limit_found_while_waiting_for_a_turn_is_raised(time):
    def sleep(seconds):
        time.now += seconds
        pacer.limited({"retry-after": "60"}, "core", "slow down")

    pacer = Pacer(time.clock, sleep)
    pacer.before("core", is_write=True)
    with pytest.raises(RateLimited):
        pacer.before("core", is_write=True)


def create(pacer, number):
    for _ in range(number):
        pacer.before("core", is_write=True, is_creating=True)


def test_no_more_is_created_a_minute_than_allowed(pacer, time, monkeypatch):
    monkeypatch.setattr("waypost.forge.pacing.WRITE_SPACING_SECONDS", 0.1)  # the spacing alone would keep to it
    create(pacer, CREATIONS_PER_MINUTE)
    assert time.passed < 10
    create(pacer, 1)
    assert time.passed == pytest.approx(60)


def test_no_more_is_created_an_hour_than_allowed_and_only_creating_waits(pacer, time):
    create(pacer, CREATIONS_PER_HOUR)
    with pytest.raises(RateLimited) as caught:
        create(pacer, 1)
    assert caught.value.is_creating_only
    assert caught.value.until == START + 3_600
    pacer.before("core", is_write=True)
    pacer.before("core")
    time.sleep(3_600)
    create(pacer, 1)


@pytest.mark.parametrize("skew", [-7_200, -90, 0, 90, 7_200], ids=lambda skew: f"our clock is {skew} s off")
def test_reset_is_understood_by_the_clock_of_the_forge(pacer, skew):
    theirs = START + skew
    pacer.learn(headers(0, theirs + 600, date=format_datetime(datetime.fromtimestamp(theirs, UTC), usegmt=True)))
    assert refused_until(pacer) == 600
    assert pacer.budgets()["core"].reset == START + 600


def test_reset_of_an_answer_without_a_date_is_taken_as_it_is(pacer):
    pacer.learn(headers(0, START + 600, date="yesterday"))
    assert refused_until(pacer) == 600
