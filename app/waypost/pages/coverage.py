"""What nobody has described yet: the repositories without a descriptor, and what can be told of them all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from waypost import limits
from waypost.catalog.coverage import Inferred, infer
from waypost.catalog.drafting import FILE, draft
from waypost.catalog.entities import Snapshot
from waypost.integrations.urls import quote
from waypost.pages import paths
from waypost.pages.census import census
from waypost.pages.markdown import DASH, Md, file_link, link, table, text
from waypost.pages.page import Page
from waypost.pages.view import View

ROWS = 200  # a row holds the link that opens a drafted descriptor: up to 2,500 bytes


def files(view: View) -> Iterator[tuple[str, str]]:
    """The coverage page, in parts where many repositories are undescribed."""
    missing = sorted(view.catalog.undescribed(), key=lambda snapshot: snapshot.repository.full_name.lower())
    whole = census(view).repositories
    page = Page(paths.COVERAGE)
    page.begin(f"the repositories of {view.catalog.organisation}", [], Md("Coverage"))
    described = whole - len(missing)
    share = f" ({described * 100 // whole} %)" if whole else ""
    page.say(Md(f"**{described:,} of {whole:,} repositories** are described{share}."))
    if missing:
        page.say(
            Md(
                "These are not. What is shown of them is inferred from CODEOWNERS, teams, languages and files: a "
                "guess, until a descriptor says it. *Describe* opens a draft on GitHub; nothing is written before you "
                "commit it."
            )
        )
    if whole:
        page.say(Md(quota(whole)))
    chunks = [missing[start : start + ROWS] for start in range(0, len(missing), ROWS)]
    if len(chunks) == 1:
        page.say(_table(view, chunks[0]))
    else:
        page.say(Md("\n".join(_part(view, page, number, chunk) for number, chunk in enumerate(chunks, 1))))
    return page.files()


def quota(repositories: int) -> str:
    """Say what a full look costs, of what GitHub's published formula allows an installation of this size.

    What is left at this moment would change these bytes each time: metrics tell that.
    """
    further = max(0, repositories - limits.REPOSITORIES_WITHOUT_FURTHER_CALLS)
    allowed = limits.CALLS_PER_HOUR + limits.CALLS_PER_FURTHER_REPOSITORY * further
    calls = -(-repositories // limits.REPOSITORIES_PER_READ)
    return (
        f"Looking at all {repositories:,} repositories anew takes about {calls:,}"
        f" of the {min(allowed, limits.MOST_CALLS_PER_HOUR):,} calls that GitHub allows an hour;"
        " what is left now is on the server's /metrics."
    )


def _part(view: View, page: Page, number: int, chunk: Sequence[Snapshot]) -> str:
    part = Page(f"pages/coverage/{number}.md")
    back = file_link(Md("Coverage"), f"{part.root}{paths.COVERAGE}")
    first, last = text(chunk[0].repository.name), text(chunk[-1].repository.name)
    part.begin(f"the repositories of {view.catalog.organisation}", [back], Md(f"Not described: {first} to {last}"))
    part.say(_table(view, chunk))
    page.parts.append((part.path, part.text()))
    return f"- {file_link(Md(f'{first} to {last}'), f'{page.root}{part.path}')}: {len(chunk)}"


def _table(view: View, missing: Sequence[Snapshot]) -> Md:
    headings = ["Repository", "Probably", "Owner, perhaps", "Language", "Has", ""]
    return table(headings, (_row(view, snapshot) for snapshot in missing))


def _row(view: View, snapshot: Snapshot) -> list[Md]:
    repository = snapshot.repository
    people = view.catalog.people
    guess = infer(snapshot, people.teams if people else ())
    name = link(text(repository.full_name), view.repository_url(repository))
    if snapshot.state == "stale":
        name = Md(f"{name} (could not be read: {text(snapshot.reason)})")
    return [
        name,
        text(guess.type) or DASH,
        text(guess.owner) or DASH,
        text(repository.language) or DASH,
        text(", ".join(_assets(guess))) or DASH,
        _describe(view, snapshot, guess),
    ]


def _assets(guess: Inferred) -> Iterator[str]:
    """What lies there for readers and callers."""
    yield from (f"{definition.type} API" for definition in guess.definitions)
    if guess.has_docs:
        yield "docs"
    if guess.has_terraform:
        yield "Terraform"


def _describe(view: View, snapshot: Snapshot, guess: Inferred) -> Md:
    """A link to GitHub's editor with a drafted descriptor; none where nobody can commit."""
    repository = snapshot.repository
    if repository.is_archived:
        return Md("archived")
    if any(source.blob for source in snapshot.sources):
        return Md("its descriptor has errors: see " + file_link(Md("Problems"), f"../../{paths.PROBLEMS}"))
    written = draft(repository, guess).text
    place = f"{view.repository_url(repository)}/new/{quote(repository.default_branch)}"
    return link(Md("Describe"), f"{place}?filename={FILE}&value={quote(written)}")


def descriptor(name: str, kind: str, owner: str) -> str:
    """A descriptor to begin with."""
    return f"""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  description: What it does, in one line.
spec:
  type: {kind}
  lifecycle: production
  owner: {owner}
"""
