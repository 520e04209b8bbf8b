"""A descriptor drafted for a repository that has none. Writes only what was inferred; a person has to agree to it."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from waypost.catalog import block_yaml
from waypost.catalog.coverage import Inferred
from waypost.catalog.entities import Repository

FILE = "catalog-info.yaml"
NOBODY = "unknown"  # an owner that is one in no organisation
_API_VERSION = "backstage.io/v1alpha1"
_LONGEST_DESCRIPTION = 160
_WRITTEN = {"openapi": "OpenAPI", "asyncapi": "AsyncAPI", "graphql": "GraphQL", "grpc": "gRPC"}
_SUFFIX_ROOM = 50  # letters of a name, so that a suffix fits
_OWNER = re.compile(r"(user:)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")  # an address is nobody's name


@dataclass(frozen=True, slots=True)
class Draft:
    """What a descriptor could say. `name` is "" when every name that would do is taken."""

    guess: Inferred
    name: str
    owner: str  # NOBODY where nothing tells
    text: str


def draft(repository: Repository, guess: Inferred, taken: Container[str] = ()) -> Draft:
    """Write a descriptor under a name that is not `taken` (full refs)."""
    name = _free_name(guess, taken)
    owner = guess.owner if _OWNER.fullmatch(guess.owner) else NOBODY
    if not name:
        return Draft(guess, "", owner, "")
    documents = [_component(repository, guess, name, owner)]
    documents += [_api(repository, owner, place) for place in _apis(guess, name)]
    text = "---\n".join(block_yaml.write(document) for document in documents)
    if owner == NOBODY:
        line = f"  owner: {NOBODY}"
        text = text.replace(f"{line}\n", f"{line} # nothing tells: name a team here\n")
    return Draft(guess, name, owner, text)


def _free_name(guess: Inferred, taken: Container[str]) -> str:
    short = guess.name[:_SUFFIX_ROOM].rstrip("-_.")
    wishes = (guess.name, f"{short}-{guess.type or 'component'}", f"{short}-repository")
    for name in wishes:
        if not any(_ref(kind, one) in taken for kind, one in _refs(guess, name)):
            return name
    return ""


def _refs(guess: Inferred, name: str) -> list[tuple[str, str]]:
    return [("component", name), *(("api", api) for api, *_ in _apis(guess, name))]


def _ref(kind: str, name: str) -> str:
    return f"{kind}:default/{name.lower()}"


def _apis(guess: Inferred, name: str) -> list[tuple[str, str, str]]:
    """The APIs to declare: name, type and file. A single one is called like its component."""
    found = guess.definitions
    short = name[:_SUFFIX_ROOM].rstrip("-_.")
    return [(name if len(found) == 1 else f"{short}-{one.type}", one.type, one.file) for one in found]


def _component(repository: Repository, guess: Inferred, name: str, owner: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": guess.type or "service", "lifecycle": "production", "owner": owner}
    if apis := [api for api, *_ in _apis(guess, name)]:
        spec["providesApis"] = apis
    return _entity("Component", _metadata(repository, guess, name), spec)


def _metadata(repository: Repository, guess: Inferred, name: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name}
    if guess.description:
        metadata["description"] = _clipped(guess.description)
    metadata["annotations"] = {"github.com/project-slug": repository.full_name}
    if guess.mkdocs:
        metadata["annotations"]["backstage.io/techdocs-ref"] = "dir:."
    if guess.tags:
        metadata["tags"] = list(guess.tags)
    return metadata


def _api(repository: Repository, owner: str, place: tuple[str, str, str]) -> dict[str, Any]:
    name, type, file = place
    metadata = {"name": name, "description": f"The {_WRITTEN[type]} interface of {repository.name}"}
    spec = {"type": type, "lifecycle": "production", "owner": owner, "definition": {"$text": f"./{file}"}}
    return _entity("API", metadata, spec)


def _entity(kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": _API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_DESCRIPTION else text[: _LONGEST_DESCRIPTION - 1].rstrip() + "…"
