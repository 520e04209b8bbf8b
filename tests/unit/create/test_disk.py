import os
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.create.disk import Limits, read_file, read_tree, write_tree
from waypost.golden.paths import Refused
from waypost.golden.tree import EXECUTABLE, File, Folder, Link
from waypost.golden.workspace import Workspace

TREE = {
    "README.md": File(b"# Hello\n"),
    "bin/run": File(b"#!/bin/sh\n", EXECUTABLE),
    "bin/start": Link("run"),
    "docs/deep/a.md": File(b""),
    "docs/empty": Folder(),
    "latin.txt": File(b"caf\xe9"),
    "x": File(bytes(range(256)) * 5_000),
}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "out"


def test_tree_comes_back_from_the_disk_as_it_was(folder):
    write_tree(TREE, folder)
    assert read_tree(folder) == TREE
    assert os.access(folder / "bin/run", os.X_OK)
    assert not os.access(folder / "README.md", os.X_OK)
    assert os.readlink(folder / "bin/start") == "run"


def test_writing_needs_an_empty_folder_and_touches_nothing_else(folder):
    folder.mkdir()
    (folder / "mine").write_text("kept")
    with pytest.raises(Refused, match="is not empty"):
        write_tree(TREE, folder)
    assert os.listdir(folder) == ["mine"]


def test_writing_into_an_existing_folder_replaces_what_has_the_same_name(folder):
    write_tree({"a": File(b"old", EXECUTABLE), "b/c": File(b"c")}, folder)
    write_tree({"a": File(b"new"), "b/d": File(b"d")}, folder, into_existing=True)
    assert read_tree(folder) == {"a": File(b"new"), "b/c": File(b"c"), "b/d": File(b"d")}


def test_writing_never_goes_through_a_link(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("kept")
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "file").symlink_to(outside / "file")
    with pytest.raises(Refused, match="a file or a link"):
        write_tree({"link/file": File(b"lost")}, folder, into_existing=True)
    write_tree({"file": File(b"new")}, folder, into_existing=True)
    assert (outside / "file").read_text() == "kept"
    assert not (folder / "file").is_symlink()


def test_file_that_stands_where_a_folder_must_be_is_named(folder):
    folder.mkdir()
    (folder / "a").write_text("")
    with pytest.raises(Refused, match="a: is no folder"):
        write_tree({"a/b": File(b"")}, folder, into_existing=True)


def test_folder_that_stands_where_a_file_must_be_is_named(folder):
    (folder / "a").mkdir(parents=True)
    with pytest.raises(Refused, match="a: cannot be replaced"):
        write_tree({"a": File(b"")}, folder, into_existing=True)


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param({"../x": File(b"")}, id="a path that leaves"),
        pytest.param({".git/hooks/pre-commit": File(b"")}, id="git"),
        pytest.param({"z": Link("/etc/passwd")}, id="a link that leaves"),
        pytest.param({"z\0": File(b"")}, id="NUL"),
    ],
)
def test_nothing_is_written_when_one_entry_is_refused(tree, folder):
    with pytest.raises(Refused):
        write_tree({"a": File(b"a"), **tree}, folder)
    assert not folder.exists()


def test_reading_passes_over_git_of_a_checkout(folder):
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/config").write_text("[core]")
    (folder / "sub").mkdir()
    (folder / "sub/.git").write_text("gitdir: elsewhere")
    (folder / "a").write_text("a")
    assert read_tree(folder) == {"a": File(b"a"), "sub": Folder()}


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "sub/../../outside"])
def test_reading_refuses_a_link_that_leaves(target, folder):
    (folder / "sub").mkdir(parents=True)
    (folder / "link").symlink_to(target)
    with pytest.raises(Refused, match="link: is a link to"):
        read_tree(folder)


def test_reading_keeps_a_link_to_a_folder_as_a_link(folder):
    write_tree({"a/b": File(b""), "link": Link("a")}, folder)
    assert read_tree(folder) == {"a/b": File(b""), "link": Link("a")}


def test_reading_refuses_pipes_and_sockets_without_opening_them(folder):
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    with pytest.raises(Refused, match="pipe: is a device"):
        read_tree(folder)
    os.unlink(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "s"))
        with pytest.raises(Refused, match="s: is a device"):
            read_tree(folder)


def test_reading_one_file_refuses_links_and_pipes(folder):
    write_tree({"a": File(b"a", EXECUTABLE), "link": Link("a")}, folder)
    os.mkfifo(folder / "pipe")
    assert read_file(folder / "a") == File(b"a", EXECUTABLE)
    for name in ("link", "pipe", "missing", "missing/a"):
        with pytest.raises(Refused, match=name):
            read_file(folder / name)


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        pytest.param(Limits(entries=3), "more than 3 files", id="too many"),
        pytest.param(Limits(file_bytes=10), "has 20 bytes", id="one too large"),
        pytest.param(Limits(bytes=30), "beyond the 30 bytes", id="too much together"),
        pytest.param(Limits(depth=1), "more than 1 folders deep", id="too deep"),
    ],
)
def test_reading_stops_at_its_limits(limits, why, folder):
    write_tree({"a": File(b"x" * 20), "b": File(b"x" * 20), "c/d/e": File(b"")}, folder)
    with pytest.raises(Refused, match=why):
        read_tree(folder, limits)


def test_file_of_more_than_a_hundred_megabytes_is_refused_unread(folder):
    folder.mkdir()
    with (folder / "big").open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(Refused, match="100,000,001 bytes"):
        read_tree(folder)


def test_name_that_no_tree_may_hold_is_refused_while_reading(folder):
    folder.mkdir()
    (folder / "a\\b").write_text("")
    with pytest.raises(Refused, match="backslash"):
        read_tree(folder)


def test_name_that_is_not_utf8_is_refused_with_a_message_that_can_be_printed(folder):
    folder.mkdir()
    with open(os.fsencode(folder) + b"/caf\xe9", "w"):
        pass
    with pytest.raises(Refused, match="UTF-8") as refused:
        read_tree(folder)
    assert str(refused.value).isascii()


def test_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Refused, match="cannot be read as a folder"):
        read_tree(tmp_path / "missing")


PART = st.sampled_from(["a", "b", "c", "..", ".", ""])
PATH = st.lists(PART, min_size=1, max_size=5).map("/".join)
NAME = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


@given(st.lists(st.tuples(NAME, PATH), max_size=12))
def test_no_links_that_are_let_through_lead_out_together(links):
    """Chains, circles, links that dangle now and lead somewhere later: whatever was accepted stays inside."""
    workspace = Workspace()
    for path, target in links:
        try:
            workspace.put(path, Link(target))
        except Refused:
            pass  # what is refused cannot lead out
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder).resolve() / "outside" / "top"
        write_tree(workspace.tree(), top)
        for found in top.rglob("*"):
            assert Path(os.path.realpath(found)).is_relative_to(top)
            for name in ("a", "b/c"):
                assert Path(os.path.realpath(found / name)).is_relative_to(top)
