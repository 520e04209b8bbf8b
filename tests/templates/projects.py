"""The cases of the shipped templates, rendered as a real run would, and the tools that judge what came out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from waypost.create.disk import read_tree, write_tree
from waypost.golden.expressions import Budget
from waypost.golden.fetch import fetch
from waypost.golden.parameters import check
from waypost.golden.steps import Renderer, iterations
from waypost.golden.template import read
from waypost.golden.workspace import Workspace

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "catalog-repo-template" / "templates"
NAMES = sorted(folder.name for folder in SHIPPED.iterdir())
CASES = sorted(f"{case.parents[1].name}/{case.name}" for case in SHIPPED.glob("*/tests/*"))
FULL = [case for case in CASES if case.endswith("/full")]  # the minimal ones run in tests/create/test_golden_paths.py
TOOLS = Path(__file__).parent / ".tools"


def template_of(name):
    return read((SHIPPED / name / "template.yaml").read_text("utf-8"), f"{name}/template.yaml")


def values_of(case):
    name, _, case = case.partition("/")
    return yaml.safe_load((SHIPPED / name / "tests" / case / "values.yaml").read_text("utf-8"))


def render(name, values):
    """Give the tree that fetch:template makes of these answers."""
    template = template_of(name)
    complete, faults = check(template, values)
    assert not faults
    step = next(step for step in template.steps if step.action == "fetch:template")
    renderer = Renderer(Budget())
    (run,) = iterations(step, {"parameters": complete}, {}, renderer)
    assert not renderer.warnings
    workspace = Workspace()
    fetch(read_tree(SHIPPED / name / "skeleton"), run.input, workspace)
    assert not list(workspace.warnings())
    return workspace.tree()


def write(case, folder):
    """Render a case into a folder of its own below another, and give it."""
    target = folder / case.replace("/", "-")
    write_tree(render(case.partition("/")[0], values_of(case)), target)
    return target


def tool(program, kind="python"):
    """Give the path of a program that tests/install.sh installs, or skip."""
    place = "node/node_modules/.bin" if kind == "node" else f"{kind}/bin"
    path = TOOLS / place / program
    if not path.exists():
        pytest.skip(f"{program} is not installed; run: sh tests/install.sh")
    return path


def binary(program):
    """Give the path of a program that the machine must bring along, or skip."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not on this machine")
    return path


def node():
    """Give the path of Node, or skip: what the templates make asks for 20 or newer, and Debian 12 has 18."""
    path = binary("node")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").partition(".")[0]) < 20:
        pytest.skip(f"Node is {version} on this machine; the generated projects ask for 20 or newer")
    return path


def succeed(*command, cwd, **environment):
    """Run a command and fail with all that it said if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{Path(command[0]).name}: {done.stdout}{done.stderr}"
    return done.stdout
