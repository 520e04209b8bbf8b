"""One measured run in its own process: `python -m tests.bench._catalog_run build|floor|change SOURCE OUT [NUMBER]`.

Prints one JSON object: processor seconds (our own and the kernel's for us), wall seconds, peak memory in bytes and what
the run counted.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import yaml


def build(source: Path, out: Path) -> dict[str, object]:
    """The command as people call it."""
    from contextlib import redirect_stdout
    from io import StringIO

    from waypost.cli import main

    with redirect_stdout(StringIO()) as printed:
        main(["build", str(source), "--out", str(out), "--format", "json"])
    return json.loads(printed.getvalue())


def floor(source: Path, out: Path) -> dict[str, object]:
    """What nobody can do without: libyaml's events over the same bytes, and writing the same files elsewhere.

    The files are read again from `out`, one by one: that reading is not counted.
    """
    began = _used()
    for path in source.rglob("*.yaml"):
        for _ in yaml.parse(path.read_bytes(), Loader=yaml.CSafeLoader):
            pass
    spent = _used() - began
    count = 0
    there = f"{out}-floor"
    made: set[str] = set()
    for at, _, names in os.walk(out):
        base = there + at[len(str(out)) :]
        for name in names:
            data = Path(at, name).read_bytes()
            began = _used()
            if base not in made:
                os.makedirs(base, exist_ok=True)
                made.add(base)
            with open(f"{base}/{name}", "wb", buffering=0) as file:
                file.write(data)
            spent += _used() - began
            count += 1
    return {"files": count, "spent": spent}


def change(source: Path, out: Path, repositories: int) -> dict[str, object]:
    """One changed repository inside a running worker: update, rerender and plan, the mean of several."""
    from tests.bench._organisation import descriptor

    from waypost import pages
    from waypost.catalog import build as catalogs
    from waypost.catalog.settings import Settings
    from waypost.pages.plan import blob_id, plan
    from waypost.pages.site import Site
    from waypost.sync import local

    folders = local.numbered(local.find(source), {})
    chosen = Settings(catalog_repository="acme/catalog")
    snapshots = list(local.snapshots(folders, {}, chosen, "https://github.com"))
    site = Site("acme/catalog")
    catalog = catalogs.build("acme", snapshots, {}, chosen)
    head = {path: blob_id(text.encode()) for path, text in pages.render(catalog, site)}
    by_name = {snapshot.repository.name: snapshot for snapshot in snapshots}
    spent, files = [], []
    for step in range(12):
        number = step * repositories // 12 + step
        name = f"service-{number:05}"
        text = descriptor(number, repositories, f"Changed for the {step}th time.")
        if step % 3 == 2:  # not only words: another owner and another dependency
            text = text.replace("owner: team-", "owner: team-0001 # ", 1).replace(
                "dependsOn:", "dependsOn: # now\n    - component:service-00001"
            )
        (source / "acme" / name / "catalog-info.yaml").write_text(text)
        folder = next(one for one in folders if one[1].name == name)
        snapshot = local.read(*folder, (), chosen, False, "https://github.com")
        assert snapshot != by_name[name]
        snapshot = replace(snapshot)
        began = _used()
        after = catalogs.update(catalog, [snapshot])
        planned = plan(pages.rerender(catalog, after, site), head, lambda path: "", full=False)
        spent.append(_used() - began)
        assert planned
        files.append(len(planned.changes))
        head.update({path: blob_id(data) for path, data in planned.changes.items() if data is not None})
        catalog = after
    return {"spent": sum(spent) / len(spent), "worst": max(spent), "files": files}


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    what, source, out, *rest = sys.argv[1:]
    began = time.perf_counter()
    found = {"build": build, "floor": floor, "change": change}[what](Path(source), Path(out), *map(int, rest))
    found |= {
        "cpu": found.get("spent", _used()),
        "kernel": resource.getrusage(resource.RUSAGE_SELF).ru_stime,  # what the disk does to the figures
        "wall": time.perf_counter() - began,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
