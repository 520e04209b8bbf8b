"""One commit with modes and links, pushed once: the same draft makes the same commit, wherever and however often."""

from __future__ import annotations

import os
import subprocess

import pytest

from waypost.forge import commits
from waypost.forge.creating import Draft
from waypost.forge.mirror import Author, Remote
from waypost.forge.protocol import HeadMoved
from waypost.golden.tree import File, Folder, Link

ANA = Author("Ana", "ana@users.noreply.github.com")
FILES = {
    "README.md": File(b"# Pay\n"),
    "run.sh": File(b"#!/bin/sh\n", 0o755),
    "latest": Link("README.md"),
    "empty": Folder(),
    'odd "name"\n.txt': File(b"\xff\x00"),
}


@pytest.fixture
def remote(tmp_path):
    """A repository somewhere else, empty."""
    git(tmp_path, "init", "--quiet", "--bare", "pay.git")
    return Remote(str(tmp_path / "pay.git"), "main", "")


def git(folder, *command):
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", *command], cwd=folder, env=environment, check=True, capture_output=True
    ).stdout.decode()


def first(files=FILES, **more):
    return Draft("main", "", files, "Begin\n", ANA, 1_700_000_000, **more)


def test_commit_holds_modes_links_and_any_bytes(remote):
    commit = commits.push(remote, first())
    assert commits.head(remote) == commit
    listed = git(remote.url, "ls-tree", "-r", "-z", commit).split("\0")[:-1]
    modes = {row.partition("\t")[2]: row.split()[0] for row in listed}
    assert modes == {"README.md": "100644", "run.sh": "100755", "latest": "120000", 'odd "name"\n.txt': "100644"}
    wanted = {path: entry for path, entry in FILES.items() if path != "empty"}
    assert commits.files(remote, commit, ()) == wanted
    assert git(remote.url, "log", "-1", "--format=%an <%ae> %at", commit) == f"{ANA.name} <{ANA.email}> 1700000000\n"


def test_same_draft_a_second_time_changes_nothing(remote):
    assert commits.push(remote, first()) == commits.push(remote, first())


def test_branch_that_is_elsewhere_is_not_moved(remote):
    commit = commits.push(remote, first())
    with pytest.raises(HeadMoved):
        commits.push(remote, first({"other": File(b"x")}))
    assert commits.head(remote) == commit


def test_further_commit_keeps_what_it_does_not_name_and_removes_what_it_does(remote):
    parent = commits.push(remote, first())
    draft = Draft("more", parent, {"new": File(b"n")}, "More", ANA, 1_700_000_001, ["run.sh"])
    commit = commits.push(remote._replace(branch="more"), draft)
    assert sorted(commits.files(remote, commit, ())) == ["README.md", "latest", "new", 'odd "name"\n.txt']
    assert commits.head(remote) == parent


def test_only_what_is_asked_for_is_read(remote):
    commit = commits.push(remote, first({"a/b": File(b"1"), "a/c/d": File(b"2"), "ab": File(b"3"), "e": File(b"4")}))
    assert sorted(commits.files(remote, commit, ("a", "e"))) == ["a/b", "a/c/d", "e"]
    assert commits.files(remote, commit, ("nothing",)) == {}
