"""The App from a manifest: what GitHub's answers must prove, and where the secrets go."""

from __future__ import annotations

import json
import re
import stat
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from server.setup.admin import Admin, heading
from waypost import app_file
from waypost.config import Config
from waypost.server import create_app


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
