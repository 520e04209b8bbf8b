"""Set-up against a GitHub in a box: who gets in, what GitHub's answers must prove, where the secrets go."""

from __future__ import annotations

import itertools
import json
import os
import re
import stat
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from waypost import app_file
from waypost.config import Config
from waypost.queue.sqlite import SqliteQueue
from waypost.sandbox.process import start
from waypost.server import create_app
from waypost.server.setup.door import WRONG_TOKENS, Door
from waypost.server.setup.shelf import Shelf
from waypost.sync.worker import Worker

from .process import Server

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


class Admin:
    """An org admin: one browser, our server without configuration, and GitHub's pages to click on."""

    def __init__(self, sandbox, folder: Path, **settings):
        self.now = 1e9
        self.organisation = f"firm{next(_NUMBERS)}"
        self.github = requests.Session()
        self.github.trust_env = False
        self.url = sandbox.url
        self.token = sandbox.admin_token
        self.seed({self.organisation: {"pay": {"files": {"CODEOWNERS": "* @ada\n"}}}})
        self.queue = SqliteQueue(folder / "waypost.db")
        self.config = Config(
            api_url=sandbox.url,
            database_url=f"sqlite:///{folder}/waypost.db",
            catalog_repository=f"{self.organisation}/catalog",
            app_file=folder / "waypost-app.json",
            **settings,
        )
        self.shelf = Shelf(folder / "setup.json")
        self.door = Door(self.shelf, lambda: self.now)
        self.app = create_app(self.config, self.queue, door=self.door)
        self.browser = self.app.test_client()

    def seed(self, owners):
        answer = self.github.post(
            f"{self.url}/_sandbox/seed", json=owners, headers={"Authorization": f"Bearer {self.token}"}
        )
        assert answer.status_code == 201

    def ask(self, method, path, body=None):
        return self.github.request(
            method, self.url + path, json=body, headers={"Authorization": f"Bearer {self.token}"}
        )

    def enter(self):
        answer = self.browser.get(f"/setup?token={self.door.new_token()}")
        assert answer.status_code == 303
        return self

    def page(self, path="/setup"):
        return self.browser.get(path, follow_redirects=True)

    def submit(self, page, path, **fields):
        """Send a form of a page, with the token that stands in it."""
        token = re.search(r'name="form_token" value="([^"]+)"', page.text)[1]
        return self.browser.post(path, data={"form_token": token, **fields}, follow_redirects=True)

    def begin(self, variant="one", **changed):
        fields = {"organisation": self.organisation, "address": "http://127.0.0.1:9", "variant": variant, **changed}
        return self.submit(self.page(), "/setup/begin", **fields)

    def create_app(self, page):
        """The button that posts the manifest, then "Create GitHub App"; return where GitHub sends the browser."""
        action, manifest = self.form(page)
        shown = self.github.post(action, data={"manifest": manifest})
        assert shown.status_code == 200, shown.text
        return self.click(shown)

    def form(self, page):
        action = unescape(re.search(r'<form method="post" action="([^"]+)"', page.text)[1])
        manifest = unescape(re.search(r'name="manifest" value="([^"]*)"', page.text)[1])
        return action, manifest

    def click(self, shown):
        """Submit the one form of a page of GitHub's."""
        action = unescape(re.search(r'<form method="post" action="([^"]+)"', shown.text)[1])
        fields = {
            unescape(name): unescape(value)
            for name, value in re.findall(
                r'<input (?:type="hidden" |id="name" )name="(\w+)" value="([^"]*)"', shown.text
            )
        }
        answer = self.github.post(self.url + action, data=fields, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def follow(self, address):
        """Go where GitHub sent us: to our own server, in this process."""
        parts = urlsplit(address)
        return self.page(f"{parts.path}?{parts.query}")

    def install(self, page):
        address = unescape(re.search(r'href="([^"]+/installations/new)"', page.text)[1])
        return self.follow(self.click(self.github.get(address)))

    def kept(self):
        return app_file.read(self.config.app_file)


@pytest.fixture
def admin(sandbox, tmp_path):
    found = Admin(sandbox, tmp_path)
    yield found
    found.queue.close()


def heading(page):
    return unescape(re.search(r"<h1>(.*?)</h1>", page.text)[1])


def test_without_the_token_nobody_sees_more_than_where_it_is(admin):
    page = admin.page()
    assert page.status_code == 403
    assert "terminal" in page.text
    assert "<form" not in page.text


@pytest.mark.parametrize("path", ["/setup/created", "/setup/installed", "/setup/register", "/setup/progress"])
def test_no_page_answers_without_a_session(admin, path):
    assert admin.page(path).status_code == 403


@pytest.mark.parametrize("token", ["wrong", "é", "x" * 5000], ids=["wrong", "not ASCII", "long"])
def test_a_wrong_token_is_refused(admin, token):
    admin.door.new_token()
    page = admin.page(f"/setup?token={token}")
    assert page.status_code == 403
    assert "wrong or was used" in page.text


def test_a_token_opens_one_browser(admin):
    token = admin.door.new_token()
    assert admin.page(f"/setup?token={token}").status_code == 200
    assert admin.app.test_client().get(f"/setup?token={token}").status_code == 403


def test_a_new_start_makes_the_former_token_void(admin):
    former = admin.door.new_token()
    admin.door.new_token()
    assert admin.page(f"/setup?token={former}").status_code == 403


def test_guesses_are_slowed_down_and_the_right_token_still_counts(admin):
    token = admin.door.new_token()
    answers = [admin.page("/setup?token=guess").status_code for _ in range(WRONG_TOKENS + 1)]
    assert answers == [403] * WRONG_TOKENS + [429]
    assert admin.page(f"/setup?token={token}").status_code == 200


def test_guesses_are_heard_again_after_a_minute(admin):
    for _ in range(WRONG_TOKENS + 1):
        admin.page("/setup?token=guess")
    admin.now += 61
    assert admin.page("/setup?token=guess").status_code == 403


def test_the_token_leaves_the_address_and_the_cookie_is_for_us_alone(admin):
    answer = admin.browser.get(f"/setup?token={admin.door.new_token()}")
    assert answer.headers["Location"] == "/setup"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/setup" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure(admin):
    answer = admin.browser.get(
        f"/setup?token={admin.door.new_token()}",
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "way.example"},
    )
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_session_ends(admin):
    admin.enter()
    admin.now += 13 * 3600
    assert admin.page().status_code == 403


def test_only_hashes_are_on_the_shelf(admin, tmp_path):
    token = admin.door.new_token()
    admin.browser.get(f"/setup?token={token}")
    cookie = admin.browser.get_cookie("waypost_setup", path="/setup").value
    text = (tmp_path / "setup.json").read_text()
    assert token not in text
    assert cookie not in text
    assert stat.S_IMODE((tmp_path / "setup.json").stat().st_mode) == 0o600


def test_all_web_processes_know_the_session(admin, tmp_path):
    admin.enter()
    other = create_app(
        admin.config, admin.queue, door=Door(Shelf(tmp_path / "setup.json"), lambda: admin.now)
    ).test_client()
    other.set_cookie("waypost_setup", admin.browser.get_cookie("waypost_setup", path="/setup").value)
    assert other.get("/setup").status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/metrics", "/webhooks", "/setupx", "/"])
def test_before_it_is_configured_everything_else_is_shut(admin, path):
    assert admin.browser.get(path).status_code == 503
    assert admin.browser.get("/healthz").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_form_from_elsewhere_is_refused(admin, token):
    admin.enter()
    fields = {"organisation": "acme", "address": "https://x.example", "form_token": token}
    answer = admin.browser.post("/setup/begin", data=fields)
    assert answer.status_code == 403
    assert "not from here" in answer.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"organisation": "acme/../x"}, "no name of an organisation"),
        ({"organisation": "<script>"}, "no name of an organisation"),
        ({"address": "waypost.example.com"}, "is no address"),
        ({"address": "http://waypost.example.com"}, "need https"),
        ({"address": "http://10.0.0.7:8000"}, "need https"),
        ({"address": "javascript:alert(1)"}, "is no address"),
        ({"address": "https://:word@waypost.example.com"}, "is no address"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_the_form(admin, changed, words):
    page = admin.enter().begin(**changed)
    assert page.status_code == 422
    assert words in page.text
    assert "<script>" not in page.text.replace("<script nonce", "")


def test_every_permission_is_explained_before_it_is_asked_for(admin):
    page = admin.enter().begin()
    manifest = json.loads(admin.form(page)[1])
    for name, level in manifest["default_permissions"].items():
        assert re.search(
            rf'<th scope="row">{name.replace("_", " ")}<small>{level}</small></th><td>[^<]+</td>', page.text
        )


def test_an_address_that_github_cannot_reach_is_warned_of(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path)
    admin.app = create_app(Config(app_file=tmp_path / "kept.json"), admin.queue, door=admin.door)
    admin.browser = admin.app.test_client()
    page = admin.enter().begin()
    assert "GitHub probably cannot reach http://127.0.0.1:9" in page.text
    assert admin.form(page)[0].startswith(
        f"https://github.com/organizations/{admin.organisation}/settings/apps/new?state="
    )


def test_the_app_is_stored_for_its_owner_only_and_shown_nowhere(admin, caplog):
    caplog.set_level("DEBUG")
    page = admin.enter().begin()
    page = admin.follow(admin.create_app(page))
    assert heading(page).startswith("Install Waypost firm")
    kept = admin.kept()["app"]
    assert stat.S_IMODE(admin.config.app_file.stat().st_mode) == 0o600
    assert kept.owner == admin.organisation
    seen = page.text + caplog.text.replace(str(kept.id), "")
    assert not [secret for secret in (kept.webhook_secret, kept.private_key.splitlines()[3]) if secret in seen]


def test_after_the_conversion_signed_deliveries_are_taken_without_a_restart(admin):
    page = admin.enter().begin()
    admin.follow(admin.create_app(page))
    assert admin.browser.get("/readyz").status_code == 200
    assert admin.browser.post("/webhooks", data=b"{}").status_code == 401


def test_after_the_conversion_strangers_are_still_kept_out(admin):
    page = admin.enter().begin()
    admin.follow(admin.create_app(page))
    assert admin.app.test_client().get("/setup").status_code == 403


@pytest.mark.parametrize("state", ["forged", "", "é"])
def test_an_answer_with_a_forged_state_is_not_fetched(admin, state):
    page = admin.enter().begin()
    code = parse_qs(urlsplit(admin.create_app(page)).query)["code"][0]
    answer = admin.browser.get("/setup/created", query_string={"code": code, "state": state})
    assert answer.status_code == 403
    assert not admin.kept()
    conversion = admin.github.post(f"{admin.url}/app-manifests/{code}/conversions")
    assert conversion.status_code == 201  # nobody had used it


def test_a_state_is_good_for_one_answer(admin):
    location = admin.create_app(admin.enter().begin())
    admin.follow(location)
    assert admin.follow(location).status_code == 403


def test_a_state_is_good_for_an_hour(admin):
    location = admin.create_app(admin.enter().begin())
    admin.now += 3601
    assert admin.follow(location).status_code == 403
    assert not admin.kept()


def test_a_state_of_another_session_is_not_taken(admin):
    location = admin.create_app(admin.enter().begin())
    admin.browser = admin.app.test_client()
    admin.enter()
    assert admin.follow(location).status_code == 403
    assert not admin.kept()


def test_another_tab_does_not_replace_the_app_that_is_at_work(admin):
    page = admin.enter().begin()
    late = parse_qs(urlsplit(admin.form(admin.begin())[0]).query)["state"][0]
    admin.follow(admin.create_app(page))
    kept = admin.kept()
    assert admin.page(f"/setup/created?code=another&state={late}").status_code == 409
    assert admin.kept() == kept


def test_secrets_that_cannot_be_stored_at_the_last_moment_are_shown(admin, monkeypatch):
    location = admin.create_app(admin.enter().begin())

    def full(_path, _kept):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(app_file, "write", full)
    assert "-----BEGIN RSA PRIVATE KEY" in admin.follow(location).text


def test_a_code_that_github_does_not_know_is_said_and_not_quoted(admin):
    page = admin.enter().begin()
    state = parse_qs(urlsplit(admin.form(page)[0]).query)["state"][0]
    answer = admin.page(f"/setup/created?code=c0de-of-somebody&state={state}")
    assert answer.status_code == 502
    assert "used before, or more than an hour" in answer.text
    assert "c0de-of-somebody" not in answer.text


def test_where_the_environment_keeps_secrets_they_are_shown_once(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path, keeps_secrets=False)
    page = admin.follow(admin.create_app(admin.enter().begin()))
    for name in ("WAYPOST_APP_ID=", "WAYPOST_WEBHOOK_SECRET=", "WAYPOST_PRIVATE_KEY=", "-----BEGIN RSA PRIVATE KEY"):
        assert name in unescape(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert not admin.config.app_file.exists()
    assert "BEGIN RSA" not in admin.page().text


def test_with_two_apps_the_environment_gets_both(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path, keeps_secrets=False)
    admin.follow(admin.create_app(admin.enter().begin(variant="two")))
    page = admin.follow(admin.create_app(admin.page("/setup/register?role=writer")))
    assert "WAYPOST_WRITER_APP_ID=" in page.text
    assert "WAYPOST_WEBHOOK_SECRET" not in page.text


def test_a_place_that_cannot_be_written_is_said_before_anybody_goes_to_github(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path)
    place = tmp_path / "none" / "waypost-app.json"
    admin.config = Config(api_url=sandbox.url, app_file=place)
    admin.app = create_app(admin.config, admin.queue, door=admin.door)
    admin.browser = admin.app.test_client()
    page = admin.enter().begin()
    assert "No such file or directory" in page.text
    shown = admin.follow(admin.create_app(page))
    assert "-----BEGIN RSA PRIVATE KEY" in shown.text


def scan(admin):
    """What a worker would do meanwhile."""
    from waypost.config import with_app_file
    from waypost.forge.github import connect

    config = with_app_file(admin.config)
    worker = Worker(admin.queue, connect(config), config)
    for _ in range(200):
        if not worker.run_once() and heading(admin.page()).endswith("has a catalog"):
            return
    raise AssertionError(admin.page().text)


def test_from_nothing_to_the_first_report(admin):
    page = admin.follow(admin.create_app(admin.enter().begin()))
    page = admin.install(page)
    assert heading(page) == "The catalog repository"
    page = admin.submit(page, "/setup/repository", visibility="private", guard="yes")
    assert heading(page) == f"Reading {admin.organisation}"
    assert "No worker is running" in page.text
    assert admin.page("/setup/progress").json["is_done"] is False
    scan(admin)
    assert admin.page("/setup/progress").json["is_done"] is True
    page = admin.page()
    figures = re.findall(r"<li><b>(\d+)</b>", page.text)
    assert figures == ["1", "0", "1"]
    full = f"/repos/{admin.organisation}/catalog"
    assert admin.ask("GET", full).json()["private"] is True
    assert admin.ask("GET", f"{full}/contents/waypost.yaml").status_code == 200
    (ruleset,) = admin.ask("GET", f"{full}/rulesets").json()
    shown = admin.ask("GET", f"{full}/rulesets/{ruleset['id']}").json()
    assert shown["bypass_actors"][0]["actor_id"] == admin.kept()["app"].id


def test_with_two_apps_the_writer_makes_the_repository_and_is_the_one_to_pass_its_rules(admin):
    page = admin.follow(admin.create_app(admin.enter().begin(variant="two")))
    assert heading(page) == "Create the App that writes"
    page = admin.follow(admin.create_app(page))
    page = admin.install(page)
    assert heading(page).startswith("Install Waypost Writer")
    page = admin.install(page)
    page = admin.submit(page, "/setup/repository", visibility="private", guard="yes")
    scan(admin)
    kept = admin.kept()
    full = f"/repos/{admin.organisation}/catalog"
    (ruleset,) = admin.ask("GET", f"{full}/rulesets").json()
    shown = admin.ask("GET", f"{full}/rulesets/{ruleset['id']}").json()
    assert [one["actor_id"] for one in shown["bypass_actors"]] == [kept["writer"].id]
    checks = next(rule for rule in shown["rules"] if rule["type"] == "required_status_checks")
    assert checks["parameters"]["required_status_checks"][0]["integration_id"] == kept["app"].id
    writer = admin.ask("GET", f"/apps/{kept['writer'].slug}").json()
    assert writer["events"] == []


def test_a_plan_without_rulesets_is_said_and_stops_nothing(admin):
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    words = "Upgrade to GitHub Pro or make this repository public to enable this feature."
    fault = {
        "kind": "status",
        "status": 403,
        "message": words,
        "method": "POST",
        "path": f"/repos/{admin.organisation}/catalog/rulesets",
        "count": 1,
    }
    assert admin.ask("POST", "/_sandbox/faults", fault).status_code == 201
    admin.submit(page, "/setup/repository", visibility="private", guard="yes")
    scan(admin)
    page = admin.page()
    assert "The ruleset was not made." in page.text
    assert words in unescape(page.text)
    page = admin.submit(page, "/setup/ruleset")
    assert "The ruleset was not made." not in page.text
    assert "Guard it with a ruleset" not in page.text


def test_a_catalog_repository_that_is_there_is_used_as_it_is(admin):
    admin.seed({admin.organisation: {"catalog": {"files": {"waypost.yaml": "kinds: []\n"}}}})
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    assert heading(page) == f"Reading {admin.organisation}"
    contents = admin.ask("GET", f"/repos/{admin.organisation}/catalog/contents/").json()
    assert [one["name"] for one in contents] == ["waypost.yaml"]


def test_an_empty_repository_made_by_hand_is_filled(admin):
    admin.ask("POST", f"/orgs/{admin.organisation}/repos", {"name": "catalog", "private": True})
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    assert "is there and empty" in page.text
    admin.submit(page, "/setup/repository")
    assert admin.ask("GET", f"/repos/{admin.organisation}/catalog/contents/waypost.yaml").status_code == 200


def test_a_repository_with_other_files_gets_what_it_lacks_and_keeps_what_it_has(admin):
    admin.seed({admin.organisation: {"catalog": {"files": {"about.md": "Ahoy.\n", "README.md": "# Ours\n"}}}})
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    assert "without a <code>waypost.yaml</code>" in page.text
    admin.submit(page, "/setup/repository")
    contents = {
        one["name"]: one["size"] for one in admin.ask("GET", f"/repos/{admin.organisation}/catalog/contents/").json()
    }
    assert contents.keys() >= {"waypost.yaml", "templates"}
    assert contents["about.md"] == len("Ahoy.\n")


def test_a_repository_with_other_files_can_be_used_as_it_is(admin):
    admin.seed({admin.organisation: {"catalog": {"files": {"README.md": "# Ours\n"}}}})
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    page = admin.submit(page, "/setup/repository", as_it_is="yes")
    assert heading(page) == f"Reading {admin.organisation}"
    contents = admin.ask("GET", f"/repos/{admin.organisation}/catalog/contents/").json()
    assert [one["name"] for one in contents] == ["README.md"]


def test_an_app_that_may_not_create_is_told_how_two_clicks_do(admin):
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    app = admin.kept()["app"]
    listed = next(
        number
        for number in range(1, 400)
        if (found := installation(admin, app, number)) is not None and found["app_id"] == app.id
    )
    granted = {"metadata": "read", "contents": "write", "members": "read"}
    admin.ask("PATCH", f"/_sandbox/installations/{listed}", {"permissions": granted})
    page = admin.submit(page, "/setup/repository", visibility="private")
    assert page.status_code == 502
    assert f"/organizations/{admin.organisation}/repositories/new?name=catalog" in page.text
    assert "Look again" in page.text


def test_on_a_personal_account_the_repository_is_made_by_hand_and_then_filled(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path)
    admin.config = replace(admin.config, catalog_repository="portal")
    admin.browser = create_app(admin.config, admin.queue, door=admin.door).test_client()
    page = admin.enter().begin(organisation="")
    assert "/settings/apps/new?state=" in admin.form(page)[0]
    assert "/organizations/" not in admin.form(page)[0]
    page = admin.install(admin.follow(admin.create_app(page)))
    page = admin.submit(page, "/setup/repository", visibility="private")
    assert page.status_code == 502
    assert f'href="{admin.url}/new?name=portal&amp;visibility=private"' in page.text
    assert admin.ask("POST", "/user/repos", {"name": "portal", "private": True}).status_code == 201
    page = admin.submit(admin.page(), "/setup/repository")
    assert heading(page) == "Reading admin"
    assert admin.ask("GET", "/repos/admin/portal/contents/waypost.yaml").status_code == 200


def installation(admin, app, number):
    import time

    import jwt

    now = int(time.time())
    signed = jwt.encode({"iss": str(app.id), "iat": now - 30, "exp": now + 300}, app.private_key, algorithm="RS256")
    answer = admin.github.get(
        f"{admin.url}/app/installations/{number}",
        headers={"Authorization": f"Bearer {signed}", "X-Waypost-Mistake": "1"},
    )
    return answer.json() if answer.status_code == 200 else None


def test_set_up_goes_on_where_it_was(admin, tmp_path):
    admin.follow(admin.create_app(admin.enter().begin()))
    again = create_app(admin.config, admin.queue, door=Door(Shelf(tmp_path / "later.json"), lambda: admin.now))
    admin.door, admin.browser = Door(Shelf(tmp_path / "later.json"), lambda: admin.now), again.test_client()
    assert heading(admin.enter().page()).startswith("Install Waypost")


def test_what_the_address_says_of_an_installation_is_not_believed(admin):
    admin.follow(admin.create_app(admin.enter().begin()))
    page = admin.page("/setup/installed?installation_id=1&setup_action=install")
    assert heading(page).startswith("Install Waypost")


def test_every_page_keeps_foreign_things_out(admin):
    page = admin.enter().page()
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    nonce = re.search(r"style-src 'nonce-([^']+)'", policy)[1]
    assert f'<style nonce="{nonce}">' in page.text
    assert nonce not in admin.page().text


def test_github_being_away_is_said_with_a_way_on(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path)
    admin.follow(admin.create_app(admin.enter().begin()))
    gone = Config(api_url="http://127.0.0.1:1", app_file=admin.config.app_file)
    client = create_app(gone, admin.queue, door=admin.door).test_client()
    client.set_cookie("waypost_setup", admin.browser.get_cookie("waypost_setup", path="/setup").value, path="/setup")
    page = client.get("/setup")
    assert page.status_code == 502
    assert "cannot be reached" in page.text
    assert "Go on from where it was" in page.text


def test_the_terminal_shows_the_token_and_only_there(tmp_path):
    server = Server(tmp_path, secret="", workers=2)
    server.environment["WAYPOST_APP_FILE"] = str(tmp_path / "kept.json")
    server.start()
    try:
        (address,) = re.findall(r"open (\S+)", server.log.read_text())
        assert address.startswith(f"http://127.0.0.1:{server.port}/setup?token=")
        client = requests.Session()
        client.trust_env = False
        assert client.get(address.partition("?")[0]).status_code == 403
        assert client.get(address).status_code == 200
        assert {client.get(address.partition("?")[0]).status_code for _ in range(8)} == {200}  # whichever process
        assert server.log.read_text().count(address.partition("token=")[2]) == 1
    finally:
        server.kill()


def test_a_configured_server_opens_set_up_only_when_asked_to(tmp_path):
    server = Server(tmp_path).start()
    try:
        assert "setup?token" not in server.log.read_text()
        assert requests.get(f"http://127.0.0.1:{server.port}/setup", timeout=60).status_code == 403
    finally:
        server.kill()


def test_a_worker_waits_for_set_up_and_ends_when_told(tmp_path):
    environment = {"PATH": os.environ["PATH"], "WAYPOST_DATABASE_URL": f"sqlite:///{tmp_path}/waypost.db"}
    command = [sys.executable, "-m", "waypost", "worker"]
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert "waiting for /setup to write" in process.stderr.readline()
        process.terminate()
        assert process.wait(60) == 0


def test_half_a_configuration_is_no_reason_to_wait(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "WAYPOST_APP_ID": "7",
        "WAYPOST_DATABASE_URL": f"sqlite:///{tmp_path}/w.db",
    }
    command = [sys.executable, "-m", "waypost", "worker"]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "WAYPOST_PRIVATE_KEY" in done.stderr
