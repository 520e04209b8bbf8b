"""A catalog as pages need it: names, links, owners, tiers and tools of an entity, each worked out once.

Holds nothing that the catalog does not say; it only remembers what it was asked before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from waypost.catalog.entities import Entity, Repository
from waypost.catalog.problems import Severity
from waypost.catalog.tiers import tier
from waypost.integrations import Shown, prepare, show
from waypost.integrations.urls import quote, quote_path, safe_url
from waypost.pages import paths
from waypost.pages.markdown import DASH, NOTHING, Md, code, file_link, join, link, text
from waypost.pages.site import Site

if TYPE_CHECKING:
    from waypost.catalog.build import Catalog

# Words in the type, icon or title of a descriptor's link that say what it is for.
_LINK_WORDS = {
    "runbook": "runbook", "runbooks": "runbook", "playbook": "runbook", "rollback": "rollback",
    "dashboard": "dashboard", "dashboards": "dashboard", "grafana": "dashboard", "metrics": "dashboard",
    "monitoring": "dashboard",
    "logs": "logs", "log": "logs", "logging": "logs", "kibana": "logs", "traces": "logs",
    "pager": "on-call", "oncall": "on-call", "pagerduty": "on-call", "opsgenie": "on-call",
    "chat": "chat", "slack": "chat", "msteams": "chat", "discord": "chat", "mattermost": "chat", "channel": "chat",
    "docs": "docs", "documentation": "docs", "wiki": "docs", "confluence": "docs", "handbook": "docs",
    "ci": "ci", "pipeline": "ci", "build": "ci",
    "ask": "ask", "support": "ask", "request": "ask", "help": "ask",
}  # fmt: skip


TECHDOCS = "backstage.io/techdocs-ref"
REMEMBERED = 2_000  # entities about whose neighbours something is kept
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,100}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}")


class Address(NamedTuple):
    """Something to open, or to read where it has no address: what it is for, its name and where it leads."""

    section: str
    label: Md
    short: Md  # where there is little room


class View:
    """One catalog on one site, while its pages are written."""

    def __init__(self, catalog: Catalog, site: Site) -> None:
        self.catalog = catalog
        self.site = site
        self.toolbox = prepare(
            site.integrations,
            catalog.settings.integrations,
            {"server": site.server_url, "organisation": catalog.organisation},
        )
        self._names: dict[str, Md] = {}
        self._links: dict[tuple[str, str], Md] = {}
        self._related: dict[str, dict[str, list[str]]] = {}
        self._owners: dict[str, str | None] = {}
        self._systems: dict[str, str | None] = {}
        self._places: dict[str, dict[str, list[Address]]] = {}
        self.users: dict[str, list[str]] = {}  # see `columns`, also for the rows
        self.rows: dict[tuple[Sequence[str], str], dict[str, tuple[Md, ...]]] = {}  # (columns, up) -> ref -> cells

    def trim(self) -> None:
        """Let go of what was worked out once it is much, so that memory does not follow the size of the catalog."""
        if len(self._related) < REMEMBERED:
            return
        for known in (self._names, self._links, self._related, self._owners, self._systems, self._places):
            known.clear()
        self.users.clear()
        self.rows.clear()

    def entity(self, ref: str) -> Entity | None:
        return self.catalog.entities.get(ref)

    def name(self, ref: str) -> Md:
        """The title of an entity, or the ref of one that does not exist."""
        known = self._names.get(ref)
        if known is None:
            entity = self.catalog.entities.get(ref)
            known = self._names[ref] = text(entity.title) if entity else code(ref)
        return known

    def link(self, ref: str, up: str) -> Md:
        """A link to an entity's page, `up` being the way to `pages/`; a ref that leads nowhere says so."""
        known = self._links.get((ref, up))
        if known is None:
            if ref in self.catalog.entities:
                known = file_link(self.name(ref), up + paths.page_file(ref).removeprefix("pages/"))
            else:
                known = Md(f"{self.name(ref)} (not in the catalog)")
            self._links[ref, up] = known
        return known

    def links(self, refs: Iterable[str], up: str, most: int = 10) -> Md:
        """Several links in a cell."""
        all_refs = list(refs)
        shown = ", ".join(self.link(ref, up) for ref in all_refs[:most])
        return Md(shown + (f" and {len(all_refs) - most} more" if len(all_refs) > most else "")) if shown else DASH

    def related(self, ref: str, relation: str) -> Sequence[str]:
        """The targets of one type of relation, sorted."""
        known = self._related.get(ref)
        if known is None:
            known = self._related[ref] = {}
            for _, type, target in self.catalog.relations(ref):
                if type in known:
                    known[type].append(target)
                else:
                    known[type] = [target]
        return known.get(relation, ())

    def one(self, ref: str, relation: str) -> str | None:
        """The only, or first, target of a relation."""
        found = self.related(ref, relation)
        return found[0] if found else None

    def owner(self, ref: str) -> str | None:
        if ref not in self._owners:
            self._owners[ref] = self.catalog.owner(ref)
        return self._owners[ref]

    def owner_link(self, ref: str, up: str) -> Md:
        """The owner of an entity; one that was named but is not known is shown as written."""
        owner = self.owner(ref)
        if owner is not None:
            return self.link(owner, up)
        if login := self.catalog.member(ref):
            return self.account(login)
        entity = self.catalog.entities.get(ref)
        written = entity.spec.get("owner") if entity else None
        return Md(f"{code(written)} (unknown)") if isinstance(written, str) and written.strip() else DASH

    def account(self, login: str) -> Md:
        """A person whom only GitHub knows."""
        return link(text(login), f"{self.site.server_url}/{quote(login)}")

    def system(self, ref: str) -> str | None:
        """The system an entity is part of; a subcomponent is in the system of its component."""
        if ref not in self._systems:
            self._systems[ref] = self._find_system(ref)
        return self._systems[ref]

    def _find_system(self, ref: str) -> str | None:
        for _ in range(5):
            parents = self.related(ref, "partOf")
            parent = next((target for target in parents if target.startswith("system:")), None)
            if parent is not None or not parents:
                return parent
            ref = parents[0]
        return None

    def domain(self, ref: str) -> str:
        """The domain of a system, or of what is part of one; "" when it is in none."""
        holder = ref if ref.startswith("system:") else self.system(ref)
        above = self.one(holder, "partOf") if holder else self.one(ref, "partOf")
        return above if above and above.startswith("domain:") and above in self.catalog.entities else ""

    def tier(self, ref: str) -> str:
        """How much depends on it, as the organisation counts: the label or annotation `tier`."""
        entity = self.catalog.entities.get(ref)
        return tier(entity) if entity else ""

    def repository(self, entity: Entity) -> Repository:
        """The repository that declares an entity, as last seen."""
        snapshot = self.catalog.snapshots.get(entity.origin.repository_id)
        if snapshot is not None:
            return snapshot.repository
        owner, _, name = entity.origin.repository.partition("/")
        return Repository(entity.origin.repository_id, owner, name)

    def repository_url(self, repository: Repository) -> str:
        """Its page on GitHub."""
        own = safe_url(repository.url, self.site.server_url) if repository.url else None
        return own or f"{self.site.server_url}/{quote_path(repository.full_name)}"

    def places(self, ref: str) -> Mapping[str, Sequence[Address]]:
        """Where an entity's annotations and links lead, by section, in the order of the tools and then as declared."""
        known = self._places.get(ref)
        if known is None:
            known = self._places[ref] = {}
            entity = self.catalog.entities.get(ref)
            for place in self._find_places(entity) if entity else ():
                known.setdefault(place.section, []).append(place)
        return known

    def _find_places(self, entity: Entity) -> list[Address]:
        found = []
        if not self.toolbox.rules.keys().isdisjoint(entity.annotations):
            shown = show(self.toolbox, entity.annotations, self._facts(entity))
            found = [Address(one.section, _shown(one, one.title), _shown(one, one.tool)) for one in shown]
        if entity.annotations.get(TECHDOCS) and self.catalog.settings.docs.has_markdown:
            found.insert(0, self._collected(entity))
        links = entity.metadata.get("links")
        for item in links if isinstance(links, list) else ():
            if isinstance(item, dict) and isinstance(item.get("url"), str):
                label = item.get("title") or item["url"]
                url = safe_url(item["url"], self.site.server_url)
                place = link(text(label), url) if url else Md(f"{text(label)} {code(item['url'])}")
                found.append(Address(_section(item), place, place))
        return found

    def _collected(self, entity: Entity) -> Address:
        """Where its documentation is read: on a branch that is not looked at here, so that it may not have arrived."""
        folder = f"{self.site.url}/tree/{paths.DOCS_BRANCH}/markdown/{quote_path(paths.docs_place(entity.ref))}"
        label = join([link(Md("Read it"), folder), Md("(once published)")], " ")
        return Address("docs", label, label)

    def _facts(self, entity: Entity) -> dict[str, str]:
        """What addresses of tools may use besides the value: where the entity was declared."""
        repository = self.repository(entity)
        url = self.repository_url(repository)
        folder = entity.origin.path.rpartition("/")[0]
        here = file_in(url, repository.default_branch, folder, "tree").rstrip("/")
        return {"repository": url, "here": here, "name": quote(entity.name)}

    def home(self, entity: Entity) -> Address | None:
        """Where its code is: what it says itself, else the repository that declares it, unless that is the catalog."""
        slug = entity.annotations.get("github.com/project-slug")
        if isinstance(slug, str) and _SLUG.fullmatch(slug):
            return _home(slug, f"{self.site.server_url}/{slug}")
        source = entity.annotations.get("backstage.io/source-location")
        if isinstance(source, str) and source.startswith("url:"):
            url = safe_url(source[4:].rstrip("/"), self.site.server_url)
            own = url.removeprefix(f"{self.site.server_url}/") if url else ""
            if url and own != url and _SLUG.fullmatch("/".join(own.split("/")[:2])):
                return _home("/".join(own.split("/")[:2]), f"{self.site.server_url}/{'/'.join(own.split('/')[:2])}")
            if url:
                return Address("elsewhere", link(text(url.partition("://")[2], 60), url), DASH)
        repository = self.repository(entity)
        if repository.full_name.lower() == self.site.catalog_repository.lower():
            return None
        return _home(repository.full_name, self.repository_url(repository))

    def in_section(self, ref: str | None, *sections: str) -> list[Md]:
        """The labels of what belongs in these sections."""
        known = self.places(ref) if ref else {}
        return [place.label for section in sections for place in known.get(section, ())] if known else []

    def in_short(self, ref: str | None, *sections: str) -> list[Md]:
        """The same where there is little room: each only once."""
        known = self.places(ref) if ref else {}
        shown = [place.short for section in sections for place in known.get(section, ())] if known else []
        return list(dict.fromkeys(shown)) if len(shown) > 1 else shown

    def counted_problems(self, ref: str) -> int:
        """How many things are wrong with an entity, errors and warnings; a note is none."""
        return sum(problem.severity is not Severity.NOTE for problem in self.catalog.problems_of(ref))


def _shown(shown: Shown, title: str) -> Md:
    if shown.url:
        whole = link(text(title), shown.url)
    else:
        value = code(shown.value, 60) if shown.value and shown.value not in title else NOTHING
        whole = join([text(title), value], " ")
    if shown.badge:
        whole = Md(f"{whole} ![{text(shown.tool)}]({shown.badge})")
    if shown.state:
        mark = {True: "✓ ", False: "✗ ", None: ""}[shown.is_good]
        whole = Md(f"{whole} {mark}{text(shown.state)} (as of {text(shown.as_of or 'an unstated date')})")
    return whole


def _section(item: Mapping[str, object]) -> str:
    for key in ("type", "icon", "title"):
        for word in str(item.get(key) or "").lower().replace("-", "").replace("_", " ").split():
            if section := _LINK_WORDS.get(word.strip(".,:()")):
                return section
    return "links"


def _home(slug: str, url: str) -> Address:
    """`short` holds the bare address: what other links are made from."""
    return Address("repository", link(text(slug), url), Md(url))


def file_in(repository_url: str, branch: str, path: str, what: str = "blob") -> str:
    """The address of a file on GitHub: to read (blob), edit, or see its history (commits)."""
    return f"{repository_url}/{what}/{quote_path(branch)}/{quote_path(path)}"
