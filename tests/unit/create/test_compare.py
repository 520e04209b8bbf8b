"""What is there against what is wanted, kind by kind: nothing wanted is nothing done. Pure, no forge."""

from __future__ import annotations

from base64 import b64decode

import pytest
from nacl.public import PrivateKey, SealedBox

from waypost.create.kinds import access, environments, labels, links, repository, rules, secrets
from waypost.create.kinds.same import fulfils
from waypost.golden.effects import (
    AutolinkExists,
    BranchProtected,
    DeployKeyExists,
    EnvironmentExists,
    Hidden,
    IssueLabelled,
    LabelExists,
    PagesEnabled,
    PropertiesSet,
    RepositoryExists,
    RulesetExists,
    SecretSet,
    TeamAccess,
    TopicsSet,
    UserAccess,
    VariableSet,
    WebhookExists,
)

AT = {"step": "publish", "repository": "acme/pay"}
LABEL = LabelExists(**AT, name="bug", color="D73A4A", description="Broken")
TEAM = TeamAccess(**AT, team="payments", permission="push")
ANA = UserAccess(**AT, user="Ana", permission="push")
TOPICS = TopicsSet(**AT, topics=["Money", "python"])
PROPERTIES = PropertiesSet(**AT, values={"tier": "1", "areas": ("eu", "us")})
VARIABLE = VariableSet(**AT, name="REGION", value="eu")
PAGES = PagesEnabled(**AT, build_type="legacy", branch="main", path="/docs")
AUTOLINK = AutolinkExists(**AT, prefix="PAY-", url="https://t.example/<num>")
KEY = DeployKeyExists(**AT, title="deploy", key="ssh-ed25519 AAAA me@here")
HOOK = WebhookExists(**AT, url="https://h.example", events=("push", "issues"))
RULES = {"target": "branch", "enforcement": "active", "rules": [{"type": "deletion"}]}
RULESET = RulesetExists(**AT, name="main", body=RULES)
LABELLED = IssueLabelled(**AT, number=3, labels=["Bug", "new"])
HOOK_SHOWN = {
    "id": 5,
    "active": True,
    "events": ["issues", "push"],
    "config": {"url": "https://h.example", "content_type": "form", "insecure_ssl": "0", "secret": "********"},
}


@pytest.mark.parametrize(
    ("compare", "present", "effect"),
    [
        pytest.param(labels.compare_label, {"color": "d73a4a", "description": "Broken"}, LABEL, id="label"),
        pytest.param(access.compare_team, [{"slug": "payments", "permission": "push"}], TEAM, id="team"),
        pytest.param(access.compare_user, [{"login": "ana", "role_name": "write"}], ANA, id="user"),
        pytest.param(access.compare_key, [{"key": "ssh-ed25519 AAAA"}], KEY, id="key without its comment"),
        pytest.param(repository.compare_topics, {"names": ["python", "money"]}, TOPICS, id="topics in another order"),
        pytest.param(
            repository.compare_properties,
            [{"property_name": "tier", "value": "1"}, {"property_name": "areas", "value": ["us", "eu"]}],
            PROPERTIES,
            id="properties",
        ),
        pytest.param(secrets.compare_variable, {"value": "eu"}, VARIABLE, id="variable"),
        pytest.param(
            links.compare_pages,
            {"build_type": "legacy", "source": {"branch": "main", "path": "/docs"}, "url": "x"},
            PAGES,
            id="pages",
        ),
        pytest.param(
            links.compare_autolink,
            [{"id": 1, "key_prefix": "PAY-", "url_template": "https://t.example/<num>", "is_alphanumeric": True}],
            AUTOLINK,
            id="autolink",
        ),
        pytest.param(links.compare_hook, [HOOK_SHOWN], HOOK, id="webhook with its events in another order"),
        pytest.param(
            rules.compare_ruleset, {"id": 7, "name": "main", "source": "acme/pay", **RULES}, RULESET, id="ruleset"
        ),
        pytest.param(
            labels.compare_labels_of_issue,
            [{"name": "bug"}, {"name": "new"}, {"name": "x"}],
            LABELLED,
            id="issue's labels",
        ),
    ],
)
def test_what_is_right_already_costs_no_call(compare, present, effect):
    assert compare(present, effect) == []


@pytest.mark.parametrize(
    ("compare", "present", "effect", "calls"),
    [
        pytest.param(labels.compare_label, None, LABEL, ["POST /repos/acme/pay/labels"], id="new label"),
        pytest.param(
            labels.compare_label,
            {"color": "ffffff", "description": None},
            LABEL,
            ["PATCH /repos/acme/pay/labels/bug"],
            id="label of another colour",
        ),
        pytest.param(
            access.compare_team,
            [{"slug": "payments", "permission": "pull"}],
            TEAM,
            ["PUT /orgs/acme/teams/payments/repos/acme/pay"],
            id="team with less",
        ),
        pytest.param(access.compare_user, [], ANA, ["PUT /repos/acme/pay/collaborators/Ana"], id="stranger"),
        pytest.param(repository.compare_topics, {"names": []}, TOPICS, ["PUT /repos/acme/pay/topics"], id="no topics"),
        pytest.param(
            secrets.compare_variable,
            {"value": "us"},
            VARIABLE,
            ["PATCH /repos/acme/pay/actions/variables/REGION"],
            id="variable of another value",
        ),
        pytest.param(links.compare_pages, {"build_type": "workflow"}, PAGES, ["PUT /repos/acme/pay/pages"], id="pages"),
        pytest.param(
            links.compare_autolink,
            [{"id": 9, "key_prefix": "PAY-", "url_template": "https://old.example/<num>", "is_alphanumeric": True}],
            AUTOLINK,
            ["DELETE /repos/acme/pay/autolinks/9", "POST /repos/acme/pay/autolinks"],
            id="autolink that cannot be changed",
        ),
        pytest.param(
            links.compare_hook,
            [{**HOOK_SHOWN, "active": False}],
            HOOK,
            ["PATCH /repos/acme/pay/hooks/5"],
            id="webhook that sleeps",
        ),
        pytest.param(
            rules.compare_ruleset,
            {"id": 7, "name": "main", **RULES, "enforcement": "disabled"},
            RULESET,
            ["PUT /repos/acme/pay/rulesets/7"],
            id="ruleset without force",
        ),
        pytest.param(
            labels.compare_labels_of_issue,
            [{"name": "bug"}],
            LABELLED,
            ["POST /repos/acme/pay/issues/3/labels"],
            id="issue lacks a label",
        ),
    ],
)
def test_what_differs_is_changed_and_nothing_else(compare, present, effect, calls):
    assert [f"{one.verb} {one.path}" for one in compare(present, effect)] == calls


def test_only_properties_that_differ_are_sent():
    (write,) = repository.compare_properties([{"property_name": "tier", "value": "1"}], PROPERTIES)
    assert write.body == {"properties": [{"property_name": "areas", "value": ["eu", "us"]}]}


def test_secret_is_sealed_for_the_repositorys_key_alone():
    key = PrivateKey.generate()
    from base64 import b64encode

    public = b64encode(bytes(key.public_key)).decode()
    effect = SecretSet(**AT, name="TOKEN", value=Hidden("s3cret"))
    (write,) = secrets.compare_secret(secrets.Present(False, "7", public), effect)
    assert SealedBox(key).decrypt(b64decode(write.body["encrypted_value"])) == b"s3cret"
    assert "s3cret" not in repr(write) + repr(effect) + secrets.describe_secret(effect)


def test_secret_that_is_there_is_left_alone():
    assert secrets.compare_secret(secrets.Present(True), SecretSet(**AT, name="TOKEN", value=Hidden("s"))) == []


PROTECTION = {
    "required_status_checks": {"strict": True, "contexts": ["test"]},
    "enforce_admins": True,
    "required_pull_request_reviews": {"required_approving_review_count": 1, "dismissal_restrictions": {}},
    "restrictions": {"users": [], "teams": ["platform"], "apps": []},
    "allow_deletions": None,
}
SHOWN = {
    "required_status_checks": {"strict": True, "contexts": ["test"], "checks": [{"context": "test", "app_id": None}]},
    "enforce_admins": {"enabled": True, "url": "x"},
    "required_pull_request_reviews": {"required_approving_review_count": 1, "dismiss_stale_reviews": False, "url": "x"},
    "restrictions": {"users": [], "teams": [{"slug": "platform"}], "apps": [], "url": "x"},
    "required_signatures": {"enabled": False},
    "allow_deletions": {"enabled": False},
}


def test_protection_is_compared_in_the_form_that_github_takes():
    wanted = BranchProtected(**AT, branch="main", body=PROTECTION)
    assert rules.compare_protection(SHOWN, wanted) == []
    lax = {**SHOWN, "enforce_admins": {"enabled": False}}
    assert [one.verb for one in rules.compare_protection(lax, wanted)] == ["PUT"]


def test_signatures_are_asked_for_by_a_call_of_their_own():
    wanted = BranchProtected(**AT, branch="release/1", body=PROTECTION, requires_signatures=True)
    paths = [one.path for one in rules.compare_protection(None, wanted)]
    base = "/repos/acme/pay/branches/release%2F1/protection"
    assert paths == [base, f"{base}/required_signatures"]


ENVIRONMENT = EnvironmentExists(
    **AT,
    name="prod/eu",
    body={"wait_timer": 30},
    branch_patterns=["main"],
    tag_patterns=["v*"],
    reviewing_teams=["pay"],
)
TEAM_7 = {"type": "Team", "id": 7}


def test_new_environment_gets_its_reviewers_and_its_branches():
    writes = environments.compare_environment(environments.Present(None, [], [TEAM_7]), ENVIRONMENT)
    base = "/repos/acme/pay/environments/prod%2Feu"
    assert [f"{one.verb} {one.path}" for one in writes] == [
        f"PUT {base}",
        f"POST {base}/deployment-branch-policies",
        f"POST {base}/deployment-branch-policies",
    ]
    assert writes[0].body == {
        "wait_timer": 30,
        "reviewers": [TEAM_7],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }
    assert writes[2].body == {"name": "v*", "type": "tag"}


def test_environment_that_is_right_is_left_alone():
    shown = {
        "protection_rules": [
            {"type": "wait_timer", "wait_timer": 30},
            {"type": "required_reviewers", "reviewers": [{"type": "Team", "reviewer": {"id": 7}}]},
        ],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }
    policies = [{"name": "main"}, {"name": "v*", "type": "tag"}]
    assert environments.compare_environment(environments.Present(shown, policies, [TEAM_7]), ENVIRONMENT) == []


REPOSITORY = RepositoryExists(**AT, description="Takes money", settings={"has_wiki": False, "allow_forking": False})


def test_creation_says_whose_it_is_and_is_private_unless_told_otherwise():
    body = repository.creation(REPOSITORY, "r1").body
    assert body == {
        "name": "pay",
        "description": "Being created by Waypost (request r1): Takes money",
        "visibility": "private",
        "has_wiki": False,
    }


def test_finishing_takes_the_mark_off_and_sets_what_creation_cannot():
    shown = {
        "description": "Being created by Waypost (request r1): Takes money",
        "has_wiki": False,
        "default_branch": "main",
    }
    (write,) = repository.finishing({**shown, "allow_forking": True}, REPOSITORY)
    assert write.body == {"description": "Takes money", "allow_forking": False}
    done = {"description": "Takes money", "has_wiki": False, "allow_forking": False, "default_branch": "main"}
    assert repository.finishing(done, REPOSITORY) == []


@pytest.mark.parametrize(
    ("present", "wanted", "is_so"),
    [
        pytest.param({"a": 1, "b": 2}, {"a": 1}, True, id="more is there"),
        pytest.param({"a": 1}, {"a": 1, "b": None}, True, id="nothing is wanted and nothing is there"),
        pytest.param([{"t": "x", "n": 1}, {"t": "y"}], [{"t": "y"}, {"t": "x"}], True, id="another order"),
        pytest.param([1, 1], [1, 2], False, id="each counts once"),
        pytest.param([1], [1, 1], False, id="one too few"),
        pytest.param("1", 1, False, id="another type"),
    ],
)
def test_what_is_there_fulfils_what_is_wanted(present, wanted, is_so):
    assert fulfils(present, wanted) is is_so
