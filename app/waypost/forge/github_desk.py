"""The conversation in one repository by GitHub's REST interface: implements `desk.Desk`. Decides nothing.

What is read is asked for with the ETag of the last answer, so looking again at what did not change costs no quota.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from waypost.forge import branches, check_runs, talk
from waypost.forge.api import Api
from waypost.forge.check_runs import Seal
from waypost.forge.credentials import Credential
from waypost.forge.desk import Change, Check, Comment, Issue, Labelling, Pull, Review, Run, Verdict
from waypost.forge.protocol import ForgeError, NotFound, NotMergeable

CHANGED_FILES = 3_000  # https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
WAYS = ("squash", "merge", "rebase")  # to merge: one commit says best what was checked


@dataclass(frozen=True, slots=True)
class Voice:
    """How we sign in one repository, and how to know what is ours."""

    talker: Credential  # checks, pull requests, issues
    writer: Credential  # contents
    login: Callable[[], str]  # whose comments and issues are ours
    app_id: int = 0  # whose check runs are ours; 0: whoever's, a workflow has no App


class GitHubDesk:
    """Safe between threads; two that write the same comment at once would write it twice."""

    def __init__(self, api: Api, voice: Voice, full_name: str) -> None:
        self._api, self._voice, self._name = api, voice, full_name

    @property
    def full_name(self) -> str:
        return self._name

    def login(self) -> str:
        return self._voice.login()

    def pull(self, number: int) -> Pull:
        found: Pull = next(self._pages(f"/pulls/{number}", f"reading pull request {number}", talk.pull))
        return found

    def changes(self, number: int) -> Sequence[Change] | None:
        address = f"/pulls/{number}/files?per_page=100"
        found: list[Change] = self._all(address, f"listing the files of pull request {number}", talk.changes)
        return None if len(found) >= CHANGED_FILES else found

    def pulls(self, state: str = "open", branch: str = "") -> Sequence[Pull]:
        asked = {"state": state, "sort": "created", "direction": "desc", "per_page": "100"}
        if branch:
            asked["head"] = f"{self._name.partition('/')[0]}:{branch}"
        return self._all(f"/pulls?{urlencode(asked)}", "listing the pull requests", talk.pulls)

    def reviews(self, number: int) -> Sequence[Review]:
        address = f"/pulls/{number}/reviews?per_page=100"
        return self._all(address, f"listing the reviews of pull request {number}", talk.reviews)

    def verdicts(self, head: str) -> Sequence[Verdict]:
        what, at = f"reading the checks at {head[:10]}", f"/commits/{quote(head, safe='')}"
        runs = self._all(f"{at}/check-runs?per_page=100", what, talk.run_verdicts)
        statuses = self._all(f"{at}/status?per_page=100", what, talk.status_verdicts)
        ours = self._voice.app_id
        return sorted({*(verdict for app, verdict in runs if not ours or app != ours), *statuses})

    def merge(self, number: int, head: str, title: str) -> str:
        for way in WAYS:
            body = {"sha": head, "commit_title": title, "merge_method": way}
            try:
                answer = self._write("PUT", f"/pulls/{number}/merge", f"merging pull request {number}", body, True)
            except NotMergeable as error:
                if way == WAYS[-1] or "not allowed on this repository" not in str(error):
                    raise
            else:
                return str(answer["sha"])
        raise AssertionError("the last way either merged or raised")

    def open_pull(
        self, branch: str, base: str, base_commit: str, files: Mapping[str, bytes], title: str, body: str
    ) -> Pull:
        commit = branches.Commit(base_commit, files, title)
        branches.write(self._api, self._voice.writer, self._name, branch, commit)
        said = {"title": title, "body": talk.cut(body, talk.COMMENT_CHARACTERS)}
        there = next(iter(self.pulls("open", branch)), None)
        if there is None:
            asked = {**said, "head": branch, "base": base}
            return talk.pull(self._write("POST", "/pulls", f"opening a pull request from {branch}", asked))
        what = f"editing pull request {there.number}"
        return talk.pull(self._write("PATCH", f"/pulls/{there.number}", what, said))

    def run(self, head: str, name: str) -> Run | None:
        found = self._run(head, name)
        return None if found is None else found[0]

    def publish(self, check: Check, anew: bool = False) -> int:
        check = check_runs.fitted(check)
        wanted, there = Seal.of(check), None if anew else self._run(check.head, check.name)
        if there is not None and there[1].annotations == wanted.annotations:
            number = there[0].id
            if there[1] != wanted or there[0].status != "completed":
                self._patch_run(number, check_runs.revision(check))
            return number
        first, *further = check_runs.requests(check)
        number = int(self._write("POST", "/check-runs", f'publishing the check "{check.name}"', first)["id"])
        for body in further:
            self._patch_run(number, body)
        return number

    def comments(self, number: int) -> Sequence[Comment]:
        return self._all(f"/issues/{number}/comments?per_page=100", f"listing the comments of {number}", talk.comments)

    def say(self, number: int, marker: str, body: str) -> int:
        there = self._said(number, marker)
        body = talk.cut(body, talk.COMMENT_CHARACTERS)
        if there is None:
            said = self._write("POST", f"/issues/{number}/comments", f"commenting on {number}", {"body": body})
            return int(said["id"])
        if there.body.replace("\r\n", "\n").rstrip() != body.rstrip():
            self._write("PATCH", f"/issues/comments/{there.id}", f"editing a comment of {number}", {"body": body})
        return there.id

    def unsay(self, number: int, marker: str) -> bool:
        there = self._said(number, marker)
        if there is None:
            return False
        try:
            self._write("DELETE", f"/issues/comments/{there.id}", f"removing a comment of {number}")
        except NotFound:  # somebody was faster
            return False
        return True

    def issues(self, marker: str, state: str = "all") -> Sequence[Issue]:
        asked = urlencode({"state": state, "creator": self._voice.login(), "per_page": "100"})
        return [one for one in self._all(f"/issues?{asked}", "listing our issues", talk.issues) if marker in one.body]

    def open_issue(self, title: str, body: str, labels: Iterable[str] = ()) -> Issue:
        said = {"title": title, "body": talk.cut(body, talk.COMMENT_CHARACTERS), "labels": list(labels)}
        return talk.issue(self._write("POST", "/issues", "opening an issue", said))

    def edit_issue(self, number: int, title: str = "", body: str = "", state: str = "", reason: str = "") -> None:
        body = talk.cut(body, talk.COMMENT_CHARACTERS)
        said = {"title": title, "body": body, "state": state, "state_reason": reason}
        self._write("PATCH", f"/issues/{number}", f"editing issue {number}", {k: v for k, v in said.items() if v})

    def issue(self, number: int) -> Issue:
        found: list[Issue] = next(self._pages(f"/issues/{number}", f"reading issue {number}", _issue))
        if not found:
            raise NotFound(f"{self._name}#{number} is a pull request, not an issue")
        return found[0]

    def labelled(self, label: str) -> Sequence[Issue]:
        asked = urlencode({"state": "open", "labels": label, "per_page": "100"})
        return self._all(f"/issues?{asked}", f'listing the issues with label "{label}"', talk.issues)

    def labellings(self, number: int) -> Sequence[Labelling]:
        address = f"/issues/{number}/events?per_page=100"
        return self._all(address, f"listing the events of {number}", talk.labellings)

    def label(self, number: int, label: str, is_set: bool = True) -> None:
        at = f"/issues/{number}/labels"
        there = self._all(f"{at}?per_page=100", f"listing the labels of {number}", _names)
        if (label.lower() in there) == is_set:
            return
        if is_set:
            self._write("POST", at, f'setting label "{label}" on issue {number}', {"labels": [label]})
            return
        with suppress(NotFound):  # somebody was faster
            self._write("DELETE", f"{at}/{quote(label, safe='')}", f'taking label "{label}" off issue {number}')

    def offer_label(self, label: str, colour: str, description: str) -> None:
        try:
            next(self._pages(f"/labels/{quote(label, safe='')}", f'looking for label "{label}"', dict))
        except NotFound:
            body = {"name": label, "color": colour, "description": description}
            try:
                self._write("POST", "/labels", f'making label "{label}"', body)
            except ForgeError as error:
                if "already_exists" not in str(error):  # somebody was faster
                    raise

    def _run(self, head: str, name: str) -> tuple[Run, Seal] | None:
        asked = {"check_name": name, "filter": "latest", "per_page": "100"}
        if self._voice.app_id:
            asked["app_id"] = str(self._voice.app_id)
        address = f"/commits/{quote(head, safe='')}/check-runs?{urlencode(asked)}"
        found: list[tuple[Run, Seal]] = self._all(address, f'looking for the check "{name}"', _runs)
        return max(found, key=lambda one: one[0].id, default=None)

    def _patch_run(self, number: int, body: Mapping[str, Any]) -> None:
        self._write("PATCH", f"/check-runs/{number}", f"bringing check run {number} up to date", body)

    def _said(self, number: int, marker: str) -> Comment | None:
        """Find our comment: who else writes the marker is not us, and below the first line somebody is quoted."""
        login = self._voice.login().lower()
        ours = (one for one in self.comments(number) if one.author.login.lower() == login)
        return next((one for one in ours if one.body.startswith(marker)), None)

    def _all(self, address: str, what: str, shape: Callable[[Any], Any]) -> list[Any]:
        return [one for page in self._pages(address, what, shape) for one in page]

    def _pages(self, address: str, what: str, shape: Callable[[Any], Any]) -> Iterator[Any]:
        return self._api.pages(self._voice.talker, self._at(address), f"{what} of {self._name}", shape)

    def _write(self, verb: str, address: str, what: str, body: Any = None, needs_contents: bool = False) -> Any:
        credential = self._voice.writer if needs_contents else self._voice.talker
        what = f"{what} of {self._name}"
        return self._api.call(credential, verb, self._at(address), what, body, is_write=True).body

    def _at(self, address: str) -> str:
        return f"/repos/{quote(self._name)}{address}"


def _issue(found: Mapping[str, Any]) -> list[Issue]:
    return talk.issues([found])


def _names(body: Sequence[Mapping[str, Any]]) -> list[str]:
    return [one["name"].lower() for one in body]


def _runs(body: Mapping[str, Any]) -> list[tuple[Run, Seal]]:
    return [check_runs.run(one) for one in body["check_runs"]]
