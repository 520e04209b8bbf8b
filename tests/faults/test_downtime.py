"""An hour without a server: GitHub delivers to nobody, people go on working. Afterwards all is right in a quarter hour.

Real GitHub in a box, real failed deliveries, the real worker; one clock for both, moved instead of waited for.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
import urllib.error
import urllib.request

import pytest

from unit.sync.world import component
from waypost.config import Config
from waypost.forge.github import connect
from waypost.pages.paths import entity_file, is_generated, page_file
from waypost.queue.sqlite import SqliteQueue
from waypost.sandbox.process import start
from waypost.sync.context import Pace
from waypost.sync.reconcile import drain
from waypost.sync.worker import LANES, LOOK_AROUND_SECONDS, Worker

HOUR, QUARTER, DAY = 3_600, 900, 86_400
NOBODY = "http://127.0.0.1:9/webhooks"  # the port "discard": nothing listens
# Who looks at pull requests has tests of its own; here their keys are to be seen.
WATCHED = ("pull",)
WORKED = tuple(lane for lane in LANES if lane.kind not in WATCHED)


class Organisation:
    """acme in a sandbox of its own, with a clock that tests move for everybody."""

    def __init__(self, folder):
        self.folder = folder
        self.box = start(folder / "sandbox")
        self.offset = 0.0
        self.sleep(1.5 * DAY - time.time() % DAY)  # noon: no date changes on the way
        names = ("payments", "ledger", "labels", "attic", "doomed", "secret", "trunk")
        seed = {name: {"files": {"catalog-info.yaml": component(name)}, "visibility": "public"} for name in names}
        seed["catalog"] = {"files": {"about.md": "Welcome.\n"}, "visibility": "public"}
        self.ask("POST", "/_sandbox/seed", {"acme": seed})
        self.ask("POST", "/_sandbox/users", {"login": "ada", "organization": "acme"})
        self.ask("POST", "/_sandbox/app", {"webhook_url": NOBODY, "webhook_secret": "x"})
        config = Config(api_url=self.box.url, app_id=self.box.app_id, private_key=self.box.private_key)
        self.config = config
        self.forges = connect(config, self.now, self.sleep, folder / "mirrors")
        self.installation = next(one.id for one in self.forges.installations() if one.account == "acme")

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
        from base64 import b64encode

        body = {"message": "Change", "content": b64encode(text.encode()).decode(), "branch": branch}
        listed = self.ask("GET", f"/repos/acme/{name}/contents/?ref={branch}")
        known = [one["sha"] for one in listed if one["path"] == path]
        self.ask("PUT", f"/repos/acme/{name}/contents/{path}", body | ({"sha": known[0]} if known else {}))

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


@pytest.fixture
def acme(tmp_path):
    organisation = Organisation(tmp_path)
    yield organisation
    organisation.box.stop()


def live_an_hour(acme):
    """What people do meanwhile, ten minutes apart."""
    acme.push("payments", "catalog-info.yaml", component("payments", "team-b"))
    acme.sleep(600)
    acme.ask("PATCH", "/repos/acme/ledger", {"name": "general-ledger"})
    acme.branch("labels", "topic")
    acme.push("labels", "catalog-info.yaml", component("labels", "team-c"), "topic")
    acme.sleep(600)
    pull = {"title": "Move it", "head": "topic", "base": "main"}
    number = acme.ask("POST", "/repos/acme/labels/pulls", pull)["number"]
    acme.ask("PATCH", "/repos/acme/attic", {"archived": True})
    acme.sleep(600)
    acme.ask("POST", "/orgs/acme/teams", {"name": "Team B", "privacy": "closed"})
    acme.ask("PUT", "/orgs/acme/teams/team-b/memberships/ada", {})
    acme.ask("PATCH", "/repos/acme/secret", {"private": True})
    acme.sleep(600)
    acme.ask("DELETE", "/repos/acme/doomed")
    acme.branch("trunk", "trunk")
    acme.push("trunk", "catalog-info.yaml", component("trunk", "team-d"), "trunk")
    acme.ask("PATCH", "/repos/acme/trunk", {"default_branch": "trunk"})
    acme.sleep(600)
    acme.ask("POST", "/orgs/acme/repos", {"name": "newcomer", "auto_init": True})
    acme.push("newcomer", "catalog-info.yaml", component("newcomer"))
    acme.sleep(600)
    acme.ask("POST", "/_sandbox/deliveries/settle", {})
    return number


def entity(acme, name):
    return acme.text(entity_file(f"component:default/{name}"))


def is_right(acme):
    """Everything that happened is in the catalog, and nothing that may not be."""
    return [
        what
        for what, holds in {
            "the push": "owner: team-b" in entity(acme, "payments"),
            "the rename": "acme/general-ledger" in entity(acme, "ledger"),
            "the archive": "waypost.dev/state: archived" in entity(acme, "attic"),
            "the team": "ada" in acme.text(page_file("group:default/team-b")),
            "who may not see it": not entity(acme, "secret"),
            "the deletion": "waypost.dev/state: orphan" in entity(acme, "doomed"),
            "the default branch": "owner: team-d" in entity(acme, "trunk"),
            "the new repository": "acme/newcomer" in entity(acme, "newcomer"),
        }.items()
        if not holds
    ]


def test_an_hour_offline_is_healed_within_fifteen_minutes(acme):
    worker = acme.worker("waypost.db")
    worker.look_around()
    assert acme.settle(worker) == ""
    assert len(is_right(acme)) == 8  # or the rest would prove nothing
    before = acme.files()
    acme.sleep(60)
    number = live_an_hour(acme)

    shutil.copy(acme.folder / "waypost.db", acme.folder / "idle.db")
    idle = acme.worker("idle.db", sweep=0)
    idle.look_around()
    assert acme.settle(idle) == ""
    assert acme.files() == before  # nobody tells us by himself

    worker, began = acme.worker("waypost.db"), acme.now()
    while is_right(acme) and acme.now() - began < 2 * QUARTER:
        worker.look_around()
        assert acme.settle(worker) == ""
        if is_right(acme):
            acme.sleep(LOOK_AROUND_SECONDS)
    assert is_right(acme) == []
    assert acme.now() - began <= QUARTER
    labels = acme.ask("GET", "/repos/acme/labels")["id"]
    pulls = worker.context.queue.lease(WATCHED, 10, 60)
    assert f"{labels}#{number}" in {lease.key.subject for lease in pulls}

    healed = acme.files()
    fresh = acme.worker("fresh.db")
    for _ in range(2):  # what is gone shows in the second listing
        acme.sleep(HOUR)
        fresh.look_around()
        assert acme.settle(fresh) == ""
    assert acme.files() == healed


def test_what_deliveries_would_have_told_is_no_drift(acme, caplog):
    worker = acme.worker("waypost.db")
    worker.look_around()
    assert acme.settle(worker) == ""
    live_an_hour(acme)
    worker = acme.worker("waypost.db")
    worker.look_around()
    with caplog.at_level(logging.WARNING, "waypost.sync"):
        assert acme.settle(worker) == ""
    # GitHub tells no App of a deletion
    assert [(one.full_name, one.kinds) for one in worker.context.figures.drifts] == [("acme/doomed", ("missing",))]
    assert "no delivery told of 1 repositories: acme/doomed: missing" in caplog.text


def test_what_was_never_sent_is_found_by_the_listing_and_reported(acme):
    worker = acme.worker("waypost.db")
    worker.look_around()
    assert acme.settle(worker) == ""
    acme.ask("POST", "/_sandbox/deliveries/rules", {"action": "lose", "event": "*"})
    live_an_hour(acme)
    worker = acme.worker("waypost.db")
    for _ in range(4):
        worker.look_around()
        assert acme.settle(worker) == ""
        acme.sleep(LOOK_AROUND_SECONDS)
    assert is_right(acme) == []
    drifts = {one.full_name.removeprefix("acme/"): one.kinds for one in worker.context.figures.drifts}
    assert drifts == {
        "payments": ("head",),
        "ledger": ("renamed",),
        "attic": ("archived",),
        "secret": ("visibility",),
        "trunk": ("head",),
        "doomed": ("missing",),
        "newcomer": ("new",),
    }
