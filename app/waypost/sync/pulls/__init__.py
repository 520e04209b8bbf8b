"""Answers in pull requests: read what would be merged, say what that does to the catalog, and merge what may be."""

from waypost.sync.pulls.lane import work as pull_work
from waypost.sync.pulls.waiting import work as merge_wait

__all__ = ["merge_wait", "pull_work"]
