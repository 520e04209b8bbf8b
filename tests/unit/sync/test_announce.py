"""The "published" check: when it is made, on which commit, what it says, and when it is not made at all."""

from __future__ import annotations

import pytest

from unit.sync.world import component
from waypost.forge.protocol import NotAllowed, RateLimited, Unavailable
from waypost.pages.announcement import NAME
from waypost.queue.protocol import Key, Mark
from waypost.sync import announce
from waypost.sync.announcements import ALL, outcomes

DESCRIPTOR = "catalog-info.yaml"


def changed(kind, name="payments"):
    return component(name).replace("type: service", f"type: {kind}")


def push(world, changes, name="payments"):
    world.deliver("push", world.push(name, changes))
    return world.forge.describe(name).head


def read(world):
    """Work until what was pushed is read, and nothing was announced yet."""
    for _ in range(40):
        if world.worker.context.tenant(1).announcements:
            return
        world.worker.run_once() or world.clock.sleep(0.25)
    raise AssertionError("nothing waits")


def checks(world, name="payments"):
    """The check runs made in a repository: head -> check."""
    made = world.forge.desk(f"acme/{name}").checks.values()
    return {check.head: check for check in made if check.name == NAME}


def tally(world):
    return dict(outcomes(world.queue.cached(ALL)[1]))


def catalog_head(world):
    return world.forge.describe("catalog").head


def test_a_push_is_announced_with_the_commit_that_shows_it_and_how_long_that_took(settled):
    head = push(settled, {DESCRIPTOR: changed("website")})
    settled.clock.sleep(6)
    assert settled.settle() == ""
    (check,) = checks(settled).values()
    assert (check.head, check.key, check.conclusion) == (head, head, "success")
    assert check.title.startswith(f"published in {catalog_head(settled)[:10]} after 6 s")
    assert f"/acme/catalog/commit/{catalog_head(settled)}" in check.summary
    assert "/blob/main/pages/component/default/" in check.summary
    assert tally(settled) == {"success": 1}


def test_problems_are_announced_at_their_lines(settled):
    head = push(settled, {DESCRIPTOR: component("payments").replace("owner: team-a", "owners: team-a")})
    settled.settle()
    check = checks(settled)[head]
    assert check.conclusion == "failure"
    assert check.title.startswith("1 error; what is right was published in")
    remark = next(remark for remark in check.annotations if remark.level == "failure")
    assert (remark.path, remark.line) == (DESCRIPTOR, 5)
    assert "owner" in remark.message


def test_a_first_scan_announces_nothing(settled):
    assert checks(settled) == {}
    settled.start()
    settled.sweep()
    assert checks(settled) == {}
    assert tally(settled) == {}


def test_a_push_of_code_is_not_announced(settled):
    push(settled, {"main.py": "pass\n"})
    settled.sweep()
    assert checks(settled) == {}


def test_code_pushed_behind_a_descriptor_leaves_the_announcement_on_the_commit_that_changed_it(settled):
    settled.deliver("push", settled.push("payments", {DESCRIPTOR: changed("website")}))
    head = settled.forge.describe("payments").head
    settled.settle()
    push(settled, {"main.py": "pass\n"})
    settled.settle()
    assert set(checks(settled)) == {head}


def test_a_newer_push_supersedes_what_was_not_announced_yet(settled):
    push(settled, {DESCRIPTOR: changed("website")})
    settled.forge.protect("catalog")
    read(settled)
    settled.forge.protect("catalog", False)
    newer = push(settled, {DESCRIPTOR: changed("library")})
    settled.clock.sleep(60)
    settled.settle()
    assert set(checks(settled)) == {newer}


def test_a_removed_descriptor_is_announced(settled):
    head = push(settled, {DESCRIPTOR: None})
    settled.settle()
    check = checks(settled)[head]
    assert "is an orphan since" in check.summary
    assert check.annotations == ()


def test_a_repository_that_is_left_out_is_told_why_and_nothing_else(settled):
    settled.forge.push("catalog", {"waypost.yaml": "discovery:\n  exclude: [payments]\n"})
    settled.sweep()
    settled.clock.sleep(60)
    head = push(settled, {DESCRIPTOR: component("payments", owner="nobody-knows")})
    settled.settle()
    check = checks(settled)[head]
    assert (check.conclusion, check.annotations) == ("neutral", ())
    assert "excluded by waypost.yaml" in check.title
    assert "nobody-knows" not in check.summary


def test_switched_off_it_announces_nothing(settled):
    settled.forge.push("catalog", {"waypost.yaml": "published:\n  enabled: false\n"})
    settled.sweep()
    settled.clock.sleep(60)
    push(settled, {DESCRIPTOR: changed("website")})
    settled.settle()
    assert checks(settled) == {}
    assert settled.worker.context.tenant(1).announcements == {}


def test_over_the_budget_of_an_hour_it_is_skipped_and_counted(settled, monkeypatch):
    monkeypatch.setattr(announce, "HOUR_SHARE", 1)
    first = push(settled, {DESCRIPTOR: changed("website")})
    settled.settle()
    settled.clock.sleep(60)
    push(settled, {DESCRIPTOR: changed("library")})
    assert settled.settle() == ""
    assert set(checks(settled)) == {first}
    assert tally(settled) == {"success": 1, "over_budget": 1}
    settled.clock.sleep(3_600)
    third = push(settled, {DESCRIPTOR: changed("tool")})
    settled.settle()
    assert set(checks(settled)) == {first, third}


def test_when_others_used_the_budget_it_is_skipped_and_counted(settled):
    push(settled, {DESCRIPTOR: changed("website")})

    def refuse(check, anew=False):
        raise RateLimited("500 things were created within an hour", settled.clock() + 900, is_creating_only=True)

    settled.forge.desk("acme/payments").publish = refuse
    began = settled.clock()
    assert settled.settle() == ""
    assert settled.clock() - began < 60
    assert tally(settled) == {"over_budget": 1}


def test_over_the_share_of_a_minute_it_waits(settled, monkeypatch):
    monkeypatch.setattr(announce, "MINUTE_SHARE", 1)
    settled.forge.create("ledger", {DESCRIPTOR: component("ledger")})
    settled.sweep()
    settled.clock.sleep(60)
    push(settled, {DESCRIPTOR: changed("website")})
    push(settled, {DESCRIPTOR: changed("website", "ledger")}, "ledger")
    began = settled.clock()
    assert settled.settle() == ""
    assert len(checks(settled)) == len(checks(settled, "ledger")) == 1
    assert settled.clock() - began >= 59


def test_without_the_permission_it_is_skipped_and_asked_for_once_an_hour(settled):
    desk, asked = settled.forge.desk("acme/payments"), []

    def refuse(head, name):
        asked.append(head)
        raise NotAllowed("the App may not write checks: grant it checks: write")

    desk.run = refuse
    for kind in ("website", "library"):
        push(settled, {DESCRIPTOR: changed(kind)})
        assert settled.settle() == ""
        settled.clock.sleep(60)
    assert len(asked) == 1
    assert tally(settled) == {"not_allowed": 2}


def test_an_outage_delays_it_and_loses_nothing(settled):
    head = push(settled, {DESCRIPTOR: changed("website")})
    desk = settled.forge.desk("acme/payments")
    publish, failures = desk.publish, [Unavailable("503")]

    def fail_once(check, anew=False):
        if failures:
            raise failures.pop()
        return publish(check, anew)

    desk.publish = fail_once
    settled.settle()
    assert set(checks(settled)) == {head}


def test_a_repository_that_went_before_it_was_announced_holds_nothing_up(settled):
    push(settled, {DESCRIPTOR: changed("website")})
    read(settled)
    settled.forge.delete("payments")
    assert settled.settle() == ""
    assert tally(settled) == {"gone": 1}


@pytest.mark.parametrize("at", ["before the commit", "after the commit"])
def test_another_process_announces_what_this_one_left(settled, at):
    head = push(settled, {DESCRIPTOR: changed("website")})
    commits = len(settled.commits())
    for _ in range(100):
        is_read = bool(settled.worker.context.tenant(1).announcements)
        if is_read if at == "before the commit" else len(settled.commits()) > commits:
            break
        settled.worker.run_once() or settled.clock.sleep(0.25)
    assert checks(settled) == {}
    settled.restart()
    settled.settle()
    assert set(checks(settled)) == {head}


def test_a_check_that_is_there_is_not_made_again(settled):
    head = push(settled, {DESCRIPTOR: changed("website")})
    settled.settle()
    (made,) = checks(settled).values()
    said = announce.Notice("success", "published again", "again")
    waiting = announce.of_announcements(
        1, {announce.Subject(2, head): announce.Announcement(settled.clock(), "", said)}
    )
    settled.queue.mark([Mark(Key(1, "announce", "2"))])
    leases = settled.queue.lease(["announce"], 1, 60)
    settled.queue.finish(leases, waiting, [Mark(Key(1, "announce", "2"))])
    settled.settle()
    assert list(checks(settled).values()) == [made]
    assert tally(settled) == {"success": 1, "known": 1}
    assert settled.worker.context.tenant(1).announcements == {}


def rerun(world, head, name="payments"):
    repository = world.forge.describe(name)
    suite = {"head_branch": repository.default_branch}
    run = {"name": NAME, "head_sha": head, "check_suite": suite, "pull_requests": []}
    world.deliver("check_run", world.payload(repository, action="rerequested", check_run=run))
    world.clock.sleep(60)
    assert world.settle() == ""


def made(world, head):
    return [check for check in world.forge.desk("acme/payments").checks.values() if check.head == head]


def test_the_rerun_button_makes_a_new_run_with_what_is_true_now(settled):
    head = push(settled, {DESCRIPTOR: changed("website")})
    settled.settle()
    settled.forge.push("catalog", {"waypost.yaml": "discovery:\n  exclude: [payments]\n"})
    rerun(settled, head)
    first, second = made(settled, head)
    assert (first.conclusion, second.conclusion) == ("success", "neutral")
    rerun(settled, head)
    assert len(made(settled, head)) == 3


def test_the_rerun_button_on_a_commit_without_an_announcement_makes_none(settled):
    rerun(settled, settled.forge.describe("payments").head)
    assert checks(settled) == {}
    rerun(settled, "f" * 40)
    assert checks(settled) == {}


def test_what_is_run_again_does_not_claim_to_know_how_long_it_took(settled):
    head = push(settled, {DESCRIPTOR: changed("website")})
    settled.settle()
    rerun(settled, head)
    assert " after " not in made(settled, head)[-1].title


def test_with_the_app_what_waited_to_be_announced_is_forgotten(settled):
    settled.forge.protect("catalog")
    push(settled, {DESCRIPTOR: changed("website")})
    read(settled)
    assert settled.worker.context.tenant(1).announcements
    settled.forges.uninstall(1)
    settled.queue.mark([Mark(Key(1, "installation", "1"))])
    settled.settle()
    assert settled.worker.context.tenant(1).announcements == {}
