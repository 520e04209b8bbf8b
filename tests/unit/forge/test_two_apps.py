"""The careful set-up: one App reads and talks everywhere, another one writes where it was let in."""

from __future__ import annotations

import json

import pytest
import responses

from unit.forge.test_github import API, GRAPHQL, NOW, Clock, answer, grant, place, sent
from waypost.config import Config, ConfigError
from waypost.forge.creating import Write
from waypost.forge.github import connect
from waypost.forge.protocol import NotAllowed, NotInstalled, RateLimited, Wish

HOST = "https://github.com"


@pytest.fixture
def github():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        place(mock)
        mock.get(f"{API}/app/installations", json=[installed(3)])
        grant(mock, "ghs_reader", 3)
        yield mock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def forges(clock, app_key, tmp_path):
    config = Config(app_id=7, private_key=app_key, writer_app_id=8, writer_private_key=app_key)
    return connect(config, clock, clock.sleep, tmp_path)


def installed(number, **more):
    account = {"account": {"login": "acme"}, "repository_selection": "all", "suspended_at": None}
    return {"id": number, **account, "permissions": {"contents": "write", "metadata": "read"}} | more


def writer(github, number=4, token="ghs_writer"):
    github.get(f"{API}/orgs/acme/installation", json=installed(number))
    grant(github, token, number)


def commit(github, forges, headers=None):
    body = {"data": {"createCommitOnBranch": {"commit": {"oid": "c2"}}}}
    github.post(GRAPHQL, json=body, headers=headers)
    return forges.forge(3).commit("acme/catalog", "main", "a" * 40, {"a": b"1"}, "Say it")


def signs(request):
    return request.headers["Authorization"].removeprefix("Bearer ")


def test_the_catalog_is_written_by_the_writer_and_read_by_the_reader(github, forges):
    writer(github)
    assert commit(github, forges) == "c2"
    (written,) = sent(github, GRAPHQL)
    assert signs(written) == "ghs_writer"
    assert {signs(request) for request in sent(github, f"{API}/repos/acme/catalog")} == {"ghs_reader"}


def test_the_writer_s_token_is_for_one_repository_and_the_reader_s_cannot_write(github, forges):
    writer(github)
    commit(github, forges)
    asked = {
        request.url.split("/installations/")[1]: json.loads(request.body)
        for request in sent(github, f"{API}/app/installations/")
    }
    assert asked["4/access_tokens"] == {
        "permissions": {"contents": "write", "metadata": "read"},
        "repository_ids": [9],
    }
    assert asked["3/access_tokens"] == {"permissions": {"contents": "read", "metadata": "read"}}


def test_a_missing_writer_stops_only_the_writing_and_says_where_to_install_it(github, forges):
    for kind in ("orgs", "users"):
        github.get(f"{API}/{kind}/acme/installation", status=404, json={"message": "Not Found"})
    shown = {"name": "Waypost Writer", "slug": "waypost-writer", "html_url": f"{HOST}/apps/waypost-writer"}
    github.get(f"{API}/app", json=shown)
    forge = forges.forge(3)
    assert forge.git_url("acme/catalog")
    with pytest.raises(NotInstalled) as caught:
        forge.git_token("acme/catalog")
    assert "Waypost Writer is not installed over acme" in str(caught.value)
    assert f"{HOST}/apps/waypost-writer/installations/new" in str(caught.value)


def test_a_writer_that_was_installed_anew_is_found_again(github, forges):
    github.get(f"{API}/orgs/acme/installation", json=installed(4))
    github.post(f"{API}/app/installations/4/access_tokens", status=404, json={"message": "Not Found"})
    github.get(f"{API}/orgs/acme/installation", json=installed(5))
    grant(github, "ghs_again", 5)
    assert forges.forge(3).git_token("acme/catalog") == "ghs_again"


def test_the_writer_was_looked_up_once(github, forges):
    writer(github)
    forge = forges.forge(3)
    for _ in range(3):
        forge.git_token("acme/catalog")
    assert len(sent(github, f"{API}/orgs/acme/installation")) == 1


def test_a_spent_budget_of_the_writer_stops_no_reading(github, forges, clock):
    writer(github)
    spent = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 600)}
    commit(github, forges, spent | {"x-ratelimit-resource": "graphql"})
    forge = forges.forge(3)
    with pytest.raises(RateLimited):
        forge.commit("acme/catalog", "main", "a" * 40, {"a": b"1"}, "Say it")
    assert "graphql" not in forge.budgets()
    github.replace(responses.POST, GRAPHQL, json={"data": answer()})
    assert forge.read([Wish(1, "acme/payments")])[0].repository


def test_creating_is_done_by_the_writer(github, forges):
    writer(github)
    workshop = forges.workshop("acme")
    github.get(f"{API}/repos/acme/pay", json={"id": 1})
    workshop.look("/repos/acme/pay", "looking")
    assert signs(sent(github, f"{API}/repos/acme/pay")[0]) == "ghs_writer"


def test_what_was_not_granted_is_named(github, forges):
    github.get(f"{API}/orgs/acme/installation", json=installed(4))
    refused = {"message": "The permissions requested are not granted to this installation."}
    github.post(f"{API}/app/installations/4/access_tokens", status=422, json=refused)
    reading = installed(4, permissions={"contents": "read", "metadata": "read"})
    github.replace(responses.GET, f"{API}/app/installations", json=[installed(3), reading])
    github.get(f"{API}/app", json={"name": "Waypost Writer", "slug": "waypost-writer"})
    with pytest.raises(NotAllowed, match="acme has not granted contents: write to Waypost Writer"):
        forges.forge(3).git_token("acme/catalog")


def test_writes_of_all_tokens_of_an_installation_are_a_second_apart(github, clock, app_key, tmp_path):
    forges = connect(Config(app_id=7, private_key=app_key), clock, clock.sleep, tmp_path)
    commit(github, forges)
    github.get(f"{API}/orgs/acme/installation", json=installed(3))
    github.put(f"{API}/repos/acme/pay/topics", json={})
    forges.workshop("acme").write(Write("PUT", "/repos/acme/pay/topics", "setting topics", {}))
    assert clock.slept == [1.0]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        pytest.param({"writer_app_id": 8}, "WAYPOST_WRITER_PRIVATE_KEY .* is missing", id="without its key"),
        pytest.param({"writer_private_key": "k"}, "WAYPOST_WRITER_APP_ID is missing", id="without its number"),
        pytest.param({"writer_app_id": 8, "writer_private_key": "k"}, "is no private key", id="with another text"),
    ],
)
def test_half_a_writer_is_refused(app_key, tmp_path, fields, missing):
    with pytest.raises(ConfigError, match=missing):
        connect(Config(app_id=7, private_key=app_key, **fields), mirrors=tmp_path)
