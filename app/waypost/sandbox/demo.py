"""The story that `waypost demo` tells: an organisation joins the catalog, push by push. Starts and ends processes.

The App's two processes are started by their commands, as a person would, so what is shown is what is shipped.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

from tqdm import tqdm

from waypost.create.beginning import Facts, begin
from waypost.create.disk import shipped, write_tree
from waypost.golden.tree import Tree
from waypost.queue.sqlite import SqliteQueue
from waypost.sandbox import sample
from waypost.sandbox.process import Sandbox, start
from waypost.sandbox.runner_act import find_act

PATIENCE_SECONDS = 300
SETTLED_SECONDS = 1.5  # nothing delivered, dirty or at work for this long: converged
QUIET_SECONDS = 10  # commits are at least this far apart: what comes later is published at once
# The tour's edit, a person's: the words must appear on the page of `payments`.
EDITED, BEFORE, AFTER = "payments", "Takes money from", "Takes money safely from"
RETIRED = "gift-cards"
UNDESCRIBED = {"Security guild": ["amara-okafor", "noah-martin"]}  # a team that only GitHub knows
# Who creates what: the words of a person in a team that waypost.yaml allows to.
CREATOR, CREATED = "noah-martin", "greetings"
WISH = ("create", "python-service", "--owner", "platform", "--set", "description=Greets whoever comes by")


class DemoFailed(Exception):
    """Something did not happen in time; the text says what, and where the logs are."""


class Demo:
    """A running demo. Use as a context: leaving it ends every process it started."""

    def __init__(self, root: Path, port: int, repositories: int) -> None:
        self.root = root
        self._port = port
        self._files = sample.repositories(repositories)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}  # by command
        self._sandbox: Sandbox | None = None
        self._figures: dict[str, Any] = {}

    def __enter__(self) -> Demo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._sandbox is not None:
            self._sandbox.stop()

    def play(self) -> None:
        """Tell the whole story; raise DemoFailed when a part of it does not come true."""
        self._figures["began"] = time.monotonic()
        _say(f"a GitHub in a box, with the organisation {sample.OWNER}")
        self._start_sandbox()
        _say("the App: a web process and a worker")
        self._start_app()
        _say("an admin installs the App: it finds every repository")
        self._install()
        self._wait_until_converged("the first reconcile")
        _say("every team pushes its descriptor")
        self._push_descriptors()
        self._wait_until_converged("the pushes")
        _say(f"{RETIRED} is retired: its descriptor is removed")
        self._commit(RETIRED, "Retire gift cards", lambda tree: (tree / "catalog-info.yaml").unlink())
        self._wait_until_converged("the removal")
        _say("the platform team adds its golden paths to the catalog repository")
        self._commit(sample.CATALOG, "Add golden paths", lambda tree: write_tree(_golden_paths(), tree, True))
        self._wait_until_converged("the golden paths")
        _say(f"{CREATOR} creates a service from one of them")
        self._create()
        self._wait_until_converged("the new service")
        _say(f"a quiet moment later somebody edits one line of {EDITED}")
        time.sleep(QUIET_SECONDS)
        self._edit()
        self._wait_until_converged("the edit")

    # -- the parts of the story ------------------------------------------------------------------------------------

    def _start_sandbox(self) -> None:
        (self.root / "logs").mkdir(parents=True, exist_ok=True)
        self._sandbox = start(self.root / "sandbox", self._port, runner="act" if find_act() else "none")
        seed = {
            name: {"files": {path: text for path, text in files.items() if not sample.is_descriptor(path)}}
            for name, files in self._files.items()
        }
        self._control("POST", "/_sandbox/seed", {sample.OWNER: seed})
        self._tokens = {login: self._join(login) for login in sample.people()}
        for team, members in {**sample.teams(), **UNDESCRIBED}.items():
            slug = self._control("POST", f"/orgs/{sample.OWNER}/teams", {"name": team, "privacy": "closed"})["slug"]
            for login in members:
                self._control("PUT", f"/orgs/{sample.OWNER}/teams/{slug}/memberships/{login}", {})

    def _start_app(self) -> None:
        box, address = self._box, f"127.0.0.1:{_free_port()}"
        self._environment = {
            **os.environ,
            "GITHUB_API_URL": box.url,
            "WAYPOST_APP_ID": str(box.app_id),
            "WAYPOST_PRIVATE_KEY_FILE": str(box.private_key_file),
            "WAYPOST_WEBHOOK_SECRET": box.webhook_secret,
            "WAYPOST_DATABASE_URL": f"sqlite:///{self.root / 'waypost.db'}",
            "WAYPOST_CATALOG_REPOSITORY": sample.CATALOG,
        }
        self._app_url = f"http://{address}"
        self._start("serve", "--bind", address)
        self._start("worker")
        self._until("the web process answers", lambda: _answers(f"{self._app_url}/healthz"))
        self._queue = SqliteQueue(self.root / "waypost.db")
        self._control(
            "POST", "/_sandbox/app", {"webhook_url": f"{self._app_url}/webhooks", "webhook_secret": box.webhook_secret}
        )

    def _install(self) -> None:
        # seeding an organisation installs the App there silently; an admin's click is what sends the event
        self._control("DELETE", "/_sandbox/installations/1")
        self._control("POST", "/_sandbox/installations", {"account": sample.OWNER})

    def _push_descriptors(self) -> None:
        joining = [name for name, files in self._files.items() if any(map(sample.is_descriptor, files))]

        def join(name: str) -> None:
            text = self._files[name]["catalog-info.yaml"]
            self._commit(name, "Register in the catalog", lambda tree: _write(tree / "catalog-info.yaml", text))

        with ThreadPoolExecutor(4) as pool:
            list(tqdm(pool.map(join, joining), total=len(joining), unit="push", file=sys.stderr, disable=None))
        self._figures["pushes"] = len(joining) + 4  # and the removal, the golden paths, the new service, the edit

    def _join(self, login: str) -> str:
        return str(self._control("POST", "/_sandbox/users", {"login": login, "organization": sample.OWNER})["token"])

    def _create(self) -> None:
        began = time.monotonic()
        command = [sys.executable, "-m", "waypost", *WISH, "--name", CREATED, "--wait", "0"]
        done = subprocess.run(command, env=self._signed_in(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise DemoFailed(f"waypost create failed: {done.stderr.strip()}")
        self._figures["create"] = time.monotonic() - began
        self._until("the new service has a page", lambda: bool(self._page(CREATED)))

    @property
    def _sign_in(self) -> dict[str, str]:
        return {
            "GITHUB_API_URL": self._box.url,
            "GITHUB_TOKEN": self._tokens[CREATOR],
            "WAYPOST_CATALOG_REPOSITORY": f"{sample.OWNER}/{sample.CATALOG}",
        }

    def _signed_in(self) -> dict[str, str]:
        """The environment of a person who only has a token of their own."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("WAYPOST_")}
        return {**own, **self._sign_in}

    def _edit(self) -> None:
        def rewrite(tree: Path) -> None:
            descriptor = tree / "catalog-info.yaml"
            _write(descriptor, descriptor.read_text(encoding="utf-8").replace(BEFORE, AFTER))

        self._commit(EDITED, "Say it better", rewrite)
        began = time.monotonic()
        page = self._page(EDITED)
        self._until("the edit is on its page", lambda: AFTER in (self._file(page) or ""))
        self._figures["edit"] = time.monotonic() - began

    # -- what is shown ---------------------------------------------------------------------------------------------

    def summary(self) -> str:
        """What happened, in figures."""
        log = self._control("GET", "/_sandbox/log")
        app: dict[str, int] = next(
            (calls for who, calls in log["totals"].items() if who.startswith("installation")), {}
        )
        moves = log["pushes"].get(f"{sample.OWNER}/{sample.CATALOG}", {}).get("moves", ())
        commits = sum(move["commits"] for move in moves if move["ref"] == "refs/heads/main")
        entities = len([path for path in self._tree() if path.startswith("entities/") and path.count("/") == 4])
        rows = [
            ("repositories", len(self._files)),
            ("entities with a page", entities),
            ("pushes", self._figures["pushes"]),
            ("deliveries received", self._queue.counts()["deliveries_ever"]),
            ("API calls", f"{app.get('charged', 0)} charged, {app.get('free', 0)} free"),
            ("commits to the catalog", commits),
            ("push to page", f"{self._figures['edit']:.1f} s"),
            ("template to repository", f"{self._figures['create']:.1f} s"),
            ("all of it", f"{time.monotonic() - self._figures['began']:.0f} s"),
        ]
        return "\n".join(["", *(f"  {name:<24}{value}" for name, value in rows)])

    def invitation(self) -> str:
        """What to open, and what to try."""
        box = self._box
        catalog = f"{box.url}/{sample.OWNER}/{sample.CATALOG}"
        waypost = Path(sys.executable).with_name("waypost")
        example = f'{waypost} create node-service --name parcels --owner platform --set description="Counts parcels"'
        clone = f"{box.git_url}/{sample.OWNER}/{EDITED}.git".replace("://", f"://x:{box.admin_token}@")
        return f"""
  the catalog repository  {catalog}
  an entity page          {catalog}/blob/main/{self._page(EDITED)}
  the sandbox             {box.url}/{sample.OWNER}
  the templates           {catalog}/blob/main/pages/create.md
  the App                 {self._app_url}/metrics

  Change something, as a developer would, and reload the page of {EDITED}:

    git clone {clone} && cd {EDITED}
    sed -i 's/safely/quickly/' catalog-info.yaml
    git commit -am "Say it better" && git push

  Create a service, as a developer in the team platform would:

    export {" ".join(f"{name}={value}" for name, value in self._sign_in.items())}
    {example} --dry-run
    {example}

  Ctrl-C ends the demo. Logs: {self.root / "logs"}"""

    # -- small things ----------------------------------------------------------------------------------------------

    @property
    def _box(self) -> Sandbox:
        assert self._sandbox is not None, "the sandbox is started first"
        return self._sandbox

    def _start(self, *words: str) -> None:
        with (self.root / "logs" / f"{words[0]}.log").open("wb") as log:
            command = [sys.executable, "-m", "waypost", *words]
            process = subprocess.Popen(command, env=self._environment, cwd=self.root, stdout=log, stderr=log)
        self._processes[words[0]] = process

    def _last_words(self, names: list[str]) -> str:
        """The end of these processes' logs: the folder they are in may be gone when a person wants to look."""
        logs = {
            name: (self.root / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace") for name in names
        }
        return "\n".join(f"  {name}: {line[:500]}" for name, text in logs.items() for line in text.splitlines()[-8:])

    def _commit(self, name: str, subject: str, change: Callable[[Path], object]) -> None:
        tree = self.root / "work" / name
        if not tree.exists():
            address = f"{self._box.git_url}/{sample.OWNER}/{name}.git".replace("://", f"://x:{self._box.admin_token}@")
            self._git("clone", "--quiet", address, str(tree))
        self._git("-C", str(tree), "pull", "--quiet")
        change(tree)
        self._git("-C", str(tree), "add", "--all")
        self._git("-C", str(tree), "commit", "--quiet", "-m", subject)
        self._git("-C", str(tree), "push", "--quiet")

    def _git(self, *words: str) -> None:
        who = ("-c", "user.name=Amara Okafor", "-c", "user.email=amara-okafor@users.noreply.github.com")
        quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(["git", *who, *words], env=quiet, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DemoFailed(f"git {words[0]} failed: {done.stderr.strip()}")

    def _wait_until_converged(self, what: str) -> None:
        quiet_since = time.monotonic()

        def is_quiet() -> bool:
            nonlocal quiet_since
            counts = self._queue.counts()
            if counts["dead"]:
                raise DemoFailed(f"{self._queue.dead()[0].error}\n{self._last_words(['worker'])}")
            if counts["dirty"] or counts["leased"] or self._control("GET", "/_sandbox/deliveries")["waiting"]:
                quiet_since = time.monotonic()
            return time.monotonic() - quiet_since > SETTLED_SECONDS

        self._until(f"the catalog has taken in {what}", is_quiet)

    def _until(self, what: str, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            ended = [name for name, process in self._processes.items() if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                why = f"waypost {ended[0]} ended" if ended else f"not within {PATIENCE_SECONDS} s"
                raise DemoFailed(f"{what}: {why}.\n{self._last_words(ended or list(self._processes))}")
            time.sleep(0.1)

    def _page(self, name: str) -> str:
        page = f"/{name}.md"
        return next((path for path in self._tree() if path.startswith("pages/component/") and path.endswith(page)), "")

    def _tree(self) -> list[str]:
        answer = self._control("GET", f"/repos/{sample.OWNER}/{sample.CATALOG}/git/trees/HEAD?recursive=1")
        return [entry["path"] for entry in answer["tree"]]

    def _file(self, path: str) -> str | None:
        address = f"/repos/{sample.OWNER}/{sample.CATALOG}/contents/{path}"
        return str(self._control("GET", address, accept="application/vnd.github.raw+json", raw=True))

    def _control(
        self, method: str, path: str, body: object = None, accept: str = "application/json", raw: bool = False
    ) -> Any:
        headers = {
            "Authorization": f"Bearer {self._box.admin_token}",
            "Accept": accept,
            "Content-Type": "application/json",
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._box.url + path, data, headers, method=method)  # noqa: S310  our own
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise DemoFailed(f"{method} {path}: {error.code} {error.read().decode()[:200]}") from error
        return text if raw else json.loads(text or "null")


def _say(text: str) -> None:
    print(f"- {text}", file=sys.stderr, flush=True)


def _golden_paths() -> Tree:
    """The shipped templates. Workflows that use our actions are left out: the sandbox has no repository of them."""
    begun = begin(shipped("catalog_template"), {}, Facts()).files
    return {path: entry for path, entry in begun.items() if path.startswith("templates/")}


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
