"""GET /metrics for Prometheus: what each web process counted, summed, and the state of the queue as it is now.

Under gunicorn every worker counts for itself. With PROMETHEUS_MULTIPROC_DIR set before this module is imported (as
`waypost serve` does) the counters live in files there, and any worker can answer for all.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from waypost.queue.protocol import Queue, QueueUnavailable
from waypost.sync import announcements, drift, quota
from waypost.sync.quota import Quota

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATES = {
    "dirty": "Keys that wait for a worker",
    "leased": "Keys that a worker holds",
    "dead": "Keys set aside after too many failures; see: waypost dead",
    "overdue_seconds": "How long the key that is due longest has waited",
    "deliveries": "Deliveries kept in the inbox",
}


class Figures:
    """What one web process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._deliveries = Counter(
            "waypost_deliveries", "Deliveries answered", ["event", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "waypost_delivery_seconds",
            "From the first line of the route to its answer",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._by_label: dict[tuple[str, int], Counter] = {}  # `labels()` costs more than counting

    def answered(self, event: str, status: int, seconds: float) -> None:
        """Count one delivery; `event` must come from a closed list, since each is a series for ever."""
        counter = self._by_label.get((event, status))
        if counter is None:
            counter = self._by_label[event, status] = self._deliveries.labels(event, str(status))
        counter.inc()
        self._seconds.observe(seconds)


class _QueueState(Collector):
    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def collect(self) -> Iterable[Metric]:
        try:
            counts, seen = self._queue.counts(), self._queue.heartbeat()
            told_of_all = self._queue.cached(announcements.ALL)[1]
        except QueueUnavailable:
            yield GaugeMetricFamily("waypost_queue_up", "Whether the queue can be read", 0)
            return
        yield GaugeMetricFamily("waypost_queue_up", "Whether the queue can be read", 1)
        for name, help in STATES.items():
            yield GaugeMetricFamily(f"waypost_queue_{name}", help, counts[name])
        told = CounterMetricFamily("waypost_announcements", "Pushes announced, or why not", labels=["outcome"])
        for outcome, number in sorted(announcements.outcomes(told_of_all).items()):
            told.add_metric([outcome], number)
        yield told
        unheard = CounterMetricFamily("waypost_drift", "Differences that no delivery told of", labels=["kind"])
        for kind, number in sorted(drift.totals(told_of_all).items()):
            unheard.add_metric([kind], number)
        yield unheard
        yield GaugeMetricFamily("waypost_worker_last_seen_timestamp_seconds", "0: never", seen or 0)


class _QuotaState(Collector):
    """What the workers told of each installation's quota; a scrape loads what changed since the last one."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._known: dict[int, Quota] = {}
        self._version = 0
        self._lock = threading.Lock()

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            try:
                self._version = quota.read(self._queue.cached(0, self._version), self._known)
            except QueueUnavailable:
                return
            known = [one for _, one in sorted(self._known.items())]
        yield from _budgets(known)
        calls = CounterMetricFamily(
            "waypost_forge_calls", "Calls to GitHub; 304 and git are free", labels=["account", "resource", "price"]
        )
        for one in known:
            for (resource, price), number in sorted(one.calls.items()):
                calls.add_metric([one.account, resource, price], number)
        yield calls


def _budgets(known: Iterable[Quota]) -> Iterable[Metric]:
    labels = ["account", "resource"]
    limit = GaugeMetricFamily("waypost_quota_limit", "Calls an hour that GitHub allows", labels=labels)
    remaining = GaugeMetricFamily("waypost_quota_remaining", "Calls left until the reset", labels=labels)
    reset = GaugeMetricFamily("waypost_quota_reset_timestamp_seconds", "When all are there again", labels=labels)
    for one in known:
        for resource, budget in sorted(one.budgets.items()):
            for family, value in ((limit, budget.limit), (remaining, budget.remaining), (reset, budget.reset)):
                family.add_metric([one.account, resource], value)
    return limit, remaining, reset


def routes(queue: Queue, figures: Figures) -> Blueprint:
    """Make the route."""
    blueprint = Blueprint("metrics", __name__)
    shown = _QuotaState(queue)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        registry = CollectorRegistry()
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        else:
            registry = figures.registry
        state = CollectorRegistry()
        state.register(_QueueState(queue))
        state.register(shown)
        return Response(generate_latest(registry) + generate_latest(state), content_type=CONTENT_TYPE)

    return blueprint
