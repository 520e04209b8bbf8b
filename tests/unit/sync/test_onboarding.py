"""Offers of drafted descriptors: to whom, how many, never twice after a no, and the report of what became of them."""

from __future__ import annotations

import pytest

from unit.sync.world import component
from waypost.catalog.onboarding import BRANCH
from waypost.forge.protocol import NotAllowed, RateLimited
from waypost.pages.onboarding import FAREWELL_MARKER, REPORT_MARKER
from waypost.queue.protocol import Key, Mark

DAY = 86_400
ON = "onboarding:\n  enabled: true\n  per_day: 2\n"


@pytest.fixture
def asking(settled):
    """A world that offers, two a day, with three repositories to offer to: two with an owner."""
    settled.forge.push("catalog", {"waypost.yaml": ON})
    settled.forge.create("alpha", {"README.md": "x"})
    settled.forge.create("beta", {"CODEOWNERS": "* @acme/team-b\n", "go.mod": "module beta\n"}, language="Go")
    settled.forge.create("gamma", {"CODEOWNERS": "* @acme/team-c\n"})
    return settled


def run(world):
    """A listing finds what is new, and offers."""
    world.sweep()
    world.clock.sleep(60)


def again(world):
    """What the delivery of a closed pull request marks."""
    world.queue.mark([Mark(Key(1, "onboard", "acme"))])
    assert world.settle() == ""


def pulls(world, name, state="all"):
    return world.forge.desk(f"acme/{name}").pulls(state, BRANCH)


def offered(world):
    names = [one.name for one in world.forge.repositories()]
    return sorted(name for name in names if pulls(world, name))


def report(world):
    return next(iter(world.forge.desk("acme/catalog").issues(REPORT_MARKER)), None)


def writes(world):
    desks = [world.forge.desk(one.full_name) for one in world.forge.repositories()]
    return sum(sum(count for word, count in desk.writes.items() if word != "publish") for desk in desks)


def test_nothing_is_offered_unless_waypost_yaml_says_so(settled):
    settled.forge.create("alpha", {"README.md": "x"})
    run(settled)
    assert offered(settled) == []
    assert report(settled) is None


def test_an_offer_is_one_file_on_one_branch_that_says_what_it_is(asking):
    run(asking)
    (pull,) = pulls(asking, "beta")
    changes = asking.forge.desk("acme/beta").changes(pull.number)
    assert [(change.path, change.status) for change in changes] == [("catalog-info.yaml", "added")]
    assert (pull.branch, pull.base, pull.state) == (BRANCH, "main", "open")
    for words in ("`team-b` | CODEOWNERS", "| `library` | `go.mod`", "Close this pull request"):
        assert words in pull.body


def test_as_many_are_offered_as_a_day_allows_and_those_with_an_owner_first(asking):
    run(asking)
    assert offered(asking) == ["beta", "gamma"]
    again(asking)
    assert offered(asking) == ["beta", "gamma"]
    asking.clock.sleep(DAY)
    again(asking)
    assert offered(asking) == ["alpha", "beta", "gamma"]


def test_with_an_empty_database_the_day_counts_what_was_opened_before(asking):
    run(asking)
    asking.start()
    asking.forge.create("aaa", {"CODEOWNERS": "* @acme/team-a\n"})
    run(asking)
    assert offered(asking) == ["beta", "gamma"]


def test_merged_ones_count_for_the_day_too_with_an_empty_database(asking):
    run(asking)
    for name in ("beta", "gamma"):
        (pull,) = pulls(asking, name)
        asking.forge.desk(f"acme/{name}").merge(pull.number, pull.head, "Merge")
    asking.start()
    run(asking)
    assert offered(asking) == ["beta", "gamma"]


def test_a_closed_offer_is_never_opened_again(asking):
    run(asking)
    (pull,) = pulls(asking, "beta")
    asking.forge.desk("acme/beta").close(pull.number)
    again(asking)
    for begin in (asking.restart, asking.start):
        begin()
        asking.clock.sleep(DAY)
        run(asking)
        assert [one.number for one in pulls(asking, "beta")] == [pull.number]
        assert pulls(asking, "beta", "open") == []
    assert "Declined: 1" in report(asking).body


def test_an_offer_that_is_open_is_not_opened_twice_with_an_empty_database(asking):
    run(asking)
    asking.start()
    asking.clock.sleep(DAY)
    run(asking)
    assert len(pulls(asking, "beta")) == 1
    assert offered(asking) == ["alpha", "beta", "gamma"]


def test_a_merged_offer_describes_the_repository(asking):
    run(asking)
    (pull,) = pulls(asking, "beta")
    asking.forge.desk("acme/beta").merge(pull.number, pull.head, "Merge")
    asking.deliver("push", asking.payload(asking.forge.describe("beta"), ref="refs/heads/main"))
    asking.settle()
    asking.clock.sleep(60)
    again(asking)
    assert any("component/default" in path and path.endswith("/beta.yaml") for path in asking.files())
    assert "Merged: 1" in report(asking).body
    assert not asking.forge.desk("acme/beta").comments(pull.number)


def test_an_offer_is_withdrawn_with_a_word_where_somebody_writes_a_descriptor(asking):
    run(asking)
    (pull,) = pulls(asking, "beta")
    asking.deliver("push", asking.push("beta", {"catalog-info.yaml": component("beta")}))
    asking.settle()
    again(asking)
    desk = asking.forge.desk("acme/beta")
    assert any(FAREWELL_MARKER in comment.body for comment in desk.comments(pull.number))
    assert "Described otherwise: 1" in report(asking).body


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        pytest.param({"is_archived": True}, "archived", id="archived"),
        pytest.param({"is_template": True}, "template", id="template"),
        pytest.param({"is_fork": True}, "", id="fork"),
        pytest.param({"visibility": "private"}, "", id="narrower than the catalog"),
    ],
)
def test_some_repositories_are_left_alone(asking, facts, reason):
    asking.forge.describe("catalog", visibility="public")
    for name in ("alpha", "beta", "gamma"):
        asking.forge.describe(name, visibility="public")
    asking.forge.describe("beta", **facts)
    run(asking)
    assert offered(asking) == ["alpha", "gamma"]
    assert reason in report(asking).body
    assert ("acme/beta" in report(asking).body) == bool(reason)


def test_an_empty_repository_is_left_alone(asking):
    asking.forge.create("aaa")
    run(asking)
    assert "it is empty" in report(asking).body
    assert not pulls(asking, "aaa")


def test_globs_say_who_is_asked(asking):
    asking.forge.push("catalog", {"waypost.yaml": ON + "  include: [acme/*]\n  exclude: ['be*']\n"})
    run(asking)
    assert offered(asking) == ["alpha", "gamma"]
    assert "onboarding.exclude" in report(asking).body


def test_the_report_is_one_issue_edited_in_place(asking):
    run(asking)
    first = report(asking)
    assert "Open: 2" in first.body
    assert "To come: 1" in first.body
    asking.clock.sleep(DAY)
    again(asking)
    second = report(asking)
    assert second.number == first.number
    assert "Open: 3" in second.body
    assert len(asking.forge.desk("acme/catalog").issues(REPORT_MARKER)) == 1


def test_looking_again_writes_nothing_where_nothing_changed(asking):
    run(asking)
    before = writes(asking)
    again(asking)
    assert writes(asking) == before


def test_the_report_is_closed_when_nothing_is_left_and_opened_for_what_is_new(asking):
    run(asking)
    asking.clock.sleep(DAY)
    again(asking)
    for name in ("alpha", "beta", "gamma"):
        asking.forge.desk(f"acme/{name}").close(pulls(asking, name)[0].number)
    again(asking)
    assert report(asking).state == "closed"
    asking.forge.create("delta", {"README.md": "x"})
    run(asking)
    assert report(asking).state == "open"


def test_a_report_that_people_closed_stays_closed(asking):
    run(asking)
    asking.forge.desk("acme/catalog").edit_issue(report(asking).number, state="closed")
    asking.clock.sleep(DAY)
    again(asking)
    assert report(asking).state == "closed"
    assert "Open: 3" in report(asking).body


def test_without_report_no_issue_is_opened(asking):
    asking.forge.push("catalog", {"waypost.yaml": ON + "  report: false\n"})
    run(asking)
    assert offered(asking) == ["beta", "gamma"]
    assert report(asking) is None


def test_a_repository_that_refuses_does_not_stop_the_others(asking):
    def refuse(*_):
        raise NotAllowed("acme/beta may not be written by the App")

    asking.forge.desk("acme/beta").open_pull = refuse
    run(asking)
    assert offered(asking) == ["alpha", "gamma"]
    assert "may not be written by the App" in report(asking).body


def test_many_refusals_stop_neither_for_ever_nor_all_at_once(asking):
    tried = []

    def refuse(branch, base, commit, files, title, body):
        tried.append(title)
        raise NotAllowed("no")

    for number in range(5):
        name = f"aaa-{number}"
        asking.forge.create(name, {"CODEOWNERS": "* @acme/team-a\n"})
        asking.forge.desk(f"acme/{name}").open_pull = refuse
    run(asking)
    assert (len(tried), offered(asking)) == (3, [])
    asking.clock.sleep(3_600)
    run(asking)
    assert (len(tried), offered(asking)) == (5, ["beta", "gamma"])
    asking.clock.sleep(DAY)
    run(asking)
    assert len(tried) > 5


def test_when_nothing_can_be_created_the_rest_comes_later(asking):
    desk = asking.forge.desk("acme/beta")
    open_pull = desk.open_pull

    def refuse(*_):
        raise RateLimited("500 things were created within an hour", asking.clock() + 900, is_creating_only=True)

    desk.open_pull = refuse
    run(asking)
    assert offered(asking) == []
    desk.open_pull = open_pull
    again(asking)
    assert offered(asking) == ["beta", "gamma"]


def test_half_of_the_quota_is_kept_for_webhooks(asking):
    asking.sweep()
    asking.clock.sleep(DAY)
    asking.forge.limit(4)
    asking.queue.mark([Mark(Key(1, "onboard", "acme"))])
    asking.settle()
    assert asking.forge.budgets()["core"].remaining >= 2


def test_without_the_right_to_write_issues_drafts_are_offered_all_the_same(asking):
    def refuse(*_):
        raise NotAllowed("the App lacks issues: write")

    asking.forge.desk("acme/catalog").open_issue = refuse
    run(asking)
    assert offered(asking) == ["beta", "gamma"]
    assert asking.queue.counts()["dead"] == 0
