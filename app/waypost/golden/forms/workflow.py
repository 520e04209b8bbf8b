"""What a workflow or the command line is asked for, put into the fields of a template: name, owner, visibility, values.

Every template names its fields as it likes; these few are found by what they are called and by their pickers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from waypost.golden.faults import Fault
from waypost.golden.fields import Field, fields, secrets
from waypost.golden.forms.values_text import read_values
from waypost.golden.template import Template

_NAMES = {
    "name": ("name", "component_id", "componentId", "component_name", "componentName", "repo_name", "repoName"),
    "owner": ("owner",),
    "visibility": ("visibility", "repoVisibility", "repo_visibility"),
}
_PICKERS = {"name": "EntityNamePicker", "owner": "OwnerPicker"}
_REPOSITORY = "RepoUrlPicker"


def read_workflow(
    template: Template, inputs: Mapping[str, str], organisation: str, host: str = "github.com"
) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return the answers of workflow_dispatch inputs: template, name, owner, visibility, and values (YAML text)."""
    known = {field.name: field for field in fields(template) if not field.is_secret}
    written, faults = read_values(inputs.get("values", ""), known, {field.name for field in secrets(template)})
    values, wrong = with_common(template, written, inputs, organisation, host)
    found = [*faults, *wrong]
    if (named := inputs.get("template", "").strip()) and named not in (template.name, template.ref):
        found.append(Fault("template", f'"{named}" is not {template.name}'))
    return values, tuple(found)


def with_common(
    template: Template,
    values: Mapping[str, Any],
    common: Mapping[str, str],
    organisation: str,
    host: str = "github.com",
) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Put name, owner and visibility where this template asks for them; a field that is answered already must agree.

    The name is also that of the new repository, wherever the template asks for one.
    """
    asked = fields(template)
    filled, faults = dict(values), []
    for what in _NAMES:
        answer = common.get(what, "").strip()
        field = field_for(asked, what)
        if not answer:
            continue
        if field is not None:
            faults += _fill(filled, field.name, answer, what)
        elif what != "name" or not _repository_fields(asked):
            faults.append(Fault(what, f"the template {template.name} has no field for the {what}; leave it out"))
    if name := common.get("name", "").strip():
        for field in _repository_fields(asked):
            filled.setdefault(field.name, f"{host}?owner={organisation}&repo={name}")
    return filled, tuple(faults)


def field_for(asked: Sequence[Field], what: str) -> Field | None:
    """Return the field of a template that asks for the `name`, `owner` or `visibility` of what is made."""
    by_name = {field.name: field for field in asked if not field.is_secret}
    named = next((by_name[name] for name in _NAMES[what] if name in by_name), None)
    picked = [field for field in asked if what in _PICKERS and field.picker == _PICKERS[what]]
    return named or (picked[0] if picked else None)


def _repository_fields(asked: Sequence[Field]) -> list[Field]:
    return [field for field in asked if field.picker == _REPOSITORY and not field.is_conditional]


def _fill(filled: dict[str, Any], name: str, answer: str, what: str) -> list[Fault]:
    if name in filled and filled[name] != answer:
        return [Fault(name, f'the {what} is "{answer}", but the values say {name}: "{filled[name]}". Keep one')]
    filled[name] = answer
    return []
