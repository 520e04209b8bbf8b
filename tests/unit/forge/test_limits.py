"""The adapter against a sandbox that has limits, tenants and many callers at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from unit.forge.worlds import SandboxWorld
from waypost.forge.protocol import RateLimited, Unavailable, Wish


@pytest.fixture
def world(sandbox, tmp_path):
    return SandboxWorld(sandbox, tmp_path)


def read(world, name):
    return world.forge.read([Wish(0, f"{world.org}/{name}", ("who.txt",))])[0]


@pytest.mark.slow
def test_spent_budget_stops_the_calls_until_its_reset(world):
    world.create("payments", {"who.txt": "payments"})
    assert read(world, "payments").repository
    reset = world.spend("graphql")
    with pytest.raises(RateLimited):
        read(world, "payments")
    before = world.forge.calls()
    with pytest.raises(RateLimited) as caught:
        read(world, "payments")
    assert caught.value.until == pytest.approx(reset, abs=60)
    assert world.forge.calls() == before
    assert world.forge.budgets()["graphql"].remaining == 0


@pytest.mark.slow
def test_tenants_have_budgets_of_their_own(world, sandbox, tmp_path):
    world.create("payments", {"who.txt": "payments"})
    other = SandboxWorld(sandbox, tmp_path / "other")
    other.create("payments", {"who.txt": "other"})
    world.spend("graphql")
    with pytest.raises(RateLimited):
        read(world, "payments")
    assert read(other, "payments").blobs["who.txt"].text == "other"


@pytest.mark.slow
def test_tenants_cannot_read_each_other(world, sandbox, tmp_path):
    other = SandboxWorld(sandbox, tmp_path / "other")
    number = other.create("payments", {"who.txt": "other"})
    (reading,) = world.forge.read([Wish(number, f"{other.org}/payments", ("who.txt",))])
    assert reading.repository is None
    assert number not in {repository.id for repository in world.forge.repositories()}


@pytest.mark.slow
def test_threads_get_the_answers_to_their_own_questions(world):
    names = [f"r{number}" for number in range(4)]
    for name in names:
        world.create(name, {"who.txt": name})
    wrong, errors = [], []

    def ask(name):
        try:
            wrong.extend(got for _ in range(10) if (got := read(world, name).blobs["who.txt"].text) != name)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask, args=(name,)) for name in names * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (wrong, errors) == ([], [])


@pytest.mark.slow
def test_secondary_limit_is_kept_until_it_is_over(world):
    world.create("payments", {"who.txt": "payments"})
    world.trouble("/graphql", kind="secondary", retry_after=120)
    for _ in range(2):  # the second is not sent
        with pytest.raises(RateLimited) as caught:
            read(world, "payments")
        assert caught.value.until == pytest.approx(time.time() + 120, abs=30)
    assert world.forge.calls()["graphql", "charged"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop", "lose", "status"])
@pytest.mark.parametrize(("number", "door"), [(3, "/graphql"), (150, "/*/catalog.git/git-receive-pack")])
def test_connection_that_breaks_while_writing_makes_one_commit_in_the_end(world, kind, number, door):
    world.create("catalog", {"README.md": "people"})
    store = world.forge.store(f"{world.org}/catalog", "main")
    parent = store.refresh()
    pages = {f"pages/{index}.md": b"page" for index in range(number)}
    world.trouble(door, kind=kind)
    try:
        store.commit(parent, pages, "Refresh the pages")
    except Unavailable:  # GitHub may or may not have done it: looking again tells
        if store.refresh() == parent:
            store.commit(parent, pages, "Refresh the pages")
    assert store.read(pages) == pages
    log = world.look(f"/repos/{world.org}/catalog/commits")
    assert [entry["commit"]["message"] for entry in log] == ["Refresh the pages", "By hand"]
    assert not world.troubles_left()


@pytest.mark.slow
def test_server_that_is_gone_is_unavailable_and_soon_left_alone(tmp_path):
    process = pytest.importorskip("waypost.sandbox.process")
    box = process.start(tmp_path / "box")
    world = SandboxWorld(box, tmp_path)
    world.create("payments", {"who.txt": "payments"})
    assert read(world, "payments").repository
    box.kill()
    untils = []
    for _ in range(4):
        with pytest.raises(Unavailable) as caught:
            read(world, "payments")
        untils.append(bool(caught.value.until))
    assert untils == [False, False, True, True]


def test_memory_needs_no_github_library():
    program = "import sys, waypost.forge.memory; sys.exit('github' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
