"""Rulesets and branch protection: kept as GitHub keeps them, and enforced on pushes, moves of refs and merges."""

import base64

import pytest

PULL_REQUEST = {
    "type": "pull_request",
    "parameters": {
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_approving_review_count": 1,
        "required_review_thread_resolution": False,
    },
}


def checks(*names, **more):
    required = [{"context": name} for name in names]
    return {
        "type": "required_status_checks",
        "parameters": {"required_status_checks": required, "strict_required_status_checks_policy": False, **more},
    }


def ruleset(*rules, include=("~DEFAULT_BRANCH",), exclude=(), name="main", **more):
    conditions = {"ref_name": {"include": list(include), "exclude": list(exclude)}}
    kept = [{"type": rule} if isinstance(rule, str) else rule for rule in rules]
    return {"name": name, "enforcement": "active", "conditions": conditions, "rules": kept, **more}


@pytest.fixture
def rule(admin, repository):
    """Add a ruleset to the repository and return it."""
    return lambda *rules, **more: admin(
        "POST", f"/repos/{repository}/rulesets", ruleset(*rules, **more), status=201
    ).json()


def write(client, repository, path="x.txt", branch="main", status=None):
    body = {"message": "Write", "content": base64.b64encode(path.encode()).decode(), "branch": branch}
    return client("PUT", f"/repos/{repository}/contents/{path}", body, status=status)


def commit(git, folder, name):
    (folder / name).write_text(name)
    git("add", ".", folder=folder)
    git("commit", "-q", "-m", name, folder=folder)


def test_ruleset_is_kept_complete(admin, sandbox, repository):
    path = f"/repos/{repository}/rulesets"
    actors = [{"actor_id": sandbox.app_id, "actor_type": "Integration", "bypass_mode": "always"}]
    body = ruleset("deletion", "non_fast_forward", PULL_REQUEST, checks("test"), bypass_actors=actors)
    made = admin("POST", path, body, status=201).json()
    assert admin.get(f"{path}/{made['id']}") == made
    assert made["bypass_actors"] == actors
    assert made["current_user_can_bypass"] == "never"
    found = {one["type"]: one.get("parameters") for one in made["rules"]}
    assert found["deletion"] is None
    assert found["pull_request"]["allowed_merge_methods"] == ["merge", "squash", "rebase"]
    assert found["required_status_checks"]["do_not_enforce_on_create"] is False
    listed = admin.get(path)
    assert [(one["name"], "rules" in one) for one in listed] == [("main", False)]


def test_ruleset_is_changed_and_removed(admin, repository, rule):
    made = rule("deletion")
    path = f"/repos/{repository}/rulesets/{made['id']}"
    now = admin("PUT", path, {"enforcement": "disabled"}, status=200).json()
    assert (now["enforcement"], now["rules"]) == ("disabled", made["rules"])
    assert admin("PUT", path, {"rules": []}, status=200).json()["rules"] == []
    admin("DELETE", path, status=204)
    admin("GET", path, status=404)
    admin("DELETE", path, status=404)


def test_app_that_may_not_administer_sees_no_bypass(connect, token_for, organization, repository, rule):
    made = rule("deletion", bypass_actors=[{"actor_type": "OrganizationAdmin", "actor_id": 1}])
    reader = connect(token_for(organization, permissions={"contents": "read"})["token"])
    path = f"/repos/{repository}/rulesets"
    assert "bypass_actors" not in reader.get(f"{path}/{made['id']}")
    reader("POST", path, ruleset("deletion", name="x"), status=403)
    reader("DELETE", f"{path}/{made['id']}", status=403)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(ruleset("deletion"), id="name taken"),
        pytest.param(ruleset("no_mistakes", name="x"), id="unknown rule"),
        pytest.param(ruleset({"type": "pull_request"}, name="x"), id="rule without its parameters"),
        pytest.param(ruleset("deletion", "deletion", name="x"), id="rule given twice"),
        pytest.param(ruleset("deletion", name="x", include=["main"]), id="branch without refs/heads"),
        pytest.param(ruleset("deletion", name="x", target="tag", include=["refs/heads/main"]), id="tag among heads"),
        pytest.param({**ruleset("deletion", name="x"), "enforcement": "always"}, id="unknown enforcement"),
        pytest.param(
            ruleset("deletion", name="x", bypass_actors=[{"actor_type": "Integration", "actor_id": 987}]),
            id="app that is not installed",
        ),
        pytest.param(
            ruleset("deletion", name="x", bypass_actors=[{"actor_type": "Team", "actor_id": 98765}]), id="unknown team"
        ),
    ],
)
def test_ruleset_that_cannot_be_is_refused(admin, repository, rule, body):
    rule("deletion")
    admin("POST", f"/repos/{repository}/rulesets", body, status=422, mistake=True)
    assert len(admin.get(f"/repos/{repository}/rulesets")) == 1


@pytest.mark.parametrize(
    ("include", "exclude", "branches"),
    [
        pytest.param(["~ALL"], [], {"main", "release/1", "release/1/fix", "topic"}, id="all"),
        pytest.param(["~DEFAULT_BRANCH"], [], {"main"}, id="default branch"),
        pytest.param(["refs/heads/release/*"], [], {"release/1"}, id="one level"),
        pytest.param(["refs/heads/release/**/*"], [], {"release/1", "release/1/fix"}, id="any level"),
        pytest.param(["~ALL"], ["refs/heads/release/**/*"], {"main", "topic"}, id="all but"),
        pytest.param(["refs/heads/m?in"], [], {"main"}, id="one character"),
        pytest.param([], [], set(), id="none"),
    ],
)
def test_ruleset_is_for_the_branches_it_names(admin, repository, rule, include, exclude, branches):
    made = rule("deletion", include=include, exclude=exclude)

    def rules(branch):
        return admin.get(f"/repos/{repository}/rules/branches/{branch}")

    assert {one for one in ("main", "release/1", "release/1/fix", "topic") if rules(one)} == branches
    assert all(one["ruleset_id"] == made["id"] for branch in branches for one in rules(branch))


def test_push_against_a_rule_is_refused_by_git(admin, sandbox, git, clone, repository, rule, head):
    rule(PULL_REQUEST, checks("test"))
    before, folder = head(repository), clone(repository, sandbox.admin_token)
    commit(git, folder, "x")
    refused = git("push", "origin", "main", "main:free", folder=folder, ok=False)
    assert "GH013: Repository rule violations found for refs/heads/main." in refused.stderr
    assert "- Changes must be made through a pull request." in refused.stderr
    assert '- Required status check "test" is expected.' in refused.stderr
    assert head(repository) == before
    assert head(repository, "free") != before, "the other branch went through"


def test_write_against_a_rule_is_refused_by_the_api(admin, repository, rule, head):
    rule(PULL_REQUEST)
    refused = write(admin, repository, status=409).json()
    assert refused["message"] == "Repository rule violations found\n\nChanges must be made through a pull request.\n\n"
    write(admin, repository, branch="main", status=409)
    parent = admin.get(f"/repos/{repository}/git/commits/{head(repository)}")
    body = {"message": "m", "tree": parent["tree"]["sha"], "parents": [parent["sha"]]}
    made = admin("POST", f"/repos/{repository}/git/commits", body, status=201).json()
    moved = admin("PATCH", f"/repos/{repository}/git/refs/heads/main", {"sha": made["sha"]}, status=422).json()
    assert "Changes must be made through a pull request." in moved["message"]


def test_app_that_may_bypass_passes(
    admin, installation, sandbox, git, clone, token_for, organization, repository, rule
):
    rule(PULL_REQUEST, "update", bypass_actors=[{"actor_id": sandbox.app_id, "actor_type": "Integration"}])
    write(installation, repository, status=201)
    write(admin, repository, "y.txt", status=409)
    folder = clone(repository, token_for(organization)["token"])
    commit(git, folder, "z")
    git("push", "-q", "origin", "main", folder=folder)


def test_people_bypass_by_role_team_or_name(admin, control, connect, organization, repository, rule):
    def person(login):
        made = control("POST", "/users", {"login": f"{login}-{organization}", "organization": organization}).json()
        admin("PUT", f"/repos/{repository}/collaborators/{made['login']}", {"permission": "push"}, status=204)
        return made["id"], connect(made["token"]), made["login"]

    (_, ada, _), (bo_id, bo, _), (_, cy, cy_login) = person("ada"), person("bo"), person("cy")
    team = admin("POST", f"/orgs/{organization}/teams", {"name": "release", "maintainers": [cy_login]}, status=201)
    actors = [
        {"actor_type": "User", "actor_id": bo_id, "bypass_mode": "always"},
        {"actor_type": "Team", "actor_id": team.json()["id"], "bypass_mode": "always"},
        {"actor_type": "RepositoryRole", "actor_id": 5, "bypass_mode": "always"},
    ]
    made = rule("update", bypass_actors=actors)
    assert write(ada, repository, "a").status_code == 409
    assert [write(client, repository, name).status_code for client, name in ((bo, "b"), (cy, "c"))] == [201, 201]
    write(admin, repository, "d", status=201)
    assert ada.get(f"/repos/{repository}/rulesets/{made['id']}")["current_user_can_bypass"] == "never"
    assert bo.get(f"/repos/{repository}/rulesets/{made['id']}")["current_user_can_bypass"] == "always"


def test_ruleset_that_only_evaluates_refuses_nothing(admin, repository, rule):
    rule(PULL_REQUEST, enforcement="evaluate")
    write(admin, repository, status=201)
    assert admin.get(f"/repos/{repository}/rules/branches/main") == []


def test_branch_is_neither_made_nor_removed_nor_forced(admin, sandbox, git, clone, repository, rule, head):
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/keep", "sha": head(repository)}, status=201)
    rule("creation", "deletion", "non_fast_forward", include=["~ALL"])
    made = {"ref": "refs/heads/new", "sha": head(repository)}
    refused = admin("POST", f"/repos/{repository}/git/refs", made, status=422).json()
    assert "Cannot create ref due to creations being restricted." in refused["message"]
    assert "Cannot delete" in admin("DELETE", f"/repos/{repository}/git/refs/heads/keep", status=422).json()["message"]
    folder = clone(repository, sandbox.admin_token)
    git("commit", "-q", "--amend", "-m", "Rewritten", folder=folder)
    for words, said in (
        (["-f", "main"], "Cannot force-push to this branch"),
        ([":keep"], "Cannot delete this branch"),
        (["main:new"], "creations being restricted"),
    ):
        assert said in git("push", "origin", *words, folder=folder, ok=False).stderr


def test_merge_commits_and_unsigned_commits_are_refused(admin, sandbox, git, clone, repository, rule):
    rule("required_linear_history", include=["refs/heads/line"], name="line")
    rule("required_signatures", include=["refs/heads/signed"], name="signed")
    folder = clone(repository, sandbox.admin_token)
    git("checkout", "-q", "-b", "side", folder=folder)
    commit(git, folder, "side")
    git("push", "-q", "origin", "HEAD:line", folder=folder)
    git("checkout", "-q", "main", folder=folder)
    commit(git, folder, "more")
    git("merge", "-q", "--no-edit", "side", folder=folder)
    refused = git("push", "origin", "main:line", "main:signed", folder=folder, ok=False)
    assert "must not contain merge commits" in refused.stderr
    assert "Commits must have verified signatures." in refused.stderr
    git("push", "-q", "origin", "main", folder=folder)


def test_commit_made_by_github_counts_as_signed(admin, repository, rule, head):
    rule("required_signatures")
    write(admin, repository, status=201)
    parent = admin.get(f"/repos/{repository}/git/commits/{head(repository)}")
    person = {"name": "Ada", "email": "ada@example.com"}
    body = {"message": "m", "tree": parent["tree"]["sha"], "parents": [parent["sha"]], "author": person}
    made = admin("POST", f"/repos/{repository}/git/commits", body, status=201).json()
    moved = admin("PATCH", f"/repos/{repository}/git/refs/heads/main", {"sha": made["sha"]}, status=422).json()
    assert "verified signatures" in moved["message"]


def test_new_branch_may_be_free_of_checks(admin, repository, rule, head):
    made = rule(checks("test"), include=["refs/heads/release/*"])
    body = {"ref": "refs/heads/release/1", "sha": head(repository)}
    admin("POST", f"/repos/{repository}/git/refs", body, status=422)
    changed = {"rules": [checks("test", do_not_enforce_on_create=True)]}
    admin("PUT", f"/repos/{repository}/rulesets/{made['id']}", changed, status=200)
    admin("POST", f"/repos/{repository}/git/refs", body, status=201)


def test_check_must_come_from_the_named_app(admin, installation, sandbox, repository, rule, head):
    required = [{"context": "test", "integration_id": sandbox.app_id}]
    rule(checks(required_status_checks=required), include=["refs/heads/done"])
    sha, body = head(repository), {"ref": "refs/heads/done", "sha": head(repository)}
    admin("POST", f"/repos/{repository}/statuses/{sha}", {"state": "success", "context": "test"}, status=201)
    admin("POST", f"/repos/{repository}/git/refs", body, status=422)
    run = {"name": "test", "head_sha": sha, "conclusion": "success"}
    installation("POST", f"/repos/{repository}/check-runs", run, status=201)
    admin("POST", f"/repos/{repository}/git/refs", body, status=201)


def test_merge_waits_for_what_the_rules_ask(
    admin, control, connect, installation, organization, repository, rule, head
):
    sha = head(repository)
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/topic", "sha": sha}, status=201)
    write(admin, repository, "t", branch="topic", status=201)
    body = {"title": "Topic", "head": "topic", "base": "main"}
    number = admin("POST", f"/repos/{repository}/pulls", body, status=201).json()["number"]
    parameters = {**PULL_REQUEST["parameters"], "allowed_merge_methods": ["squash"]}
    rule({"type": "pull_request", "parameters": parameters}, checks("test"), "required_linear_history")
    path = f"/repos/{repository}/pulls/{number}"
    said = admin("PUT", f"{path}/merge", {"merge_method": "merge"}, status=405).json()["message"]
    assert said.startswith("Repository rule violations found\n\n")
    for text in ('"test" is expected', "At least 1 approving review", "merge is not allowed", "merge commits"):
        assert text in said
    run = {"name": "test", "head_sha": head(repository, "topic"), "conclusion": "success"}
    installation("POST", f"/repos/{repository}/check-runs", run, status=201)
    bo = control("POST", "/users", {"login": f"bo-{organization}", "organization": organization, "role": "admin"})
    connect(bo.json()["token"])("POST", f"{path}/reviews", {"event": "APPROVE"}, status=200)
    admin("PUT", f"{path}/merge", {"merge_method": "squash"}, status=200)


def test_who_may_bypass_in_pull_requests_merges_and_does_not_push(admin, repository, rule, head):
    actors = [{"actor_type": "RepositoryRole", "actor_id": 5, "bypass_mode": "pull_request"}]
    sha = head(repository)
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/topic", "sha": sha}, status=201)
    write(admin, repository, "t", branch="topic", status=201)
    made = rule(PULL_REQUEST, bypass_actors=actors)
    assert made["current_user_can_bypass"] == "pull_requests_only"
    write(admin, repository, status=409)
    body = {"title": "Topic", "head": "topic", "base": "main"}
    number = admin("POST", f"/repos/{repository}/pulls", body, status=201).json()["number"]
    admin("PUT", f"/repos/{repository}/pulls/{number}/merge", {}, status=200)


def test_merge_behind_a_strict_rule_needs_the_newest_base(admin, installation, repository, rule, head):
    sha = head(repository)
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/topic", "sha": sha}, status=201)
    write(admin, repository, "t", branch="topic", status=201)
    write(admin, repository, "m", branch="main", status=201)
    body = {"title": "Topic", "head": "topic", "base": "main"}
    number = admin("POST", f"/repos/{repository}/pulls", body, status=201).json()["number"]
    rule(checks("test", strict_required_status_checks_policy=True))
    run = {"name": "test", "head_sha": head(repository, "topic"), "conclusion": "success"}
    installation("POST", f"/repos/{repository}/check-runs", run, status=201)
    refused = admin("PUT", f"/repos/{repository}/pulls/{number}/merge", {}, status=405).json()
    assert "out of date" in refused["message"]


def test_rulesets_go_with_their_repository(admin, repository, rule):
    made = rule("deletion")
    admin("DELETE", f"/repos/{repository}", status=204)
    owner = repository.partition("/")[0]
    admin("POST", f"/orgs/{owner}/repos", {"name": "pay"}, status=201)
    admin("GET", f"/repos/{repository}/rulesets/{made['id']}", status=404)


PROTECTION = {
    "required_status_checks": None,
    "enforce_admins": True,
    "required_pull_request_reviews": None,
    "restrictions": None,
}


@pytest.fixture
def protected(admin, repository):
    """Protect main, and return the address of its protection."""

    def protect(**rules):
        path = f"/repos/{repository}/branches/main/protection"
        return path, admin("PUT", path, {**PROTECTION, **rules}, status=200).json()

    return protect


def test_protection_shows_what_was_asked(admin, sandbox, organization, protected):
    admin("POST", f"/orgs/{organization}/teams", {"name": "release"}, status=201)
    actors = {"users": ["admin"], "teams": ["release"], "apps": ["waypost"]}
    wanted = [{"context": "test", "app_id": sandbox.app_id}, {"context": "lint", "app_id": -1}]
    path, made = protected(
        required_status_checks={"strict": True, "contexts": [], "checks": wanted},
        required_pull_request_reviews={"bypass_pull_request_allowances": actors},
        restrictions=actors,
    )
    assert admin.get(path) == made
    assert made["required_status_checks"]["checks"] == [wanted[0], {"context": "lint", "app_id": None}]
    for shown in (made["restrictions"], made["required_pull_request_reviews"]["bypass_pull_request_allowances"]):
        assert [one["slug"] for one in shown["teams"]] == ["release"]
        assert [one["slug"] for one in shown["apps"]] == ["waypost"]


def test_signatures_are_required_by_a_route_of_their_own(admin, repository, protected, git, clone, sandbox):
    path, made = protected()
    assert made["required_signatures"]["enabled"] is False
    assert admin("POST", f"{path}/required_signatures", status=200).json()["enabled"] is True
    assert admin.get(path)["required_signatures"]["enabled"] is True
    folder = clone(repository, sandbox.admin_token)
    commit(git, folder, "x")
    refused = git("push", "origin", "main", folder=folder, ok=False)
    assert "GH006" in refused.stderr
    assert "Commits must have verified signatures." in refused.stderr
    admin("DELETE", f"{path}/required_signatures", status=204)
    git("push", "-q", "origin", "main", folder=folder)


def test_administrators_are_bound_and_freed(admin, repository, protected):
    path, _ = protected(required_pull_request_reviews={})
    write(admin, repository, status=409)
    admin("DELETE", f"{path}/enforce_admins", status=204)
    assert admin.get(f"{path}/enforce_admins")["enabled"] is False
    write(admin, repository, status=201)
    assert admin("POST", f"{path}/enforce_admins", status=200).json()["enabled"] is True
    write(admin, repository, "y", status=409)


def test_linear_history_refuses_merge_commits(admin, repository, protected, git, clone, sandbox):
    protected(required_linear_history=True)
    folder = clone(repository, sandbox.admin_token)
    git("checkout", "-q", "-b", "side", folder=folder)
    commit(git, folder, "side")
    git("checkout", "-q", "main", folder=folder)
    commit(git, folder, "more")
    git("merge", "-q", "--no-edit", "side", folder=folder)
    assert "must not contain merge commits" in git("push", "origin", "main", folder=folder, ok=False).stderr


def test_team_may_push_where_others_may_not(admin, control, connect, organization, repository, protected):
    made = control("POST", "/users", {"login": f"ada-{organization}", "organization": organization}).json()
    admin("POST", f"/orgs/{organization}/teams", {"name": "release", "maintainers": [made["login"]]}, status=201)
    admin("PUT", f"/orgs/{organization}/teams/release/repos/{repository}", {"permission": "push"}, status=204)
    protected(restrictions={"users": [], "teams": ["release"], "apps": []})
    write(admin, repository, status=409)
    write(connect(made["token"]), repository, status=201)
