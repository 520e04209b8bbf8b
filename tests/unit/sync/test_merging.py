"""Registrations that merge by themselves, and each thing that keeps them from it, with the real worker."""

from __future__ import annotations

import pytest

from unit.sync.test_pulls import check, comments, group, look
from unit.sync.world import base, component
from waypost.forge.protocol import NotAllowed, NotMergeable

FILE = "registrations/ledger.yaml"
STEERING = "registrations:\n  merge:\n    teams: [team-a]\n    wait_minutes:\n      new: 60\n      update: 10\n"


@pytest.fixture
def ruled(settled):
    """An organisation where members of team-a may register what their team owns, after an hour."""
    staff = settled.forge.staff
    staff.allow()
    staff.team("team-a", "ann", "bob")
    staff.team("team-b", "bea")
    groups = group("team-a", "team-a") + "---\n" + group("team-b", "team-b")
    settled.forge.push("catalog", {"waypost.yaml": STEERING, "registrations/teams.yaml": groups})
    settled.sweep()
    settled.clock.sleep(60)
    return settled


def register(ruled, changes=None, author="ann", **more):
    desk = ruled.forge.desk("acme/catalog")
    pull = desk.propose(changes or {FILE: component("ledger")}, "Register ledger", author, **more)
    look(ruled, pull, "catalog", "opened")
    return pull


def again(ruled, pull):
    look(ruled, pull, "catalog")


def pass_time(ruled, minutes):
    ruled.clock.sleep(60 * minutes)
    ruled.settle()


def is_merged(ruled, pull):
    return ruled.forge.desk("acme/catalog").pull(pull.number).is_merged


def refused(ruled, pull):
    """The ids of the rules that the check names."""
    head = ruled.forge.desk("acme/catalog").pull(pull.number).head
    merging = check(ruled, head, "catalog").summary.partition("### Merging")[2]
    return {line.rsplit("`", 2)[1] for line in merging.splitlines() if line.startswith("- ")}


def test_a_registration_of_a_known_author_waits_and_then_merges_by_itself(ruled):
    pull = register(ruled)
    assert refused(ruled, pull) == set()
    assert "merges by itself after" in comments(ruled, pull, "catalog")[0]
    pass_time(ruled, 58)
    assert not is_merged(ruled, pull)
    pass_time(ruled, 3)
    assert is_merged(ruled, pull)
    assert ruled.forge.text("catalog", FILE) == component("ledger")
    assert "Register ledger (#" in "".join(ruled.commits())


def test_a_change_of_what_is_there_waits_for_less(ruled):
    ruled.forge.push("catalog", {FILE: component("ledger")})
    ruled.sweep()
    ruled.clock.sleep(60)
    pull = register(ruled, {FILE: component("ledger").replace("service", "website")})
    pass_time(ruled, 8)
    assert not is_merged(ruled, pull)
    pass_time(ruled, 3)
    assert is_merged(ruled, pull)


def test_a_further_push_waits_anew(ruled):
    pull = register(ruled)
    pass_time(ruled, 50)
    pull = ruled.forge.desk("acme/catalog").push(pull.number, {FILE: component("ledger-two")})
    again(ruled, pull)
    pass_time(ruled, 50)
    assert not is_merged(ruled, pull)
    pass_time(ruled, 12)
    assert is_merged(ruled, pull)


def test_without_the_setting_nothing_merges_and_nothing_is_said_of_it(settled):
    settled.forge.staff.allow()
    settled.forge.staff.team("team-a", "ann")
    pull = register(settled)
    pass_time(settled, 5_000)
    assert not is_merged(settled, pull)
    assert "### Merging" not in check(settled, pull.head, "catalog").summary


def test_a_pull_request_cannot_allow_itself(settled):
    settled.forge.staff.allow()
    settled.forge.staff.team("team-a", "ann")
    pull = register(settled, {FILE: component("ledger"), "waypost.yaml": STEERING})
    pass_time(settled, 5_000)
    assert not is_merged(settled, pull)


def _comment(text):
    return lambda ruled, pull: ruled.forge.desk("acme/catalog").comment(pull.number, "cleo", text)


def _judge(state):
    return lambda ruled, pull: ruled.forge.desk("acme/catalog").judge(pull.head, "lint", state)


def _review(state):
    return lambda ruled, pull: ruled.forge.desk("acme/catalog").review(pull.number, "bob", state)


def _draft(ruled, pull):
    ruled.forge.desk("acme/catalog").draft(pull.number)


@pytest.mark.parametrize(
    ("rule", "act", "changes", "author"),
    [
        pytest.param("author", None, None, "mallory", id="unknown author"),
        pytest.param("files", None, {FILE: component("ledger"), "about.md": "x"}, "ann", id="unexpected file"),
        pytest.param("removal", None, {"registrations/teams.yaml": None}, "ann", id="removes something"),
        pytest.param("generated", None, {FILE: component("ledger"), "pages/x.md": "x"}, "ann", id="generated file"),
        pytest.param("errors", None, {FILE: "kind: Component\n"}, "ann", id="has an error"),
        pytest.param("name", None, {FILE: component("payments")}, "ann", id="takes a name"),
        pytest.param("lookalike", None, {FILE: component("payments-service")}, "ann", id="looks like another"),
        pytest.param("owner", None, {FILE: component("ledger", owner="nobody")}, "ann", id="no such owner"),
        pytest.param("ownership", None, {FILE: component("ledger", owner="team-b")}, "ann", id="of another team"),
        pytest.param("draft", _draft, None, "ann", id="draft"),
        pytest.param("failing", _judge("failure"), None, "ann", id="a failing check"),
        pytest.param("pending", _judge("pending"), None, "ann", id="a check that runs"),
        pytest.param("changes", _review("CHANGES_REQUESTED"), None, "ann", id="changes requested"),
        pytest.param("comment", _comment("Hm."), None, "ann", id="somebody commented"),
    ],
)
def test_a_rule_that_is_broken_is_named_and_nothing_merges(ruled, rule, act, changes, author):
    pull = register(ruled, changes, author)
    if act:
        act(ruled, pull)
        again(ruled, pull)
    assert rule in refused(ruled, pull)
    pass_time(ruled, 200)
    assert not is_merged(ruled, pull)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(_judge("success"), id="a check that is green"),
        pytest.param(_review("APPROVED"), id="approved"),
        pytest.param(_comment("Nice [noblock]"), id="a comment that says it does not block"),
    ],
)
def test_what_speaks_for_it_does_not_stop_it(ruled, act):
    pull = register(ruled)
    act(ruled, pull)
    pass_time(ruled, 62)
    assert is_merged(ruled, pull)


def test_an_objection_while_it_waits_stops_it(ruled):
    pull = register(ruled)
    ruled.forge.desk("acme/catalog").comment(pull.number, "cleo", "Please not.")
    pass_time(ruled, 62)
    assert not is_merged(ruled, pull)
    assert refused(ruled, pull) == {"comment"}


def test_the_event_of_a_comment_has_the_rules_looked_at_again(ruled):
    pull = register(ruled)
    ruled.forge.desk("acme/catalog").comment(pull.number, "cleo", "Please not.")
    issue = {"number": pull.number, "pull_request": {}}
    sender = {"type": "User"}
    ruled.deliver("issue_comment", base(ruled.forge.describe("catalog"), action="created", issue=issue, sender=sender))
    ruled.settle()
    assert refused(ruled, pull) == {"comment"}


def test_a_head_that_moves_between_check_and_merge_is_not_merged(ruled):
    pull = register(ruled)
    desk = ruled.forge.desk("acme/catalog")
    listed = desk.verdicts

    def push_meanwhile(head):
        desk.verdicts = listed
        desk.push(pull.number, {FILE: component("ledger", owner="team-b")})
        return listed(head)

    desk.verdicts = push_meanwhile
    pass_time(ruled, 62)
    assert not is_merged(ruled, pull)
    assert "ownership" in refused(ruled, pull)


def test_what_github_refuses_is_said(ruled):
    pull = register(ruled)
    desk = ruled.forge.desk("acme/catalog")

    def refuse(*_args):
        raise NotMergeable("At least 1 approving review is required.")

    desk.merge = refuse
    pass_time(ruled, 62)
    assert not is_merged(ruled, pull)
    assert refused(ruled, pull) == {"forge"}
    assert "approving review" in check(ruled, pull.head, "catalog").summary


def test_statuses_that_cannot_be_seen_are_not_taken_for_green(ruled):
    desk = ruled.forge.desk("acme/catalog")

    def refuse(_head):
        raise NotAllowed("it needs the permission statuses=read")

    desk.verdicts = refuse
    pull = register(ruled)
    pass_time(ruled, 62)
    assert not is_merged(ruled, pull)
    assert refused(ruled, pull) == {"failing"}


def test_a_new_worker_still_merges_when_the_time_has_come(ruled):
    pull = register(ruled)
    ruled.restart()
    pass_time(ruled, 62)
    assert is_merged(ruled, pull)


def test_a_lost_database_begins_the_wait_anew(ruled):
    pull = register(ruled)
    ruled.clock.sleep(50 * 60)
    ruled.start()
    ruled.sweep()
    again(ruled, pull)
    pass_time(ruled, 20)
    assert not is_merged(ruled, pull)
    pass_time(ruled, 45)
    assert is_merged(ruled, pull)


def test_of_two_registrations_of_one_name_only_the_first_merges(ruled):
    first = register(ruled)
    other = {"registrations/other.yaml": component("ledger").replace("service", "website")}
    second = register(ruled, other, "bob", branch="other")
    assert refused(ruled, second) == set()
    pass_time(ruled, 62)
    assert [is_merged(ruled, first), is_merged(ruled, second)] == [True, False]
    assert refused(ruled, second) & {"name", "errors"}


def test_two_registrations_of_two_names_both_merge(ruled):
    first = register(ruled)
    second = register(ruled, {"registrations/other.yaml": component("returns")}, "bob", branch="other")
    pass_time(ruled, 62)
    pass_time(ruled, 2)
    assert [is_merged(ruled, first), is_merged(ruled, second)] == [True, True]


def test_a_file_that_nothing_comes_from_goes_past_no_person(ruled):
    unread = {"registrations/skeleton/notes.yaml": "anything: goes\n"}
    pull = register(ruled, {FILE: component("ledger")} | unread)
    assert refused(ruled, pull) == {"files"}
    pass_time(ruled, 61)
    assert not is_merged(ruled, pull)


@pytest.mark.parametrize(
    ("fork", "rules"), [("Ann/catalog", set()), ("mallory/catalog", {"author"})], ids=["own", "other"]
)
def test_only_the_authors_own_fork_is_trusted(ruled, fork, rules):
    pull = register(ruled, fork=fork)
    assert refused(ruled, pull) == rules
    pass_time(ruled, 61)
    assert is_merged(ruled, pull) is not bool(rules)
