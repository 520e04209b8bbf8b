"""Everything that is known of a pull request when its check and its comment are written. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waypost.catalog.impact import Impact
from waypost.catalog.lookalikes import Lookalike
from waypost.catalog.merging import Refusal
from waypost.catalog.problems import Problem
from waypost.catalog.settings import VISIBILITIES
from waypost.pages.site import Site

MARKER = "<!-- waypost:pull -->"


@dataclass(frozen=True, slots=True)
class Case:
    """One pull request at one head."""

    impact: Impact
    site: Site
    problems: Sequence[Problem] = ()  # of the files that it touches: see `touched.problems`
    lookalikes: Sequence[Lookalike] = ()
    refusals: Sequence[Refusal] | None = None  # None: no registration; (): merges now
    templates: Mapping[str, int] | None = None  # touched templates, by ref: how many repositories were made from it
    integrations: Sequence[str] = ()  # touched files below integrations/
    check_url: str = ""  # where the check is shown
    is_partial: bool = False  # GitHub does not list all files: problems of others may be among these

    @property
    def is_wider(self) -> bool:
        """Say whether more people may read the pull request than the catalog: then it names nothing of others.

        A repository that is not known is taken for one that everybody reads.
        """
        after = self.impact.after
        name = self.impact.repository.lower()
        homes = (one.repository for known in (after.snapshots, after.hidden) for one in known.values())
        found = next((home.visibility for home in homes if home.full_name.lower() == name), "public")
        return _breadth(found, "public") > _breadth(after.readers, "private")


def _breadth(visibility: str, otherwise: str) -> int:
    return VISIBILITIES.index(visibility if visibility in VISIBILITIES else otherwise)
