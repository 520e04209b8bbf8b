"""The pages of systems and domains: what belongs together, who answers for it, what crosses its border."""

from __future__ import annotations

from collections.abc import Iterator

from waypost.pages.columns import needs, users
from waypost.pages.entity import NEIGHBOUR, closing, incident, node, opened, strip, tools
from waypost.pages.markdown import Md, table
from waypost.pages.mermaid import MOST_NODES, Node, flowchart
from waypost.pages.page import Page
from waypost.pages.view import View

_PARTS = ("name", "type", "owner", "tier", "lifecycle", "used by")


def system_files(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """A system: its parts by kind, a diagram of them with each neighbouring system as one box, who uses it."""
    entity = view.catalog.entities[ref]
    page = opened(view, entity)
    strip(view, page, entity)
    incident(view, page, entity)
    parts = parts_of(view, ref)
    page.fold(Md("Diagram: the system and its neighbours"), diagram(view, ref, parts))
    for title, kind in (("APIs", "api"), ("Components", "component"), ("Resources", "resource")):
        _section(view, page, ref, title, [part for part in parts if part.startswith(f"{kind}:")])
    _section(
        view,
        page,
        ref,
        "Other parts",
        [part for part in parts if not part.startswith(("api:", "component:", "resource:"))],
    )
    _outside(view, page, ref, parts)
    tools(view, page, entity)
    closing(view, page, entity)
    return page.files()


def parts_of(view: View, ref: str) -> list[str]:
    """What is in a system, subcomponents included."""
    found = list(view.related(ref, "hasPart"))
    seen = {ref, *found}
    for part in found:  # grows while it is walked
        for inner in view.related(part, "hasPart"):
            if inner not in seen:
                seen.add(inner)
                found.append(inner)
    return sorted(found)


def _section(view: View, page: Page, ref: str, title: str, refs: list[str]) -> None:
    if refs:
        page.heading(title)
        page.listing(view, ref, title.lower().replace(" ", "-"), refs, _PARTS)


def diagram(view: View, ref: str, parts: list[str]) -> Md | None:
    """What inside needs what, and one box for each neighbouring system."""
    inside = set(parts)
    nodes = {part: node(view, part) for part in parts[: MOST_NODES - 15]}
    edges = []
    for part in list(nodes):
        # An API needs who provides it, so that arrows lead from a user through the API to its provider.
        for target in [*needs(view, part), *view.related(part, "apiProvidedBy")]:
            edges.append((part, _drawn(view, target, inside, nodes)))
        for user in [*view.related(part, "dependencyOf"), *view.related(part, "apiConsumedBy")]:
            edges.append((_drawn(view, user, inside, nodes), part))
    return flowchart(list(nodes.values()), edges)


def _drawn(view: View, ref: str, inside: set[str], nodes: dict[str, Node]) -> str:
    """The box that stands for an entity: its own inside the system, its system's outside."""
    key = ref if ref in inside else _neighbour(view, ref)
    if key not in inside and len(nodes) < MOST_NODES:
        nodes.setdefault(key, node(view, key)._replace(shape="outside"))
    return key


def _neighbour(view: View, ref: str) -> str:
    """The system on the other side of the border; the entity itself where it is in none."""
    return view.system(ref) or ref


def _outside(view: View, page: Page, ref: str, parts: list[str]) -> None:
    """Who outside needs something inside, by team."""
    inside = set(parts)
    teams: dict[str, set[str]] = {}
    for part in parts:
        for user in users(view, part):
            if user not in inside:
                teams.setdefault(view.owner(user) or "", set()).add(user)
    if teams:
        page.heading("Used from outside, by team")
        rows = [
            [
                view.link(team, page.up) if team else Md("nobody"),
                Md(str(len(found))),
                view.links(sorted(found), page.up),
            ]
            for team, found in sorted(teams.items(), key=lambda item: (-len(item[1]), item[0]))
        ]
        page.say(table(["Team", "#Uses", "From"], rows[:200]))


def domain_files(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """A domain: its systems and their owners, then what belongs to it without a system."""
    entity = view.catalog.entities[ref]
    page = opened(view, entity)
    strip(view, page, entity)
    parts = view.related(ref, "hasPart")
    systems = [part for part in parts if part.startswith("system:")]
    domains = [part for part in parts if part.startswith("domain:")]
    rest = [part for part in parts if part not in {*systems, *domains}]
    if domains:
        page.heading("Domains")
        page.listing(view, ref, "domains", domains, ("name", "owner"))
    if systems:
        page.heading("Systems")
        page.listing(view, ref, "systems", systems, ("name", "owner", "components", "tier"))
    if rest:
        page.heading("Outside any system")
        page.listing(view, ref, "rest", rest, NEIGHBOUR)
    incident(view, page, entity)
    tools(view, page, entity)
    closing(view, page, entity)
    return page.files()
