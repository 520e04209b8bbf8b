"""Whether the site may be put where its readers are: never where more people read than may. Deploys nothing."""

from __future__ import annotations

from dataclasses import dataclass

from waypost.catalog.publishing import Publishing
from waypost.catalog.settings import is_wider
from waypost.docs.central.values import State
from waypost.docs.limits import NAMED


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the reason in words."""

    may: bool
    reason: str
    is_refusal: bool = False  # the settings ask for a site, and its readers forbid it


def decide(docs: Publishing, state: State, readers: str) -> Decision:
    """Say whether the site may be deployed to GitHub Pages that `readers` may read: "public", or anything narrower.

    Narrower pages (Enterprise Cloud) are read by whoever reads the catalog repository; on the branch stands nothing
    else. What is not known counts as public.
    """
    if not docs.has_site:
        return Decision(False, f"docs.publish is {docs.publish} in waypost.yaml: there is no site to deploy.")
    if not state.records:
        return Decision(False, "No documentation has arrived yet: there is nothing to deploy.")
    narrow = sorted(
        {record.repository for record in state.records.values() if is_wider(readers, record.visibility)}, key=str.lower
    )
    # Narrower documentation is on the branch only if discovery.narrower shows it to the catalog's readers. That is no
    # leave to show it to everybody.
    if not is_wider(readers, state.readers) and not (narrow and readers == "public"):
        return Decision(True, f"Whoever reads the site ({readers}) may read the catalog ({state.readers}) as well.")
    if docs.public:
        return Decision(True, f"docs.public is true in waypost.yaml: the site is {readers}, as it asks.")
    named = ", ".join(narrow[:NAMED]) + (f" and {len(narrow) - NAMED} more" if len(narrow) > NAMED else "")
    what = f"documentation of {named}" if narrow else f"the names in a catalog that is {state.readers}"
    reason = (
        f"Not deployed: everybody could read {what} on a {readers} site. Make GitHub Pages private (Enterprise Cloud),"
        " leave it at the Markdown on the branch (docs: {publish: markdown} in waypost.yaml), or allow it there with"
        " docs: {public: true}."
    )
    return Decision(False, reason, is_refusal=docs.publish == "site")
