"""Snapshots as compact JSON for the cache, and back, exactly. A form of its own: nobody else should read it."""

from __future__ import annotations

import json
from sys import intern
from typing import Any

from waypost.catalog.entities import Entity, Evidence, Origin, Relation, Repository, Snapshot, Source
from waypost.catalog.made_from import MadeFrom
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.template_folders import TemplateFolder

VERSION = 3
_TOPICS = 11  # where they stand among the facts of a repository; what was added later follows them
_SHORT = 40  # letters, to which words repeat from entity to entity: owners, systems, types, tags


class OtherVersion(ValueError):
    """The snapshot was written by another version of Waypost: read the repository again."""


def dump(snapshot: Snapshot) -> bytes:
    """Return a snapshot as bytes."""
    value = [
        VERSION,
        _repository(snapshot.repository),
        [_entity(entity) for entity in snapshot.entities],
        [_problem(problem) for problem in snapshot.problems],
        snapshot.sources,
        snapshot.watched,
        [snapshot.evidence.owners, snapshot.evidence.files],
        [snapshot.state, snapshot.reason, snapshot.since],
        snapshot.made_from,
        snapshot.folders,
    ]
    return json.dumps(value, separators=(",", ":")).encode()


def load(data: bytes) -> Snapshot:
    """Return the snapshot; raise OtherVersion (a ValueError) when it has another form."""
    value = json.loads(data)
    if not isinstance(value, list) or value[:1] != [VERSION]:
        raise OtherVersion("the cached snapshot was written by another version of Waypost")
    _, repository, entities, problems, sources, watched, (owners, files), (state, reason, since), made_from, folders = (
        value
    )
    repository[_TOPICS] = tuple(repository[_TOPICS])
    return Snapshot(
        Repository(*repository),
        tuple(_load_entity(entity) for entity in entities),
        tuple(_load_problem(problem) for problem in problems),
        tuple(Source(*source) for source in sources),
        tuple(watched),
        Evidence(tuple(owners), tuple(files)),
        state,
        reason,
        since,
        MadeFrom(*made_from) if made_from else None,
        tuple(_load_folder(folder) for folder in folders),
    )


def share(value: Any) -> Any:
    """Return plain JSON values with one text of each short word, to be kept by the thousand; changed in place."""
    if type(value) is str:
        return intern(value) if len(value) <= _SHORT else value
    if type(value) is dict:
        for key, item in value.items():
            if type(item) is not str:
                share(item)  # in place
            elif len(item) <= _SHORT:
                value[key] = intern(item)
    elif type(value) is list:
        value[:] = map(share, value)
    return value


def _repository(one: Repository) -> list[Any]:
    return [
        one.id, one.owner, one.name, one.url, one.default_branch, one.head, one.visibility, one.is_archived,
        one.is_fork, one.description, one.language, one.topics, one.is_template,
    ]  # fmt: skip


def _entity(one: Entity) -> list[Any]:
    place = one.origin
    origin = [place.repository_id, place.repository, place.path, place.line, place.index, place.commit, place.committed]
    own = [one.ref, one.kind, one.namespace, one.name, one.data]
    return [*own, origin, one.relations, one.state, one.reason, one.since]


def _load_entity(value: list[Any]) -> Entity:
    ref, kind, namespace, name, data, origin, relations, *state = value
    # The same few refs and types stand in many edges: keep one text of each.
    edges = tuple(Relation(*map(intern, edge)) for edge in relations)
    return Entity(intern(ref), intern(kind), intern(namespace), name, share(data), Origin(*origin), edges, *state)


def _load_folder(value: list[Any]) -> TemplateFolder:
    ref, paths, example, resources = value
    return TemplateFolder(ref, tuple(paths), example, tuple(resources))


def _load_problem(value: list[Any]) -> Problem:
    value[-1] = Severity(value[-1])
    return Problem(*value)


def _problem(one: Problem) -> list[Any]:
    place = [one.repository, one.file, one.line, one.column]
    return [*place, one.id, one.path, one.message, one.fix, one.ref, one.severity]
