"""What can be told of a repository that nobody has described: a draft for its owner, never an entry of the catalog."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from waypost.catalog.entities import Repository, Snapshot

_OUTSIDE = re.compile(r"[^A-Za-z0-9_.-]+")
_EDGES = "-_."
_LONGEST_NAME = 63
_TAG = re.compile(r"[a-z0-9:+#]+(-[a-z0-9:+#]+)*")
_MOST_TAGS = 6
_API_STEMS = {"openapi": "openapi", "openapi-spec": "openapi", "api-spec": "openapi", "swagger": "openapi",
              "asyncapi": "asyncapi"}  # fmt: skip
_API_ENDS = (".yaml", ".yml", ".json")
_API_FILES = {"schema.graphql": "graphql", "service.proto": "grpc", "api.proto": "grpc"}
_MKDOCS = ("mkdocs.yml", "mkdocs.yaml")
_DOCS = (*_MKDOCS, "docs/", "documentation/", "docusaurus.config.js", "antora.yml")
_IMAGES = ("dockerfile", "containerfile", "procfile", "helm/", "chart/", "charts/", "k8s/", "kubernetes/")
_MODULE = ("variables.tf", "outputs.tf")
_PACKAGES = ("setup.py", "setup.cfg", "cargo.toml", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts")
_PACKAGE_SUFFIXES = (".gemspec", ".nuspec")
_SITES = ("index.html", "_config.yml", "docusaurus.config.js", "hugo.toml", "gatsby-config.js", "next.config.js")
_PROSE = ("", "Markdown", "HTML", "MDX")


class Definition(NamedTuple):
    """A file in the root folder that defines an API."""

    file: str
    type: str  # openapi | asyncapi | graphql | grpc


@dataclass(frozen=True, slots=True)
class Inferred:
    """A guess at what a descriptor would say. Empty where there is nothing to guess from."""

    name: str
    owner: str = ""  # a team's slug or a login, as an owner would be written
    owner_from: str = ""  # what told, in words
    type: str = ""  # service | website | library | documentation | infrastructure
    type_from: str = ""  # the name in the root folder that told
    language: str = ""
    has_docs: bool = False
    mkdocs: str = ""  # the file in the root folder
    has_terraform: bool = False
    definitions: tuple[Definition, ...] = ()
    tags: tuple[str, ...] = ()
    description: str = ""

    @property
    def has_api(self) -> bool:
        return bool(self.definitions)


def infer(snapshot: Snapshot, teams: Collection[str] = ()) -> Inferred:
    """Guess from CODEOWNERS, the organisation's teams (by slug), the language and the names in the root folder."""
    repository, evidence = snapshot.repository, snapshot.evidence
    files = {name.lower(): name for name in evidence.files}
    has_docs = _first(files, _DOCS) != ""
    has_terraform = any(name.endswith((".tf", ".tf.json")) or name == "terraform/" for name in files)
    owner, owner_from = _owner(evidence.owners, repository, teams)
    type, type_from = _type(files, has_docs, has_terraform, repository.language)
    return Inferred(
        name=_name(repository.name),
        owner=owner,
        owner_from=owner_from,
        type=type,
        type_from=type_from,
        language=repository.language,
        has_docs=has_docs,
        mkdocs=_first(files, _MKDOCS),
        has_terraform=has_terraform,
        definitions=tuple(_definitions(files)),
        tags=_tags(repository, has_terraform),
        description=" ".join(repository.description.split()),
    )


def _name(name: str) -> str:
    """A repository's name as an entity may be called: GitHub allows a few more letters."""
    return _OUTSIDE.sub("-", name).strip(_EDGES)[:_LONGEST_NAME].rstrip(_EDGES) or "unnamed"


def _owner(owners: tuple[str, ...], repository: Repository, teams: Collection[str]) -> tuple[str, str]:
    """The first team of the organisation, else the first person, else a team that the repository is named after.

    Where the teams are known, one that does not exist is no owner. E-mail addresses come last: they are nobody's name.
    """
    asked = [owner for owner in owners if owner.startswith("@") and "/" in owner]
    ours = [owner for owner in asked if owner[1:].lower().startswith(f"{repository.owner.lower()}/")]
    for owner in (*ours, *asked):
        slug = owner.rpartition("/")[2]
        if not teams or (owner in ours and slug.lower() in teams):
            return slug, "CODEOWNERS"
    for owner in owners:
        if owner.startswith("@") and "/" not in owner:
            return f"user:{owner[1:]}", "CODEOWNERS"
    if namesake := _namesake(repository.name.lower(), teams):
        return namesake, "the team that the repository is named after"
    address = next((owner for owner in owners if not owner.startswith("@")), "")
    return address, "CODEOWNERS" if address else ""


def _namesake(name: str, teams: Collection[str]) -> str:
    """The team of the longest beginning of a name: `payments-api` is probably of `payments`."""
    words = name.replace("_", "-").replace(".", "-").split("-")
    beginnings = ("-".join(words[:count]) for count in range(len(words), 0, -1))
    return next((beginning for beginning in beginnings if beginning in teams), "")


def _type(files: Mapping[str, str], has_docs: bool, has_terraform: bool, language: str) -> tuple[str, str]:
    image, package = _first(files, _IMAGES), _first(files, _PACKAGES) or _ending(files, _PACKAGE_SUFFIXES)
    if has_terraform and not image and not package:
        module = _first(files, _MODULE)
        found = module or _ending(files, (".tf", ".tf.json")) or files["terraform/"]
        return "library" if module else "infrastructure", found
    if image:
        return "service", image
    if site := _first(files, _SITES):
        return "website", site
    if package:
        return "library", package
    if has_docs and language in _PROSE:
        return "documentation", _first(files, _DOCS)
    return "", ""


def _definitions(files: Mapping[str, str]) -> list[Definition]:
    """One file of each type of API: the same definition often stands there as YAML and as JSON."""
    found: dict[str, Definition] = {}
    for name in sorted(files, key=lambda name: (name.endswith(".json"), name)):
        end = next((end for end in _API_ENDS if name.endswith(end)), "")
        type = _API_FILES.get(name) or (_API_STEMS.get(name.removesuffix(end)) if end else None)
        if type and type not in found:
            found[type] = Definition(files[name], type)
    return [found[type] for type in sorted(found)]


def _tags(repository: Repository, has_terraform: bool) -> tuple[str, ...]:
    """The language and the topics, as far as they are tags in Backstage."""
    words = [repository.language.lower().replace(" ", "-"), "terraform" if has_terraform else "", *repository.topics]
    tags = dict.fromkeys(word for word in words if len(word) <= _LONGEST_NAME and _TAG.fullmatch(word))
    return tuple(tags)[:_MOST_TAGS]


def _first(files: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of these names that is there, as it is written there."""
    return next((files[name] for name in names if name in files), "")


def _ending(files: Mapping[str, str], ends: tuple[str, ...]) -> str:
    return next((files[name] for name in sorted(files) if name.endswith(ends)), "")
