"""Which repositories are offered a drafted descriptor, in which order, and why others are left out. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from waypost.catalog.catalog import Catalog
from waypost.catalog.coverage import infer
from waypost.catalog.drafting import NOBODY, Draft, draft
from waypost.catalog.entities import Repository, Snapshot
from waypost.catalog.steering import Onboarding

BRANCH = "waypost/onboard"  # one per repository, so that one pull request is all there ever is


class Offer(NamedTuple):
    """A repository that may be offered its draft."""

    snapshot: Snapshot
    draft: Draft

    @property
    def repository(self) -> Repository:
        return self.snapshot.repository


class LeftOut(NamedTuple):
    """A repository that is not asked, and why, in words."""

    repository: Repository
    reason: str


class Sorted(NamedTuple):
    """The undescribed repositories. What an owner was found for comes first: it is most likely to be agreed to."""

    offers: tuple[Offer, ...]
    left_out: tuple[LeftOut, ...]


def sort_out(catalog: Catalog, rules: Onboarding) -> Sorted:
    """Draft a descriptor for each undescribed repository that may be asked."""
    offers, left_out = [], []
    teams = catalog.people.teams if catalog.people else ()
    for snapshot in catalog.undescribed():
        reason = _reason(snapshot) or _reason_by_rules(snapshot.repository, rules)
        drafted = draft(snapshot.repository, infer(snapshot, teams), catalog.entities)
        if not reason and not drafted.name:
            reason = "every name that would do is taken in the catalog"
        if reason:
            left_out.append(LeftOut(snapshot.repository, reason))
        else:
            offers.append(Offer(snapshot, drafted))
    offers.sort(key=lambda offer: offer.draft.owner == NOBODY)  # stable: by name within
    return Sorted(tuple(offers), tuple(left_out))


def _reason(snapshot: Snapshot) -> str:
    """Say what about a repository makes a pull request pointless; "" when nothing does."""
    repository = snapshot.repository
    if any(source.blob for source in snapshot.sources):
        return "its descriptor has errors: see the problems page"
    if snapshot.state != "present":
        return "it could not be read"
    claims = {
        "it is archived": repository.is_archived,
        "it is a fork": repository.is_fork,
        "it is a template for other repositories": repository.is_template,
        "it is empty": not repository.head,
    }
    return next((reason for reason, holds in claims.items() if holds), "")


def _reason_by_rules(repository: Repository, rules: Onboarding) -> str:
    if not any(_is_named(pattern, repository) for pattern in rules.include):
        return "onboarding.include in waypost.yaml does not name it"
    if any(_is_named(pattern, repository) for pattern in rules.exclude):
        return "onboarding.exclude in waypost.yaml names it"
    return ""


def _is_named(pattern: str, repository: Repository) -> bool:
    name = repository.full_name if "/" in pattern else repository.name
    return fnmatchcase(name.lower(), pattern.lower())


class Reason(NamedTuple):
    """One thing that a draft says, and what told it."""

    field: str
    value: str
    words: str = ""  # of ours
    file: str = ""  # in the repository's root folder, where that told


def reasons(found: Draft) -> Iterator[Reason]:
    """Say of each field of a draft what it was guessed from."""
    guess = found.guess
    yield Reason(
        "name", found.name, f"the repository's name{'' if found.name == guess.name else '; that alone is taken'}"
    )
    words = "nothing: neither CODEOWNERS nor the name of a team tells. **Please name a team**"
    yield Reason("owner", found.owner, words if found.owner == NOBODY else guess.owner_from)
    words = "" if guess.type_from else "nothing: correct it if it is none"
    yield Reason("type", guess.type or "service", words, guess.type_from)
    if guess.description:
        yield Reason("description", guess.description, "the repository's description")
    yield from (Reason("API", one.type, file=one.file) for one in guess.definitions)
    if guess.mkdocs:
        yield Reason("documentation", "backstage.io/techdocs-ref", file=guess.mkdocs)
    if guess.tags:
        yield Reason("tags", ", ".join(guess.tags), "its language, files and topics")
