"""What onboarding says to people: in the pull request, when it is withdrawn, and in the report. Opens nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from waypost.catalog.drafting import FILE, Draft
from waypost.catalog.entities import Repository
from waypost.catalog.onboarding import LeftOut, reasons
from waypost.integrations.urls import quote_path
from waypost.pages.markdown import Md, code, folded, link, table, text
from waypost.pages.site import Site

TITLE = "Describe this repository in the catalog"
REPORT_TITLE = "Repositories without a descriptor"
REPORT_MARKER = "<!-- waypost:onboarding -->"
FAREWELL_MARKER = "<!-- waypost:onboarding-withdrawn -->"
DONE = "Nothing is left to do."  # what the report says when it was closed by us
MOST_ROWS = 150  # of one part of the report
LONGEST = 60_000  # characters of it; GitHub takes 65,536
# In the order of the report: what it is called there, and what to say of it.
PARTS = {
    "open": ("Open", "Merge it, correct it, or close it to say no."),
    "to come": ("To come", "Offered in this order, a few a day."),
    "merged": ("Merged", "The descriptor is there."),
    "declined": ("Declined", "Closed by people. Never offered again."),
    "described": ("Described otherwise", "Somebody wrote a descriptor; the offer was withdrawn."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One repository in the report."""

    repository: str  # owner/name
    state: str  # one of PARTS
    number: int = 0  # of the pull request; 0: there is none
    name: str = ""  # in the draft
    owner: str = ""


def pull_body(repository: Repository, draft: Draft, site: Site) -> str:
    """Say what the pull request is, how to say no, and what was guessed from what."""
    catalog = link(text(site.catalog_repository), site.url)
    rows = [(Md(one.field), code(one.value), code(one.file) if one.file else Md(one.words)) for one in reasons(draft)]
    parts = [
        f"{catalog} lists what this organisation has, who owns it and where its documentation is. It does not know "
        f"{text(repository.name)} yet. This adds {code(FILE)} with what could be guessed; merge it and the catalog "
        "shows it within seconds.",
        "**Not wanted?** Close this pull request: it is never opened again. **Wrong?** Edit the file on this branch "
        "before you merge.",
        "What was guessed, and from what:",
        table(["Field", "Value", "From"], rows),
        "`lifecycle: production` is only a beginning: write `experimental` or `deprecated` where that is true.",
    ]
    return "\n\n".join(parts) + "\n"


def farewell(site: Site) -> str:
    """The comment under a pull request that is withdrawn."""
    catalog = link(text(site.catalog_repository), site.url)
    return (
        f"{FAREWELL_MARKER}\nThis repository has a descriptor now, and {catalog} shows it. So this draft is not needed "
        "any more and was closed.\n"
    )


def is_left(rows: Iterable[Row]) -> bool:
    """Say whether anything is still to be done."""
    return any(row.state in ("open", "to come") for row in rows)


def report(rows: Sequence[Row], left_out: Sequence[LeftOut], site: Site, per_day: int) -> str:
    """Write the body of the report, the same bytes for the same state, with as many rows as fit."""
    most = MOST_ROWS
    while len(body := _report(rows, left_out, site, per_day, most)) > LONGEST and most > 1:
        most //= 2
    return body


def _report(rows: Sequence[Row], left_out: Sequence[LeftOut], site: Site, per_day: int, most: int) -> str:
    counts = Counter(row.state for row in rows)
    said = ", ".join(f"{counts[state]:,} {PARTS[state][0].lower()}" for state in PARTS if counts[state])
    settings = link(code("waypost.yaml"), f"{site.url}/blob/{quote_path(site.branch)}/waypost.yaml")
    parts = [
        REPORT_MARKER,
        f"Waypost offers a drafted {code(FILE)} to repositories without one, at most {per_day} a day: `onboarding` in "
        f"{settings} says to which. This list is edited in place.",
        f"**{said or 'Nothing was offered yet'}.**" + ("" if is_left(rows) else f" {DONE}"),
    ]
    for state, (title, words) in PARTS.items():
        mine = sorted((row for row in rows if row.state == state), key=lambda row: _order(state, row))
        if mine:
            parts += [f"### {title}: {len(mine):,}", words, _rows(site, mine, most)]
    if left_out:
        parts += [f"### Left out: {len(left_out):,}", _left_out(site, left_out, most)]
    return "\n\n".join(parts) + "\n"


def _order(state: str, row: Row) -> str:
    return "" if state == "to come" else row.repository.lower()  # those to come stand in the order of their turn


def _rows(site: Site, rows: Sequence[Row], most: int) -> Md:
    lines = [_row(site, row) for row in rows[:most]]
    shown = table(["Repository", "Pull request", "Name", "Owner"], lines)
    more = f"\n\nand {len(rows) - most:,} more" if len(rows) > most else ""
    return Md(shown + more)


def _row(site: Site, row: Row) -> list[Md]:
    address = f"{site.server_url}/{quote_path(row.repository)}"
    pull = link(Md(f"#{row.number}"), f"{address}/pull/{row.number}") if row.number else Md("")
    return [link(text(row.repository), address), pull, text(row.name), text(row.owner)]


def _left_out(site: Site, left_out: Sequence[LeftOut], most: int) -> Md:
    grouped: dict[str, list[Repository]] = {}
    for one in left_out:
        grouped.setdefault(one.reason, []).append(one.repository)
    parts = [_group(site, reason, grouped[reason], most) for reason in sorted(grouped)]
    return Md("\n\n".join(parts))


def _group(site: Site, reason: str, repositories: Sequence[Repository], most: int) -> Md:
    shown = repositories[:most]
    lines = [f"- {link(text(one.full_name), f'{site.server_url}/{quote_path(one.full_name)}')}" for one in shown]
    if len(repositories) > len(shown):
        lines.append(f"- and {len(repositories) - len(shown):,} more")
    return folded(Md(f"{len(repositories):,}: {text(reason)}"), Md("\n".join(lines)))
