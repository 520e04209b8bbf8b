"""The generated Node projects pass the lint and test jobs of their own pipeline."""

from __future__ import annotations

import shutil

import pytest

from templates.projects import FULL, SHIPPED, TOOLS, binary, node, succeed, tool

NODE = [case for case in FULL if (SHIPPED / case.partition("/")[0] / "skeleton" / "package.json").exists()]


@pytest.fixture(params=NODE)
def project(request, projects, tmp_path):
    return shutil.copytree(projects / request.param.replace("/", "-"), tmp_path / "project")


def test_its_own_tests_pass(project):
    said = succeed(node(), "--test", cwd=project)
    assert "# fail 0" in said
    assert "# pass 0" not in said


def test_it_is_formatted_without_lint_and_its_types_hold(project):
    biome, tsc = tool("biome", "node"), tool("tsc", "node")
    (project / "node_modules").symlink_to(TOOLS / "node" / "node_modules")
    succeed(binary("git"), "init", "--quiet", cwd=project)
    succeed(biome, "ci", "--colors=off", ".", cwd=project)
    succeed(tsc, cwd=project)


def test_the_tools_are_pinned_alike_in_both_templates():
    first, second = (SHIPPED / name / "skeleton" / "package-lock.json" for name in ("node-service", "github-action"))
    assert first.read_text("utf-8") == second.read_text("utf-8")
