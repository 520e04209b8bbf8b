"""PyGithub against the sandbox: it must not be able to tell the difference on what we use."""

import github
import pytest
from github import Auth, Github, GithubIntegration, InputGitAuthor, InputGitTreeElement


@pytest.fixture
def hub(sandbox):
    return Github(base_url=sandbox.url, auth=Auth.Token(sandbox.admin_token), retry=None, per_page=100,
                  seconds_between_requests=None, seconds_between_writes=None)  # fmt: skip


@pytest.fixture
def bot(sandbox, organization):
    """PyGithub as the App's installation, with tokens that it mints itself."""
    auth = Auth.AppAuth(sandbox.app_id, sandbox.private_key)
    integration = GithubIntegration(base_url=sandbox.url, auth=auth, retry=None)
    found = integration.get_org_installation(organization)
    assert found.account.login == organization
    return integration.get_github_for_installation(found.id)


@pytest.fixture
def repo(hub, repository):
    return hub.get_repo(repository)


def test_app_finds_its_installations(sandbox, organization):
    integration = GithubIntegration(
        base_url=sandbox.url, auth=Auth.AppAuth(sandbox.app_id, sandbox.private_key), retry=None
    )
    assert integration.get_app().slug == "waypost"
    found = integration.get_org_installation(organization)
    token = integration.get_access_token(found.id, permissions={"contents": "read"})
    assert token.permissions["contents"] == "read"
    assert organization in {one.account.login for one in integration.get_installations()}
    assert [one.name for one in found.get_repos()] == ["pay"]


def test_installation_reads_and_writes(bot, repository):
    repo = bot.get_repo(repository)
    assert repo.get_contents("README.md").decoded_content == b"# Pay\n"
    made = repo.create_file("docs/index.md", "Add docs", "# Docs\n")
    assert repo.get_commit(made["commit"].sha).author.login == "waypost[bot]"
    held = repo.get_contents("docs/index.md")
    repo.update_file(held.path, "Change docs", "# More\n", held.sha)
    with pytest.raises(github.GithubException) as caught:
        repo.update_file(held.path, "Stale", "x", held.sha)
    assert caught.value.status == 409
    held = repo.get_contents("docs/index.md")
    repo.delete_file(held.path, "Remove docs", held.sha)
    with pytest.raises(github.UnknownObjectException):
        repo.get_contents("docs/index.md")


def test_folders_readme_and_languages(repo):
    assert [(one.path, one.type) for one in repo.get_contents("")][-1] == ("src", "dir")
    assert repo.get_readme().decoded_content == b"# Pay\n"
    assert repo.get_languages()["Python"] == 13
    assert repo.get_topics() == ["money"]


def test_commit_through_git_data(repo):
    head = repo.get_branch("main").commit
    blob = repo.create_git_blob("hello", "utf-8")
    tree = repo.create_git_tree(
        [InputGitTreeElement("new/file.txt", "100644", "blob", sha=blob.sha)], repo.get_git_tree(head.commit.tree.sha)
    )
    author = InputGitAuthor("Ada", "ada@example.com", "2026-01-02T03:04:05+01:00")
    made = repo.create_git_commit("By hand", tree, [repo.get_git_commit(head.sha)], author)
    repo.get_git_ref("heads/main").edit(made.sha)
    shown = repo.get_commit(made.sha)
    assert shown.commit.author.email == "ada@example.com"
    assert [one.filename for one in shown.files] == ["new/file.txt"]
    assert repo.compare(head.sha, made.sha).ahead_by == 1
    stale = repo.create_git_commit("Rival", tree, [repo.get_git_commit(head.sha)])
    with pytest.raises(github.GithubException) as caught:
        repo.get_git_ref("heads/main").edit(stale.sha)
    assert (caught.value.status, caught.value.data["message"]) == (422, "Update is not a fast forward")


def test_branches_and_tags(repo):
    sha = repo.get_branch("main").commit.sha
    repo.create_git_ref("refs/heads/feature/x", sha)
    assert [one.name for one in repo.get_branches()] == ["feature/x", "main"]
    repo.get_git_ref("heads/feature/x").delete()
    tag = repo.create_git_tag("v1", "One", sha, "commit")
    repo.create_git_ref("refs/tags/v1", tag.sha)
    assert [(one.name, one.commit.sha) for one in repo.get_tags()] == [("v1", sha)]


def test_protection_is_seen(admin, repo, repository):
    # not by edit_protection: it sends nulls that GitHub's description refuses
    body = {
        "required_status_checks": {"strict": True, "contexts": ["ci"]},
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "restrictions": None,
    }
    admin("PUT", f"/repos/{repository}/branches/main/protection", body, status=200)
    branch = repo.get_branch("main")
    assert repo.get_branch("main").protected
    held = branch.get_protection()
    assert held.required_status_checks.contexts == ["ci"]
    assert held.required_pull_request_reviews.required_approving_review_count == 1
    branch.remove_protection()
    assert not repo.get_branch("main").protected


def test_organisation_makes_edits_and_lists(hub, organization):
    org = hub.get_organization(organization)
    made = org.create_repo("made", private=True, auto_init=True, description="Made")
    made.replace_topics(["one", "two"])
    made.edit(name="renamed", description="Changed", has_wiki=False)
    assert hub.get_repo(f"{organization}/renamed").description == "Changed"
    assert {one.name for one in org.get_repos()} == {"pay", "renamed"}
    hub.get_repo(f"{organization}/renamed").delete()
    assert [one.name for one in org.get_repos(type="private")] == ["pay"]


def test_renamed_repository_is_followed(hub, repo, organization):
    repo.edit(name="renamed")
    assert hub.get_repo(f"{organization}/pay").full_name == f"{organization}/renamed"


def test_pages_are_followed(hub, control, organization):
    control("POST", "/seed", {organization: {f"r{n:03}": {} for n in range(150)}})
    listed = hub.get_organization(organization).get_repos(sort="full_name")
    assert listed.totalCount == 151
    assert len(list(listed)) == 151


def test_rate_limit_is_read(hub):
    assert hub.get_rate_limit().resources.core.limit == 5_000
    hub.get_user().login
    assert hub.rate_limiting[1] == 5_000


def test_graphql_answers_and_not_found(hub, repository):
    owner, name = repository.split("/")
    query = "query($o: String!, $n: String!) { repository(owner: $o, name: $n) { name isArchived } }"
    _, answer = hub.requester.graphql_query(query, {"o": owner, "n": name})
    assert answer["data"]["repository"] == {"name": "pay", "isArchived": False}
    with pytest.raises(github.UnknownObjectException):
        hub.requester.graphql_query(query, {"o": owner, "n": "none"})


def test_bad_credentials(sandbox):
    hub = Github(base_url=sandbox.url, auth=Auth.Token("ghp_wrong"), retry=None)
    with pytest.raises(github.BadCredentialsException):
        hub.get_user().login


def test_enterprise_base_url(sandbox, repository):
    hub = Github(base_url=f"{sandbox.url}/api/v3", auth=Auth.Token(sandbox.admin_token), retry=None)
    repo = hub.get_repo(repository)
    assert repo.owner.type == "Organization"
    assert repo.get_branch("main").commit.sha
    query = "{ viewer { login } }"
    assert hub.requester.graphql_query(query, {})[1]["data"]["viewer"]["login"] == "admin"
