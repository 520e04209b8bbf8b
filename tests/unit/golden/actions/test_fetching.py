import pytest

from waypost.golden.actions import ActionFault, NotYet, OutOfReach
from waypost.golden.later import later
from waypost.golden.paths import Refused
from waypost.golden.tree import EXECUTABLE, File

SKELETON = {
    "skeleton/${{ values.name }}.md": File(b"# ${{ values.name }}\n"),
    "skeleton/raw.txt": File(b"${{ values.name }}"),
    "skeleton/run": File(b"#!/bin/sh\n", EXECUTABLE),
}


def test_skeleton_is_rendered_where_it_is_wanted(act):
    input = {"url": "./skeleton", "targetPath": "app", "values": {"name": "pay"}, "copyWithoutTemplating": ["raw.txt"]}
    _, files = act("fetch:template", input, beside=SKELETON)
    assert files == {
        "app/pay.md": File(b"# pay\n"),
        "app/raw.txt": File(b"${{ values.name }}"),
        "app/run": File(b"#!/bin/sh\n", EXECUTABLE),
    }


def test_single_file_is_rendered(act):
    input = {"url": "skeleton/raw.txt", "targetPath": "name", "values": {"name": "pay"}}
    _, files = act("fetch:template:file", input, beside=SKELETON)
    assert files == {"name": File(b"pay")}


def test_plain_copies_render_nothing(act):
    _, files = act("fetch:plain", {"url": "./skeleton"}, beside=SKELETON)
    assert files["${{ values.name }}.md"] == File(b"# ${{ values.name }}\n")
    _, files = act("fetch:plain:file", {"url": "skeleton/run", "targetPath": "bin/run"}, beside=SKELETON)
    assert files == {"bin/run": File(b"#!/bin/sh\n", EXECUTABLE)}


def test_folder_of_the_workspace_is_rendered(act):
    files = {"in/a": File(b"${{ values.x }}")}
    _, files = act("workspace:template", {"sourcePath": "in", "targetPath": "out", "values": {"x": 1}}, files)
    assert files["out/a"] == File(b"1")
    _, files = act("workspace:template:file", {"sourcePath": "in/a", "targetPath": "b", "values": {"x": 2}}, files)
    assert files["b"] == File(b"2")


@pytest.mark.parametrize(("source", "target"), [("a", "a/b"), ("a/b", "a"), ("a", "a"), ("", "a")])
def test_folder_is_not_rendered_into_itself(act, source, target):
    with pytest.raises(ActionFault):
        act("workspace:template", {"sourcePath": source, "targetPath": target}, {"a/b/c": File(b"")})


def test_folder_where_a_file_is_wanted_is_refused(act):
    with pytest.raises(Refused, match="is not a file"):
        act("fetch:plain:file", {"url": "skeleton", "targetPath": "x"}, beside=SKELETON)


def test_old_name_of_an_input_says_the_new_one(act):
    input = {"url": "skeleton", "copyWithoutRender": ["raw.txt"], "values": {"name": "pay"}}
    outcome, files = act("fetch:template", input, beside=SKELETON)
    assert files["raw.txt"] == File(b"pay")
    assert "Write copyWithoutTemplating" in outcome.warnings[0]


def test_url_elsewhere_is_out_of_reach(act):
    with pytest.raises(OutOfReach):
        act("fetch:plain", {"url": "https://attacker.example/x"})


def test_url_that_is_not_known_yet_waits(act):
    with pytest.raises(NotYet):
        act("fetch:plain", {"url": later("url")})


def test_secret_in_values_is_warned_about(act):
    input = {"url": "skeleton", "values": {"name": "***"}}
    outcome, files = act("fetch:template", input, beside=SKELETON, hidden={**input, "values": {"name": "hunter2"}})
    assert len(outcome.warnings) == 1
    assert b"hunter2" not in b"".join(file.data for file in files.values())
