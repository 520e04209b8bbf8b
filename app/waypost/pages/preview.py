"""What a template would make of the example in its own tests, for its page. Fetches nothing: files are only names."""

from __future__ import annotations

from waypost.catalog.documents import parse
from waypost.catalog.template_folders import TemplateFolder
from waypost.golden.plan import Plan, plan
from waypost.golden.sources import within
from waypost.golden.template import Template
from waypost.golden.tree import File


def preview(template: Template, folder: TemplateFolder) -> Plan | None:
    """Plan a template with its example; None when it has none, or one that does not fit."""
    documents = parse(folder.example).documents
    values = documents[0].value if documents else None
    if not isinstance(values, dict):
        return None
    tree = {path: File(b"") for path in folder.paths}
    planned = plan(template, values, within(tree), is_dry_run=True)
    return planned if planned.is_valid else None
