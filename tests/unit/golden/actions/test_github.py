import pytest

from waypost.golden import effects
from waypost.golden.actions import ActionFault, NotYet
from waypost.golden.effects import Hidden
from waypost.golden.later import is_later, later
from waypost.golden.tree import File

URL = {"repoUrl": "github.com?owner=acme&repo=pay"}
HERE = {"step": "one", "repository": "acme/pay"}
FILES = {"README.md": File(b"# Pay\n"), "app/main.py": File(b"")}


def wanted(outcome, kind):
    return [effect for effect in outcome.effects if isinstance(effect, kind)]


def test_repository_is_made_filled_and_protected(act):
    outcome, _ = act("publish:github", URL, FILES)
    assert [type(effect).__name__ for effect in outcome.effects] == [
        "RepositoryExists",
        "FilesPushed",
        "BranchProtected",
    ]
    [pushed] = wanted(outcome, effects.FilesPushed)
    assert (pushed.branch, pushed.message, pushed.files) == ("main", "initial commit", FILES)
    assert outcome.output["remoteUrl"] == "https://github.com/acme/pay.git"
    assert outcome.output["repoContentsUrl"] == "https://github.com/acme/pay/blob/main"
    assert is_later(outcome.output["commitHash"])


def test_protection_has_the_defaults_of_backstage(act):
    outcome, _ = act("publish:github", URL, FILES)
    [protected] = wanted(outcome, effects.BranchProtected)
    assert protected.body == {
        "required_status_checks": {"strict": True, "contexts": []},
        "enforce_admins": True,
        "required_pull_request_reviews": {
            "required_approving_review_count": 1,
            "require_code_owner_reviews": False,
            "dismiss_stale_reviews": False,
            "require_last_push_approval": False,
        },
        "restrictions": None,
        "required_conversation_resolution": False,
        "required_linear_history": False,
        "block_creations": False,
    }
    assert not protected.requires_signatures


def test_protection_is_left_out_when_it_is_not_wanted(act):
    outcome, _ = act("publish:github", {**URL, "protectDefaultBranch": False}, FILES)
    assert wanted(outcome, effects.BranchProtected) == []


def test_settings_are_those_of_the_api_and_only_those_that_were_said(act):
    input = {
        **URL,
        "description": "Pays",
        "repoVisibility": "internal",
        "allowMergeCommit": False,
        "deleteBranchOnMerge": True,
        "hasWiki": False,
        "defaultBranch": "trunk",
    }
    outcome, _ = act("publish:github", input, FILES)
    assert outcome.effects[0] == effects.RepositoryExists(
        **HERE,
        description="Pays",
        default_branch="trunk",
        settings={
            "allow_merge_commit": False,
            "delete_branch_on_merge": True,
            "has_wiki": False,
            "visibility": "internal",
        },
    )


@pytest.mark.parametrize(
    ("input", "expected"),
    [
        pytest.param(
            {"access": "acme/owners"}, effects.TeamAccess(**HERE, team="owners", permission="admin"), id="team"
        ),
        pytest.param({"access": "ada"}, effects.UserAccess(**HERE, user="ada", permission="admin"), id="person"),
        pytest.param(
            {"collaborators": [{"team": "group:default/pay", "access": "push"}]},
            effects.TeamAccess(**HERE, team="pay", permission="push"),
            id="collaborating team",
        ),
        pytest.param(
            {"collaborators": [{"user": "user:ada", "access": "triage"}]},
            effects.UserAccess(**HERE, user="ada", permission="triage"),
            id="collaborator",
        ),
        pytest.param({"topics": ["A", "a", "b"]}, effects.TopicsSet(**HERE, topics=("a", "b")), id="topics"),
        pytest.param(
            {"customProperties": {"tier": "1"}}, effects.PropertiesSet(**HERE, values={"tier": "1"}), id="properties"
        ),
        pytest.param({"repoVariables": {"A": "1"}}, effects.VariableSet(**HERE, name="A", value="1"), id="variables"),
    ],
)
def test_input_becomes_an_effect(act, input, expected):
    outcome, _ = act("github:repo:create", {**URL, **input})
    assert expected in outcome.effects


def test_owner_itself_needs_no_access(act):
    outcome, _ = act("github:repo:create", {**URL, "access": "acme"})
    assert len(outcome.effects) == 1


def test_secret_comes_from_the_hidden_input(act):
    outcome, _ = act(
        "github:repo:create", {**URL, "secrets": {"A": "***"}}, hidden={**URL, "secrets": {"A": "hunter2"}}
    )
    assert wanted(outcome, effects.SecretSet) == [effects.SecretSet(**HERE, name="A", value=Hidden("hunter2"))]
    assert "hunter2" not in repr(outcome)


@pytest.mark.parametrize("field", ["oidcCustomization", "workflowAccess", "subscribe"])
def test_what_is_not_applied_is_warned_about(act, field):
    value = {"oidcCustomization": {"useDefault": True}, "workflowAccess": "user", "subscribe": True}[field]
    outcome, _ = act("github:repo:create", {**URL, field: value})
    assert outcome.warnings[0].startswith(f"input.{field}: ")


def test_part_of_the_workspace_is_pushed(act):
    outcome, _ = act("github:repo:push", {**URL, "sourcePath": "./app"}, FILES)
    assert outcome.effects[0].files == {"main.py": File(b"")}
    with pytest.raises(ActionFault, match='"gone" is no folder of the workspace'):
        act("github:repo:push", {**URL, "sourcePath": "gone"}, FILES)


def test_push_goes_to_the_branch_that_the_repository_was_made_with(act):
    before = [effects.RepositoryExists(**HERE, default_branch="trunk")]
    outcome, _ = act("github:repo:push", URL, FILES, before=before)
    assert [effect.branch for effect in outcome.effects] == ["trunk", "trunk"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("github.com?owner=acme", "does not say repo=", id="no name"),
        pytest.param("github.com?repo=pay", "does not say owner=", id="no owner"),
        pytest.param("gitlab.com?owner=a&repo=b", "is on gitlab.com", id="elsewhere"),
        pytest.param("github.com?owner=a/b&repo=c", "cannot be an owner", id="a path as owner"),
        pytest.param("github.com?owner=acme&repo=..", "cannot be the name of a repository", id="dots as name"),
        pytest.param("me:pass@github.com?owner=a&repo=b", "must not hold a user or password", id="password"),
    ],
)
def test_repository_that_cannot_be_one_is_refused(act, url, message):
    with pytest.raises(ActionFault, match=message):
        act("github:repo:create", {"repoUrl": url})


def test_repository_that_is_not_known_yet_waits(act):
    with pytest.raises(NotYet):
        act("github:repo:create", {"repoUrl": f"github.com?owner=acme&repo={later('name')}"})


def test_pull_request_brings_and_deletes_files(act):
    input = {
        **URL,
        "branchName": "x",
        "title": "X",
        "description": "Y",
        "sourcePath": "app",
        "targetPath": "svc",
        "filesToDelete": ["old"],
        "teamReviewers": ["a", "a"],
        "update": True,
    }
    outcome, _ = act("publish:github:pull-request", input, FILES)
    [pull] = outcome.effects
    assert (pull.files, pull.removed, pull.team_reviewers) == ({"svc/main.py": File(b"")}, ["svc/old"], ("a",))
    assert pull.updates
    assert all(map(is_later, outcome.output.values()))


def test_pull_request_without_a_change(act):
    input = {**URL, "branchName": "x", "title": "X", "description": "Y"}
    with pytest.raises(ActionFault, match="would change nothing"):
        act("publish:github:pull-request", input)
    outcome, _ = act("publish:github:pull-request", {**input, "createWhenEmpty": False})
    assert outcome.effects == ()


def test_environment_has_variables_secrets_and_reviewers(act):
    input = {
        **URL,
        "name": "prod",
        "waitTimer": 5,
        "customBranchPolicyNames": ["main"],
        "reviewers": ["group:default/ops", "user:ada"],
        "environmentVariables": {"A": "1"},
        "secrets": {"B": "2"},
    }
    outcome, _ = act("github:environment:create", input)
    assert outcome.effects == [
        effects.EnvironmentExists(
            **HERE,
            name="prod",
            body={"wait_timer": 5},
            branch_patterns=("main",),
            reviewing_teams=("ops",),
            reviewing_users=("ada",),
        ),
        effects.VariableSet(**HERE, name="A", value="1", environment="prod"),
        effects.SecretSet(**HERE, name="B", value=Hidden("2"), environment="prod"),
    ]


@pytest.mark.parametrize(
    ("id", "input", "expected"),
    [
        pytest.param(
            "github:autolinks:create",
            {"keyPrefix": "T-", "urlTemplate": "https://t.example/<num>"},
            effects.AutolinkExists(**HERE, prefix="T-", url="https://t.example/<num>"),
            id="autolink",
        ),
        pytest.param("github:pages:enable", {}, effects.PagesEnabled(**HERE), id="pages"),
        pytest.param(
            "github:pages:enable",
            {"buildType": "legacy", "sourcePath": "/docs"},
            effects.PagesEnabled(**HERE, build_type="legacy", branch="main", path="/docs"),
            id="pages from a folder",
        ),
        pytest.param(
            "github:webhook",
            {"webhookUrl": "https://h.example", "webhookSecret": "x", "contentType": "json"},
            effects.WebhookExists(**HERE, url="https://h.example", content_type="json", secret=Hidden("x")),
            id="webhook",
        ),
        pytest.param(
            "github:actions:dispatch",
            {"workflowId": "ci.yml", "branchOrTagName": "main", "workflowInputs": {"a": "b"}},
            effects.Dispatched(**HERE, workflow="ci.yml", ref="main", inputs={"a": "b"}),
            id="dispatch",
        ),
        pytest.param(
            "github:issues:create",
            {"title": "T", "labels": ["a"], "milestone": "3"},
            effects.IssueOpened(**HERE, title="T", labels=("a",), milestone=3),
            id="issue",
        ),
        pytest.param(
            "github:issues:label",
            {"number": 7, "labels": ["a"]},
            effects.IssueLabelled(**HERE, number=7, labels=("a",)),
            id="labels of an issue",
        ),
        pytest.param(
            "github:repo:rulesets:create",
            {"name": "main", "rules": [{"type": "deletion"}]},
            effects.RulesetExists(
                **HERE, name="main", body={"target": "branch", "enforcement": "active", "rules": [{"type": "deletion"}]}
            ),
            id="ruleset",
        ),
        pytest.param(
            "waypost:github:labels",
            {"labels": [{"name": "bug", "color": "#D73A4A"}]},
            effects.LabelExists(**HERE, name="bug", color="d73a4a"),
            id="label",
        ),
        pytest.param(
            "waypost:github:access",
            {"access": [{"team": "acme/pay", "permission": "maintain"}]},
            effects.TeamAccess(**HERE, team="pay", permission="maintain"),
            id="access",
        ),
        pytest.param(
            "waypost:github:properties",
            {"properties": {"tier": None}},
            effects.PropertiesSet(**HERE, values={"tier": None}),
            id="properties",
        ),
    ],
)
def test_action_wants_one_thing(act, id, input, expected):
    outcome, _ = act(id, {**URL, **input})
    assert outcome.effects == [expected]


def test_deploy_key_comes_with_its_private_half_as_a_secret(act):
    outcome, _ = act("github:deployKey:create", {**URL, "publicKey": "p", "privateKey": "s", "deployKeyName": "My key"})
    assert outcome.effects == [
        effects.DeployKeyExists(**HERE, title="My key", key="p", is_read_only=False),
        effects.SecretSet(**HERE, name="MY_KEY_PRIVATE_KEY", value=Hidden("s")),
    ]
    assert outcome.output == {"privateKeySecretName": "MY_KEY_PRIVATE_KEY"}


def test_protected_branch_is_the_default_branch_where_none_is_said(act):
    outcome, _ = act("github:branch-protection:create", {**URL, "requiredCommitSigning": True})
    assert (outcome.effects[0].branch, outcome.effects[0].requires_signatures) == ("", True)
    before = [effects.RepositoryExists(**HERE, default_branch="trunk")]
    outcome, _ = act("github:branch-protection:create", URL, before=before)
    assert outcome.effects[0].branch == "trunk"


@pytest.mark.parametrize(
    ("id", "input", "message"),
    [
        pytest.param(
            "github:autolinks:create", {"keyPrefix": "T-", "urlTemplate": "https://t"}, "has no <num>", id="autolink"
        ),
        pytest.param("github:issues:create", {"title": "T", "milestone": "soon"}, "is not the number", id="milestone"),
        pytest.param(
            "github:actions:dispatch",
            {"workflowId": "a", "branchOrTagName": "b", "workflowInputs": {str(n): "" for n in range(26)}},
            "26 entries; GitHub takes 25 at most",
            id="too many inputs",
        ),
        pytest.param(
            "waypost:github:labels", {"labels": [{"name": "a", "color": "red"}]}, "is not a colour", id="colour"
        ),
        pytest.param("waypost:github:access", {"access": [{"permission": "pull"}]}, "neither a team", id="access"),
        pytest.param(
            "publish:github:pull-request",
            {"branchName": "a", "title": "b", "description": "c", "forceFork": True},
            "forceFork is not supported",
            id="fork",
        ),
        pytest.param("github:environment:create", {"name": "a", "reviewers": ["a:"]}, "reviewers", id="reviewer"),
    ],
)
def test_input_that_github_would_refuse_is_refused(act, id, input, message):
    with pytest.raises(ActionFault, match=message):
        act(id, {**URL, **input}, FILES)


def test_issue_that_is_not_open_yet_has_no_number(act):
    outcome, _ = act("github:issues:label", {**URL, "number": later("issueNumber"), "labels": ["a"]})
    assert outcome.effects == [effects.IssueLabelled(**HERE, number=0, labels=("a",))]
    with pytest.raises(ActionFault, match='"seven" is not the number of an issue'):
        act("github:issues:label", {**URL, "number": "seven", "labels": ["a"]})
