"""The generated Python projects pass the lint and test jobs of their own pipeline."""

from __future__ import annotations

import shutil

import pytest

from templates.projects import FULL, SHIPPED, succeed, tool

PYTHON = [case for case in FULL if (SHIPPED / case.partition("/")[0] / "skeleton" / "pyproject.toml").exists()]


@pytest.fixture(params=PYTHON)
def project(request, projects, tmp_path):
    """A copy, since the tools leave their caches behind."""
    return shutil.copytree(projects / request.param.replace("/", "-"), tmp_path / "project")


def test_its_own_tests_pass(project):
    said = succeed(tool("python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", cwd=project)
    assert " passed" in said


def test_it_is_formatted_and_without_lint(project):
    succeed(tool("ruff"), "check", "--no-cache", cwd=project)
    succeed(tool("ruff"), "format", "--check", "--no-cache", cwd=project)


def test_its_types_hold(projects):
    """In one test: mypy reads the libraries for a while the first time, and they are the same for all."""
    for case in PYTHON:
        succeed(tool("mypy"), "--cache-dir", projects / "mypy", cwd=projects / case.replace("/", "-"))


def test_the_published_interface_is_the_same_in_both_templates():
    first, second = (
        SHIPPED / name / "skeleton" / "openapi.json" for name in ("python-service", "container-service-aws")
    )
    assert first.read_text("utf-8") == second.read_text("utf-8")
