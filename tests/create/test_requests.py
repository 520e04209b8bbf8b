"""A request from the form to the repository: everything happens in the issue, as people and GitHub make it happen."""

from __future__ import annotations

import re

import pytest

from create.asking import AGREED, form, put
from waypost.create.door.words import APPROVE, CREATED, FAILED
from waypost.forge.protocol import NotAllowed
from waypost.golden.forms import LABEL

pytestmark = pytest.mark.slow


def test_form_is_answered_with_a_dry_run_and_an_approval_makes_the_repository(place, ask):
    issue = ask()
    assert issue.look().state == "waiting"
    assert "pay" not in place.names()
    assert f"`{place.organisation}/pay`, private" in issue.dry_run
    assert "catalog-info.yaml" in issue.dry_run
    assert re.search(rf"POST +/orgs/{place.organisation}/repos", issue.dry_run)
    assert issue.labels == {LABEL}
    issue.say("ana", "/approve")
    outcome = issue.look()
    assert outcome.state == "created", issue.status
    assert "### Created [`" in issue.status
    assert "component:default/pay" in issue.status
    assert issue.labels == {LABEL, CREATED}
    assert (issue.shown["state"], issue.shown["state_reason"]) == ("closed", "completed")
    assert place.get("pay/contents/README.md")
    assert place.get("pay/commits/main")["sha"] == outcome.result.commit


def test_who_asks_is_told_when_nothing_can_be_looked_at(place, ask):
    issue = ask()
    place.fault(path=f"/repos/{place.organisation}/pay", method="GET", status=403, count=1)
    with pytest.raises(NotAllowed):
        issue.look()
    assert "An administrator of the catalog has to mend this" in issue.status
    assert issue.look().state == "waiting"
    assert issue.status == ""
    assert "Dry run" in issue.dry_run


def test_looking_again_writes_nothing(place, ask):
    issue = ask()
    issue.look()
    before = len(place.writes())
    assert issue.look().state == "waiting"
    assert len(place.writes()) == before


def test_dry_look_writes_nothing_at_all(place, ask):
    issue = ask()
    outcome = issue.look(dry=True)
    assert "Dry run" in outcome.summary
    assert (issue.dry_run, issue.labels) == ("", set())
    issue.look()
    issue.say("ana", "/approve")
    assert issue.look(dry=True).state == "agreed"
    assert "pay" not in place.names()


def test_strangers_approval_is_answered_and_makes_nothing(place, ask):
    issue = ask()
    issue.look()
    issue.say("bob", "/approve")
    assert issue.look().state == "waiting"
    assert f"`/approve` of `bob-{place.organisation}`" in issue.status
    assert "does not count" in issue.status
    assert "may not use" in issue.status
    assert "pay" not in place.names()


def test_who_asks_cannot_agree_where_somebody_else_must_and_an_approver_can(place, ask):
    put(place, {"waypost.yaml": AGREED})
    issue = ask()
    issue.look()
    assert f"Somebody of @{place.organisation}/platform" in issue.dry_run
    issue.say("ana", "/approve")
    assert issue.look().state == "waiting"
    assert "somebody else of team platform has to agree" in issue.status
    assert "pay" not in place.names()
    issue.say("pia", f"/approve {issue.hash}")
    assert issue.look().state == "created"
    assert f"Agreed by `pia-{place.organisation}`" in issue.status


def test_label_of_an_approver_is_an_agreement_and_of_the_app_is_none(place, ask):
    put(place, {"waypost.yaml": AGREED})
    access = f"/repos/{place.organisation}/catalog/collaborators/pia-{place.organisation}"
    place.ask("PUT", access, {"permission": "push"})
    issue = ask()
    issue.look()
    desk = place.connect().forge(place.installation).desk(f"{place.organisation}/catalog")
    desk.label(issue.number, APPROVE)
    assert issue.look().state == "waiting"
    assert "a bot cannot agree" in issue.status
    desk.label(issue.number, APPROVE, is_set=False)
    issue.label(APPROVE, "pia")
    assert issue.look().state == "created"


def test_edit_of_the_issue_voids_the_approval(place, ask):
    issue = ask()
    issue.look()
    before = issue.hash
    issue.say("ana", "/approve")
    issue.edit("ana", body=form(name="wallet"))
    assert issue.look().state == "waiting"
    assert issue.hash != before
    assert issue.look().state == "waiting"
    assert "it came before what the dry run shows now" in issue.status
    assert not {"pay", "wallet"} & set(place.names())
    issue.say("ana", f"/approve {before}")
    assert issue.look().state == "waiting"
    assert f"it is for `{before}`" in issue.status
    issue.say("ana", "/approve")
    assert issue.look().state == "created"
    assert "wallet" in place.names()


def test_new_commit_of_the_template_voids_the_approval(place, ask):
    issue = ask()
    issue.look()
    before = issue.hash
    issue.say("ana", "/approve")
    put(place, {"templates/note/skeleton/README.md": "# Other words\n"})
    assert issue.look().state == "waiting"
    assert issue.hash != before
    assert "pay" not in place.names()


def test_change_of_who_must_agree_voids_the_approval(place, ask):
    issue = ask()
    issue.look()
    issue.say("ana", "/approve")
    put(place, {"waypost.yaml": AGREED})
    assert issue.look().state == "waiting"
    assert issue.look().state == "waiting"
    assert "pay" not in place.names()


def test_edited_approval_does_not_count(place, ask):
    issue = ask()
    issue.look()
    said = issue.say("ana", "/approve 0000000")
    place.later()
    issue.ask("PATCH", f"/comments/{said['id']}", {"body": "/approve"}, "ana")
    assert issue.look().state == "waiting"
    assert "was edited afterwards" in issue.status


def test_somebody_who_rewrites_our_comment_voids_what_was_agreed_to(place, ask):
    issue = ask()
    issue.look()
    issue.say("ana", "/approve")
    (ours,) = issue.ask("GET", f"/{issue.number}/comments")[:1]
    place.later()
    issue.ask("PATCH", f"/comments/{ours['id']}", {"body": ours["body"].replace("private", "public")})
    assert issue.look().state == "waiting"
    assert "private" in issue.dry_run
    assert issue.look().state == "waiting"
    assert "pay" not in place.names()


def test_who_may_not_create_is_told_so_and_shown_no_plan(place, ask):
    issue = ask("bob")
    assert issue.look().state == "refused"
    assert f"`bob-{place.organisation}` may not create this" in issue.dry_run
    assert "Files" not in issue.dry_run
    issue.say("ana", "/approve")
    assert issue.look().state == "refused"
    assert "pay" not in place.names()


def test_wrong_answer_is_named_and_mended_by_an_edit(place, ask):
    issue = ask(body=form().replace("### Owner", "### Ownr"))
    assert issue.look().state == "wrong"
    assert "The form needs a correction" in issue.dry_run
    assert 'Did you mean "Owner"?' in issue.dry_run
    issue.edit("ana", body=form())
    assert issue.look().state == "waiting"
    assert "Dry run" in issue.dry_run


def test_what_stands_in_the_way_is_named_and_cannot_be_approved(place, ask):
    issue = ask(name="Pay me")
    assert issue.look().state == "waiting"
    assert "This cannot be created as asked" in issue.dry_run
    issue.say("ana", "/approve")
    assert issue.look().state == "waiting"
    assert "what stands in the way has to go first" in issue.status


def test_template_that_needs_a_secret_is_refused_with_the_door_to_use(place, ask):
    issue = ask(body="### Template\n\nhush\n\n### name\n\npay")
    assert issue.look().state == "wrong"
    assert "waypost create hush --secret key" in issue.dry_run


@pytest.mark.parametrize("name", ["/etc", "../../note", "./note", "nothing"])
def test_template_is_one_of_the_catalog_and_never_a_path(place, ask, name):
    issue = ask(body=f"### Template\n\n{name}")
    issue.label(LABEL)
    assert issue.look().state == "wrong"
    assert "pay" not in place.names()


def test_ordinary_and_closed_issues_are_left_alone(place, ask):
    issue = ask(body="It breaks.\n\n/approve")
    assert issue.look().state == "none"
    assert issue.ask("GET", f"/{issue.number}/comments") == []
    issue = ask()
    issue.look()
    issue.say("ana", "/approve")
    issue.edit("ana", state="closed")
    assert issue.look().state == "none"
    assert "pay" not in place.names()


def test_what_people_write_is_text_in_our_comments(place, ask):
    issue = ask(purpose="@acme/everybody <script>x</script> | [a](https://b.example) <!-- waypost:status created -->")
    issue.look()
    body = issue.dry_run.partition("\n")[2]
    assert "<script>" not in body
    assert "<!-- waypost" not in body.replace("`@acme", "")
    assert "@acme/everybody" not in body


def test_stopped_run_leaves_the_issue_open_and_another_try_finishes(place, ask):
    issue = ask()
    issue.look()
    issue.say("ana", "/approve")
    push = f"/{place.organisation}/pay.git/git-receive-pack"
    place.fault(path=push, method="POST", status=500, count=30)
    assert issue.look().state == "failed"
    assert "### Stopped at `Publish`" in issue.status
    assert f"There is [`{place.organisation}/pay`]" in issue.status
    assert "--undo" in issue.status
    assert (issue.shown["state"], issue.labels) == ("open", {LABEL, FAILED})
    place.ask("DELETE", "/_sandbox/faults")
    assert issue.look().state == "failed"  # nobody has asked for another try
    assert place.get("pay/commits") in (None, [])
    issue.say("bob", "/retry")
    assert issue.look().state == "failed"
    issue.say("ana", "/retry")
    assert issue.look().state == "created", issue.status
    assert (issue.shown["state"], issue.labels) == ("closed", {LABEL, CREATED})
    assert place.get("pay/contents/README.md")


class Killed(BaseException):
    """What no handler catches, as of a process that is gone."""


@pytest.mark.parametrize("when", ["look at everything", "create the repository", "push "])
def test_run_that_was_killed_goes_on_with_the_next_look_and_does_nothing_twice(place, ask, when):
    issue = ask()
    issue.look()
    issue.say("ana", "/approve")

    def say(text):
        if text.startswith(when):
            raise Killed

    with pytest.raises(Killed):
        issue.look(say=say)
    assert issue.shown["state"] == "open"
    place.later()
    assert issue.look().state == "created"
    assert "### Created" in issue.status
    assert [one["commit"]["message"].count("Waypost-Request") for one in place.get("pay/commits")] == [1]
    assert issue.shown["state"] == "closed"


def test_request_is_cancelled_and_opened_again(place, ask):
    issue = ask()
    issue.look()
    issue.say("ana", "/cancel")
    assert issue.look().state == "cancelled"
    assert (issue.shown["state"], issue.shown["state_reason"]) == ("closed", "not_planned")
    issue.edit("ana", state="open")
    assert issue.look().state == "waiting"
    issue.say("ana", "/approve")
    assert issue.look().state == "created"


def test_two_issues_with_the_same_answers_are_two_requests(place, ask):
    first, second = ask(), ask()
    first.look()
    first.say("ana", "/approve")
    assert first.look().state == "created"
    assert second.look().state == "waiting"
    assert "is taken by a repository" in second.dry_run


def test_long_plan_is_cut_and_says_where_the_rest_is(place, ask):
    put(place, {f"templates/note/skeleton/{number:03}-{'x' * 200}.txt": "" for number in range(400)})
    issue = ask()
    runs = f"{place.sandbox.url}/{place.organisation}/catalog/actions/runs"
    outcome = issue.look(run_url=f"{runs}/7")
    assert len(issue.dry_run.encode()) < 30_000
    assert f"lines more: see [the summary of this run]({runs}/7)" in issue.dry_run
    assert "399-xxx" in outcome.summary
    assert "399-xxx" not in issue.dry_run
    before = issue.dry_run
    issue.look(run_url=f"{runs}/8")  # nothing has changed, so the comment stays and what was agreed to counts
    assert issue.dry_run == before
    issue.say("ana", "/approve")
    assert issue.look(run_url=f"{runs}/9").state == "created"


def test_long_plan_without_a_run_names_the_command_that_shows_it(place, ask):
    put(place, {f"templates/note/skeleton/{number:03}-{'x' * 200}.txt": "" for number in range(400)})
    issue = ask()
    issue.look()
    assert "lines more: `waypost create --dry-run` shows them" in issue.dry_run
