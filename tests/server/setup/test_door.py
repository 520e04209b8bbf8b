"""Who gets in to set-up: the one-time token, the session, and what stays shut."""

from __future__ import annotations

import stat

import pytest

from waypost.server import create_app
from waypost.server.setup.door import WRONG_TOKENS, Door
from waypost.server.setup.shelf import Shelf


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
