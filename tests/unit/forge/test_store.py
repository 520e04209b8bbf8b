"""The writer's store over real git and a real sandbox: what the contract does not say of the one in memory."""

from __future__ import annotations

import random
import time

import pytest

from unit.forge.worlds import MemoryWorld, SandboxWorld
from waypost.config import Config
from waypost.forge.github import connect
from waypost.forge.protocol import HeadMoved, NotAllowed, Wish
from waypost.limits import SMALL_COMMIT_BYTES, SMALL_COMMIT_FILES

pytestmark = pytest.mark.slow


@pytest.fixture
def world(sandbox, tmp_path):
    world = SandboxWorld(sandbox, tmp_path)
    world.create("catalog", {"README.md": "people"})
    return world


@pytest.fixture
def store(world):
    return world.forge.store(f"{world.org}/catalog", "main")


def many(number, size=10):
    return {f"pages/{index:04}.md": b"%d\n" % index + b"x" * size for index in range(number)}


def commits(world):
    """API commits and pushes that the forge made."""
    return world.forge.calls().get(("graphql", "charged"), 0)


@pytest.mark.parametrize(
    ("changes", "by_api"),
    [
        pytest.param(many(SMALL_COMMIT_FILES), True, id="as many files as the API may carry"),
        pytest.param(many(SMALL_COMMIT_FILES + 1), False, id="one more"),
        pytest.param({"a": b"x" * SMALL_COMMIT_BYTES}, True, id="as many bytes"),
        pytest.param({"a": b"x" * (SMALL_COMMIT_BYTES + 1)}, False, id="one byte more"),
    ],
)
def test_small_batches_go_by_the_api_and_larger_ones_by_a_push(world, store, changes, by_api):
    head = store.commit(store.refresh(), changes, "Refresh the pages")
    assert commits(world) == (1 if by_api else 0)
    assert store.refresh() == head
    assert store.read(changes) == changes


def test_pushed_commit_is_by_the_apps_own_account(world, store, sandbox):
    head = store.commit(store.refresh(), many(200), "Refresh the pages")
    told = world.look(f"/repos/{world.org}/catalog/commits/{head}")
    assert told["commit"]["author"]["name"] == f"{sandbox.app_slug}[bot]"
    assert told["author"]["login"] == f"{sandbox.app_slug}[bot]"
    assert [parent["sha"] for parent in told["parents"]]


def test_small_and_large_commits_follow_one_another(world, store):
    head = store.refresh()
    for number in (2, 150, 3, 151, 1):
        head = store.commit(head, many(number, size=number), f"{number} files")
    assert store.refresh() == head
    fresh = world.reconnect().store(f"{world.org}/catalog", "main")
    assert fresh.refresh() == head
    assert dict(fresh.tree()) == dict(store.tree())
    assert fresh.read(["README.md"]) == {"README.md": b"people"}


def test_nothing_is_fetched_while_nothing_moved(world, store):
    store.commit(store.refresh(), {"a": b"1"}, "One")
    store.read(["a"])
    before = world.forge.calls()
    store.refresh()
    store.read(["a"])
    after = world.forge.calls()
    assert {key: after[key] - before[key] for key in after} == {
        ("core", "charged"): 0,
        ("graphql", "charged"): 0,
        ("git", "free"): 1,
    }


def test_head_is_read_as_it_was_also_when_the_branch_moves_on(world, store):
    head = store.refresh()
    world.push("catalog", {"about.md": "people"})
    assert set(store.tree()) == {"README.md"}
    assert store.read(["README.md"]) == {"README.md": b"people"}
    assert store.refresh() != head
    assert set(store.tree()) == {"README.md", "about.md"}


def test_head_that_vanished_while_it_was_read_has_moved(world, store, sandbox):
    world.create("portal", {"README.md": "people"})
    store = world.forge.store(f"{world.org}/portal", "main")
    store.refresh()
    world.delete("portal")
    world.create("portal", {"README.md": "others"})
    with pytest.raises(HeadMoved):
        store.tree()


@pytest.mark.parametrize("number", [3, 150], ids=["small", "large"])
def test_branch_that_was_removed_has_moved(world, number):
    world.push("catalog", {"a.txt": "1"}, branch="portal")
    store = world.forge.store(f"{world.org}/catalog", "portal")
    head = store.refresh()
    world.remove_branch("catalog", "portal")
    with pytest.raises(HeadMoved):
        store.commit(head, many(number), "Refresh the pages")
    assert store.refresh() == ""


@pytest.mark.parametrize("seed", range(3))
def test_memory_and_git_agree_whatever_happens(sandbox, tmp_path, seed):
    chance = random.Random(seed)
    worlds = [MemoryWorld(), SandboxWorld(sandbox, tmp_path)]
    stores = []
    for world in worlds:
        world.create("catalog", {"README.md": "people"})
        stores.append(world.forge.store(f"{world.org}/catalog", "main"))
    parents = [store.refresh() for store in stores]
    for step in range(12):
        act = chance.choice(["refresh", "people", "small", "small", "large", "remove", "nothing"])
        kept = sorted(stores[0].tree())
        batch = {
            "small": {f"f{chance.randrange(9)}/{chance.randrange(9)}": b"%d" % chance.randrange(1_000_000)},
            "large": many(110 + chance.randrange(20), size=chance.randrange(5)),
            "remove": dict.fromkeys(chance.sample(kept, min(2, len(kept)))),
            "nothing": {"no such file": None},
        }.get(act)
        outcomes = []
        for index, (world, store) in enumerate(zip(worlds, stores, strict=True)):
            try:
                if act == "refresh":
                    parents[index] = store.refresh()
                elif act == "people":
                    world.push("catalog", {"about.md": f"{step}"})
                else:
                    parents[index] = store.commit(parents[index], batch, act)
                outcomes.append("done")
            except (HeadMoved, ValueError) as error:
                outcomes.append(type(error))
        assert outcomes[0] == outcomes[1]
        assert dict(stores[0].tree()) == dict(stores[1].tree())
    assert stores[0].read(stores[0].tree()) == stores[1].read(stores[1].tree())


def test_clone_that_was_damaged_under_our_feet_heals(world, store, tmp_path):
    head = store.refresh()
    store.read(["README.md"])
    for path in (tmp_path / "mirrors").rglob("objects/??/*"):
        path.unlink()
    assert store.read(["README.md"]) == {"README.md": b"people"}
    assert store.commit(head, many(150), "Refresh the pages")


def test_renamed_catalog_is_still_written(world, store):
    head = store.refresh()
    world.rename("catalog", "portal")
    head = store.commit(head, many(150), "Refresh the pages")
    assert store.refresh() == head


def test_token_that_git_refuses_is_replaced(world, store):
    store.refresh()
    world.revoke(world.forge.git_token(f"{world.org}/catalog"))
    assert store.commit(store.refresh(), many(150), "Refresh the pages")


def test_looking_asks_for_no_right_to_write(world, store, sandbox):
    world.permit({"metadata": "read", "contents": "read"})
    assert store.read(["README.md"]) == {}
    head = store.refresh()
    assert store.read(["README.md"]) == {"README.md": b"people"}
    for number in (3, 150):
        with pytest.raises(NotAllowed):
            store.commit(head, many(number), "Refresh the pages")
    assert store.refresh() == head


def test_tokens_of_a_workflow_do_the_same_work(world):
    world.create("payments", {"catalog-info.yaml": "kind: Component"})
    forge = world.in_workflow()
    assert {repository.name for repository in forge.repositories()} == {"catalog", "payments"}
    (reading,) = forge.read([Wish(0, f"{world.org}/payments", ("catalog-info.yaml",))])
    assert reading.blobs["catalog-info.yaml"].text == "kind: Component"
    store = forge.store(f"{world.org}/catalog", "main")
    head = store.commit(store.refresh(), many(3), "Small")
    head = store.commit(head, many(150), "Large")
    assert store.refresh() == head
    author = world.look(f"/repos/{world.org}/catalog/commits/{head}")["commit"]["author"]
    assert author["name"] == "github-actions[bot]"


def test_reading_one_file_after_another_is_cheap(world, store, monkeypatch):
    store.commit(store.refresh(), many(300), "Refresh the pages")
    store.read(["README.md"])
    monkeypatch.setattr("subprocess.Popen", None)  # no process is started from here on
    for path, data in many(300).items():
        assert store.read([path]) == {path: data}


def test_after_a_lost_race_the_head_is_looked_at_when_a_commit_may_be_made(world, sandbox, tmp_path):
    """Somebody pushes each time that we wait for the turn of our next write."""
    later, notes = [0.0], iter(range(100))

    def sleep(seconds):
        later[0] += seconds
        world.push("catalog", {f"note-{next(notes)}.md": "people"})

    config = Config(api_url=sandbox.url, app_id=sandbox.app_id, private_key=sandbox.private_key)
    forge = connect(config, lambda: time.time() + later[0], sleep, tmp_path / "waiting").forge(world.installation)
    store = forge.store(f"{world.org}/catalog", "main")
    store.commit(store.refresh(), {"pages/1.md": b"1"}, "First")
    with pytest.raises(HeadMoved):
        store.commit(store.refresh(), {"pages/2.md": b"2"}, "Second")
    store.commit(store.refresh(), {"pages/2.md": b"2"}, "Second")
    assert set(store.tree()) == {"README.md", "note-0.md", "note-1.md", "pages/1.md", "pages/2.md"}
