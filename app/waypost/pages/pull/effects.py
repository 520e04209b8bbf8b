"""What a pull request changes, sentence by sentence: for the summary of the check and for the comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from waypost.catalog.compare import Change
from waypost.catalog.impact import Impact, Loss
from waypost.pages.markdown import Md, code, text
from waypost.pages.pull.case import Case
from waypost.pages.pull.words import NAMED, counted, listed, named, owner_name, page_link

OWNERS = 30  # whose users are named
USERS = 50  # of one owner
FIELDS = 6


def headline(impact: Impact) -> str:
    """Say in a few words what changes: "Adds 2 entities, removes 1"; "" for nothing."""
    verbs = (
        ("adds", len(impact.added)),
        ("changes", len({*(one.ref for one in impact.changed), *(one.ref for one in impact.owners)})),
        ("renames", len(impact.renamed)),
        ("removes", len(impact.removed)),
    )
    parts = [f"{verb} {number:,}" for verb, number in verbs if number]
    if not parts:
        return ""
    first = parts[0].rpartition(" ")
    parts[0] = f"{first[0]} {counted(int(first[2].replace(',', '')), 'entity')}"
    said = ", ".join(parts)
    return said[0].upper() + said[1:]


def effects(case: Case) -> Iterator[Md]:
    """Yield one line for each thing that changes, what breaks first."""
    impact, site = case.impact, case.site
    before, after = impact.before, impact.after
    for loss in impact.lost[:NAMED]:
        yield _loss(impact, loss, case)
    yield from _rest(len(impact.lost), "more that go")
    for one in impact.owners[:NAMED]:
        was, now = owner_name(before, one.before), owner_name(after, one.after)
        yield Md(f"hands over {page_link(after, site, one.ref)} from **{was}** to **{now}**")
    yield from _rest(len(impact.owners), "more handed over")
    for ref in impact.deprecated[:NAMED]:
        yield Md(f"deprecates {page_link(after, site, ref)}{_used_by(impact, ref)}")
    if impact.added:
        pieces = [named(after, ref) for ref in impact.added]  # their pages come with the merge
        yield Md(f"adds {listed(pieces)}")
    changes = [(change.ref, fields) for change in impact.changed if (fields := _untold(impact, change))]
    for ref, fields in changes[:NAMED]:
        yield Md(f"changes {page_link(after, site, ref)}: {listed([code(field) for field in fields], FIELDS)}")
    yield from _rest(len(changes), "more changed")
    lifecycles = [move for move in impact.lifecycles if move.ref not in impact.deprecated]
    for what, moves in (("lifecycle", lifecycles), ("tier", impact.tiers)):
        for move in moves[:NAMED]:
            was, now = text(move.before or "none"), text(move.after or "none")
            yield Md(f"{what} of {named(after, move.ref)}: {was} → {now}")


def _untold(impact: Impact, change: Change) -> list[str]:
    """The fields that no line of their own speaks of."""
    told = (("spec.owner", impact.owners), ("spec.lifecycle", impact.lifecycles))
    silent = {field for field, moves in told if any(move.ref == change.ref for move in moves)}
    return [field for field in change.fields if field not in silent]


def _rest(number: int, words: str) -> Iterator[Md]:
    if number > NAMED:
        yield Md(f"…and {number - NAMED:,} {words}")


def _loss(impact: Impact, loss: Loss, case: Case) -> Md:
    """Say who still uses what goes, team by team."""
    before, after = impact.before, impact.after
    link = page_link(before, case.site, loss.ref)
    verb = f"renames {link} to {named(after, loss.renamed)}" if loss.renamed else f"removes {link}"
    if not loss.users:
        return Md(f"{verb}, used by nothing in the catalog")
    kinds = Counter(user.ref.partition(":")[0] for user in loss.users)
    users = " and ".join(counted(number, kind) for kind, number in sorted(kinds.items()))
    groups = loss.by_owner()
    teams = len([owner for owner in groups if owner])
    lines = [f"**{verb}**, used by {users} of {counted(teams, 'team') if teams else 'no known team'}:"]
    for owner, refs in list(groups.items())[:OWNERS]:
        pieces = [page_link(after, case.site, ref) for ref in refs]
        lines.append(f"  - {owner_name(after, owner)}: {listed(pieces, USERS)}")
    if len(groups) > OWNERS:
        lines.append(f"  - …and {counted(len(groups) - OWNERS, 'team')} more")
    return Md("\n".join(lines))


def _used_by(impact: Impact, ref: str) -> str:
    users = {problem.ref for problem in impact.elsewhere if problem.id == "target-deprecated"}
    edges = {edge.target for edge in impact.after.relations(ref)}
    number = len(users & edges)
    return f", which {counted(number, 'entity')} elsewhere {'relies' if number == 1 else 'rely'} on" if number else ""


def caused(impact: Impact) -> Md | None:
    """Say which new problems others get, beyond losing what goes."""
    if not impact.breakages:
        return None
    counts = Counter((impact.after.owner(one.ref) or "", one.id) for one in impact.breakages)
    pieces = [
        Md(f"{owner_name(impact.after, owner)} {number:,} × {code(id)}")
        for (owner, id), number in sorted(counts.items())
    ]
    return Md(f"causes new problems in other repositories: {listed(pieces)}")


def settings_words(impact: Impact) -> Iterator[Md]:
    """Say which repositories come in or are left out when waypost.yaml is another."""
    before, after = impact.before, impact.after
    if before.settings == after.settings:
        return
    for verb, less, more in (("includes", before, after), ("leaves out", after, before)):
        found = sorted(
            snapshot.repository.full_name
            for number, snapshot in more.snapshots.items()
            if number not in less.snapshots and number in less.hidden
        )
        if found:
            pieces = [code(name) for name in found]
            yield Md(f"{verb} {counted(len(found), 'repository')}: {listed(pieces)}")


def template_words(case: Case) -> Iterator[Md]:
    """Say how many repositories stand behind each template that is another."""
    for ref, number in sorted((case.templates or {}).items())[:NAMED]:
        used = f"used by {counted(number, 'repository')}" if number else "used by nobody yet"
        yield Md(f"changes the template {page_link(case.impact.after, case.site, ref)}, {used}")
    if case.integrations:
        pieces = [code(path) for path in case.integrations]
        yield Md(f"changes links of every page that uses a tool: {listed(pieces)}")
