"""Issues, labels, assignees, comments and reactions."""

from __future__ import annotations

import pytest


@pytest.fixture
def person(control, connect, organization):
    """Make a member of the organisation and return a client that speaks as them."""

    def make(login, role="member"):
        made = control(
            "POST", "/users", {"login": f"{login}-{organization}", "organization": organization, "role": role}
        )
        client = connect(made.json()["token"])
        client.login = made.json()["login"]
        return client

    return make


@pytest.fixture
def public(control, organization):
    control("POST", "/seed", {organization: {"open": {"files": {"README.md": "# Open\n"}, "visibility": "public"}}})
    return f"{organization}/open"


def opened(client, repository, **fields):
    return client("POST", f"/repos/{repository}/issues", {"title": "It breaks", **fields}, status=201).json()


def test_issue_is_opened_edited_closed_and_found_again(admin, repository):
    made = opened(admin, repository, body="On Fridays", labels=["bug", "friday"], assignees=["admin"])
    assert made["number"] == 1
    assert [label["name"] for label in made["labels"]] == ["bug", "friday"]
    assert made["assignee"]["login"] == "admin"
    path = f"/repos/{repository}/issues/1"
    edited = admin("PATCH", path, {"title": "It breaks daily", "labels": ["bug"]}, status=200).json()
    assert (edited["title"], edited["body"]) == ("It breaks daily", "On Fridays")
    closed = admin("PATCH", path, {"state": "closed", "state_reason": "not_planned"}, status=200).json()
    assert (closed["state"], closed["state_reason"], closed["closed_by"]["login"]) == ("closed", "not_planned", "admin")
    assert admin.get(f"/repos/{repository}/issues") == []
    assert [one["number"] for one in admin.get(f"/repos/{repository}/issues?state=all&labels=bug")] == [1]
    again = admin("PATCH", path, {"state": "open"}, status=200).json()
    assert (again["state"], again["closed_at"], again["state_reason"]) == ("open", None, "reopened")


def test_issues_are_paged_newest_first(admin, repository):
    for number in range(5):
        opened(admin, repository, title=f"Issue {number}")
    answer = admin("GET", f"/repos/{repository}/issues?per_page=2&page=2", status=200)
    assert [one["title"] for one in answer.json()] == ["Issue 2", "Issue 1"]
    assert 'rel="next"' in answer.headers["Link"]
    assert 'rel="last"' in answer.headers["Link"]


def test_unchanged_issue_costs_nothing(admin, repository):
    opened(admin, repository)
    first = admin("GET", f"/repos/{repository}/issues/1", status=200)
    again = admin("GET", f"/repos/{repository}/issues/1", headers={"If-None-Match": first.headers["ETag"]}, status=304)
    assert again.content == b""
    admin("PATCH", f"/repos/{repository}/issues/1", {"title": "Other"}, status=200)
    admin("GET", f"/repos/{repository}/issues/1", headers={"If-None-Match": first.headers["ETag"]}, status=200)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, "title", id="no title"),
        pytest.param({"title": ""}, "title", id="empty title"),
        pytest.param({"title": "x" * 257}, "title", id="title too long"),
        pytest.param({"title": "x", "body": "x" * 65_537}, "body", id="body too long"),
    ],
)
def test_issue_without_a_fitting_text_is_refused(admin, repository, body, field):
    refused = admin("POST", f"/repos/{repository}/issues", body, status=422, mistake=True).json()
    assert refused["errors"][0]["field"] == field


def test_issues_may_be_switched_off(admin, repository):
    admin("PATCH", f"/repos/{repository}", {"has_issues": False}, status=200)
    admin("POST", f"/repos/{repository}/issues", {"title": "x"}, status=410)


def test_archived_repository_takes_no_issue(admin, repository):
    opened(admin, repository)
    admin("PATCH", f"/repos/{repository}", {"archived": True}, status=200)
    admin("POST", f"/repos/{repository}/issues", {"title": "x"}, status=403)
    admin("PATCH", f"/repos/{repository}/issues/1", {"title": "x"}, status=403)


def test_reader_may_write_but_not_label(admin, person, public):
    reader = person("reader")
    made = opened(reader, public, labels=["bug"], assignees=[reader.login])
    assert (made["labels"], made["assignees"]) == ([], [])
    reader("POST", f"/repos/{public}/issues/1/labels", {"labels": ["bug"]}, status=404)
    admin_made = opened(admin, public)
    reader("PATCH", f"/repos/{public}/issues/{admin_made['number']}", {"state": "closed"}, status=403)
    reader("PATCH", f"/repos/{public}/issues/1", {"state": "closed"}, status=200)


def test_nobody_writes_without_a_token(connect, public):
    connect()("POST", f"/repos/{public}/issues", {"title": "x"}, status=401)
    connect()("GET", f"/repos/{public}/issues", status=200)


def test_app_needs_the_permission(connect, token_for, organization, repository):
    reader = connect(token_for(organization, permissions={"issues": "read"})["token"])
    reader("GET", f"/repos/{repository}/issues", status=200)
    refused = reader("POST", f"/repos/{repository}/issues", {"title": "x"}, status=403)
    assert refused.json()["message"] == "Resource not accessible by integration"
    assert "issues=write" in refused.headers["X-Accepted-GitHub-Permissions"]
    writer = connect(token_for(organization, permissions={"issues": "write"})["token"])
    made = opened(writer, repository)
    assert (made["user"]["login"], made["performed_via_github_app"]["slug"]) == ("waypost[bot]", "waypost")


def test_new_repository_has_githubs_labels(admin, repository):
    labels = admin.get(f"/repos/{repository}/labels")
    assert len(labels) == 9
    assert {"bug", "good first issue"} <= {label["name"] for label in labels if label["default"]}


def test_label_is_made_renamed_and_taken_off_everything(admin, repository):
    made = admin("POST", f"/repos/{repository}/labels", {"name": "on call", "color": "FF0000"}, status=201).json()
    assert (made["color"], made["url"].rpartition("/")[2]) == ("ff0000", "on%20call")
    opened(admin, repository, labels=["on call", "bug"])
    admin("PATCH", f"/repos/{repository}/labels/on%20call", {"new_name": "pager", "description": "Wake up"}, status=200)
    assert [one["name"] for one in admin.get(f"/repos/{repository}/issues/1/labels")] == ["pager", "bug"]
    admin("DELETE", f"/repos/{repository}/labels/pager", status=204)
    assert [one["name"] for one in admin.get(f"/repos/{repository}/issues/1/labels")] == ["bug"]
    admin("GET", f"/repos/{repository}/labels/pager", status=404)


def test_label_names_are_taken_once_whatever_the_case(admin, repository):
    refused = admin("POST", f"/repos/{repository}/labels", {"name": "BUG"}, status=422).json()
    assert refused["errors"] == [{"resource": "Label", "code": "already_exists", "field": "name"}]
    admin("POST", f"/repos/{repository}/labels", {"name": "x", "color": "#ff0000"}, status=422)


def test_labels_of_an_issue_are_added_replaced_and_removed(admin, repository):
    opened(admin, repository)
    path = f"/repos/{repository}/issues/1/labels"
    admin("POST", path, {"labels": ["bug", "new"]}, status=200)
    assert [one["name"] for one in admin("DELETE", f"{path}/bug", status=200).json()] == ["new"]
    admin("DELETE", f"{path}/bug", status=404)
    assert [one["name"] for one in admin("PUT", path, {"labels": ["question"]}, status=200).json()] == ["question"]
    admin("DELETE", path, status=204)
    assert admin.get(path) == []


def test_only_people_of_the_repository_are_assigned(admin, control, person, repository):
    member = person("member")
    control("POST", "/users", {"login": f"stranger-{member.login}"})
    opened(admin, repository)
    path = f"/repos/{repository}/issues/1/assignees"
    given = [member.login, f"stranger-{member.login}"]
    assert [one["login"] for one in admin("POST", path, {"assignees": given}, status=201).json()["assignees"]] == given[
        :1
    ]
    admin("GET", f"/repos/{repository}/assignees/{member.login}", status=204)
    admin("GET", f"/repos/{repository}/assignees/stranger-{member.login}", status=404)
    assert admin("DELETE", path, {"assignees": given[:1]}, status=200).json()["assignees"] == []


def test_comment_is_edited_in_place(admin, installation, repository):
    opened(admin, repository)
    path = f"/repos/{repository}/issues/1/comments"
    made = installation("POST", path, {"body": "<!-- waypost --> one"}, status=201).json()
    one = f"/repos/{repository}/issues/comments/{made['id']}"
    edited = installation("PATCH", one, {"body": "<!-- waypost --> two"}, status=200).json()
    assert (edited["id"], edited["body"]) == (made["id"], "<!-- waypost --> two")
    assert [comment["body"] for comment in admin.get(path)] == ["<!-- waypost --> two"]
    assert admin.get(f"/repos/{repository}/issues/1")["comments"] == 1
    admin("DELETE", one, status=204)
    admin("GET", one, status=404)


def test_comment_has_a_length(admin, repository):
    opened(admin, repository)
    refused = admin("POST", f"/repos/{repository}/issues/1/comments", {"body": "x" * 65_537}, status=422).json()
    assert refused["errors"][0]["message"] == "body is too long (maximum is 65536 characters)"
    admin("POST", f"/repos/{repository}/issues/1/comments", {"body": " "}, status=422)
    admin("POST", f"/repos/{repository}/issues/9/comments", {"body": "x"}, status=404)


def test_locked_conversation_is_for_those_who_triage(admin, person, public):
    reader = person("reader")
    opened(admin, public)
    admin("PUT", f"/repos/{public}/issues/1/lock", status=204)
    reader("POST", f"/repos/{public}/issues/1/comments", {"body": "x"}, status=403)
    admin("POST", f"/repos/{public}/issues/1/comments", {"body": "x"}, status=201)
    admin("DELETE", f"/repos/{public}/issues/1/lock", status=204)
    reader("POST", f"/repos/{public}/issues/1/comments", {"body": "x"}, status=201)


def test_reaction_counts_once_a_person(admin, repository):
    opened(admin, repository)
    path = f"/repos/{repository}/issues/1/reactions"
    admin("POST", path, {"content": "rocket"}, status=201)
    admin("POST", path, {"content": "rocket"}, status=200)
    assert [one["content"] for one in admin.get(path)] == ["rocket"]
    assert admin.get(f"/repos/{repository}/issues/1")["reactions"]["rocket"] == 1
