"""The README of each action names every input and output, and no others; its example passes for what people paste."""

from __future__ import annotations

import re

import pytest
import yaml

from actions.rig import ROOT

ACTIONS = sorted(path.parent.name for path in ROOT.glob("actions/*/action.yml"))


def read(action):
    folder = ROOT / "actions" / action
    return yaml.safe_load((folder / "action.yml").read_text("utf-8")), (folder / "README.md").read_text("utf-8")


def named(readme, heading):
    """The names in the first column of the table under a heading."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    cells = re.findall(r"^\|([^|]*)\|", section[1] if section else "", re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_readme_names_what_the_action_takes_and_gives(action, kind):
    about, readme = read(action)
    assert named(readme, kind.capitalize()) == set(about.get(kind, {}))


@pytest.mark.parametrize("action", ACTIONS)
def test_example_hands_on_inputs_that_there_are(action):
    about, readme = read(action)
    examples = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)]
    steps = [step for one in examples if "jobs" in one for job in one["jobs"].values() for step in job["steps"]]
    ours = [step for step in steps if f"/actions/{action}@" in step.get("uses", "")]
    assert ours
    for step in ours:
        assert set(step.get("with", {})) <= set(about.get("inputs", {}))
