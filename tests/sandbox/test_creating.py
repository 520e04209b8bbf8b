"""Repositories made with everything that the request may say, from templates, and while they settle."""

import pytest


def test_new_repository_has_the_settings_it_was_asked_for(admin, organization):
    body = {
        "name": "made",
        "description": "Made here",
        "homepage": "https://example.com",
        "visibility": "private",
        "has_wiki": False,
        "has_projects": False,
        "is_template": True,
        "allow_merge_commit": False,
        "allow_auto_merge": True,
        "delete_branch_on_merge": True,
        "squash_merge_commit_title": "PR_TITLE",
    }
    made = admin("POST", f"/orgs/{organization}/repos", body, status=201).json()
    assert body.items() <= admin.get(f"/repos/{organization}/made").items()
    assert made["default_branch"] == "main"
    assert made["size"] == 0
    admin("GET", f"/repos/{organization}/made/branches/main", status=404)


def test_internal_repository_is_for_members_only(admin, control, connect, organization):
    made = admin("POST", f"/orgs/{organization}/repos", {"name": "in", "visibility": "internal"}, status=201).json()
    assert (made["visibility"], made["private"]) == ("internal", True)
    admin("PATCH", f"/orgs/{organization}", {"default_repository_permission": "none"}, status=200)
    people = [{"login": f"in-{organization}", "organization": organization}, {"login": f"out-{organization}"}]
    member, stranger = (connect(control("POST", "/users", person).json()["token"]) for person in people)
    member("GET", f"/repos/{organization}/in", status=200)
    member("GET", f"/repos/{organization}/pay", status=404)
    stranger("GET", f"/repos/{organization}/in", status=404)


def test_member_who_makes_a_repository_administers_it(admin, control, connect, organization):
    person = control("POST", "/users", {"login": f"maker-{organization}", "organization": organization}).json()
    member = connect(person["token"])
    member("POST", f"/orgs/{organization}/repos", {"name": "mine"}, status=201)
    assert member.get(f"/repos/{organization}/mine")["permissions"]["admin"]
    assert not member.get(f"/repos/{organization}/pay")["permissions"]["admin"]


def test_repository_may_begin_in_the_hands_of_a_team(admin, organization):
    team = admin("POST", f"/orgs/{organization}/teams", {"name": "payments", "permission": "push"}, status=201).json()
    admin("POST", f"/orgs/{organization}/repos", {"name": "made", "team_id": team["id"]}, status=201)
    assert [one["slug"] for one in admin.get(f"/repos/{organization}/made/teams")] == ["payments"]
    admin("POST", f"/orgs/{organization}/repos", {"name": "more", "team_id": 987654}, status=422)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param({"name": "pay"}, "name already exists on this account", id="taken"),
        pytest.param({"name": "PAY"}, "name already exists on this account", id="taken in another case"),
        pytest.param({"name": ".."}, "is reserved", id="no name at all"),
        pytest.param({"name": "pay.git"}, "is reserved", id="git's own ending"),
        pytest.param({"name": "x" * 101}, "name is too long (maximum is 100 characters)", id="long name"),
        pytest.param({"name": "x", "description": "x" * 351}, "description is too long", id="long description"),
        pytest.param({"name": "x", "description": "a\nb"}, "control characters", id="two lines of description"),
        pytest.param({"name": "x", "license_template": "mit"}, "unknown license template", id="license"),
        pytest.param(
            {"name": "x", "allow_squash_merge": False, "allow_merge_commit": False, "allow_rebase_merge": False},
            "at least one merge strategy",
            id="no way to merge",
        ),
        pytest.param({"name": "x", "custom_properties": {"tier": "1"}}, "does not exist", id="unknown property"),
    ],
)
def test_repository_is_refused_in_githubs_words(admin, organization, body, said):
    refused = admin("POST", f"/orgs/{organization}/repos", body, status=422).json()
    assert said in refused["errors"][0]["message"]
    assert [one["name"] for one in admin.get(f"/orgs/{organization}/repos")] == ["pay"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param({"name": "x", "has_wiki": "yes"}, '"yes" is not a boolean', id="a word for a switch"),
        pytest.param({"name": "x", "merge_commit_title": "X"}, "Must be one of: PR_TITLE", id="unknown word"),
    ],
)
def test_fields_of_another_type_are_named(admin, organization, body, said):
    refused = admin("POST", f"/orgs/{organization}/repos", body, status=422, mistake=True).json()
    assert said in refused["message"]


def test_settings_are_changed_later(admin, repository):
    switches = {"secret_scanning": {"status": "enabled"}, "secret_scanning_push_protection": {"status": "enabled"}}
    body = {"allow_rebase_merge": False, "web_commit_signoff_required": True, "security_and_analysis": switches}
    admin("PATCH", f"/repos/{repository}", body, status=200)
    now = admin.get(f"/repos/{repository}")
    assert (now["allow_rebase_merge"], now["allow_squash_merge"]) == (False, True)
    assert now["web_commit_signoff_required"] is True
    assert switches.items() <= now["security_and_analysis"].items()
    off = {"security_and_analysis": {"secret_scanning": {"status": "disabled"}}}
    admin("PATCH", f"/repos/{repository}", off, status=422)
    admin("PATCH", f"/repos/{repository}", {"name": "..", "description": "lost"}, status=422)
    assert admin.get(f"/repos/{repository}")["description"] == "Payments"


def test_settings_are_shown_to_who_administers(connect, token_for, organization, repository):
    reader = connect(token_for(organization, permissions={"contents": "read"})["token"])
    assert not {"allow_squash_merge", "security_and_analysis"} & reader.get(f"/repos/{repository}").keys()
    reader("PATCH", f"/repos/{repository}", {"has_wiki": False}, status=403)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("PATCH", "", {"has_wiki": False}, id="settings"),
        pytest.param("PUT", "/topics", {"names": ["x"]}, id="topics"),
        pytest.param("PUT", "/collaborators/admin", {"permission": "push"}, id="collaborators"),
        pytest.param("PUT", "/vulnerability-alerts", None, id="alerts"),
        pytest.param("POST", "/autolinks", {"key_prefix": "X-", "url_template": "https://x/<num>"}, id="autolinks"),
        pytest.param("POST", "/rulesets", {"name": "x", "enforcement": "active"}, id="rulesets"),
        pytest.param("POST", "/actions/variables", {"name": "X", "value": "x"}, id="variables"),
        pytest.param("PUT", "/environments/prod", {}, id="environments"),
        pytest.param("POST", "/pages", {"build_type": "workflow"}, id="pages"),
        pytest.param("POST", "/labels", {"name": "x"}, id="labels"),
    ],
)
def test_archived_repository_takes_no_settings(admin, repository, method, path, body):
    admin("PATCH", f"/repos/{repository}", {"archived": True}, status=200)
    refused = admin(method, f"/repos/{repository}{path}", body, status=403).json()
    assert refused["message"] == "Repository was archived so is read-only."
    admin("PATCH", f"/repos/{repository}", {"archived": False}, status=200)
    assert admin(method, f"/repos/{repository}{path}", body).status_code < 300


def test_template_becomes_a_repository_of_one_commit(installation, organization, repository):
    body = {"owner": organization, "name": "copy", "private": True}
    installation("POST", f"/repos/{repository}/generate", body, status=422)
    installation("PATCH", f"/repos/{repository}", {"is_template": True}, status=200)
    made = installation("POST", f"/repos/{repository}/generate", body, status=201).json()
    assert made["template_repository"]["full_name"] == repository
    commits = installation.get(f"/repos/{organization}/copy/commits")
    assert [one["commit"]["message"] for one in commits] == ["Initial commit"]
    assert installation.get(f"/repos/{organization}/copy/contents/src/pay.py")["size"] == 13
    installation("POST", f"/repos/{repository}/generate", body, status=422)


@pytest.fixture
def settling(control):
    """Say how new repositories settle from now on, until the test ends."""
    yield lambda **doors: control("POST", "/settling", doors)
    control("POST", "/settling", {})


def test_new_repository_is_found_after_some_calls(admin, organization, settling):
    settling(get={"calls": 2})
    path = f"/repos/{organization}/slow"
    admin("POST", f"/orgs/{organization}/repos", {"name": "slow"}, status=201)
    assert [admin("GET", path).status_code for _ in range(3)] == [404, 404, 200]
    assert admin.get(f"/repos/{organization}/pay")["name"] == "pay"
    admin("PUT", f"{path}/topics", {"names": ["x"]}, status=200)


def test_push_to_a_new_repository_fails_until_it_settles(
    admin, control, git, git_address, organization, repository, clone, sandbox, settling
):
    settling(push={"seconds": 30})
    admin("POST", f"/orgs/{organization}/repos", {"name": "slow", "private": True}, status=201)
    folder = clone(repository, sandbox.admin_token)
    to = git_address(f"{organization}/slow", sandbox.admin_token)
    refused = git("push", to, "HEAD:refs/heads/main", folder=folder, ok=False)
    assert "not found" in refused.stderr
    admin("GET", f"/repos/{organization}/slow", status=200)
    control("POST", "/clock", {"move": 31})
    git("push", to, "HEAD:refs/heads/main", folder=folder)
    control("POST", "/clock", {"move": -31})


def test_settling_counts_conversations_of_git(
    admin, git, git_address, organization, repository, clone, sandbox, settling
):
    settling(push={"calls": 1})
    admin("POST", f"/orgs/{organization}/repos", {"name": "slow", "private": True}, status=201)
    folder = clone(repository, sandbox.admin_token)
    to = git_address(f"{organization}/slow", sandbox.admin_token)
    assert "not found" in git("push", to, "HEAD:refs/heads/main", folder=folder, ok=False).stderr
    git("push", to, "HEAD:refs/heads/main", folder=folder)


def test_unknown_way_to_settle_is_refused(control):
    assert control("POST", "/settling", {"pull": {}}).status_code == 422
    assert control("POST", "/settling", {"push": {"minutes": 1}}).status_code == 422
