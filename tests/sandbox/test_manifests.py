"""Making an App from a manifest and installing it, as GitHub's own pages do."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

BACK = "http://127.0.0.1:9/created"


def manifest(**changed):
    whole = {
        "name": "Portal",
        "url": "http://127.0.0.1:9",
        "hook_attributes": {"url": "http://127.0.0.1:9/webhooks"},
        "redirect_url": BACK,
        "setup_url": "http://127.0.0.1:9/installed",
        "default_permissions": {"contents": "read"},
        "default_events": ["push"],
    }
    return json.dumps({name: value for name, value in (whole | changed).items() if value is not None})


@pytest.fixture
def visitor(connect):
    """A browser: no token, and forms instead of JSON."""
    client = connect()
    return lambda method, path, fields=None, status=200: client(method, path, data=fields, status=status)


def page_of(organization):
    return f"/organizations/{organization}/settings/apps"


def make(visitor, organization, name, text=None, state="s"):
    """Click "Create GitHub App" and return the query that the browser is sent back with."""
    fields = {"manifest": text or manifest(), "name": name, "state": state}
    answer = visitor("POST", f"{page_of(organization)}/manifest", fields, 302)
    assert answer.headers["Location"].startswith(BACK)
    return {key: value[0] for key, value in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def test_a_manifest_becomes_an_app_with_two_requests(visitor, connect, organization):
    shown = visitor("POST", f"{page_of(organization)}/new?state=abc", {"manifest": manifest(name=f"P {organization}")})
    assert f'value="P {organization}"' in shown.text
    assert "form-action 'self' http://127.0.0.1:9" in shown.headers["Content-Security-Policy"]
    back = make(visitor, organization, f"P {organization}", state="abc")
    assert back["state"] == "abc"
    made = connect()("POST", f"/app-manifests/{back['code']}/conversions", status=201).json()
    assert made["permissions"] == {"contents": "read", "metadata": "read"}
    assert made["events"] == ["push"]
    assert made["owner"]["login"] == organization
    assert made["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert made["webhook_secret"]
    assert made["client_secret"]


def test_a_code_works_once(visitor, connect, organization):
    code = make(visitor, organization, f"Once {organization}")["code"]
    assert connect()("POST", f"/app-manifests/{code}/conversions").status_code == 201
    assert connect()("POST", f"/app-manifests/{code}/conversions", mistake=True).status_code == 404


def test_a_code_works_for_an_hour(visitor, connect, organization, control):
    code = make(visitor, organization, f"Late {organization}")["code"]
    control("POST", "/clock", {"move": 3_601})
    try:
        assert connect()("POST", f"/app-manifests/{code}/conversions", mistake=True).status_code == 404
    finally:
        control("POST", "/clock", {"move": -3_601})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"url": None}, "url must be an address"),
        ({"url": "javascript:alert(1)"}, "url must be an address"),
        ({"default_permissions": {"everything": "write"}}, "everything: write is not known"),
        ({"default_permissions": {"contents": "own"}}, "contents: own is not known"),
        ({"default_events": ["installation"]}, "installation is not known"),
        ({"default_events": ["issues"]}, "issues is not supported by the permissions: it wants issues"),
        ({"hook_attributes": {"active": False}}, "hook_attributes needs a url"),
        ({"surprise": 1}, "surprise is not known"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said(visitor, organization, changed, words):
    shown = visitor("POST", f"{page_of(organization)}/new", {"manifest": manifest(**changed)}, 422)
    assert words in unescape(shown.text)
    assert "Create GitHub App</button>" not in shown.text


@pytest.mark.parametrize("text", ["{", "[]", "null"])
def test_what_is_no_manifest_is_refused(visitor, organization, text):
    visitor("POST", f"{page_of(organization)}/new", {"manifest": text}, 422)


def test_a_name_that_is_taken_is_refused_and_can_be_changed(visitor, organization):
    fields = {"manifest": manifest(), "name": "Waypost", "state": "s"}
    shown = visitor("POST", f"{page_of(organization)}/manifest", fields, 422)
    assert "Name is already taken" in shown.text
    assert 'name="name" value="Waypost"' in shown.text


@pytest.mark.parametrize("name", ["", "x" * 35, "!!!"])
def test_a_name_that_github_would_not_have_is_refused(visitor, organization, name):
    visitor("POST", f"{page_of(organization)}/manifest", {"manifest": manifest(), "name": name}, 422)


def test_words_of_a_manifest_are_escaped(visitor, organization):
    shown = visitor("POST", f"{page_of(organization)}/new", {"manifest": manifest(name='"><script>alert(1)</script>')})
    assert "<script>" not in shown.text


def test_only_who_administers_an_organisation_can_make_its_apps(visitor, organization, control):
    control("POST", "/users", {"login": f"member-of-{organization}", "organization": organization})
    control("POST", "/signed-in", {"login": f"member-of-{organization}"})
    try:
        visitor("POST", f"{page_of(organization)}/new", {"manifest": manifest()}, 404)
        visitor("POST", f"{page_of(organization)}/manifest", {"manifest": manifest(), "name": "Sly"}, 404)
    finally:
        control("POST", "/signed-in", {"login": "admin"})


def test_a_click_from_another_site_does_not_count(connect, organization):
    fields = {"manifest": manifest(), "name": f"Forged {organization}"}
    answer = connect()(
        "POST", f"{page_of(organization)}/manifest", data=fields, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 404


def test_an_installation_leads_back_and_is_told_to_that_app(visitor, connect, organization, repository):
    back = make(visitor, organization, f"Inst {organization}")
    made = connect()("POST", f"/app-manifests/{back['code']}/conversions", status=201).json()
    shown = visitor("GET", f"/apps/{made['slug']}/installations/new")
    assert f"on {organization}</h1>" in shown.text
    assert len(re.findall("<h1", shown.text)) == 1  # a private App: nowhere else
    fields = {"account": organization, "selection": "all"}
    answer = visitor("POST", f"/apps/{made['slug']}/installations", fields, 302)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["setup_action"] == ["install"]
    again = visitor("GET", f"/apps/{made['slug']}/installations/new")
    assert f"installation_id={query['installation_id'][0]}" in unescape(again.text)


def test_a_selection_needs_a_repository(visitor, connect, organization):
    back = make(visitor, organization, f"Some {organization}")
    made = connect()("POST", f"/app-manifests/{back['code']}/conversions", status=201).json()
    visitor("POST", f"/apps/{made['slug']}/installations", {"account": organization, "selection": "selected"}, 422)


def test_an_app_cannot_be_installed_on_what_is_not_its_owners(visitor, connect, organization, control):
    back = make(visitor, organization, f"Priv {organization}")
    made = connect()("POST", f"/app-manifests/{back['code']}/conversions", status=201).json()
    visitor("POST", f"/apps/{made['slug']}/installations", {"account": "admin", "selection": "all"}, 404)
