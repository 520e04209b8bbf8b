"""The generated documentation builds without a warning, here and there; the catalog takes the generated descriptors."""

from __future__ import annotations

import pytest

from templates.projects import CASES, FULL, succeed, tool
from waypost.cli import main


@pytest.mark.parametrize("case", FULL)
def test_the_pages_build_strictly(case, projects, tmp_path):
    project = projects / case.replace("/", "-")
    succeed(tool("mkdocs"), "build", "--strict", "--quiet", "--site-dir", tmp_path / "site", cwd=project)
    assert (tmp_path / "site" / "index.html").exists()


@pytest.mark.parametrize("case", FULL)
def test_the_catalog_s_site_takes_the_pages_as_they_are(case, projects, tmp_path, capsys):
    out = tmp_path / "site"
    assert main(["docs", "build", str(projects / case.replace("/", "-")), "--out", str(out)]) == 0
    assert "warning" not in "".join(capsys.readouterr())
    assert (out / "techdocs_metadata.json").exists()


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("docs-site/")])
def test_the_spelling_is_right(case, projects):
    succeed(tool("codespell"), "docs", "README.md", cwd=projects / case.replace("/", "-"))


def test_every_descriptor_is_fine(projects, capsys):
    files = [str(file) for file in sorted(projects.glob("*/catalog-info.yaml"))]
    assert len(files) == len(CASES)
    assert main(["validate", *files]) == 0
    assert "all fine" in "".join(capsys.readouterr())
