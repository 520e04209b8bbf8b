"""The work on `pull:<repository id>#<n>` keys: one check run and one comment that say what a pull request changes.

What was answered is remembered, so that another look at the same state costs nothing; and a pull request that no
longer touches anything of ours has its answer brought up to date once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from waypost.catalog.entities import Snapshot
from waypost.catalog.merging import Refusal, only_waits
from waypost.forge.desk import Annotation, Change, Check, Desk, Pull
from waypost.forge.protocol import HeadMoved, NotAllowed, NotFound
from waypost.pages.pull import MARKER, Verdict, check, comment
from waypost.queue.protocol import Key, Lease, Mark
from waypost.sync.context import Context, log
from waypost.sync.events.pulls import AGAIN
from waypost.sync.publish import Edition
from waypost.sync.pulls import merging, view
from waypost.sync.pulls.judging import Judgement, judge
from waypost.sync.pulls.reading import Proposed, concerns_us, read
from waypost.sync.tenants import Answer, Tenant, of_answer
from waypost.sync.writer import CatalogMissing

NAME = "Waypost"
UNREAD_SECONDS = 2.0
MOVED_SECONDS = 2.0
LEFT_OUT = Verdict("Not in the catalog", "waypost.yaml leaves this repository out of the catalog.", "neutral")
QUIET = Verdict("Nothing changes in the catalog", "This pull request touches nothing that Waypost reads.", "neutral")


def work(context: Context, leases: Sequence[Lease]) -> None:
    """Look at one pull request again."""
    (lease,) = leases
    tenant = context.tenant(lease.key.installation)
    number, _, pull = lease.key.subject.partition("#")
    known = tenant.snapshots.get(int(number))
    if known is None or not tenant.is_complete():
        if tenant.swept and tenant.is_complete():  # listed to its end, and not there
            context.queue.finish([lease])
        else:
            context.queue.release([lease], UNREAD_SECONDS)
        return
    if known.state != "present" or known.repository.is_archived or not known.repository.head:
        context.queue.finish([lease])
        return
    try:
        Look(context, tenant, lease, known, int(pull)).answer()
    except (CatalogMissing, NotFound) as error:  # there is nothing to hold it against, or the pull request is gone
        log.info("%s: %s", lease.key, error)
        context.queue.finish([lease], of_answer(tenant.installation, lease.key.subject, None))
    except NotAllowed as error:
        note_silence(context, lease, "answers", error)
        context.queue.finish([lease])
    except HeadMoved as error:  # the pull request, or what it would be merged into: look at both again
        log.info("%s: %s", lease.key, error)
        repository = Key(tenant.installation, "repo", number)
        context.queue.finish([lease], marks=[Mark(repository), Mark(lease.key, delay=MOVED_SECONDS)])


def note_silence(context: Context, lease: Lease, what: str, error: NotAllowed) -> None:
    """Say once that a permission is missing; trying it again would only cost calls."""
    place = (lease.key.installation, what)
    context.figures.counts["pulls_not_allowed"] += 1
    if place not in context.silenced:
        context.silenced.add(place)
        log.warning("no %s in pull requests: %s", what, error, extra={"installation": place[0]})


class Look:
    """One look at one pull request."""

    def __init__(self, context: Context, tenant: Tenant, lease: Lease, known: Snapshot, number: int) -> None:
        self.context, self.tenant, self.lease, self.known, self.number = context, tenant, lease, known, number
        self.before = tenant.answers.get(lease.key.subject)
        self.is_catalog = context.is_catalog(known.repository)
        self.desk: Desk = context.forge(tenant.installation).desk(known.repository.full_name)
        self.is_again = any(hint and AGAIN in hint for hint in lease.hints)

    def answer(self) -> None:
        changes = self.desk.changes(self.number)
        is_ours = concerns_us(changes, self.known.watched, self.is_catalog)
        # the catalog repository's rules may ask for our check, so that without it nothing there could be merged
        is_asked = self.is_catalog or self.is_again or self.before is not None
        if not is_ours and not is_asked:
            self._finish(None)
            return
        pull = self.desk.pull(self.number)
        if pull.state != "open":
            self._finish(None)
        elif not is_ours or pull.base != self.known.repository.default_branch:
            if is_asked:
                self._say(pull, QUIET, None)
            self._finish(None)
        else:
            # listed again, which is free when nothing moved: never files of one head under the name of a later one
            self._answer(pull, self.desk.changes(self.number))

    def _answer(self, pull: Pull, changes: Sequence[Change] | None) -> None:
        proposed = Proposed(self.known.repository, pull.head, changes, self.is_catalog)
        world = self._world(pull)
        is_same = self.before is not None and (self.before.head, self.before.world) == (pull.head, world)
        if is_same and not self.is_again and not merging.is_registration(proposed):
            self.context.figures.counts["pulls_unchanged"] += 1
            self._finish(self.before)
            return
        forge = self.context.forge(self.tenant.installation)
        edition = view.current(self.context, self.tenant, self.known.repository)
        judgement = judge(forge, edition, proposed, read(forge, proposed))
        seen = self.before.seen if self.before and self.before.head == pull.head else self.context.clock()
        answer = Answer(pull.head, seen, world)
        if judgement.is_left_out and self.before is None and not self.is_again:
            self._finish(answer)
            return
        refusals = self._refusals(pull, proposed, judgement, seen)
        if not self.context.still_ours([self.lease]):
            return
        self._publish(pull, judgement, refusals)
        if refusals == () and (why := self._merge(pull, proposed, edition)):
            refusals = (why,)
            self._publish(pull, judgement, refusals)
        self._finish(answer, refusals)

    def _merge(self, pull: Pull, proposed: Proposed, edition: Edition) -> Refusal | None:
        """Merge what was checked into what it was checked against; return why GitHub would not."""
        with view.standing_still(self.context, self.tenant, self.known, edition):
            why = merging.merge(self.desk, pull, proposed)
        if why is None:
            self.context.figures.counts["merged"] += 1
            log.info("merged %s#%d by itself", self.desk.full_name, pull.number, extra={"commit": pull.head})
        return why

    def _refusals(
        self, pull: Pull, proposed: Proposed, judgement: Judgement, seen: float
    ) -> tuple[Refusal, ...] | None:
        """Return what speaks against merging; None where nobody asked for that."""
        steering = judgement.case.impact.before.settings.steering
        if not (judgement.is_open and steering.merging.is_on and merging.is_registration(proposed)):
            return None
        return merging.ask(self.desk, pull, proposed, judgement.case, seen, self.context.clock())

    def _publish(self, pull: Pull, judgement: Judgement, refusals: tuple[Refusal, ...] | None) -> None:
        """Have the check and the comment say what is known now."""
        case = replace(judgement.case, refusals=refusals)
        verdict = LEFT_OUT if judgement.is_left_out else check(case)
        if not (judgement.is_open and case.impact.before.settings.steering.comments):
            self._say(pull, verdict, None)
            return
        run = self._check(pull, verdict)
        server, name = case.site.server_url, self.desk.full_name
        self._comment(pull, comment(replace(case, check_url=f"{server}/{name}/runs/{run}" if run else "")))

    def _say(self, pull: Pull, verdict: Verdict, body: str | None) -> None:
        self._check(pull, verdict)
        self._comment(pull, body)

    def _check(self, pull: Pull, verdict: Verdict) -> int:
        """Publish the check and return the number of its run; 0 where that is not allowed."""
        remarks = tuple(Annotation(*remark) for remark in verdict.remarks)
        value = Check(NAME, pull.head, verdict.conclusion, verdict.title, verdict.summary, remarks)
        try:
            run = self.desk.publish(value, anew=self.is_again)
        except NotAllowed as error:
            note_silence(self.context, self.lease, "checks", error)
            return 0
        self.is_again = False
        return run

    def _comment(self, pull: Pull, body: str | None) -> None:
        try:
            if body is None:
                self.desk.unsay(pull.number, MARKER)
            else:
                self.desk.say(pull.number, MARKER, body)
        except NotAllowed as error:  # also where a conversation is locked
            note_silence(self.context, self.lease, "comments", error)

    def _world(self, pull: Pull) -> str:
        """Digest what an answer follows from, besides the head."""
        organisation = (self.tenant.account.login if self.tenant.account else self.known.repository.owner).lower()
        publication = self.tenant.publications.get(organisation)
        facts = (self.known.repository.head, publication.head if publication else "", pull.base, pull.is_draft)
        return sha256(repr((*facts, self.tenant.people is None)).encode()).hexdigest()[:16]

    def _finish(self, answer: Answer | None, refusals: tuple[Refusal, ...] | None = None) -> None:
        """Remember the answer; what only waits for its time is looked at again then."""
        key, marks = self.lease.key, []
        if answer is not None and refusals and only_waits(refusals):
            due = max(datetime.fromisoformat(one.until).timestamp() for one in refusals)
            answer = answer._replace(due=due)
            marks.append(Mark(Key(key.installation, "merge", key.subject)))
        unchanged = answer == self.before
        cache = {} if unchanged else of_answer(key.installation, key.subject, answer)
        ours = self.context.queue.finish([self.lease], cache, marks)
        self.context.figures.counts["pulls"] += len(ours)
