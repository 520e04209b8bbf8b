"""The demo, run as a newcomer runs it, and its pages as a newcomer sees them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from browser.github import to_page
from browser.links import broken
from waypost.limits import MARKDOWN_BYTES

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    """The summary that was printed, and {path: text} of the catalog repository it left."""
    root: Path = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "waypost", "demo", "--once", "--root", str(root / "world")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    for repository in (root / "world" / "sandbox" / "git").glob("*.git"):
        git = ["git", "-C", str(repository)]
        if subprocess.run([*git, "cat-file", "-e", "HEAD:waypost.yaml"], capture_output=True, check=False).returncode:
            continue
        subprocess.run(["git", "clone", "--quiet", str(repository), str(root / "catalog")], check=True)
    files = {
        path.relative_to(root / "catalog").as_posix(): path.read_text("utf-8")
        for path in (root / "catalog").rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    log = subprocess.run(["git", "-C", str(root / "catalog"), "log", "--format=%s"], capture_output=True, text=True)
    return done.stdout, files, log.stdout.splitlines()


def test_the_summary_says_what_happened(demo) -> None:
    summary, files, commits = demo
    figures = dict(re.findall(r"^  (\S.*?)  +(\S.*)$", summary, re.MULTILINE))
    assert figures["repositories"] == "31"
    assert int(figures["entities with a page"]) == len([p for p in files if re.match(r"entities/\w+/\w+/..?/", p)])
    assert int(figures["commits to the catalog"]) == len(commits) - 1
    assert float(figures["push to page"].removesuffix(" s")) < 60


def test_the_catalog_says_what_the_organisation_holds(demo) -> None:
    _, files, _ = demo
    pages = {path.rpartition("/")[2]: text for path, text in files.items() if path.startswith("pages/component/")}
    assert "Takes money safely from" in pages["payments.md"]
    assert "acme/gift-cards no longer has catalog-info.yaml" in pages["gift-cards.md"]
    problems = files["pages/problems/README.md"]
    assert all(name in problems for name in ("name-taken", "payments-next", "Returns Service", "field-missing"))
    assert "nightly-scripts" in files["pages/coverage/README.md"]
    teams = {path.rpartition("/")[2]: text for path, text in files.items() if path.startswith("pages/group/")}
    assert "3 on GitHub: [Amara Okafor](" in teams["payments.md"]
    assert "which no descriptor describes" in teams["security-guild.md"]


def test_no_link_of_the_demo_is_broken(demo) -> None:
    _, files, _ = demo
    pages = {path: text for path, text in files.items() if path.endswith(".md")}
    assert not broken(pages, set(files) - set(pages))
    assert max(len(text.encode()) for text in pages.values()) <= MARKDOWN_BYTES


def test_every_diagram_of_the_demo_is_drawn(demo, chromium) -> None:
    _, files, _ = demo
    diagrams = [
        block
        for path, text in files.items()
        if path.endswith(".md")
        for block in re.findall(r"^```mermaid\n.*?^```$", text, re.DOTALL | re.MULTILINE)
    ]
    assert diagrams
    tab = chromium.new_page()
    tab.set_content(to_page("\n\n".join(diagrams)))
    tab.evaluate("window.drawn")
    assert tab.evaluate("window.failed") == []
    assert tab.locator(".diagram svg").count() == len(diagrams)
    tab.close()
