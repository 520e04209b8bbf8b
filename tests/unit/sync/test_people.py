"""From a team that changed to the page that says so: with the real worker, on a forge in memory."""

from __future__ import annotations

import pytest

from unit.sync.world import World, component
from waypost.pages.paths import entity_file, page_file
from waypost.queue.protocol import Key, Mark

PAY = "component:default/pay"
TEAM = "group:default/payments"


@pytest.fixture
def staffed(tmp_path):
    """An organisation whose team payments owns a component, and nobody describes the team."""
    world = World(tmp_path)
    world.forge.staff.allow()
    world.forge.staff.team("Payments", "ada", "bob")
    world.forge.create("pay", {"catalog-info.yaml": component("pay", "payments"), "CODEOWNERS": "* @acme/payments\n"})
    world.sweep()
    return world


def changed(world):
    """What GitHub sends of a team, a membership or a member leads here; then a commit may be made again."""
    world.clock.sleep(60)
    world.queue.mark([Mark(Key(1, "people", "1"))])
    assert world.settle() == ""


def page(world, ref=PAY):
    return world.forge.text("catalog", page_file(ref)) or ""


def test_a_team_that_nobody_describes_has_a_page_and_owns_what_names_it(staffed):
    record = staffed.forge.text("catalog", entity_file(TEAM))
    assert "url:https://github.com/orgs/acme/teams/payments" in record
    assert "owner-" not in page(staffed)
    assert len(staffed.commits()) == 2  # what was there, and all of it at once


def test_a_team_that_is_emptied_raises_the_alarm_until_somebody_joins(staffed):
    for login in ("ada", "bob"):
        staffed.forge.staff.remove("payments", login)
    changed(staffed)
    assert "owner-team-empty" in page(staffed)
    staffed.forge.staff.add("payments", "ada")
    changed(staffed)
    assert "owner-team-empty" not in page(staffed)


def test_a_team_that_is_deleted_raises_the_alarm_until_another_owner_is_named(staffed):
    staffed.forge.staff.delete("payments")
    changed(staffed)
    assert "owner-team-deleted" in page(staffed)
    assert "waypost.dev/state: orphan" in staffed.forge.text("catalog", entity_file(TEAM))
    staffed.forge.staff.team("Platform", "ada")
    changed(staffed)
    payload = staffed.push("pay", {"catalog-info.yaml": component("pay", "platform"), "CODEOWNERS": None})
    staffed.deliver("push", payload)
    staffed.clock.sleep(60)
    staffed.settle()
    assert "owner-" not in page(staffed)


def test_a_team_that_is_renamed_is_told_with_its_new_name(staffed):
    staffed.forge.staff.rename("payments", "Money")
    changed(staffed)
    assert "acme/payments is called money now" in page(staffed)
    staffed.forge.staff.rename("money", "Payments")
    changed(staffed)
    assert "owner-" not in page(staffed)


def test_a_member_who_leaves_raises_the_alarm_until_they_are_back(staffed):
    user = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: zoe\n  annotations:\n" \
        "    github.com/user-login: zoe-z\nspec:\n  memberOf: []\n"  # fmt: skip
    staffed.forge.staff.enroll("zoe-z")
    text = component("pay", "user:zoe") + "---\n" + user
    staffed.deliver("push", staffed.push("pay", {"catalog-info.yaml": text, "CODEOWNERS": None}))
    changed(staffed)
    assert "owner-" not in page(staffed)
    staffed.forge.staff.leave("zoe-z")
    changed(staffed)
    assert "owner-left" in page(staffed)
    staffed.forge.staff.enroll("zoe-z")
    changed(staffed)
    assert "owner-" not in page(staffed)


def test_people_who_did_not_change_write_nothing(staffed):
    commits, calls = len(staffed.commits()), staffed.worker.context.charged_calls()
    changed(staffed)
    assert len(staffed.commits()) == commits
    assert staffed.worker.context.charged_calls() == calls + 1


def test_a_storm_of_events_is_looked_at_a_few_times(staffed):
    staffed.forge.staff.team("Platform")
    looks = staffed.worker.context.figures.counts["people"]
    began = staffed.clock.now
    for number in range(60):
        staffed.forge.staff.add("platform", f"member-{number}")
        staffed.deliver("membership", {"action": "added", "installation": {"id": 1}})
        while staffed.worker.run_once():
            pass
        staffed.clock.sleep(1)
    staffed.settle()
    assert "60 on GitHub" in page(staffed, "group:default/platform")
    looked = staffed.worker.context.figures.counts["people"] - looks
    assert looked <= (staffed.clock.now - began) / 4 + 1


def test_a_worker_with_an_empty_database_publishes_nothing_before_it_knows_the_people(staffed):
    commits = len(staffed.commits())
    staffed.clock.sleep(60)
    staffed.start()
    staffed.sweep()
    assert len(staffed.commits()) == commits


def test_teams_are_kept_as_stale_when_the_permission_is_taken_away(staffed):
    staffed.forge.staff.allow(False)
    changed(staffed)
    assert "waypost.dev/state: stale" in staffed.forge.text("catalog", entity_file(TEAM))
    staffed.forge.staff.allow()
    changed(staffed)
    assert "waypost.dev/state" not in staffed.forge.text("catalog", entity_file(TEAM))


def test_a_secret_team_is_nowhere_in_what_is_published(staffed):
    staffed.forge.staff.team("Hidden Plans", "ada", secret=True)
    changed(staffed)
    assert not [path for path, text in staffed.files().items() if "hidden" in (path + text).lower()]


def test_an_uninstalled_app_forgets_the_people(staffed):
    staffed.forges.uninstall(1)
    staffed.queue.mark([Mark(Key(1, "installation", "1"))])
    staffed.settle()
    assert staffed.worker.context.tenant(1).people is None
