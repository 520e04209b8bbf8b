"""Where the documentation of a repository or entity is: mkdocs.yml, a docs folder, or a README. Follows no link out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waypost.catalog.discovery import WELL_KNOWN
from waypost.catalog.documents import parse
from waypost.catalog.explain import quote
from waypost.catalog.refs import EntityRef, full_ref, parse_ref
from waypost.docs.engine import ANNOTATION as ENGINE
from waypost.docs.extensions import is_inside
from waypost.docs.problems import refused

REF = "backstage.io/techdocs-ref"
CONFIGURATIONS = ("mkdocs.yml", "mkdocs.yaml")
READMES = ("README.md", "readme.md", "Readme.md", "docs/README.md")
_LARGEST_TEXT = 1024**2


@dataclass(frozen=True, slots=True)
class Source:
    """A folder with documentation, and what its entity says about it."""

    repository: Path  # nothing outside it is read
    folder: str  # the one that mkdocs.yml stands in, below the repository; "" is the repository itself
    configuration: str = ""  # mkdocs.yml, seen from the repository; "" when there is none
    title: str = ""
    entity: str = ""  # full ref
    engine: str = ""
    declared: str = ""  # the descriptor that said so

    def path(self, name: str) -> str:
        """Return where a file of the folder is, seen from the repository."""
        return f"{self.folder}/{name}" if self.folder else name


def locate(repository: Path, entity: str = "") -> Source:
    """Find the documentation below a folder; raise CannotBuild when there is none."""
    declared, document = _descriptor(repository, entity)
    metadata = document.get("metadata") or {}
    annotations = _annotations(document)
    ref = _ref(document) if document else entity.lower()
    folder = _folder(repository, str(annotations.get(REF, "") or "dir:."), declared)
    source = Source(
        repository,
        folder,
        title=str(metadata.get("title") or metadata.get("name") or repository.resolve().name),
        entity=ref,
        engine=str(annotations.get(ENGINE, "")),
        declared=declared,
    )
    for name in CONFIGURATIONS:
        if (repository / source.path(name)).is_symlink() or is_file(repository, source.path(name)):
            return Source(
                repository, folder, source.path(name), source.title, source.entity, source.engine, source.declared
            )
    if (repository / source.path("docs")).is_dir() or readme(source):
        return source
    here = folder or "this folder"
    fix = "Add a README.md, a docs folder with index.md, or an mkdocs.yml with plugins: [techdocs-core]."
    raise refused(folder or ".", f"no documentation in {here}", fix, id="docs-missing")


def readme(source: Source) -> str:
    """Return the README of a folder, seen from the repository; "" when there is none."""
    found = (source.path(name) for name in READMES)
    return next((path for path in found if is_file(source.repository, path)), "")


def is_file(repository: Path, path: str) -> bool:
    """Say whether there is such a file, and inside the repository."""
    real = (repository / path).resolve()
    return real.is_file() and real.is_relative_to(repository.resolve())


def read(repository: Path, path: str, most: int = _LARGEST_TEXT) -> bytes:
    """Return the bytes of a file of the repository; raise CannotBuild for one that lies outside or is too large."""
    if not is_file(repository, path):
        raise refused(path, "is a link that leads out of the repository", "Put the file itself there.")
    with (repository / path).open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise refused(path, f"is larger than {most:,} bytes", "Split it.", id="docs-too-big")
    return data


def _descriptor(repository: Path, entity: str) -> tuple[str, dict[str, Any]]:
    """Return the file and the document of the entity that is meant; without a ref the one that points at its docs."""
    wanted = ""
    if entity:
        try:
            wanted = str(parse_ref(entity, default_kind="component"))
        except ValueError as error:
            raise refused("--entity", str(error), "Write component:default/NAME.") from error
    found = _documents(repository)
    for file, document in found:
        if wanted and _ref(document) == wanted:
            return file, document
    if wanted and found:
        known = ", ".join(sorted(_ref(document) for _, document in found)[:10])
        raise refused(found[0][0], f"declares no {wanted}", f"Give one of these as --entity: {known}.")
    if wanted:
        name = EntityRef(*_parts(wanted))
        return "", {"kind": name.kind, "metadata": {"namespace": name.namespace, "name": name.name}}
    pointing = [(file, document) for file, document in found if REF in _annotations(document)]
    if len({str(_annotations(document)[REF]) for _, document in pointing}) > 1:
        refs = ", ".join(sorted(_ref(document) for _, document in pointing)[:10])
        raise refused(pointing[0][0], f"{len(pointing)} entities have documentation", f"Say which by --entity: {refs}.")
    if pointing:
        return pointing[0]
    return found[0] if len(found) == 1 else ("", {})


def _parts(ref: str) -> tuple[str, str, str]:
    parsed = parse_ref(ref)
    return parsed.kind, parsed.namespace, parsed.name


def _documents(repository: Path) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for file in WELL_KNOWN:
        if not is_file(repository, file):
            continue
        for document in parse(read(repository, file)).documents:
            value = document.value
            if isinstance(value, dict) and isinstance(value.get("metadata"), dict) and value["metadata"].get("name"):
                found.append((file, value))
    return found


def _annotations(document: dict[str, Any]) -> dict[str, Any]:
    annotations = (document.get("metadata") or {}).get("annotations")
    return annotations if isinstance(annotations, dict) else {}


def _ref(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    return full_ref(
        str(document.get("kind", "")), str(metadata.get("namespace") or "default"), str(metadata.get("name"))
    )


def _folder(repository: Path, ref: str, file: str) -> str:
    """Return the folder that a techdocs-ref names, below that of its descriptor."""
    kind, _, path = ref.partition(":")
    if kind != "dir":
        fix = "Write dir:. or dir: and a folder of this repository."
        raise refused(file, f"{REF}: {quote(ref)} is not in this repository", fix)
    parts = [part for part in path.strip().split("/") if part not in ("", ".")]
    base = file.rpartition("/")[0]
    folder = "/".join([base, *parts]).strip("/")
    if (path.strip() and not is_inside(path.strip())) or not _is_folder(repository, folder):
        fix = "Name a folder below that of the descriptor, like dir:. or dir:./docs-site."
        raise refused(file, f"{REF}: {quote(ref)} is no folder of this repository", fix)
    return folder


def _is_folder(repository: Path, folder: str) -> bool:
    real = (repository / folder).resolve()
    return real.is_dir() and real.is_relative_to(repository.resolve())
