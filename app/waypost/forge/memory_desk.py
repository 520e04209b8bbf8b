"""The conversation in one repository in memory: what people do in pull requests, and what an App sees of it.

Writes that the forge would refuse are refused: a merge of another head, of a draft, of a closed pull request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from waypost.forge.check_runs import Seal, fitted
from waypost.forge.desk import (
    Annotation,
    Change,
    Check,
    Comment,
    Issue,
    Labelling,
    Person,
    Pull,
    Review,
    Run,
    Verdict,
)
from waypost.forge.memory_repository import Changes, MemoryRepository, as_bytes
from waypost.forge.protocol import HeadMoved, NotFound, NotMergeable

US = Person("waypost[bot]", True, 1)


class MemoryDesk:
    """Implements `desk.Desk`. `writes` counts what was written, by the method's name."""

    def __init__(self, repository: MemoryRepository, clock: Callable[[], float], spend: Callable[[], None]) -> None:
        self.writes: Counter[str] = Counter()
        self.checks: dict[int, Check] = {}  # by the number of the run
        self._repository, self._clock, self._spend = repository, clock, spend
        self._pulls: dict[int, Pull] = {}
        self._reviews: dict[int, list[Review]] = {}
        self._comments: dict[int, list[Comment]] = {}
        self._issues: dict[int, Issue] = {}
        self._labellings: dict[int, list[Labelling]] = {}
        self._labels: set[str] = set()  # that people can choose
        self._verdicts: dict[str, dict[str, Verdict]] = {}
        self._numbers = count(1)
        self._ids = count(1)

    # what people do

    def propose(
        self, changes: Changes, title: str = "A change", author: str = "somebody", branch: str = "topic", fork: str = ""
    ) -> Pull:
        """Open a pull request on top of the default branch, from a branch here or (`fork`: owner/name) elsewhere."""
        value = self._repository.value
        head = self._repository.commit(value.head, as_bytes(changes), title)
        return self._open(Person(author), branch, head, fork or self.full_name, value.default_branch, title, "")

    def push(self, number: int, changes: Changes) -> Pull:
        """Add a commit to a pull request."""
        pull = self._pull(number)
        return self._change(number, head=self._repository.commit(pull.head, as_bytes(changes), "More"))

    def close(self, number: int) -> Pull:
        return self._change(number, state="closed")

    def draft(self, number: int, is_draft: bool = True) -> Pull:
        return self._change(number, is_draft=is_draft)

    def review(self, number: int, author: str, state: str) -> None:
        self._reviews.setdefault(number, []).append(Review(Person(author), state, self._pull(number).head))

    def comment(self, number: int, author: str, body: str) -> None:
        self._comments.setdefault(number, []).append(self._comment(Person(author), body))

    def edit_comment(self, number: int, comment_id: int, body: str) -> None:
        said = self._comments[number]
        place = next(place for place, one in enumerate(said) if one.id == comment_id)
        said[place] = said[place]._replace(body=body, updated=self._now())

    def ask(self, author: str, title: str, body: str, labels: Iterable[str] = (), is_bot: bool = False) -> Issue:
        """Open an issue."""
        return self._issue(Person(author, is_bot), title, body, labels)

    def rewrite(self, number: int, **fields: str) -> None:
        """Somebody edits, closes or reopens an issue."""
        self._issues[number] = replace(self._issues[number], updated=self._now(), **fields)  # type: ignore[arg-type]

    def mark(self, number: int, author: str, label: str, is_set: bool = True, is_bot: bool = False) -> None:
        """Somebody sets a label, or takes it off."""
        self._mark(Person(author, is_bot), number, label, is_set)

    def judge(self, head: str, name: str, state: str) -> None:
        """Another App or service says something of a commit."""
        self._verdicts.setdefault(head, {})[name] = Verdict(name, state)

    # the port

    @property
    def full_name(self) -> str:
        return self._repository.value.full_name

    def login(self) -> str:
        return US.login

    def pull(self, number: int) -> Pull:
        self._spend()
        return self._pull(number)

    def changes(self, number: int) -> Sequence[Change] | None:
        self._spend()
        pull = self._pull(number)
        before, after = self._repository.at(pull.base_commit).ids, self._repository.at(pull.head).ids
        found = []
        for path in sorted({*before, *after}):
            if path not in after:
                found.append(Change(path, "removed"))
            elif before.get(path) != after[path]:
                found.append(Change(path, "modified" if path in before else "added"))
        return found

    def pulls(self, state: str = "open", branch: str = "") -> Sequence[Pull]:
        self._spend()
        return [
            pull
            for _, pull in sorted(self._pulls.items(), reverse=True)
            if state in ("all", pull.state)
            and (not branch or (pull.branch, pull.head_repository) == (branch, self.full_name))
        ]

    def reviews(self, number: int) -> Sequence[Review]:
        self._spend()
        return list(self._reviews.get(number, ()))

    def verdicts(self, head: str) -> Sequence[Verdict]:
        self._spend()
        return sorted(self._verdicts.get(head, {}).values())

    def merge(self, number: int, head: str, title: str) -> str:
        self._spend()
        pull = self._pull(number)
        if pull.state != "open" or pull.is_draft or self._repository.is_protected:
            raise NotMergeable(f"pull request {number} is closed, a draft, or a rule forbids it")
        if pull.head != head:
            raise HeadMoved(f"pull request {number} is at {pull.head}, not at {head}")
        files, before = self._repository.at(head).files, self._repository.at(pull.base_commit).files
        changes = {path: files.get(path) for path in {*files, *before} if files.get(path) != before.get(path)}
        new = self._repository.push(changes, title, "")
        self._change(number, state="closed", is_merged=True)
        self.writes["merge"] += 1
        return new

    def open_pull(
        self, branch: str, base: str, base_commit: str, files: Mapping[str, bytes], title: str, body: str
    ) -> Pull:
        self._spend()
        self.writes["open_pull"] += 1
        head = self._repository.commit(base_commit, dict(files), title)
        open_ones = (one for one in self._pulls.values() if one.state == "open")
        there = next((one for one in open_ones if (one.branch, one.head_repository) == (branch, self.full_name)), None)
        if there is not None:
            return self._change(there.number, head=head, base_commit=base_commit, title=title, body=body)
        return self._open(US, branch, head, self.full_name, base, title, body, base_commit)

    def run(self, head: str, name: str) -> Run | None:
        self._spend()
        number = self._newest(head, name)
        if number is None:
            return None
        check = self.checks[number]
        return Run(number, head, "completed", check.conclusion, check.key, check.title, check.summary)

    def publish(self, check: Check, anew: bool = False) -> int:
        self._spend()
        check = fitted(check)
        number = None if anew else self._newest(check.head, check.name)
        if number is not None and self.checks[number] == check:
            return number
        if number is None or Seal.of(check).annotations != Seal.of(self.checks[number]).annotations:
            number = next(self._ids)
        self.checks[number] = check
        self.writes["publish"] += 1
        return number

    def annotations(self, head: str, name: str) -> Sequence[Annotation]:
        """What people see beside the lines, for assertions."""
        number = self._newest(head, name)
        return self.checks[number].annotations if number is not None else ()

    def comments(self, number: int) -> Sequence[Comment]:
        self._spend()
        return list(self._comments.get(number, ()))

    def say(self, number: int, marker: str, body: str) -> int:
        self._spend()
        there = self._said(number, marker)
        if there is not None and there.body == body:
            return there.id
        self.writes["say"] += 1
        said = self._comments.setdefault(number, [])
        if there is None:
            said.append(self._comment(US, body))
            return said[-1].id
        said[said.index(there)] = there._replace(body=body, updated=self._now())
        return there.id

    def unsay(self, number: int, marker: str) -> bool:
        self._spend()
        there = self._said(number, marker)
        if there is None:
            return False
        self.writes["unsay"] += 1
        self._comments[number].remove(there)
        return True

    def issues(self, marker: str, state: str = "all") -> Sequence[Issue]:
        self._spend()
        newest_first = [self._issues[number] for number in sorted(self._issues, reverse=True)]
        return [one for one in newest_first if marker in one.body and state in ("all", one.state)]

    def open_issue(self, title: str, body: str, labels: Iterable[str] = ()) -> Issue:
        self._spend()
        self.writes["open_issue"] += 1
        return self._issue(US, title, body, labels)

    def issue(self, number: int) -> Issue:
        self._spend()
        if number not in self._issues:
            raise NotFound(f"{self.full_name} has no issue {number}")
        return self._issues[number]

    def labelled(self, label: str) -> Sequence[Issue]:
        self._spend()
        newest_first = [self._issues[number] for number in sorted(self._issues, reverse=True)]
        return [one for one in newest_first if label in one.labels and one.state == "open"]

    def labellings(self, number: int) -> Sequence[Labelling]:
        self._spend()
        return list(self._labellings.get(number, ()))

    def label(self, number: int, label: str, is_set: bool = True) -> None:
        self._spend()
        if (label in self._issues[number].labels) != is_set:
            self.writes["label"] += 1
            self._mark(US, number, label, is_set)

    def offer_label(self, label: str, colour: str, description: str) -> None:
        self._spend()
        if label not in self._labels:
            self.writes["offer_label"] += 1
            self._labels.add(label)

    def edit_issue(self, number: int, title: str = "", body: str = "", state: str = "", reason: str = "") -> None:
        self._spend()
        self.writes["edit_issue"] += 1
        if number in self._pulls:  # a pull request is an issue too
            pull = self._pulls[number]
            self._change(number, title=title or pull.title, body=body or pull.body, state=state or pull.state)
            return
        old = self._issues[number]
        self._issues[number] = replace(old, title=title or old.title, body=body or old.body, state=state or old.state)

    # within

    def _open(
        self, author: Person, branch: str, head: str, source: str, base: str, title: str, body: str, on: str = ""
    ) -> Pull:
        number, now = next(self._numbers), self._now()
        base_commit = on or self._repository.value.head
        pull = Pull(number, title, author, branch, head, source, base, base_commit, body=body, created=now, updated=now)
        self._pulls[number] = pull
        return pull

    def _issue(self, author: Person, title: str, body: str, labels: Iterable[str]) -> Issue:
        now = self._now()
        issue = Issue(next(self._numbers), title, body, author, created=now, updated=now)
        self._issues[issue.number] = issue
        for label in labels:
            self._mark(author, issue.number, label, True)
        return self._issues[issue.number]

    def _mark(self, actor: Person, number: int, label: str, is_set: bool) -> None:
        issue, now = self._issues[number], self._now()
        kept = tuple(one for one in issue.labels if one != label)
        self._issues[number] = replace(issue, labels=(*kept, label) if is_set else kept, updated=now)
        self._labels |= {label}
        self._labellings.setdefault(number, []).append(Labelling(label, actor, is_set, now))

    def _pull(self, number: int) -> Pull:
        if number not in self._pulls:
            raise NotFound(f"{self.full_name} has no pull request {number}")
        return self._pulls[number]

    def _change(self, number: int, **fields: object) -> Pull:
        self._pulls[number] = replace(self._pull(number), updated=self._now(), **fields)  # type: ignore[arg-type]
        return self._pulls[number]

    def _newest(self, head: str, name: str) -> int | None:
        found = (number for number, one in self.checks.items() if (one.head, one.name) == (head, name))
        return max(found, default=None)

    def _said(self, number: int, marker: str) -> Comment | None:
        found = (one for one in self._comments.get(number, ()) if one.body.startswith(marker) and one.author == US)
        return next(found, None)

    def _comment(self, author: Person, body: str) -> Comment:
        now = self._now()
        return Comment(next(self._ids), author, body, now, now)

    def _now(self) -> str:
        return f"{datetime.fromtimestamp(self._clock(), UTC):%Y-%m-%dT%H:%M:%SZ}"
