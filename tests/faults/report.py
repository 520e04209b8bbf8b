"""What was measured (measured.json), and the table of docs/reliability.md that is written from it. Runs nothing."""

from __future__ import annotations

import json
from pathlib import Path

from .rows import ROWS

KEPT = Path(__file__).with_name("measured.json")
PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- BEGIN FIGURES: written by `make faults WRITE=1` -->", "<!-- END FIGURES -->"
HEAD = "| goal | target | measured | again |\n|---|---|---|---|\n"


def kept():
    """Return what was measured: row -> {"on": date, "verdict": word, "figures": lines}."""
    return json.loads(KEPT.read_text("utf-8"))


def table(measured):
    return HEAD + "".join(f"{line(row, measured.get(row.name))}\n" for row in ROWS)


def line(row, found):
    command = f"`make faults ROW={row.name}`"
    return f"| {row.goal} | {row.target} | {said(found)} | {command} |"


def said(found):
    """Name a missed target first, and never a figure that is not there."""
    if found is None:
        return "not measured yet"
    figures = "<br>".join(one.replace("|", "\\|") for one in found["figures"]) or "no figure"
    return figures if found["verdict"] == "met" else f"**{found['verdict']}**: {figures}"


def page(text, measured):
    """Return the page with its table written anew."""
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{PAGE.name}: the lines {BEGIN} and {END} are missing")
    return f"{before}{BEGIN}\n{table(measured)}{END}{after}"


def write(measured):
    KEPT.write_text(json.dumps(measured, indent=2, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), measured), "utf-8")
