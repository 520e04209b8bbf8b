"""What becomes of a repository that is renamed, archived, hidden, deleted or handed over; and what sweeps find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.sync.world import component
from waypost.catalog.entities import Repository, Snapshot
from waypost.forge.protocol import Budget
from waypost.pages.paths import entity_file
from waypost.queue.protocol import Key, Mark
from waypost.sync.drift import Drift, differences, told, totals
from waypost.sync.reconcile import reconcile
from waypost.sync.worker import SWEEP

PAYMENTS = entity_file("component:default/payments")
ALL_LISTED_AGAIN = 700.0


def read(world, path=PAYMENTS):
    return world.files().get(path, "")


def test_renamed_repository_keeps_its_entities_and_says_its_new_name(settled):
    repository = settled.forge.rename("payments", "money")
    settled.say(repository, "renamed")
    settled.settle()
    assert "acme/money" in read(settled)
    assert "acme/payments" not in read(settled)


def test_archived_repository_keeps_its_entities(settled):
    settled.say(settled.forge.archive("payments"), "archived")
    settled.settle()
    assert "waypost.dev/state: archived" in read(settled)
    settled.say(settled.forge.archive("payments", False), "unarchived")
    settled.settle()
    assert "waypost.dev/state" not in read(settled)


def test_repository_that_cannot_be_read_is_stale_and_never_removed(settled):
    repository = settled.forge.describe("payments")
    settled.forge.hide("payments")
    settled.say(repository, "edited")
    settled.settle()
    assert "waypost.dev/state: stale" in read(settled)
    settled.forge.hide("payments", False)
    settled.say(repository, "edited")
    settled.settle()
    assert "waypost.dev/state" not in read(settled)


def test_one_listing_without_it_makes_no_repository_gone(settled):
    settled.forge.hide("payments")
    settled.sweep()
    settled.sweep()
    assert "waypost.dev/state: stale" in read(settled)


def test_two_listings_ten_minutes_apart_make_a_repository_gone(settled):
    settled.forge.delete("payments")
    settled.sweep()
    settled.clock.sleep(ALL_LISTED_AGAIN)
    settled.sweep()
    assert "waypost.dev/state: orphan" in read(settled)


def test_with_selected_repositories_nothing_is_ever_gone(tmp_path):
    from unit.sync.world import World

    world = World(tmp_path, selects_all=False)
    world.forge.create("payments", {"catalog-info.yaml": component("payments")})
    world.sweep()
    world.forge.hide("payments")
    for _ in range(3):
        world.clock.sleep(ALL_LISTED_AGAIN)
        world.sweep()
    assert "waypost.dev/state: stale" in read(world)
    assert "no access" in read(world)


def test_repository_that_comes_back_is_present_again(settled):
    settled.forge.hide("payments")
    settled.sweep()
    settled.clock.sleep(ALL_LISTED_AGAIN)
    settled.sweep()
    settled.forge.hide("payments", False)
    settled.sweep()
    assert read(settled)
    assert "waypost.dev/state" not in read(settled)


def test_sweep_finds_what_no_delivery_told(settled):
    settled.forge.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")})
    settled.forge.create("ledger", {"catalog-info.yaml": component("ledger")})
    settled.sweep()
    assert "owner: team-b" in read(settled)
    assert entity_file("component:default/ledger") in settled.files()


def test_sweep_finds_a_change_that_was_changed_back(settled):
    """The blob is the same as before, the commit that touched it is not."""
    settled.forge.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")})
    last = settled.forge.push("payments", {"catalog-info.yaml": component("payments")}).head
    settled.sweep()
    assert last in read(settled)


def test_unchanged_sweep_of_many_repositories_is_cheap(world):
    for number in range(1_000):
        world.forge.create(f"service-{number}", {"catalog-info.yaml": component(f"service-{number}")})
    world.sweep()
    before = dict(world.forge.calls())
    heads = world.commits()
    world.sweep()
    spent = {what: number - before.get(what, 0) for what, number in world.forge.calls().items()}
    assert sum(number for (_, price), number in spent.items() if price == "charged") <= 50
    assert world.commits() == heads


def test_sweep_leaves_half_of_the_quota_to_the_webhooks(settled):
    for number in range(400):
        settled.forge.create(f"service-{number}")
    settled.sweep()
    settled.clock.sleep(60)
    settled.forge.limit(8, resource="graphql")
    assert settled.sweep() == "the rest waits for the forge or for quota"
    assert settled.forge.budgets()["graphql"].remaining == 4
    settled.deliver("push", settled.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")}))
    settled.settle()
    assert "owner: team-b" in read(settled)
    settled.clock.sleep(3_600)
    assert settled.settle() == ""


def test_reconcile_stops_politely_at_half_of_the_quota_that_was_left(world):
    for number in range(600):
        world.forge.create(f"service-{number}", {"catalog-info.yaml": component(f"service-{number}")})
    world.forge.limit(10, resource="graphql")
    summary = reconcile(world.worker, sleep=world.clock.sleep)
    assert summary.left > 0
    assert summary.reason.startswith("half of the graphql quota that was left is used; the other 4 calls are kept")
    assert isinstance(world.forge.budgets()["graphql"], Budget)
    assert not world.files()


def test_transferred_away_repository_that_can_still_be_seen_is_not_ours(settled):
    settled.forge.rename("payments", "other/payments")
    settled.sweep()
    settled.clock.sleep(ALL_LISTED_AGAIN)
    settled.sweep()
    assert "waypost.dev/state" in read(settled)


def test_removed_app_is_forgotten(settled):
    settled.forges.uninstall(1)
    settled.deliver("installation", {"installation": {"id": 1}, "action": "deleted"})
    settled.clock.sleep(1)
    settled.worker.run_once()
    _, entries = settled.queue.cached(1)
    assert not [name for name in entries if name.startswith("repo:")]


def test_suspended_app_keeps_everything(settled):
    before = settled.files()
    settled.forge.suspend()
    settled.deliver("installation", {"installation": {"id": 1}, "action": "suspend"})
    settled.clock.sleep(1)
    settled.worker.run_once()
    settled.forge.suspend(False)
    settled.deliver("installation", {"installation": {"id": 1}, "action": "unsuspend"})
    assert settled.settle() == ""
    assert settled.files() == before


def test_name_stays_with_the_repository_that_was_published_with_it(world):
    """Also against a lower id, also inside one worker that never read the head again."""
    world.forge.create("older", {"src/main.py": "1"})
    world.forge.create("younger", {"catalog-info.yaml": component("payments")})
    world.sweep()
    world.clock.sleep(60)
    world.deliver("push", world.push("older", {"catalog-info.yaml": component("payments")}))
    assert world.settle() == ""
    assert "acme/younger" in read(world)
    assert "is already declared by acme/younger" in world.files()["pages/problems/README.md"]


def test_orphan_is_kept_with_its_reason_until_its_grace_is_over(settled):
    settled.deliver("push", settled.push("payments", {"catalog-info.yaml": None, "README.md": "x"}))
    settled.settle()
    assert "waypost.dev/state: orphan" in read(settled)
    assert "acme/payments no longer has catalog-info.yaml" in read(settled)
    settled.clock.sleep(40 * 86_400)
    settled.sweep()
    settled.clock.sleep(1_000 * 86_400)
    settled.sweep()
    assert not read(settled)


def test_privatized_repository_is_purged_at_once_and_comes_back_when_it_may_be_seen(world):
    world.forge.describe("catalog", visibility="internal")
    world.forge.create("payments", {"catalog-info.yaml": component("payments")}, visibility="internal")
    world.sweep()
    assert read(world)
    world.say(world.forge.describe("payments", visibility="private"), "privatized")
    world.settle()
    assert "payments" not in "".join(world.files())
    assert not [path for path, text in world.files().items() if "acme/payments" in text]
    world.say(world.forge.describe("payments", visibility="internal"), "edited")
    world.settle()
    assert read(world)


def test_deleted_repository_of_a_public_catalog_survives_an_empty_database(world):
    """Only its recorded name is left then, and nothing says who may read it."""
    world.forge.describe("catalog", visibility="public")
    world.forge.create("payments", {"catalog-info.yaml": component("payments")}, visibility="public")
    world.sweep()
    world.forge.delete("payments")
    world.start()
    world.sweep()
    assert "waypost.dev/state: stale" in read(world)


def test_change_back_that_no_delivery_told_is_found_by_the_next_reading(settled):
    """The push that is told names other files only, and from then on the head is the present one."""
    settled.forge.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")})
    last = settled.forge.push("payments", {"catalog-info.yaml": component("payments")}).head
    settled.deliver("push", settled.push("payments", {".github/CODEOWNERS": "* @acme/a"}))
    settled.settle()
    assert last in read(settled)


def test_privatized_repository_is_read_while_others_wait_for_the_next_commit(world):
    world.forge.describe("catalog", visibility="internal")
    for name in ("payments", "ledger"):
        world.forge.create(name, {"catalog-info.yaml": component(name)}, visibility="internal")
    world.sweep()
    world.clock.sleep(60)
    world.deliver("push", world.push("ledger", {"catalog-info.yaml": component("ledger", owner="team-b")}))
    world.settle()  # from here on no commit may be made for ten seconds
    private = world.forge.describe("payments", visibility="private")
    world.deliver("push", world.push("ledger", {"catalog-info.yaml": component("ledger", owner="team-c")}))
    world.say(private, "privatized")
    world.clock.sleep(1)
    while world.worker.run_once():
        pass
    known = world.worker.context.tenant(1).snapshots
    assert known[private.id].repository.visibility == "private"
    assert known[world.forge.describe("ledger").id].repository.head != world.forge.describe("ledger").head
    commits = len(world.commits())
    assert world.settle() == ""
    assert len(world.commits()) == commits + 1
    assert "payments" not in "".join(world.files())


def test_sweep_that_finds_a_repository_hidden_reads_it_ahead(settled):
    settled.forge.describe("payments", visibility="internal")
    settled.sweep()
    settled.forge.describe("payments", visibility="private")
    number = settled.forge.describe("payments").id
    settled.queue.mark([Mark(Key(1, "sweep", str(number)))])
    assert settled.worker.run_once([SWEEP])
    assert [lease.key for lease in settled.queue.lease(["hidden"], 5, 60)] == [Key(1, "hidden", str(number))]


def test_repository_that_no_listing_shows_but_can_be_read_is_not_gone(settled):
    """Gone needs the 404 as well; a listing alone may be wrong for as long as it likes."""
    listed = settled.forge.repositories
    settled.forge.repositories = lambda: [one for one in listed() if one.name != "payments"]
    for _ in range(3):
        settled.clock.sleep(ALL_LISTED_AGAIN)
        settled.sweep()
    assert read(settled)
    assert "waypost.dev/state" not in read(settled)


def test_public_repository_that_was_not_selected_is_not_read_as_ours(tmp_path):
    """GitHub lets any token read it; the listing says that nobody gave it to us."""
    from unit.sync.world import World

    world = World(tmp_path, selects_all=False)
    world.forge.create("payments", {"catalog-info.yaml": component("payments")}, visibility="public")
    world.sweep()
    listed = world.forge.repositories
    world.forge.repositories = lambda: [one for one in listed() if one.name != "payments"]
    world.clock.sleep(60)
    world.sweep()
    assert "waypost.dev/state: stale" in read(world)


def test_organisation_that_is_renamed_keeps_its_entities(settled):
    settled.forge.installation = settled.forge.installation._replace(account="acme-inc")
    for name in ("payments", "catalog"):
        settled.forge.rename(f"acme/{name}", f"acme-inc/{name}")
    organisation = {"installation": {"id": 1}, "organization": {"login": "acme-inc"}, "action": "renamed"}
    settled.deliver("organization", organisation)
    assert settled.settle() == ""
    assert "acme-inc/payments" in read(settled)
    assert "waypost.dev/state" not in read(settled)


def test_drift_is_counted_by_kind_and_never_for_what_a_delivery_asked(settled):
    settled.forge.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")})
    settled.forge.create("ledger")
    settled.sweep()
    found = {one.full_name: one.kinds for one in settled.worker.context.figures.drifts}
    assert found == {"acme/payments": ("head",), "acme/ledger": ("new",)}
    settled.forge.create("tools")
    settled.deliver("installation_repositories", {"installation": {"id": 1}, "action": "added"})
    settled.clock.sleep(60)
    settled.settle()
    settled.sweep()
    assert len(settled.worker.context.figures.drifts) == 2
    settled.forge.archive("ledger")
    settled.restart()  # what was counted is on disk
    settled.sweep()
    _, entries = settled.queue.cached(0)
    assert {kind: count for kind, count in totals(entries).items() if count} == {"archived": 1, "head": 1, "new": 1}


def test_first_listing_and_own_commits_are_no_drift(world):
    world.forge.create("payments", {"catalog-info.yaml": component("payments")})
    world.sweep()
    world.clock.sleep(60)
    world.sweep()
    assert world.worker.context.figures.drifts == []


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({"head": "b" * 40}, ("head",)),
        ({"name": "new"}, ("renamed",)),
        ({"owner": "globex"}, ("renamed",)),
        ({"is_archived": True}, ("archived",)),
        ({"visibility": "public", "head": "b" * 40}, ("head", "visibility")),
        ({"description": "Other"}, ("described",)),
        ({"default_branch": "trunk"}, ("described",)),
        ({}, ()),
    ],
)
def test_differences_have_names(facts, kinds):
    known = Snapshot(Repository(7, "acme", "payments", head="a" * 40))
    assert differences(known, replace(known.repository, **facts)) == kinds


def test_repository_that_comes_or_goes_differs():
    known = Snapshot(Repository(7, "acme", "payments"))
    assert differences(known, None) == ("missing",)
    assert differences(None, known.repository) == ("new",)
    assert differences(replace(known, state="stale"), known.repository) == ("back",)
    assert differences(replace(known, state="stale"), None) == ()


def test_many_drifts_are_told_in_one_bounded_line():
    many = [Drift(1, number, f"acme/r{number}", ("head",)) for number in range(30)]
    assert told(many).endswith("acme/r19: head; and 10 more")
