"""The adapter's odd corners, with answers put before PyGithub that a GitHub in good health never gives."""

from __future__ import annotations

import json
import logging
import re
import threading

import pytest
import requests
import responses

from waypost.config import Config, ConfigError
from waypost.forge.adapter import TREE_CALLS
from waypost.forge.github import connect
from waypost.forge.protocol import (
    ForgeError,
    HeadMoved,
    NotAllowed,
    NotInstalled,
    RateLimited,
    TooLarge,
    Unavailable,
    Wish,
)

API = "https://api.github.com:443"  # PyGithub writes the port; GitHub's own addresses in bodies do not
NOW = 1_700_000_000.0
TOKEN = "ghs_" + "s3cr3t" * 100
GRAPHQL = f"{API}/graphql"


class Clock:
    def __init__(self):
        self.now = NOW
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def github():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def forges(github, clock, app_key, tmp_path):
    return connect(Config(app_id=7, private_key=app_key), clock, clock.sleep, tmp_path)


@pytest.fixture
def forge(forges, github):
    grant(github)
    place(github)
    return forges.forge(3)


def grant(github, token=TOKEN, installation=3, **more):
    body = {"token": token, "expires_at": "2023-11-14T23:13:20Z", **more}
    return github.post(f"{API}/app/installations/{installation}/access_tokens", json=body, status=201)


def place(github):
    github.get(f"{API}/repos/acme/catalog", json={"id": 9, "clone_url": "https://github.com/acme/catalog.git"})


def answer(alias="r0", **facts):
    return {
        alias: {
            "databaseId": 1,
            "name": "payments",
            "owner": {"login": "acme"},
            "url": "https://github.com/acme/payments",
            "visibility": "PRIVATE",
            "isArchived": False,
            "isFork": False,
            "isTemplate": False,
            "description": None,
            "primaryLanguage": None,
            "repositoryTopics": {"nodes": []},
            "defaultBranchRef": {"name": "main", "target": {"oid": "c1"}},
            **facts,
        }
    }


def listed(number):
    return {
        "id": number,
        "name": f"r{number}",
        "owner": {"login": "acme"},
        "html_url": f"https://github.com/acme/r{number}",
        "private": True,
        "fork": False,
    }


def sent(github, address):
    return [call.request for call in github.calls if call.request.url.startswith(address)]


def read(forge, *numbers):
    return forge.read([Wish(number, f"acme/r{number}") for number in numbers or (1,)])


def test_nothing_is_asked_before_it_is_needed(github, forges):
    assert len(github.calls) == 0


def test_one_token_serves_many_calls(github, forge):
    github.post(GRAPHQL, json={"data": answer()})
    for _ in range(3):
        read(forge)
    assert len(sent(github, f"{API}/app")) == 1
    asked = sent(github, GRAPHQL)
    assert {request.headers["Authorization"] for request in asked} == {f"Bearer {TOKEN}"}
    assert {request.headers["X-GitHub-Api-Version"] for request in asked} == {"2022-11-28"}


def test_the_reading_token_is_asked_for_without_the_right_to_write(github, forge):
    (request,) = sent(github, f"{API}/app")
    assert json.loads(request.body) == {"permissions": {"contents": "read", "metadata": "read"}}


def test_expired_token_is_replaced_once_and_the_call_repeated(github, forge):
    github.post(GRAPHQL, json={"message": "Bad credentials"}, status=401)
    github.post(GRAPHQL, json={"data": answer()})
    grant(github, "ghs_new")
    assert read(forge)[0].repository.full_name == "acme/payments"
    assert [request.headers["Authorization"] for request in sent(github, GRAPHQL)] == [
        f"Bearer {TOKEN}",
        "Bearer ghs_new",
    ]


def test_token_that_is_refused_twice_is_an_answer(github, forge):
    github.post(GRAPHQL, json={"message": "Bad credentials"}, status=401)
    with pytest.raises(NotAllowed, match="Bad credentials"):
        read(forge)
    assert len(sent(github, GRAPHQL)) == 2


def test_threads_with_an_expired_token_ask_for_one_new_one(github, forge):
    def respond(request):
        good = request.headers["Authorization"] == "Bearer ghs_new"
        return (200, {}, json.dumps({"data": answer()})) if good else (401, {}, '{"message": "Bad credentials"}')

    github.add_callback("POST", GRAPHQL, respond)
    grant(github, "ghs_new")
    threads = [threading.Thread(target=read, args=(forge,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(sent(github, f"{API}/app")) == 2


def test_clock_far_behind_is_corrected_by_the_servers(github, forges):
    address = f"{API}/app/installations/3/access_tokens"
    refused = {"message": "'Expiration time' claim ('exp') must be a numeric value representing the future time"}
    github.post(address, json=refused, status=401, headers={"Date": "Wed, 15 Nov 2023 22:13:20 GMT"})
    grant(github)
    assert forges.forge(3)
    assert len(sent(github, address)) == 2


def test_installation_that_is_gone_or_suspended_is_not_installed(github, forges):
    github.post(f"{API}/app/installations/4/access_tokens", json={"message": "Not Found"}, status=404)
    suspended = {"message": "This installation has been suspended"}
    github.post(f"{API}/app/installations/5/access_tokens", json=suspended, status=403)
    for installation in (4, 5):
        with pytest.raises(NotInstalled):
            forges.forge(installation)


def test_listing_follows_the_pages(github, forge):
    first, second = (
        f"{API}/installation/repositories?per_page=100",
        f"{API}/installation/repositories?page=2&per_page=100",
    )
    link = {"Link": '<https://api.github.com/installation/repositories?per_page=100&page=2>; rel="next"'}
    github.get(first, json={"repositories": [listed(1)]}, headers=link)
    github.get(second, json={"repositories": [listed(2)]})
    assert [repository.id for repository in forge.repositories()] == [1, 2]


def test_unchanged_page_is_free_and_its_successor_still_found(github, forge):
    address = f"{API}/installation/repositories"
    link = {"Link": '<https://api.github.com/installation/repositories?per_page=100&page=2>; rel="next"'}

    def respond(request):
        page = request.url.partition("page=2&")[1] or "first"
        if request.headers.get("If-None-Match") == f'"{page}"':
            return (304, {}, "")
        number = 1 if page == "first" else 2
        headers = {"ETag": f'"{page}"', **(link if page == "first" else {})}
        return (200, headers, json.dumps({"repositories": [listed(number)]}))

    github.add_callback("GET", address, respond)
    once = list(forge.repositories())
    assert list(forge.repositories()) == once
    assert forge.calls() == {("core", "charged"): 2, ("core", "free"): 2}


def test_listing_that_breaks_off_raises(github, forge):
    link = {"Link": '<https://api.github.com/installation/repositories?page=2>; rel="next"'}
    github.get(f"{API}/installation/repositories", json={"repositories": [listed(1)]}, headers=link)
    github.get(f"{API}/installation/repositories", status=502)
    with pytest.raises(Unavailable):
        list(forge.repositories())


def test_after_a_secondary_limit_no_call_is_made_before_its_time(github, forge, clock):
    github.post(
        GRAPHQL, json={"message": "You have exceeded a secondary rate limit"}, status=403, headers={"Retry-After": "90"}
    )
    with pytest.raises(RateLimited) as caught:
        read(forge)
    assert caught.value.until == NOW + 90
    clock.now += 89
    with pytest.raises(RateLimited):
        list(forge.repositories())
    assert len(github.calls) == 2
    github.replace("POST", GRAPHQL, json={"data": answer()})
    clock.now += 1
    assert read(forge)


def test_spent_budget_in_an_answer_of_200_is_a_limit(github, forge):
    headers = {
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(NOW) + 1_200),
        "X-RateLimit-Resource": "graphql",
    }
    error = {"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": "API rate limit already exceeded"}
    github.post(GRAPHQL, json={"errors": [error]}, headers=headers)
    with pytest.raises(RateLimited) as caught:
        read(forge)
    assert caught.value.until == NOW + 1_200
    assert forge.calls()["graphql", "charged"] == 1


def test_last_call_of_the_budget_is_good_and_the_next_is_not_made(github, forge):
    headers = {
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(NOW) + 60),
        "X-RateLimit-Resource": "graphql",
    }
    github.post(GRAPHQL, json={"data": answer()}, headers=headers)
    assert read(forge)[0].repository
    assert forge.budgets()["graphql"].remaining == 0
    with pytest.raises(RateLimited):
        read(forge)
    assert len(sent(github, GRAPHQL)) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"status": 503, "body": "<html>Unicorn!</html>"}, id="a page of HTML"),
        pytest.param({"body": requests.ConnectionError("refused")}, id="no connection"),
        pytest.param({"body": requests.ReadTimeout("slow")}, id="no answer"),
        pytest.param({"status": 200, "body": "null"}, id="an empty answer"),
    ],
)
def test_outages_are_unavailable_and_never_retried_here(github, forge, trouble):
    github.get(f"{API}/repositories/1", **trouble) if trouble.get("status") != 200 else github.post(GRAPHQL, **trouble)
    with pytest.raises(Unavailable):
        read(forge) if trouble.get("status") == 200 else forge.repository(1)
    assert len(github.calls) == 2


def weak(most, asked):
    """A GitHub that gives up on more than so many repositories at once."""

    def respond(request):
        names = [value for value in json.loads(request.body)["variables"].values() if value != "acme"]
        asked.append(len(names))
        if len(names) > most:
            return (502, {}, "<html></html>")
        data = {}
        for number, name in enumerate(names):
            data |= answer(f"r{number}", databaseId=int(name[1:]), name=name)
        return (200, {}, json.dumps({"data": data}))

    return respond


def test_question_too_large_is_asked_in_parts(github, forge):
    asked = []
    github.add_callback("POST", GRAPHQL, weak(10, asked))
    numbers = range(1, 21)
    assert [reading.repository.id for reading in read(forge, *numbers)] == list(numbers)
    assert asked == [20, 10, 10]


def test_size_that_was_too_large_is_not_tried_again_at_once(github, forge):
    asked = []
    github.add_callback("POST", GRAPHQL, weak(4, asked))
    assert len(read(forge, *range(1, 41))) == 40
    assert asked == [40, 20, 10, 5] + [2] * 20
    assert len(read(forge, 1, 2)) == 2


def test_repository_that_alone_is_too_large_takes_nobody_along(github, forge):
    asked = []

    def respond(request):
        names = [value for value in json.loads(request.body)["variables"].values() if value != "acme"]
        asked.append(names)
        return (504, {}, "<html></html>") if "r7" in names else weak(50, [])(request)

    github.add_callback("POST", GRAPHQL, respond)
    readings = read(forge, *range(1, 21))
    assert [reading.wish.repository_id for reading in readings if reading.error] == [7]
    assert isinstance(readings[6].error, TooLarge)
    assert [reading.repository.id for reading in readings if reading.repository] == [n for n in range(1, 21) if n != 7]
    assert [len(names) for names in asked] == [20, 10, 5, 5, 2, 1, 1, 1, 12]
    assert len(read(forge, *range(21, 41))) == 20  # it held nothing up, either
    assert len(asked[-1]) == 20


def test_repository_that_is_too_large_costs_little_when_it_comes_last(github, forge):
    asked = []

    def respond(request):
        names = [value for value in json.loads(request.body)["variables"].values() if value != "acme"]
        asked.append(len(names))
        return (504, {}, "<html></html>") if "r17" in names else weak(50, [])(request)

    github.add_callback("POST", GRAPHQL, respond)
    readings = read(forge, *range(1, 18))
    assert [reading.wish.repository_id for reading in readings if reading.error] == [17]
    read(forge, *range(1, 17))
    assert asked == [17, 8, 8, 1, 16]


def test_outage_is_no_repositorys_fault(github, forge):
    github.post(GRAPHQL, body="<html></html>", status=502)
    with pytest.raises(Unavailable):
        read(forge, *range(1, 21))
    assert len(sent(github, GRAPHQL)) <= 7


def test_question_grows_again_when_all_is_well(github, forge):
    asked = []
    github.add_callback("POST", GRAPHQL, weak(25, asked))
    read(forge, *range(1, 31))
    github.remove("POST", GRAPHQL)
    github.add_callback("POST", GRAPHQL, weak(50, asked))
    for _ in range(8):
        read(forge, *range(1, 51))
    assert asked[:2] == [30, 15]
    assert asked[-1] == 50


def test_repository_that_is_too_large_alone_is_no_outage_while_others_are_answered(github, forge):
    def respond(request):
        return (502, {}, "") if "r7" in json.loads(request.body)["variables"].values() else weak(50, [])(request)

    github.add_callback("POST", GRAPHQL, respond)
    for number in (1, *[7] * 5):
        (reading,) = read(forge, number)
    assert isinstance(reading.error, TooLarge)
    assert read(forge, 2)[0].repository.id == 2  # nobody waits for it


def test_outage_is_no_fault_of_the_only_repository_that_is_asked_for(github, forge):
    github.add_callback("POST", GRAPHQL, weak(50, []))
    read(forge, 1)
    github.remove("POST", GRAPHQL)
    github.post(GRAPHQL, body="<html></html>", status=502)
    for _ in range(5):
        with pytest.raises(Unavailable):
            read(forge, 7)
    assert len(sent(github, GRAPHQL)) == 1 + 3  # from the third in a row on one a minute


def test_question_of_one_that_is_too_large_is_an_outage(github, forge):
    message = "Something went wrong while executing your query. This may be the result of a timeout"
    github.post(GRAPHQL, json={"data": None, "errors": [{"message": message}]})
    with pytest.raises(TooLarge):
        read(forge)
    assert len(sent(github, GRAPHQL)) == 1


@pytest.mark.parametrize("status", [404, 403, 451])
def test_forbidden_repository_is_missing_and_the_others_are_read(github, forge, status):
    error = {"type": "FORBIDDEN", "path": ["r0"], "message": "Resource protected by organization SAML enforcement"}
    github.post(GRAPHQL, json={"data": {"r0": None, **answer("r1", databaseId=2)}, "errors": [error]})
    github.get(f"{API}/repositories/1", json={"message": "Repository access blocked"}, status=status)
    readings = read(forge, 1, 2)
    assert readings[0].repository is None
    assert readings[1].repository.id == 2


def test_stale_head_is_told_by_an_answer_of_200(github, forge):
    error = {
        "type": "STALE_DATA",
        "path": ["createCommitOnBranch"],
        "message": 'Expected branch to point to "a" but it did not.',
    }
    github.post(GRAPHQL, json={"data": {"createCommitOnBranch": None}, "errors": [error]})
    with pytest.raises(HeadMoved):
        forge.commit("acme/catalog", "main", "a" * 40, {"a": b"1"}, "Say it")
    wanted = json.loads(sent(github, f"{API}/app")[-1].body)
    assert wanted == {"permissions": {"contents": "write", "metadata": "read"}, "repository_ids": [9]}


def test_commits_are_a_second_apart(github, forge, clock):
    github.post(GRAPHQL, json={"data": {"createCommitOnBranch": {"commit": {"oid": "c2"}}}})
    for _ in range(3):
        assert forge.commit("acme/catalog", "main", "a" * 40, {"a": b"1"}, "Say it") == "c2"
    assert clock.slept == [1.0, 1.0]


def test_tree_too_large_for_one_answer_is_read_folder_by_folder(github, forge):
    address = f"{API}/repos/acme/mono/git/trees"
    blob, folder = {"type": "blob", "sha": "b"}, {"type": "tree", "sha": "t1"}
    github.get(
        f"{address}/c1?recursive=1",
        json={"truncated": True, "tree": [{"path": "a", **blob}]},
    )
    github.get(
        f"{address}/c1",
        json={"tree": [{"path": "a", **blob}, {"path": "src", **folder}]},
    )
    github.get(
        f"{address}/t1?recursive=1",
        json={"tree": [{"path": "b/c", **blob}, {"path": "b", **folder}]},
    )
    assert sorted(forge.tree("acme/mono", "c1")) == ["a", "src/b/c"]


def test_tree_without_end_is_given_up(github, forge):
    entries = [{"path": f"d{number}", "type": "tree", "sha": f"t{number}"} for number in range(50)]
    github.add_callback(
        "GET",
        re.compile(f"{API}/repos/acme/mono/git/trees/.*"),
        lambda request: (200, {}, json.dumps({"truncated": "recursive" in request.url, "tree": entries})),
    )
    with pytest.raises(ForgeError, match="too many files"):
        forge.tree("acme/mono", "c1")
    assert len(sent(github, f"{API}/repos/acme/mono")) == TREE_CALLS


def test_redirect_of_a_renamed_repository_is_followed(github, forge):
    moved = {"Location": "https://api.github.com/repositories/9"}
    github.get(f"{API}/repos/acme/old", status=301, headers=moved, json={"message": "Moved Permanently"})
    github.get(f"{API}/repositories/9", json={"id": 9, "clone_url": "https://github.com/acme/new.git"})
    assert forge.git_url("acme/old") == "https://github.com/acme/new.git"


def test_tokens_stay_out_of_errors_and_logs(github, forge, app_key, caplog):
    with caplog.at_level(logging.DEBUG, "github"):
        github.post(GRAPHQL, json={"message": f"bad {TOKEN}"}, status=403)
        with pytest.raises(NotAllowed) as caught:
            read(forge)
        github.get(f"{API}/repositories/1", body=requests.ConnectionError(f"https://x:{TOKEN}@github.com"))
        with pytest.raises(Unavailable) as dropped:
            forge.repository(1)
        forge.git_token("acme/catalog")
    assert caplog.messages
    for text in (str(caught.value), str(dropped.value), caplog.text):
        assert "s3cr3t" not in text
        assert app_key[40:60] not in text


def test_installations_tell_what_matters(github, forges):
    granted = {"contents": "read"}
    acme = {"id": 3, "account": {"login": "acme"}, "repository_selection": "all", "suspended_at": None}
    shown = [
        acme | {"permissions": granted},
        {
            "id": 4,
            "account": {"login": "evil"},
            "repository_selection": "selected",
            "suspended_at": "2024-01-01T00:00:00Z",
        },
    ]
    github.get(f"{API}/app/installations", json=shown)
    assert list(forges.installations()) == [(3, "acme", False, True, granted), (4, "evil", True, False, {})]


def test_key_that_is_none_is_told_before_any_call_and_not_quoted(tmp_path):
    with pytest.raises(ConfigError, match="WAYPOST_PRIVATE_KEY") as caught:
        connect(Config(app_id=7, private_key="hush"), mirrors=tmp_path)
    assert "hush" not in str(caught.value)


def test_enterprise_server_keeps_its_own_addresses(github, clock, app_key, tmp_path):
    config = Config(api_url="https://ghe.acme.example/api/v3", app_id=7, private_key=app_key)
    host = "https://ghe.acme.example:443/api"
    github.post(
        f"{host}/v3/app/installations/3/access_tokens", json={"token": "t", "expires_at": "2023-11-14T23:13:20Z"}
    )
    github.post(f"{host}/graphql", json={"data": answer()})
    assert read(connect(config, clock, clock.sleep, tmp_path).forge(3))


def test_workflow_reads_with_one_token_and_writes_with_another(github, clock, tmp_path):
    config = Config(token="ghp_read", github_token="ghs_write", catalog_repository="acme/catalog")
    forges = connect(config, clock, clock.sleep, tmp_path)
    (installation,) = forges.installations()
    assert installation.account == "acme"
    forge = forges.forge(installation.id)
    place(github)
    github.get(f"{API}/orgs/acme/repos", json=[listed(1)])
    github.post(GRAPHQL, json={"data": {"createCommitOnBranch": {"commit": {"oid": "c2"}}}})
    assert [repository.id for repository in forge.repositories()] == [1]
    forge.commit("acme/catalog", "main", "a" * 40, {"a": b"1"}, "Say it")
    signed = {(call.request.path_url.split("?")[0], call.request.headers["Authorization"]) for call in github.calls}
    assert signed == {
        ("/orgs/acme/repos", "Bearer ghp_read"),
        ("/repos/acme/catalog", "Bearer ghp_read"),
        ("/graphql", "Bearer ghs_write"),
    }
    assert forge.git_token("acme/catalog") == "ghs_write"
    with pytest.raises(NotInstalled):
        forges.forge(installation.id + 1)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        (Config(), "WAYPOST_APP_ID"),
        (Config(app_id=7), "^WAYPOST_PRIVATE_KEY .* is missing"),
        (Config(app_id=7, token="x", catalog_repository="acme/catalog"), "^WAYPOST_PRIVATE_KEY .* is missing"),
        (Config(private_key="x"), "^WAYPOST_APP_ID is missing"),
        (Config(writer_app_id=7, writer_private_key="x"), "second App alone"),
        (Config(token="x"), "WAYPOST_CATALOG_REPOSITORY"),
        (Config(token="x", api_url="api.github.com"), "GITHUB_API_URL"),
    ],
)
def test_settings_that_cannot_work_are_named(config, named):
    with pytest.raises(ConfigError, match=named):
        connect(config)
