"""Golden paths: a skeleton of sixty files read, rendered and written, beside copying it and beside other engines.

All of it runs in this process, in turns, in one folder; the figures are ratios of medians. Cold means that every cache
of ours is empty, as in a new process; copier and cookiecutter keep theirs. The folder is in memory where the machine
has such a place: what a disk takes to make a file changes tenfold from one minute to the next, for all of them alike.
"""

from __future__ import annotations

import gc
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import copier
from cookiecutter.main import cookiecutter
from tests.bench import Row
from tests.bench._skeleton import BACKSTAGE, COOKIECUTTER, COPIER, VALUES, write

from waypost.create.disk import read_tree, write_tree
from waypost.golden.fetch import fetch
from waypost.golden.workspace import Workspace

MEMORY = Path("/dev/shm")
ROUNDS = 25
SLOW_ROUNDS = 5  # of the other engines
Run = Callable[[Path], object]


def rows() -> Iterable[Row]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        root = Path(folder)
        size, runs = _prepared(root)
        took = {name: statistics.median(times) for name, times in _measured(root, runs).items()}
    note = f"60 files, {size:,} bytes; " + ", ".join(f"{name} {took[name] * 1000:.1f} ms" for name in runs)
    yield Row("60 files rendered, nothing parsed before / copytree", took["cold"] / took["copytree"], 5, note=note)
    yield Row("60 files rendered, parsed before / copytree", took["warm"] / took["copytree"], 2)
    for other in ("copier", "cookiecutter"):
        note = f"nothing parsed before: {took['cold'] / took[other]:.3f}"
        yield Row(f"60 files rendered, parsed before / {other}", took["warm"] / took[other], 1 / 10, note=note)


def _prepared(root: Path) -> tuple[int, dict[str, Run]]:
    """Write the skeleton in three dialects and say how each engine renders it."""
    ours, theirs, cookie = root / "ours", root / "copier", root / "cookiecutter"
    size = write(ours, BACKSTAGE)
    write(theirs, COPIER)
    (theirs / "copier.yml").write_text('_templates_suffix: ""\n_exclude: [copier.yml]\n')
    write(cookie / "{{ cookiecutter.name }}", COOKIECUTTER)
    context = ", ".join(f'"{name}": ""' for name in VALUES)
    (cookie / "cookiecutter.json").write_text(f'{{{context}, "_copy_without_render": ["*.png", "*.ico"]}}')
    (root / "config.yaml").write_text(f"cookiecutters_dir: {root}/c\nreplay_dir: {root}/r\n")

    def render(out: Path) -> None:
        workspace = Workspace()
        fetch(read_tree(ours), {"values": VALUES}, workspace)
        write_tree(workspace.tree(), out)

    return size, {
        "copytree": lambda out: shutil.copytree(ours, out),
        "cold": render,
        "warm": render,
        "copier": lambda out: copier.run_copy(str(theirs), out, data=VALUES, defaults=True, quiet=True),
        "cookiecutter": lambda out: cookiecutter(
            str(cookie), no_input=True, extra_context=VALUES, output_dir=str(out), config_file=str(root / "config.yaml")
        ),
    }


def _measured(root: Path, runs: dict[str, Run]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(ROUNDS):
        for name, run in runs.items():
            if name in ("copier", "cookiecutter") and turn >= SLOW_ROUNDS:
                continue
            if name == "cold":
                _forget()
            out = root / "out"
            gc.collect()
            started = time.perf_counter()
            run(out)
            times[name].append(time.perf_counter() - started)
            assert sum(path.is_file() for path in out.rglob("*")) == 60, name
            shutil.rmtree(out)
    return times


def _forget() -> None:
    """Empty every cache of the golden package."""
    for name, module in list(sys.modules.items()):
        if name.startswith("waypost.golden"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
