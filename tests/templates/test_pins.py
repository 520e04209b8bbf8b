"""Actions of others stand once in actions/pins.yaml and are used exactly so; references to ours are left to fill in."""

from __future__ import annotations

import re

import pytest
import yaml

from templates.projects import ROOT

PINS = yaml.safe_load((ROOT / "actions" / "pins.yaml").read_text("utf-8"))
USES = re.compile(r"^\s*(?:- )?uses:\s*(?P<name>[^@\s.][^@\s]*)@(?P<sha>\S+)(?P<comment>.*)$", re.MULTILINE)
FILES = sorted(
    file
    for pattern in (
        "catalog-repo-template/**/.github/workflows/*",
        "catalog-repo-template/templates/*/skeleton/action.yml",
        ".github/workflows/*",
        "actions/*/action.yml",
    )
    for file in ROOT.glob(pattern)
    if "tests" not in file.relative_to(ROOT).parts
)
EVERY = [(file, found) for file in FILES for found in USES.finditer(file.read_text("utf-8"))]
OURS = [(file, found) for file, found in EVERY if found["name"].startswith("OWNER/")]
USED = [one for one in EVERY if one not in OURS]


def test_each_pin_is_whole_and_stands_once():
    assert len({pin["uses"] for pin in PINS}) == len(PINS)
    for pin in PINS:
        assert set(pin) == {"uses", "tag", "sha", "read"}
        assert re.fullmatch(r"[0-9a-f]{40}", pin["sha"]), pin["uses"]
        assert re.fullmatch(r"v\d+\.\d+\.\d+", pin["tag"]), pin["uses"]
        assert pin["read"], pin["uses"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_workflow_uses_what_is_pinned(file):
    pinned = {pin["uses"]: pin for pin in PINS}
    for of, found in USED:
        if of != file:
            continue
        pin = pinned.get(found["name"])
        assert pin, f"{found['name']} is not in actions/pins.yaml"
        assert found["sha"] == pin["sha"], found[0]
        assert found["comment"] == f" # {pin['tag']}", found[0]


@pytest.mark.parametrize(("file", "found"), OURS, ids=[f"{file.name}-{found['name']}" for file, found in OURS])
def test_a_reference_to_our_own_actions_is_left_to_fill_in(file, found):
    assert found["name"].startswith("OWNER/waypost/actions/")
    assert (ROOT / found["name"].removeprefix("OWNER/waypost/") / "action.yml").is_file()
    assert (found["sha"], found["comment"]) == ("0" * 40, " # unreleased")


def test_no_pin_is_left_over():
    assert {pin["uses"] for pin in PINS} == {found["name"] for _, found in USED}


def test_the_same_tools_are_pinned_alike():
    """Checkov's version stands in two templates and in the tests."""
    files = [*ROOT.glob("catalog-repo-template/templates/*/skeleton/**/requirements.txt")]
    files.append(ROOT / "tests" / "templates" / "checkov.txt")
    found = {version for file in files for version in re.findall(r"^checkov==(\S+)", file.read_text("utf-8"), re.M)}
    assert len(found) == 1
