"""Several machines on one PostgreSQL: web processes and workers, each killed with -9 at random, and the database too.

Nothing acknowledged is lost, no two workers are on one key at a time, and the catalog is what a full look would write.
200 repositories, 2,000 deliveries and 5 kills by default; 2,000, 20,000 and 30 with:

    pytest tests/faults/test_postgres.py --faults-full -n 0 -s
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

import postgres
from faults.rig import ORGANISATION, PATIENCE_SECONDS, Rig, _free_port
from faults.test_kill_worker import check_full_look_finds_nothing
from faults.test_storm import Push, descriptor, organisation, seed
from unit.sync.world import push_payload
from waypost.catalog.entities import Repository
from waypost.cli import Exit
from waypost.config import Config
from waypost.forge.github import connect
from waypost.pages.paths import entity_file
from waypost.queue import open_queue
from waypost.server.signature import sign

WEBS, WORKERS, SENDERS = 2, 3, 4
REVISIONS = 3  # true pushes to each repository; the other deliveries are late, doubled or of no concern
DELIVERIES_FOR_EACH = 10
LEASE_SECONDS = 6
TOLD_AT_ONCE = 200


class Size(NamedTuple):
    repositories: int
    kills: int


SMALL, FULL = Size(200, 5), Size(2_000, 30)


class Machines(Rig):
    """Processes that share nothing but a database: each has its own working and temporary folder."""

    def __init__(self, root: Path, server: postgres.Server, repositories, settings):
        super().__init__(root, repositories, settings)
        self.database_url = server.database()
        self.queue = open_queue(self.database_url)
        self.webs = {f"web-{number}": f"127.0.0.1:{_free_port()}" for number in range(WEBS)}
        self.witnessed = root / "witnessed"
        self.ends: dict[int, float] = {}  # of killed processes

    @property
    def config(self):
        return Config(
            api_url=self.sandbox.url,
            app_id=self.sandbox.app_id,
            private_key=self.sandbox.private_key,
            database_url=self.database_url,
        )

    def start(self, name: str) -> None:
        if address := self.webs.get(name):
            words = ["-m", "waypost", "serve", "--bind", address, "--workers", "1"]
        else:
            words = [str(Path(__file__).with_name("witness.py")), str(self.witnessed), "--lease", str(LEASE_SECONDS)]
        home = self.root / name
        home.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "TMPDIR": str(home),
            "GITHUB_API_URL": self.sandbox.url,
            "WAYPOST_APP_ID": str(self.sandbox.app_id),
            "WAYPOST_PRIVATE_KEY_FILE": str(self.sandbox.private_key_file),
            "WAYPOST_WEBHOOK_SECRET": self.sandbox.webhook_secret,
            "WAYPOST_DATABASE_URL": self.database_url,
        }
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *words], env=environment, cwd=home, stdout=log, stderr=log, start_new_session=True
            )

    def until(self, what, is_so, patience=PATIENCE_SECONDS):
        """Meanwhile start what ended by itself, as systemd does: a process that begins while the database is away."""

        def is_so_meanwhile():
            for name, process in list(self.processes.items()):
                if process.poll() == Exit.USAGE:
                    self.start(name)
            return is_so()

        super().until(what, is_so_meanwhile, patience)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.ends[process.pid] = time.monotonic()


class Senders:
    """GitHub and a load balancer: any delivery goes to any web process, again until it is acknowledged."""

    def __init__(self, machines, deliveries, chance):
        self.machines, self.deliveries = machines, deliveries
        self.acknowledged = 0
        self.again = 0
        self._chance = chance
        self._lock = threading.Lock()

    def send(self):
        threads = [threading.Thread(target=self._send_every, args=(first,), daemon=True) for first in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send_every(self, first):
        for number, payload in self.deliveries[first::SENDERS]:
            body = json.dumps(payload).encode()
            while not self._is_taken(f"many-{number}", body):
                self.again += 1
                time.sleep(0.05)
            with self._lock:
                self.acknowledged += 1

    def _is_taken(self, guid, body):
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": guid,
            "X-Hub-Signature-256": sign(body, self.machines.sandbox.webhook_secret.encode()),
        }
        connection = http.client.HTTPConnection(self._chance.choice(list(self.machines.webs.values())), timeout=15)
        try:
            connection.request("POST", "/webhooks", body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):  # killed, or not up again
            return False
        finally:
            connection.close()
        assert answer.status in (202, 503), answer.status
        return answer.status == 202


@pytest.mark.slow
def test_killed_machines_lose_nothing_and_never_share_a_key(tmp_path, request, record_property):
    size = FULL if request.config.getoption("--faults-full") else SMALL
    chance = random.Random(size.kills)
    server = postgres.Server(postgres.binaries(), fsync="on", full_page_writes="on")
    # "published" is off: it is paced to one check run a second, which is not what is looked at here
    settings = "publish:\n  min_interval_seconds: 2\npublished:\n  enabled: false\n"
    try:
        with Machines(tmp_path, server, {"organisation": organisation()}, settings) as machines:
            names = [*machines.webs, *(f"worker-{number}" for number in range(WORKERS))]
            identities = seed(machines, size.repositories)
            for name in names:
                machines.start(name)
            machines.until("the first listing is published", lambda: len(machines.commits()) > 1, 900)
            began = time.monotonic()
            killed = storm(machines, server, size, names, identities, chance)
            machines.settle(900)
            took = time.monotonic() - began
            expected = size.repositories * DELIVERIES_FOR_EACH
            missing = [one for one in range(expected) if machines.queue.delivery(f"many-{one}") is None]
            assert missing == []
            check_last_revisions(machines.clone("catalog"), identities)
            check_full_look_finds_nothing(machines)
            spells = check_one_worker_on_a_key(machines.witnessed.read_text().splitlines(), machines.ends)
            assert spells > expected / 10
        record_property(
            "measured",
            f"PostgreSQL, {WEBS} web and {WORKERS} worker processes: {expected:,} deliveries over"
            f" {size.repositories:,} keys in {took:.0f} s, {len(killed)} kills ({summary(killed)}):"
            f" 0 lost, {spells:,} spells of work, none overlap; the catalog equals a full look",
        )
    finally:
        server.end()


def storm(machines, server, size, names, identities, chance):
    """Push and deliver everything while processes are killed and started again, and once the database."""
    deliveries = pushed(machines, identities, chance)
    senders = Senders(machines, deliveries, chance)
    sending = threading.Thread(target=senders.send, daemon=True)
    sending.start()
    killed = []
    for number in range(1, size.kills + 1):
        wanted = len(deliveries) * number // (size.kills + 1)
        machines.until(f"{wanted} are acknowledged", lambda wanted=wanted: senders.acknowledged >= wanted, 600)
        time.sleep(chance.uniform(0, 0.3))
        if number == (size.kills + 1) // 2:
            server.stop("immediate")
            server.start()
            killed.append("database")
        else:
            killed.append(name := chance.choice(names))
            machines.kill(name)
            machines.start(name)
    machines.until("all are acknowledged", lambda: not sending.is_alive(), 600)
    assert senders.acknowledged == len(deliveries)
    return killed


def pushed(machines, identities, chance):
    """Push every revision, and give the deliveries in a shuffled order, ten for each repository: (number, payload)."""
    (installation,) = connect(machines.config).installations()
    heads = {name: [] for name in identities}
    names = list(identities)
    for revision in range(1, REVISIONS + 1):
        for start in range(0, len(names), TOLD_AT_ONCE):
            part = names[start : start + TOLD_AT_ONCE]
            changes = {f"{ORGANISATION}/{name}": {"catalog-info.yaml": text(name, revision)} for name in part}
            answer = machines.call("POST", "/_sandbox/commits", changes)
            for name in part:
                heads[name].append(answer[f"{ORGANISATION}/{name}"])
    deliveries = []
    for name, identity in identities.items():
        for number in range(DELIVERIES_FOR_EACH):
            head = heads[name][number % REVISIONS]
            repository = Repository(identity, ORGANISATION, name, default_branch="main", head=head)
            changes = {"catalog-info.yaml": ""} if number < 2 * REVISIONS else {"src/main.py": ""}
            payload = push_payload(repository, set(changes), changes, installation={"id": installation.id})
            deliveries.append(payload | {"after": head})
    chance.shuffle(deliveries)
    return list(enumerate(deliveries))


def text(name, revision):
    return descriptor(Push(0, name, revision))


def check_last_revisions(git, identities):
    for name in identities:
        assert f"revision {REVISIONS}." in git("show", f"HEAD:{entity_file(f'component:default/{name}')}"), name


def check_one_worker_on_a_key(lines, ends):
    """Judge what the witnesses wrote: on each key one spell after the other, each with a larger token; count them."""
    spells, open_ones = {}, {}
    for line in lines:
        moment, process, what, key, token = json.loads(line)
        if what == "begin":
            open_ones[process, key, token] = moment
        elif (began := open_ones.pop((process, key, token), None)) is not None:
            spells.setdefault(key, []).append((began, moment, token))
    for (process, key, token), began in open_ones.items():  # ended by a kill, or still held
        spells.setdefault(key, []).append((began, ends.get(process, float("inf")), token))
    for key, found in spells.items():
        for (_, ended, token), (began, _, later) in pairwise(sorted(found)):
            assert ended <= began, f"two workers on {key}"
            assert token < later, f"an older token on {key}"
    return sum(len(found) for found in spells.values())


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        pytest.param([(1, 7, "begin", 1), (2, 7, "end", 1), (3, 8, "begin", 2), (4, 8, "end", 2)], "", id="in turns"),
        pytest.param([(1, 7, "begin", 1), (3, 8, "begin", 2), (4, 8, "end", 2)], "", id="killed before the next"),
        pytest.param([(1, 7, "begin", 1), (2, 8, "begin", 2), (3, 7, "end", 1)], "two workers", id="at the same time"),
        pytest.param([(1, 9, "begin", 1), (2, 8, "begin", 2), (3, 8, "end", 2)], "two workers", id="never given back"),
        pytest.param(
            [(1, 7, "begin", 2), (2, 7, "end", 2), (3, 8, "begin", 1), (4, 8, "end", 1)], "older token", id="token"
        ),
    ],
)
def test_witnesses_tell_two_workers_on_a_key(lines, verdict):
    written = [json.dumps([moment, process, what, "1/repo:1", token]) for moment, process, what, token in lines]
    if verdict:
        with pytest.raises(AssertionError, match=verdict):
            check_one_worker_on_a_key(written, {7: 2.5})
    else:
        assert check_one_worker_on_a_key(written, {7: 2.5}) == 2


def summary(killed):
    kinds = [name.partition("-")[0] for name in killed]
    return ", ".join(f"{kind} {kinds.count(kind)}" for kind in sorted(set(kinds)))
