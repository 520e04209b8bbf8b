"""A GitHub that refuses for a long time: nobody asks again before he may, and when it is over everything is right.

Outages, secondary limits with and without a word, a spent budget; the sandbox's own log says who called when. By
default 20 minutes each on a clock that is moved; the real processes, minutes of real time, with:

    pytest tests/faults/test_refusals.py --faults-full -n 0
"""

from __future__ import annotations

import base64
import json
import time
import urllib.request
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import pytest

from faults.organisation import WORKED, Organisation
from faults.rig import ORGANISATION, Rig
from unit.sync.world import component, push_payload
from waypost.catalog.entities import Repository
from waypost.forge.github import connect
from waypost.pages.paths import entity_file
from waypost.server.signature import sign
from waypost.sync.events import marks

NAMES = ("payments", "ledger")
SEED = {name: {"catalog-info.yaml": component(name, owner="team-0")} for name in NAMES}
MINUTE, HOUR = 60, 3_600


class Storm(NamedTuple):
    """What GitHub answers, and how long a caller then has to be silent."""

    fault: dict | None  # None: the budgets of this hour are spent
    silence: int  # seconds; 0 until it is called a storm
    seconds: int  # how long it lasts in real time
    free: int = 2  # outages in a row that are no storm yet


STORMS = {
    "503": Storm({"status": 503}, 0, 140),
    # a question that was too large is answered so, too: the one about both is asked in halves before it counts
    "502": Storm({"status": 502}, 0, 140, free=3),
    "429 with retry-after": Storm({"kind": "secondary", "status": 429, "retry_after": 25}, 25, 100),
    "403 with retry-after": Storm({"kind": "secondary", "status": 403, "retry_after": 90}, 90, 100),
    "403 without a word": Storm({"kind": "secondary", "status": 403}, 60, 70),
    "spent budget": Storm(None, 0, 50),
}


class Moved:
    """The worker in this process; an hour lasts a second."""

    def __init__(self, folder):
        seed = {name: {"files": files, "visibility": "public"} for name, files in SEED.items()}
        self.acme = Organisation(folder, seed)
        self.ask = self.acme.ask
        self.worker = self.acme.worker("waypost.db")
        self.worker.look_around()
        assert self.acme.settle(self.worker) == ""
        self.installation = self.acme.installation

    def deliver(self, payload):
        self.worker.context.queue.mark(marks("push", payload, self.acme.config))

    def live(self, seconds, until=lambda: False):
        ends, kinds = self.acme.now() + seconds, [lane.kind for lane in WORKED]
        while self.acme.now() < ends and not until():
            if not self.worker.run_once(WORKED):
                due = self.worker.context.queue.next_due(kinds)
                self.acme.sleep(min(max((due or ends) - self.acme.now(), 0.1), 20.0))

    def lasts(self, storm):
        return 20 * MINUTE

    def stop(self):
        self.acme.box.stop()


class Real:
    """The web process and the worker as people start them; a minute lasts a minute."""

    def __init__(self, folder):
        self.rig = Rig(folder, SEED, "publish:\n  min_interval_seconds: 1\n")
        self.rig.serve()
        self.rig.work()
        self.rig.until("the first listing is published", lambda: len(self.rig.commits()) > 1)
        self.rig.settle()
        self.ask = self.rig.call
        (one,) = connect(self.rig.config).installations()
        self.installation = one.id

    def deliver(self, payload):
        body = json.dumps(payload).encode()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": f"refused-{time.monotonic_ns()}",
            "X-Hub-Signature-256": sign(body, self.rig.sandbox.webhook_secret.encode()),
        }
        request = urllib.request.Request(f"http://{self.rig.address}/webhooks", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 202

    def live(self, seconds, until=lambda: False):
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not until():
            time.sleep(1.0)

    def lasts(self, storm):
        return storm.seconds

    def stop(self):
        self.rig.__exit__()


@pytest.fixture(scope="module")
def world(tmp_path_factory, request):
    kind = Real if request.config.getoption("--faults-full") else Moved
    world = kind(tmp_path_factory.mktemp("refusals") / "world")
    world.numbers = {name: world.ask("GET", f"/repos/{ORGANISATION}/{name}")["id"] for name in NAMES}
    yield world
    world.stop()


def push(world, owner):
    """Change every descriptor, and have each delivered."""
    for name in NAMES:
        path = f"{ORGANISATION}/{name}"
        heads = world.ask("POST", "/_sandbox/commits", {path: {"catalog-info.yaml": component(name, owner=owner)}})
        repository = Repository(world.numbers[name], ORGANISATION, name, default_branch="main", head=heads[path])
        changes = {"catalog-info.yaml": ""}
        payload = push_payload(repository, set(changes), changes, installation={"id": world.installation})
        world.deliver(payload | {"after": heads[path]})


def is_shown(world, owner):
    paths = [entity_file(f"component:default/{name}") for name in NAMES]
    held = [world.ask("GET", f"/repos/{ORGANISATION}/catalog/contents/{path}")["content"] for path in paths]
    return all(f"owner: {owner}\n" in base64.b64decode(text).decode() for text in held)


def begin(world, storm, seconds):
    """Begin to refuse; return when a spent budget is full again."""
    world.ask("DELETE", "/_sandbox/log")
    if storm.fault is not None:
        world.ask("POST", "/_sandbox/faults", storm.fault)
        return None
    for resource in ("core", "graphql"):
        spent = {"who": f"installation:{world.installation}", "resource": resource, "remaining": 0}
        world.ask("POST", "/_sandbox/budgets", {**spent, "reset_in": seconds})
    return world.ask("POST", "/_sandbox/clock", {})["now"] + seconds


def calls_of_the_app(world):
    """When each caller of ours called, by caller and by what it was charged to."""
    found = defaultdict(list)
    for call in world.ask("GET", "/_sandbox/log")["recent"]:
        if call["who"].startswith(("installation:", "app:")):
            found[call["who"], "graphql" if call["route"] == "/graphql" else "core"].append(call["at"])
    return found


def by_caller(calls):
    """What refuses everything is heard by everything."""
    callers = sorted({who for who, _ in calls})
    return {who: sorted(at for (one, _), times in calls.items() if one == who for at in times) for who in callers}


def too_early(times, storm):
    """Name the pairs of calls that are closer than an answer allowed: what it asked for, in a storm a minute."""
    found = []
    for number, (earlier, later) in enumerate(pairwise(times), 1):
        least = storm.silence if number <= storm.free else max(storm.silence, MINUTE)
        if later - earlier < least - 0.1:  # when it was answered, not when it was written down
            found.append((number, later - earlier))
    return found


@pytest.fixture
def over(world):
    """No storm outlives its test."""
    yield
    world.ask("DELETE", "/_sandbox/faults")


@pytest.mark.slow
@pytest.mark.usefixtures("over")
@pytest.mark.parametrize("name", STORMS)
def test_nobody_calls_before_he_may_and_all_is_right_afterwards(world, name, record_property):
    storm = STORMS[name]
    seconds, owner = world.lasts(storm), f"team-{list(STORMS).index(name) + 1}"
    full_again = begin(world, storm, seconds)
    push(world, owner)
    world.live(seconds - 1 if full_again else seconds)
    calls = calls_of_the_app(world)
    assert calls, "or nothing was refused"
    if full_again:
        spent = {(who, what): times for (who, what), times in calls.items() if who.startswith("installation:")}
        assert all(len(times) == 1 for times in spent.values()), "one call finds out; nobody calls before the reset"
        assert spent
    else:
        heard = by_caller(calls)
        assert not {who: early for who, times in heard.items() if (early := too_early(times, storm))}
        assert any(len(times) > 1 for times in heard.values()), "it is asked again"
    world.ask("DELETE", "/_sandbox/faults")
    assert not is_shown(world, owner)
    began = world.ask("POST", "/_sandbox/clock", {})["now"]
    world.live(HOUR, until=lambda: is_shown(world, owner))
    assert is_shown(world, owner)
    healed = world.ask("POST", "/_sandbox/clock", {})["now"] - began
    many = sum(len(times) for times in calls.values())
    record_property("measured", f"{name}: {many} calls in {seconds:.0f} s, none too early; right {healed:.0f} s later")


@pytest.mark.parametrize(
    ("times", "silence", "found"),
    [
        pytest.param([0, 2, 6, 66, 126], 0, [], id="three outages and then one probe a minute"),
        pytest.param([0, 2, 6, 40], 0, [(3, 34)], id="a probe too early"),
        pytest.param([0, 25, 50, 110], 25, [], id="after what was asked for"),
        pytest.param([0, 20], 25, [(1, 20)], id="before retry-after"),
        pytest.param([0, 90, 180, 240], 90, [(3, 60)], id="a minute, where more was asked for"),
    ],
)
def test_the_judge_sees_who_calls_too_early(times, silence, found):
    assert too_early(times, Storm({}, silence, 0)) == found
