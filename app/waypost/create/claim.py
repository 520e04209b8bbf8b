"""Have the repository, and know that it is ours: made by this request, whoever began it. Refuses everybody else's."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from waypost.catalog.made_from import FILE
from waypost.create.kinds.paths import at, part
from waypost.create.kinds.repository import creation, read_repository
from waypost.create.marks import is_made_by, unfinished
from waypost.create.run import Run, is_refusal, placed
from waypost.forge.creating import Workshop
from waypost.forge.protocol import ForgeError
from waypost.golden import answers
from waypost.golden.effects import RepositoryExists


class Taken(ForgeError):
    """The name belongs to somebody else's repository."""


def claim(run: Run, effect: RepositoryExists) -> None:
    """Make the repository, or find that this request has made it; raise Taken when another has."""
    found = read_repository(run.workshop, effect)
    if found is None:
        found = _made(run, effect)
    elif refusal := why_taken(run.workshop, found, run.request):
        raise Taken(refusal)
    place = placed(found)._replace(default_branch=effect.default_branch or "main")
    run.places[effect.repository.lower()] = place


def _made(run: Run, effect: RepositoryExists) -> Mapping[str, Any]:
    run.fresh.add(effect.repository.lower())
    try:
        made: Mapping[str, Any] = run.write(creation(effect, run.request))
        return made
    except ForgeError as error:
        if not is_refusal(error):
            raise
        # Somebody was faster: with the same request that is no trouble.
        found: Mapping[str, Any] | None = read_repository(run.workshop, effect)
        if found is None:
            raise
        if refusal := why_taken(run.workshop, found, run.request):
            raise Taken(refusal) from error
        return found


def why_taken(workshop: Workshop, found: Mapping[str, Any], request: str) -> str:
    """Say whose a repository is when this request did not make it; "" when it did."""
    name, other = found["full_name"], unfinished(found.get("description"))
    if other == request:
        return ""
    if other:
        return f"{name} is being created by another request ({other}). Choose another name, or go on with that one"
    remembered = memory(workshop, name, found.get("default_branch") or "main")
    if is_made_by(remembered, request):
        return ""
    since = str(found.get("created_at", ""))[:10]
    maker = f" from {remembered.template}" if remembered else ""
    return f"the name {name} is taken by a repository created on {since}{maker}. Choose another: --name"


def memory(workshop: Workshop, full_name: str, commit: str) -> answers.Answers | None:
    """Return what `.waypost.yaml` of a repository says at a branch or commit; None without one."""
    path = f"{at(full_name)}/contents/{FILE}?ref={part(commit)}"
    found = workshop.look(path, f"looking for {FILE} in {full_name}")
    if not isinstance(found, Mapping) or found.get("encoding") != "base64":
        return None
    return answers.parsed(b64decode(found["content"]).decode("utf-8", "replace"))
