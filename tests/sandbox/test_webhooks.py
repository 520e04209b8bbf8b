"""Deliveries: signed, ordered, listed, redelivered; lost, late, doubled and shuffled on request; one for each event."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from waypost.sandbox.process import start

from .conftest import Client


@pytest.fixture
def listener():
    """A web server that keeps what it is sent; `status` is what it answers."""
    heard = SimpleNamespace(requests=[], status=202)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.requests.append(SimpleNamespace(headers=self.headers, body=body, path=self.path))
            self.send_response(heard.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    heard.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    yield heard
    server.shutdown()
    server.server_close()


@pytest.fixture
def settle(control):
    """Wait until every delivery is sent."""
    return lambda: control("POST", "/deliveries/settle", {"seconds": 120}).json()["settled"] or pytest.fail("not sent")


@pytest.fixture
def network(control):
    """Ask for a rule of the network, and take all of them away at the end."""
    yield lambda **rule: control("POST", "/deliveries/rules", rule)
    control("DELETE", "/deliveries/rules")
    control("POST", "/deliveries/flush", {})


@pytest.fixture
def hook(admin, repository, listener, settle):
    """A webhook of the repository that hears everything."""
    config = {"url": listener.url, "content_type": "json", "secret": "s3cret"}
    body = {"name": "web", "events": ["*"], "config": config}
    made = admin("POST", f"/repos/{repository}/hooks", body, status=201).json()
    settle()
    listener.requests.clear()
    return made


@pytest.fixture
def app_hook(app, sandbox, listener):
    """The App's webhook, pointed at the listener for one test."""
    app("PATCH", "/app/hook/config", {"url": listener.url, "secret": sandbox.webhook_secret}, status=200)
    yield listener
    app("PATCH", "/app/hook/config", {"url": "http://127.0.0.1:9/nobody"}, status=200)


def payloads(listener, event=None):
    return [json.loads(one.body) for one in listener.requests if event in (None, one.headers["X-GitHub-Event"])]


def names(listener):
    """Name what was heard as GitHub's documentation does: issues.opened."""
    found = []
    for one in listener.requests:
        action = json.loads(one.body).get("action")
        found.append(one.headers["X-GitHub-Event"] + (f".{action}" if action else ""))
    return found


def put(client, repository, path, branch="main"):
    body = {"message": f"Add {path}", "content": base64.b64encode(b"x\n").decode(), "branch": branch}
    return client("PUT", f"/repos/{repository}/contents/{path}", body, status=201).json()["commit"]["sha"]


def test_delivery_is_signed_over_its_bytes(admin, repository, hook, listener, settle):
    put(admin, repository, "a.txt")
    settle()
    (sent,) = listener.requests
    expected = "sha256=" + hmac.new(b"s3cret", sent.body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(sent.headers["X-Hub-Signature-256"], expected)
    assert uuid.UUID(sent.headers["X-GitHub-Delivery"])
    assert sent.headers["X-GitHub-Event"] == "push"
    assert sent.headers["X-GitHub-Hook-ID"] == str(hook["id"])
    assert sent.headers["X-GitHub-Hook-Installation-Target-Type"] == "repository"
    assert sent.headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert sent.headers["Content-Type"] == "application/json"


def test_push_tells_what_it_changed(admin, repository, hook, listener, settle, clone, git, sandbox, head):
    before = head(repository)
    folder = clone(repository, sandbox.admin_token)
    git("mv", "src/pay.py", "src/paid.py", folder=folder)
    (folder / "README.md").write_text("# Paid\n")
    git("commit", "-qam", "Move", folder=folder)
    git("rm", "-q", "catalog-info.yaml", folder=folder)
    git("commit", "-qm", "Remove", folder=folder)
    git("push", "-q", folder=folder)
    settle()
    (push,) = payloads(listener, "push")
    after = git("rev-parse", "HEAD", folder=folder).stdout.strip()
    assert (push["ref"], push["before"], push["after"]) == ("refs/heads/main", before, after)
    assert (push["created"], push["deleted"], push["forced"]) == (False, False, False)
    moved, removed = push["commits"]
    assert (moved["added"], moved["removed"], moved["modified"]) == (["src/paid.py"], ["src/pay.py"], ["README.md"])
    assert removed["removed"] == ["catalog-info.yaml"]
    assert push["head_commit"]["id"] == after
    assert push["repository"]["full_name"] == repository


def test_branches_and_tags_come_and_go(admin, repository, hook, listener, settle, head):
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/x", "sha": head(repository)}, status=201)
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/tags/v1", "sha": head(repository)}, status=201)
    put(admin, repository, "a.txt", "x")
    body = {"sha": head(repository), "force": True}
    admin("PATCH", f"/repos/{repository}/git/refs/heads/x", body, status=200)
    admin("DELETE", f"/repos/{repository}/git/refs/heads/x", status=204)
    settle()
    created = [(one["ref_type"], one["ref"]) for one in payloads(listener, "create")]
    assert created == [("branch", "x"), ("tag", "v1")]
    assert [(one["ref_type"], one["ref"]) for one in payloads(listener, "delete")] == [("branch", "x")]
    flags = [(one["created"], one["forced"], one["deleted"]) for one in payloads(listener, "push")]
    assert flags == [
        (True, False, False),
        (True, False, False),
        (False, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_app_hears_with_its_installation(admin, app, app_hook, organization, repository, settle, sandbox):
    put(admin, repository, "a.txt")
    settle()
    (push,) = payloads(app_hook, "push")
    number = app.get(f"/orgs/{organization}/installation")["id"]
    assert push["installation"]["id"] == number
    assert push["organization"]["login"] == organization
    sent = next(one for one in app_hook.requests if one.headers["X-GitHub-Event"] == "push")
    assert sent.headers["X-GitHub-Hook-Installation-Target-Type"] == "integration"
    expected = hmac.new(sandbox.webhook_secret.encode(), sent.body, hashlib.sha256).hexdigest()
    assert sent.headers["X-Hub-Signature-256"] == f"sha256={expected}"
    (suite,) = payloads(app_hook, "check_suite")
    assert (suite["action"], suite["check_suite"]["head_sha"]) == ("requested", push["after"])


def test_repository_events(admin, app_hook, organization, repository, settle, control):
    admin("POST", f"/orgs/{organization}/repos", {"name": "new", "private": True}, status=201)
    one = f"/repos/{organization}/new"
    admin("PATCH", one, {"description": "New"}, status=200)
    admin("PATCH", one, {"private": False}, status=200)
    admin("PATCH", one, {"private": True}, status=200)
    admin("PATCH", one, {"archived": True}, status=200)
    admin("PATCH", one, {"archived": False}, status=200)
    admin("PATCH", one, {"name": "newer"}, status=200)
    admin("DELETE", f"/repos/{organization}/newer", status=204)
    settle()
    heard = [name for name in names(app_hook) if name.startswith("repository.")]
    assert heard == [
        f"repository.{action}"
        for action in ("created", "edited", "publicized", "privatized", "archived", "unarchived", "renamed")
    ], "an App is not told of deletions"
    renamed = payloads(app_hook, "repository")[-1]
    assert renamed["changes"]["repository"]["name"]["from"] == "new"


def test_transfer_is_told_to_the_new_owner_only(admin, app, app_hook, control, organization, repository, settle):
    control("POST", "/seed", {f"{organization}-b": {}})
    admin("POST", f"/repos/{repository}/transfer", {"new_owner": f"{organization}-b"}, status=202)
    settle()
    (moved,) = [one for one in payloads(app_hook, "repository") if one["action"] == "transferred"]
    assert moved["installation"]["id"] == app.get(f"/orgs/{organization}-b/installation")["id"]


def test_installation_events(app, app_hook, control, organization, settle):
    number = app.get(f"/orgs/{organization}/installation")["id"]
    control("PATCH", f"/installations/{number}", {"repositories": []})
    control("PATCH", f"/installations/{number}", {"repositories": ["pay"]})
    control("PATCH", f"/installations/{number}", {"suspended": True})
    control("PATCH", f"/installations/{number}", {"suspended": False})
    control("DELETE", f"/installations/{number}")
    settle()
    assert names(app_hook) == [
        "installation_repositories.removed",
        "installation_repositories.added",
        "installation.suspend",
        "installation.unsuspend",
        "installation.deleted",
    ]
    assert [one["name"] for one in payloads(app_hook)[1]["repositories_added"]] == ["pay"]


def test_conversation_events(admin, repository, hook, listener, settle):
    admin("POST", f"/repos/{repository}/labels", {"name": "pager"}, status=201)
    admin("PATCH", f"/repos/{repository}/labels/pager", {"color": "ff0000"}, status=200)
    admin("POST", f"/repos/{repository}/issues", {"title": "x"}, status=201)
    admin(
        "PATCH",
        f"/repos/{repository}/issues/1",
        {"title": "y", "labels": ["pager"], "assignees": ["admin"]},
        status=200,
    )
    comment = admin("POST", f"/repos/{repository}/issues/1/comments", {"body": "a"}, status=201).json()
    admin("PATCH", f"/repos/{repository}/issues/comments/{comment['id']}", {"body": "b"}, status=200)
    admin("DELETE", f"/repos/{repository}/issues/comments/{comment['id']}", status=204)
    admin("PATCH", f"/repos/{repository}/issues/1", {"state": "closed"}, status=200)
    admin("PATCH", f"/repos/{repository}/issues/1", {"state": "open"}, status=200)
    admin("DELETE", f"/repos/{repository}/labels/pager", status=204)
    settle()
    assert names(listener) == [
        "label.created", "label.edited", "issues.opened", "issues.edited", "issues.labeled", "issues.assigned",
        "issue_comment.created", "issue_comment.edited", "issue_comment.deleted",
        "issues.closed", "issues.reopened", "label.deleted",
    ]  # fmt: skip
    edited = payloads(listener, "issues")[1]
    assert edited["changes"] == {"title": {"from": "x"}}


def test_pull_request_events(admin, installation, repository, hook, listener, settle, head):
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/x", "sha": head(repository)}, status=201)
    first = put(admin, repository, "a.txt", "x")
    admin("POST", f"/repos/{repository}/pulls", {"title": "x", "head": "x", "base": "main"}, status=201)
    second = put(admin, repository, "b.txt", "x")
    run = {"name": "waypost", "head_sha": second, "conclusion": "success"}
    installation("POST", f"/repos/{repository}/check-runs", run, status=201)
    admin("POST", f"/repos/{repository}/statuses/{second}", {"state": "success"}, status=201)
    admin("PUT", f"/repos/{repository}/pulls/1/merge", {"merge_method": "squash"}, status=200)
    settle()
    opened, moved, closed = payloads(listener, "pull_request")
    assert (opened["action"], opened["number"], opened["pull_request"]["head"]["sha"]) == ("opened", 1, first)
    assert (moved["action"], moved["before"], moved["after"]) == ("synchronize", first, second)
    assert (closed["action"], closed["pull_request"]["merged"]) == ("closed", True)
    assert [one["action"] for one in payloads(listener, "check_run")] == ["created", "completed"]
    assert payloads(listener, "check_run")[1]["check_run"]["pull_requests"][0]["number"] == 1
    assert payloads(listener, "status")[0]["state"] == "success"
    last = payloads(listener, "push")[-1]
    assert (last["ref"], last["after"]) == ("refs/heads/main", closed["pull_request"]["merge_commit_sha"])


def test_rerequested_run_is_told_to_its_app(admin, installation, app_hook, repository, settle, head):
    run = {"name": "waypost", "head_sha": head(repository), "conclusion": "failure"}
    made = installation("POST", f"/repos/{repository}/check-runs", run, status=201).json()
    installation("POST", f"/repos/{repository}/check-runs/{made['id']}/rerequest", status=201)
    settle()
    assert names(app_hook)[-1] == "check_run.rerequested"


def test_team_events(admin, app_hook, control, organization, repository, settle):
    control("POST", "/users", {"login": f"ada-{organization}"})
    teams = f"/orgs/{organization}/teams"
    admin("POST", teams, {"name": "Payments"}, status=201)
    admin("PUT", f"{teams}/payments/memberships/ada-{organization}", {}, status=200)
    admin("PUT", f"{teams}/payments/repos/{repository}", {"permission": "push"}, status=204)
    admin("PATCH", f"{teams}/payments", {"description": "Money"}, status=200)
    admin("DELETE", f"{teams}/payments/repos/{repository}", status=204)
    admin("DELETE", f"{teams}/payments/memberships/ada-{organization}", status=204)
    admin("DELETE", f"{teams}/payments", status=204)
    admin("DELETE", f"/orgs/{organization}/members/ada-{organization}", status=204)
    admin("PUT", f"/orgs/{organization}/memberships/ada-{organization}", {"role": "admin"}, status=200)
    admin("PUT", f"/repos/{repository}/collaborators/ada-{organization}", {}, status=204)
    admin("DELETE", f"/repos/{repository}/collaborators/ada-{organization}", status=204)
    settle()
    assert names(app_hook) == [
        "team.created", "organization.member_added", "membership.added", "team.added_to_repository", "team_add",
        "team.edited", "team.removed_from_repository", "membership.removed", "team.deleted",
        "organization.member_removed", "organization.member_added", "member.added", "member.removed",
    ]  # fmt: skip


def test_settings_events(admin, repository, hook, listener, settle, organization):
    schema = f"/orgs/{organization}/properties/schema"
    admin("PUT", f"{schema}/tier", {"value_type": "single_select", "allowed_values": ["1", "2"]}, status=200)
    values = {"properties": [{"property_name": "tier", "value": "1"}]}
    for _ in range(2):  # the second time says nothing new
        admin("PATCH", f"/repos/{repository}/properties/values", values, status=204)
    rule = {"name": "main", "enforcement": "active", "rules": [{"type": "deletion"}]}
    rule["conditions"] = {"ref_name": {"include": ["~ALL"], "exclude": []}}
    made = admin("POST", f"/repos/{repository}/rulesets", rule, status=201).json()
    admin("PUT", f"/repos/{repository}/rulesets/{made['id']}", {"enforcement": "disabled"}, status=200)
    admin("DELETE", f"/repos/{repository}/rulesets/{made['id']}", status=204)
    protection = dict.fromkeys(["required_status_checks", "required_pull_request_reviews", "restrictions"])
    protect = f"/repos/{repository}/branches/main/protection"
    for _ in range(2):
        admin("PUT", protect, {**protection, "enforce_admins": True}, status=200)
    admin("DELETE", protect, status=204)
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpKZ+/FU1u4OEVzWdYhKdeyyErzyUMLqzIIuVPOdHxu"
    number = admin("POST", f"/repos/{repository}/keys", {"key": key}, status=201).json()["id"]
    admin("DELETE", f"/repos/{repository}/keys/{number}", status=204)
    settle()
    assert names(listener) == [
        "custom_property_values.updated",
        *(f"repository_ruleset.{action}" for action in ("created", "edited", "deleted")),
        *(f"branch_protection_rule.{action}" for action in ("created", "edited", "deleted")),
        "deploy_key.created", "deploy_key.deleted",
    ]  # fmt: skip
    assert payloads(listener, "custom_property_values")[0]["old_property_values"] == [
        {"property_name": "tier", "value": None}
    ]
    assert payloads(listener, "repository_ruleset")[1]["changes"] == {"enforcement": {"from": "active"}}


def test_failed_delivery_is_listed_and_delivered_again(admin, app, app_hook, repository, settle):
    app_hook.status = 500
    put(admin, repository, "a.txt")
    settle()
    listed = app.get("/app/hook/deliveries?per_page=2")
    failed = next(one for one in listed if one["event"] == "push")
    assert (failed["status"], failed["status_code"], failed["redelivery"]) == ("Invalid HTTP Response: 500", 500, False)
    shown = app.get(f"/app/hook/deliveries/{failed['id']}")
    assert shown["request"]["payload"]["ref"] == "refs/heads/main"
    assert shown["response"]["payload"] == "ok"
    app_hook.status = 202
    app("POST", f"/app/hook/deliveries/{failed['id']}/attempts", status=202)
    settle()
    again = app.get("/app/hook/deliveries?status=success&per_page=1")[0]
    assert (again["guid"], again["redelivery"], again["status"]) == (failed["guid"], True, "OK")
    assert again["id"] != failed["id"]
    pushes = [one for one in app_hook.requests if one.headers["X-GitHub-Event"] == "push"]
    assert [one.headers["X-GitHub-Delivery"] for one in pushes] == [failed["guid"]] * 2
    assert pushes[0].body == pushes[1].body


def test_deliveries_are_paged_by_a_cursor(admin, app, app_hook, repository, settle, sandbox):
    for number in range(5):
        put(admin, repository, f"{number}.txt")
    settle()
    path, seen = "/app/hook/deliveries?per_page=4", []
    while path:
        answer = app("GET", path, status=200)
        seen += [one["id"] for one in answer.json()]
        path = answer.links.get("next", {}).get("url", "").removeprefix(sandbox.url)
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) >= 10
    app("GET", "/app/hook/deliveries?cursor=nonsense", status=422)
    app("GET", "/app/hook/deliveries/999999999", status=404)


def test_old_delivery_is_not_delivered_again(
    admin, app, app_hook, control, repository, settle, app_jwt, connect, sandbox
):
    put(admin, repository, "a.txt")
    settle()
    number = app.get("/app/hook/deliveries?per_page=1")[0]["id"]
    control("POST", "/clock", {"move": 4 * 86_400})
    try:
        import time

        later = connect(app_jwt(iat=int(time.time()) + 4 * 86_400 - 60, exp=int(time.time()) + 4 * 86_400 + 500))
        later("POST", f"/app/hook/deliveries/{number}/attempts", status=422)
    finally:
        control("POST", "/clock", {"move": -4 * 86_400})


def test_deliveries_are_the_apps_own_business(admin, installation, connect):
    for stranger in (admin, installation, connect()):
        stranger("GET", "/app/hook/deliveries", status=401)


def test_dropped_delivery_is_on_the_list_and_lost_one_is_not(admin, repository, hook, listener, settle, network):
    network(action="drop", event="issues.opened", count=1)
    network(action="lose", event="issues.edited", count=1)
    admin("POST", f"/repos/{repository}/issues", {"title": "x"}, status=201)
    admin("PATCH", f"/repos/{repository}/issues/1", {"title": "y"}, status=200)
    admin("PATCH", f"/repos/{repository}/issues/1", {"title": "z"}, status=200)
    settle()
    assert names(listener) == ["issues.edited"]
    listed = admin.get(f"/repos/{repository}/hooks/{hook['id']}/deliveries")
    assert [(one["action"], one["status"]) for one in listed[:2]] == [
        ("edited", "OK"),
        ("opened", "failed to connect to host"),
    ]
    admin("POST", f"/repos/{repository}/hooks/{hook['id']}/deliveries/{listed[1]['id']}/attempts", status=202)
    settle()
    assert names(listener) == ["issues.edited", "issues.opened"]


def test_doubled_delivery_comes_twice_under_one_name(admin, repository, hook, listener, settle, network):
    network(action="double", event="issues", count=1)
    admin("POST", f"/repos/{repository}/issues", {"title": "x"}, status=201)
    settle()
    assert len({one.headers["X-GitHub-Delivery"] for one in listener.requests}) == 1
    assert names(listener) == ["issues.opened"] * 2


def test_late_delivery_lets_others_pass(admin, repository, hook, listener, settle, network):
    network(action="delay", event="issues.opened", seconds=0.5, count=1)
    admin("POST", f"/repos/{repository}/issues", {"title": "x"}, status=201)
    admin("PATCH", f"/repos/{repository}/issues/1", {"title": "y"}, status=200)
    settle()
    assert names(listener) == ["issues.edited", "issues.opened"]


@pytest.mark.parametrize("order", ["queue", "reverse", "shuffle"])
def test_held_deliveries_come_in_the_order_asked_for(
    admin, repository, hook, listener, settle, network, control, order
):
    control("POST", "/deliveries/hold")
    titles = [f"title {number}" for number in range(8)]
    for title in titles:
        admin("POST", f"/repos/{repository}/issues", {"title": title}, status=201)
    assert listener.requests == []
    control("POST", "/deliveries/flush", {"order": order, "seed": 7})
    settle()
    heard = [one["issue"]["title"] for one in payloads(listener)]
    assert sorted(heard) == titles
    if order == "shuffle":
        assert heard not in (titles, titles[::-1])
    else:
        assert heard == (titles if order == "queue" else titles[::-1])


def test_hooks_are_made_changed_and_removed(admin, repository, organization, listener, settle):
    for base in (f"/repos/{repository}/hooks", f"/orgs/{organization}/hooks"):
        listener.requests.clear()
        config = {"url": f"{listener.url}/{base.split('/')[1]}", "content_type": "json", "secret": "x"}
        made = admin("POST", base, {"name": "web", "events": ["push"], "config": config}, status=201).json()
        settle()
        assert names(listener) == ["ping"]
        assert made["config"]["secret"] == "********"
        one = f"{base}/{made['id']}"
        assert admin("PATCH", one, {"events": ["issues"]}, status=200).json()["events"] == ["issues"]
        changed = admin("PATCH", f"{one}/config", {"content_type": "form"}, status=200).json()
        assert changed["content_type"] == "form"
        admin("POST", f"{one}/pings", status=204)
        settle()
        assert listener.requests[-1].body.startswith(b"payload=%7B")
        assert [hook["id"] for hook in admin.get(base)] == [made["id"]]
        assert len(admin.get(f"{one}/deliveries")) == 2
        admin("DELETE", one, status=204)
        admin("GET", one, status=404)


def test_wrong_hooks_are_refused(admin, installation, repository, hook):
    base = f"/repos/{repository}/hooks"
    config = hook["config"] | {"secret": "s3cret"}
    again = admin("POST", base, {"config": config}, status=422).json()
    assert again["errors"][0]["message"] == "Hook already exists on this repository"
    admin("POST", base, {"config": {"url": "ftp://example.com"}}, status=422)
    admin("POST", base, {"config": {"url": "http://example.com/2", "content_type": "xml"}}, status=422)
    admin("POST", base, {"events": ["push"]}, status=422)


def test_unreachable_listener_is_a_failed_delivery(admin, repository, settle):
    config = {"url": "http://127.0.0.1:9/nobody", "content_type": "json"}
    made = admin("POST", f"/repos/{repository}/hooks", {"config": config}, status=201).json()
    settle()
    (ping,) = admin.get(f"/repos/{repository}/hooks/{made['id']}/deliveries")
    assert (ping["status"], ping["status_code"], ping["event"]) == ("failed to connect to host", 502, "ping")
    assert admin.get(f"/repos/{repository}/hooks/{made['id']}")["last_response"]["status"] == "invalid"


@pytest.mark.slow
def test_what_was_not_sent_survives_a_power_cut(tmp_path, listener):
    first = start(tmp_path)
    client = Client(first, first.admin_token)
    client("POST", "/_sandbox/seed", {"acme": {"pay": {"files": {"README.md": "# Pay\n"}}}}, status=201)
    client("POST", "/_sandbox/app", {"webhook_url": listener.url}, status=200)
    client("POST", "/_sandbox/deliveries/hold", status=204)
    put(client, "acme/pay", "a.txt")
    first.kill()
    second = start(tmp_path)
    try:
        client = Client(second, second.admin_token)
        client("POST", "/_sandbox/deliveries/flush", {}, status=200)
        assert client("POST", "/_sandbox/deliveries/settle", {"seconds": 120}).json()["settled"]
        assert names(listener) == ["push", "check_suite.requested"]
    finally:
        second.stop()


def test_locking_a_conversation_is_told(admin, repository, hook, listener, settle):
    admin("POST", f"/repos/{repository}/issues", {"title": "Slow"}, status=201)
    admin("PUT", f"/repos/{repository}/issues/1/lock", status=204)
    admin("DELETE", f"/repos/{repository}/issues/1/lock", status=204)
    settle()
    assert names(listener) == ["issues.opened", "issues.locked", "issues.unlocked"]
    assert [told["issue"]["locked"] for told in payloads(listener)] == [False, True, False]
