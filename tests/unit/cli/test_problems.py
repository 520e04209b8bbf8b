import json
import re
from pathlib import Path

import pytest

import waypost
from waypost.catalog.problem_pages import PAGES
from waypost.cli import main

PACKAGE = Path(waypost.__file__).parent
# How an id is written where a problem is made.
MADE = re.compile(
    r"""\b(?:Problem|problem|Finding|Failure|_problem|_warning|_warn|_at|complain)\(\s*(?:\w+,\s*)?"([a-z0-9-]+)"|\bid="([a-z-]+)\""""
)


def made():
    found = {}
    rooms = ("catalog", "integrations", "golden")
    for path in (path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py"))):
        for match in MADE.finditer(path.read_text(encoding="utf-8")):
            found.setdefault(match[1] or match[2], path.name)
    return found


def test_every_problem_that_is_made_has_a_page():
    found = made()
    assert len(found) > 30
    assert {id: file for id, file in found.items() if id not in PAGES} == {}


def test_every_page_is_of_a_problem_that_is_made():
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if "_problems" not in path.name)
    composed = {f"placeholder-{end}" for end in ("elsewhere", "escape", "generated")}
    composed |= {f"location-{end}" for end in ("elsewhere", "escape", "generated")}
    assert {id for id in PAGES if f'"{id}"' not in source} == composed


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_says_what_why_and_how(page):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", page.id)
    for text in (page.what, page.why, page.fix):
        assert text.endswith((".", "?"))
    assert not page.title.endswith(".")


def test_the_list_names_them_all(capsys):
    assert main(["problems"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == sorted(PAGES)


def test_one_problem_is_explained(capsys):
    assert main(["problems", "name-form"]) == 0
    out = capsys.readouterr().out
    assert PAGES["name-form"].fix in out
    assert main(["problems", "name-form", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == PAGES["name-form"].title


def test_an_unknown_id_gets_the_nearest(capsys):
    assert main(["problems", "name-frm"]) == 2
    assert 'Did you mean "name-form"?' in capsys.readouterr().err
    assert main(["problems", "zzz"]) == 2
    assert "waypost problems lists them" in capsys.readouterr().err
