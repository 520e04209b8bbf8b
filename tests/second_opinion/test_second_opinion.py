"""The sandbox and another, independent emulator of GitHub have the same conversation; where they differ is listed.

A difference that is not in differences.yaml fails, and so does a listed one that is gone. GitHub's own description
judges the sandbox's answers alone in tests/contract; here somebody judges it who does not know it.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from fnmatch import fnmatchcase
from pathlib import Path

import jwt
import pytest
import requests
import yaml

from second_opinion.compare import differences
from second_opinion.scenario import hold
from waypost.sandbox.process import start

HERE = Path(__file__).parent
LISTED = HERE / "differences.yaml"
MISTAKE = {"X-Waypost-Mistake": "1"}  # the wrong requests are meant; the judge of the run need not hear of them


class Talk:
    """A recorded conversation with one of the two."""

    def __init__(self, url, names, tokens):
        self.url, self.names, self.tokens = url, names, tokens
        self.said = {}

    def __call__(self, name, who, verb, path, body=None):
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **MISTAKE}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(verb, self.url + path.format(**self.names), json=body, headers=headers)
        value = json.loads(answer.text.replace(self.url, "")) if answer.content else None
        assert name not in self.said
        self.said[name] = answer.status_code, value if answer.ok else None  # texts of refusals differ
        return value


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """What the sandbox says."""
    sandbox = start(tmp_path_factory.mktemp("sandbox"))
    try:
        ask = Talk(sandbox.url, {}, {"person": sandbox.admin_token})
        permissions = {"contents": "write", "checks": "write", "issues": "write", "pull_requests": "write"}
        ask("App", "person", "POST", "/_sandbox/app", {"permissions": permissions | {"metadata": "read"}})
        ask("seed", "person", "POST", "/_sandbox/seed", {"acme": {}})
        ada = ask("ada", "person", "POST", "/_sandbox/users", {"login": "ada", "organization": "acme", "role": "admin"})
        ask("ben", "person", "POST", "/_sandbox/users", {"login": "ben", "organization": "acme"})
        held = jwt_for(sandbox.app_id, sandbox.private_key)
        yield have(sandbox.url, ada["token"], held)
    finally:
        sandbox.stop()


@pytest.fixture(scope="module")
def theirs():
    """What the other one says."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed: sh tests/install.sh, as root")
    if not (HERE / "node_modules" / "emulate").is_dir():
        pytest.skip("the npm package emulate is not installed: sh tests/install.sh")
    command = ["node", "emulator.mjs", str(free_port())]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = json.loads(process.stdout.readline())
            yield have(ready["url"], ready["token"], jwt_for(ready["app"], ready["key"]))
        finally:
            process.terminate()


def have(url, token, app):
    """Sign in as everybody and have the conversation; return {call: (status, body)}."""
    tokens = {"person": token, "app": app, "stranger": "ghp_nobodysToken"}
    talk = Talk(url, {"org": "acme", "person": "ada", "other": "ben"}, tokens)
    found = talk("installation", "app", "GET", "/orgs/{org}/installation")
    talk.names["installation"] = found["id"]
    path = "/app/installations/{installation}/access_tokens"
    tokens["installation"] = talk("its token", "app", "POST", path, {})["token"]
    talk.said.clear()
    hold(talk)
    return talk.said


def jwt_for(app, key):
    now = int(time.time())
    return jwt.encode({"iat": now - 60, "exp": now + 500, "iss": str(app)}, key, algorithm="RS256")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_every_difference_is_known_and_has_a_reason(ours, theirs):
    assert len(ours) == len(theirs) > 90
    rules = yaml.safe_load(LISTED.read_text())
    found = [(name, what) for name, words in differences(ours, theirs).items() for what in words]
    unknown = [f"{name}: {what}" for name, what in found if not any(covers(rule, name, what) for rule in rules)]
    gone = [rule["what"] for rule in rules if not any(covers(rule, name, what) for name, what in found)]
    assert not unknown, "differences that are not listed"
    assert not gone, "listed differences that are gone"
    assert all(rule["why"].strip() for rule in rules)


def covers(rule, name, what):
    return fnmatchcase(what, rule["what"]) and name in rule.get("calls", [name])


def test_comparing_sees_what_differs():
    ours = {"a": (200, {"name": "x", "state": "open", "more": 1}), "b": (404, None), "c": (200, [{"k": 1}])}
    theirs = {"a": (200, {"name": "y", "state": "shut", "new": 1}), "b": (200, {}), "c": (200, [{"k": None}, {}])}
    assert differences(ours, theirs) == {
        "a": ["new is only there", "state is 'open', there 'shut'"],
        "b": ["status 404, there 200"],
        "c": ["each.k is a number, there null", "the list has 1 entries, there 2"],
    }
    assert differences(ours, ours) == {}
