"""Sends deliveries from a thread, in the order they were made, and lets tests make the network a worse place.

What GitHub's network does by chance (lost, late, doubled, out of order) is asked for here under /_sandbox/deliveries.
"""

from __future__ import annotations

import heapq
import http.client
import json
import logging
import random
import threading
import time
from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from waypost.limits import WEBHOOK_ANSWER_SECONDS
from waypost.sandbox import deliveries
from waypost.sandbox.box import Box
from waypost.sandbox.store import Record

_LOG = logging.getLogger(__name__)
# of an answer, this much is kept to show
_SHOWN_BYTES = 10_000


class Fate(NamedTuple):
    """What becomes of a delivery: lost (nobody knows of it), dropped (listed as failed), late, doubled."""

    times: int = 1
    delay: float = 0.0
    is_dropped: bool = False
    is_lost: bool = False


SENT = Fate()


def fate(sandbox: Box, event: str, action: object) -> Fate:
    """Decide by the rules that were asked for, and count them down. Rules are tried in order; the first match holds."""
    rules = [dict(rule) for rule in sandbox.setting("delivery_rules", [])]
    name = f"{event}.{action}" if action else event
    for place, rule in enumerate(rules):
        if not (fnmatch(event, rule["event"]) or fnmatch(name, rule["event"])):
            continue
        if rule["count"] is not None:
            rule["count"] -= 1
            kept = rules if rule["count"] > 0 else rules[:place] + rules[place + 1 :]
            sandbox.set("delivery_rules", kept)
        return {
            "drop": Fate(is_dropped=True),
            "lose": Fate(is_lost=True),
            "double": Fate(times=2),
            "delay": Fate(delay=float(rule["seconds"])),
        }[rule["action"]]
    return SENT


class Sender:
    """The queue of deliveries to send and the thread that empties it."""

    def __init__(self, sandbox: Box) -> None:
        self._sandbox = sandbox
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, int]] = []  # due, order, delivery
        self._order = 0
        self._busy = False
        self.is_holding = bool(sandbox.setting("delivery_hold", False))
        self._connections: dict[tuple[str, str], http.client.HTTPConnection] = {}
        for delivery in sandbox.store.where("delivery", status=deliveries.PENDING):  # left by a process that was killed
            self.put(delivery["id"])
        threading.Thread(target=self._send_all, name="deliveries", daemon=True).start()

    def put(self, delivery_id: int, delay: float = 0.0) -> None:
        """Queue a delivery; one with a delay lets later ones pass."""
        with self._changed:
            self._order += 1
            heapq.heappush(self._waiting, (time.monotonic() + delay if delay else 0.0, self._order, delivery_id))
            self._changed.notify_all()

    def waiting(self) -> list[int]:
        """Return the ids that are not sent yet."""
        with self._changed:
            return [number for _, _, number in sorted(self._waiting)]

    def hold(self, is_holding: bool) -> None:
        """Stop sending, or go on."""
        with self._changed:
            self.is_holding = is_holding
            self._changed.notify_all()

    def reorder(self, order: str, seed: int) -> None:
        """Change the order of what waits: queue, reverse or shuffle (the same for the same seed)."""
        with self._changed:
            numbers = [number for _, _, number in sorted(self._waiting)]
            if order == "reverse":
                numbers.reverse()
            elif order == "shuffle":
                random.Random(seed).shuffle(numbers)  # noqa: S311 - no secret depends on it
            self._waiting = [(0.0, place, number) for place, number in enumerate(numbers)]
            self._order = len(numbers)
            self._changed.notify_all()

    def settle(self, seconds: float) -> bool:
        """Wait until everything is sent; False when it took too long (or is on hold)."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def _next(self) -> int:
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            while self.is_holding or not self._waiting or self._waiting[0][0] > time.monotonic():
                is_due_later = bool(self._waiting) and not self.is_holding
                self._changed.wait(max(self._waiting[0][0] - time.monotonic(), 0) if is_due_later else None)
            self._busy = True
            return heapq.heappop(self._waiting)[2]

    def _send_all(self) -> None:
        while True:
            number = self._next()
            try:
                self._deliver(number)
            except Exception:
                # the thread must outlive whatever one delivery brings, or nothing would ever be sent again
                _LOG.exception("delivery %s", number)

    def _deliver(self, number: int) -> None:
        with self._sandbox.store.lock:
            delivery = self._sandbox.store.get("delivery", number)
            target = delivery and deliveries.target_of(self._sandbox, delivery)
            if delivery is None or target is None:
                return
            content = deliveries.encoded(delivery, target)
            headers = deliveries.headers(self._sandbox, delivery, target, content)
        outcome = self._send(target, headers, content)
        with self._sandbox.store.lock:
            if self._sandbox.store.get("delivery", number) is not None:
                now = self._sandbox.clock.stamp()
                self._sandbox.store.change("delivery", number, delivered_at=now, **outcome)
            self._sandbox.store.commit()
        if self._sandbox.recorder is not None:
            payload = json.loads(deliveries.text_of(delivery))
            self._sandbox.recorder.write({"event": delivery["event"], "payload": payload})

    def _send(self, target: Record, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
        """Return what came of it, as GitHub words it."""
        began = time.monotonic()
        try:
            status, response = self._ask(target["url"], headers, content)
        except TimeoutError:
            status, response, text = 504, None, "timed out"
        except (OSError, ValueError, http.client.HTTPException):
            status, response, text = 502, None, "failed to connect to host"
        else:
            text = "OK" if 200 <= status < 300 else f"Invalid HTTP Response: {status}"
        duration = round(time.monotonic() - began, 2)
        return {"status_code": status, "status": text, "duration": duration, "response": response}

    def _ask(self, url: str, headers: Mapping[str, str], content: bytes) -> tuple[int, dict[str, Any]]:
        """Send over a connection kept open; a redirect is not followed, as with GitHub."""
        where = urlsplit(url)
        path = (where.path or "/") + (f"?{where.query}" if where.query else "")
        place = where.scheme, where.netloc
        idle = self._connections.pop(place, None)
        try:
            answered = _post(idle, path, headers, content) if idle is not None else None
        except (http.client.BadStatusLine, BrokenPipeError, ConnectionResetError):
            answered = None  # the receiver closed a connection that had been idle
        if answered is None:
            kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
            idle = kind(where.netloc, timeout=WEBHOOK_ANSWER_SECONDS)
            answered = _post(idle, path, headers, content)
        if idle is not None and idle.sock is not None:
            self._connections[place] = idle
        return answered


def _post(
    connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str], content: bytes
) -> tuple[int, dict[str, Any]]:
    connection.request("POST", path, body=content, headers=dict(headers))
    answer = connection.getresponse()
    shown = answer.read()[:_SHOWN_BYTES].decode("utf-8", "replace")
    return answer.status, {"headers": dict(answer.getheaders()), "payload": shown}


_SENDERS: dict[int, Sender] = {}
_GUARD = threading.Lock()


def sender(sandbox: Box) -> Sender:
    """Return the sandbox's sender; it starts when first asked for. The caller holds the store's lock."""
    with _GUARD:
        if id(sandbox) not in _SENDERS:
            _SENDERS[id(sandbox)] = Sender(sandbox)
        return _SENDERS[id(sandbox)]
