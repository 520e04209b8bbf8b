"""Small organisations for tests: entities without files, snapshots without a forge."""

from __future__ import annotations

from waypost.catalog.entities import Entity, Origin, Repository, Snapshot
from waypost.catalog.kinds import CUSTOM_FIELDS, KINDS
from waypost.catalog.refs import full_ref
from waypost.catalog.relations import relations


def entity(number, kind, name, namespace="default", *, repository="", path="catalog-info.yaml", metadata=None, **spec):
    """An entity of repository `number`, as reading its descriptor would give it."""
    named = {"name": name} | ({} if namespace == "default" else {"namespace": namespace})
    data = {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": named | (metadata or {}), "spec": spec}
    ref = full_ref(kind, namespace, name)
    stated, _ = relations(ref, namespace, spec, KINDS[kind].fields if kind in KINDS else CUSTOM_FIELDS)
    origin = Origin(number, repository or f"acme/r{number}", path, commit="c" * 40, committed="2026-01-01T00:00:00Z")
    return Entity(ref, kind, namespace, name, data, origin, stated)


def snapshot(number, *entities, name="", problems=(), sources=(), state="present", reason="", since="", **repository):
    """What was read of repository `number`."""
    home = Repository(number, "acme", name or f"r{number}", **repository)
    return Snapshot(home, entities, tuple(problems), tuple(sources), state=state, reason=reason, since=since)


def ids(problems):
    return sorted(problem.id for problem in problems)
