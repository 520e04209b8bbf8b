"""The name: whether a repository may have it, and whether one that has it is ours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from waypost.create.case import Case
from waypost.create.claim import why_taken
from waypost.create.kinds.paths import at
from waypost.golden.effects import UserAccess
from waypost.golden.plan import Fault

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


def repositories_are_ours(case: Case) -> Iterator[Fault]:
    """What is created belongs to this organisation and bears the name that was asked for."""
    wanted = case.workshop.organisation.lower()
    names = []
    for effect in case.repositories:
        owner, _, name = effect.repository.partition("/")
        names.append(name)
        if owner.lower() != wanted:
            yield Fault("repoUrl", f"the template creates {effect.repository}, outside {case.workshop.organisation}")
        if not _NAME.fullmatch(name) or name in (".", "..") or name.lower().endswith((".git", ".wiki")):
            fix = 'Use letters, digits, "-", "_" and ".", at most 100'
            yield Fault("name", f'"{name}" is no name for a repository. {fix}')
    made = {effect.repository.lower() for effect in case.repositories}
    others = {effect.repository: effect.step for effect in case.plan.effects if effect.repository.lower() not in made}
    for repository, step in sorted(others.items()):
        if repository.partition("/")[0].lower() != wanted:
            yield Fault(f"steps/{step}", f"it changes {repository}, outside {case.workshop.organisation}")
    if names and case.wish.name not in names:
        yield Fault("name", f"the template creates {names[0]}, not {case.wish.name}: set the parameter it is made of")


def names_are_free(case: Case) -> Iterator[Fault]:
    """Nobody has the name, or this request has and goes on with it."""
    for effect in case.repositories:
        found = case.workshop.look(at(effect.repository), f"looking for {effect.repository}")
        if found is None or found["full_name"].lower() != effect.repository.lower():
            continue
        if refusal := why_taken(case.workshop, found, case.request):
            yield Fault("name", refusal)
        else:
            yield from _strangers(case, effect.repository)


def _strangers(case: Case, repository: str) -> Iterator[Fault]:
    """A repository that seems begun by this request holds nobody but those whom it wants there.

    The mark of a request can be guessed and written by hand, to have a repository of one's own filled with secrets. Who
    makes a repository by hand is its administrator.
    """
    invited = {effect.user.lower() for effect in case.plan.effects if isinstance(effect, UserAccess)}
    invited |= {case.me.login.lower(), case.login.lower()}
    path = f"{at(repository)}/collaborators?affiliation=direct&per_page=100"
    for person in case.workshop.look(path, f"looking who is in {repository}") or ():
        if person["login"].lower() not in invited:
            said = f"{repository} is there and {person['login']} is in it, whom this request does not know"
            yield Fault("name", f"{said}. Choose another name, or have them removed")
