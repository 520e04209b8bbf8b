"""Reads what an issue asks for: which template, and the answers of its form. Refuses what only another door takes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from waypost.create import shelf
from waypost.create.marks import request_id
from waypost.create.wish import Door, Wish
from waypost.forge.creating import Workshop
from waypost.forge.desk import Issue
from waypost.golden.faults import Fault
from waypost.golden.fields import fields
from waypost.golden.forms import LABEL, obstacles, read_issue, template_of
from waypost.golden.forms.workflow import field_for
from waypost.golden.template import Template, read

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")  # never a path: the template is one of the catalog's


@dataclass(frozen=True, slots=True)
class Asked:
    """What an issue asks for, or why it cannot be told."""

    template: Template | None = None
    wish: Wish | None = None
    faults: Sequence[Fault] = field(default=())


def is_request(issue: Issue) -> bool:
    """Say whether an issue asks for a repository: by its label, or because a form has made it.

    GitHub sets a form's label only where the repository has such a label.
    """
    return LABEL in issue.labels or bool(_PLAIN.fullmatch(template_of(issue.body)))


def read_request(workshop: Workshop, catalog: str, issue: Issue) -> Asked:
    """Read an issue. Raises what the forge raises."""
    books = shelf.library(workshop, catalog)
    name = template_of(issue.body)
    if issue.author.is_bot:
        return Asked(faults=[Fault("", f"{issue.author.login} is a bot: a person has to ask, who may create")])
    if not _PLAIN.fullmatch(name):
        address = f"{books.server}/{books.full_name}/issues/new/choose"
        return Asked(faults=[Fault("", f"this is not what a form writes. Open a new issue with a form: {address}")])
    try:
        found = shelf.find(workshop, books, name)
    except shelf.NoTemplate as error:
        return Asked(faults=[Fault("Template", str(error))])
    template = read(found.text, found.file)
    if narrow := obstacles(template):
        return Asked(template, faults=narrow)
    values, faults = read_issue(template, issue.body)
    wish = _wish(template, values, issue, workshop.organisation, books.full_name)
    if not faults and not wish.name:
        faults = (Fault("name", "the name of the new repository is missing"),)
    return Asked(template, wish, faults)


def _wish(template: Template, values: Mapping[str, Any], issue: Issue, organisation: str, catalog: str) -> Wish:
    asked = fields(template)
    owner = field_for(asked, "owner")
    name = _name(template, values)
    # another issue with the same answers is another request, and goes on with nobody else's
    request = request_id(organisation, template.ref, name, {"issue": f"{catalog.lower()}#{issue.number}", **values})
    said = values.get(owner.name) if owner else ""
    return Wish(
        organisation=organisation,
        name=name,
        owner=said if isinstance(said, str) else "",
        values=values,
        actor=issue.author.login,
        request=request,
        door=Door.ISSUE,
    )


def _name(template: Template, values: Mapping[str, Any]) -> str:
    """Return what the repository is to be called: the answer to the question for a repository, or for a name."""
    asked = fields(template)
    for one in asked:
        if one.picker == "RepoUrlPicker" and isinstance(value := values.get(one.name), str) and value:
            return repository_name(value)
    field = field_for(asked, "name")
    value = values.get(field.name) if field else None
    return value if isinstance(value, str) else ""


def repository_name(value: str) -> str:
    """Return the name in owner/name, or in what Backstage's picker gives: host?owner=acme&repo=pay."""
    if "?" in value:
        return next(iter(parse_qs(value.partition("?")[2]).get("repo", [])), "")
    return value.rpartition("/")[2]
