"""How the API behaves whatever is asked: conditional requests, budgets, limits, errors."""

import time
from email.utils import parsedate_to_datetime

import pytest


def used(client):
    return client.get("/rate_limit")["resources"]["core"]["used"]


def test_unchanged_answer_is_free(installation, repository):
    first = installation("GET", f"/repos/{repository}", status=200)
    before = used(installation)
    again = installation("GET", f"/repos/{repository}", headers={"If-None-Match": first.headers["ETag"]}, status=304)
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert used(installation) == before


def test_changed_answer_is_charged(admin, installation, repository):
    first = installation("GET", f"/repos/{repository}", status=200)
    admin("PATCH", f"/repos/{repository}", {"description": "Changed"}, status=200)
    before = used(installation)
    installation("GET", f"/repos/{repository}", headers={"If-None-Match": first.headers["ETag"]}, status=200)
    assert used(installation) == before + 1


def test_last_modified_works_as_well(installation, repository):
    first = installation("GET", f"/repos/{repository}", status=200)
    asked = {"If-Modified-Since": first.headers["Last-Modified"]}
    installation("GET", f"/repos/{repository}", headers=asked, status=304)


def test_headers_count_down(installation, repository):
    one, two = (installation("GET", f"/repos/{repository}", status=200).headers for _ in range(2))
    assert int(one["X-RateLimit-Remaining"]) - int(two["X-RateLimit-Remaining"]) == 1
    assert one["X-RateLimit-Resource"] == "core"
    assert time.time() < int(one["X-RateLimit-Reset"]) <= time.time() + 3_601
    assert one["X-GitHub-Request-Id"] != two["X-GitHub-Request-Id"]


def test_limit_grows_with_the_organisation(connect, control, token_for, organization):
    control("POST", "/seed", {organization: {f"r{n}": {} for n in range(29)}})
    held = connect(token_for(organization)["token"])
    assert held.get("/rate_limit")["resources"]["core"]["limit"] == 5_000 + 50 * 10


@pytest.fixture
def budget(app, control, organization):
    """Set what the installation has left."""
    number = app.get(f"/orgs/{organization}/installation")["id"]
    return lambda **asked: control("POST", "/budgets", {"who": f"installation:{number}", **asked})


def test_spent_budget_is_403_until_the_reset(control, installation, repository, budget):
    budget(resource="core", remaining=1, reset_in=100)
    installation.get(f"/repos/{repository}")
    refused = installation("GET", f"/repos/{repository}", status=403)
    assert refused.json()["message"].startswith("API rate limit exceeded for installation ID")
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert installation.get("/rate_limit")["rate"]["remaining"] == 0
    assert "data" in installation.graphql("{ viewer { login } }"), "GraphQL has its own budget"
    try:
        control("POST", "/clock", {"move": 101})
        installation.get(f"/repos/{repository}")
    finally:
        control("POST", "/clock", {"move": -101})


def test_spent_graphql_budget_is_told_with_200(installation, repository, budget):
    budget(resource="graphql", remaining=0)
    answer = installation("POST", "/graphql", {"query": "{ viewer { login } }"}, status=200)
    assert answer.json()["errors"][0]["type"] == "RATE_LIMITED"
    assert "data" not in answer.json()
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    installation.get(f"/repos/{repository}")


def test_writing_too_fast_meets_the_secondary_limit(control, installation, repository, head):
    control("POST", "/budgets", {"content_per_minute": 3})
    try:
        for number in range(3):
            body = {"message": "m", "content": ""}
            installation("PUT", f"/repos/{repository}/contents/f{number}", body, status=201)
        refused = installation("PUT", f"/repos/{repository}/contents/f3", {"message": "m", "content": ""}, status=403)
        assert "secondary rate limit" in refused.json()["message"]
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        installation.get(f"/repos/{repository}")
    finally:
        control("POST", "/budgets", {"content_per_minute": None})


def test_log_tells_charged_from_free(control, app, installation, organization, repository):
    number = app.get(f"/orgs/{organization}/installation")["id"]
    mark = installation("GET", f"/repos/{repository}", status=200).headers["ETag"]
    installation("GET", f"/repos/{repository}", headers={"If-None-Match": mark}, status=304)
    calls = [one for one in control("GET", "/log").json()["calls"] if one["who"] == f"installation:{number}"]
    assert [(one["route"], one["charged"], one["count"]) for one in calls] == [
        ("/repos/<owner>/<name>", False, 1),
        ("/repos/<owner>/<name>", True, 1),
    ]


def test_errors_have_github_s_shape(admin):
    answer = admin("GET", "/repos/no/such", status=404).json()
    assert answer == {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "Problems parsing JSON", id="not JSON"),
        pytest.param("[1]", "Body should be a JSON object", id="not an object"),
    ],
)
def test_bodies_must_be_json_objects(sandbox, admin, repository, text, message):
    answer = admin.session.patch(f"{sandbox.url}/repos/{repository}", data=text, headers={"X-Waypost-Mistake": "1"})
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_missing_fields_are_named(admin, organization):
    answer = admin("POST", f"/orgs/{organization}/repos", {}, status=422, mistake=True).json()
    assert answer["errors"] == [{"resource": "Repository", "code": "missing_field", "field": "name"}]


def test_answers_are_dated_by_the_sandbox_clock(control, connect):
    def dated():
        return parsedate_to_datetime(connect()("GET", "/zen").headers["Date"]).timestamp()

    before = dated()
    control("POST", "/clock", {"move": 7_200})
    try:
        assert 7_200 <= dated() - before < 7_300
    finally:
        control("POST", "/clock", {"move": -7_200})
