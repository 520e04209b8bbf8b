"""How a command speaks in a run of GitHub Actions: Markdown in the job's summary, an error, the address of the run."""

from __future__ import annotations

import os

from waypost.cli.verdicts import MOST_SUMMARY, as_data
from waypost.forge.redact import redact
from waypost.forge.talk import cut

LEAST = 1_000  # bytes: less room than that is none


def add_markdown(text: str) -> None:
    """Append to the summary of the job, where there is one, as much as it takes."""
    file = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not file or not text:
        return
    room = MOST_SUMMARY - (os.path.getsize(file) if os.path.exists(file) else 0)
    if room >= LEAST:
        with open(file, "a", encoding="utf-8") as out:
            out.write(cut(redact(text), room) + "\n")


def complain(text: str) -> None:
    """Print an error as GitHub shows it above the log of the run."""
    print(f"::error title=Waypost::{as_data(redact(text))}", flush=True)


def run_url(repository: str) -> str:
    """Return where this run is looked at; "" outside of one. A run of another repository is nobody's business here."""
    server, own, run = (os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if not (server and run.isdecimal() and own.lower() == repository.lower()):
        return ""
    return f"{server}/{own}/actions/runs/{run}"


def actor() -> str:
    """Return who has started this run, or started it again; "" outside of one."""
    return os.environ.get("GITHUB_TRIGGERING_ACTOR") or os.environ.get("GITHUB_ACTOR", "")
