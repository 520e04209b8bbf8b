"""Repositories made, renamed, moved, archived and removed; organisations and their lists."""

import pytest


def test_repository_is_made_with_a_readme(admin, organization):
    body = {"name": "new thing!", "description": "New", "private": True, "auto_init": True}
    made = admin("POST", f"/orgs/{organization}/repos", body, status=201).json()
    assert (made["name"], made["visibility"], made["default_branch"]) == ("new-thing-", "private", "main")
    assert admin.get(f"/repos/{organization}/new-thing-/readme")["size"] > 0
    refused = admin("POST", f"/orgs/{organization}/repos", body, status=422).json()
    assert refused["errors"][0]["message"] == "name already exists on this account"


def test_app_on_chosen_repositories_sees_what_it_made(app, control, connect, token_for, organization):
    number = app.get(f"/orgs/{organization}/installation")["id"]
    control("PATCH", f"/installations/{number}", {"repositories": []})
    bot = connect(token_for(organization)["token"])
    bot("GET", f"/repos/{organization}/pay", status=404)
    bot("POST", f"/orgs/{organization}/repos", {"name": "made"}, status=201)
    assert [one["name"] for one in bot.get("/installation/repositories")["repositories"]] == ["made"]


def test_names_ignore_case(admin, repository):
    assert admin.get(f"/repos/{repository.upper()}")["full_name"] == repository


def test_renamed_repository_is_found_by_its_old_name(admin, organization, git, git_address, sandbox):
    admin("PATCH", f"/repos/{organization}/pay", {"name": "payments"}, status=200)
    moved = admin("GET", f"/repos/{organization}/pay", status=301)
    assert moved.json()["message"] == "Moved Permanently"
    followed = admin("GET", moved.headers["Location"].removeprefix(sandbox.url), status=200).json()
    assert followed["full_name"] == f"{organization}/payments"
    deeper = admin("GET", f"/repos/{organization}/pay/contents/README.md", status=301)
    assert admin("GET", deeper.headers["Location"].removeprefix(sandbox.url), status=200).json()["name"] == "README.md"
    answer = admin("PUT", f"/repos/{organization}/pay/contents/x", {"message": "m", "content": ""}, status=307)
    assert "/repositories/" in answer.headers["Location"]
    git("ls-remote", git_address(f"{organization}/pay", sandbox.admin_token))


def test_old_name_may_be_taken_again(admin, organization):
    admin("PATCH", f"/repos/{organization}/pay", {"name": "payments"}, status=200)
    admin("POST", f"/orgs/{organization}/repos", {"name": "pay"}, status=201)
    assert admin.get(f"/repos/{organization}/pay")["name"] == "pay"


def test_repository_is_found_by_its_number(admin, repository):
    number = admin.get(f"/repos/{repository}")["id"]
    assert admin.get(f"/repositories/{number}")["full_name"] == repository
    assert admin.get(f"/repositories/{number}/contents/README.md")["name"] == "README.md"


def test_transfer_keeps_the_number(admin, control, organization, repository):
    control("POST", "/seed", {f"{organization}-b": {}})
    number = admin.get(f"/repos/{repository}")["id"]
    moved = admin("POST", f"/repos/{repository}/transfer", {"new_owner": f"{organization}-b"}, status=202).json()
    assert (moved["id"], moved["full_name"]) == (number, f"{organization}-b/pay")
    admin("GET", f"/repos/{repository}", status=301)


def test_deleted_repository_is_gone_with_its_git(admin, sandbox, repository):
    number = admin.get(f"/repos/{repository}")["id"]
    admin("DELETE", f"/repos/{repository}", status=204)
    admin("GET", f"/repos/{repository}", status=404)
    assert not (sandbox.root / "git" / f"{number}.git").exists()


def test_topics_and_languages(admin, repository):
    admin("PUT", f"/repos/{repository}/topics", {"names": ["Payments", "go"]}, status=200)
    assert admin.get(f"/repos/{repository}")["topics"] == ["payments", "go"]
    admin("PUT", f"/repos/{repository}/topics", {"names": ["has space"]}, status=422)
    assert admin.get(f"/repos/{repository}/languages") == {"Python": 13}
    assert admin.get(f"/repos/{repository}")["language"] == "Python"


def test_visibility_follows_both_spellings(admin, repository):
    assert admin("PATCH", f"/repos/{repository}", {"private": False}).json()["visibility"] == "public"
    assert admin("PATCH", f"/repos/{repository}", {"visibility": "private"}).json()["private"] is True


def test_default_branch_must_exist(admin, repository, head):
    admin("PATCH", f"/repos/{repository}", {"default_branch": "trunk"}, status=422)
    admin("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/trunk", "sha": head(repository)}, status=201)
    assert admin("PATCH", f"/repos/{repository}", {"default_branch": "trunk"}).json()["default_branch"] == "trunk"


def test_branch_is_renamed_with_what_points_to_it(admin, repository):
    admin("POST", f"/repos/{repository}/branches/main/rename", {"new_name": "trunk"}, status=201)
    assert admin.get(f"/repos/{repository}")["default_branch"] == "trunk"
    admin.get(f"/repos/{repository}/contents/README.md")
    admin("GET", f"/repos/{repository}/branches/main", status=404)


@pytest.fixture
def many(control, organization):
    names = [f"r{number:02}" for number in range(1, 36)]
    control("POST", "/seed", {organization: {name: {"visibility": "public"} for name in names}})
    return organization


def test_lists_come_in_pages_with_links(admin, many):
    first = admin("GET", f"/orgs/{many}/repos?per_page=10&sort=full_name", status=200)
    assert len(first.json()) == 10
    assert set(first.links) == {"next", "last"}
    assert first.links["last"]["url"].endswith("page=4")
    last = admin("GET", first.links["last"]["url"].removeprefix(admin.sandbox.url), status=200)
    assert len(last.json()) == 6
    assert set(last.links) == {"prev", "first"}
    assert len(admin.get(f"/orgs/{many}/repos?per_page=1000")) == 36
    assert len(admin.get(f"/orgs/{many}/repos")) == 30
    assert admin.get(f"/orgs/{many}/repos?page=99") == []


def test_lists_are_sorted_and_filtered_as_asked(admin, many):
    names = [one["name"] for one in admin.get(f"/orgs/{many}/repos?per_page=100&sort=full_name&direction=desc")]
    assert names == sorted(names, reverse=True)
    assert [one["name"] for one in admin.get(f"/orgs/{many}/repos?type=private")] == ["pay"]
    assert admin.get(f"/users/{many}/repos?per_page=1")[0]["visibility"] == "public"


def test_organisation_and_people_are_shown(admin, organization):
    assert admin.get(f"/orgs/{organization}")["login"] == organization
    assert admin.get(f"/users/{organization}")["type"] == "Organization"
    assert admin.get("/user")["login"] == "admin"
    admin("GET", "/orgs/admin", status=404)
    admin("GET", "/users/no-such-user", status=404)


def test_members_make_repositories_and_strangers_do_not(connect, control, organization):
    def person(name, **more):
        return connect(control("POST", "/users", {"login": f"{organization}-{name}", **more}).json()["token"])

    member, stranger = person("in", organization=organization), person("out")
    member("POST", f"/orgs/{organization}/repos", {"name": "mine"}, status=201)
    stranger("POST", f"/orgs/{organization}/repos", {"name": "theirs"}, status=403)


def test_app_needs_administration_to_make_a_repository(connect, token_for, organization):
    narrow = connect(token_for(organization, permissions={"contents": "write"})["token"])
    refused = narrow("POST", f"/orgs/{organization}/repos", {"name": "x"}, status=403)
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "administration=write"


def test_many_repositories_are_committed_to_silently(admin, control, organization, repository, head):
    control("POST", "/seed", {organization: {"empty": {}}})
    changes = {repository: {"src/pay.py": None, "new.txt": "new\n"}, f"{organization}/empty": {"a": "a"}}
    made = control("POST", "/commits", changes).json()
    assert made == {name: head(name) for name in changes}
    assert admin.get(f"/repos/{repository}/contents/new.txt")["size"] == 4
    admin("GET", f"/repos/{repository}/contents/src/pay.py", status=404)
    assert control("POST", "/commits", {f"{organization}/nowhere": {"a": "a"}}).status_code == 422
