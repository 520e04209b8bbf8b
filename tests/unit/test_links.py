"""Every link between the pages of this project leads to a file that is there, and to a heading that it has."""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest

from browser.links import Links, to_html

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "actions/*/README.md")
    for path in ROOT.glob(pattern)
)


def headings(text):
    """The anchors that GitHub gives the headings of a page."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    found = []
    for title in re.findall(r"^#{1,6} (.+)$", prose, re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).replace("`", "").strip().lower()
        found.append(re.sub(r"[^\w\- ]", "", words).replace(" ", "-"))
    return found


def faults(page, text):
    for target in Links(to_html(text)).targets:
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        place = normpath(join(dirname(page), unquote(path))) if path else page
        if not (ROOT / place).exists():
            yield f"{target}: no such file"
        elif anchor and anchor not in headings((ROOT / place).read_text("utf-8")):
            yield f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    assert list(faults(page, (ROOT / page).read_text("utf-8"))) == []


def test_a_link_that_leads_nowhere_is_found():
    text = "[a](none.md) [b](../README.md#none) [c](#here)\n\n## Here\n"
    assert list(faults("docs/install.md", text)) == [
        "none.md: no such file",
        "../README.md#none: no such heading",
        "#here: no such heading",
    ]
