"""A run in which somebody breaks GitHub's description fails, whoever it was and however many processes ran."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
EXAMPLE = """
import os
from pathlib import Path
from waypost.sandbox.exchanges import Recorder

def test_something():
    line = {{"method": "GET", "path": "{path}", "status": 200, "type": "application/json", "response": {response}}}
    Recorder(Path(os.environ["WAYPOST_SANDBOX_EXCHANGES"])).write(line)
"""


@pytest.mark.parametrize("workers", ["0", "1"])
@pytest.mark.parametrize(
    ("path", "response", "code", "said"),
    [
        pytest.param("/repos/a/b/labels", "[]", 0, "1 exchanges of 1 operations, 0 different violations", id="kept"),
        pytest.param("/repos/a/b/labelz", "[]", 1, "GitHub has no such route", id="broken by a request"),
        pytest.param(
            "/repos/a/b/labels", "[{}]", 1, "response body: GET /repos/{owner}/{repo}/labels", id="by a response"
        ),
    ],
)
def test_the_run_is_judged(tmp_path, workers, path, response, code, said):
    (tmp_path / "test_it.py").write_text(EXAMPLE.format(path=path, response=response))
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['contract.plugin']\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        workers,
        "--rootdir",
        str(tmp_path),
        ".",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "WAYPOST"))}
    environment["PYTHONPATH"] = str(TESTS)
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout
