"""The page of one entity: who answers for it, what to do in an incident, what it needs and what needs it, its tools.

Systems, domains, groups and users have pages of their own and share the blocks of this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from waypost.catalog import block_yaml
from waypost.catalog.entities import Entity
from waypost.catalog.ownership import TEAM
from waypost.catalog.teams import is_derived
from waypost.integrations.urls import quote
from waypost.pages import definition, paths
from waypost.pages.columns import needs, users
from waypost.pages.made import made_from
from waypost.pages.markdown import DASH, NOTHING, Md, bold, code, file_link, join, link, prose, small, table, text
from waypost.pages.mermaid import Node, flowchart
from waypost.pages.page import Page
from waypost.pages.problems import problem_table
from waypost.pages.reference import overview
from waypost.pages.view import View, file_in

_STATES = {
    "orphan": ("WARNING", "Orphan: no descriptor declares it any more"),
    "stale": ("WARNING", "Stale: this page may be out of date"),
    "archived": ("IMPORTANT", "Archived: nobody works on it"),
}
# Where a tool's link is shown; what stands in the strip or under "In an incident" is not shown again.
_INCIDENT = (
    ("Runbook", ("runbook",)),
    ("Roll back", ("rollback",)),
    ("Dashboards", ("dashboard", "incident")),
    ("Logs", ("logs",)),
    ("Deployments", ("deploy",)),
)
_TOOLS = (
    ("Documentation", ("docs",)),
    ("Quality", ("quality",)),
    ("Security", ("security",)),
    ("Cloud", ("cloud",)),
    ("Work", ("work",)),
    ("Code", ("code",)),
    ("People", ("people", "ask")),
    ("Links", ("links",)),
)
SHAPES = {"api": "api", "resource": "store", "system": "system", "domain": "system"}
NEIGHBOUR = ("name", "type", "owner", "tier", "lifecycle")


def files(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """Write the page of a component, an API, a resource, or of a kind that has no page of its own."""
    entity = view.catalog.entities[ref]
    page = opened(view, entity)
    strip(view, page, entity)
    incident(view, page, entity)
    if entity.kind.lower() == "api":
        _api(view, page, entity)
    _neighbours(view, page, entity)
    tools(view, page, entity)
    closing(view, page, entity)
    return page.files()


def opened(view: View, entity: Entity) -> Page:
    """A new page: breadcrumbs, title, a box where the entity is not simply present, description, facts in one line."""
    page = Page(paths.page_file(entity.ref))
    page.begin(
        f"{entity.origin.path} in {entity.origin.repository}" if not is_derived(entity) else "a GitHub team",
        [view.link(ref, page.up) for ref in above(view, entity.ref)],
        text(entity.title),
    )
    if entity.state != "present":
        kind, title = _STATES.get(entity.state, ("NOTE", f"State: {entity.state}"))
        if entity.state == "orphan" and is_derived(entity):
            title = "Orphan: there is no such team any more"
        since = f"since {entity.since[:10]}" if entity.since else ""
        reason = join([text(entity.reason.removesuffix("."), 300), Md(since)], ", ")
        # What is said of the state is shown here, not again under the problems.
        fixes = [text(said.fix, 300) for said in view.catalog.problems_of(entity.ref) if said.id == entity.state]
        page.alert(kind, join([bold(Md(f"{title}.")), Md(f"{reason}.") if reason else NOTHING, *fixes[:1]], " "))
    page.say(prose(entity.description), facts(view, entity))
    return page


def above(view: View, ref: str) -> list[str]:
    """The domain and system that hold an entity, or the groups above a group, outermost first."""
    trail: list[str] = []
    parent = _parent(view, ref)
    while parent is not None and parent in view.catalog.entities and parent not in trail and parent != ref:
        trail.insert(0, parent)
        parent = _parent(view, parent) if len(trail) < 6 else None
    return trail


def _parent(view: View, ref: str) -> str | None:
    return view.one(ref, "partOf") or view.one(ref, "childOf")


def facts(view: View, entity: Entity) -> Md:
    """One line: kind, type, lifecycle, tier, tags."""
    pieces = [bold(text(entity.kind, 40))]
    values = (entity.spec.get(key) for key in ("type", "lifecycle"))
    pieces += [code(value, 40) for value in values if isinstance(value, str) and value.strip()]
    if tier := view.tier(entity.ref):
        pieces.append(Md(f"tier {text(tier, 20)}"))
    tags = entity.metadata.get("tags")
    if isinstance(tags, list) and tags:
        pieces.append(Md(" ".join(code(tag, 40) for tag in tags[:12])))
    return join(pieces)


def strip(view: View, page: Page, entity: Entity) -> None:
    """Who and now, in one table: what a stranger needs first."""
    owner = view.owner(entity.ref)

    def own_or_team(*sections: str) -> Md:
        found = view.in_short(entity.ref, *sections) or view.in_short(owner, *sections)
        return join(found[:3], "<br>") or DASH

    cells = {
        "Owner": view.owner_link(entity.ref, page.up),
        "On call": own_or_team("on-call"),
        "Chat": own_or_team("chat"),
    }
    if entity.kind.lower() not in ("system", "domain"):
        home = view.home(entity)
        cells["Repository"] = home.label if home else DASH
        cells["CI"] = join(view.in_short(entity.ref, "ci")[:3], "<br>") or DASH
    page.say(table(list(cells), [list(cells.values())]))


def incident(view: View, page: Page, entity: Entity) -> None:
    """What helps at three in the night, runbook first, then what changed last."""
    lines = [_lines(view, entity, _INCIDENT)]
    home = view.home(entity) if entity.kind.lower() == "component" else None
    if home and home.section == "repository":
        changes = [link(Md(name), f"{home.short}/{name}") for name in ("commits", "deployments", "releases")]
        lines.append(Md(f"- **Last changes:** {join(changes)}"))
    if any(lines):
        page.heading("In an incident")
        page.say(join(lines, "\n"))


def tools(view: View, page: Page, entity: Entity) -> None:
    """Where else to look: documentation, quality, cloud, work, and the descriptor's own links."""
    shown_above = ("People",) if entity.kind.lower() in ("group", "user") else ()
    if lines := _lines(view, entity, tuple(group for group in _TOOLS if group[0] not in shown_above)):
        page.heading("Documentation and tools")
        page.say(lines)


def _lines(view: View, entity: Entity, groups: tuple[tuple[str, tuple[str, ...]], ...]) -> Md:
    if not view.places(entity.ref):
        return NOTHING
    found = [(title, view.in_section(entity.ref, *sections)) for title, sections in groups]
    return Md("\n".join([f"- **{title}:** {join(labels)}" for title, labels in found if labels]))


def _api(view: View, page: Page, entity: Entity) -> None:
    page.heading("Interface")
    stated, kind = entity.spec.get("definition"), str(entity.spec.get("type") or "")
    written = stated if isinstance(stated, str) else ""
    found = definition.read(written, kind)
    consumers = users(view, entity.ref)
    teams = sorted({owner for ref in consumers if (owner := view.owner(ref))})
    cells = {
        "Version": code(found.version, 30) if found and found.version else DASH,
        "Provided by": view.links(view.related(entity.ref, "apiProvidedBy"), page.up),
        "#Used by": Md(str(len(consumers))),
        "Teams that use it": view.links(teams, page.up),
    }
    page.say(table(list(cells), [list(cells.values())]))
    if found:
        overview.show(page, entity.ref, text(entity.title), found)
    page.say(*definition.whole(written, kind))


def _neighbours(view: View, page: Page, entity: Entity) -> None:
    """What it provides, needs and is needed by, each as a table; then all of it as one diagram, folded."""
    ref = entity.ref
    needed, needing = needs(view, ref), users(view, ref)
    for title, section, refs, columns in (
        ("APIs it provides", "provides", view.related(ref, "providesApi"), ("name", "type", "lifecycle", "used by")),
        ("Parts", "parts", view.related(ref, "hasPart"), NEIGHBOUR),
        ("Depends on", "needs", needed, NEIGHBOUR),
        ("Used by", "users", needing, NEIGHBOUR),
    ):
        if refs:
            page.heading(title)
            page.listing(view, ref, section, refs, columns)
    providers = view.related(ref, "apiProvidedBy")
    page.fold(Md("Diagram: what needs it, what it needs"), _diagram(view, entity, [*providers, *needed], needing))


def _diagram(view: View, entity: Entity, needed: Sequence[str], needing: Sequence[str]) -> Md | None:
    """Users on the left, through the API they use where there is one; needs on the right."""
    ref = entity.ref
    provided = list(view.related(ref, "providesApi"))[:10]
    left, right = needing[: 29 - len(provided)], needed[:29]
    edges = [(ref, other) for other in right] + [(api, ref) for api in provided]
    for user in left:
        through = [api for api in provided if api in view.related(user, "consumesApi")]
        edges += [(user, api) for api in through] or [(user, ref)]
    others = dict.fromkeys([*left, *provided, *right])
    return flowchart([Node(ref, entity.title, "here"), *(node(view, other) for other in others if other != ref)], edges)


def node(view: View, ref: str) -> Node:
    """A box for an entity; one that is not in the catalog has a dashed edge."""
    entity = view.entity(ref)
    if entity is None:
        return Node(ref, ref, "outside")
    return Node(ref, entity.title, SHAPES.get(entity.kind.lower(), "service"))


def closing(view: View, page: Page, entity: Entity) -> None:
    """What is wrong with it, a place for people's words, and where all this comes from."""
    problems = [problem for problem in view.catalog.problems_of(entity.ref) if problem.id != entity.state]
    if problems:
        page.heading("Problems")
        page.say(problem_table(view, problems))
    if entity.kind == "Component":
        page.say(made_from(view, page.up, entity))
    page.custom()
    page.say(Md("---"), _team_origin(view, page, entity) if is_derived(entity) else origin(view, page, entity))


def origin(view: View, page: Page, entity: Entity) -> Md:
    """Where the facts come from, as of which commit, and how to change them."""
    where = entity.origin
    repository = view.repository(entity)
    url = view.repository_url(repository)
    branch = repository.default_branch
    read_at = where.commit or branch
    declared = link(code(where.path), file_in(url, read_at, where.path) + (f"#L{where.line}" if where.line > 1 else ""))
    commit = (
        join([link(code(where.commit[:7]), f"{url}/commit/{where.commit}"), Md(where.committed[:10])], ", ")
        if where.commit
        else NOTHING
    )
    if entity.state == "orphan" and not where.commit:
        declared = code(where.path)  # it is not there any more, and nobody knows when it was
    can_edit = entity.state != "orphan" and not repository.is_archived
    pieces = [
        Md(f"Declared in {text(repository.full_name)}: {declared}{f' as of {commit}' if commit else ''}"),
        link(Md("Edit"), file_in(url, branch, where.path, "edit")) if can_edit else NOTHING,
        link(Md("History"), file_in(url, branch, where.path, "commits")),
        file_link(Md("As data"), f"{page.root}{paths.entity_file(entity.ref)}"),
    ]
    return small(join(pieces))


def _team_origin(view: View, page: Page, entity: Entity) -> Md:
    """Where a team comes from that nobody declares, and how to declare it."""
    full_name = str(entity.annotations[TEAM])
    organisation, _, slug = full_name.partition("/")
    team = link(text(full_name), f"{view.site.server_url}/orgs/{quote(organisation)}/teams/{quote(slug)}")
    name = f"registrations/teams/{entity.name}.yaml"
    described = {"name": entity.name, "description": "What it does, in one line.", "annotations": {TEAM: full_name}}
    spec = {"type": "team", "children": []}
    draft = block_yaml.write({**entity.data, "metadata": described, "spec": spec})
    place = f"{view.site.url}/new/{quote(view.site.branch)}?filename={quote(name)}&value={quote(draft)}"
    pieces = [
        Md(f"From the GitHub team {team}, which no descriptor describes"),
        link(Md("Describe"), place) if entity.state == "present" else NOTHING,
        file_link(Md("As data"), f"{page.root}{paths.entity_file(entity.ref)}"),
    ]
    return small(join(pieces))
