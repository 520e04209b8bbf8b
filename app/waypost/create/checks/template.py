"""The template and what it makes: whether it can be carried out, and shown."""

from __future__ import annotations

from collections.abc import Iterator

from waypost.catalog.problems import Severity
from waypost.create import registration
from waypost.create.case import Case
from waypost.create.texts import texts
from waypost.create.wish import Door
from waypost.golden.effects import VariableSet
from waypost.golden.forms import obstacles
from waypost.golden.plan import Fault
from waypost.golden.steps import MASK

SHORTEST_SECRET = 6  # a shorter value is found in any file


def template_is_sound(case: Case) -> Iterator[Fault]:
    for problem in case.template.problems:
        if problem.severity is Severity.ERROR:
            text = f"{problem.path.strip('/') or 'template'}: {problem.message}. {problem.fix}".rstrip()
            yield Fault(f"{problem.file}:{problem.line}", text)
    if not case.version:
        said = "it stands in a folder, not in the catalog repository: which version made the repository is not recorded"
        yield Fault("template", said, is_error=False)


def door_is_wide_enough(case: Case) -> Iterator[Fault]:
    """A secret that must be given cannot come through a door where others read along."""
    if case.wish.door is not Door.COMMAND:
        yield from obstacles(case.template)


def plan_is_possible(case: Case) -> Iterator[Fault]:
    yield from case.plan.faults


def descriptors_are_right(case: Case) -> Iterator[Fault]:
    yield from registration.faults(case.plan, case.books.entities)


def secrets_stay_secret(case: Case) -> Iterator[Fault]:
    """No secret is in a file, a text or a setting that others can read; what would be masked there is no use either."""
    for effect in case.plan.effects:
        if isinstance(effect, VariableSet) and MASK in effect.value:
            fix = "Everybody could read it there: set it as a secret"
            yield Fault(f"steps/{effect.step}", f"the variable {effect.name} is made of a secret. {fix}")
    values = {name: value for name, value in case.wish.secrets.items() if len(value) >= SHORTEST_SECRET}
    for effect in case.plan.effects if values else ():
        for place, text in texts(effect):
            for name, value in values.items():
                if value in text:
                    fix = "Hand it on as a repository secret instead"
                    yield Fault(f"steps/{effect.step}", f"the secret {name} would be readable in {place}. {fix}")
