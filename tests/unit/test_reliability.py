"""docs/reliability.md says what was measured, of every row, and how to measure it again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from faults import report
from faults.rows import ROWS

ROOT = Path(__file__).parents[2]
FAULTS = ROOT / "tests" / "faults"


def test_page_shows_every_row_as_it_was_measured():
    text = report.PAGE.read_text("utf-8")
    assert report.page(text, report.kept()) == text, "write it anew: make faults ROW=... WRITE=1"


def test_page_that_somebody_edited_is_noticed():
    text = report.PAGE.read_text("utf-8")
    assert report.page(text.replace("p99 below 1 s", "p99 below 9 s"), report.kept()) == text


def test_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="the lines <!-- BEGIN FIGURES"):
        report.page("# Reliability\n", {})


def test_every_figure_belongs_to_a_row():
    assert set(report.kept()) <= {row.name for row in ROWS}
    assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_command_of_a_row_runs_tests_that_record_a_figure(row):
    for path in row.tests:
        text = (ROOT / path).read_text("utf-8")
        assert "\ndef test_" in text
        assert "record_property(\n" in text or 'record_property("measured"' in text


def test_makefile_measures_the_row_it_is_asked_for():
    assert re.search(
        r"^faults:.*\n\t@\$\(BIN\)/python -m tests\.faults \$\(ROW\)", (ROOT / "Makefile").read_text(), re.M
    )


def test_whatever_has_a_full_length_is_a_row():
    paths = {path for row in ROWS for path in row.tests}
    tests = [file for pattern in ("*/test_*.py", "unit/*/test_*.py") for file in FAULTS.parent.glob(pattern)]
    long = [file for file in tests if '"--faults-full"' in file.read_text("utf-8")]
    assert long
    assert {str(file.relative_to(ROOT)) for file in long} - {"tests/unit/test_reliability.py"} <= paths


@pytest.mark.parametrize(
    ("found", "said"),
    [
        pytest.param(None, "not measured yet", id="never"),
        pytest.param({"verdict": "met", "figures": ["p99 9 ms", "0 lost"]}, "p99 9 ms<br>0 lost", id="met"),
        pytest.param({"verdict": "missed", "figures": ["p99 9 s"]}, "**missed**: p99 9 s", id="missed"),
        pytest.param(
            {"verdict": "not measured (no root)", "figures": []},
            "**not measured (no root)**: no figure",
            id="skipped",
        ),
    ],
)
def test_a_missed_target_is_said_first(found, said):
    assert report.said(found) == said


def test_what_is_kept_is_json_that_people_can_review():
    text = report.KEPT.read_text("utf-8")
    assert json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n" == text
