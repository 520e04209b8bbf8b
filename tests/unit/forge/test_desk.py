"""What every desk must do alike: run against the one in memory and against GitHub's adapter over the sandbox."""

from __future__ import annotations

import pytest

from unit.forge.worlds import SandboxWorld
from waypost.forge.desk import Annotation, Change, Check
from waypost.forge.protocol import HeadMoved, NotAllowed, NotFound, NotMergeable, Wish

MARKER = "<!-- waypost:test -->"


@pytest.fixture
def desk(world):
    world.create("payments", {"catalog-info.yaml": "a: 1\n", "README.md": "# Payments\n"})
    return world.forge.desk(f"{world.org}/payments")


def remarks(number, path="catalog-info.yaml"):
    return tuple(Annotation(path, line, "warning", f"remark {line}") for line in range(1, number + 1))


def check(head, **fields):
    return Check(
        **{"name": "Waypost", "head": head, "conclusion": "success", "title": "Fine", "summary": "All"} | fields
    )


def test_a_pull_request_tells_its_branch_and_commits(world, desk):
    head = world.forge.read([_wish(world)])[0].repository.head
    pull = desk.pull(world.propose("payments", {"catalog-info.yaml": "a: 2\n"}, "Change a"))
    assert (pull.title, pull.branch, pull.base, pull.base_commit) == ("Change a", "topic", "main", head)
    assert (pull.state, pull.is_draft, pull.is_merged) == ("open", False, False)
    assert pull.head_repository == f"{world.org}/payments"
    assert len(pull.head) == 40
    assert pull.head != head


def test_a_pull_request_that_is_not_there_is_not_found(desk):
    with pytest.raises(NotFound):
        desk.pull(99)


def test_changes_name_added_modified_and_removed_files(world, desk):
    changes = {"catalog-info.yaml": "a: 2\n", "new.txt": "n\n", "README.md": None}
    number = world.propose("payments", changes)
    assert sorted(desk.changes(number)) == [
        Change("README.md", "removed"),
        Change("catalog-info.yaml", "modified"),
        Change("new.txt", "added"),
    ]


def test_open_pull_requests_are_listed_newest_first(world, desk):
    one = world.propose("payments", {"a": "1"}, branch="one")
    two = world.propose("payments", {"b": "1"}, branch="two")
    assert [pull.number for pull in desk.pulls()] == [two, one]
    assert [pull.number for pull in desk.pulls(branch="one")] == [one]
    assert desk.pulls("closed") == []


def test_a_check_is_published_with_its_remarks(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    number = desk.publish(check(head, annotations=remarks(2), key="base 1"))
    run = desk.run(head, "Waypost")
    assert (run.id, run.status, run.conclusion, run.key) == (number, "completed", "success", "base 1")
    assert (run.title, run.summary) == ("Fine", "All")
    assert world.annotations("payments", number) == [
        ("catalog-info.yaml", 1, "warning", "remark 1"),
        ("catalog-info.yaml", 2, "warning", "remark 2"),
    ]


def test_120_remarks_all_arrive_in_one_run(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    number = desk.publish(check(head, annotations=remarks(120)))
    assert [line for _, line, _, _ in world.annotations("payments", number)] == list(range(1, 121))
    assert desk.run(head, "Waypost").status == "completed"


def test_an_equal_check_is_left_alone(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    number = desk.publish(check(head, annotations=remarks(60)))
    assert desk.publish(check(head, annotations=remarks(60))) == number
    assert len(world.annotations("payments", number)) == 60


def test_other_words_change_the_run_that_is_there(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    number = desk.publish(check(head, annotations=remarks(3)))
    assert desk.publish(check(head, annotations=remarks(3), title="Better", conclusion="neutral")) == number
    assert len(world.annotations("payments", number)) == 3
    assert (desk.run(head, "Waypost").title, desk.run(head, "Waypost").conclusion) == ("Better", "neutral")


def test_other_remarks_need_a_new_run_because_old_ones_cannot_be_removed(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    first = desk.publish(check(head, annotations=remarks(3)))
    second = desk.publish(check(head, annotations=remarks(1)))
    assert second != first
    assert desk.run(head, "Waypost").id == second
    assert len(world.annotations("payments", second)) == 1


def test_a_check_asked_for_again_is_a_new_run_even_when_equal(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    first = desk.publish(check(head))
    assert desk.publish(check(head), anew=True) != first


def test_checks_of_other_names_are_not_touched(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    first = desk.publish(check(head))
    assert desk.publish(check(head, name="Waypost published")) != first
    assert desk.run(head, "Waypost").id == first
    assert desk.run(head, "Nothing") is None


def test_texts_beyond_the_limits_are_cut_and_say_so(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    desk.publish(check(head, title="t" * 300, summary="é" * 70_000))
    run = desk.run(head, "Waypost")
    assert len(run.title) == 255
    assert run.summary.endswith("(cut: longer than GitHub allows)")
    assert len(run.summary.encode()) <= 65_535


def test_one_comment_is_edited_in_place(world, desk):
    number = world.propose("payments", {"a": "1"})
    first = desk.say(number, MARKER, f"{MARKER}\nOne")
    assert desk.say(number, MARKER, f"{MARKER}\nTwo") == first
    assert [comment.body for comment in desk.comments(number)] == [f"{MARKER}\nTwo"]


def test_a_comment_of_somebody_else_with_the_marker_is_not_ours(world, desk):
    number = world.propose("payments", {"a": "1"})
    world.comment("payments", number, f"{MARKER}\nNot the bot")
    desk.say(number, MARKER, f"{MARKER}\nOurs")
    assert [comment.body for comment in desk.comments(number)] == [f"{MARKER}\nNot the bot", f"{MARKER}\nOurs"]
    assert desk.unsay(number, MARKER) is True
    assert [comment.body for comment in desk.comments(number)] == [f"{MARKER}\nNot the bot"]


def test_a_comment_of_ours_that_quotes_the_marker_is_another_one(world, desk):
    number = world.propose("payments", {"a": "1"})
    desk.say(number, "<!-- thanks -->", f"<!-- thanks -->\nYou wrote {MARKER}")
    desk.say(number, MARKER, f"{MARKER}\nOurs")
    assert len(desk.comments(number)) == 2


def test_there_is_nothing_to_unsay_before_something_was_said(world, desk):
    assert desk.unsay(world.propose("payments", {"a": "1"}), MARKER) is False


def test_verdicts_of_others_are_told_and_our_own_are_not(world, desk):
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    desk.publish(check(head))
    assert desk.verdicts(head) == []
    world.judge("payments", head, "build", "pending")
    world.judge("payments", head, "build", "failure")
    assert desk.verdicts(head) == [("build", "failure")]


def test_reviews_tell_what_was_decided_and_at_which_commit(world, desk):
    number = world.propose("payments", {"a": "1"})
    world.approve("payments", number)
    (review,) = desk.reviews(number)
    assert (review.state, review.head) == ("APPROVED", desk.pull(number).head)


def test_merging_brings_the_change_and_closes_the_pull_request(world, desk):
    number = world.propose("payments", {"catalog-info.yaml": "a: 2\n"})
    new = desk.merge(number, desk.pull(number).head, "Change a (#1)")
    assert world.forge.read([_wish(world)])[0].repository.head == new
    assert (desk.pull(number).state, desk.pull(number).is_merged) == ("closed", True)


def test_a_head_that_moved_is_not_merged(world, desk):
    number = world.propose("payments", {"a": "1"})
    checked = desk.pull(number).head
    world.push_more("payments", number, {"a": "2"})
    with pytest.raises(HeadMoved):
        desk.merge(number, checked, "Change a")
    assert desk.pull(number).state == "open"


def test_what_was_merged_is_not_merged_again(world, desk):
    number = world.propose("payments", {"a": "1"})
    head = desk.pull(number).head
    desk.merge(number, head, "Change a")
    with pytest.raises(NotMergeable):
        desk.merge(number, head, "Change a")


def test_a_pull_request_of_ours_holds_the_files_on_its_own_branch(world, desk):
    base = world.forge.read([_wish(world)])[0].repository.head
    files = {"catalog-info.yaml": b"a: 3\n", "docs/logo.bin": b"\xff\0"}
    pull = desk.open_pull("waypost/describe", "main", base, files, "Describe payments", "Because")
    assert (pull.title, pull.body, pull.branch) == ("Describe payments", "Because", "waypost/describe")
    assert sorted(one.path for one in desk.changes(pull.number)) == ["catalog-info.yaml", "docs/logo.bin"]
    assert world.forge.read([_wish(world)])[0].repository.head == base


def test_opening_it_again_writes_the_branch_anew_and_keeps_the_pull_request(world, desk):
    base = world.forge.read([_wish(world)])[0].repository.head
    first = desk.open_pull("waypost/describe", "main", base, {"a.yaml": b"1\n"}, "One", "Because")
    second = desk.open_pull("waypost/describe", "main", base, {"b.yaml": b"1\n"}, "Two", "Because")
    assert second.number == first.number
    assert [one.path for one in desk.changes(second.number)] == ["b.yaml"]
    assert desk.pull(second.number).title == "Two"


def test_our_issues_are_found_by_their_marker(world, desk):
    issue = desk.open_issue("A report", f"{MARKER}\nOne", ["waypost"])
    assert [one.number for one in desk.issues(MARKER)] == [issue.number]
    assert desk.issues("<!-- another -->") == []
    desk.edit_issue(issue.number, body=f"{MARKER}\nTwo", state="closed")
    (found,) = desk.issues(MARKER)
    assert (found.title, found.body, found.state, found.labels) == (
        "A report",
        f"{MARKER}\nTwo",
        "closed",
        ("waypost",),
    )
    assert desk.issues(MARKER, "open") == []


@pytest.mark.slow
def test_without_the_permission_a_check_is_refused_by_its_name(request, tmp_path):
    world = SandboxWorld(request.getfixturevalue("sandbox"), tmp_path)
    world.create("payments", {"a": "0"})
    world.permit({"contents": "read", "metadata": "read", "pull_requests": "write"})
    desk = world.forge.desk(f"{world.org}/payments")
    head = desk.pull(world.propose("payments", {"a": "1"})).head
    with pytest.raises(NotAllowed, match="checks"):
        desk.publish(check(head), anew=True)


def _wish(world):
    return Wish(0, f"{world.org}/payments")


def test_a_comment_tells_when_it_was_edited(world, desk):
    number = world.ask("payments", "It breaks", "Here")
    world.comment("payments", number, "One")
    desk.say(number, MARKER, f"{MARKER}\nOne")
    before = desk.comments(number)
    assert [one.updated for one in before] == [one.created for one in before]
    world.wait(5)
    world.edit_comment("payments", number, before[0].id, "Two")
    desk.say(number, MARKER, f"{MARKER}\nTwo")
    after = desk.comments(number)
    assert [one.created for one in after] == [one.created for one in before]
    assert all(new.updated > old.updated for new, old in zip(after, before, strict=True))


def test_our_comments_are_known_by_their_author(world, desk):
    number = world.ask("payments", "It breaks", "Here")
    world.comment("payments", number, "One")
    desk.say(number, MARKER, f"{MARKER}\nOne")
    assert [one.author.login == desk.login() for one in desk.comments(number)] == [False, True]


def test_an_issue_is_found_by_its_number_and_a_pull_request_is_none(world, desk):
    number = world.ask("payments", "It breaks", "Here", ["bug"])
    issue = desk.issue(number)
    assert (issue.number, issue.title, issue.body, issue.state) == (number, "It breaks", "Here", "open")
    assert issue.labels == ("bug",)
    assert issue.created
    with pytest.raises(NotFound):
        desk.issue(world.propose("payments", {"a": "1"}))
    with pytest.raises(NotFound):
        desk.issue(99)


def test_open_issues_are_found_by_their_label(world, desk):
    first = world.ask("payments", "One", "", ["wanted"])
    world.ask("payments", "Two", "", ["bug"])
    third = world.ask("payments", "Three", "", ["wanted", "bug"])
    fourth = world.ask("payments", "Four", "", ["wanted"])
    desk.edit_issue(fourth, state="closed", reason="not_planned")
    assert [one.number for one in desk.labelled("wanted")] == [third, first]


def test_who_set_a_label_and_who_took_it_off_is_told_in_order(world, desk):
    number = world.ask("payments", "It breaks", "", ["bug"])
    world.mark("payments", number, "wanted")
    desk.label(number, "wanted", is_set=False)
    desk.label(number, "new")
    told = desk.labellings(number)
    assert [(one.label, one.is_set) for one in told] == [
        ("bug", True),
        ("wanted", True),
        ("wanted", False),
        ("new", True),
    ]
    assert [one.actor.login == desk.login() for one in told] == [False, False, True, True]
    assert all(one.created for one in told)
    assert desk.issue(number).labels == ("bug", "new")


def test_a_label_that_is_set_already_is_left_alone(world, desk):
    number = world.ask("payments", "It breaks", "", ["bug"])
    desk.label(number, "bug")
    desk.label(number, "absent", is_set=False)
    assert [one.label for one in desk.labellings(number)] == ["bug"]


def test_a_label_is_offered_once(world, desk):
    number = world.ask("payments", "It breaks", "")
    desk.offer_label("wanted: now", "0e8a16", "Do it")
    desk.offer_label("wanted: now", "ffffff", "Other words")
    desk.label(number, "wanted: now")
    assert desk.issue(number).labels == ("wanted: now",)


@pytest.mark.slow
def test_comments_by_a_token_of_somebody_are_theirs(tmp_path, sandbox):
    world = SandboxWorld(sandbox, tmp_path)
    world.create("payments", {"README.md": "# Payments\n"})
    desk = world.in_workflow().desk(f"{world.org}/payments")
    number = world.ask("payments", "It breaks", "Here")
    first = desk.say(number, MARKER, f"{MARKER}\nOne")
    assert desk.say(number, MARKER, f"{MARKER}\nTwo") == first
    assert [one.author.login for one in desk.comments(number)] == [desk.login()]
