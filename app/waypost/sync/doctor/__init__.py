"""The checks of `waypost doctor`, in the order in which their answers explain each other. They write to no forge."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from waypost.forge.protocol import ForgeError
from waypost.sync.doctor import apps, catalogs, installed, machine, workflow
from waypost.sync.doctor.finding import Finding, error
from waypost.sync.doctor.patient import Patient

CHECKS: list[Callable[[Patient], Iterator[Finding]]] = [
    machine.signing,
    machine.secrets_file,
    machine.database,
    machine.worker,
    machine.set_aside,
    apps.reachable,
    apps.webhook,
    apps.events,
    apps.deliveries,
    workflow.reading,
    workflow.rules,
    workflow.refreshes,
    installed.installed,
    installed.permissions,
    installed.quota,
    catalogs.catalogs,
]
VITAL = (apps.reachable, workflow.reading)  # the first of them that asks the forge


def examine(patient: Patient) -> Iterator[Finding]:
    """Run every check; when the forge does not know us, the rest would only say so again."""
    for check in CHECKS:
        try:
            yield from check(patient)
        except ForgeError as problem:
            subject = check.__name__.replace("_", " ")
            yield error(subject, str(problem), "Mend that, then run waypost doctor again")
            if check in VITAL:
                return
