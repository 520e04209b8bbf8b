"""Measure the rows at full length, one after the other, each in a pytest of its own; exit 1 when a target is missed.

python -m tests.faults [ROW...] [--write]      --write also renews docs/reliability.md
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from .report import kept, said, write
from .rows import ROWS

ROOT = Path(__file__).parents[2]
SHOWN = 60  # lines of what failed


def measure(row):
    """Run a row's tests; return what they recorded, as it is kept."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        options = ["-n", "0", "-q", "--faults-full", "-o", "junit_family=xunit1", f"--junitxml={results}"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *row.tests, *options],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        cases = list(ElementTree.parse(results).iter("testcase")) if results.exists() else []
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-SHOWN:]), done.stderr, sep="\n", flush=True)
    return {
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "verdict": verdict(done.returncode, cases),
        "figures": figures(cases),
    }


def verdict(code, cases):
    """A target is met when nothing failed; what was skipped was not measured, and why is said."""
    skipped = [one.get("message", "") for case in cases for one in case.iter("skipped")]
    if code or not cases:
        return "missed"
    return f"not measured ({'; '.join(sorted(set(skipped)))})" if skipped else "met"


def figures(cases):
    return [one.get("value", "") for case in cases for one in case.iter("property") if one.get("name") == "measured"]


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(row.name for row in ROWS))
    parser.add_argument("--write", action="store_true", help="keep the figures and renew docs/reliability.md")
    asked = parser.parse_args()
    if unknown := set(asked.rows) - {row.name for row in ROWS}:
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(row.name for row in ROWS)}")
    rows = [row for row in ROWS if not asked.rows or row.name in asked.rows]
    found = {}
    for number, row in enumerate(rows, 1):
        began = time.monotonic()
        print(f"[{number}/{len(rows)}] {row.name}: {row.target}", flush=True)
        found[row.name] = measure(row)
        print(
            f"    {time.monotonic() - began:.0f} s: {said(found[row.name]).replace('<br>', chr(10) + '    ')}",
            flush=True,
        )
    if asked.write:
        write({**kept(), **found})
    print()
    for row in rows:
        print(f"{found[row.name]['verdict']:<8} {row.goal}")
    return any(one["verdict"] == "missed" for one in found.values())


if __name__ == "__main__":
    raise SystemExit(main())
