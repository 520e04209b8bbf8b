"""An organisation in a GitHub in a box, and the real worker in this process, on one clock that tests move."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from base64 import b64encode

from waypost.config import Config
from waypost.forge.github import connect
from waypost.pages.paths import entity_file, is_generated
from waypost.queue.sqlite import SqliteQueue
from waypost.sandbox.process import start
from waypost.sync.context import Pace
from waypost.sync.events import marks
from waypost.sync.reconcile import drain
from waypost.sync.worker import LANES, Worker

HOUR, DAY = 3_600, 86_400
NOBODY = "http://127.0.0.1:9/webhooks"  # the port "discard": nothing listens
# Who looks at pull requests has tests of its own; here their keys are to be seen.
WATCHED = ("pull",)
WORKED = tuple(lane for lane in LANES if lane.kind not in WATCHED)


class Organisation:
    """acme in a sandbox of its own, with a clock that tests move for everybody."""

    def __init__(self, folder, repositories, readers="public"):
        self.folder = folder
        self.box = start(folder / "sandbox")
        self.offset = 0.0
        self.sleep(1.5 * DAY - time.time() % DAY)  # noon: no date changes on the way
        seed = {"catalog": {"files": {"about.md": "Welcome.\n"}, "visibility": readers}, **repositories}
        self.ask("POST", "/_sandbox/seed", {"acme": seed})
        self.ask("POST", "/_sandbox/users", {"login": "ada", "organization": "acme"})
        self.ask("POST", "/_sandbox/app", {"webhook_url": NOBODY, "webhook_secret": "x"})
        config = Config(api_url=self.box.url, app_id=self.box.app_id, private_key=self.box.private_key)
        self.config = config
        self.forges = connect(config, self.now, self.sleep, folder / "mirrors")
        self.installation = self.installation_of("acme")
        self.heard = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.box.stop()

    def installation_of(self, account):
        return next(one.id for one in self.forges.installations() if one.account == account)

    def now(self):
        return time.time() + self.offset

    def sleep(self, seconds):
        if seconds > 0:
            self.offset += seconds
            self.ask("POST", "/_sandbox/clock", {"move": seconds})

    def ask(self, verb, path, body=None):
        headers = {"Authorization": f"Bearer {self.box.admin_token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.box.url + path, data, headers, method=verb)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{verb} {path}: {error.code} {error.read()[:300]!r}") from error

    def worker(self, database, sweep=HOUR):
        """A process that begins now; what it does not know is on disk."""
        queue = SqliteQueue(self.folder / database, clock=self.now)
        return Worker(queue, self.forges, self.config, self.now, Pace(sweep=sweep))

    def settle(self, worker):
        return drain(worker, WORKED, lambda done, total: None, self.sleep)

    def push(self, name, path, text, branch="main"):
        body = {"message": "Change", "content": b64encode(text.encode()).decode(), "branch": branch}
        listed = self.ask("GET", f"/repos/acme/{name}/contents/?ref={branch}")
        known = [one["sha"] for one in listed if one["path"] == path]
        self.ask("PUT", f"/repos/acme/{name}/contents/{path}", body | ({"sha": known[0]} if known else {}))

    def hear(self, worker):
        """Mark what the deliveries since the last time say, as the web process would have."""
        self.ask("POST", "/_sandbox/deliveries/settle", {})
        sent = self.forges.deliveries()
        new = [one for one in sent.page().attempts if one.id > self.heard]
        self.heard = max([self.heard, *(one.id for one in new)])
        for one in reversed(new):
            worker.context.queue.mark(marks(one.event, sent.payload(one.id), self.config))
        return [f"{one.event}.{one.action}" if one.action else one.event for one in reversed(new)]

    def branch(self, name, branch):
        head = self.ask("GET", f"/repos/acme/{name}/git/ref/heads/main")["object"]["sha"]
        self.ask("POST", f"/repos/acme/{name}/git/refs", {"ref": f"refs/heads/{branch}", "sha": head})

    def files(self):
        """The generated files of the catalog as GitHub has them now: path -> blob."""
        tree = self.ask("GET", "/repos/acme/catalog/git/trees/main?recursive=1")["tree"]
        return {one["path"]: one["sha"] for one in tree if one["type"] == "blob" and is_generated(one["path"])}

    def text(self, path):
        store = self.forges.forge(self.installation).store("acme/catalog", "main")
        store.refresh()
        return store.read([path]).get(path, b"").decode()

    def entity(self, name):
        return self.text(entity_file(f"component:default/{name}"))
