"""In a workflow: a token or an App's key reads the organisation, the workflow's own token writes the catalog."""

from __future__ import annotations

import json

import pytest
import responses

from unit.forge.test_github import API, GRAPHQL, NOW, Clock, answer, grant, listed, place
from waypost.config import Config, ConfigError
from waypost.forge.github import connect
from waypost.forge.protocol import NotInstalled, Wish

CATALOG = "acme/catalog"


@pytest.fixture
def github():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        place(mock)
        yield mock


@pytest.fixture
def clock():
    return Clock()


def with_key(app_key, clock, folder):
    config = Config(app_id=7, token=app_key, github_token="ghs_write", catalog_repository=CATALOG)
    return connect(config, clock, clock.sleep, folder)


def install(github, **more):
    account = {"account": {"login": "acme"}, "repository_selection": "all", "suspended_at": None}
    body = {"id": 3, **account, "permissions": {"contents": "write", "metadata": "read"}} | more
    github.get(f"{API}/orgs/acme/installation", json=body)
    grant(github, "ghs_app", 3)


def commit(github, forge, headers=None):
    body = {"data": {"createCommitOnBranch": {"commit": {"oid": "c2"}}}}
    github.post(GRAPHQL, json=body, headers=headers)
    return forge.commit(CATALOG, "main", "a" * 40, {"a": b"1"}, "Say it")


def signs(request):
    return request.headers["Authorization"].removeprefix("Bearer ")


def test_key_of_an_app_reads_and_the_workflow_writes(github, clock, app_key, tmp_path):
    install(github)
    forges = with_key(app_key, clock, tmp_path)
    (installation,) = forges.installations()
    assert (installation.account, installation.selects_all) == ("acme", True)
    forge = forges.forge(installation.id)
    github.get(f"{API}/installation/repositories", json={"repositories": [listed(1)]})
    assert [repository.id for repository in forge.repositories()] == [1]
    commit(github, forge)
    signed = {call.request.path_url.split("?")[0]: signs(call.request) for call in github.calls}
    assert (signed["/installation/repositories"], signed["/graphql"]) == ("ghs_app", "ghs_write")
    minted = [json.loads(call.request.body) for call in github.calls if "access_tokens" in call.request.url]
    assert minted == [{"permissions": {"contents": "read", "metadata": "read"}}]


def test_app_with_selected_repositories_says_so(github, clock, app_key, tmp_path):
    install(github, repository_selection="selected")
    (installation,) = with_key(app_key, clock, tmp_path).installations()
    assert not installation.selects_all


def test_app_that_may_not_read_members_leaves_people_out(github, clock, app_key, tmp_path):
    install(github)
    forges = with_key(app_key, clock, tmp_path)
    assert forges.forge(1).people() is None
    assert not any("access_tokens" in call.request.url and "members" in str(call.request.body) for call in github.calls)


def test_app_that_is_not_installed_says_where_an_owner_can_do_it(github, clock, app_key, tmp_path):
    for kind in ("orgs", "users"):
        github.get(f"{API}/{kind}/acme/installation", json={"message": "Not Found"}, status=404)
    github.get(f"{API}/app", json={"name": "Reader", "slug": "reader", "html_url": "https://github.com/apps/reader"})
    with pytest.raises(NotInstalled, match=r"Reader is not installed over acme.*apps/reader/installations/new"):
        with_key(app_key, clock, tmp_path).installations()


def test_budget_of_the_writing_token_is_not_taken_for_the_reading_ones(github, clock, tmp_path):
    config = Config(token="ghp_read", github_token="ghs_write", catalog_repository=CATALOG)
    forge = connect(config, clock, clock.sleep, tmp_path).forge(1)
    headers = {"x-ratelimit-limit": "5000", "x-ratelimit-reset": str(int(NOW) + 3600)}
    resource = {"x-ratelimit-resource": "graphql"}
    commit(github, forge, headers | resource | {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "0"})
    assert "graphql" not in forge.budgets()
    github.post(GRAPHQL, json={"data": answer()}, headers=headers | resource | {"x-ratelimit-remaining": "4998"})
    forge.read([Wish(1, "acme/a")])
    assert forge.budgets()["graphql"].remaining == 4998


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param({"app_id": 0}, "^WAYPOST_APP_ID is missing: WAYPOST_TOKEN holds a private key", id="no number"),
        pytest.param({"github_token": ""}, "^GITHUB_TOKEN is missing: the App .* only reads", id="no writer"),
        pytest.param({"catalog_repository": "catalog"}, "must name the organisation", id="no organisation"),
        pytest.param({"token": "-----BEGIN x"}, "^WAYPOST_TOKEN is no private key", id="half a key"),
        pytest.param({"token": "ghp_x"}, "^WAYPOST_PRIVATE_KEY .* Or take WAYPOST_APP_ID away", id="number of a token"),
        pytest.param({"writer_app_id": 8}, "^WAYPOST_WRITER_PRIVATE_KEY .* is missing", id="half of a second App"),
    ],
)
def test_what_does_not_fit_together_is_named_and_not_quoted(app_key, given, named):
    whole = {"app_id": 7, "token": app_key, "github_token": "ghs_write", "catalog_repository": CATALOG}
    with pytest.raises(ConfigError, match=named) as caught:
        connect(Config(**whole | given))
    assert "ghp_x" not in str(caught.value)
    assert app_key not in str(caught.value)
