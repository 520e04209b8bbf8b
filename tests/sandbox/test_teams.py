"""Teams, members of organisations and collaborators of repositories, and what each may do."""

from __future__ import annotations

import pytest


@pytest.fixture
def person(control, connect, organization):
    """Make an account (a member of the organisation unless said otherwise) and return a client that speaks as it."""

    def make(login, **fields):
        body = {"login": f"{login}-{organization}", "organization": organization, **fields}
        client = connect(control("POST", "/users", body).json()["token"])
        client.login = f"{login}-{organization}"
        return client

    return make


@pytest.fixture
def teams(organization):
    return f"/orgs/{organization}/teams"


def test_team_is_made_changed_and_removed(admin, organization, teams):
    body = {"name": "Shop & Cart", "description": "Sells", "privacy": "closed"}
    made = admin("POST", teams, body, status=201).json()
    assert (made["slug"], made["privacy"], made["organization"]["login"]) == ("shop-cart", "closed", organization)
    child = admin("POST", teams, {"name": "cart", "parent_team_id": made["id"]}, status=201).json()
    assert child["parent"]["slug"] == "shop-cart"
    assert [one["slug"] for one in admin.get(f"{teams}/shop-cart/teams")] == ["cart"]
    assert admin("PATCH", f"{teams}/shop-cart", {"name": "Shop"}, status=200).json()["slug"] == "shop"
    assert [one["slug"] for one in admin.get(teams)] == ["cart", "shop"]
    admin("DELETE", f"{teams}/shop", status=204)
    admin("GET", f"{teams}/shop", status=404)
    assert admin.get(f"{teams}/cart")["parent"] is None


def test_team_names_are_unique(admin, teams):
    admin("POST", teams, {"name": "Payments"}, status=201)
    refused = admin("POST", teams, {"name": "payments"}, status=422).json()
    assert refused["errors"][0]["code"] == "already_exists"


def test_members_join_and_leave(admin, person, teams):
    ada, bo = person("ada"), person("bo")
    admin("POST", teams, {"name": "payments", "maintainers": [ada.login]}, status=201)
    joined = admin("PUT", f"{teams}/payments/memberships/{bo.login}", {"role": "member"}, status=200).json()
    assert (joined["role"], joined["state"]) == ("member", "active")
    assert [one["login"] for one in admin.get(f"{teams}/payments/members")] == [ada.login, bo.login]
    assert [one["login"] for one in admin.get(f"{teams}/payments/members?role=maintainer")] == [ada.login]
    assert admin.get(f"{teams}/payments")["members_count"] == 2
    admin("DELETE", f"{teams}/payments/memberships/{bo.login}", status=204)
    admin("GET", f"{teams}/payments/memberships/{bo.login}", status=404)
    admin("PUT", f"{teams}/payments/memberships/nobody-{ada.login}", {}, status=404)


def test_child_team_counts_for_its_parent(admin, person, repository, teams):
    ada = person("ada")
    parent = admin("POST", teams, {"name": "shop"}, status=201).json()
    admin("POST", teams, {"name": "cart", "parent_team_id": parent["id"], "maintainers": [ada.login]}, status=201)
    admin("PUT", f"{teams}/shop/repos/{repository}", {"permission": "push"}, status=204)
    assert [one["login"] for one in admin.get(f"{teams}/shop/members")] == [ada.login]
    assert [one["full_name"] for one in admin.get(f"{teams}/cart/repos")] == [repository]
    assert admin.get(f"/repos/{repository}/collaborators/{ada.login}/permission")["role_name"] == "write"


def test_permission_of_a_team_opens_the_repository(admin, control, person, organization, repository, teams):
    admin("PATCH", f"/orgs/{organization}", {"default_repository_permission": "none"}, status=200)
    ada = person("ada")
    ada("GET", f"/repos/{repository}", status=404)
    admin("POST", teams, {"name": "payments", "maintainers": [ada.login]}, status=201)
    admin("PUT", f"{teams}/payments/repos/{repository}", {"permission": "pull"}, status=204)
    assert ada.get(f"/repos/{repository}")["permissions"]["push"] is False
    ada("POST", f"/repos/{repository}/git/blobs", {"content": "x"}, status=404)
    admin("PUT", f"{teams}/payments/repos/{repository}", {"permission": "push"}, status=204)
    ada("POST", f"/repos/{repository}/git/blobs", {"content": "x"}, status=201)
    assert [(one["slug"], one["permission"]) for one in admin.get(f"/repos/{repository}/teams")] == [
        ("payments", "push")
    ]
    accept = {"Accept": "application/vnd.github.v3.repository+json"}
    held = admin("GET", f"{teams}/payments/repos/{repository}", headers=accept, status=200).json()
    assert (held["role_name"], held["permissions"]["push"]) == ("write", True)
    admin("GET", f"{teams}/payments/repos/{repository}", status=204)
    admin("DELETE", f"{teams}/payments/repos/{repository}", status=204)
    admin("GET", f"{teams}/payments/repos/{repository}", status=404)
    ada("GET", f"/repos/{repository}", status=404)


def test_secret_team_is_for_its_members(admin, person, teams):
    ada, bo = person("ada"), person("bo")
    admin("POST", teams, {"name": "merger", "privacy": "secret", "maintainers": [ada.login]}, status=201)
    ada("GET", f"{teams}/merger", status=200)
    bo("GET", f"{teams}/merger", status=404)


def test_only_owners_change_teams(person, connect, teams, token_for, organization):
    person("ada")("POST", teams, {"name": "x"}, status=403)
    reader = connect(token_for(organization, permissions={"members": "read"})["token"])
    reader("GET", teams, status=200)
    refused = reader("POST", teams, {"name": "x"}, status=403)
    assert "members=write" in refused.headers["X-Accepted-GitHub-Permissions"]
    blind = connect(token_for(organization, permissions={"metadata": "read"})["token"])
    blind("GET", teams, status=403)


def test_members_of_an_organisation(admin, person, organization):
    ada, bo = person("ada", role="admin"), person("bo")
    assert [one["login"] for one in admin.get(f"/orgs/{organization}/members?role=admin")] == [ada.login]
    assert len(admin.get(f"/orgs/{organization}/members")) == 2
    admin("GET", f"/orgs/{organization}/members/{bo.login}", status=204)
    mine = bo.get(f"/user/memberships/orgs/{organization}")
    assert (mine["role"], mine["organization"]["login"]) == ("member", organization)
    raised = admin("PUT", f"/orgs/{organization}/memberships/{bo.login}", {"role": "admin"}, status=200).json()
    assert raised["role"] == "admin"
    admin("DELETE", f"/orgs/{organization}/memberships/{bo.login}", status=204)
    admin("GET", f"/orgs/{organization}/members/{bo.login}", status=404)
    admin("GET", f"/orgs/{organization}/memberships/{bo.login}", status=404)


def test_collaborators_work_in_one_repository(admin, control, connect, organization, repository):
    login = f"guest-{organization}"
    guest = connect(control("POST", "/users", {"login": login}).json()["token"])
    guest("GET", f"/repos/{repository}", status=404)
    admin("PUT", f"/repos/{repository}/collaborators/{login}", {"permission": "triage"}, status=204)
    guest("GET", f"/repos/{repository}", status=200)
    held = admin.get(f"/repos/{repository}/collaborators/{login}/permission")
    assert (held["permission"], held["role_name"]) == ("read", "triage")
    assert [one["login"] for one in admin.get(f"/repos/{repository}/collaborators?affiliation=outside")] == [login]
    admin("GET", f"/repos/{repository}/collaborators/{login}", status=204)
    guest("GET", f"/repos/{repository}/collaborators", status=403)
    admin("DELETE", f"/repos/{repository}/collaborators/{login}", status=204)
    guest("GET", f"/repos/{repository}", status=404)
