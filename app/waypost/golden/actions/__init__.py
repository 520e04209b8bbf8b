"""The scaffolder actions we know, in a list that can be read. A plugin's actions are handed in beside these."""

from __future__ import annotations

from collections.abc import Sequence

from waypost.golden.actions import (
    cataloguing,
    debugging,
    fetching,
    filesystem,
    github_publishing,
    github_settings,
    github_work,
    waypost_github,
)
from waypost.golden.actions.action import Action, ActionFault, NotYet, Outcome, OutOfReach, Run

__all__ = ["ACTIONS", "Action", "ActionFault", "NotYet", "OutOfReach", "Outcome", "Run"]

ACTIONS: Sequence[Action] = [
    *fetching.ACTIONS,
    *filesystem.ACTIONS,
    *cataloguing.ACTIONS,
    *github_publishing.ACTIONS,
    *github_settings.ACTIONS,
    *github_work.ACTIONS,
    *waypost_github.ACTIONS,
    *debugging.ACTIONS,
]
