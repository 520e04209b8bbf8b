"""What people have said in a request and whether it counts. Pure: asks nobody but `may`, which is handed in.

An approval is worth something only to those who could see what they approve: it comes after the dry run that is shown
now, by somebody who may agree, and nobody has touched it since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from waypost.create.door.words import APPROVE, STATUS, command, ours, words_of
from waypost.forge.desk import Comment, Issue, Labelling, Person

May = Callable[[str], str]  # why the agreement of a login does not count; "" when it does

BOT = "a bot cannot agree to anything"
EDITED = "the comment was edited afterwards. Write a new one"
EARLIER = "it came before what the dry run shows now. Look at it, and agree again"
MOST_HEARD = 20  # of the newest: a crowd that shouts must not cost us a question each
IMPOSSIBLE = "what stands in the way has to go first"


class Said(NamedTuple):
    """Something that asks us to act."""

    word: str  # approve | retry | cancel
    who: Person
    when: str  # ISO 8601
    hash: str = ""  # that it is meant for, where it says so
    is_edited: bool = False
    is_label: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """An issue with all that was said and marked in it, as it is now."""

    issue: Issue
    comments: Sequence[Comment]
    labellings: Sequence[Labelling]
    us: str  # our login

    def said(self) -> list[Said]:
        """Return everything that asks us to act, oldest first."""
        found = [*self._commands(), *self._label()]
        return sorted(found, key=lambda one: one.when)

    def _commands(self) -> Iterator[Said]:
        for one in self.comments:
            if asked := command(one.body):
                yield Said(asked.word, one.author, one.created, asked.hash, one.updated != one.created)

    def _label(self) -> Iterator[Said]:
        """Only who set the label last agrees, and only while it is there."""
        last = [one for one in self.labellings if one.label.lower() == APPROVE]
        if last and last[-1].is_set and APPROVE in (label.lower() for label in self.issue.labels):
            yield Said("approve", last[-1].actor, last[-1].created, is_label=True)


class Shown(NamedTuple):
    """The dry run as people see it."""

    hash: str  # "" while nothing can be approved
    since: str = ""  # when its comment got the present text; "" is just now


class State(StrEnum):
    """How far a request has come, as our own comment says."""

    NEW = ""
    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CREATED = "created"


class Status(NamedTuple):
    """The first line of that comment."""

    state: State = State.NEW
    hash: str = ""
    heard: str = ""  # when the last thing was said that has been acted on


def status_of(history: History) -> Status:
    """Read how far it has come; what cannot be read is a beginning."""
    words = words_of(ours(list(history.comments), history.us, STATUS))
    if not words or words[0] not in list(State):
        return Status()
    return Status(State(words[0]), *words[1:3])


class Move(StrEnum):
    """What to do next."""

    WAIT = "wait"
    CREATE = "create"
    CANCEL = "cancel"
    FINISH = "finish"  # it is there: only the issue is still open


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, because of whom, and whose word did not count and why."""

    move: Move
    by: Said | None = None
    refused: Sequence[tuple[Said, str]] = ()


def decide(history: History, shown: Shown, may: May) -> Decision:
    """Decide what to do with an open request whose dry run is shown."""
    status = status_of(history)
    if status.state is State.CREATED:
        return Decision(Move.FINISH)
    said = [one for one in history.said() if status.state is not State.CANCELLED or one.when > status.heard]
    ends = [(one, _may_not_direct(one, history, may)) for one in said if one.word == "cancel"][-MOST_HEARD:]
    if cancel := next((one for one, why in ends if not why), None):
        return Decision(Move.CANCEL, cancel)
    judged = [(one, _objection(one, shown, may)) for one in said[-MOST_HEARD:] if one.word == "approve"]
    refused = [(one, why) for one, why in (*judged, *ends) if why]
    counted = [one for one, why in judged if not why]
    if not counted or (_has_failed_at(status, shown) and not _goes_on(status, counted, said, history, may)):
        return Decision(Move.WAIT, None, tuple(refused))
    return Decision(Move.CREATE, counted[0], tuple(refused))


def _has_failed_at(status: Status, shown: Shown) -> bool:
    return status.state is State.FAILED and status.hash == shown.hash


def _goes_on(status: Status, counted: Sequence[Said], said: Sequence[Said], history: History, may: May) -> bool:
    """Say whether somebody has asked for another try since it failed."""
    again = (one for one in said if one.word == "retry" and one.when > status.heard)
    is_agreed_anew = any(one.when > status.heard for one in counted)
    return is_agreed_anew or any(not _may_not_direct(one, history, may) for one in again)


def _objection(said: Said, shown: Shown, may: May) -> str:
    """Return why an approval does not count; "" when it does. What costs a question comes last."""
    if said.who.is_bot:
        return BOT
    if said.is_edited:
        return EDITED
    if not shown.hash:
        return IMPOSSIBLE
    if said.hash and not shown.hash.startswith(said.hash):
        return f"it is for `{said.hash}`, and the dry run shows `{shown.hash}`"
    if not shown.since or said.when <= shown.since:
        return EARLIER
    return may(said.who.login)


def _may_not_direct(said: Said, history: History, may: May) -> str:
    """Return why somebody may neither cancel nor try again: who asked for it may, and who may agree to it."""
    if said.who.is_bot:
        return BOT
    if said.is_edited:
        return EDITED
    return "" if said.who.login.lower() == history.issue.author.login.lower() else may(said.who.login)
