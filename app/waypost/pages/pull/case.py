"""Everything that is known of a pull request when its check and its comment are written. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waypost.catalog.impact import Impact
from waypost.catalog.lookalikes import Lookalike
from waypost.catalog.merging import Refusal
from waypost.catalog.problems import Problem
from waypost.pages.site import Site

MARKER = "<!-- waypost:pull -->"


@dataclass(frozen=True, slots=True)
class Case:
    """One pull request at one head. Whoever reads it must be allowed to read the catalog: names of others are told."""

    impact: Impact
    site: Site
    problems: Sequence[Problem] = ()  # of the files that it touches: see `touched.problems`
    lookalikes: Sequence[Lookalike] = ()
    refusals: Sequence[Refusal] | None = None  # None: no registration; (): merges now
    templates: Mapping[str, int] | None = None  # touched templates, by ref: how many repositories were made from it
    integrations: Sequence[str] = ()  # touched files below integrations/
    check_url: str = ""  # where the check is shown
    is_partial: bool = False  # GitHub does not list all files: problems of others may be among these
