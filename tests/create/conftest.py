"""A GitHub in a box with an organisation to create in: a catalog repository, two teams, two people."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from itertools import count

import pytest
import requests

from create import asking, everything
from waypost.cli import create
from waypost.config import Config
from waypost.forge.github import connect

_NUMBERS = count(1)
POLICY = """\
create:
  allow:
    - {teams: [payments], templates: ["*"], visibilities: [private, internal, public], owners: ["*"]}
"""


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    process = pytest.importorskip("waypost.sandbox.process", reason="the sandbox needs the extra `sandbox`")
    running = process.start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


@dataclass
class Town:
    """An organisation in the sandbox, and what people do there."""

    sandbox: object
    organisation: str
    tokens: dict
    moved: float = 0.0  # seconds that the sandbox is ahead for this test

    def later(self, seconds=2.0):
        """Let time go by: GitHub tells seconds, and what people agree to must have been there before."""
        self.moved += seconds
        self.ask("POST", "/_sandbox/clock", {"move": seconds})

    def ask(self, method, path, body=None, token=None, status=None):
        headers = {"Authorization": f"Bearer {token or self.sandbox.admin_token}"}
        answer = requests.request(method, self.sandbox.url + path, json=body, headers=headers, timeout=30)
        assert answer.ok if status is None else answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def get(self, path):
        """What is at a path of the organisation's repositories; None where nothing is."""
        headers = {"Authorization": f"Bearer {self.sandbox.admin_token}"}
        answer = requests.get(f"{self.sandbox.url}/repos/{self.organisation}/{path}", headers=headers, timeout=30)
        return answer.json() if answer.ok else None

    def names(self):
        return sorted(one["name"] for one in self.ask("GET", f"/orgs/{self.organisation}/repos?per_page=100"))

    @property
    def installation(self):
        return next(one.id for one in self.connect().installations() if one.account == self.organisation)

    def workshop(self, sleep=lambda seconds: None):
        return self.connect(sleep).workshop(self.organisation)

    def connect(self, sleep=lambda seconds: None):
        config = Config(api_url=self.sandbox.url, app_id=self.sandbox.app_id, private_key=self.sandbox.private_key)
        return connect(config, sleep=sleep)

    def connect_as(self, login):
        config = Config(
            api_url=self.sandbox.url,
            token=self.tokens[login],
            catalog_repository=f"{self.organisation}/catalog",
        )
        return connect(config, sleep=lambda seconds: None)

    def run(self, capsys, monkeypatch, *words, name="pay", actor="ana", sleep=lambda seconds: None, clock=time.time):
        """Run `waypost create everything` as the App; return exit code, stdout and stderr."""
        for own in ("GITHUB_TOKEN", "WAYPOST_CATALOG_REPOSITORY"):  # of whoever runs the tests
            monkeypatch.delenv(own, raising=False)
        monkeypatch.setenv("GITHUB_API_URL", self.sandbox.url)
        monkeypatch.setenv("WAYPOST_APP_ID", str(self.sandbox.app_id))
        monkeypatch.setenv("WAYPOST_PRIVATE_KEY", self.sandbox.private_key)
        for secret, value in everything.SECRETS.items():
            monkeypatch.setenv(secret, value)
        command = self.command(name, f"{actor}-{self.organisation}" if actor else "")
        parser = argparse.ArgumentParser()
        create.add_arguments(parser)
        capsys.readouterr()
        code = create.perform(parser.parse_args([*command, *words]), clock, sleep)
        return code, *capsys.readouterr()

    def command(self, name="pay", actor=""):
        secrets = [word for secret in everything.SECRETS for word in ("--secret", secret)]
        who = ["--actor", actor] if actor else []
        command = ["everything", "--name", name, "--owner", "payments", "--org", self.organisation, "--wait", "0"]
        key = everything.public_key(f"{self.organisation}/{name}")
        return [*command, *who, *secrets, "--set", f"publicKey={key}"]

    def fault(self, **fault):
        return self.ask("POST", "/_sandbox/faults", fault)

    def log(self):
        return self.ask("GET", "/_sandbox/log")

    def writes(self):
        """The changes that the App's installation made to this organisation, as (method, path)."""
        changes = ("POST", "PUT", "PATCH", "DELETE")
        return [
            (one["method"], one["path"])
            for one in self.log()["recent"]
            if one["who"].startswith("installation:")
            and one["method"] in changes
            and self.organisation in one["path"]
            and one["status"] < 400
        ]


@pytest.fixture
def town(sandbox):
    """A new organisation with the App installed over it: ana is in team payments, bob in none."""
    organisation = f"forge{next(_NUMBERS)}"
    found = Town(sandbox, organisation, {})
    catalog = {"files": {"waypost.yaml": POLICY, "about.md": "Welcome.\n", **everything.FILES}}
    found.ask("POST", "/_sandbox/seed", {organisation: {"catalog": catalog}})
    for login in ("ana", "bob"):
        name = f"{login}-{organisation}"
        found.tokens[login] = found.ask("POST", "/_sandbox/users", {"login": name, "organization": organisation})[
            "token"
        ]
    for team in ("payments", "platform"):
        found.ask("POST", f"/orgs/{organisation}/teams", {"name": team, "privacy": "closed"})
    found.ask("PUT", f"/orgs/{organisation}/teams/payments/memberships/ana-{organisation}", {"role": "member"})
    yield found
    found.later(-found.moved)
    found.ask("DELETE", "/_sandbox/faults")
    found.ask("POST", "/_sandbox/settling", {})


@pytest.fixture
def place(town):
    """The organisation with a template that people ask for in issues, and pia who may agree."""
    name = f"pia-{town.organisation}"
    pia = town.ask("POST", "/_sandbox/users", {"login": name, "organization": town.organisation})
    town.tokens["pia"] = pia["token"]
    town.ask("PUT", f"/orgs/{town.organisation}/teams/platform/memberships/{name}", {"role": "member"})
    asking.put(town, asking.template(town))
    return town


@pytest.fixture
def ask(place):
    """Open an issue as its form does."""

    def opened(who="ana", body=None, **values):
        content = {"title": "Create from note", "body": asking.form(**values) if body is None else body}
        path = f"/repos/{place.organisation}/catalog/issues"
        return asking.Issue(place, place.ask("POST", path, content, place.tokens[who])["number"])

    return opened
