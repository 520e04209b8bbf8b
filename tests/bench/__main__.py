"""Run the benches and print a table; exit 1 when a figure misses its target."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    here = Path(__file__).parent
    names = sys.argv[1:] or sorted(p.stem for p in here.glob("*.py") if not p.stem.startswith("_"))
    missed = 0
    print(f"{'figure':<66}{'measured':>12}{'target':>12}")
    for name in names:
        for row in import_module(f"tests.bench.{name}").rows():
            missed += not row.is_met
            verdict = "" if row.is_met else "   MISSED"
            print(f"{row.name:<66}{row.value:>10.3g} {row.unit:<2}{row.limit:>9.3g} {row.unit}{verdict}", flush=True)
            if row.note:
                print(f"    {row.note}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
