"""Doors to a template that are made of text: the GitHub issue form, and the inputs of a workflow. Pure."""

from waypost.golden.forms.issue_body import issue_body, read_issue, template_of
from waypost.golden.forms.issue_form import LABEL, MARK, form_name, issue_form, obstacles
from waypost.golden.forms.workflow import read_workflow

__all__ = [
    "LABEL",
    "MARK",
    "form_name",
    "issue_body",
    "issue_form",
    "obstacles",
    "read_issue",
    "read_workflow",
    "template_of",
]
