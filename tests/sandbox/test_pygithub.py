"""PyGithub cannot tell the difference: the library that the forge speaks through, over what it offers us.

Left out, because PyGithub then sends what GitHub's own description forbids (the judge of the run found it):
`add_to_labels` and `set_labels` (a bare list), `Hook.edit` (a name), `edit_protection` (nulls for booleans). A part of
ours that needs one of these must send the request itself.
"""

from __future__ import annotations

import github
import pytest
from github import Auth, Github, GithubIntegration, InputGitTreeElement


@pytest.fixture
def hub(sandbox):
    """PyGithub as the administrator, without its own throttle and retries."""
    with Github(
        base_url=sandbox.url, auth=Auth.Token(sandbox.admin_token), retry=None, seconds_between_requests=None,
        seconds_between_writes=None,
    ) as hub:  # fmt: skip
        yield hub


@pytest.fixture
def bot(sandbox, organization):
    """PyGithub as the App's installation over the organisation."""
    auth = Auth.AppAuth(sandbox.app_id, sandbox.private_key)
    with GithubIntegration(
        base_url=sandbox.url, auth=auth, retry=None, seconds_between_requests=None, seconds_between_writes=None
    ) as app:
        assert app.get_app().slug == "waypost"
        number = app.get_org_installation(organization).id
        assert number in [held.id for held in app.get_installations()]
        yield app.get_github_for_installation(number)


def test_organisation_and_its_repositories(hub, organization):
    org = hub.get_organization(organization)
    made = org.create_repo("tools", private=True, auto_init=True)
    assert sorted(one.name for one in org.get_repos()) == ["pay", "tools"]
    made.edit(description="Tools")
    made.replace_topics(["one", "two"])
    assert (hub.get_repo(made.id).description, made.get_topics()) == ("Tools", ["one", "two"])
    made.delete()
    with pytest.raises(github.UnknownObjectException):
        hub.get_repo(f"{organization}/tools")


def test_contents(hub, repository):
    repo = hub.get_repo(repository)
    made = repo.create_file("docs/a b.md", "Add", "one\n")
    assert repo.get_contents("docs/a b.md").decoded_content == b"one\n"
    changed = repo.update_file("docs/a b.md", "Change", "two\n", made["content"].sha)
    with pytest.raises(github.GithubException) as stale:
        repo.update_file("docs/a b.md", "Change", "three\n", made["content"].sha)
    assert stale.value.status == 409
    repo.delete_file("docs/a b.md", "Remove", changed["content"].sha)
    assert [one.path for one in repo.get_contents("")] == ["README.md", "catalog-info.yaml", "src"]
    assert repo.get_readme().name == "README.md"


def test_git_data(hub, repository):
    repo = hub.get_repo(repository)
    ref = repo.get_git_ref("heads/main")
    parent = repo.get_git_commit(ref.object.sha)
    blob = repo.create_git_blob("x\n", "utf-8")
    elements = [
        InputGitTreeElement("x.txt", "100644", "blob", sha=blob.sha),
        InputGitTreeElement("README.md", "100644", "blob", sha=None),
    ]
    tree = repo.create_git_tree(elements, parent.tree)
    commit = repo.create_git_commit("Change", tree, [parent])
    ref.edit(commit.sha)
    assert [one.path for one in repo.get_git_tree("main", recursive=True).tree] == [
        "catalog-info.yaml",
        "src",
        "src/pay.py",
        "x.txt",
    ]
    other = repo.create_git_commit("Aside", tree, [parent])
    with pytest.raises(github.GithubException) as refused:
        ref.edit(other.sha)
    assert refused.value.status == 422
    assert repo.compare(parent.sha, commit.sha).ahead_by == 1
    assert repo.get_branch("main").commit.sha == commit.sha
    assert [one.sha for one in repo.get_commits(path="x.txt")] == [commit.sha]


def test_conversation(hub, repository):
    repo = hub.get_repo(repository)
    label = repo.create_label("pager", "ff0000", "Wake up")
    issue = repo.create_issue("Down", "It is", labels=[label, "bug"], assignee="admin")
    comment = issue.create_comment("Looking")
    comment.edit("Fixed")
    comment.create_reaction("heart")
    issue.remove_from_labels("pager")
    issue.edit(state="closed", state_reason="completed")
    again = repo.get_issue(issue.number)
    assert ([one.name for one in again.labels], again.state, again.comments) == (["bug"], "closed", 1)
    assert [one.body for one in again.get_comments()] == ["Fixed"]
    assert [one.number for one in repo.get_issues(state="all")] == [issue.number]
    label.delete()


def test_pull_request(hub, repository):
    repo = hub.get_repo(repository)
    repo.create_git_ref("refs/heads/x", repo.get_branch("main").commit.sha)
    repo.create_file("x.txt", "Add", "x\n", branch="x")
    pull = repo.create_pull(base="main", head="x", title="Add x", body="Because")
    assert [one.filename for one in pull.get_files()] == ["x.txt"]
    assert pull.get_commits().totalCount == 1
    pull.edit(title="Add x.txt")
    with pytest.raises(github.GithubException) as refused:
        pull.merge(sha="0" * 40)
    assert refused.value.status == 409
    assert pull.merge(sha=pull.head.sha, merge_method="squash").merged
    assert repo.get_pull(pull.number).merged
    assert [one.number for one in repo.get_pulls(state="closed")] == [pull.number]


def test_app_writes_checks(bot, repository):
    repo = bot.get_repo(repository)
    sha = repo.get_branch("main").commit.sha
    run = repo.create_check_run("waypost", sha, status="in_progress")
    annotation = {"path": "README.md", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
    run.edit(conclusion="neutral", output={"title": "t", "summary": "s", "annotations": [annotation]})
    assert [one.message for one in run.get_annotations()] == ["m"]
    assert [one.name for one in repo.get_commit(sha).get_check_runs()] == ["waypost"]
    assert [one.conclusion for one in repo.get_commit(sha).get_check_suites()] == ["neutral"]
    repo.get_commit(sha).create_status("success", description="fine", context="waypost")
    assert repo.get_commit(sha).get_combined_status().state == "success"


def test_teams_and_people(hub, control, organization, repository):
    control("POST", "/users", {"login": f"ada-{organization}", "organization": organization})
    org, repo = hub.get_organization(organization), hub.get_repo(repository)
    team = org.create_team("Payments", privacy="closed")
    team.add_membership(hub.get_user(f"ada-{organization}"))
    team.update_team_repository(repo, "push")
    assert [one.login for one in team.get_members()] == [f"ada-{organization}"]
    assert [one.full_name for one in team.get_repos()] == [repository]
    assert [one.slug for one in repo.get_teams()] == ["payments"]
    assert [one.slug for one in org.get_teams()] == ["payments"]
    assert org.get_team_by_slug("payments").members_count == 1
    assert repo.get_collaborator_permission(f"ada-{organization}") == "write"
    assert org.has_in_members(hub.get_user(f"ada-{organization}"))
    team.delete()


def test_hooks(hub, repository):
    repo = hub.get_repo(repository)
    hook = repo.create_hook("web", {"url": "http://127.0.0.1:9/", "content_type": "json"}, ["push"], active=False)
    hook.ping()
    assert [one.events for one in repo.get_hooks()] == [["push"]]
    hook.delete()


def test_quota_is_shown(hub):
    assert hub.get_rate_limit().resources.core.limit >= 5_000
    assert hub.rate_limiting[1] > 0


def test_settings(bot, hub, sandbox, organization):
    org, kept = bot.get_organization(organization), bot.get_repo(f"{organization}/pay")
    repo = org.create_repo("made", private=True, delete_branch_on_merge=True, allow_merge_commit=False)
    assert (repo.delete_branch_on_merge, repo.allow_merge_commit) == (True, False)
    repo.create_autolink("PAY-", "https://tickets.example.com/<num>", is_alphanumeric=False)
    assert [one.key_prefix for one in repo.get_autolinks()] == ["PAY-"]
    repo.enable_vulnerability_alert()
    repo.enable_automated_security_fixes()
    assert repo.get_vulnerability_alert()
    repo.create_variable("region", "eu")
    assert repo.get_variable("REGION").value == "eu"
    repo.create_secret("deploy_key", "s3cret")
    assert [one.name for one in repo.get_secrets()] == ["DEPLOY_KEY"]
    prod = repo.create_environment("prod", wait_timer=5)
    prod.create_variable("region", "us")
    prod.create_secret("deploy_key", "other")
    assert [one.name for one in prod.get_secrets()] == ["DEPLOY_KEY"]
    key = repo.create_key(
        "deploy", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDbT6UF7Rr9dlrPFoVZwVD3hHqbcG2TA26zwXAHPBdVO", True
    )
    assert [one.id for one in repo.get_keys()] == [key.id]
    assert kept.get_environments().totalCount == 0


def test_custom_properties(hub, bot, organization, repository):
    path = f"/orgs/{organization}/properties/schema/tier"
    hub.requester.requestJsonAndCheck(
        "PUT", path, input={"value_type": "string", "values_editable_by": "org_and_repo_actors"}
    )
    repo = bot.get_repo(repository)
    repo.update_custom_properties({"tier": "1"})
    assert repo.get_custom_properties() == {"tier": "1"}
    assert bot.get_organization(organization).get_custom_property("tier").value_type == "string"


def test_protection(hub, repository):
    branch = hub.get_repo(repository).get_branch("main")
    body = dict.fromkeys(["required_status_checks", "required_pull_request_reviews", "restrictions"])
    hub.requester.requestJsonAndCheck("PUT", branch.protection_url, input={**body, "enforce_admins": True})
    branch.add_required_signatures()
    assert branch.get_required_signatures() is True
    branch.remove_admin_enforcement()
    assert branch.get_admin_enforcement() is False
    branch.remove_protection()
    assert hub.get_repo(repository).get_branch("main").protected is False
