"""What a template would make, for its page: of the example in its own tests, under the name that the page gives.

Fetches nothing: files are only names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from waypost.catalog.documents import parse
from waypost.catalog.template_folders import TemplateFolder
from waypost.golden.fields import fields
from waypost.golden.forms.workflow import field_for
from waypost.golden.plan import Plan, plan
from waypost.golden.sources import within
from waypost.golden.template import Template
from waypost.golden.tree import File

TEAM = "my-team"
_TYPE = re.compile(r"[a-z][a-z-]{1,30}[a-z]")


def name_for(template: Template) -> str:
    """The name of what a page makes from a template: my-service, my-website."""
    return f"my-{template.type if _TYPE.fullmatch(template.type) else 'service'}"


def preview(template: Template, folder: TemplateFolder, organisation: str) -> Plan | None:
    """Plan a template with its example; None when it has none, or one that does not fit."""
    documents = parse(folder.example).documents
    values = documents[0].value if documents else None
    if not isinstance(values, dict):
        return None
    tree = {path: File(b"") for path in folder.paths}
    for answers in (values | dict(_own(template, organisation)), values):
        planned = plan(template, answers, within(tree), is_dry_run=True)
        if planned.is_valid:
            return planned
    return None


def _own(template: Template, organisation: str) -> Iterator[tuple[str, Any]]:
    """What the command on the page answers; its readers should not meet the names of somebody's tests."""
    asked, name = fields(template), name_for(template)
    for field in asked:
        if field.picker == "RepoUrlPicker":
            yield field.name, f"github.com?owner={organisation}&repo={name}"
        elif field == field_for(asked, "name"):
            yield field.name, name
        elif field == field_for(asked, "owner"):
            yield field.name, f"group:default/{TEAM}"
