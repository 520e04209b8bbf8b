"""The issue form of each template, where GitHub shows it, and the address at which people fill it in.

A form that people wrote themselves is never touched: only what begins with our mark is ours, whatever its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from waypost.catalog.entities import Entity
from waypost.catalog.refs import DEFAULT_NAMESPACE
from waypost.golden.fields import fields
from waypost.golden.forms import MARK, form_name, issue_form, obstacles
from waypost.golden.forms.workflow import field_for
from waypost.golden.template import Template
from waypost.pages import paths
from waypost.pages.offered import is_deprecated, template_of
from waypost.pages.view import View


def form_files(view: View) -> Iterator[tuple[str, str]]:
    """Write a form for every template that an issue can start."""
    refs = view.catalog.refs("template")
    entities = (entity for ref in refs if (entity := view.entity(ref)) is not None)
    offered = {entity.ref: template for entity in entities if (template := startable(entity)) is not None}
    names = Counter(form_name(template).casefold() for template in offered.values())
    for ref, template in sorted(offered.items()):
        name = form_name(template)
        own = f"{name} ({template.name})" if names[name.casefold()] > 1 else name
        yield paths.form_file(ref), issue_form(template, own)


def startable(entity: Entity) -> Template | None:
    """Return the template if an issue can start it: it is named without a namespace, and no secret must be given."""
    if entity.namespace != DEFAULT_NAMESPACE or entity.state != "present" or is_deprecated(entity):
        return None
    template = template_of(entity)
    return template if template.is_valid and _asks_for_name(template) and not obstacles(template) else None


def _asks_for_name(template: Template) -> bool:
    asked = fields(template)
    return field_for(asked, "name") is not None or any(field.picker == "RepoUrlPicker" for field in asked)


def form_url(view: View, ref: str) -> str:
    """Where people fill in the form of a template; "" where there is none."""
    entity = view.entity(ref)
    if entity is None or startable(entity) is None:
        return ""
    name = paths.form_file(ref).rpartition("/")[2]
    return f"{view.site.url}/issues/new?template={name}"


def is_theirs(path: str, read: Callable[[str], str]) -> bool:
    """Say whether a file is an issue form that people wrote, although it is called like one of ours."""
    return path.startswith(paths.FORMS) and not read(path).startswith(MARK)
