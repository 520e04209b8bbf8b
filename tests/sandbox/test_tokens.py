"""Who may do what: App tokens, installation tokens and how they narrow, people's tokens."""

import time

import pytest

DENIED = "Resource not accessible by integration"


def test_app_signs_for_an_installation_token(app, connect, token_for, organization):
    made = token_for(organization)
    assert made["token"].startswith("ghs_")
    assert made["permissions"]["contents"] == "write"
    assert made["repository_selection"] == "all"
    seen = connect(made["token"]).get("/installation/repositories")
    assert [one["full_name"] for one in seen["repositories"]] == [f"{organization}/pay"]
    assert app.get("/app")["slug"] == "waypost"
    assert app.get(f"/repos/{organization}/pay/installation")["account"]["login"] == organization


def test_token_texts_differ_in_length(token_for, organization):
    assert len({len(token_for(organization)["token"]) for _ in range(12)}) > 1


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        pytest.param({"exp": 1}, "exp", id="expired"),
        pytest.param({"exp": lambda now: now + 3_600}, "too far in the future", id="an hour long"),
        pytest.param({"iat": lambda now: now + 300, "exp": lambda now: now + 590}, "iat", id="issued in the future"),
        pytest.param({"iss": "999"}, "Integration not found", id="another app"),
    ],
)
def test_bent_app_tokens_are_refused(connect, app_jwt, claims, message):
    # the run may have begun long ago, so that "in the future" is said from now
    bent = {name: claim(int(time.time())) if callable(claim) else claim for name, claim in claims.items()}
    answer = connect(app_jwt(**bent))("GET", "/app", status=401)
    assert message in answer.json()["message"]


def test_app_token_signed_with_another_key_is_refused(connect, app_jwt):
    text = app_jwt()
    forged = text[:-10] + ("A" * 10 if text[-10:] != "A" * 10 else "B" * 10)
    connect(forged)("GET", "/app", status=401)


def test_unknown_token_is_refused_also_for_public_things(connect):
    answer = connect("ghp_nobody")("GET", "/rate_limit", status=401)
    assert answer.json()["message"] == "Bad credentials"


def test_token_narrowed_to_reading_cannot_write(connect, token_for, organization, repository):
    reader = connect(token_for(organization, permissions={"contents": "read"})["token"])
    reader.get(f"/repos/{repository}/contents/README.md")
    answer = reader("PUT", f"/repos/{repository}/contents/x", {"message": "x", "content": ""}, status=403)
    assert answer.json()["message"] == DENIED
    assert answer.headers["X-Accepted-GitHub-Permissions"] == "contents=write"


def test_token_without_contents_sees_the_repository_but_not_its_files(connect, token_for, organization, repository):
    shy = connect(token_for(organization, permissions={"metadata": "read"})["token"])
    assert shy.get(f"/repos/{repository}")["name"] == "pay"
    shy("GET", f"/repos/{repository}/contents/README.md", status=403)
    query = 'query($o: String!) { repository(owner: $o, name: "pay") { name object(expression: "HEAD:") { oid } } }'
    answer = shy.graphql(query, o=organization)
    assert answer["data"]["repository"] == {"name": "pay", "object": None}
    assert answer["errors"][0]["type"] == "FORBIDDEN"
    assert answer["errors"][0]["message"] == DENIED


def test_token_narrowed_to_one_repository_does_not_know_the_others(connect, control, token_for, organization):
    control("POST", "/seed", {organization: {"secret": {"files": {"a": "b"}}}})
    made = token_for(organization, repositories=["pay"])
    assert [one["name"] for one in made["repositories"]] == ["pay"]
    narrow = connect(made["token"])
    narrow.get(f"/repos/{organization}/pay")
    narrow("GET", f"/repos/{organization}/secret", status=404)
    assert [one["name"] for one in narrow.get(f"/orgs/{organization}/repos")] == ["pay"]
    answer = narrow.graphql('query($o: String!) { repository(owner: $o, name: "secret") { id } }', o=organization)
    assert answer["errors"][0]["type"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"permissions": {"organization_administration": "write"}}, id="more than was granted"),
        pytest.param({"repositories": ["no-such"]}, id="an unknown repository"),
        pytest.param({"repository_ids": list(range(1, 502))}, id="more than 500 repositories"),
    ],
)
def test_token_beyond_the_installation_is_refused(app, organization, asked):
    number = app.get(f"/orgs/{organization}/installation")["id"]
    app("POST", f"/app/installations/{number}/access_tokens", asked, status=422)


def test_token_expires_by_the_sandbox_clock(connect, control, token_for, organization):
    held = connect(token_for(organization)["token"])
    held.get(f"/repos/{organization}/pay")
    try:
        control("POST", "/clock", {"move": 3_601})
        assert held("GET", f"/repos/{organization}/pay", status=401).json()["message"] == "Bad credentials"
    finally:
        control("POST", "/clock", {"move": -3_601})


def test_suspended_installation_answers_403(app, installation, organization):
    number = app.get(f"/orgs/{organization}/installation")["id"]
    app("PUT", f"/app/installations/{number}/suspended", status=204)
    assert "suspended" in installation("GET", f"/repos/{organization}/pay", status=403).json()["message"]
    app("POST", f"/app/installations/{number}/access_tokens", {}, status=403)
    app("DELETE", f"/app/installations/{number}/suspended", status=204)
    installation("GET", f"/repos/{organization}/pay", status=200)


def test_permission_taken_away_counts_for_tokens_that_are_out(app, control, installation, organization):
    number = app.get(f"/orgs/{organization}/installation")["id"]
    control("PATCH", f"/installations/{number}", {"permissions": {"metadata": "read"}})
    installation("GET", f"/repos/{organization}/pay/contents/README.md", status=403)


def test_revoked_token_is_dead(installation, organization):
    installation("DELETE", "/installation/token", status=204)
    installation("GET", f"/repos/{organization}/pay", status=401)


def test_installation_on_chosen_repositories(app, connect, control, token_for):
    control("POST", "/seed", {"chosen": {"one": {"files": {"a": "1"}}, "two": {"files": {"a": "2"}}}})
    number = app.get("/orgs/chosen/installation")["id"]
    control("PATCH", f"/installations/{number}", {"repositories": ["one"]})
    assert app.get(f"/app/installations/{number}")["repository_selection"] == "selected"
    app("GET", "/repos/chosen/two/installation", status=404)
    held = connect(token_for("chosen")["token"])
    assert held.get("/installation/repositories")["total_count"] == 1
    held("GET", "/repos/chosen/two", status=404)


def test_person_without_a_part_in_it_does_not_see_a_private_repository(connect, control, repository, organization):
    stranger = connect(control("POST", "/users", {"login": f"{organization}-x"}).json()["token"])
    stranger("GET", f"/repos/{repository}", status=404)


def test_member_reads_and_owner_administers(connect, control, repository, organization):
    def person(role):
        made = control(
            "POST", "/users", {"login": f"{organization}-{role}", "organization": organization, "role": role}
        )
        return connect(made.json()["token"])

    member, owner = person("member"), person("admin")
    assert member.get(f"/repos/{repository}")["permissions"] == {
        "admin": False, "maintain": False, "push": False, "triage": False, "pull": True,
    }  # fmt: skip
    member("PUT", f"/repos/{repository}/contents/x", {"message": "x", "content": ""}, status=404)
    member("PATCH", f"/repos/{repository}", {"description": "x"}, status=403)
    owner("PATCH", f"/repos/{repository}", {"description": "mine"}, status=200)


def test_nobody_sees_only_what_is_public(connect, control, organization):
    control("POST", "/seed", {organization: {"open": {"visibility": "public", "files": {"a": "b"}}}})
    nobody = connect()
    nobody.get(f"/repos/{organization}/open/contents/a")
    nobody("GET", f"/repos/{organization}/pay", status=404)
    nobody("PUT", f"/repos/{organization}/open/contents/b", {"message": "m", "content": ""}, status=401)
    nobody("POST", "/graphql", {"query": "{ viewer { login } }"}, status=401)
