"""The pages of the sample organisation, byte for byte. After a change that is meant: `pytest tests/golden --bless`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from golden.sample import catalog, site
from waypost.catalog.records import read, write
from waypost.pages import render

GOLDEN = Path(__file__).parent / "catalog"


@pytest.fixture(scope="module")
def rendered():
    return dict(render(catalog(), site()))


def test_pages_are_as_reviewed(rendered, request):
    if request.config.getoption("--bless"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        for path, text in rendered.items():
            file = GOLDEN / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
    kept = {str(file.relative_to(GOLDEN)): file.read_bytes().decode() for file in GOLDEN.rglob("*") if file.is_file()}
    assert rendered.keys() == kept.keys(), "files came or went: look at them, then bless"
    for path, text in rendered.items():
        assert text == kept[path], f"{path} is another: look at it, then bless"


def test_sample_shows_every_state(rendered):
    states = {entity.state for entity in catalog().entities.values()}
    assert states == {"present", "orphan", "stale", "archived"}
    for state in ("Orphan", "Stale", "Archived"):
        assert any(f"**{state}:" in text for text in rendered.values()), state


def test_entity_files_read_back_what_is_recorded(rendered):
    for path, text in rendered.items():
        if path.startswith("entities/") and path.count("/") == 4:
            assert write(read(text)) == text
