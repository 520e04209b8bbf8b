"""Wait for the first workflow runs of a new repository and say how they went. Never longer than asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waypost.catalog.documents import parse
from waypost.create.kinds.paths import at
from waypost.forge.creating import Workshop
from waypost.golden.effects import FilesPushed
from waypost.golden.planned import Plan
from waypost.golden.tree import File

GOOD = frozenset({"success", "neutral", "skipped"})
LATE_SECONDS = 15.0  # runs of one push may be listed one after the other; a filter may also keep one from coming
_FILES = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
POLLS = (1.0, 2.0, 3.0, 5.0, 10.0)  # seconds between looks; the last one repeats


@dataclass(frozen=True, slots=True)
class FirstRun:
    """`state`: green, red, running, missing (none was begun), none (nothing would begin one)."""

    state: str
    seconds: float = 0.0
    url: str = ""
    jobs: Sequence[str] = ()  # that failed

    @property
    def words(self) -> str:
        match self.state:
            case "green":
                return f"first run green after {self.seconds:.0f} s"
            case "red":
                jobs = f" (failed: {', '.join(self.jobs)})" if self.jobs else ""
                return f"first run red after {self.seconds:.0f} s{jobs}: {self.url}"
            case "running":
                return (
                    f"first run {f'not over after {self.seconds:.0f} s' if self.seconds >= 1 else 'begun'}: {self.url}"
                )
            case "missing":
                return (
                    f"no first run {f'after {self.seconds:.0f} s' if self.seconds >= 1 else 'yet'}: see the Actions tab"
                )
            case _:
                return "no workflow runs on a push"


def begun_by_a_push(planned: Plan, full_name: str) -> frozenset[str]:
    """Return the workflows of the first commit that run when it is pushed."""
    return frozenset(
        path
        for effect in planned.effects
        if isinstance(effect, FilesPushed) and effect.repository.lower() == full_name.lower()
        for path, entry in effect.files.items()
        if _FILES.fullmatch(path) and isinstance(entry, File) and _is_for_branches(entry)
    )


def _is_for_branches(entry: File) -> bool:
    documents = parse(entry.data.decode("utf-8", "replace")).documents
    value = documents[0].value if documents and not documents[0].is_broken else None
    on = value.get("on") if isinstance(value, dict) else None
    if not isinstance(on, dict):
        return on == "push" or (isinstance(on, list) and "push" in on)
    filters = on["push"] if isinstance(on.get("push"), dict) else {}
    is_for_tags = any(name.startswith("tags") for name in filters)
    return "push" in on and (not is_for_tags or any(name.startswith("branches") for name in filters))


def wait(
    workshop: Workshop,
    full_name: str,
    commit: str,
    workflows: Collection[str],
    seconds: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> FirstRun:
    """Look until every workflow has had its run of a commit; 0 seconds look once."""
    began = clock()
    number = 0
    while True:
        runs = _runs(workshop, full_name, commit)
        passed = clock() - began
        missing = set(workflows) - {run["path"].partition("@")[0] for run in runs}
        is_complete = not missing or passed >= min(seconds, LATE_SECONDS)
        if runs and is_complete and all(run["status"] == "completed" for run in runs):
            return _judged(workshop, full_name, runs)
        if passed >= seconds:
            return FirstRun("running", passed, runs[0]["html_url"]) if runs else FirstRun("missing", passed)
        pause = POLLS[min(number, len(POLLS) - 1)]
        sleep(min(pause, max(seconds - passed, 0.1)))
        number += 1


def _runs(workshop: Workshop, full_name: str, commit: str) -> list[Mapping[str, Any]]:
    """List the runs of a commit, oldest first: whichever others begin later, the same one is shown."""
    path = f"{at(full_name)}/actions/runs?head_sha={commit}&per_page=100"
    found = workshop.look(path, f"looking for the first run of {full_name}")
    return sorted(found["workflow_runs"], key=lambda run: int(run["id"])) if found else []


def _judged(workshop: Workshop, full_name: str, runs: Sequence[Mapping[str, Any]]) -> FirstRun:
    passed = _seconds(runs)
    bad = [run for run in runs if run["conclusion"] not in GOOD]
    if not bad:
        return FirstRun("green", passed, runs[0]["html_url"])
    path = f"{at(full_name)}/actions/runs/{bad[0]['id']}/jobs?per_page=100"
    found = workshop.look(path, "looking for the jobs that failed")
    jobs = [job["name"] for job in found["jobs"] if job["conclusion"] not in GOOD] if found else []
    return FirstRun("red", passed, bad[0]["html_url"], jobs)


def _seconds(runs: Sequence[Mapping[str, Any]]) -> float:
    """How long it took by GitHub's own clock, from the first run's beginning to the last one's end."""
    began = min(datetime.fromisoformat(run["created_at"]) for run in runs)
    ended = max(datetime.fromisoformat(run["updated_at"]) for run in runs)
    return (ended - began).total_seconds()
