"""The page of a template: how to use it, what it asks, what it makes, what it calls, who uses it, whom to ask."""

from __future__ import annotations

from collections.abc import Iterator

from waypost.catalog.entities import Entity
from waypost.golden.calls import calls, permissions
from waypost.golden.fields import Field, fields
from waypost.golden.forms import obstacles
from waypost.golden.template import Template
from waypost.pages.entity import closing, opened, tools
from waypost.pages.forms import form_url
from waypost.pages.gallery import command, is_of_the_template, offers, retired, sources
from waypost.pages.made import SHOWN, changes, folder_of, made, used_by
from waypost.pages.markdown import DASH, NOTHING, Md, bold, code, fence, join, link, table, text
from waypost.pages.offered import is_deprecated, template_of
from waypost.pages.page import Page
from waypost.pages.preview import preview
from waypost.pages.view import View

MOST_SHOWN = 200  # repositories made from it, lines of the tree, inputs


def template_files(view: View, ref: str) -> Iterator[tuple[str, str]]:
    """Write the page of a template."""
    entity = view.catalog.entities[ref]
    page = opened(view, entity)
    page.say(retired(view, page, entity))
    _strip(view, page, entity)
    if not is_deprecated(entity):
        page.heading("Create")
        page.say(_form(view, entity))
        page.say(Md("By command, look first, then create; after an interruption run it again, and it goes on:"))
        look, make = command(entity, "--dry-run"), command(entity)
        page.say(fence(f"{look}\n\n{make}" if "\n" in make else f"{look}\n{make}", "sh"))
    written = template_of(entity)
    _inputs(page, written)
    _outcome(view, page, entity, written)
    _made(view, page, ref)
    tools(view, page, entity)
    closing(view, page, entity)
    return page.files()


def _form(view: View, entity: Entity) -> Md:
    """Lead to the issue form, or say which door there is instead."""
    if form := form_url(view, entity.ref):
        said = "A comment shows every file and every call, and nothing is made before somebody agrees."
        return Md(f"{bold(link(Md('Fill in the form'), form))}. {said}")
    if obstacles(template_of(entity)):
        return Md("It needs a secret, which has no place in an issue: only the command asks for it.")
    return NOTHING


def _strip(view: View, page: Page, entity: Entity) -> None:
    """Whom to ask, which version, who uses it, what one gets."""
    owner = view.owner(entity.ref)
    cells = {
        "Owner": view.owner_link(entity.ref, page.up),
        "Whom to ask": join([*view.in_short(owner, "chat"), *view.in_section(owner, "ask")][:3], "<br>") or DASH,
        "Version": code(entity.origin.commit[:SHOWN]) if entity.origin.commit else DASH,
        "Used by": used_by(view, entity.ref),
        "You get": Md(", ".join(["repository", *offers(folder_of(view, entity.ref).paths)])),
        "Where": sources(view, entity),
    }
    page.say(table(list(cells), [list(cells.values())]))


def _inputs(page: Page, template: Template) -> None:
    """What the form asks, in its order; what depends on other answers says so."""
    rows = [
        [
            code(field.name, 60),
            _meaning(field),
            join([_type(field), Md(_NEED[field.is_required, field.is_conditional])], ", "),
            code(field.schema["default"], 60) if field.schema.get("default") not in (None, "") else DASH,
        ]
        for field in fields(template)
    ]
    if rows:
        page.heading("What it asks")
        page.say(table(["Field", "What to write", "Type", "Default"], rows[:MOST_SHOWN]))


_NEED = {(True, False): "required", (False, False): "", (False, True): "asked only where it applies"}


def _meaning(field: Field) -> Md:
    description = field.schema.get("description")
    shown = [bold(text(field.title, 80)), text(description, 300) if isinstance(description, str) else NOTHING]
    return join(shown, ": ")


def _type(field: Field) -> Md:
    choices = field.schema.get("enum")
    if isinstance(choices, list) and choices:
        more = f" and {len(choices) - 6} more" if len(choices) > 6 else ""
        return Md(f"one of {', '.join(code(choice, 30) for choice in choices[:6])}{more}")
    known = _PICKERS.get("Secret" if field.is_secret else field.picker)
    if known:
        return Md(known)
    items = field.schema.get("items")
    each = items.get("type") if field.type == "array" and isinstance(items, dict) else None
    return text(f"list of {each}s" if isinstance(each, str) else field.type or "any", 40)


_PICKERS = {
    "OwnerPicker": "a team or a person",
    "EntityPicker": "an entity of the catalog",
    "MultiEntityPicker": "entities of the catalog",
    "EntityNamePicker": "a name for the catalog",
    "RepoUrlPicker": "a repository that does not exist yet: by `--name`",
    "Secret": "a secret, never stored",
    "EntityTagsPicker": "tags",
}


def _outcome(view: View, page: Page, entity: Entity, written: Template) -> None:
    """The files, the calls and the rights, as its own example gives them; else the files as they are written."""
    folder = folder_of(view, entity.ref)
    planned = preview(written, folder, view.catalog.organisation)
    files = sorted(planned.files) if planned else [path for path in folder.paths if not is_of_the_template(path)]
    if files:
        page.heading("What it makes")
        more = f"\n… and {len(files) - MOST_SHOWN:,} more" if len(files) > MOST_SHOWN else ""
        listing = fence("\n".join(files[:MOST_SHOWN]) + more, "text")
        page.say(Md("With the example of its tests:") if planned else None)
        page.fold(Md(f"{len(files):,} file{'s' * (len(files) != 1)}"), listing)
    if folder.resources:
        kinds = ", ".join(code(kind, 60) for kind in folder.resources[:MOST_SHOWN])
        page.say(Md(f"**Terraform resources:** {kinds}"))
    asked = calls(planned.effects) if planned else []
    if asked:
        page.heading("What it asks of GitHub")
        rows = [[code(f"{call.method} {call.path}"), text(call.why, 200)] for call in asked[:MOST_SHOWN]]
        page.say(table(["Call", "Why"], rows))
        page.say(Md(f"**Rights it needs:** {', '.join(code(right) for right in permissions(asked))}"))
    if planned:
        page.say(
            Md("`.waypost.yaml` in the new repository says which version made it, what was answered, which files.")
        )


def _made(view: View, page: Page, ref: str) -> None:
    """The repositories made from it, those that are behind first."""
    found = sorted(made(view, ref), key=lambda one: (one.is_current, one.repository.full_name))
    if not found:
        return
    page.heading("Made from it")
    template = view.catalog.entities[ref]
    rows = [
        [
            link(text(one.repository.full_name), view.repository_url(one.repository)),
            code(one.version[:SHOWN]),
            Md("current") if one.is_current else Md(f"behind: {changes(view, template, one.version)}"),
        ]
        for one in found[:MOST_SHOWN]
    ]
    page.say(table(["Repository", "Version", "Now"], rows))
    if len(found) > MOST_SHOWN:
        page.say(Md(f"and {len(found) - MOST_SHOWN:,} more"))
