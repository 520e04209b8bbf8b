"""What every forge must do alike: run against the one in memory and against GitHub's adapter over the sandbox."""

from __future__ import annotations

import pytest

from waypost.forge.blobs import blob_id
from waypost.forge.protocol import BranchProtected, HeadMoved, NotFound, NotInstalled, Wish
from waypost.limits import SMALL_COMMIT_FILES


def read(world, name, number=0, **wish):
    (reading,) = world.forge.read([Wish(number, f"{world.org}/{name}", **wish)])
    return reading


def many(number):
    return {f"pages/{index:03}.md": b"page %d\n" % index for index in range(number)}


def test_reading_tells_the_repository_and_its_head(world):
    number = world.create("payments", {"README.md": "# Payments\n"})
    head = world.push("payments", {"b.txt": "b"})
    repository = read(world, "payments", number).repository
    assert (repository.id, repository.full_name, repository.head) == (number, f"{world.org}/payments", head)
    assert (repository.default_branch, repository.is_archived, repository.is_fork) == ("main", False, False)


def test_reading_brings_only_the_paths_that_exist(world):
    world.create("payments", {"catalog-info.yaml": "kind: Component\n"})
    reading = read(world, "payments", paths=("catalog-info.yaml", "CODEOWNERS"))
    text = "kind: Component\n"
    assert dict(reading.blobs) == {"catalog-info.yaml": (blob_id(text.encode()), text, len(text))}


def test_a_path_is_data_never_part_of_the_question(world):
    path = 'docs/a "quoted" {path} $x é.md'
    world.create("payments", {path: "text"})
    assert read(world, "payments", paths=(path,)).blobs[path].text == "text"


def test_binary_files_have_an_id_and_no_text(world):
    world.create("payments", {"logo.png": b"\x89PNG\0\1"})
    blob = read(world, "payments", paths=("logo.png",)).blobs["logo.png"]
    assert blob == (blob_id(b"\x89PNG\0\1"), None, 6)
    assert world.forge.blob(f"{world.org}/payments", blob.id) == b"\x89PNG\0\1"


def test_folders_list_their_own_entries(world):
    world.create("payments", {"README.md": "x", "docs/index.md": "x", "docs/adr/1.md": "x"})
    reading = read(world, "payments", folders=("", "docs", "nowhere"))
    assert {folder: sorted(names) for folder, names in reading.folders.items()} == {
        "": ["README.md", "docs/"],
        "docs": ["adr/", "index.md"],
    }


def test_touch_is_the_last_commit_of_the_path_even_when_it_was_removed(world):
    world.create("payments", {"a.txt": "1", "b.txt": "1"})
    second = world.push("payments", {"a.txt": "2"})
    third = world.push("payments", {"b.txt": None})
    world.push("payments", {"c.txt": "1"})
    touches = read(world, "payments", touches=("a.txt", "b.txt", "never.txt")).touches
    assert {path: touch.commit for path, touch in touches.items()} == {"a.txt": second, "b.txt": third}
    assert all(touch.committed[:2] == "20" and "T" in touch.committed for touch in touches.values())


def test_reading_at_a_commit_ignores_what_came_later(world):
    world.create("payments", {"a.txt": "1"})
    first = read(world, "payments").repository.head
    world.push("payments", {"a.txt": "2"})
    assert read(world, "payments", paths=("a.txt",), at=first).blobs["a.txt"].text == "1"


def test_answers_come_in_the_order_of_the_wishes_and_one_missing_spoils_nothing(world):
    world.create("one", {"a.txt": "1"})
    world.create("two", {"a.txt": "2"})
    wishes = [Wish(0, f"{world.org}/{name}", ("a.txt",)) for name in ("two", "missing", "one")]
    readings = world.forge.read(wishes)
    assert [reading.wish for reading in readings] == wishes
    assert readings[1].repository is None
    assert [readings[index].blobs["a.txt"].text for index in (0, 2)] == ["2", "1"]


def test_renamed_repository_is_found_by_its_number_even_when_the_name_was_taken(world):
    number = world.create("old", {"a.txt": "mine"})
    world.rename("old", "new")
    world.create("old", {"a.txt": "another's"})
    reading = read(world, "old", number, paths=("a.txt",))
    assert (reading.repository.full_name, reading.blobs["a.txt"].text) == (f"{world.org}/new", "mine")
    assert world.forge.repository(number).full_name == f"{world.org}/new"


def test_deleted_repository_is_not_found(world):
    number = world.create("gone", {"a.txt": "1"})
    world.delete("gone")
    assert read(world, "gone", number).repository is None
    with pytest.raises(NotFound):
        world.forge.repository(number)


def test_empty_repository_has_no_head(world):
    number = world.create("empty", {})
    reading = read(world, "empty", number, paths=("a.txt",), folders=("",), touches=("a.txt",))
    assert (reading.repository.head, reading.blobs, reading.folders, reading.touches) == ("", {}, {}, {})


def test_listing_brings_every_repository_without_a_head(world):
    numbers = {name: world.create(name, {"a.txt": "1"}) for name in ("one", "two", "three")}
    listed = {repository.name: repository for repository in world.forge.repositories()}
    assert {name: listed[name].id for name in numbers} == numbers
    assert {repository.head for repository in listed.values()} == {""}


def test_listing_agrees_with_reading(world):
    number = world.create("payments", {"a.txt": "1"})
    listed = next(repository for repository in world.forge.repositories() if repository.id == number)
    told = read(world, "payments", number).repository
    assert (listed.full_name, listed.url, listed.visibility) == (told.full_name, told.url, told.visibility)
    assert (listed.description, listed.topics, listed.default_branch) == (told.description, told.topics, "main")


def test_unchanged_listing_is_free(world):
    world.create("payments", {"a.txt": "1"})
    list(world.forge.repositories())
    before = world.forge.calls()
    list(world.forge.repositories())
    after = world.forge.calls()
    assert after["core", "charged"] == before["core", "charged"]
    assert after["core", "free"] == before.get(("core", "free"), 0) + 1


def test_tree_lists_every_file_of_a_commit(world):
    world.create("payments", {"a.txt": "1", "docs/b/c.md": "2"})
    head = read(world, "payments").repository.head
    assert sorted(world.forge.tree(f"{world.org}/payments", head)) == ["a.txt", "docs/b/c.md"]
    with pytest.raises(NotFound):
        world.forge.tree(f"{world.org}/payments", "0" * 40)


def test_small_commit_lands_on_its_parent_only(world):
    world.create("catalog", {"old.md": "x", "README.md": "people"})
    parent = read(world, "catalog").repository.head
    head = world.forge.commit(
        f"{world.org}/catalog", "main", parent, {"new.md": b"new\n", "old.md": None}, "Say it\n\nWhy"
    )
    assert sorted(world.forge.tree(f"{world.org}/catalog", head)) == ["README.md", "new.md"]
    assert read(world, "catalog").repository.head == head
    with pytest.raises(HeadMoved):
        world.forge.commit(f"{world.org}/catalog", "main", parent, {"new.md": b"other\n"}, "Too late")


def test_large_batches_are_no_matter_for_the_api(world):
    world.create("catalog", {"README.md": "people"})
    parent = read(world, "catalog").repository.head
    with pytest.raises(ValueError):
        world.forge.commit(f"{world.org}/catalog", "main", parent, many(SMALL_COMMIT_FILES + 1), "Too many")


@pytest.mark.parametrize("number", [pytest.param(3, id="small"), pytest.param(250, id="large")])
def test_store_writes_a_batch_of_any_size(world, number):
    world.create("catalog", {"README.md": "people", "pages/old.md": "old"})
    store = world.forge.store(f"{world.org}/catalog", "main")
    head = store.refresh()
    wanted = {**many(number), "pages/old.md": None, "pages/never.md": None}
    new = store.commit(head, wanted, "Refresh the pages")
    assert new != head
    assert dict(store.tree()) == {"README.md": blob_id(b"people")} | {
        path: blob_id(data) for path, data in many(number).items()
    }
    assert store.read([*many(2), "README.md", "nowhere"]) == {**many(2), "README.md": b"people"}
    assert store.refresh() == new == read(world, "catalog").repository.head


@pytest.mark.parametrize("number", [pytest.param(3, id="small"), pytest.param(250, id="large")])
def test_store_makes_the_first_commit_of_an_empty_repository(world, number):
    world.create("catalog", {})
    store = world.forge.store(f"{world.org}/catalog", "main")
    assert (store.refresh(), dict(store.tree())) == ("", {})
    head = store.commit("", many(number), "Begin")
    assert read(world, "catalog").repository.head == head
    assert len(store.tree()) == number


@pytest.mark.parametrize("number", [pytest.param(3, id="small"), pytest.param(250, id="large")])
def test_store_refuses_a_moved_head_and_sees_it_after_a_refresh(world, number):
    world.create("catalog", {"README.md": "people"})
    store = world.forge.store(f"{world.org}/catalog", "main")
    parent = store.refresh()
    pushed = world.push("catalog", {"about.md": "people were faster"})
    with pytest.raises(HeadMoved):
        store.commit(parent, many(number), "Refresh the pages")
    assert store.refresh() == pushed
    assert store.read(["about.md"]) == {"about.md": b"people were faster"}
    store.commit(pushed, many(number), "Refresh the pages")
    assert len(store.tree()) == number + 2


@pytest.mark.parametrize("number", [pytest.param(3, id="small"), pytest.param(250, id="large")])
def test_store_refuses_a_branch_that_was_moved_back(world, number):
    world.create("catalog", {"README.md": "one"})
    store = world.forge.store(f"{world.org}/catalog", "main")
    first = store.refresh()
    second = world.push("catalog", {"README.md": "two"})
    assert store.refresh() == second
    world.force_push("catalog", first)
    with pytest.raises(HeadMoved):
        store.commit(second, many(number), "Refresh the pages")
    assert store.refresh() == first
    assert store.read(["README.md"]) == {"README.md": b"one"}


@pytest.mark.parametrize("number", [pytest.param(3, id="small"), pytest.param(250, id="large")])
def test_protected_branch_is_told_apart_from_a_moved_one(world, number):
    world.create("catalog", {"README.md": "people"})
    world.protect("catalog")
    store = world.forge.store(f"{world.org}/catalog", "main")
    head = store.refresh()
    with pytest.raises(BranchProtected):
        store.commit(head, many(number), "Refresh the pages")
    assert store.refresh() == head


def test_a_commit_without_a_change_is_refused(world):
    world.create("catalog", {"README.md": "people"})
    store = world.forge.store(f"{world.org}/catalog", "main")
    with pytest.raises(ValueError):
        store.commit(store.refresh(), {"never.md": None}, "Nothing")


def test_suspended_installation_is_not_installed(world):
    number = world.create("payments", {"a.txt": "1"})
    world.suspend()
    (installation,) = (one for one in world.forges.installations() if one.account == world.org)
    assert installation.is_suspended
    with pytest.raises(NotInstalled):
        world.forge.repository(number)
    with pytest.raises(NotInstalled):
        world.forges.forge(installation.id).read([Wish(number, f"{world.org}/payments")])


def test_unknown_installation_is_not_installed(world):
    with pytest.raises(NotInstalled):
        world.forges.forge(999_999).read([Wish(1, f"{world.org}/payments")])


def test_a_store_begins_a_branch_of_its_own_and_leaves_the_others_alone(world):
    world.create("catalog", {"README.md": "people"})
    store = world.forge.store(f"{world.org}/catalog", "waypost-docs")
    assert store.refresh() == ""
    assert dict(store.tree()) == {}
    first = store.commit("", {"site/index.html": b"1"}, "Begin")
    second = store.commit(first, {"site/a.html": b"2"}, "Go on")
    assert store.refresh() == second
    assert sorted(store.tree()) == ["site/a.html", "site/index.html"]
    assert list(world.forge.store(f"{world.org}/catalog", "main").read(["site/index.html"])) == []
    with pytest.raises(HeadMoved):
        store.commit(first, {"x": b"3"}, "Late")


def test_workflows_of_a_repository_can_be_told_of_something(world):
    world.create("catalog", {"README.md": "people"})
    world.forge.dispatch(f"{world.org}/catalog", "waypost-site")
    with pytest.raises(NotFound):
        world.forge.dispatch(f"{world.org}/nowhere", "waypost-site")
