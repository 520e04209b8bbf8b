"""What is installed is what was written: data files, templates and dotfiles travel in the wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from a copy, so that no build folder is left in the tree."""
    tree = tmp_path_factory.mktemp("wheel") / "tree"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_symlink() or (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name, follow_symlinks=False)
    build = "from setuptools import build_meta; print(build_meta.build_wheel('.'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(zipfile.ZipFile(next(tree.glob("*.whl"))).namelist())


def files_of(folder: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [name.removeprefix(folder).lstrip("/") for name in filter(None, listed.split("\0"))]


@pytest.mark.parametrize(
    ("source", "inside"),
    [
        ("app/waypost", "waypost"),
        ("schemas", "waypost/schemas"),
        ("catalog-repo-template", "waypost/catalog_template"),
    ],
)
def test_every_file_is_in_the_wheel(shipped: set[str], source: str, inside: str) -> None:
    symlinks = {"schemas", "catalog_template"}
    missing = [name for name in files_of(source) if name not in symlinks and f"{inside}/{name}" not in shipped]
    assert not missing


def test_a_skeleton_keeps_its_dotfiles_and_templated_names(shipped: set[str]) -> None:
    skeletons = "waypost/catalog_template/templates"
    assert f"{skeletons}/python-service/skeleton/.github/workflows/ci.yml" in shipped
    assert f"{skeletons}/python-service/skeleton/.dockerignore" in shipped
    assert (
        f"{skeletons}/docs-site/skeleton/.github/workflows/{{% if values.publish %}}publish.yml{{% endif %}}" in shipped
    )
