"""Environments, variables and secrets: what holds a deployment up, and what jobs are told."""

from base64 import b64decode, b64encode

import pytest
from nacl.public import PrivateKey, PublicKey, SealedBox


@pytest.fixture
def prod(admin, repository):
    path = f"/repos/{repository}/environments/prod"
    admin("PUT", path, {}, status=200)
    return path


def seal(client, path, value):
    """Seal a value with the public key of a place, as every caller must."""
    held = client.get(f"{path}/secrets/public-key")
    sealed = SealedBox(PublicKey(b64decode(held["key"]))).encrypt(value.encode())
    return {"encrypted_value": b64encode(sealed).decode(), "key_id": held["key_id"]}


def rules(shown):
    return {rule["type"]: rule for rule in shown["protection_rules"]}


def test_environment_holds_deployments_up(installation, admin, control, organization, repository):
    user = control("POST", "/users", {"login": f"ada-{organization}", "organization": organization}).json()
    team = admin("POST", f"/orgs/{organization}/teams", {"name": "payments"}, status=201).json()
    body = {
        "wait_timer": 30,
        "prevent_self_review": True,
        "reviewers": [{"type": "User", "id": user["id"]}, {"type": "Team", "id": team["id"]}],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }
    path = f"/repos/{repository}/environments/prod"
    made = installation("PUT", path, body, status=200).json()
    assert installation.get(path) == made
    assert made["deployment_branch_policy"] == body["deployment_branch_policy"]
    found = rules(made)
    assert found["wait_timer"]["wait_timer"] == 30
    assert [one["type"] for one in found["required_reviewers"]["reviewers"]] == ["User", "Team"]
    assert found["required_reviewers"]["prevent_self_review"] is True
    assert installation.get(f"/repos/{repository}/environments")["total_count"] == 1


def test_environment_is_put_as_a_whole(admin, prod):
    admin("PUT", prod, {"wait_timer": 30}, status=200)
    again = admin("PUT", prod, {}, status=200).json()
    assert again["protection_rules"] == []
    assert again["id"] == admin.get(prod)["id"]
    admin("DELETE", prod, status=204)
    admin("GET", prod, status=404)
    admin("DELETE", prod, status=404)


def test_environment_name_may_hold_a_slash(admin, repository):
    path = f"/repos/{repository}/environments/eu%2Fprod"
    admin("PUT", path, {}, status=200)
    assert admin.get(path)["name"] == "eu/prod"
    admin("POST", f"{path}/variables", {"name": "REGION", "value": "eu"}, status=201)
    assert admin.get(f"{path}/variables")["total_count"] == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"wait_timer": 43_201}, id="longer than 30 days"),
        pytest.param({"reviewers": [{"type": "Team", "id": 999_999}]}, id="unknown team"),
        pytest.param({"reviewers": [{"type": "User", "id": 999_999}]}, id="unknown user"),
        pytest.param(
            {"deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": True}},
            id="two policies",
        ),
    ],
)
def test_environment_that_cannot_be_is_refused(admin, repository, body):
    admin("PUT", f"/repos/{repository}/environments/prod", body, status=422)
    admin("GET", f"/repos/{repository}/environments/prod", status=404)


def test_branches_of_an_environment_are_named_one_by_one(admin, prod):
    path = f"{prod}/deployment-branch-policies"
    admin("POST", path, {"name": "main"}, status=404)
    custom = {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}}
    admin("PUT", prod, custom, status=200)
    made = admin("POST", path, {"name": "main"}, status=200).json()
    admin("POST", path, {"name": "main"}, status=303)
    admin("POST", path, {"name": "v*", "type": "tag"}, status=200)
    assert [(one["name"], one["type"]) for one in admin.get(path)["branch_policies"]] == [
        ("main", "branch"),
        ("v*", "tag"),
    ]
    admin("PUT", f"{path}/{made['id']}", {"name": "release/*"}, status=200)
    assert admin.get(f"{path}/{made['id']}")["name"] == "release/*"
    admin("DELETE", f"{path}/{made['id']}", status=204)
    admin("PUT", prod, {}, status=200)
    admin("PUT", prod, custom, status=200)
    assert admin.get(path)["total_count"] == 0


@pytest.mark.parametrize("place", ["actions", "environments/prod"])
def test_variables_are_made_changed_and_removed(installation, prod, repository, place):
    path = f"/repos/{repository}/{place}/variables"
    installation("POST", path, {"name": "region", "value": "eu"}, status=201)
    refused = installation("POST", path, {"name": "REGION", "value": "us"}, status=409).json()
    assert refused["message"] == "Already exists - Variable already exists"
    assert [(one["name"], one["value"]) for one in installation.get(path)["variables"]] == [("REGION", "eu")]
    installation("PATCH", f"{path}/REGION", {"value": "us"}, status=204)
    assert installation.get(f"{path}/region")["value"] == "us"
    installation("PATCH", f"{path}/REGION", {"name": "ZONE"}, status=204)
    installation("GET", f"{path}/REGION", status=404)
    installation("DELETE", f"{path}/ZONE", status=204)
    assert installation.get(path) == {"total_count": 0, "variables": []}


@pytest.mark.parametrize("name", ["1ST", "A-B", "GITHUB_REF", "with space", ""])
def test_name_that_cannot_be_is_refused(admin, repository, name):
    admin("POST", f"/repos/{repository}/actions/variables", {"name": name, "value": "x"}, status=422)


def test_variable_of_an_organisation_is_read_where_it_is_shared(admin, installation, control, organization, repository):
    control("POST", "/seed", {organization: {"web": {"visibility": "public"}}})
    path = f"/orgs/{organization}/actions/variables"
    admin("POST", path, {"name": "ORG", "value": "acme", "visibility": "private"}, status=201)
    number = installation.get(f"/repos/{organization}/web")["id"]
    one = {"name": "WEB", "value": "yes", "visibility": "selected", "selected_repository_ids": [number]}
    admin("POST", path, one, status=201)
    installation("POST", path, {"name": "X", "value": "x", "visibility": "all"}, status=403)
    assert [held["name"] for held in installation.get(path)["variables"]] == ["ORG", "WEB"]

    def seen(name):
        shown = installation.get(f"/repos/{organization}/{name}/actions/organization-variables")
        return [held["name"] for held in shown["variables"]]

    assert (seen("pay"), seen("web")) == (["ORG"], ["WEB"])


@pytest.mark.parametrize("place", ["actions", "environments/prod"])
def test_secrets_arrive_sealed_and_are_never_shown(installation, control, prod, repository, place):
    path = f"/repos/{repository}/{place}"
    sealed = seal(installation, path, "s3cret")
    installation("PUT", f"{path}/secrets/deploy_key", sealed, status=201)
    installation("PUT", f"{path}/secrets/DEPLOY_KEY", sealed, status=204)
    listed = installation("GET", f"{path}/secrets", status=200)
    assert [sorted(one) for one in listed.json()["secrets"]] == [["created_at", "name", "updated_at"]]
    assert "s3cret" not in listed.text + installation("GET", f"{path}/secrets/DEPLOY_KEY", status=200).text
    where = repository if place == "actions" else f"{repository}/prod"
    assert control("GET", "/secrets").json()[where] == {"DEPLOY_KEY": "s3cret"}
    installation("DELETE", f"{path}/secrets/DEPLOY_KEY", status=204)
    installation("GET", f"{path}/secrets/DEPLOY_KEY", status=404)


def test_each_place_has_a_key_of_its_own(admin, prod, repository):
    keys = [admin.get(f"{path}/secrets/public-key") for path in (f"/repos/{repository}/actions", prod)]
    assert keys[0]["key"] != keys[1]["key"]
    assert keys[0] == admin.get(f"/repos/{repository}/actions/secrets/public-key")


def test_secret_sealed_with_another_key_is_refused(admin, prod, repository):
    path = f"/repos/{repository}/actions"
    fine = seal(admin, path, "s3cret")
    other = b64encode(SealedBox(PrivateKey.generate().public_key).encrypt(b"s3cret")).decode()
    for body in (
        {**fine, "encrypted_value": other},
        {**fine, "encrypted_value": b64encode(b"s3cret").decode()},
        {**fine, "key_id": admin.get(f"{prod}/secrets/public-key")["key_id"]},
    ):
        refused = admin("PUT", f"{path}/secrets/X", body, status=422)
        assert "s3cret" not in refused.text
    admin("PUT", f"{path}/secrets/GITHUB_X", fine, status=422)
    admin("PUT", f"{path}/secrets/X", {"key_id": "1"}, status=422, mistake=True)
    assert admin.get(f"{path}/secrets")["total_count"] == 0


def test_secrets_of_an_organisation_are_listed_for_its_repositories(admin, installation, organization, repository):
    path = f"/orgs/{organization}/actions"
    sealed = seal(admin, path, "s3cret")
    admin("PUT", f"{path}/secrets/ORG", {**sealed, "visibility": "all"}, status=201)
    assert installation.get(f"{path}/secrets")["secrets"][0]["visibility"] == "all"
    shown = installation.get(f"/repos/{repository}/actions/organization-secrets")
    assert [one["name"] for one in shown["secrets"]] == ["ORG"]
    installation("DELETE", f"{path}/secrets/ORG", status=403)


@pytest.mark.parametrize("kind", ["secrets", "variables"])
def test_organisation_shares_with_one_repository_more(admin, installation, control, organization, repository, kind):
    control("POST", "/seed", {organization: {"web": {}}})
    path = f"/orgs/{organization}/actions"
    if kind == "secrets":
        body = {**seal(admin, path, "s3cret"), "visibility": "selected"}
        admin("PUT", f"{path}/secrets/X", body, status=201)
    else:
        admin("POST", f"{path}/variables", {"name": "X", "value": "x", "visibility": "selected"}, status=201)
    number = admin.get(f"/repos/{repository}")["id"]
    shown = f"/repos/{repository}/actions/organization-{kind}"
    assert installation.get(shown)["total_count"] == 0
    installation("PUT", f"{path}/{kind}/X/repositories/{number}", status=403)
    for _ in range(2):
        admin("PUT", f"{path}/{kind}/X/repositories/{number}", status=204)
    assert installation.get(shown)["total_count"] == 1
    assert [one["id"] for one in admin.get(f"{path}/{kind}/X/repositories")["repositories"]] == [number]
    admin("PUT", f"{path}/{kind}/X/repositories", {"selected_repository_ids": [999_999]}, status=404)
    admin("DELETE", f"{path}/{kind}/X/repositories/{number}", status=204)
    assert installation.get(shown)["total_count"] == 0


def test_what_all_may_use_is_not_selected(admin, organization, repository):
    path, number = f"/orgs/{organization}/actions/variables", admin.get(f"/repos/{repository}")["id"]
    admin("POST", path, {"name": "X", "value": "x", "visibility": "all"}, status=201)
    admin("PUT", f"{path}/X/repositories/{number}", status=409)


def test_secrets_go_with_their_environment(admin, control, prod, repository):
    admin("PUT", f"{prod}/secrets/X", seal(admin, prod, "gone"), status=201)
    admin("DELETE", prod, status=204)
    assert f"{repository}/prod" not in control("GET", "/secrets").json()
