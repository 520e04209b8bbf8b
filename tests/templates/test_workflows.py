"""The generated workflows, actions and infrastructure are clean in the eyes of the field's own linters.

Each linter runs once over all projects: most of its time is its start.
"""

from __future__ import annotations

import json
import shutil

import pytest

from templates.projects import succeed, tool


def test_actionlint_is_content(projects):
    files = workflows(projects)
    succeed(tool("actionlint"), "-shellcheck=", "-pyflakes=", *files, cwd=projects)


def test_zizmor_finds_nothing(projects):
    succeed(tool("zizmor"), "--offline", "--no-progress", "--min-severity", "medium", ".", cwd=projects)


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
        ("vendor.github-actions", "action.yml"),
    ],
)
def test_it_is_what_githubs_schema_says(projects, schema, pattern):
    files = sorted(projects.glob(f"*/{pattern}"))
    assert files
    succeed(tool("check-jsonschema"), "--builtin-schema", schema, *files, cwd=projects)


def test_checkov_finds_nothing(projects, tmp_path):
    """Skips stand in the code with their reasons; a new one has to be counted here."""
    folder = shutil.copytree(projects, tmp_path / "projects", ignore=shutil.ignore_patterns("mypy"))
    arguments = ["--framework", "terraform", "dockerfile", "github_actions", "--skip-download", "--compact"]
    said = succeed(tool("checkov", "checkov"), "--directory", folder, *arguments, "--output", "json", cwd=folder)
    reports = {report["check_type"]: report for report in json.loads(said)}
    assert {"terraform", "dockerfile"} <= set(reports)
    for report in reports.values():
        assert report["summary"]["passed"] > 0
        assert report["summary"]["failed"] == 0
        assert report["summary"]["parsing_errors"] == 0
    skipped = {
        (check["check_id"], check["check_result"]["suppress_comment"])
        for check in reports["terraform"]["results"]["skipped_checks"]
    }
    assert skipped == {
        ("CKV2_AWS_76", "The rules of the web ACL are written where it is declared, outside of this repository")
    }


def workflows(projects):
    files = sorted(projects.glob("*/.github/workflows/*.yml"))
    assert files
    return files
