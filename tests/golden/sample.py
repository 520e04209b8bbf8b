"""The sample organisation of the golden files: the folders of `source/`, in every state there is."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha1
from pathlib import Path

from waypost.apis.judge import judge
from waypost.catalog import records
from waypost.catalog.build import build
from waypost.catalog.describe import describe
from waypost.catalog.entities import Entity, Origin, Repository, Snapshot
from waypost.catalog.files import Blob, Files, Touch
from waypost.catalog.settings import parse
from waypost.pages.site import Site

SOURCE = Path(__file__).parent / "source"
CATALOG = SOURCE / "acme" / "catalog"
LANGUAGES = {"mobile-app": "Kotlin", "storefront": "TypeScript", "legacy-billing": "PHP"}


def site():
    return Site("acme/catalog", about=(CATALOG / "about.md").read_text("utf-8"))


def catalog():
    """The catalog of the sample: one archived repository, one that cannot be read, one orphan."""
    folders = sorted((SOURCE / "acme").iterdir())
    snapshots = [read(folder, number) for number, folder in enumerate(folders, 1)]
    settings = parse((CATALOG / "waypost.yaml").read_text("utf-8"))[0]
    before = build("acme", snapshots, {}, settings)
    infra = next(one for one in snapshots if one.repository.name == "infra")
    recorded = {**before.entities, **{one.ref: one for one in [_orphan(infra)]}}
    now = [_as_it_is_now(one) for one in snapshots]
    return build("acme", now, recorded, settings, "2026-11-20")


def read(folder, number):
    """The snapshot of a folder; every file was last touched by a commit of its own."""
    name = folder.name
    repository = Repository(
        number,
        "acme",
        name,
        url=f"https://github.com/acme/{name}",
        head=_id(name),
        language=LANGUAGES.get(name, "Python"),
        is_archived=name == "warehouse-sync",
    )
    files = Files(tree=tuple(sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())))
    while not isinstance(answer := describe(repository, files, is_catalog=name == "catalog", judge=judge), Snapshot):
        blobs = {path: _blob(folder / path) for path in answer.paths}
        touches = {path: Touch(_id(name + path), "2026-10-02T10:00:00Z") for path in answer.touches}
        files = replace(files, blobs={**files.blobs, **blobs}, touches={**files.touches, **touches})
    return answer


def _blob(path):
    if not path.is_file():
        return None
    text = path.read_text("utf-8")
    return Blob(_id(text), text, len(text))


def _as_it_is_now(snapshot):
    if snapshot.repository.name == "search":
        return replace(snapshot, entities=(), state="stale", reason="GitHub answered 403.", since="2026-11-18")
    return snapshot


def _orphan(infra):
    """What an earlier commit of infra declared."""
    data = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "old-reports", "title": "Old reports"},
        "spec": {"type": "service", "lifecycle": "deprecated", "owner": "platform"},
    }
    home = infra.repository
    origin = Origin(home.id, home.full_name, "reports/catalog-info.yaml", 1, 0, _id("old"), "2026-03-01T10:00:00Z")
    return records.read(
        records.write(Entity("component:default/old-reports", "Component", "default", "old-reports", data, origin))
    )


def _id(text):
    return sha1(text.encode(), usedforsecurity=False).hexdigest()
