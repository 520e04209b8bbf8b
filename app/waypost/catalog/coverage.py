"""What can be told of a repository that nobody has described: a draft for its owner, never an entry of the catalog."""

from __future__ import annotations

import re
from dataclasses import dataclass

from waypost.catalog.entities import Snapshot

_OUTSIDE = re.compile(r"[^A-Za-z0-9_.-]+")
_EDGES = "-_."
_LONGEST_NAME = 63
_API_FILES = frozenset(
    {
        "openapi",
        "swagger",
        "asyncapi",
        "openapi-spec",
        "api-spec",
        "schema.graphql",
        "buf",
        "service.proto",
        "api.proto",
    }
)
_DOCS = frozenset({"mkdocs.yml", "mkdocs.yaml", "docs/", "documentation/", "docusaurus.config.js", "antora.yml"})
_IMAGES = frozenset({"dockerfile", "containerfile", "procfile", "helm/", "chart/", "charts/", "k8s/", "kubernetes/"})
_PACKAGES = frozenset({"setup.py", "setup.cfg", "cargo.toml", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts"})
_PACKAGE_SUFFIXES = (".gemspec", ".nuspec")
_SITES = frozenset(
    {"index.html", "_config.yml", "docusaurus.config.js", "hugo.toml", "gatsby-config.js", "next.config.js"}
)


@dataclass(frozen=True, slots=True)
class Inferred:
    """A guess at what a descriptor would say. Empty where there is nothing to guess from."""

    name: str
    owner: str = ""  # a team's slug or a login, as an owner would be written
    type: str = ""  # service | website | library | documentation
    language: str = ""
    has_docs: bool = False
    has_api: bool = False
    has_terraform: bool = False
    description: str = ""


def infer(snapshot: Snapshot) -> Inferred:
    """Guess from CODEOWNERS, the language and the names in the root folder."""
    repository, evidence = snapshot.repository, snapshot.evidence
    files = {name.lower() for name in evidence.files}
    has_docs = not files.isdisjoint(_DOCS)
    has_terraform = any(name.endswith((".tf", ".tf.json")) or name == "terraform/" for name in files)
    return Inferred(
        name=_name(repository.name),
        owner=_owner(evidence.owners, repository.owner),
        type=_type(files, has_docs, has_terraform, repository.language),
        language=repository.language,
        has_docs=has_docs,
        has_api=any(_stem(name) in _API_FILES or name in _API_FILES for name in files),
        has_terraform=has_terraform,
        description=repository.description,
    )


def _name(name: str) -> str:
    """A repository's name as an entity may be called: GitHub allows a few more letters."""
    return _OUTSIDE.sub("-", name).strip(_EDGES)[:_LONGEST_NAME].rstrip(_EDGES) or "unnamed"


def _owner(owners: tuple[str, ...], organisation: str) -> str:
    """The first team of the organisation, else the first person; e-mail addresses last."""
    teams = [owner for owner in owners if owner.startswith("@") and "/" in owner]
    ours = [owner for owner in teams if owner[1:].lower().startswith(f"{organisation.lower()}/")]
    for owner in (*ours, *teams):
        return owner.rpartition("/")[2]
    for owner in owners:
        if owner.startswith("@"):
            return f"user:{owner[1:]}"
    return owners[0] if owners else ""


def _type(files: set[str], has_docs: bool, has_terraform: bool, language: str) -> str:
    if has_terraform and not files & (_IMAGES | _PACKAGES):
        return "library" if files & {"variables.tf", "outputs.tf"} else "infrastructure"
    if files & _IMAGES:
        return "service"
    if files & _SITES:
        return "website"
    if files & _PACKAGES or any(name.endswith(_PACKAGE_SUFFIXES) for name in files):
        return "library"
    if has_docs and language in ("", "Markdown", "HTML", "MDX"):
        return "documentation"
    return ""


def _stem(name: str) -> str:
    return name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".json")
