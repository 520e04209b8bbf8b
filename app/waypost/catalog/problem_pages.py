"""Every problem Waypost can report has a page: what it is, why it matters, how to fix it.

`waypost problems ID` shows them. A new problem adds an entry to the list of its area; a test looks for ids without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from waypost.catalog.catalog_problems import CATALOG_PROBLEMS
from waypost.catalog.descriptor_problems import DESCRIPTOR_PROBLEMS
from waypost.catalog.docs_problems import DOCS_PROBLEMS
from waypost.catalog.problem_page import Page
from waypost.catalog.template_problems import TEMPLATE_PROBLEMS
from waypost.catalog.yaml_problems import YAML_PROBLEMS

_AREAS = (YAML_PROBLEMS, DESCRIPTOR_PROBLEMS, CATALOG_PROBLEMS, TEMPLATE_PROBLEMS, DOCS_PROBLEMS)

PAGES: Mapping[str, Page] = {page.id: page for area in _AREAS for page in area}


def nearest(id: str) -> str:
    """Return the known id that looks most like `id`; "" when none does."""
    return next(iter(get_close_matches(id, PAGES, n=1, cutoff=0.5)), "")
