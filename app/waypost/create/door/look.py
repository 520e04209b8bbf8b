"""One look at one request: read it, show its dry run, hear who agrees, create. May be repeated and cut off anywhere.

Everything is read anew. What was agreed to is created only while it is still exactly what the comment shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from waypost.create import job
from waypost.create.case import Case
from waypost.create.checks.people import actor_is_allowed, who_must_agree
from waypost.create.door import dry_run, status
from waypost.create.door.asked import Asked, is_request, read_request
from waypost.create.door.conversation import Conversation, Progress
from waypost.create.door.digest import request_hash
from waypost.create.door.history import Decision, History, May, Move, Said, Shown, State, decide, status_of
from waypost.create.door.words import APPROVE, CREATED, DRY_RUN, ours, words_of
from waypost.create.job import Means, Prepared, Result
from waypost.create.wish import Wish
from waypost.forge.creating import Workshop
from waypost.forge.desk import Desk
from waypost.forge.protocol import ForgeError, NotAllowed, NotInstalled
from waypost.golden.faults import Fault
from waypost.pages import markdown as md
from waypost.pages.markdown import Md

_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Counter:
    """Where requests of one catalog repository are served."""

    desk: Desk
    workshop: Workshop
    catalog: str  # owner/name
    means: Means
    wait: float = 300.0  # seconds for the first run
    run_url: str = ""  # of the run that looks: its summary has room for what a comment has not
    is_dry: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look has come to. `state`: none, wrong, refused, waiting, agreed, created, failed or cancelled."""

    number: int
    state: str
    summary: Md = md.NOTHING  # for the job's summary: the whole dry run, or the result
    texts: Sequence[str] = ()
    prepared: Prepared | None = None
    result: Result | None = None


def look(counter: Counter, number: int) -> Outcome:
    """Look at one issue; one that is closed, or no request, is left alone. Raises what the forge raises."""
    desk = counter.desk
    issue = desk.issue(number)
    if issue.state != "open" or CREATED in issue.labels or not is_request(issue):
        return Outcome(number, "none")
    history = History(issue, desk.comments(number), desk.labellings(number), desk.login())
    talk = Conversation(desk, history, counter.is_dry)
    try:
        asked = read_request(counter.workshop, counter.catalog, issue)
        if asked.faults or asked.wish is None or asked.template is None:
            return _wrong(talk, asked)
        prepared = job.prepare(counter.workshop, counter.catalog, asked.template.name, asked.wish, counter.means)
    except (NotAllowed, NotInstalled) as error:
        _blind(talk, error)
        raise
    return _looked(counter, talk, prepared)


def _looked(counter: Counter, talk: Conversation, prepared: Prepared) -> Outcome:
    """Go on with a request that is well-formed: show what would be made, and hear who agrees."""
    if refusals := [fault for fault in prepared.faults if fault.is_error and fault.path in ("actor", "create")]:
        return _refused(talk, refusals)
    case = _case(prepared, counter.means)
    teams = who_must_agree(case)
    hash = "" if dry_run.stands_in_the_way(prepared) else request_hash(prepared)
    closing = _closing(prepared, hash, teams)
    shown = talk.show(hash, dry_run.comment(prepared, closing, _elsewhere(counter, talk.history, hash)))
    decision = decide(talk.history, shown, _may(case, teams))
    return _Act(counter, talk, prepared, shown, dry_run.whole(prepared, closing)).on(decision, bool(teams))


def _blind(talk: Conversation, error: ForgeError) -> None:
    """Say that nothing can be looked at: who asks cannot mend that, and must not wait for nothing."""
    if status_of(talk.history).state in (State.NEW, State.WAITING):
        mend = Md("An administrator of the catalog has to mend this; then comment `/retry`.")
        talk.tell(status.status(State.WAITING, "", "", status.troubled(str(error), mend)))


def _wrong(talk: Conversation, asked: Asked) -> Outcome:
    """Say what is wrong with the form; who has asked may mend or cancel it."""
    title = "### The form needs a correction" if asked.wish else "### This cannot be created by an issue"
    mend = Md("Edit the first text of this issue (**⋯**, then **Edit**): it is read again at once.")
    body = md.join([Md(title), dry_run.faults(asked.faults), mend if asked.wish else md.NOTHING], "\n\n")
    return _nothing_to_agree(talk, body, "wrong")


def _refused(talk: Conversation, refusals: Sequence[Fault]) -> Outcome:
    """Say who may; the plan is nobody's business who may not create it."""
    title = Md(f"### {md.code(talk.history.issue.author.login)} may not create this")
    return _nothing_to_agree(talk, md.join([title, dry_run.faults(refusals)], "\n\n"), "refused")


def _nothing_to_agree(talk: Conversation, body: Md, state: str) -> Outcome:
    shown = talk.show("", body)
    decision = decide(talk.history, shown, lambda login: "only who has asked may cancel it")
    if decision.move is Move.CANCEL and decision.by:
        return _cancel(talk, decision.by, body)
    return Outcome(talk.number, state, body, talk.texts)


def _case(prepared: Prepared, means: Means) -> Case:
    shelf, workshop = prepared.shelf, prepared.workshop
    return Case(
        workshop,
        prepared.books,
        prepared.template,
        shelf.version,
        prepared.plan,
        prepared.wish,
        prepared.request,
        prepared.calls,
        workshop.me(),
        means.clock(),
    )


def _may(case: Case, teams: Sequence[str]) -> May:
    """Return the question why somebody's agreement does not count; each person is asked about once."""
    known: dict[str, str] = {case.wish.actor.lower(): ""} if not teams else {}

    def may(login: str) -> str:
        if login.lower() not in known:
            # who has to agree is in one of the teams; where nobody has to, it takes who may create the same
            wish = replace(case.wish, approver=login) if teams else replace(case.wish, actor=login)
            known[login.lower()] = "; ".join(fault.message for fault in actor_is_allowed(replace(case, wish=wish)))
        return known[login.lower()]

    return may


def _closing(prepared: Prepared, hash: str, teams: Sequence[str]) -> Md:
    """Say how to go on from here."""
    if not hash:
        return Md("Edit the first text of this issue, or mend what stands in the way, and comment `/retry`.")
    who = Md(f"{md.code(prepared.wish.actor)}, or somebody else who may create this,")
    if teams:
        called = [_team(prepared.workshop.organisation, slug) for slug in teams]
        who = Md(f"Somebody of {' or '.join(called)}")
    how = Md(f"comments `/approve`, or sets the label `{APPROVE}`")
    bound = Md(f"That counts for what is shown here (hash {md.code(hash)}); an edit of the issue or of the template")
    return md.alert("important", Md(f"{who} {how}, and it is created. {bound} makes a new dry run."))


def _team(organisation: str, slug: str) -> Md:
    """Call a team that waypost.yaml names: it has to know."""
    return Md(f"@{organisation}/{slug}") if _SLUG.fullmatch(slug) else md.code(slug)


def _elsewhere(counter: Counter, history: History, hash: str) -> Md:
    """Say where the rest of a long plan is: in the run that has shown it first, so that the comment stays the same."""
    there = ours(list(history.comments), history.us, DRY_RUN)
    runs = f"/{counter.catalog}/actions/runs/"
    found = re.search(rf"\((https?://[^()\s]*{re.escape(runs)}\d+)\)", there.body) if there else None
    address = found[1] if found and words_of(there)[:1] == [hash] else counter.run_url
    if not address:
        return Md("`waypost create --dry-run` shows them")
    return Md(f"see {md.link(Md('the summary of this run'), address)}")


def _cancel(talk: Conversation, by: Said, summary: Md) -> Outcome:
    talk.tell(status.status(State.CANCELLED, "", _heard(talk.history), status.cancelled(by.who.login)))
    talk.cancel()
    return Outcome(talk.number, "cancelled", summary, talk.texts)


def _heard(history: History) -> str:
    return max((one.when for one in history.said()), default="")


@dataclass(frozen=True, slots=True)
class _Act:
    """What follows from a decision."""

    counter: Counter
    talk: Conversation
    prepared: Prepared
    shown: Shown
    summary: Md

    def on(self, decision: Decision, needs_approver: bool) -> Outcome:
        match decision.move:
            case Move.CANCEL if decision.by:
                return _cancel(self.talk, decision.by, self.summary)
            case Move.CREATE if decision.by:
                login = decision.by.who.login
                wish = replace(self.prepared.wish, approver=login) if needs_approver else self.prepared.wish
                return self._create(wish, login)
            case Move.FINISH:
                self.talk.finish()
                return self._outcome("created")
            case _:
                return self._wait(decision)

    def _wait(self, decision: Decision) -> Outcome:
        state = status_of(self.talk.history).state
        if state in (State.NEW, State.WAITING) and decision.refused:
            self._tell(State.WAITING, status.waiting(decision.refused))
        elif state is State.WAITING:
            self.talk.untell()
        if state is State.FAILED:
            return self._outcome("failed")
        return self._outcome("waiting")

    def _create(self, wish: Wish, by: str) -> Outcome:
        if self.counter.is_dry:
            return self._outcome("agreed")
        means = self.counter.means
        progress = Progress(lambda steps: self._tell(State.RUNNING, status.running(by, steps)), means.say, means.clock)
        agreed = self._prepared(wish)
        if request_hash(agreed) != self.shown.hash:  # it has changed under our hands: show it, and wait
            return look(self.counter, self.talk.number)
        if errors := [fault for fault in agreed.faults if fault.is_error]:
            return self._failed(status.unable(errors, Md(status.RETRY)))
        progress.tell("look at everything once more")
        try:
            result = job.create(agreed, replace(means, say=progress.tell), self.counter.wait)
        except ForgeError as error:
            return self._failed(status.troubled(str(error), Md(status.RETRY)))
        if result.ending.failure is not None:
            again = Md(f"{status.RETRY}\n\n{status.undoing(agreed)}" if result.run.places else status.RETRY)
            return self._failed(status.failed(result, again), result)
        body = status.created(agreed, result, by)
        self._tell(State.CREATED, body)
        self.talk.finish()
        return replace(self._outcome("created"), summary=body, result=result)

    def _prepared(self, wish: Wish) -> Prepared:
        counter = self.counter
        return job.prepare(counter.workshop, counter.catalog, self.prepared.template.name, wish, counter.means)

    def _failed(self, body: Md, result: Result | None = None) -> Outcome:
        self._tell(State.FAILED, body)
        self.talk.fail()
        return replace(self._outcome("failed"), summary=body, result=result)

    def _tell(self, state: State, body: Md) -> None:
        self.talk.tell(status.status(state, self.shown.hash, _heard(self.talk.history), body))

    def _outcome(self, state: str) -> Outcome:
        return Outcome(self.talk.number, state, self.summary, self.talk.texts, self.prepared)
