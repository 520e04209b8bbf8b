"""From a delivery to a commit: what is read, what is written, and what costs nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest

from unit.sync.world import component
from waypost.pages.paths import entity_file, page_file
from waypost.queue.protocol import Key, Mark
from waypost.sync.worker import CATALOGS, REPOSITORIES

PAYMENTS = entity_file("component:default/payments")
CATALOG_KEY = Key(1, "catalog", "acme")


def charged(world):
    return sum(number for (_, price), number in world.forge.calls().items() if price == "charged")


def cost(world, act):
    before = charged(world)
    act()
    world.settle()
    return charged(world) - before


ANNOUNCED = 2  # calls: is the check run there, and make it


def test_first_listing_is_published_in_one_commit(world):
    for number in range(120):
        world.forge.create(f"service-{number}", {"catalog-info.yaml": component(f"service-{number}")})
    assert world.sweep() == ""
    assert len(world.commits()) == 2  # about.md, ours
    assert sum(path.startswith("entities/component/") for path in world.files()) == 120


def test_push_is_published_for_one_reading_and_one_commit(settled):
    push = settled.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")})
    assert cost(settled, lambda: settled.deliver("push", push)) == 2 + ANNOUNCED
    assert "owner: team-b" in settled.files()[PAYMENTS]


def test_page_shows_the_commit_that_touched_the_descriptor(settled):
    first = settled.forge.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")}).head
    settled.deliver("push", settled.push("payments", {"src/main.py": "1"}))
    settled.deliver("repository", settled.payload(settled.forge.describe("payments", description="x"), action="edited"))
    settled.settle()
    assert first in settled.files()[PAYMENTS]


def test_push_that_touches_nothing_of_ours_costs_no_call(settled):
    push = settled.push("payments", {"src/main.py": "print()", "README.md": "x"})
    assert cost(settled, lambda: settled.deliver("push", push)) == 0


def test_push_whose_file_list_is_cut_is_read(settled):
    push = settled.push("payments", {"src/main.py": "1"}, forced=True)
    assert cost(settled, lambda: settled.deliver("push", push)) == 1


def test_push_that_changes_nothing_we_show_writes_nothing(settled):
    before = settled.commits()
    settled.deliver("push", settled.push("payments", {"src/main.py": "1"}, forced=True))
    settled.settle()
    assert settled.commits() == before


def test_many_pushes_become_one_reading_and_one_commit(settled):
    def act():
        for number in range(30):
            text = component("payments", owner=f"team-{number}")
            settled.deliver("push", settled.push("payments", {"catalog-info.yaml": text}))

    assert cost(settled, act) == 2 + ANNOUNCED
    assert "owner: team-29" in settled.files()[PAYMENTS]


def test_first_change_is_published_at_once_and_the_next_ten_seconds_later(settled):
    times = []
    for number in range(3):
        text = component("payments", owner=f"team-{number}")
        settled.deliver("push", settled.push("payments", {"catalog-info.yaml": text}))
        settled.settle()
        times.append(settled.clock.now)
    assert [round(later - earlier) for earlier, later in pairwise(times)] == [10, 10]


def test_a_waiting_catalog_holds_no_lease(settled):
    for number in range(2):
        text = component("payments", owner=f"team-{number}")
        settled.deliver("push", settled.push("payments", {"catalog-info.yaml": text}))
        if number == 0:
            settled.settle()
    settled.clock.sleep(0.5)
    while settled.worker.run_once():
        pass
    assert settled.queue.counts()["leased"] == 0
    assert settled.queue.counts()["dirty"] == 1


def test_empty_catalog_repository_gets_its_first_commit(tmp_path):
    from unit.sync.world import World

    world = World(tmp_path)
    world.forge.force_push("catalog", "")
    world.forge.create("payments", {"catalog-info.yaml": component("payments")})
    assert world.sweep() == ""
    assert PAYMENTS in world.files()


def test_missing_catalog_repository_is_said_with_its_fix(world):
    world.forge.delete("catalog")
    world.sweep()
    (text,) = world.worker.context.figures.failures
    assert text.startswith("acme has no repository acme/catalog that Waypost can see. Create it")


def test_a_catalog_repository_that_is_made_later_is_not_waited_for(world):
    world.forge.delete("catalog")
    world.sweep()
    assert world.queue.counts()["dirty"] == 0
    world.forge.create("catalog", {})
    world.queue.mark([Mark(Key(1, "catalog", "acme"))])
    assert world.queue.next_due(["catalog"]) <= world.clock()


def test_second_look_with_an_empty_database_writes_nothing(settled):
    before = settled.commits()
    settled.start()
    settled.sweep()
    assert settled.commits() == before


def test_settings_are_read_from_the_head(settled):
    push = settled.push("catalog", {"about.md": "Ahoy, sailor.\n"})
    settled.deliver("push", push)
    settled.settle()
    assert "Ahoy, sailor." in settled.files()["README.md"]


def test_registrations_are_descriptors_of_the_catalog_repository(settled):
    settled.deliver("push", settled.push("catalog", {"registrations/ledger.yaml": component("ledger")}))
    settled.settle()
    assert entity_file("component:default/ledger") in settled.files()


def test_generated_file_edited_by_people_is_put_right(settled):
    page = page_file("component:default/payments")
    text = settled.files()[page]
    settled.deliver("push", settled.push("catalog", {page: "mine now\n"}))
    settled.settle()
    assert settled.files()[page] == text


def test_deleted_generated_file_comes_back_and_a_strange_one_goes(settled):
    text = settled.files()[PAYMENTS]
    settled.deliver("push", settled.push("catalog", {PAYMENTS: None, "pages/strange.md": "x"}))
    settled.settle()
    assert settled.files()[PAYMENTS] == text
    assert "pages/strange.md" not in settled.files()


def test_human_region_survives_a_change_of_its_page(settled):
    region = "<!-- BEGIN CUSTOM -->\n  Call *Ada* \u2014 first.  \n<!-- END CUSTOM -->"
    page = page_file("component:default/payments")
    old = settled.files()[page]
    edited = old.split("<!-- BEGIN CUSTOM -->")[0] + region + old.partition("<!-- END CUSTOM -->")[2]
    settled.deliver("push", settled.push("catalog", {page: edited}))
    settled.deliver("push", settled.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")}))
    settled.settle()
    assert region in settled.files()[page]
    assert "team-b" in settled.files()[page]


def test_files_of_people_are_never_touched(settled):
    settled.deliver("push", settled.push("catalog", {"docs/x.md": "ours", "templates/a/template.yaml": "x"}))
    settled.settle()
    assert settled.forge.text("catalog", "docs/x.md") == "ours"
    assert settled.forge.text("catalog", "about.md") == "Welcome.\n"


def test_moved_head_is_planned_again(settled, monkeypatch):
    store = settled.forge.store("acme/catalog", "main")
    commit, moves = store.commit, [1, 2, 3]

    def late(parent, changes, message):
        if moves:
            settled.forge.push("catalog", {f"docs/{moves.pop()}.md": "x"})
        return commit(parent, changes, message)

    monkeypatch.setattr(type(store), "commit", lambda self, *arguments: late(*arguments))
    settled.deliver("push", settled.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")}))
    settled.settle()
    assert "owner: team-b" in settled.files()[PAYMENTS]
    assert settled.forge.text("catalog", "docs/1.md") == "x"


def test_head_that_never_stands_still_is_given_up_and_tried_later(settled, monkeypatch):
    store = settled.forge.store("acme/catalog", "main")
    commit, is_busy = type(store).commit, [True]

    def late(self, *arguments):
        if is_busy:
            settled.forge.push("catalog", {"docs/x.md": str(settled.clock.now)})
        return commit(self, *arguments)

    monkeypatch.setattr(type(store), "commit", late)
    settled.deliver("push", settled.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")}))
    settled.clock.sleep(2)
    while settled.worker.run_once():
        settled.clock.sleep(0.5)
    (text,) = settled.worker.context.figures.failures
    assert text.startswith("The catalog branch kept moving; gave up after 5 attempts. Nothing was written.")
    is_busy.clear()
    assert settled.settle() == ""
    assert "owner: team-b" in settled.files()[PAYMENTS]


def test_protected_branch_is_said_and_tried_again(settled):
    settled.forge.protect("catalog")
    settled.deliver("push", settled.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")}))
    settled.clock.sleep(2)
    while settled.worker.run_once():
        settled.clock.sleep(0.5)
    assert any("protected" in text for text in settled.worker.context.figures.failures)
    settled.forge.protect("catalog", False)
    assert settled.settle() == ""
    assert "owner: team-b" in settled.files()[PAYMENTS]


def test_worker_that_lost_its_lease_writes_nothing(settled, monkeypatch):
    settled.deliver("push", settled.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")}))
    settled.clock.sleep(1)
    assert settled.worker.run_once([REPOSITORIES])
    settled.clock.sleep(1)
    before = settled.commits()
    monkeypatch.setattr(settled.queue, "renew", lambda leases, seconds: [])
    assert settled.worker.run_once([CATALOGS])
    assert settled.commits() == before


def test_worker_that_dies_after_its_commit_leaves_nothing_to_do(settled, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*arguments):
        raise Killed

    settled.deliver("push", settled.push("payments", {"catalog-info.yaml": component("payments", owner="team-b")}))
    settled.clock.sleep(1)
    settled.worker.run_once([REPOSITORIES])
    settled.clock.sleep(1)
    with monkeypatch.context() as patch:
        patch.setattr(settled.queue, "finish", die)
        with pytest.raises(Killed):
            settled.worker.run_once([CATALOGS])
    before = settled.commits()
    settled.restart()
    assert settled.settle() == ""
    assert settled.commits() == before


def test_two_workers_that_take_turns_write_what_one_would(settled):
    first, second = settled.worker, (settled.restart(), settled.worker)[1]
    for number in range(6):
        text = component("payments", owner=f"team-{number}")
        settled.worker = (first, second)[number % 2]
        settled.deliver("push", settled.push("payments", {"catalog-info.yaml": text}))
        settled.settle()
        assert f"owner: team-{number}" in settled.files()[PAYMENTS]
    before = settled.commits()
    settled.start()
    settled.sweep()
    assert settled.commits() == before


def test_marking_a_clean_catalog_writes_nothing(settled):
    before = settled.commits()
    settled.queue.mark([Mark(CATALOG_KEY)])
    settled.settle()
    assert settled.commits() == before


def test_a_trickle_of_pushes_does_not_keep_the_first_ones_waiting(settled):
    settled.clock.sleep(60)
    shown = []
    for number in range(120):
        name = f"service-{number}"
        settled.deliver(*settled.create(name, {"catalog-info.yaml": component(name)})[1])
        end = settled.clock.now + 0.25
        while settled.clock.now < end:
            if not settled.worker.run_once():
                settled.clock.now += 0.05
        shown.append(sum(path.startswith("entities/component/") for path in settled.files()))
    late = [number for number in range(48, 120) if shown[number] < number - 48]  # 12 s: a commit every 10, and 2
    assert late == []
