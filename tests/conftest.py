"""Options and places that every test may use."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

from browser.github import MERMAID, STYLE
from browser.shoot import CHROMIUM, browser

# judges every exchange that any sandbox had in the run by GitHub's own description
pytest_plugins = ["contract.plugin"]

# A commit is judged on the same generated cases every time; people and `make faults` find new ones.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("people", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "people")

SHARED = Path(__file__).parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="rewrite the golden files with what came out")
    parser.addoption("--faults-full", action="store_true", help="run the fault tests at their full length")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real descriptors with Backstage's verdicts; they stay outside the project."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("the corpus of real descriptors (../shared/corpus) is not on this machine")
    return folder


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 1 MB; whoever has filled it may remount it with a larger size."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"a disk of 1 MB needs root and mount: {mount.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture(scope="session")
def chromium():
    """Debian's chromium; one for all tests of a process, since a second one would find the first one's event loop."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed: sh tests/install.sh, as root")
    if not MERMAID.exists() or not STYLE.exists():
        pytest.skip("the npm packages of tests/browser are not installed: sh tests/install.sh")
    with browser() as found:
        yield found
