"""When a call may be made: our own pacing per installation, from GitHub's limits and from what it answered last.

Short waits (spacing of writes, what a minute allows) are slept; long ones (limits, outages) are raised, for the queue
to put the key aside. https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from waypost.forge.protocol import Budget, ForgeError, RateLimited, Unavailable
from waypost.limits import (
    CREATIONS_PER_HOUR,
    CREATIONS_PER_MINUTE,
    GRAPHQL_POINTS_PER_MINUTE,
    RATE_LIMIT_WAIT_SECONDS,
    REST_POINTS_PER_MINUTE,
    WRITE_SPACING_SECONDS,
)

STORM = 3  # this many refusals or outages in a row: from now on one probe a minute
LONGEST_WAIT = 3_600.0  # a window is an hour long: later times come from a clock that is wrong
POINTS = {"core": REST_POINTS_PER_MINUTE, "graphql": GRAPHQL_POINTS_PER_MINUTE}


@dataclass(frozen=True, slots=True)
class _Hold:
    until: float
    reason: str
    is_limit: bool
    is_probe: bool = False  # waiting for the answer to the one call that was let through

    def error(self) -> ForgeError:
        return RateLimited(self.reason, self.until) if self.is_limit else Unavailable(self.reason, self.until)


class Pacer:
    """One per installation, shared by its tokens and threads. Times are seconds since the epoch, by `clock`."""

    def __init__(self, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._holds: dict[str, _Hold] = {}  # by resource; "" holds everything
        self._budgets: dict[str, Budget] = {}
        self._points: dict[str, tuple[float, float]] = {}  # resource -> points used of a leaking minute, and when
        self._next_write = 0.0
        self._creations: deque[float] = deque(maxlen=CREATIONS_PER_HOUR)  # when the latest were let through
        self._troubles = 0  # limits and outages since the last good answer

    def before(self, resource: str, is_write: bool = False, is_creating: bool = False) -> None:
        """Wait for our turn; raise RateLimited or Unavailable when that is further away than a moment."""
        with self._lock:
            self._refuse(resource)
            wait = self._reserve(resource, is_write)
            if is_creating:
                wait = max(wait, self._create(self._clock() + wait) - self._clock())
        if wait > 0:
            self._sleep(wait)
            with self._lock:
                self._refuse(resource)

    def until_write(self) -> None:
        """Wait until something may be written at once: who looks first and then writes looks at what is still there."""
        with self._lock:
            wait = self._next_write - self._clock()
        if wait > 0:
            self._sleep(wait)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take the budget from an answer's headers; an empty one holds its resource until the reset."""
        try:
            limit, remaining = int(headers["x-ratelimit-limit"]), int(headers["x-ratelimit-remaining"])
            reset = self._ours(float(headers["x-ratelimit-reset"]), headers)
        except (KeyError, ValueError):
            return  # not every answer has them, nor every server
        resource = headers.get("x-ratelimit-resource", "core")
        with self._lock:
            self._budgets[resource] = Budget(limit, remaining, reset)
            if remaining <= 0:
                self._hold(resource, reset, f"the {resource} budget of this hour is spent", True)

    def succeeded(self) -> None:
        """The forge answered us: a storm is over."""
        with self._lock:
            self._troubles = 0
            if "" in self._holds and self._holds[""].is_probe:
                del self._holds[""]

    def limited(self, headers: Mapping[str, str], resource: str, reason: str) -> RateLimited:
        """Note a refusal for calling too much and return the error that says until when.

        As GitHub asks: retry-after, else the reset when nothing remains, else a minute, growing.
        """
        with self._lock:
            self._troubles += 1
            wait = RATE_LIMIT_WAIT_SECONDS * 2 ** min(self._troubles - 1, 5)
            until = self._clock() + wait
            if (seconds := _number(headers.get("retry-after"))) is not None:
                least = RATE_LIMIT_WAIT_SECONDS if self._troubles >= STORM else 1.0
                until = self._clock() + max(seconds, least)
            elif headers.get("x-ratelimit-remaining") == "0" and (reset := _number(headers.get("x-ratelimit-reset"))):
                self._hold(resource, self._ours(reset, headers), reason, True)
                return RateLimited(reason, self._holds[resource].until)
            self._hold("", until, reason, True)
            return RateLimited(reason, self._holds[""].until)

    def failed(self, reason: str) -> Unavailable:
        """Note an outage and return its error; from the third in a row on, one probe a minute is let through."""
        with self._lock:
            self._troubles += 1
            if self._troubles < STORM:
                return Unavailable(reason)
            self._hold("", self._clock() + RATE_LIMIT_WAIT_SECONDS, reason, False)
            return Unavailable(reason, self._holds[""].until)

    def budgets(self) -> dict[str, Budget]:
        with self._lock:
            return dict(self._budgets)

    def _hold(self, resource: str, until: float, reason: str, is_limit: bool, is_probe: bool = False) -> None:
        now = self._clock()
        hold = _Hold(min(max(until, now + 1), now + LONGEST_WAIT), reason, is_limit, is_probe)
        known = self._holds.get(resource)
        if known is None or known.until <= hold.until:  # of two answers on their way, the sterner one counts
            self._holds[resource] = hold

    def _refuse(self, resource: str) -> None:
        now = self._clock()
        for name in ("", resource):
            hold = self._holds.get(name)
            if hold is None:
                continue
            if hold.until > now:
                raise hold.error()
            del self._holds[name]
            if self._troubles >= STORM:  # this caller is the probe: the others wait for what it finds
                self._hold("", now + RATE_LIMIT_WAIT_SECONDS, hold.reason, hold.is_limit, is_probe=True)
                return

    def _reserve(self, resource: str, is_write: bool) -> float:
        now, wait = self._clock(), 0.0
        if is_write:
            turn = max(now, self._next_write)
            self._next_write = turn + WRITE_SPACING_SECONDS
            wait = turn - now
        if allowed := POINTS.get(resource):
            used, at = self._points.get(resource, (0.0, now))
            used = max(0.0, used - (now - at) * allowed / 60) + (5 if is_write else 1)
            self._points[resource] = used, now
            wait = max(wait, (used - allowed) * 60 / allowed)
        return wait

    def _create(self, at: float) -> float:
        """Return when something may be created, `at` or later; raise when the hour is used up."""
        made = self._creations
        if len(made) == CREATIONS_PER_HOUR and (free := made[0] + 3_600) > at + 60:
            # only this call waits for it: what reads, and what changes what is there, goes on
            raise RateLimited(f"{CREATIONS_PER_HOUR} things were created within an hour", free, is_creating_only=True)
        for allowed, window in ((CREATIONS_PER_MINUTE, 60), (CREATIONS_PER_HOUR, 3_600)):
            if len(made) >= allowed:
                at = max(at, made[-allowed] + window)
        made.append(at)
        return at

    def _ours(self, their_time: float, headers: Mapping[str, str]) -> float:
        """Say a time of the forge's clock by ours: the answer's date says what theirs shows now."""
        try:
            return their_time - parsedate_to_datetime(headers.get("date", "")).timestamp() + self._clock()
        except ValueError:
            return their_time


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
