"""The front door: README.md. Everything on it while the organisation is small, a constant size beyond."""

from __future__ import annotations

from collections.abc import Iterator

from waypost.pages import paths
from waypost.pages.census import Tally, census
from waypost.pages.columns import rows
from waypost.pages.find import title
from waypost.pages.markdown import NOTHING, Md, bold, file_link, join, link, table
from waypost.pages.page import Page
from waypost.pages.view import View

SMALL = 60  # components up to which the front page lists everything
MOST_DOMAINS = 40
_ROWS = ("name", "type", "owner", "tier", "lifecycle")
_LISTED = ("component", "api", "resource")


def files(view: View) -> Iterator[tuple[str, str]]:
    """Write README.md."""
    page = Page(paths.README)
    page.begin_front(view.site.about, view.catalog.organisation)
    page.say(_counts(view), _verbs(view))
    if len(view.catalog.refs("component")) <= SMALL:
        _everything(view, page)
    elif view.catalog.refs("domain"):
        _domains(view, page)
    else:
        _largest(view, page)
    _attention(view, page)
    _coverage(view, page)
    history = f"{view.site.url}/commits/{view.site.branch}/entities"
    page.heading("Recent changes")
    page.say(
        Md(f"[What changed in the catalog]({history}), newest first: each entry says what was added, updated, removed.")
    )
    page.custom()
    return page.files()


def _counts(view: View) -> Md:
    words = {
        "api": "APIs",
        "component": "components",
        "resource": "resources",
        "system": "systems",
        "domain": "domains",
        "group": "teams",
    }
    counted = [(len(view.catalog.refs(kind)), word) for kind, word in words.items()]
    return join(
        (
            Md(f"**{count:,}** {word if count != 1 else word.removesuffix('s')}")
            for count, word in sorted_by_kind(counted)
            if count
        )
    )


def sorted_by_kind(counted: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Components first: they are what people look for."""
    return sorted(counted, key=lambda item: item[1] != "components")


def _verbs(view: View) -> Md:
    cells = [(file_link(bold(Md("Find")), paths.FIND), "a service, its owner, its API, its runbook")]
    if view.catalog.refs("template"):
        cells.append((file_link(bold(Md("Create")), paths.CREATE), "the next one, from a template"))
    cells.append((file_link(bold(Md("Register")), paths.REGISTER), "what you have, with one small file"))
    if view.catalog.settings.docs.has_markdown and (count := census(view).documented):
        # on a branch that is not looked at here: it may not have arrived
        about = f"the documentation of {count:,} {'entity' if count == 1 else 'entities'} (once published)"
        cells.append((link(bold(Md("Read")), f"{view.site.url}/tree/{paths.DOCS_BRANCH}"), about))
    cells.append((file_link(bold(Md("Start here")), paths.START), "your first day: teams, words, services"))
    return table([label for label, _ in cells], [[Md(about) for _, about in cells]])


def _everything(view: View, page: Page) -> None:
    """A table for each system, in the order of domains, then what is in none."""
    placed: set[str] = set()
    systems = sorted(view.catalog.refs("system"), key=lambda ref: (view.one(ref, "partOf") or "~", ref))
    for system in systems:
        inside = [ref for kind in _LISTED for ref in view.catalog.refs(kind) if view.system(ref) == system]
        placed.update(inside)
        domain = view.one(system, "partOf")
        page.heading(view.link(system, page.up))
        page.say(
            join(
                [
                    view.link(domain, page.up) if domain else NOTHING,
                    Md(f"owned by {view.owner_link(system, page.up)}"),
                ]
            )
        )
        if inside:
            page.say(rows(view, _ROWS, inside, page.up))
    rest = [ref for kind in _LISTED for ref in view.catalog.refs(kind) if ref not in placed]
    if rest:
        page.heading("Outside any system" if systems else "Everything")
        page.say(rows(view, _ROWS, rest, page.up))


def _domains(view: View, page: Page) -> None:
    counted = census(view).domains
    tallies = {domain: counted.get(domain, Tally()) for domain in view.catalog.refs("domain")}
    if "" in counted:
        tallies[""] = counted[""]
    ranked = sorted(tallies.items(), key=lambda item: (-item[1].components, item[0]))
    shown = [
        [
            view.link(domain, page.up) if domain else Md("outside any domain"),
            Md(f"{found.systems:,}"),
            Md(f"{found.components:,}"),
            Md(f"{len(found.owners):,}"),
            Md(f"{found.unowned:,}"),
        ]
        for domain, found in ranked[:MOST_DOMAINS]
    ]
    page.heading("Domains")
    page.say(table(["Domain", "#Systems", "#Components", "#Owners", "#Unowned"], shown))
    if len(ranked) > MOST_DOMAINS:
        page.say(file_link(Md(f"All {len(view.catalog.refs('domain')):,} domains"), paths.list_file("domain")))


def _largest(view: View, page: Page) -> None:
    """Without domains: the systems by their size; without those, the teams by what they own."""
    kind, relation = ("system", "hasPart") if view.catalog.refs("system") else ("group", "ownerOf")
    counted = [(len(view.related(ref, relation)), ref) for ref in view.catalog.refs(kind)]
    ranked = [ref for _, ref in sorted(counted, key=lambda item: (-item[0], item[1]))]
    if ranked:
        page.heading(title(kind))
        columns = ("name", "owner", "components") if kind == "system" else ("name", "type", "owns")
        page.say(rows(view, columns, ranked[:MOST_DOMAINS], page.up))
    if len(ranked) > MOST_DOMAINS:
        page.say(file_link(Md(f"All {len(ranked):,}"), paths.list_file(kind)))


def _attention(view: View, page: Page) -> None:
    counted = census(view)
    errors, warnings, states = counted.errors, counted.warnings, counted.states
    lines = []
    if errors or warnings:
        said = " and ".join(
            f"{count:,} {word}{'s' * (count != 1)}"
            for count, word in ((errors, "error"), (warnings, "warning"))
            if count
        )
        lines.append(f"- {file_link(Md(f'{said} in descriptors'), paths.PROBLEMS)}, grouped by who can mend them")
    for state, meaning in (
        ("orphan", "no longer declared by any descriptor, kept for a grace period"),
        ("stale", "their repositories could not be read"),
    ):
        if found := states.get(state):
            lines.append(f"- **{len(found):,}** {state}: {meaning}: {view.links(found, page.up, 5)}")
    if lines:
        page.heading("Needs attention")
        page.say(Md("\n".join(lines)))


def _coverage(view: View, page: Page) -> None:
    whole = census(view).repositories
    missing = len(view.catalog.undescribed())
    if not whole:
        return
    page.heading("Coverage")
    described = whole - missing
    said = f"**{described:,} of {whole:,} repositories** are described ({described * 100 // whole} %)."
    label = (
        f"The other {missing:,}, and what is known of them" if missing > 1 else "The other one, and what is known of it"
    )
    more = file_link(Md(label), paths.COVERAGE) if missing else NOTHING
    page.say(join([Md(said), Md(f"{more}.") if more else NOTHING], " "))
