import pytest

from waypost.golden.actions import ACTIONS
from waypost.golden.actions.elsewhere import unknown

BACKSTAGE = [
    "fetch:template",
    "fetch:template:file",
    "fetch:plain",
    "fetch:plain:file",
    "fs:delete",
    "fs:rename",
    "fs:readdir",
    "debug:log",
    "debug:wait",
    "catalog:register",
    "catalog:write",
    "catalog:fetch",
    "publish:github",
    "publish:github:pull-request",
    "github:repo:create",
    "github:repo:push",
    "github:actions:dispatch",
    "github:autolinks:create",
    "github:branch-protection:create",
    "github:deployKey:create",
    "github:environment:create",
    "github:issues:create",
    "github:issues:label",
    "github:pages:enable",
    "github:webhook",
    "github:repo:rulesets:create",
    "workspace:template",
    "workspace:template:file",
]


@pytest.mark.parametrize("id", BACKSTAGE)
def test_action_of_backstage_is_known(id):
    assert id in [action.id for action in ACTIONS]


def test_ids_are_unique():
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_action_says_what_it_does_takes_and_puts_out(action):
    assert action.description.endswith(".")
    for schema in (action.input, action.output):
        assert schema["type"] == "object"
        assert set(schema.get("required", ())) <= schema["properties"].keys()
        for name, field in schema["properties"].items():
            assert field.get("description") or field.get("properties"), name


@pytest.mark.parametrize(
    ("id", "words"),
    [
        pytest.param("publish:bitbucketCloud", "Bitbucket", id="vendor"),
        pytest.param("gitlab:issues:create", "GitLab", id="vendor's family"),
        pytest.param("publish:githb", 'Did you mean "publish:github"?', id="misspelt"),
        pytest.param("", "names no action", id="none"),
    ],
)
def test_unknown_action_is_explained(id, words):
    assert words in unknown(id, [action.id for action in ACTIONS])
