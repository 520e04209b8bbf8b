"""Links of an unpacked site, and what its artifact is called."""

from __future__ import annotations

import pytest

from waypost.docs.artifacts import artifact_of, preview_of
from waypost.docs.preview import for_files

FILES = ("index.html", "guide/index.html", "guide/start/index.html", "a b/index.html", "images/x.png")


def rewritten(link, page="guide/index.html"):
    files = dict.fromkeys(FILES, b"") | {page: f'<a class="x" href="{link}">x</a>'.encode()}
    return for_files(files)[page].decode().partition('href="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("start/", "start/index.html"),
        ("start/#how", "start/index.html#how"),
        ("../", "../index.html"),
        ("./", "./index.html"),
        ("../a%20b/", "../a%20b/index.html"),
        ("../images/x.png", "../images/x.png"),
        ("#here", "#here"),
        ("gone/", "gone/"),
        ("../../", "../../"),
        ("https://guide/", "https://guide/"),
        ("mailto:x/", "mailto:x/"),
    ],
)
def test_links_to_folders_lead_to_their_page(link, expected):
    assert rewritten(link) == expected


def test_a_page_that_only_leads_on_does_so_without_a_server():
    page = b'<meta http-equiv="refresh" content="0; url=start/"><a href="start/">here</a>'
    made = for_files(dict.fromkeys(FILES, b"") | {"guide/index.html": page})["guide/index.html"]
    assert b'url=start/index.html"' in made


def test_text_and_other_attributes_stay():
    page = b'<meta name="description" content="guide/"><p>href="guide/" </p><img alt="guide/">'
    files = dict.fromkeys(FILES, b"") | {"index.html": page}
    assert for_files(files)["index.html"].count(b"index.html") <= 1
    assert b'content="guide/"' in for_files(files)["index.html"]


def test_other_files_are_not_touched():
    assert for_files({"a.txt": b' href="./" '}) == {"a.txt": b' href="./" '}


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        ("component:default/pay", "waypost-docs-component-default-pay"),
        ("API:Money/Pay.v1", "waypost-docs-api-money-pay.v1"),
        ("pay", "waypost-docs-component-default-pay"),
        ("", "waypost-docs"),
        ("component:default/a b --> <b>", "waypost-docs"),
    ],
)
def test_each_entity_has_its_artifact(entity, name):
    assert artifact_of(entity) == name
    assert preview_of(entity) == name.replace("waypost-docs", "waypost-docs-preview")
