"""Our side of the conversation in one issue: two comments that are edited in place, labels, the end. Decides nothing.

Nothing is written that is so already, nothing at all in a dry look, and no credential ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from waypost.create.door.history import History, Shown
from waypost.create.door.words import CREATED, DRY_RUN, FAILED, LABELS, STATUS, first_line, ours
from waypost.forge.desk import Desk
from waypost.forge.protocol import ForgeError
from waypost.forge.redact import redact
from waypost.forge.talk import COMMENT_CHARACTERS, cut
from waypost.golden.forms import LABEL
from waypost.pages.markdown import Md

PROGRESS_SECONDS = 5.0  # between two edits: each counts as content, of which GitHub takes 500 an hour


@dataclass(slots=True)
class Conversation:
    """One issue as it was found, and how to speak in it."""

    desk: Desk
    history: History
    is_dry: bool = False
    texts: list[str] = field(default_factory=list)  # what was said, or would have been

    @property
    def number(self) -> int:
        return self.history.issue.number

    def show(self, hash: str, body: Md) -> Shown:
        """Have the dry run in its comment; say since when people could see it."""
        text = _fit(f"{first_line(DRY_RUN, hash or '-')}\n{body}\n")
        there = ours(list(self.history.comments), self.history.us, DRY_RUN)
        if there is not None and there.body.replace("\r\n", "\n").rstrip() == text.rstrip():
            return Shown(hash, there.updated)
        self._say(DRY_RUN, text)
        self._begin(there is None)
        return Shown(hash)

    def tell(self, text: str) -> None:
        """Have the status in its comment."""
        self._say(STATUS, _fit(text))

    def untell(self) -> None:
        if not self.is_dry:
            self.desk.unsay(self.number, STATUS)

    def _begin(self, is_first: bool) -> None:
        """Mark the issue as a request and offer the labels that people may want, after they have their answer."""
        if self.is_dry or (LABEL in self.history.issue.labels and not is_first):
            return
        for label, colour, description in LABELS:
            self.desk.offer_label(label, colour, description)
        self.desk.label(self.number, LABEL)

    def fail(self) -> None:
        if not self.is_dry:
            self.desk.label(self.number, FAILED)

    def finish(self) -> None:
        """Close the issue of what is there. The label last: with it the issue is never looked at again."""
        if not self.is_dry:
            self.desk.label(self.number, FAILED, is_set=False)
            self.desk.edit_issue(self.number, state="closed", reason="completed")
            self.desk.label(self.number, CREATED)

    def cancel(self) -> None:
        if not self.is_dry:
            self.desk.edit_issue(self.number, state="closed", reason="not_planned")

    def _say(self, marker: str, text: str) -> None:
        self.texts.append(text)
        if not self.is_dry:
            self.desk.say(self.number, marker, text)


def _fit(text: str) -> str:
    return cut(redact(text), COMMENT_CHARACTERS)


class Progress:
    """Shows what was done, every few seconds; that it cannot be shown is no reason to stop."""

    def __init__(self, show: Callable[[list[str]], None], say: Callable[[str], None], clock: Callable[[], float]):
        self.steps: list[str] = []
        self._show, self._say, self._clock = show, say, clock
        self._last = float("-inf")

    def tell(self, text: str) -> None:
        self._say(text)
        self.steps.append(text)
        if self._clock() - self._last >= PROGRESS_SECONDS:
            self._last = self._clock()
            try:
                self._show(self.steps)
            except ForgeError as error:
                self._say(f"the progress could not be shown: {error}")
