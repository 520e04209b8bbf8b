"""A storm of pushes through the real processes: sandbox, web process, worker; real commits, real signed deliveries.

Every repository is pushed to twice, in shuffled order and at a steady pace; each push changes its descriptor and is
delivered once, about when GitHub would. Nothing acknowledged is lost, the catalog is what a full look would write, and
it cost few commits and few calls. 200 repositories by default; 5,000 within a minute with:

    pytest tests/faults/test_storm.py --faults-full -n 0 -s
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from faults.rig import ORGANISATION, Rig
from faults.test_kill_worker import check_full_look_finds_nothing
from unit.sync.world import push_payload
from waypost.catalog.entities import Repository
from waypost.forge.github import connect
from waypost.pages.paths import entity_file
from waypost.server.signature import sign

PUSHES = 2  # to each repository
SENDERS = 8
STEP_SECONDS = 0.5  # what is pushed together is delivered over the next such step
SEEDED_AT_ONCE = 500
TEAMS, SYSTEMS = 50, 100
# Most of a delivery are addresses; GitHub sends about so many.
ADDRESSES = {f"some_{number}_url": f"https://api.github.com/repos/acme/some/{number}{{/sha}}" for number in range(90)}


class Size(NamedTuple):
    """How large a storm is, and what it may cost."""

    repositories: int
    seconds: float
    interval: int  # between commits to the catalog
    commits: int  # until all is clean: what the last pushes brought is published after the storm
    calls: int  # charged to the App's quota


SMALL = Size(200, 6.0, 2, 6, 80)  # small batches cost more calls a delivery
FULL = Size(5_000, 60.0, 10, 8, 200)  # 0.02 calls a delivery


class Push(NamedTuple):
    number: int
    name: str
    revision: int


class Storm:
    """Pushes in batches, and delivers each push from one of a few connections when its moment has come."""

    def __init__(self, rig, size, installation, identities):
        self.rig, self.size, self.installation, self.identities = rig, size, installation, identities
        names = list(identities) * PUSHES
        random.Random(size.repositories).shuffle(names)
        seen = dict.fromkeys(identities, 0)
        self.pushes = []
        for number, name in enumerate(names):
            seen[name] += 1
            self.pushes.append(Push(number, name, seen[name]))
        self.spacing = size.seconds / len(names)
        self.seconds = [0.0] * len(names)  # each answer took
        self.late = [0.0] * len(names)  # each delivery was sent after its moment
        self.refused = []
        self.heads = {}
        self.ended = 0.0
        self._pushed = 0
        self._more = threading.Condition()

    def blow(self):
        """Push and deliver everything; return when the last delivery was answered."""
        self.began = time.time() + STEP_SECONDS
        threads = [threading.Thread(target=self._deliver_every, args=(first,)) for first in range(SENDERS)]
        for thread in threads:
            thread.start()
        self._push_all()
        for thread in threads:
            thread.join()
        self.ended = time.time()

    def _push_all(self):
        step = max(1, round(STEP_SECONDS / self.spacing))
        for start in range(0, len(self.pushes), step):
            time.sleep(max(0.0, self._moment(start) - STEP_SECONDS - time.time()))
            batch = self.pushes[start : start + step]
            for half in _without_repeats(batch):
                changes = {f"{ORGANISATION}/{push.name}": {"catalog-info.yaml": descriptor(push)} for push in half}
                heads = self.rig.call("POST", "/_sandbox/commits", changes)
                self.heads.update((push.number, heads[f"{ORGANISATION}/{push.name}"]) for push in half)
            with self._more:
                self._pushed = start + len(batch)
                self._more.notify_all()

    def _deliver_every(self, first):
        connection = http.client.HTTPConnection(self.rig.address, timeout=30)
        for push in self.pushes[first::SENDERS]:
            with self._more:
                self._more.wait_for(lambda push=push: self._pushed > push.number, timeout=60)
            body = json.dumps(self._payload(push)).encode()
            headers = {
                "Content-Type": "application/json",
                "X-GitHub-Event": "push",
                "X-GitHub-Delivery": f"storm-{push.number}",
                "X-Hub-Signature-256": sign(body, self.rig.sandbox.webhook_secret.encode()),
            }
            moment = self._moment(push.number)
            time.sleep(max(0.0, moment - time.time()))
            self.late[push.number] = max(0.0, time.time() - moment)
            asked = time.perf_counter()
            connection.request("POST", "/webhooks", body, headers)
            answer = connection.getresponse()
            answer.read()
            self.seconds[push.number] = time.perf_counter() - asked
            if answer.status != 202:
                self.refused.append((push, answer.status))
        connection.close()

    def _moment(self, number):
        return self.began + number * self.spacing

    def _payload(self, push):
        head = self.heads[push.number]
        repository = Repository(self.identities[push.name], ORGANISATION, push.name, default_branch="main", head=head)
        changes = {"catalog-info.yaml": ""}
        payload = push_payload(repository, set(changes), changes, installation={"id": self.installation})
        return payload | {"after": head, "repository": payload["repository"] | ADDRESSES}


def _without_repeats(pushes):
    """Split a batch so that no repository is pushed to twice in one part."""
    parts = [{}]
    for push in pushes:
        part = next((one for one in parts if push.name not in one), None)
        if part is None:
            parts.append(part := {})
        part[push.name] = push
    return [list(part.values()) for part in parts]


def descriptor(push):
    """As services have them; every third push moves it to another team, the others change a sentence."""
    number = int(push.name.rpartition("-")[2])
    team = (number + push.revision // 2 if number % 3 == 0 else number) % TEAMS
    return f"""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {push.name}
  title: Service {number}
  description: Does what service {number} does, revision {push.revision}.
  tags: [python, team-{team}]
  annotations:
    github.com/project-slug: acme/{push.name}
    pagerduty.com/service-id: P{number:06}
spec:
  type: service
  lifecycle: production
  owner: group:default/team-{team}
  system: system-{number % SYSTEMS}
  dependsOn: [component:default/service-{number // 2}]
"""


def organisation():
    """The teams and systems that the services name, in a repository of their own."""
    head = "apiVersion: backstage.io/v1alpha1\n"
    groups = [f"kind: Group\nmetadata: {{name: team-{n}}}\nspec: {{type: team, children: []}}\n" for n in range(TEAMS)]
    systems = [
        f"kind: System\nmetadata: {{name: system-{n}}}\nspec: {{owner: team-{n % TEAMS}}}\n" for n in range(SYSTEMS)
    ]
    return {"catalog-info.yaml": "---\n".join(head + text for text in (*groups, *systems))}


@pytest.mark.slow
def test_storm_loses_nothing_and_costs_little(tmp_path, request, record_property):
    is_full = request.config.getoption("--faults-full")
    size = FULL if is_full else SMALL
    # "published" is off: check runs have a budget of their own, and it is for hours
    settings = f"publish:\n  min_interval_seconds: {size.interval}\npublished:\n  enabled: false\n"
    with Rig(tmp_path, {"organisation": organisation()}, settings) as rig:
        identities = seed(rig, size.repositories)
        rig.serve()
        rig.work()
        began = time.monotonic()
        rig.until("the first listing is published", lambda: len(rig.commits()) > 1, 900)
        rig.settle()
        first = time.monotonic() - began
        time.sleep(size.interval)  # so that the first pushes may be published at once
        (installation,) = connect(rig.config).installations()
        rig.call("DELETE", "/_sandbox/log")
        cpu = cpu_seconds(rig)
        storm = Storm(rig, size, installation.id, identities)
        storm.blow()
        rig.settle(900)
        log = rig.call("GET", "/_sandbox/log")
        spent = {name: seconds - cpu[name] for name, seconds in cpu_seconds(rig).items()}
        for line in report(rig, storm, log, first, spent):
            print(line)
        assert not storm.refused
        check_inbox(rig, storm)
        check_costs(storm, log)
        check_catalog(rig, storm)
        check_full_look_finds_nothing(rig)
        record_property(
            "measured",
            f"{len(storm.pushes):,} pushes to {size.repositories:,} repositories in {storm.ended - storm.began:.0f} s: "
            f"{len(commit_times(log))} commits, at most {most_in_a_minute(log)} in any minute",
        )


def seed(rig, count):
    """Make the repositories; return their numbers by name."""
    names = [f"service-{number}" for number in range(count)]
    for start in range(0, count, SEEDED_AT_ONCE):
        part = names[start : start + SEEDED_AT_ONCE]
        files = {name: {"files": {"catalog-info.yaml": descriptor(Push(0, name, 0))}} for name in part}
        rig.call("POST", "/_sandbox/seed", {ORGANISATION: files})
    pages = range(1, count // 100 + 2)
    listed = [one for page in pages for one in rig.call("GET", f"/orgs/{ORGANISATION}/repos?per_page=100&page={page}")]
    numbers = {one["name"]: one["id"] for one in listed}
    return {name: numbers[name] for name in names}


def check_inbox(rig, storm):
    """What was acknowledged is there, each once."""
    missing = [push.number for push in storm.pushes if rig.queue.delivery(f"storm-{push.number}") is None]
    assert missing == []


def check_costs(storm, log):
    size = storm.size
    commits = commit_times(log)
    assert len(commits) <= size.commits
    assert all(later - earlier >= size.interval for earlier, later in pairwise(commits))
    assert most_in_a_minute(log) <= 60 // size.interval  # GitHub asks for six at most
    assert charged(log) <= size.calls


def check_catalog(rig, storm):
    """Every repository's last push is in the catalog."""
    git = rig.clone("catalog")
    for name in storm.identities:
        text = git("show", f"HEAD:{entity_file(f'component:default/{name}')}")
        assert f"revision {PUSHES}." in text


def commit_times(log):
    return [move["at"] for move in log["pushes"][f"{ORGANISATION}/catalog"]["moves"]]


def most_in_a_minute(log):
    return log["pushes"][f"{ORGANISATION}/catalog"]["most_in_a_minute"]


def charged(log):
    return sum(call["count"] for call in log["calls"] if call["charged"] and call["who"].startswith("installation"))


def report(rig, storm, log, first, spent):
    """The figures, one a line."""
    count, commits = len(storm.pushes), commit_times(log)
    seconds = sorted(storm.seconds)
    yield f"first publication of {storm.size.repositories:,} repositories: {first:.0f} s"
    yield f"{count:,} deliveries in {storm.ended - storm.began:.1f} s, late at most {max(storm.late):.2f} s"
    yield f"202 within {seconds[count // 2] * 1000:.0f} ms (median), {seconds[count * 99 // 100] * 1000:.0f} ms (p99)"
    moments = ", ".join(f"{at - storm.began:.1f}" for at in commits)
    yield f"commits at {moments} s; at most {most_in_a_minute(log)} a minute"
    yield f"{charged(log)} API requests, {charged(log) / count:.4f} a delivery: " + ", ".join(
        f"{call['count']} {call['method']} {call['route']}" for call in log["calls"] if call["charged"]
    )
    yield "CPU: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items())
    yield f"worker at most {peak_megabytes(rig):.0f} MB"


def cpu_seconds(rig):
    """User and system time of each process, with its children, by name."""
    found = {"sandbox": rig.sandbox.process.pid} | {name: one.pid for name, one in rig.processes.items()}
    return {name: sum(_cpu(one) for one in _family(pid)) for name, pid in found.items()}


def _family(pid):
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _cpu(process):
    times = process.cpu_times()
    return times.user + times.system + times.children_user + times.children_system


def peak_megabytes(rig):
    status = Path(f"/proc/{rig.processes['worker'].pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
