"""The clone on disk, against real bare repositories: what it reads, builds and pushes, and how it heals."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from waypost.forge.blobs import blob_id
from waypost.forge.mirror import Author, Mirror, Remote, _environment
from waypost.forge.protocol import ForgeError, HeadMoved

BOT = Author("waypost[bot]", "7+waypost[bot]@users.noreply.github.com")
AT = 1_700_000_000
PLAIN = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
PERSON = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), "x")


def git(folder, *command):
    done = subprocess.run(
        ["git", *command], cwd=folder, env={**PLAIN, **PERSON}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path):
    folder = tmp_path / "origin.git"
    folder.mkdir()
    git(folder, "init", "-q", "--bare", "-b", "main", ".")
    return folder


@pytest.fixture
def remote(origin):
    return Remote(f"file://{origin}", "main", "")


@pytest.fixture
def mirror(tmp_path):
    return Mirror(tmp_path / "mirrors" / "acme-catalog.git")


def begin(mirror, remote, files, message="Begin"):
    commit = mirror.write("", files, message, BOT, AT)
    mirror.push(remote, "", commit)
    return commit


def people_push(origin, tmp_path, files):
    """Somebody clones, changes files, and pushes."""
    folder = tmp_path / "people"
    if not folder.exists():
        git(tmp_path, "clone", "-q", str(origin), "people")
    git(folder, "pull", "-q")
    for path, text in files.items():
        (folder / path).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "By hand")
    git(folder, "push", "-q")
    return git(folder, "rev-parse", "HEAD")


def test_branch_that_does_not_exist_has_no_head(mirror, remote):
    assert mirror.remote_head(remote) == ""


def test_commit_is_what_git_would_have_made(mirror, remote, origin):
    files = {"a.txt": b"one\n", 'b/c é "q".md': b"\0\xff binary\n", "empty": b""}
    commit = begin(mirror, remote, files, "Subject\n\nBody\n")
    assert git(origin, "rev-parse", "main") == commit
    shown = git(origin, "show", "-s", "--format=%an <%ae> %at|%cn <%ce> %ct|%B", "main")
    who = f"{BOT.name} <{BOT.email}> {AT}"
    assert shown == f"{who}|{who}|Subject\n\nBody"
    assert mirror.tree(commit) == {path: blob_id(data) for path, data in files.items()}
    assert list(mirror.read(mirror.tree(commit)[path] for path in files)) == list(files.values())
    assert git(origin, "fsck", "--strict") == ""


def test_the_same_commit_always_has_the_same_id(tmp_path, remote):
    made = {
        Mirror(tmp_path / name).write(
            "", {"b": b"2", "a": b"1"} if name == "x" else {"a": b"1", "b": b"2"}, "M", BOT, AT
        )
        for name in ("x", "y")
    }
    assert len(made) == 1


def test_fetch_brings_the_newest_commit_without_history(mirror, remote, origin, tmp_path):
    begin(mirror, remote, {"a.txt": b"one"})
    for number in range(3):
        pushed = people_push(origin, tmp_path, {"a.txt": f"{number}"})
    fresh = Mirror(tmp_path / "fresh.git")
    fresh.fetch(remote, pushed)
    assert git(tmp_path / "fresh.git", "rev-list", "--count", pushed) == "1"
    assert list(fresh.read(fresh.tree(pushed).values())) == [b"2"]


def test_commit_that_the_remote_does_not_have_has_moved(mirror, remote):
    begin(mirror, remote, {"a.txt": b"one"})
    with pytest.raises(HeadMoved):
        mirror.fetch(remote, "f" * 40)


def test_commit_on_a_shallow_clone_can_be_pushed(remote, origin, tmp_path, mirror):
    begin(mirror, remote, {"a.txt": b"one"})
    parent = people_push(origin, tmp_path, {"a.txt": "two"})
    fresh = Mirror(tmp_path / "fresh.git")
    fresh.fetch(remote, parent)
    commit = fresh.write(parent, {"b.txt": b"new", "a.txt": None}, "Next", BOT, AT)
    fresh.push(remote, parent, commit)
    assert git(origin, "log", "--format=%s", "main").split("\n") == ["Next", "By hand", "Begin"]
    assert git(origin, "ls-tree", "-r", "--name-only", "main") == "b.txt"


def test_folder_may_take_the_place_of_a_file(mirror, remote):
    parent = begin(mirror, remote, {"a": b"file"})
    commit = mirror.write(parent, {"a": None, "a/b": b"inside"}, "Turn it into a folder", BOT, AT)
    assert list(mirror.tree(commit)) == ["a/b"]


def test_push_onto_a_moved_branch_writes_nothing(mirror, remote, origin, tmp_path):
    parent = begin(mirror, remote, {"a.txt": b"one"})
    theirs = people_push(origin, tmp_path, {"a.txt": "two"})
    with pytest.raises(HeadMoved):
        mirror.push(remote, parent, mirror.write(parent, {"b": b"1"}, "Late", BOT, AT))
    assert git(origin, "rev-parse", "main") == theirs


@pytest.mark.parametrize("back_to", ["an ancestor", "nothing"])
def test_push_onto_a_branch_that_was_moved_back_writes_nothing(mirror, remote, origin, tmp_path, back_to):
    first = begin(mirror, remote, {"a.txt": b"one"})
    second = people_push(origin, tmp_path, {"a.txt": "two"})
    mirror.fetch(remote, second)
    ours = mirror.write(second, {"b": b"1"}, "Late", BOT, AT)
    command = (
        ("update-ref", "refs/heads/main", first)
        if back_to == "an ancestor"
        else ("update-ref", "-d", "refs/heads/main")
    )
    git(origin, *command)
    with pytest.raises(HeadMoved):
        mirror.push(remote, second, ours)
    assert mirror.remote_head(remote) == (first if back_to == "an ancestor" else "")


def test_first_push_is_refused_when_somebody_was_faster(mirror, remote, tmp_path):
    begin(Mirror(tmp_path / "other.git"), remote, {"a": b"theirs"})
    with pytest.raises(HeadMoved):
        begin(mirror, remote, {"a": b"ours"})


@pytest.mark.parametrize("left", ["shallow.lock", "refs/waypost/head.lock", "config.lock"])
def test_locks_of_a_killed_git_stop_nobody(mirror, remote, origin, tmp_path, left):
    mirror.fetch(remote, begin(mirror, remote, {"a.txt": b"one"}))
    pushed = people_push(origin, tmp_path, {"a.txt": "two"})
    (tmp_path / "mirrors" / "acme-catalog.git" / left).write_text("")
    mirror.fetch(remote, pushed)
    assert mirror.tree(pushed)


@pytest.mark.parametrize("broken", ["HEAD", "shallow", "objects"])
def test_broken_clone_is_made_anew(mirror, remote, origin, tmp_path, broken):
    begin(mirror, remote, {"a.txt": b"one"})
    mirror.fetch(remote, people_push(origin, tmp_path, {"a.txt": "two"}))
    folder = tmp_path / "mirrors" / "acme-catalog.git"
    if broken == "objects":
        for path in sorted(folder.rglob("*.pack")) + sorted(folder.glob("objects/??/*")):
            path.chmod(0o600)
            path.write_bytes(b"rubbish")
    else:
        (folder / broken).write_text("rubbish\n")
    pushed = people_push(origin, tmp_path, {"a.txt": "three"})
    mirror.fetch(remote, pushed)
    assert mirror.tree(pushed)
    assert list(mirror.read(mirror.tree(pushed).values())) == [b"three"]


WRITER = """
import sys
from pathlib import Path
from waypost.forge.mirror import Author, Mirror, Remote
folder, url, parent = sys.argv[1:]
mirror, remote = Mirror(Path(folder)), Remote(url, "main", "")
mirror.fetch(remote, parent)
pages = {f"pages/{number % 99}/{number}.md": b"page %d" % number * 50 for number in range(5_000)}
print("begun", flush=True)
mirror.push(remote, parent, mirror.write(parent, pages, "Refresh the pages", Author("x", "x@localhost"), 1))
"""


@pytest.mark.slow
def test_writer_killed_at_any_moment_leaves_all_or_nothing(mirror, remote, origin, tmp_path):
    parent = begin(mirror, remote, {"a.txt": b"one"})
    command = [sys.executable, "-c", WRITER, str(tmp_path / "shared.git"), remote.url, parent]
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(delay)
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        psutil.wait_procs(children, timeout=60)  # the git it had started goes on by itself, and may still push
        process.stdout.close()
        assert git(origin, "rev-list", "--count", "main") in ("1", "2")
        if git(origin, "rev-parse", "main") != parent:
            git(origin, "update-ref", "refs/heads/main", parent)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert git(origin, "rev-list", "--count", "main") == "2"
    assert len(git(origin, "ls-tree", "-r", "--name-only", "main").splitlines()) == 5_001
    assert git(origin, "fsck", "--strict") == ""


def test_token_is_in_the_environment_for_that_address_only():
    remote = Remote("https://github.com/acme/catalog.git", "main", "ghs_secret")
    environment = _environment(remote)
    carrying = [name for name, value in environment.items() if "Authorization" in value]
    assert len(carrying) == 1
    number = carrying[0].rpartition("_")[2]
    assert environment[f"GIT_CONFIG_KEY_{number}"] == f"http.{remote.url}.extraHeader"
    assert "ghs_secret" not in str(environment)


def test_machine_without_git_is_told_so(mirror, remote, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ForgeError, match="git is not installed"):
        mirror.remote_head(remote)


def test_nobodys_configuration_reaches_git(mirror, remote, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        '[core]\n\thooksPath = /evil\n[user]\n\tname = Somebody\n[url "x"]\n\tinsteadOf = file\n'
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert begin(mirror, remote, {"a": b"1"})
