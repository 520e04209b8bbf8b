"""`waypost build` against its floor, its growth, its memory, and one changed repository against all of it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import Row
from tests.bench._organisation import write

SMALL, LARGE = 1_000, 10_000


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        yield from _rows(Path(folder))


def _rows(folder: Path) -> Iterator[Row]:
    write(folder / "tiny", 10)
    write(folder / "small", SMALL)
    write(folder / "large", LARGE)
    tiny, small, large = (_run("build", folder / name) for name in ("tiny", "small", "large"))
    floor = _run("floor", folder / "large")
    entities = large["entities"]
    note = f"{large['cpu']:.1f} s against {floor['cpu']:.1f} s of processor, "
    note += f"{large['kernel']:.1f} and {floor['kernel']:.1f} s of it in the kernel; "
    yield Row(
        f"waypost build, {LARGE:,} repositories / floor",
        large["cpu"] / floor["cpu"],
        4,
        note=note + f"{entities:,} entities, {large['files_written']:,} files",
    )
    start = tiny["cpu"]  # imports
    growth = math.log((large["cpu"] - start) / (small["cpu"] - start), LARGE / SMALL)
    yield Row(f"waypost build, exponent {SMALL:,} -> {LARGE:,}", growth, 1.1, "", f"{small['cpu']:.1f} s for {SMALL:,}")
    yield Row("memory an entity", (large["memory"] - tiny["memory"]) / entities / 1000, 6, "kB")
    change = _run("change", folder / "large", str(LARGE))
    yield Row(
        "one changed repository / full build",
        change["cpu"] / large["cpu"],
        1 / 200,
        note=f"{change['cpu'] * 1000:.1f} ms, at worst {change['worst'] * 1000:.1f} ms; files: {change['files']}",
    )


def _run(what: str, source: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench._catalog_run", what, str(source), f"{source}-out", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": "0"}
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found
