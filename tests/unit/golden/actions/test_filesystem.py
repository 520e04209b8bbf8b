import pytest

from waypost.golden.paths import Refused
from waypost.golden.tree import File

ONE, TWO = File(b"1"), File(b"2")


def test_files_are_deleted_by_name_and_glob(act):
    _, files = act("fs:delete", {"files": ["a", "d/*.md"]}, {"a": ONE, "b": ONE, "d/x.md": ONE, "d/y.txt": ONE})
    assert files == {"b": ONE, "d/y.txt": ONE}


def test_files_are_renamed(act):
    _, files = act("fs:rename", {"files": [{"from": "a", "to": "b/c"}]}, {"a": ONE})
    assert files == {"b/c": ONE}


def test_renaming_over_a_file_must_be_allowed(act):
    files = {"a": ONE, "b": TWO}
    with pytest.raises(Refused, match="exists already"):
        act("fs:rename", {"files": [{"from": "a", "to": "b"}]}, files)
    _, files = act("fs:rename", {"files": [{"from": "a", "to": "b", "overwrite": True}]}, files)
    assert files == {"b": ONE}


def test_rendered_name_cannot_make_a_workflow(act):
    input = {"files": [{"from": "a", "to": ".github/workflows/a.yml"}]}
    written = {"files": [{"from": "a", "to": "${{ parameters.path }}"}]}
    with pytest.raises(Refused, match="workflow"):
        act("fs:rename", input, {"a": ONE}, written=written)
    _, files = act("fs:rename", input, {"a": ONE})
    assert ".github/workflows/a.yml" in files


def test_folder_is_listed(act):
    files = {"d/a": ONE, "d/e/b": ONE}
    outcome, _ = act("fs:readdir", {"paths": ["d"]}, files)
    assert outcome.output == {
        "files": [{"name": "a", "path": "d/a", "fullPath": "d/a"}],
        "folders": [{"name": "e", "path": "d/e", "fullPath": "d/e"}],
    }
    outcome, _ = act("fs:readdir", {"paths": ["d"], "recursive": True}, files)
    assert [file["path"] for file in outcome.output["files"]] == ["d/a", "d/e/b"]


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".git/config"])
def test_path_that_leaves_is_refused(act, path):
    for id, input in (
        ("fs:delete", {"files": [path]}),
        ("fs:rename", {"files": [{"from": "a", "to": path}]}),
        ("fs:readdir", {"paths": [path]}),
    ):
        with pytest.raises(Refused):
            act(id, input, {"a": ONE})
