import pytest

from waypost.golden import effects
from waypost.golden.calls import CALLS, calls, permissions
from waypost.golden.effects import Effect, Hidden
from waypost.golden.tree import File

HERE = {"step": "publish", "repository": "acme/pay"}
README = {"README.md": File(b"")}


def asked(*wanted):
    return [(call.method, call.path, call.permission) for call in calls(wanted)]


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        pytest.param(
            effects.FilesPushed(**HERE, branch="main", files=README, message="x"),
            [("git push", "/acme/pay.git", "contents: write")],
            id="files",
        ),
        pytest.param(
            effects.FilesPushed(**HERE, branch="main", files={".github/workflows/ci.yml": File(b"")}, message="x"),
            [("git push", "/acme/pay.git", "contents: write, workflows: write")],
            id="workflows need their own permission",
        ),
        pytest.param(
            effects.TeamAccess(**HERE, team="payments", permission="push"),
            [("PUT", "/orgs/acme/teams/payments/repos/acme/pay", "administration: write")],
            id="team",
        ),
        pytest.param(
            effects.UserAccess(**HERE, user="ada", permission="push"),
            [("PUT", "/repos/acme/pay/collaborators/ada", "administration: write")],
            id="person",
        ),
        pytest.param(
            effects.TopicsSet(**HERE, topics=["a"]),
            [("PUT", "/repos/acme/pay/topics", "administration: write")],
            id="topics",
        ),
        pytest.param(
            effects.PropertiesSet(**HERE, values={"tier": "1"}),
            [("PATCH", "/repos/acme/pay/properties/values", "repository_custom_properties: write")],
            id="properties",
        ),
        pytest.param(
            effects.EnvironmentExists(**HERE, name="a/b", branch_patterns=["main"], tag_patterns=["v*"]),
            [
                ("PUT", "/repos/acme/pay/environments/a%2Fb", "administration: write"),
                ("POST", "/repos/acme/pay/environments/a%2Fb/deployment-branch-policies", "administration: write"),
                ("POST", "/repos/acme/pay/environments/a%2Fb/deployment-branch-policies", "administration: write"),
            ],
            id="environment",
        ),
        pytest.param(
            effects.VariableSet(**HERE, name="A", value="1"),
            [("POST", "/repos/acme/pay/actions/variables", "actions_variables: write")],
            id="variable",
        ),
        pytest.param(
            effects.VariableSet(**HERE, name="A", value="1", environment="prod"),
            [("POST", "/repos/acme/pay/environments/prod/variables", "environments: write")],
            id="variable of an environment",
        ),
        pytest.param(
            effects.SecretSet(**HERE, name="A", value=Hidden("x"), environment="prod"),
            [("PUT", "/repos/acme/pay/environments/prod/secrets/A", "environments: write")],
            id="secret of an environment",
        ),
        pytest.param(
            effects.BranchProtected(**HERE, branch="main", body={}, requires_signatures=True),
            [
                ("PUT", "/repos/acme/pay/branches/main/protection", "administration: write"),
                ("POST", "/repos/acme/pay/branches/main/protection/required_signatures", "administration: write"),
            ],
            id="protection",
        ),
        pytest.param(
            effects.PullOpened(
                **HERE, branch="x", title="X", files=README, reviewers=["ada"], team_reviewers=["t"], assignees=["bob"]
            ),
            [
                ("git push", "/acme/pay.git", "contents: write"),
                ("POST", "/repos/acme/pay/pulls", "pull_requests: write"),
                ("POST", "/repos/acme/pay/pulls/{number}/requested_reviewers", "pull_requests: write"),
                ("POST", "/repos/acme/pay/issues/{number}/assignees", "pull_requests: write"),
            ],
            id="pull request",
        ),
        pytest.param(
            effects.Dispatched(**HERE, workflow="ci.yml", ref="main"),
            [("POST", "/repos/acme/pay/actions/workflows/ci.yml/dispatches", "actions: write")],
            id="dispatch in a repository that was there before",
        ),
        pytest.param(effects.Registered(**HERE), [], id="registration is the catalog's own work"),
    ],
)
def test_effect_costs_these_calls(effect, expected):
    assert asked(effect) == expected


def test_every_kind_of_effect_has_its_calls():
    kinds = {kind for kind in vars(effects).values() if isinstance(kind, type) and issubclass(kind, Effect)}
    assert kinds - {Effect} == CALLS.keys()


def test_repository_is_made_first_and_finished_last():
    wanted = [
        effects.BranchProtected(**HERE, branch="main", body={}),
        effects.FilesPushed(**HERE, branch="main", files=README, message="x"),
        effects.RepositoryExists(**HERE),
    ]
    assert [method for method, _, _ in asked(*wanted)] == ["POST", "git push", "PUT", "PATCH"]


def test_steps_keep_their_order():
    wanted = [effects.TopicsSet(step="b", repository="a/b", topics=[]), effects.RepositoryExists(**HERE)]
    assert [method for method, _, _ in asked(*wanted)] == ["PUT", "POST", "PATCH"]


def test_dispatch_is_written_down_in_the_repository_that_was_made():
    wanted = [
        effects.RepositoryExists(**HERE),
        effects.FilesPushed(**HERE, branch="main", files=README, message="x"),
        effects.Dispatched(step="go", repository="acme/ops", workflow="x.yml", ref="main"),
    ]
    assert asked(*wanted)[2:5] == [
        ("POST", "/repos/acme/pay/check-runs", "checks: write"),
        ("POST", "/repos/acme/ops/actions/workflows/x.yml/dispatches", "actions: write"),
        ("PATCH", "/repos/acme/pay/check-runs/{number}", "checks: write"),
    ]


def test_permissions_are_named_once():
    wanted = [
        effects.RepositoryExists(**HERE),
        effects.FilesPushed(**HERE, branch="", files={".github/workflows/ci.yml": File(b"")}, message="x"),
    ]
    assert permissions(calls(wanted)) == ["administration: write", "contents: write", "workflows: write"]


def test_call_says_why_and_never_a_secret():
    [call] = calls([effects.SecretSet(**HERE, name="KEY", value=Hidden("hunter2"))])
    assert call.why == "set the secret KEY"
    assert "hunter2" not in repr(call)
