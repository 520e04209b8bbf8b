import pytest

from waypost.golden.paths import Refused
from waypost.golden.tree import EXECUTABLE, File, Folder, Link
from waypost.golden.workspace import Workspace

A, B = File(b"a"), File(b"b", EXECUTABLE)


def paths(found):
    return [listed.path for listed in found]


def test_tree_is_sorted_and_names_folders_that_hold_nothing_only():
    workspace = Workspace({"b/x": A, "a": B, "empty/inner": Folder(), "l": Link("a")})
    assert list(workspace.tree().items()) == [("a", B), ("b/x", A), ("empty/inner", Folder()), ("l", Link("a"))]


def test_tree_is_a_value_that_later_steps_do_not_change():
    workspace = Workspace({"a": A})
    before = workspace.tree()
    workspace.put("b", B)
    assert before == {"a": A}


def test_writing_replaces_what_is_there():
    workspace = Workspace({"a": A})
    workspace.put("./a", B)
    assert workspace.get("a") == B


def test_file_and_folder_cannot_share_a_name():
    workspace = Workspace({"a": A, "b/c": A})
    with pytest.raises(Refused, match="is a file"):
        workspace.put("a/x", B)
    with pytest.raises(Refused, match="is a folder already"):
        workspace.put("b", B)


def test_what_is_refused_leaves_no_folder_behind():
    workspace = Workspace({"a": A})
    with pytest.raises(Refused, match="is a file"):
        workspace.put("a/b/c", B)
    assert workspace.tree() == {"a": A}


def test_nothing_is_written_through_a_link():
    workspace = Workspace({"docs/a": A, "link": Link("docs")})
    with pytest.raises(Refused, match="is a link"):
        workspace.put("link/b", B)
    workspace.put("link", B)
    assert workspace.tree() == {"docs/a": A, "link": B}


def test_link_that_leads_out_is_refused():
    with pytest.raises(Refused, match="leaves the folder"):
        Workspace().put("a/link", Link("../../etc/passwd"))


def test_workflow_that_only_a_value_makes_is_refused():
    workspace = Workspace()
    with pytest.raises(Refused, match="workflow"):
        workspace.put(".github/workflows/x.yml", A, "${{ values.path }}")
    workspace.put(".github/workflows/x.yml", A, ".github/workflows/${{ values.name }}.yml")
    assert workspace.exists(".github/workflows/x.yml")


def test_workspace_itself_is_no_place_for_a_file():
    with pytest.raises(Refused, match="workspace itself"):
        Workspace().put("./", A)


@pytest.mark.parametrize(
    ("pattern", "deleted"),
    [
        pytest.param("a.md", ["a.md"], id="a file"),
        pytest.param("docs", ["docs/b.md", "docs/deep/c.txt"], id="a folder"),
        pytest.param("./docs/", ["docs/b.md", "docs/deep/c.txt"], id="a folder, written at length"),
        pytest.param("**/*.md", ["a.md", "docs/b.md"], id="a glob"),
        pytest.param(".", ["a.md", "docs/b.md", "docs/deep/c.txt"], id="everything"),
        pytest.param("missing", [], id="nothing"),
    ],
)
def test_deleting_takes_paths_folders_and_globs(pattern, deleted):
    workspace = Workspace({"a.md": A, "docs/b.md": A, "docs/deep/c.txt": A})
    assert workspace.delete(pattern) == deleted
    assert not any(workspace.exists(path) for path in deleted)


def test_folder_stays_when_its_last_file_is_deleted():
    workspace = Workspace({"docs/a": A})
    workspace.delete("docs")
    assert workspace.tree() == {"docs": Folder()}


def test_deleting_a_link_leaves_what_it_points_at():
    workspace = Workspace({"a": A, "link": Link("a")})
    workspace.delete("link")
    assert workspace.tree() == {"a": A}


@pytest.mark.parametrize("path", ["../x", "/etc", "a/../../b", ".git/config"])
def test_no_operation_reaches_outside(path):
    workspace = Workspace({"a": A})
    for operation in (
        lambda: workspace.put(path, A),
        lambda: workspace.delete(path),
        lambda: workspace.rename(path, "b"),
        lambda: workspace.rename("a", path),
        lambda: workspace.list(path),
        lambda: workspace.get(path),
    ):
        with pytest.raises(Refused):
            operation()


def test_renaming_moves_a_file_and_makes_its_folder():
    workspace = Workspace({"a": B})
    workspace.rename("a", "x/y/b")
    assert workspace.tree() == {"x/y/b": B}


def test_renaming_moves_a_folder_with_everything_in_it():
    workspace = Workspace({"a/b": A, "a/c/d": B, "a/e": Folder(), "ab": A})
    workspace.rename("a/", "./z")
    assert workspace.tree() == {"ab": A, "z/b": A, "z/c/d": B, "z/e": Folder()}
    assert not workspace.exists("a")


def test_renaming_needs_leave_to_overwrite():
    workspace = Workspace({"a": A, "b/x": B, "b/y": B})
    with pytest.raises(Refused, match="overwrite: true"):
        workspace.rename("a", "b")
    assert workspace.tree() == {"a": A, "b/x": B, "b/y": B}
    workspace.rename("a", "b", overwrite=True)
    assert workspace.tree() == {"b": A}


def test_renaming_may_lift_a_folder_over_the_one_it_stands_in():
    workspace = Workspace({"a/b/c": A, "a/d": B})
    workspace.rename("a/b", "a", overwrite=True)
    assert workspace.tree() == {"a/c": A}


def test_renaming_to_itself_changes_nothing():
    workspace = Workspace({"a": A})
    workspace.rename("a", "./a")
    assert workspace.tree() == {"a": A}


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        pytest.param("missing", "x", "is not in the workspace", id="nothing there"),
        pytest.param("a", "a/b/c", "is inside a", id="into itself"),
        pytest.param(".", "x", "is not in the workspace", id="the workspace"),
        pytest.param("a", ".", "workspace itself", id="onto the workspace"),
    ],
)
def test_renaming_that_cannot_be_says_why(source, target, why):
    workspace = Workspace({"a/b": A})
    with pytest.raises(Refused, match=why):
        workspace.rename(source, target)
    assert workspace.tree() == {"a/b": A}


def test_link_that_would_lead_out_from_its_new_place_is_refused():
    workspace = Workspace({"a/b/link": Link("../../x"), "x": A})
    with pytest.raises(Refused, match="leaves the folder"):
        workspace.rename("a/b", "b")


def test_renaming_into_workflows_must_be_written_out():
    workspace = Workspace({"a/x.yml": A})
    with pytest.raises(Refused, match="workflow"):
        workspace.rename("a", ".github/workflows", written="${{ parameters.folder }}")
    workspace.rename("a", ".github/workflows", written=".github/workflows")
    assert workspace.tree() == {".github/workflows/x.yml": A}


def test_folder_of_workflows_cannot_be_brought_along_by_a_folder_above_it():
    workspace = Workspace({"a/workflows/x.yml": A})
    with pytest.raises(Refused, match="workflow"):
        workspace.rename("a", ".github", written="${{ parameters.folder }}")


def test_listing_names_files_and_folders_of_one_folder():
    workspace = Workspace({"a/b": A, "a/c/d": A, "a/link": Link("b"), "e": A})
    files, folders = workspace.list("a")
    assert (paths(files), paths(folders)) == (["a/b", "a/link"], ["a/c"])
    assert files[0].name == "b"


def test_recursive_listing_goes_on_with_the_folder_found_last_as_node_does():
    workspace = Workspace({"a/1": A, "a/x/2": A, "b/3": A, "b/y/4": A, "c": A})
    files, folders = workspace.list(".", is_recursive=True)
    assert paths(files) == ["c", "b/3", "b/y/4", "a/1", "a/x/2"]
    assert paths(folders) == ["a", "b", "b/y", "a/x"]


def test_listing_what_is_no_folder_says_so():
    workspace = Workspace({"a": A})
    with pytest.raises(Refused, match="is not a folder"):
        workspace.list("a")
    with pytest.raises(Refused, match="is not in the workspace"):
        workspace.list("b")


def test_paths_that_are_one_on_macos_and_windows_are_warned_about():
    assert list(Workspace({"README.md": A}).warnings()) == []
    [warning] = Workspace({"README.md": A, "Readme.md": A}).warnings()
    assert "README.md and Readme.md differ by case only" in warning


def test_folders_that_are_one_on_macos_and_windows_are_warned_about_too():
    assert len(list(Workspace({"Docs/a": A, "docs/b": A}).warnings())) == 1


def test_workspace_does_not_grow_without_end():
    with pytest.raises(Refused, match="more than 20,000"):
        Workspace({f"d/{number}": A for number in range(20_001)})
