"""The port of creating: look at one repository's present state, change it, push to it. Decides nothing.

A change is a value before it is a call, so that a plan can be shown, compared and tested without a forge.
`workshop.py` is the real one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from waypost.forge.mirror import Author
from waypost.forge.protocol import Budget
from waypost.golden.tree import Tree


@dataclass(frozen=True, slots=True)
class Write:
    """One call that changes something; `what` says it for people: "give team payments push on acme/pay"."""

    verb: str
    path: str
    what: str
    body: Mapping[str, Any] | None = field(default=None, repr=False)  # may hold a sealed secret


class Me(NamedTuple):
    """Who the calls are made by, and what they may do. `permissions` is None where they are not known before."""

    login: str
    is_app: bool
    permissions: Mapping[str, str] | None = None  # of an installation: name -> read | write | admin
    scopes: frozenset[str] | None = None  # of a classic personal token


class Draft(NamedTuple):
    """A commit to be made on top of `parent` ("" is none); equal drafts make the same commit, wherever they are made.

    `expected` is where the branch is now: "" for a new branch, whatever the commit's parent is.
    """

    branch: str
    parent: str
    files: Tree
    message: str
    author: Author
    seconds: int  # since the epoch
    removed: Sequence[str] = ()
    expected: str = ""


class Workshop(Protocol):
    """One organisation, seen by whoever may create in it. Raises `protocol.ForgeError`s."""

    @property
    def organisation(self) -> str: ...

    def me(self) -> Me: ...

    def author(self) -> Author:
        """Who our commits are by."""

    def look(self, path: str, what: str) -> Any:
        """What is there now, as GitHub's REST interface shows it; None when the answer is 404."""

    def listing(self, path: str, what: str, key: str = "") -> list[Any]:
        """A whole listing; `key` is where the entries are when a page is an object."""

    def write(self, change: Write) -> Any:
        """Make a change and return what was answered. Never tried twice here: look first whether it was made."""

    def head(self, full_name: str, branch: str) -> str:
        """Where a branch is; "" when there is none."""

    def push(self, full_name: str, draft: Draft) -> str:
        """Make the commit and move the branch there from where the draft expects it; return it.

        A branch that is there already is no error. Raise HeadMoved when it is elsewhere.
        """

    def files(self, full_name: str, commit: str, paths: Sequence[str] = ()) -> Tree:
        """The files and what is in the folders of these paths at a commit; () is everything. Their paths stay whole."""

    def touched(self, full_name: str, commit: str, path: str) -> str:
        """The last commit up to `commit` that changed something below a path; "" when there is none."""

    def budget(self) -> Budget | None:
        """The calls that are left in this hour; None where there is no limit."""


class Workshops(Protocol):
    """How to come by a workshop: one for each organisation that can be signed in to."""

    def organisations(self) -> Sequence[str]: ...

    def workshop(self, organisation: str) -> Workshop:
        """Raise NotInstalled when this organisation is not ours to create in."""
