"""What templates made: how many repositories, how current they are, and what a made repository says of it."""

from __future__ import annotations

from typing import NamedTuple

from waypost.catalog.entities import Entity, Repository, Snapshot
from waypost.catalog.template_folders import TemplateFolder
from waypost.pages.census import census
from waypost.pages.markdown import Md, code, link
from waypost.pages.view import View

SHOWN = 7  # letters of a commit


class Made(NamedTuple):
    """A repository that a template made."""

    repository: Repository
    version: str
    is_current: bool


def made(view: View, ref: str) -> list[Made]:
    """The repositories that a template made, by name."""
    template = view.entity(ref)
    now = template.origin.commit if template else ""
    found = [
        Made(view.catalog.snapshots[number].repository, version, version == now)
        for number, version in census(view).made.get(ref, ())
    ]
    return sorted(found, key=lambda one: one.repository.full_name)


def used_by(view: View, ref: str) -> Md:
    """Count them: "12 repositories, 9 of them current"."""
    found = made(view, ref)
    current = sum(one.is_current for one in found)
    if not found:
        return Md("nobody yet")
    said = f"{len(found):,} repositor{'y' if len(found) == 1 else 'ies'}"
    return Md(f"{said}, {'all' if current == len(found) else f'{current:,} of them'} current")


def made_from(view: View, page_up: str, entity: Entity) -> Md | None:
    """Say which template made the repository of an entity, and whether it is still that version."""
    snapshot = view.catalog.snapshots.get(entity.origin.repository_id)
    if snapshot is None or snapshot.made_from is None:
        return None
    template, version = snapshot.made_from
    said = f"Made from {view.link(template, page_up)} at {code(version[:SHOWN])}"
    known = view.entity(template)
    if known is None or not known.origin.commit:
        return Md(f"{said}.")
    if known.origin.commit == version:
        return Md(f"{said}: current.")
    return Md(f"{said}: behind, the template is at {changes(view, known, version)}.")


def changes(view: View, template: Entity, since: str) -> Md:
    """A template's version now, as a link to what changed since another one."""
    now = template.origin.commit
    url = view.repository_url(view.repository(template))
    is_commit = len(since) >= SHOWN and set(since) <= set("0123456789abcdef")
    shown = code(now[:SHOWN])
    return link(shown, f"{url}/compare/{since}...{now}") if is_commit else shown


def folder_of(view: View, ref: str) -> TemplateFolder:
    """What stands in the folder of a template."""
    entity = view.entity(ref)
    home: Snapshot | None = view.catalog.snapshots.get(entity.origin.repository_id) if entity else None
    known = (folder for folder in home.folders if folder.ref == ref) if home else iter(())
    return next(known, TemplateFolder(ref))
