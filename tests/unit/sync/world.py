"""A forge in memory, a queue on disk and a worker, all on one clock that tests move; deliveries like GitHub's."""

from __future__ import annotations

import itertools
import json

from waypost.config import Config
from waypost.forge.memory import MemoryForges
from waypost.queue.protocol import Delivery, Key, Mark
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.events import marks
from waypost.sync.reconcile import drain
from waypost.sync.worker import LANES, Worker

NOON = 1_704_110_400.0  # 2024-01-01, the day on which the forge in memory begins to date its commits


class Clock:
    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class World:
    """One organisation, acme, whose catalog repository is acme/catalog (id 1)."""

    def __init__(self, folder, selects_all=True):
        self.clock = Clock()
        self.config = Config()
        self.forges = MemoryForges(self.clock)
        self.forge = self.forges.install("acme", selects_all)
        self.forge.create("catalog", {"about.md": "Welcome.\n"})
        self.folder = folder
        self._names = itertools.count()
        self.start()

    def start(self):
        """Begin with an empty database and a worker that knows nothing."""
        path = self.folder / f"queue-{next(self._names)}.db"
        self.queue = SqliteQueue(path, clock=self.clock)
        self.restart()

    def restart(self):
        """A new worker process on the same database."""
        self.worker = Worker(self.queue, self.forges, self.config, self.clock, Pace(sweep=0))

    def deliver(self, event, payload, guid=""):
        found = marks(event, payload, self.config)
        guid = guid or f"guid-{next(self._names)}"
        body = json.dumps(payload).encode()
        self.queue.receive(Delivery(guid, event, payload.get("action", ""), 1, body), found)

    def settle(self):
        """Work until nothing is dirty; return why not, "" when it is."""
        return drain(self.worker, LANES, lambda done, total: None, self.clock.sleep)

    def sweep(self):
        self.queue.mark(Mark(Key(one.id, "installation", str(one.id))) for one in self.forges.installations())
        return self.settle()

    # what people do, with the delivery it causes

    def create(self, name, files=None, **facts):
        repository = self.forge.create(name, files, **facts)
        return repository, ("repository", self.payload(repository, action="created"))

    def push(self, name, changes, **more):
        before = set(self.forge.paths(name))
        repository = self.forge.push(name, changes)
        return push_payload(repository, before, changes, **more)

    def payload(self, repository, **more):
        return base(repository, **more)

    def say(self, repository, action):
        self.deliver("repository", base(repository, action=action))

    # what came out

    def files(self):
        """The generated files of the catalog, path -> text."""
        from waypost.pages.paths import is_generated

        return {path: self.forge.text("catalog", path) for path in self.forge.paths("catalog") if is_generated(path)}

    def commits(self):
        return self.forge.log("catalog")


def base(repository, **more):
    return {
        "installation": {"id": 1},
        "repository": {
            "id": repository.id,
            "name": repository.name,
            "full_name": repository.full_name,
            "default_branch": repository.default_branch,
            "owner": {"login": repository.owner},
        },
        **more,
    }


def push_payload(repository, before, changes, **more):
    """The push event GitHub sends for one commit with these changes."""
    commit = {
        "id": repository.head,
        "added": sorted(path for path, text in changes.items() if text is not None and path not in before),
        "modified": sorted(path for path, text in changes.items() if text is not None and path in before),
        "removed": sorted(path for path, text in changes.items() if text is None),
    }
    return base(
        repository,
        **{
            "ref": f"refs/heads/{repository.default_branch}",
            "created": not before,
            "deleted": False,
            "forced": False,
            "commits": [commit],
            "sender": {"type": "User"},
            **more,
        },
    )


def component(name, owner="team-a", **spec):
    lines = [
        "apiVersion: backstage.io/v1alpha1",
        "kind: Component",
        f"metadata:\n  name: {name}",
        "spec:\n  type: service\n  lifecycle: production",
        f"  owner: {owner}",
        *(f"  {word}: {json.dumps(value)}" for word, value in spec.items()),
    ]
    return "\n".join(lines) + "\n"
