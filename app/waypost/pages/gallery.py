"""The gallery: every template as a card, with what one gets and the words that create it. Deprecated ones come last."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from waypost.catalog.entities import Entity
from waypost.catalog.refs import parse_ref
from waypost.golden.fields import Field, fields
from waypost.golden.forms.workflow import field_for
from waypost.pages import paths
from waypost.pages.forms import form_url
from waypost.pages.made import SHOWN, folder_of, used_by
from waypost.pages.markdown import DASH, NOTHING, Md, bold, code, fence, join, link, prose, table
from waypost.pages.offered import is_deprecated, template_of
from waypost.pages.page import Page
from waypost.pages.preview import TEAM, name_for
from waypost.pages.view import View, file_in

WIDTH = 96  # of a line of a command
MOST_CARDS = 100  # beyond, the list of templates serves better
SUCCESSOR = "waypost.dev/successor"  # annotation of a deprecated template: the ref of the one to use instead

# What a template's files say one gets, in the order in which people ask.
_OFFERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pipeline", (".github/workflows/",)),
    ("tests", ("/tests/", "/test/", "_test.", ".test.", ".tftest.hcl")),
    ("container", ("Dockerfile",)),
    ("Terraform", (".tf",)),
    ("documentation", ("mkdocs.yml", "mkdocs.yaml")),
    ("dependency updates", ("dependabot.yml", "renovate.json")),
    ("code owners", ("CODEOWNERS",)),
    ("catalog entry", ("catalog-info.yaml",)),
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")  # a field that a shell takes as it is
_OWN = ("tests/", "template.y")  # of the template itself, not of what it makes


def gallery_files(view: View) -> Iterator[tuple[str, str]]:
    """Write the gallery, when there is a template."""
    refs = view.catalog.refs("template")
    if not refs:
        return
    page = Page(paths.CREATE)
    page.begin(f"the templates of {view.catalog.organisation}", [], Md("Create"))
    page.say(
        Md(
            "Each of these opens a new repository with code, pipeline, rules and its place in this catalog. "
            "By form, a comment first shows every file and every call, and nothing is made before somebody agrees. "
            "By command, look first with `--dry-run`."
        )
    )
    ordered = sorted((entity for ref in refs if (entity := view.entity(ref))), key=_order)
    for entity in ordered[:MOST_CARDS]:
        _card(view, page, entity)
    if len(ordered) > MOST_CARDS:
        page.say(Md(f"[All {len(ordered):,} templates]({page.root}{paths.list_file('template')})"))
    yield from page.files()


def _order(entity: Entity) -> tuple[bool, str, str]:
    return is_deprecated(entity), entity.title.lower(), entity.ref


def _card(view: View, page: Page, entity: Entity) -> None:
    page.heading(view.link(entity.ref, page.up))
    page.say(retired(view, page, entity), prose(entity.description, 500))
    tags = entity.metadata.get("tags")
    cells = {
        "You get": Md(", ".join(["repository", *offers(folder_of(view, entity.ref).paths)])),
        "Stack": Md(" ".join(code(tag, 40) for tag in tags[:8])) if isinstance(tags, list) and tags else DASH,
        "Owner": view.owner_link(entity.ref, page.up),
        "Version": code(entity.origin.commit[:SHOWN]) if entity.origin.commit else DASH,
        "Used by": used_by(view, entity.ref),
    }
    page.say(table(list(cells), [list(cells.values())]))
    if not is_deprecated(entity):
        page.say(fence(command(entity), "sh"))
    form = form_url(view, entity.ref)
    page.say(join([bold(link(Md("Fill in the form"), form)) if form else NOTHING, sources(view, entity)]))


def retired(view: View, page: Page, entity: Entity) -> Md:
    """Say that a template is deprecated, and what to use instead."""
    if not is_deprecated(entity):
        return NOTHING
    ref = successor(entity)
    return Md(f"**Deprecated:** use {view.link(ref, page.up)} instead.") if ref else bold(Md("Deprecated."))


def successor(entity: Entity) -> str:
    """The ref of what a template says to use instead; "" for nothing that can be read."""
    written = entity.annotations.get(SUCCESSOR)
    try:
        return str(parse_ref(written, default_kind="template")) if isinstance(written, str) else ""
    except ValueError:
        return ""


def offers(files: Collection[str]) -> list[str]:
    """What one gets, judged by the names of a template's files."""
    made = [f"/{path}" for path in files if not is_of_the_template(path)]
    return [word for word, signs in _OFFERS if any(sign in path for path in made for sign in signs)]


def is_of_the_template(path: str) -> bool:
    """Say whether a file belongs to the template itself: what it says of itself, and its tests."""
    return path.startswith(_OWN)


def command(entity: Entity, *more: str) -> str:
    """The words that create something from a template, in lines of a width that a page shows."""
    template = template_of(entity)
    name = entity.name if entity.namespace == "default" else f"{entity.namespace}/{entity.name}"
    words = ["waypost create", name, f"--name {name_for(template)} --owner {TEAM}"]
    asked = fields(template)
    given = [field_for(asked, "name"), field_for(asked, "owner")]
    for field in asked:
        is_open = field.is_required and "default" not in field.schema and field.picker != "RepoUrlPicker"
        if is_open and field not in given and _PLAIN.fullmatch(field.name):
            words.append(f"--secret {field.name}" if field.is_secret else f"--set {field.name}={_blank(field)}")
    return _folded([*words, *more])


def _blank(field: Field) -> str:
    """What stands for an answer."""
    return '"[..., ...]"' if field.type == "array" else '"..."'


def _folded(words: Sequence[str]) -> str:
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > WIDTH:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n".join(lines)


def sources(view: View, entity: Entity) -> Md:
    """Where a template stands, and what changed in it."""
    repository = view.repository(entity)
    url = view.repository_url(repository)
    folder = entity.origin.path.rpartition("/")[0]
    return join(
        [
            link(Md("Source"), file_in(url, repository.default_branch, folder, "tree").rstrip("/")),
            link(Md("Changelog"), file_in(url, repository.default_branch, folder, "commits").rstrip("/")),
        ]
    )
