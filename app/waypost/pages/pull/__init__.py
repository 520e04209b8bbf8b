"""What people read in a pull request: the check, the comment and the difference of the portal. Pure texts."""

from waypost.pages.pull.case import MARKER, Case
from waypost.pages.pull.check import Remark, Verdict, check
from waypost.pages.pull.comment import comment
from waypost.pages.pull.difference import difference
from waypost.pages.pull.templates import template_problems, touched_templates
from waypost.pages.pull.touched import generated, problems

__all__ = [
    "MARKER",
    "Case",
    "Remark",
    "Verdict",
    "check",
    "comment",
    "difference",
    "generated",
    "problems",
    "template_problems",
    "touched_templates",
]
