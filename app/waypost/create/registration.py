"""Whether a new repository's descriptor is right before it is made, and in the catalog afterwards."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from waypost.catalog import records
from waypost.catalog.check import Checked, check
from waypost.catalog.documents import parse
from waypost.catalog.entities import Entity
from waypost.catalog.problems import Severity
from waypost.catalog.teams import is_derived
from waypost.create.kinds.paths import at, part
from waypost.forge.creating import Workshop
from waypost.golden.effects import FilesPushed, Registered
from waypost.golden.plan import Fault, Plan
from waypost.golden.tree import File
from waypost.pages.paths import entity_file

POLL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a repository that is to be made will declare."""

    repository: str
    path: str
    documents: tuple[Checked, ...]

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(one.ref for one in self.documents if one.ref)


def descriptors(plan: Plan) -> list[Descriptor]:
    """Return the descriptors among the files that the plan pushes into repositories to be registered."""
    pushed = {effect.repository.lower(): effect.files for effect in plan.effects if isinstance(effect, FilesPushed)}
    found = []
    for effect in plan.effects:
        if isinstance(effect, Registered):
            file = pushed.get(effect.repository.lower(), {}).get(effect.path.lstrip("/"))
            text = file.data.decode("utf-8", "replace") if isinstance(file, File) else ""
            documents = tuple(check(document) for document in parse(text).documents)
            found.append(Descriptor(effect.repository, effect.path, documents))
    return found


def faults(plan: Plan, recorded: Mapping[str, Entity]) -> Iterator[Fault]:
    """Say what keeps the new repository out of the catalog: a descriptor that is wrong, or a name that is taken."""
    optional = {
        effect.repository.lower() for effect in plan.effects if isinstance(effect, Registered) and effect.is_optional
    }
    for one in descriptors(plan):
        if not one.documents:
            if one.repository.lower() not in optional and _is_pushed(plan, one.repository):
                message = f"{one.repository} is to be registered, but the template makes no {one.path}"
                yield Fault(one.path, f"{message}. Add it to the skeleton")
            continue
        for document in one.documents:
            for problem in document.problems:
                if problem.severity is Severity.ERROR:
                    where = f"{one.path}:{problem.line}"
                    yield Fault(where, f"{problem.path or 'descriptor'}: {problem.message}. {problem.fix}".rstrip())
        for ref in one.refs:
            holder = recorded.get(ref)
            if (
                holder is not None
                and not is_derived(holder)
                and holder.origin.repository.lower() != one.repository.lower()
            ):
                yield Fault(one.path, f"{ref} is already declared by {holder.origin.repository}. Choose another name")


def _is_pushed(plan: Plan, repository: str) -> bool:
    return any(isinstance(one, FilesPushed) and one.repository.lower() == repository.lower() for one in plan.effects)


def wait(
    workshop: Workshop,
    catalog: str,
    ref: str,
    repository_id: int,
    seconds: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> bool:
    """Look until the catalog records the entity for this repository; say whether it does."""
    began = clock()
    while not _is_recorded(workshop, catalog, ref, repository_id):
        if clock() - began >= seconds:
            return False
        sleep(POLL_SECONDS)
    return True


def _is_recorded(workshop: Workshop, catalog: str, ref: str, repository_id: int) -> bool:
    path = f"{at(catalog)}/contents/{'/'.join(part(one) for one in entity_file(ref).split('/'))}"
    found = workshop.look(path, f"looking for {ref} in {catalog}")
    if not isinstance(found, Mapping) or found.get("encoding") != "base64":
        return False
    try:
        record = records.read(b64decode(found["content"]).decode("utf-8", "replace"))
    except ValueError:
        return False
    return record.origin.repository_id == repository_id
