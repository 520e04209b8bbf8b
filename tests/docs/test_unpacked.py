"""A preview as people look at it: the archive unpacked, a page opened from the disk, no server."""

import pytest

from waypost.docs.build import build
from waypost.docs.preview import for_files

pytest.importorskip("mkdocs", reason='MkDocs is not installed: pip install "waypost[docs]"')
pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def tab(chromium, tmp_path_factory):
    root = tmp_path_factory.mktemp("pay")
    (root / "docs/guide").mkdir(parents=True)
    (root / "docs/index.md").write_text("# Pay\n\nSome words. [go](guide/start.md#more)\n")
    (root / "docs/guide/start.md").write_text("# Start\n\n[back](../index.md)\n\n## More\n\nrare\n")
    for path, data in for_files(build(root).files).items():
        (root / "out" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "out" / path).write_bytes(data)
    page = chromium.new_page()
    page.goto((root / "out/index.html").as_uri())
    yield page
    page.close()


def test_links_lead_from_page_to_page_and_back(tab):
    tab.click("article a:has-text('go')")
    assert tab.url.endswith("/guide/start/index.html#more")
    assert tab.inner_text("h1").startswith("Start")
    tab.click("article a:has-text('back')")
    assert tab.inner_text("h1").startswith("Pay")


def test_navigation_works_too(tab):
    tab.click("nav a:has-text('Start') >> visible=true")
    assert tab.url.endswith("/guide/start/index.html")


def test_style_sheets_are_found(tab):
    tab.reload()  # answers when all of the page is there
    assert tab.evaluate("[...document.styleSheets].length") > 0
    assert tab.evaluate("getComputedStyle(document.querySelector('article')).fontFamily") != '"Times New Roman"'
