"""Set-up as an org admin does it: with clicks alone, from the address on the terminal to the first report."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from waypost.sandbox.process import start

PATIENCE_SECONDS = 60
pytestmark = pytest.mark.browser
FILES = {
    "payments": {
        "catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: payments}\n"
        "spec: {type: service, lifecycle: production, owner: money}\n"
    },
    "ledger": {"CODEOWNERS": "* @acme/money\n", "go.mod": "module ledger\n"},
    "site": {"index.html": "<p>Hello</p>\n"},
}


class Installation:
    """A sandbox with an organisation, and our two processes without any configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes = []
        self.box = start(folder / "sandbox")
        self.ask("POST", "/_sandbox/seed", {"acme": {name: {"files": files} for name, files in FILES.items()}})
        self.ask("DELETE", "/_sandbox/installations/1")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.bind = f"127.0.0.1:{probe.getsockname()[1]}"

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.box.url + path, method=method)
        request.add_header("Authorization", f"Bearer {self.box.admin_token}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def run(self, *words):
        environment = {
            "PATH": os.environ["PATH"],
            "GITHUB_API_URL": self.box.url,
            "WAYPOST_DATABASE_URL": f"sqlite:///{self.folder}/waypost.db",
            "WAYPOST_CATALOG_REPOSITORY": "acme/catalog",
        }
        with (self.folder / f"{words[0]}.log").open("w") as log:
            command = [sys.executable, "-m", "waypost", *words]
            self.processes.append(subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log))

    def said(self, name):
        return (self.folder / f"{name}.log").read_text()

    def address(self):
        """What the terminal says to open, once it answers."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
            found = re.search(r"open (http://\S+/setup\?token=\S+)", self.said("serve"))
            if found and "Listening at" in self.said("serve"):
                return found[1]
            time.sleep(0.1)
        raise AssertionError(self.said("serve"))

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)
        self.box.stop()


@pytest.fixture
def installation(tmp_path):
    found = Installation(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def tab(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 800})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    tab = context.new_page()
    tab.complaints = []
    tab.on("console", lambda said: tab.complaints.append(said.text) if said.type == "error" else None)
    yield tab
    context.close()


def shoot(tab, name):
    """Keep a picture where SETUP_PICTURES names a folder, to be looked at and for docs/images."""
    if folder := os.environ.get("SETUP_PICTURES"):
        tab.screenshot(path=f"{folder}/{name}.png", full_page=True)


def click(tab, name, role="button"):
    tab.get_by_role(role, name=name).click()


def register(tab, name):
    click(tab, "Create it on GitHub")
    shoot(tab, f"github-create-{name}")
    click(tab, "Create GitHub App")


def install(tab, name):
    tab.get_by_role("heading", name=re.compile("^Install ")).wait_for()
    shoot(tab, f"install-{name}")
    click(tab, "Install it on GitHub", "link")
    shoot(tab, f"github-install-{name}")
    click(tab, "Install")


def first_report(tab, installation):
    click(tab, "Create acme/catalog")
    tab.get_by_role("heading", name="acme has a catalog").wait_for()
    return " ".join(tab.get_by_role("main").get_by_role("list").first.inner_text().split())


def test_an_admin_comes_to_the_first_report_with_clicks_alone(installation, tab):
    installation.run("serve", "--bind", installation.bind, "--workers", "2")
    installation.run("worker")
    tab.goto(installation.address())
    assert "token" not in tab.url
    shoot(tab, "app")
    click(tab, "Continue")
    shoot(tab, "register")
    register(tab, "app")
    install(tab, "app")
    tab.get_by_role("heading", name="The catalog repository").wait_for()
    shoot(tab, "repository")
    assert first_report(tab, installation) == "3 repositories 1 described 1 owner inferred"
    shoot(tab, "report")
    assert not tab.get_by_role("button", name="Guard it with a ruleset").count()
    assert tab.complaints == []
    click(tab, "Open the catalog", "link")
    assert tab.url == f"{installation.box.url}/acme/catalog"
    rulesets = installation.ask("GET", "/repos/acme/catalog/rulesets")
    assert [one["name"] for one in rulesets] == ["Waypost"]
    kept = json.loads((installation.folder / "waypost-app.json").read_text())
    for secret in (kept["app"]["webhook_secret"], kept["app"]["private_key"].splitlines()[1]):
        assert secret not in installation.said("serve") + installation.said("worker")


def test_two_apps_are_made_with_clicks_alone(installation, tab):
    installation.run("serve", "--bind", installation.bind, "--workers", "2")
    installation.run("worker")
    tab.goto(installation.address())
    tab.get_by_label("Two Apps").check()
    click(tab, "Continue")
    register(tab, "app")
    tab.get_by_role("heading", name="Create the App that writes").wait_for()
    shoot(tab, "register-writer")
    register(tab, "writer")
    install(tab, "app")
    tab.get_by_role("heading", name="Install Waypost Writer acme").wait_for()
    install(tab, "writer")
    assert first_report(tab, installation).startswith("3 repositories 1 described")
    shoot(tab, "report-two")
    assert tab.complaints == []
    writer = installation.ask("GET", "/apps/waypost-writer-acme")
    assert (writer["permissions"]["contents"], writer["events"]) == ("write", [])
    assert installation.ask("GET", "/apps/waypost-acme")["permissions"]["contents"] == "read"


def test_a_missing_worker_is_said_and_found_when_it_comes(installation, tab):
    installation.run("serve", "--bind", installation.bind, "--workers", "1")
    tab.goto(installation.address())
    click(tab, "Continue")
    register(tab, "app")
    install(tab, "app")
    click(tab, "Create acme/catalog")
    tab.get_by_text("No worker is running").wait_for()
    shoot(tab, "scan-without-worker")
    installation.run("worker")
    tab.get_by_role("heading", name="acme has a catalog").wait_for()
