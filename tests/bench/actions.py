"""The action `validate`: what its step costs beyond installation, against a Python that does nothing.

Both run in turns as processes of their own, by the very environment that actions/install.py makes; the least of many
times of each is compared, because what is above that is other people's work on the same machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.bench import Row

ROOT = Path(__file__).parents[2]
STEP = ROOT / "actions" / "validate" / "validate.sh"
ROUNDS = 40
DESCRIPTOR = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: pay, description: Takes the money, tags: [money]}
spec: {type: service, lifecycle: production, owner: payments, system: checkout, dependsOn: ["resource:ledger"]}
"""


def rows() -> Iterable[Row]:
    with tempfile.TemporaryDirectory() as made:
        environment = _environment(Path(made))
        folder = Path(made, "checkout")
        folder.mkdir()
        (folder / "catalog-info.yaml").write_text(DESCRIPTOR)
        python = str(Path(environment["WAYPOST"]).with_name("python"))
        step = _Command(["bash", str(STEP)], folder, environment)
        nothing = _Command([python, "-c", "pass"], folder, environment)
        least = [float("inf"), float("inf")]
        for _ in range(ROUNDS):
            for number, command in enumerate((step, nothing)):
                least[number] = min(least[number], command.seconds())
    note = f"{least[0] * 1000:.0f} ms and {least[1] * 1000:.0f} ms, bash and the job summary included"
    yield Row("step of actions/validate / python -c pass", least[0] / least[1], 8, note=note)


class _Command:
    def __init__(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._words, self._folder, self._environment = words, folder, environment

    def seconds(self) -> float:
        started = time.perf_counter()
        subprocess.run(self._words, cwd=self._folder, env=self._environment, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - started


def _environment(folder: Path) -> dict[str, str]:
    """Install as a step does, and return what the step of the action sees."""
    outputs = folder / "outputs"
    # as another program would find Python: not by this environment
    own = Path(sys.prefix).resolve()
    path = os.pathsep.join(
        one for one in os.environ["PATH"].split(os.pathsep) if own not in Path(one).resolve().parents
    )
    told = {"PATH": path, "RUNNER_TOOL_CACHE": str(folder), "GITHUB_OUTPUT": str(outputs)}
    keep = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name == "HOME"}
    subprocess.run(["bash", ROOT / "actions" / "install.sh"], env={**keep, **told}, check=True)
    command = outputs.read_text().strip().removeprefix("bin=")
    inputs = {"PATHS": ".", "CATALOG": "", "TEMPLATES": "false", "FAIL_ON": "error", "COMMENT": "false", "TOKEN": ""}
    job = {"RUNNER_TEMP": str(folder), "GITHUB_RUN_ID": "1", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    return {**told, **inputs, **job, "WAYPOST": command}
