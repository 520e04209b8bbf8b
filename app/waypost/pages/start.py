"""The pages for people who are new here: what to read first, and how to register what they have."""

from __future__ import annotations

from collections.abc import Iterator

from waypost.integrations.urls import quote
from waypost.pages import paths
from waypost.pages.census import census
from waypost.pages.columns import rows
from waypost.pages.coverage import descriptor
from waypost.pages.markdown import Md, fence, file_link, table
from waypost.pages.page import Page
from waypost.pages.view import View

MOST_USED = 10
MOST_NAMED = 40
_USED = ("name", "type", "owner", "used by")


def start_files(view: View) -> Iterator[tuple[str, str]]:
    """Day one: the teams, the words, the services everybody meets."""
    page = Page(paths.START)
    page.begin(f"the catalog of {view.catalog.organisation}", [], Md("Start here"))
    page.say(
        Md("Welcome. Everything in this repository is text that you can read, search and clone: this is the way in.")
    )
    page.heading("Your first day")
    lines = []
    if view.catalog.refs("group"):
        teams = file_link(Md("your team"), f"{page.root}{paths.list_file('group')}")
        lines.append(f"1. Find {teams}: its page says how to reach it and what it owns.")
    lines.append("1. Open the page of each thing it owns. The top tells you who, and what to do in an incident.")
    lines.append(f"1. Look for anything else on {file_link(Md('Find'), f'{page.root}{paths.FIND}')}.")
    lines.append(f"1. Is something of yours missing? {file_link(Md('Register'), f'{page.root}{paths.REGISTER}')} it.")
    page.say(Md("\n".join(lines)))
    _words(view, page)
    _most_used(view, page)
    page.custom()
    return page.files()


def _words(view: View, page: Page) -> None:
    """Domains and systems are the words of the house. Their descriptions are on their own pages."""
    words = []
    for domain in view.catalog.refs("domain")[:MOST_NAMED]:
        systems = [ref for ref in view.related(domain, "hasPart") if ref.startswith("system:")]
        words.append([view.link(domain, page.up), view.links(systems, page.up, 8)])
    loose = [ref for ref in view.catalog.refs("system") if not view.domain(ref)]
    if loose:
        words.append([Md("(in no domain)"), view.links(loose, page.up, 8)])
    if words:
        page.heading("The words we use")
        page.say(table(["Domain", "Systems in it"], words))


def _most_used(view: View, page: Page) -> None:
    """What most others need: components by how many use them, or an API of theirs."""
    ranked = census(view).used[:MOST_USED]
    if ranked:
        page.heading("What you will meet most")
        page.say(rows(view, _USED, [ref for _, ref in ranked], page.up))


def register_files(view: View) -> Iterator[tuple[str, str]]:
    """How to put something into the catalog: a file in its repository, or one in this repository."""
    page = Page(paths.REGISTER)
    page.begin(f"the settings of {view.catalog.organisation}", [], Md("Register"))
    page.say(
        Md("Put a file named `catalog-info.yaml` at the root of your repository and push it to the default branch:"),
        fence(descriptor("my-service", "service", "my-team"), "yaml"),
        Md(
            "It appears here seconds after the push. What cannot be read is listed under "
            + file_link(Md("Problems"), f"{page.root}{paths.PROBLEMS}")
            + ", with the line and how to mend it."
        ),
    )
    page.heading("Where the repository cannot hold one")
    name = "registrations/my-service.yaml"
    draft = quote(descriptor("my-service", "service", "my-team"))
    new = f"{view.site.url}/new/{quote(view.site.branch)}?filename={quote(name)}&value={draft}"
    page.say(
        Md(
            "Teams, systems, domains and services from elsewhere are registered by a pull request: "
            f"[begin a file in `registrations/`]({new})."
        )
    )
    page.heading("What the words mean")
    page.say(
        table(
            ["Field", "What to write"],
            [
                [Md("`metadata.name`"), Md("letters, digits, `-`, `_`, `.`: unique in the organisation")],
                [Md("`spec.type`"), Md("`service`, `website`, `library`, or a word of your own")],
                [Md("`spec.lifecycle`"), Md("`experimental`, `production` or `deprecated`")],
                [
                    Md("`spec.owner`"),
                    Md(
                        "the name of a team: " + file_link(Md("all teams"), f"{page.root}{paths.list_file('group')}")
                        if view.catalog.refs("group")
                        else "the name of a team"
                    ),
                ],
                [Md("`spec.system`"), Md("what it is a part of, if anything")],
                [Md("`spec.dependsOn`"), Md("what it needs, as `component:name` or `resource:name`")],
            ],
        )
    )
    return page.files()
