"""What the workers tell of the quota, for /metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from waypost.queue.protocol import Key, Mark
from waypost.server.metrics import _QuotaState
from waypost.sync.quota import REPORT_SECONDS, Reporter, read


def kept(world):
    found = {}
    read(world.queue.cached(0), found)
    return found


def scraped(world):
    registry = CollectorRegistry()
    registry.register(_QuotaState(world.queue))
    return generate_latest(registry).decode()


def test_what_the_last_answers_said_is_kept_by_installation(settled):
    settled.forge.limit(4_321, resource="graphql")
    Reporter(settled.worker.context).report()
    (quota,) = kept(settled).values()
    assert quota.account == "acme"
    assert quota.budgets["graphql"].remaining == 4_321
    assert quota.calls == settled.forge.calls()


def test_metrics_show_limits_and_calls_of_each_installation(settled):
    settled.forge.limit(4_321, resource="graphql")
    Reporter(settled.worker.context).report()
    shown = scraped(settled)
    assert 'waypost_quota_limit{account="acme",resource="graphql"} 5000.0' in shown
    assert 'waypost_quota_remaining{account="acme",resource="graphql"} 4321.0' in shown
    assert 'waypost_quota_reset_timestamp_seconds{account="acme",resource="graphql"}' in shown
    assert 'waypost_forge_calls_total{account="acme",price="charged",resource="graphql"}' in shown


def test_nothing_told_shows_nothing(settled):
    assert 'account="acme"' not in scraped(settled)


def test_counts_add_up_over_workers_and_restarts(settled):
    Reporter(settled.worker.context).report()
    first = sum(kept(settled)[1].calls.values())
    settled.restart()  # the forge in memory goes on counting, as one process would
    settled.forges.forge(1)._calls.clear()
    settled.sweep()
    again = sum(settled.forge.calls().values())
    Reporter(settled.worker.context).report()
    assert again > 0
    assert sum(kept(settled)[1].calls.values()) == first + again


def test_the_same_calls_are_told_once_and_not_too_often(settled):
    reporter = Reporter(settled.worker.context)
    reporter.report()
    before = kept(settled)
    settled.sweep()
    reporter.report()
    assert kept(settled) == before
    settled.clock.sleep(REPORT_SECONDS)
    reporter.report()
    assert kept(settled)[1].calls == settled.forge.calls() != before[1].calls
    version = settled.queue.cached(0)[0]
    settled.clock.sleep(REPORT_SECONDS)
    reporter.report()
    assert settled.queue.cached(0)[0] == version, "nothing new, nothing written"
    assert settled.queue.counts()["dirty"] == 0


def test_an_installation_that_is_gone_is_shown_no_more(settled):
    Reporter(settled.worker.context).report()
    assert kept(settled)
    settled.forges.uninstall(1)
    settled.queue.mark([Mark(Key(1, "installation", "1"))])
    settled.settle()
    assert not kept(settled)
