"""What is left of each installation's quota, and what was used, kept where the web process shows it on /metrics.

A worker tells what the forge's last answers said; it asks the forge nothing for it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from waypost.forge.protocol import Budget, Forge
from waypost.queue.protocol import Key, Mark
from waypost.sync.context import Context

REPORT_SECONDS = 30.0
# All installations under one key: whoever shows them must not load what else is cached of each.
KEY = Key(0, "quota", "app")
_PREFIX = "quota:"
LEASE_SECONDS = 30.0
Calls = Counter[tuple[str, str]]  # (resource, charged | free) -> how many since the database began


class Quota(NamedTuple):
    """Of one installation."""

    account: str
    budgets: Mapping[str, Budget]
    calls: Calls


class Reporter:
    """Of one worker. Counts add up over workers and restarts: each adds what it has not told yet."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._told: dict[int, Calls] = {}  # by installation
        self._kept: dict[int, Quota] = {}
        self._version = 0
        self._next = 0.0

    def report(self) -> None:
        """Store what is new, at most every half minute."""
        context, now = self._context, self._context.clock()
        if now < self._next:
            return
        self._next = now + REPORT_SECONDS
        forges = {number: forge for number, forge in context.used.items() if self._is_new(number, forge)}
        if not forges:
            return
        context.queue.mark([Mark(KEY)])
        leases = context.queue.lease([KEY.kind], 1, LEASE_SECONDS)
        if not leases:  # another worker has it at this moment
            return
        self._version = read(context.queue.cached(0, self._version), self._kept)
        fresh = {number: self._add(number, forge) for number, forge in forges.items()}
        if context.queue.finish(leases, {(0, f"{_PREFIX}{number}"): _dump(one) for number, one in fresh.items()}):
            self._told |= {number: Counter(forge.calls()) for number, forge in forges.items()}

    def _is_new(self, number: int, forge: Forge) -> bool:
        return self._told.get(number) != Counter(forge.calls())

    def _add(self, number: int, forge: Forge) -> Quota:
        kept = self._kept.get(number, Quota("", {}, Counter()))
        account = self._context.tenant(number).account
        untold = Counter(forge.calls()) - self._told.get(number, Counter())
        login = account.login if account else kept.account or str(number)
        return Quota(login, {**kept.budgets, **forge.budgets()}, kept.calls + untold)


def read(cached: tuple[int, Mapping[str, bytes | None]], into: dict[int, Quota]) -> int:
    """Bring `into` up to date with what the queue's cache of installation 0 holds; return its version."""
    version, entries = cached
    for name, body in entries.items():
        if not name.startswith(_PREFIX):
            continue
        number = int(name.removeprefix(_PREFIX))
        if body is None:
            into.pop(number, None)
        else:
            into[number] = _load(body)
    return version


def forgotten(installation: int) -> dict[tuple[int, str], bytes | None]:
    """The cache entry of an installation that is gone."""
    return {(0, f"{_PREFIX}{installation}"): None}


def _dump(quota: Quota) -> bytes:
    budgets = {resource: [one.limit, one.remaining, one.reset] for resource, one in quota.budgets.items()}
    calls = [[*key, number] for key, number in sorted(quota.calls.items())]
    return json.dumps([quota.account, budgets, calls]).encode()


def _load(body: bytes) -> Quota:
    account, budgets, calls = json.loads(body)
    counted: Calls = Counter({(resource, price): number for resource, price, number in calls})
    return Quota(account, {resource: Budget(*one) for resource, one in budgets.items()}, counted)
