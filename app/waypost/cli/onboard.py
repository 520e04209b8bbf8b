"""Offer drafted descriptors to repositories without one, by pull request, as `onboarding` in waypost.yaml says.

A running worker does the same by itself. `--dry-run` shows what would be opened now; `--repository` offers to that one
alone, also where onboarding is off. Whoever closed such a pull request is never asked again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator

from waypost.catalog.drafting import FILE
from waypost.catalog.onboarding import Offer, sort_out
from waypost.catalog.steering import Onboarding
from waypost.cli import Exit, UsageError
from waypost.cli.plan import reading
from waypost.sync import onboarding
from waypost.sync.onboarding_ground import Ground, asked, survey
from waypost.sync.onboarding_report import keep_report, picture
from waypost.sync.reconcile import chosen
from waypost.sync.standings import Standing
from waypost.sync.worker import Worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--org", default="", metavar="O", help="only this organisation")
    parser.add_argument("--repository", default="", metavar="NAME", help="only this repository, NAME or OWNER/NAME")
    parser.add_argument("--dry-run", action="store_true", help="show what would be opened, open nothing")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    with reading(arguments.org) as (worker, left):
        if left and not arguments.dry_run:
            raise UsageError(f"not everything could be read, so nothing was opened: {left}")
        if left:
            print(f"This is incomplete: {left}", file=sys.stderr)
        grounds = list(_grounds(worker, arguments.org))
        if arguments.repository:
            return _one(grounds, arguments)
        for ground in grounds:
            _all(ground, arguments)
    return Exit.PROBLEMS if left else Exit.FINE


def _grounds(worker: Worker, organisation: str) -> Iterator[Ground]:
    context = worker.context
    for one in chosen(context, organisation):
        yield survey(context, context.tenant(one.id), one.account.lower())


def _all(ground: Ground, arguments: argparse.Namespace) -> None:
    known: dict[int, Standing] = {}
    onboarding.learn(ground, known)
    if arguments.dry_run:
        for offer in onboarding.next_offers(ground, known):
            _print(arguments.format, offer.repository.full_name, "would be opened", offer)
        _summarise(ground, known, arguments.format)
        return
    if not ground.rules.is_on:
        raise UsageError(
            f"onboarding is off in {ground.site.catalog_repository}. Write `onboarding: {{enabled: true}}` to its "
            "waypost.yaml, or name one repository with --repository."
        )
    onboarding.withdraw(ground, known)
    is_done = False
    while not is_done:
        before = dict(known)
        is_done = onboarding.offer_next(ground, known, lambda: True)
        for offer in ground.sorted.offers:
            one = known.get(offer.repository.id)
            if one is not None and one.state in ("open", "refused") and offer.repository.id not in before:
                _print(arguments.format, offer.repository.full_name, _said(one), offer)
        if known == before and not is_done:
            print("the rest waits for quota: half of it is kept for webhooks", file=sys.stderr)
            break
    if ground.rules.reports:
        keep_report(ground, known)
    _summarise(ground, known, arguments.format)


def _one(grounds: list[Ground], arguments: argparse.Namespace) -> int:
    """Offer to one repository; what was decided for it by name needs no glob."""
    for ground in grounds:
        found = sort_out(ground.catalog, Onboarding(is_on=True))
        for reason in (one.reason for one in found.left_out if _is_meant(one.repository.full_name, arguments)):
            raise UsageError(f"{arguments.repository} is left out: {reason}")
        for offer in (one for one in found.offers if _is_meant(one.repository.full_name, arguments)):
            return _offer(ground, offer, arguments)
    raise UsageError(f'no repository "{arguments.repository}" without a descriptor. The coverage page lists them')


def _is_meant(full_name: str, arguments: argparse.Namespace) -> bool:
    wanted = arguments.repository.lower()
    return wanted in (full_name.lower(), full_name.lower().partition("/")[2])


def _offer(ground: Ground, offer: Offer, arguments: argparse.Namespace) -> int:
    number, name = offer.repository.id, offer.repository.full_name
    known: dict[int, Standing] = {}
    one = asked(ground, number)
    if one is None and arguments.dry_run:
        _print(arguments.format, name, "would be opened", offer)
        return Exit.FINE
    if one is None:
        if not onboarding.open_offer(ground, offer, known):
            raise UsageError(f"{name}: nothing more can be created within this hour. Try again later")
        one = known[number]
    _print(arguments.format, name, _said(one), offer)
    return Exit.FINE if one.state == "open" else Exit.PROBLEMS


def _said(one: Standing) -> str:
    words = {
        "open": f"open in #{one.number}",
        "merged": f"merged in #{one.number}",
        "declined": f"declined in #{one.number}: never offered again",
        "refused": f"not possible: {one.reason}",
    }
    return words[one.state]


def _print(form: str, name: str, said: str, offer: Offer) -> None:
    draft = offer.draft
    if form == "json":
        values = {"name": draft.name, "owner": draft.owner, "type": draft.guess.type or "service"}
        print(json.dumps({"repository": name, "state": said, **values, "file": FILE, "text": draft.text}))
        return
    print(f"{name}: {said}")
    for line in draft.text.splitlines():
        print(f"    {line}")


def _summarise(ground: Ground, known: dict[int, Standing], form: str) -> None:
    if form == "json":
        return
    rows, left_out = picture(ground, known)
    counts = Counter(row.state for row in rows)
    said = ", ".join(f"{number} {state}" for state, number in counts.most_common()) or "nothing to offer"
    print(f"{ground.organisation}: {said}; {len(left_out)} left out")
    for reason, number in Counter(one.reason for one in left_out).most_common():
        print(f"    {number}: {reason}")
    if not ground.rules.is_on:
        print("onboarding is off in waypost.yaml: nothing of this happens by itself", file=sys.stderr)
