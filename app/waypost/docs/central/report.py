"""What is wrong with published documentation: stale, broken, missing, refused. Follows no link to another host."""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta

from waypost.docs.central import links, shelf
from waypost.docs.central.values import Facts, Record, State
from waypost.docs.layout import ASSETS, template
from waypost.docs.limits import BRANCH, STALE_DAYS
from waypost.pages.markdown import DASH, Md, clean, comment, file_link, table, text
from waypost.pages.paths import docs_place


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a section; `site` is the site it is about, from the top of the centre, "" for none."""

    cells: tuple[str, ...]
    site: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that can be wrong."""

    id: str
    title: str
    why: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; false when nothing is wrong."""

    sections: tuple[Section, ...]

    def __bool__(self) -> bool:
        return any(section.rows for section in self.sections)


def look(state: State, facts: Facts, paths: Set[str]) -> Report:
    """Return what is wrong. `paths` are the files that the branch will have."""
    return Report(
        (_stale(state, facts), _broken(state, facts, paths), _missing(state, facts), _refused(state), _left_out(state))
    )


def _stale(state: State, facts: Facts) -> Section:
    dated = [(when, record) for record in state.records.values() if (when := _date(record.committed)) is not None]
    newest = max((when for when, _ in dated), default=date.min)
    old = sorted(
        (
            (when, shelf.title_of(facts.entities[record.ref].owner, facts), record)
            for when, record in dated
            if newest - when > timedelta(days=STALE_DAYS)
        ),
        key=lambda row: (row[1].casefold(), row[0], row[2].ref),
    )
    return Section(
        "stale",
        "Stale",
        f"Nobody has changed these repositories' documentation for more than a year before the newest here ({newest})."
        if dated
        else "No documentation has a date.",
        ("Documentation", "Owner", "Last commit", "Repository"),
        tuple(
            Row((_title(record, facts), owner or "nobody", when.isoformat(), record.repository), _site(record))
            for when, owner, record in old
        ),
    )


def _broken(state: State, facts: Facts, paths: Set[str]) -> Section:
    rows = []
    for record in state.records.values():
        found = [(link.page, link.target) for link in record.broken]
        found += [(one.page, one.target) for one in record.away if not links.is_present(one.target, paths)]
        rows += [Row((_title(record, facts), page, target, record.repository), _site(record)) for page, target in found]
    return Section(
        "broken",
        "Broken links",
        "Within a site or to another one here: the page, heading or file is not there.",
        ("Documentation", "Page", "Link", "Repository"),
        tuple(sorted(rows, key=lambda row: (row.cells[3].lower(), row.cells))),
    )


def _missing(state: State, facts: Facts) -> Section:
    reasons = {one.repository_id: one.reason for one in state.refusals}
    rows = []
    for ref, entity in sorted(facts.entities.items()):
        if entity.is_declared and not entity.is_hidden and ref not in state.records and facts.mode != "off":
            reason = reasons.get(entity.repository_id, "Nothing has arrived. Does a workflow there run publish-docs?")
            rows.append(Row((clean(entity.title), ref, entity.repository, clean(reason, 500))))
    return Section(
        "missing",
        "Declared, but not here",
        "The descriptor says that there is documentation.",
        ("Entity", "Ref", "Repository", "Why"),
        tuple(rows),
    )


def _refused(state: State) -> Section:
    rows = [
        Row((one.repository, str(one.artifact_id) if one.artifact_id else "", clean(one.reason, 500)))
        for one in state.refusals
    ]
    return Section(
        "refused",
        "Refused",
        "What these repositories uploaded last did not come onto the site; what they had there before stays.",
        ("Repository", "Artifact", "Why"),
        tuple(rows),
    )


def _left_out(state: State) -> Section:
    rows = [
        Row((record.title, record.repository, clean(what, 300)), _site(record))
        for record in state.records.values()
        for what in record.left_out
    ]
    return Section(
        "left-out",
        "Left out",
        "Parts of an upload that are not published.",
        ("Documentation", "Repository", "What"),
        tuple(rows),
    )


def pages(report: Report) -> dict[str, bytes]:
    """Return the files of site/report/."""
    root = "../"
    page = template("report.html").render(
        sections=report.sections, root=root, assets=f"{root}{ASSETS}/", names=shelf.names()
    )
    return {"index.html": page.encode(), "report.json": as_json(report)}


def as_json(report: Report) -> bytes:
    """Return the report for machines."""
    rows = {
        section.id: [
            dict(zip((heading.lower().replace(" ", "_") for heading in section.headings), row.cells, strict=True))
            | ({"site": row.site} if row.site else {})
            for row in section.rows
        ]
        for section in report.sections
    }
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    return (text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026") + "\n").encode()


def markdown(report: Report) -> bytes:
    """Return report.md of the branch."""
    blocks = [
        comment(f"Generated by Waypost on the branch {BRANCH}. Do not edit: the next change writes it anew."),
        Md(f"{file_link(Md('All documentation'), 'README.md')}\n\n# Report on the documentation"),
        Md("Links to other hosts are not followed."),
    ]
    for section in report.sections:
        blocks += [Md(f"## {section.title}"), text(section.why, 500)]
        cells = [[text(cell, 500) or DASH for cell in row.cells] for row in section.rows]
        blocks.append(table(section.headings, cells) if cells else Md("Nothing."))
    return ("\n\n".join(blocks) + "\n").encode()


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _title(record: Record, facts: Facts) -> str:
    return clean(facts.entities[record.ref].title, 100)


def _site(record: Record) -> str:
    return f"{docs_place(record.ref)}/"
