"""Pages lead to collected documentation, in words that promise no more than is known."""

from __future__ import annotations

import pytest

from unit.pages.catalogs import SITE, catalog, entity, repository, snapshot
from waypost.catalog.publishing import Publishing
from waypost.pages import render
from waypost.pages.paths import README, page_file

HOME = repository(1, "pay")
READ = "https://github.com/acme/catalog/tree/waypost-docs/markdown/default/component/pay"


FRONT = "[**Read**](https://github.com/acme/catalog/tree/waypost-docs)"


def files(annotations, **settings):
    component = entity(HOME, "Component", "pay", {"type": "service"}, annotations=annotations)
    return dict(render(catalog([snapshot(HOME, component)], **settings), SITE))


def page(annotations, **settings):
    return files(annotations, **settings)[page_file("component:default/pay")]


def test_declared_documentation_is_read_on_the_branch():
    text = page({"backstage.io/techdocs-ref": "dir:."})
    assert f"- **Documentation:** [Read it]({READ}) (once published) · [Documentation source](" in text


@pytest.mark.parametrize("mode", ["off", "site"])
def test_nothing_leads_to_the_branch_where_no_markdown_is_written(mode):
    assert READ not in page({"backstage.io/techdocs-ref": "dir:."}, docs=Publishing(mode))


def test_nothing_leads_to_the_branch_without_the_annotation():
    assert READ not in page({})


def test_front_page_leads_to_all_documentation_and_counts_it():
    front = files({"backstage.io/techdocs-ref": "dir:."})[README]
    assert FRONT in front
    assert "the documentation of 1 entity (once published)" in front


def test_front_page_offers_nothing_to_read_where_nothing_is_declared_or_written():
    assert FRONT not in files({})[README]
    assert FRONT not in files({"backstage.io/techdocs-ref": "dir:."}, docs=Publishing("off"))[README]
