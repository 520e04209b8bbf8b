"""What the events around pull requests mark: `pull:<repository>#<n>`, or `head:<repository>@<commit>` without a number.

The payload does not say which files a pull request touches: its lane asks once, and remembers. Where only a self-merge
can depend on an event (comments, reviews, checks of others), it counts in the catalog repository alone. A fork is
never looked at: the key is always the repository that the pull request goes to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from waypost.config import Config
from waypost.queue.protocol import Key, Mark
from waypost.sync.events.payloads import (
    SETTLE_SECONDS,
    Payload,
    at,
    identity,
    is_bot,
    is_catalog,
    number,
    owner,
    repository_mark,
    text,
)
from waypost.sync.events.pushes import is_default_branch

OURS = "waypost/"  # branches that we open pull requests from
# What changes the files, the base, or whether there is anything to say.
LOOKS = ("opened", "synchronize", "reopened", "ready_for_review", "converted_to_draft", "closed")
AGAIN = "rerequested"  # the hint by which a pull request's lane answers anew, even if nothing changed
LABELS = ("labeled", "unlabeled")
CHECKS_SETTLE_SECONDS = 5.0  # a suite's runs and statuses end one after another
_COMMIT = re.compile(r"[0-9a-f]{40,64}").fullmatch


def pull_request(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    action = text(payload, "action")
    is_rebased = action == "edited" and at(payload, "changes", "base") is not None
    if action in LOOKS or is_rebased or (action in LABELS and is_catalog(payload, config)):
        yield from _pull(installation, payload, number(payload, "pull_request", "number"))
    if action in ("closed", "reopened") and _is_from_us(payload) and owner(payload):
        yield Mark(Key(installation, "onboard", owner(payload)), delay=SETTLE_SECONDS)


def review(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    if is_catalog(payload, config) and not is_bot(payload):
        yield from _pull(installation, payload, number(payload, "pull_request", "number"))


def comment(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    """Handle `issue_comment`; what bots say stops no merge, and one of them is us."""
    is_on_pull = isinstance(at(payload, "issue", "pull_request"), dict)
    if is_on_pull and is_catalog(payload, config) and not is_bot(payload):
        yield from _pull(installation, payload, number(payload, "issue", "number"))


def check_run(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    """Handle the re-run button; GitHub sends that to the App whose run it is, and to nobody else."""
    if text(payload, "action") == "rerequested":
        branch = text(payload, "check_run", "check_suite", "head_branch")
        yield from _rerun(installation, payload, at(payload, "check_run"), branch)


def check_suite(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    action, suite = text(payload, "action"), at(payload, "check_suite")
    if action == "rerequested":
        yield from _rerun(installation, payload, suite, text(payload, "check_suite", "head_branch"))
    elif action == "completed" and is_catalog(payload, config) and not _is_of_app(suite, config.app_id):
        yield from _checked(installation, payload, suite)


def status(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    if is_catalog(payload, config) and text(payload, "state") != "pending":
        yield from _head(installation, payload, text(payload, "sha"))


def _rerun(installation: int, payload: Payload, subject: object, branch: str) -> Iterable[Mark]:
    for mark in _checked(installation, payload, subject):
        yield replace(mark, hint=(AGAIN,))
    if is_default_branch(payload, branch):
        yield from repository_mark(installation, payload)
        found = identity(payload, "repository", "id")
        head = text(subject, "head_sha") if isinstance(subject, dict) else ""
        if found and head:  # the hint says which of its announcements is to be made again
            yield Mark(Key(installation, "announce", str(found)), (head,), SETTLE_SECONDS)


def _checked(installation: int, payload: Payload, subject: object) -> Iterable[Mark]:
    """Mark the pull requests that are listed; of a fork none are, so its head is looked for."""
    subject = subject if isinstance(subject, dict) else {}
    listed = subject.get("pull_requests")
    here = identity(payload, "repository", "id")
    numbers = [
        number(one, "number")
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and identity(one, "base", "repo", "id") == here
    ]
    for one in numbers:
        yield from _pull(installation, payload, one)
    if not numbers:
        yield from _head(installation, payload, text(subject, "head_sha"))


def _pull(installation: int, payload: Payload, one: int) -> Iterable[Mark]:
    found = identity(payload, "repository", "id")
    if found is not None and 0 < one < 2**31:
        yield Mark(Key(installation, "pull", f"{found}#{one}"), delay=SETTLE_SECONDS)


def _head(installation: int, payload: Payload, commit: str) -> Iterable[Mark]:
    found = identity(payload, "repository", "id")
    if found is not None and _COMMIT(commit):
        yield Mark(Key(installation, "head", f"{found}@{commit}"), delay=CHECKS_SETTLE_SECONDS)


def _is_from_us(payload: Payload) -> bool:
    """Say whether a pull request comes from a branch of ours in the same repository; a fork may call its so too."""
    head = identity(payload, "pull_request", "head", "repo", "id")
    is_here = head is not None and head == identity(payload, "repository", "id")
    return is_here and text(payload, "pull_request", "head", "ref").startswith(OURS)


def _is_of_app(suite: object, app_id: int) -> bool:
    return bool(app_id) and isinstance(suite, dict) and number(suite, "app", "id") == app_id
