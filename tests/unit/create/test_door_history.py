"""What people say in a request, and what follows from it: a table of histories, each rule beside one that breaks it."""

from __future__ import annotations

import pytest

from waypost.create.door import history
from waypost.create.door.history import Decision, History, Move, Shown, State, Status, decide, status_of
from waypost.create.door.words import APPROVE, STATUS, command, first_line
from waypost.forge.desk import Comment, Issue, Labelling, Person

US = Person("waypost[bot]", True)
ANA, PIA, EVE = Person("ana"), Person("pia"), Person("eve")  # asks, may agree, may not
ROBOT = Person("helper[bot]", True)
HASH = "abc123def456"
SHOWN = Shown(HASH, "10:00:00Z")


def may(login):
    return "" if login.lower() == "pia" else f"{login} is not in team platform"


def comment(who, body, when="10:00:05Z", edited=""):
    return Comment(1, who, body, when, edited or when)


def approve(who=PIA, when="10:00:05Z", more="", **fields):
    return comment(who, f"/approve{more}", when, **fields)


def label(who=PIA, when="10:00:05Z", is_set=True):
    return Labelling(APPROVE, who, is_set, when)


def status(state, hash=HASH, heard="10:00:05Z"):
    return comment(US, f"{first_line(STATUS, state, hash, heard)}\nWords", "10:00:01Z")


def told(*events, labels=()):
    comments = [one for one in events if isinstance(one, Comment)]
    marks = [one for one in events if isinstance(one, Labelling)]
    return History(Issue(7, "Create", "", ANA, labels=labels), comments, marks, US.login)


def deciding(*events, shown=SHOWN, labels=()):
    return decide(told(*events, labels=labels), shown, may)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([approve()], id="approve by who may"),
        pytest.param([approve(Person("PIA"))], id="logins differ in case"),
        pytest.param([approve(more=f" {HASH}")], id="with the hash"),
        pytest.param([approve(more=" abc123d")], id="with the beginning of the hash"),
        pytest.param([comment(PIA, "/approve\n\nLooks good, /cancel that worry.")], id="with further lines"),
        pytest.param([approve(EVE), approve(when="10:00:09Z")], id="a stranger before does no harm"),
        pytest.param([comment(ANA, "Please do"), approve()], id="among other talk"),
    ],
)
def test_agreement_of_who_may_creates(events):
    decision = deciding(*events)
    assert (decision.move, decision.by.who.login.lower()) == (Move.CREATE, "pia")


@pytest.mark.parametrize(
    ("events", "why"),
    [
        pytest.param([approve(when="09:59:59Z")], history.EARLIER, id="before the dry run"),
        pytest.param([approve(when="10:00:00Z")], history.EARLIER, id="in the second of the dry run"),
        pytest.param([approve(EVE)], "eve is not in team platform", id="by a stranger"),
        pytest.param([approve(ANA)], "ana is not in team platform", id="by who asks, where others must agree"),
        pytest.param([approve(ROBOT)], history.BOT, id="by a bot"),
        pytest.param([approve(edited="10:00:06Z")], history.EDITED, id="edited afterwards"),
        pytest.param([approve(more=" fff999")], f"it is for `fff999`, and the dry run shows `{HASH}`", id="other hash"),
    ],
)
def test_agreement_that_does_not_count_is_answered(events, why):
    decision = deciding(*events)
    assert (decision.move, [text for _, text in decision.refused]) == (Move.WAIT, [why])


@pytest.mark.parametrize(
    "body",
    [
        "I would /approve this",
        " /approve",
        "/approve it",
        "/approved",
        "> /approve",
        "Yes\n/approve",
        "/approve zzz",
        "",
    ],
)
def test_only_a_first_line_that_holds_nothing_else_is_a_command(body):
    assert command(body) is None
    assert deciding(comment(PIA, body)) == Decision(Move.WAIT)


def test_what_we_say_ourselves_agrees_to_nothing():
    decision = deciding(comment(US, "/approve"))
    assert (decision.move, decision.refused[0][1]) == (Move.WAIT, history.BOT)


def test_nothing_counts_while_the_dry_run_was_only_just_written():
    decision = deciding(approve(), shown=Shown(HASH))
    assert (decision.move, decision.refused[0][1]) == (Move.WAIT, history.EARLIER)


def test_nothing_counts_while_something_stands_in_the_way():
    decision = deciding(approve(), shown=Shown("", "10:00:00Z"))
    assert (decision.move, decision.refused[0][1]) == (Move.WAIT, history.IMPOSSIBLE)


def test_label_by_who_may_creates():
    decision = deciding(label(), labels=[APPROVE])
    assert (decision.move, decision.by.is_label) == (Move.CREATE, True)


@pytest.mark.parametrize(
    ("events", "labels", "why"),
    [
        pytest.param([label(EVE)], [APPROVE], ["eve is not in team platform"], id="by a stranger"),
        pytest.param([label(ROBOT)], [APPROVE], [history.BOT], id="by a bot"),
        pytest.param([label(US)], [APPROVE], [history.BOT], id="by ourselves"),
        pytest.param([label(when="09:00:00Z")], [APPROVE], [history.EARLIER], id="before the dry run"),
        pytest.param([label(), label(is_set=False, when="10:00:06Z")], [], [], id="taken off again"),
        pytest.param([label()], [], [], id="not there any more"),
        pytest.param([label(), label(EVE, "10:00:09Z")], [APPROVE], ["eve is not in team platform"], id="set again"),
    ],
)
def test_label_that_does_not_count(events, labels, why):
    decision = deciding(*events, labels=labels)
    assert (decision.move, [text for _, text in decision.refused]) == (Move.WAIT, why)


def test_run_that_was_cut_off_goes_on_at_the_next_look():
    assert deciding(approve(), status("running")).move is Move.CREATE


def test_run_that_was_cut_off_does_not_go_on_without_an_agreement():
    assert deciding(status("running")).move is Move.WAIT


def test_failed_run_waits_until_somebody_asks_for_another_try():
    assert deciding(approve(), status("failed")).move is Move.WAIT
    assert deciding(approve(), status("failed"), comment(ANA, "/retry", "10:00:20Z")).move is Move.CREATE
    assert deciding(approve(), status("failed"), approve(when="10:00:20Z")).move is Move.CREATE


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(comment(EVE, "/retry", "10:00:20Z"), id="by a stranger"),
        pytest.param(comment(ROBOT, "/retry", "10:00:20Z"), id="by a bot"),
        pytest.param(comment(ANA, "/retry", "10:00:20Z", "10:00:30Z"), id="edited"),
        pytest.param(comment(ANA, "/retry", "10:00:04Z"), id="said before it failed"),
        pytest.param(approve(EVE, "10:00:20Z"), id="agreed anew by a stranger"),
    ],
)
def test_another_try_is_not_for_everybody(again):
    assert deciding(approve(), status("failed"), again).move is Move.WAIT


def test_another_try_needs_the_agreement_still():
    assert deciding(status("failed"), comment(ANA, "/retry", "10:00:20Z")).move is Move.WAIT


def test_failure_of_another_dry_run_is_no_reason_to_wait():
    assert deciding(approve(), status("failed", "other0")).move is Move.CREATE


@pytest.mark.parametrize("who", [ANA, PIA], ids=["who asked", "who may agree"])
def test_request_is_cancelled(who):
    decision = deciding(approve(), comment(who, "/cancel", "10:00:06Z"))
    assert (decision.move, decision.by.who) == (Move.CANCEL, who)


def test_request_is_not_cancelled_by_a_stranger():
    decision = deciding(comment(EVE, "/cancel"))
    assert (decision.move, decision.refused[0][1]) == (Move.WAIT, "eve is not in team platform")


def test_what_was_said_before_a_request_was_cancelled_is_spent():
    assert deciding(approve(), status("cancelled")).move is Move.WAIT
    assert deciding(comment(ANA, "/cancel"), status("cancelled")).move is Move.WAIT
    assert deciding(status("cancelled"), approve(when="10:00:20Z")).move is Move.CREATE


def test_issue_of_what_is_there_is_only_closed():
    assert deciding(approve(), status("created")).move is Move.FINISH


def test_status_that_somebody_else_wrote_is_none():
    forged = comment(EVE, f"{first_line(STATUS, 'created', HASH)}\nDone")
    assert status_of(told(forged)) == Status()


@pytest.mark.parametrize(
    "line", ["<!-- waypost:status -->", "<!-- waypost:status odd -->", "<!-- waypost:status <b> -->"]
)
def test_status_that_cannot_be_read_is_a_beginning(line):
    assert status_of(told(comment(US, line))).state is State.NEW


def test_crowd_that_shouts_costs_few_questions():
    asked = []

    def counting(login):
        asked.append(login)
        return "no"

    crowd = [approve(Person(f"p{number}")) for number in range(200)]
    decide(told(*crowd), SHOWN, counting)
    assert len(asked) == history.MOST_HEARD
