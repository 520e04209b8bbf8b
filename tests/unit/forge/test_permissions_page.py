"""docs/permissions.md says what the code asks for, no more and no less."""

from __future__ import annotations

from pathlib import Path

from waypost.forge import needs

PAGE = (Path(__file__).parents[3] / "docs/permissions.md").read_text(encoding="utf-8")


def rows(heading):
    section = PAGE.split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def told(part, is_optional):
    return [
        (f"`{need.name}: {need.level}`", need.why, need.without)
        for need in needs.PERMISSIONS
        if need.part == part and need.is_optional == is_optional
    ]


def test_page_explains_every_permission_of_the_reading_app():
    assert rows("Waypost") == told("waypost", False)


def test_page_explains_every_permission_of_the_writing_app():
    assert rows("Waypost Writer") == told("writer", False)


def test_page_explains_what_only_templates_use():
    assert rows("Only where templates use it") == told("writer", True)


def test_page_explains_every_event():
    assert rows("Events") == [(f"`{one.name}`", f"`{one.permission}: read`", one.why) for one in needs.EVENTS]
