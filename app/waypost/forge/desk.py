"""The port to the conversation in one repository: pull requests, check runs, comments and issues. Decides nothing.

`Forge.desk` gives one for a repository. Every method raises `protocol.ForgeError`s; NotAllowed names the permission.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Person(NamedTuple):
    """Who did something."""

    login: str
    is_bot: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull request as it is now."""

    number: int
    title: str
    author: Person
    branch: str  # of the head
    head: str  # commit
    head_repository: str  # owner/name; "" when the fork is gone
    base: str  # branch
    base_commit: str
    state: str = "open"  # open | closed
    is_draft: bool = False
    is_merged: bool = False
    labels: tuple[str, ...] = ()
    body: str = ""
    created: str = ""  # ISO 8601
    updated: str = ""


class Verdict(NamedTuple):
    """What another App or service says of a commit: a check run's conclusion, or a commit status."""

    name: str
    state: str  # success | neutral | skipped | pending | failure | error | cancelled | timed_out | ...


class Change(NamedTuple):
    """A file that a pull request touches."""

    path: str
    status: str  # added | removed | modified | renamed | copied | changed
    before: str = ""  # its path before a rename


class Annotation(NamedTuple):
    """A remark at a line, shown in the difference of a pull request."""

    path: str
    line: int
    level: str  # notice | warning | failure
    message: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A completed check run to publish. Annotations are sent in batches of 50; texts are cut at GitHub's limits."""

    name: str
    head: str
    conclusion: str  # success | failure | neutral | skipped | action_required
    title: str
    summary: str  # Markdown
    annotations: tuple[Annotation, ...] = ()
    text: str = ""  # Markdown: details below the summary
    url: str = ""  # where "Details" leads; "" for the run's own page
    key: str = ""  # external_id


class Run(NamedTuple):
    """A check run of ours that is there. GitHub starts a new suite's runs anew at "re-run", so the newest counts."""

    id: int
    head: str
    status: str  # queued | in_progress | completed
    conclusion: str
    key: str
    title: str = ""
    summary: str = ""


class Comment(NamedTuple):
    """A comment of an issue or a pull request."""

    id: int
    author: Person
    body: str
    created: str = ""
    updated: str = ""  # later than `created` where somebody has edited it


class Labelling(NamedTuple):
    """Somebody set a label on an issue, or took it off."""

    label: str
    actor: Person
    is_set: bool
    created: str = ""


class Review(NamedTuple):
    """What a reviewer decided, and at which commit."""

    author: Person
    state: str  # APPROVED | CHANGES_REQUESTED | COMMENTED | DISMISSED
    head: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue (never a pull request)."""

    number: int
    title: str
    body: str
    author: Person
    state: str = "open"
    labels: tuple[str, ...] = ()
    created: str = ""
    updated: str = ""


class Desk(Protocol):
    """One repository, with a token narrowed to it. Writes are spaced and budgeted like every other write."""

    @property
    def full_name(self) -> str: ...

    def login(self) -> str:
        """Whose comments and issues ours are."""

    def pull(self, number: int) -> Pull: ...

    def changes(self, number: int) -> Sequence[Change] | None:
        """The files a pull request touches; None where GitHub does not list them all (more than 3,000)."""

    def pulls(self, state: str = "open", branch: str = "") -> Sequence[Pull]:
        """Newest first; `branch` of this repository narrows it to pull requests from there."""

    def reviews(self, number: int) -> Sequence[Review]: ...

    def verdicts(self, head: str) -> Sequence[Verdict]:
        """The newest check runs and commit statuses at a commit, without our own."""

    def merge(self, number: int, head: str, title: str) -> str:
        """Merge exactly that head and return the new commit.

        Raise HeadMoved when the pull request is elsewhere, NotMergeable when GitHub will not: a conflict, a rule.
        """

    def open_pull(
        self, branch: str, base: str, base_commit: str, files: Mapping[str, bytes], title: str, body: str
    ) -> Pull:
        """One commit on a new branch from `base_commit`, and a pull request; a branch that is there is written anew."""

    def run(self, head: str, name: str) -> Run | None:
        """The newest check run of ours with that name at a commit."""

    def publish(self, check: Check, anew: bool = False) -> int:
        """Make the check run, or bring the one of the same name and head up to date; return its number.

        Equal: no call. `anew`: somebody asked for it to be run again, so there is a new one in any case.
        """

    def comments(self, number: int) -> Sequence[Comment]: ...

    def say(self, number: int, marker: str, body: str) -> int:
        """Have one comment of ours that holds the hidden `marker`: edit it in place, or write it. Equal: no call."""

    def unsay(self, number: int, marker: str) -> bool:
        """Remove that comment; say whether it was there."""

    def issues(self, marker: str, state: str = "all") -> Sequence[Issue]:
        """Issues of ours whose body holds the hidden marker, newest first."""

    def issue(self, number: int) -> Issue:
        """Raise NotFound for a pull request, too."""

    def labelled(self, label: str) -> Sequence[Issue]:
        """Open issues that bear a label, whoever opened them, newest first."""

    def labellings(self, number: int) -> Sequence[Labelling]:
        """Who set which label on an issue and who took it off, oldest first."""

    def open_issue(self, title: str, body: str, labels: Iterable[str] = ()) -> Issue: ...

    def edit_issue(self, number: int, title: str = "", body: str = "", state: str = "", reason: str = "") -> None:
        """`reason` says why it is closed: completed, the default, or not_planned."""

    def label(self, number: int, label: str, is_set: bool = True) -> None:
        """Set a label, or take it off; nothing is done that is so already. An unknown label is made."""

    def offer_label(self, label: str, colour: str, description: str) -> None:
        """Have a label in the repository for people to choose; one that is there stays as it is."""
