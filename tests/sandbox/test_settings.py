"""Smaller settings of a repository: autolinks, deploy keys, security features, Actions permissions, Pages."""

import pytest

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFIDIXOwJoLwbLwCNQdCHtDBbhzbCLnZvjn0c1PyhgEU"


def test_autolinks_are_made_and_removed(installation, repository):
    path = f"/repos/{repository}/autolinks"
    body = {"key_prefix": "PAY-", "url_template": "https://tickets.example.com/PAY-<num>", "is_alphanumeric": False}
    made = installation("POST", path, body, status=201).json()
    assert body.items() <= made.items()
    assert installation.get(path) == [made]
    assert installation.get(f"{path}/{made['id']}") == made
    installation("DELETE", f"{path}/{made['id']}", status=204)
    installation("GET", f"{path}/{made['id']}", status=404)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"key_prefix": "PAY-", "url_template": "https://x/<num>"}, id="taken"),
        pytest.param({"key_prefix": "PAY-A", "url_template": "https://x/<num>"}, id="begins with another"),
        pytest.param({"key_prefix": "ops 1", "url_template": "https://x/<num>"}, id="a space"),
        pytest.param({"key_prefix": "OPS-1", "url_template": "https://x/<num>"}, id="ends in a number"),
        pytest.param({"key_prefix": "OPS-", "url_template": "https://x/"}, id="no number in the address"),
    ],
)
def test_autolink_that_cannot_be_is_refused(admin, repository, body):
    path = f"/repos/{repository}/autolinks"
    admin("POST", path, {"key_prefix": "PAY-", "url_template": "https://x/<num>"}, status=201)
    admin("POST", path, body, status=422)
    assert len(admin.get(path)) == 1


def test_deploy_keys_are_made_once(installation, repository, control, organization):
    control("POST", "/seed", {organization: {"web": {}}})
    path = f"/repos/{repository}/keys"
    made = installation(
        "POST", path, {"title": "deploy", "key": f"{KEY} me@here", "read_only": True}, status=201
    ).json()
    assert (made["title"], made["key"], made["read_only"], made["added_by"]) == ("deploy", KEY, True, "waypost[bot]")
    assert installation.get(path) == [made]
    installation("POST", f"/repos/{organization}/web/keys", {"key": KEY}, status=422)
    installation("POST", path, {"key": "ssh-ed25519 nonsense"}, status=422)
    installation("DELETE", f"{path}/{made['id']}", status=204)
    installation("GET", f"{path}/{made['id']}", status=404)


def test_alerts_and_fixes_are_switched(installation, repository):
    alerts, fixes = f"/repos/{repository}/vulnerability-alerts", f"/repos/{repository}/automated-security-fixes"
    installation("GET", alerts, status=404)
    installation("PUT", fixes, status=422)
    installation("PUT", alerts, status=204)
    installation("PUT", fixes, status=204)
    installation("GET", alerts, status=204)
    assert installation.get(fixes) == {"enabled": True, "paused": False}
    shown = installation.get(f"/repos/{repository}")["security_and_analysis"]
    assert shown["dependabot_security_updates"] == {"status": "enabled"}
    installation("DELETE", alerts, status=204)
    assert installation.get(fixes)["enabled"] is False


def test_private_reporting_is_for_public_repositories(admin, repository):
    path = f"/repos/{repository}/private-vulnerability-reporting"
    admin("PUT", path, status=422)
    admin("PATCH", f"/repos/{repository}", {"visibility": "public"}, status=200)
    admin("PUT", path, status=204)
    assert admin.get(path) == {"enabled": True}
    admin("DELETE", path, status=204)
    assert admin.get(path) == {"enabled": False}


def test_releases_become_immutable(admin, repository):
    path = f"/repos/{repository}/immutable-releases"
    admin("GET", path, status=404)
    admin("PUT", path, status=204)
    assert admin.get(path) == {"enabled": True, "enforced_by_owner": False}
    admin("DELETE", path, status=204)
    admin("GET", path, status=404)


def test_workflow_token_begins_as_a_reader(installation, repository):
    path = f"/repos/{repository}/actions/permissions/workflow"
    begun = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
    assert installation.get(path) == begun
    installation("PUT", path, {"default_workflow_permissions": "write"}, status=204)
    assert installation.get(path) == {**begun, "default_workflow_permissions": "write"}
    installation("PUT", path, {"default_workflow_permissions": "admin"}, status=422, mistake=True)


def test_actions_are_allowed_selected_and_forbidden(installation, repository):
    path = f"/repos/{repository}/actions/permissions"
    assert installation.get(path) == {"enabled": True, "allowed_actions": "all", "sha_pinning_required": False}
    installation("PUT", f"{path}/selected-actions", {"patterns_allowed": ["acme/*"]}, status=409)
    installation(
        "PUT", path, {"enabled": True, "allowed_actions": "selected", "sha_pinning_required": True}, status=204
    )
    selected = {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": ["acme/*"]}
    installation("PUT", f"{path}/selected-actions", selected, status=204)
    assert installation.get(f"{path}/selected-actions") == selected
    installation("PUT", path, {"enabled": False}, status=204)
    assert installation.get(path) == {"enabled": False}
    installation("PUT", path, {"enabled": "no"}, status=422, mistake=True)


def test_workflows_are_shared_within_the_organisation(admin, repository):
    path = f"/repos/{repository}/actions/permissions/access"
    assert admin.get(path) == {"access_level": "none"}
    admin("PUT", path, {"access_level": "organization"}, status=204)
    assert admin.get(path) == {"access_level": "organization"}
    admin("PATCH", f"/repos/{repository}", {"visibility": "public"}, status=200)
    admin("PUT", path, {"access_level": "none"}, status=422)


def test_site_is_built_by_a_workflow(installation, organization, repository):
    path = f"/repos/{repository}/pages"
    installation("GET", path, status=404)
    assert installation.get(f"/repos/{repository}")["has_pages"] is False
    made = installation("POST", path, {"build_type": "workflow"}, status=201).json()
    assert (made["build_type"], made["html_url"]) == ("workflow", f"https://{organization}.github.io/pay/")
    assert installation.get(f"/repos/{repository}")["has_pages"] is True
    installation("POST", path, {"build_type": "workflow"}, status=409)
    installation("DELETE", path, status=204)
    installation("GET", path, status=404)
    installation("DELETE", path, status=404)


def test_site_is_built_from_a_branch_that_exists(admin, repository):
    path = f"/repos/{repository}/pages"
    refused = admin("POST", path, {"source": {"branch": "gh-pages", "path": "/"}}, status=422).json()
    assert refused["message"] == "The gh-pages branch must exist before GitHub Pages can be built."
    admin("POST", path, {"build_type": "legacy", "source": {"branch": "main", "path": "/docs"}}, status=201)
    assert admin.get(path)["source"] == {"branch": "main", "path": "/docs"}
    admin("PUT", path, {"build_type": "workflow", "cname": "docs.example.com"}, status=204)
    now = admin.get(path)
    assert (now["build_type"], now["cname"]) == ("workflow", "docs.example.com")
    admin("PUT", path, {}, status=400, mistake=True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("POST", "/autolinks", {"key_prefix": "X-", "url_template": "https://x/<num>"}, id="autolinks"),
        pytest.param("POST", "/keys", {"key": KEY}, id="deploy keys"),
        pytest.param("PUT", "/vulnerability-alerts", None, id="alerts"),
        pytest.param("PUT", "/automated-security-fixes", None, id="fixes"),
        pytest.param("PUT", "/actions/permissions", {"enabled": True}, id="actions"),
        pytest.param("PUT", "/actions/permissions/workflow", {}, id="workflow token"),
        pytest.param("POST", "/pages", {"build_type": "workflow"}, id="pages"),
        pytest.param("PUT", "/environments/prod", {}, id="environments"),
        pytest.param("POST", "/actions/variables", {"name": "X", "value": "x"}, id="variables"),
        pytest.param("DELETE", "/actions/secrets/X", None, id="secrets"),
    ],
)
def test_settings_need_their_permission(connect, token_for, organization, repository, method, path, body):
    permissions = {"contents": "write", "pages": "write", "actions": "write"}
    narrow = connect(token_for(organization, permissions=permissions)["token"])
    refused = narrow(method, f"/repos/{repository}{path}", body, status=403)
    assert refused.json()["message"] == "Resource not accessible by integration"
    assert refused.headers["X-Accepted-GitHub-Permissions"].endswith("=write")
    connect()(method, f"/repos/{repository}{path}", body, status=404)
