"""Every kind of effect against the sandbox: made true once, left alone afterwards, mended when somebody changed it."""

from __future__ import annotations

import time

import pytest

from create.everything import public_key
from waypost.create.carry import carry_out
from waypost.create.run import Run
from waypost.golden.answers import Answers, text
from waypost.golden.effects import (
    AutolinkExists,
    BranchProtected,
    DeployKeyExists,
    EnvironmentExists,
    FilesPushed,
    Hidden,
    IssueLabelled,
    IssueOpened,
    LabelExists,
    PagesEnabled,
    PullOpened,
    RepositoryExists,
    RulesetExists,
    SecretSet,
    TeamAccess,
    TopicsSet,
    UserAccess,
    VariableSet,
    WebhookExists,
)
from waypost.golden.plan import Plan, PlannedStep
from waypost.golden.tree import File, Link


def effects_of(organisation):
    at = {"step": "publish", "repository": f"{organisation}/pay"}
    files = {
        "README.md": File(b"# Pay\n"),
        "run.sh": File(b"#!/bin/sh\n", 0o755),
        "latest": Link("README.md"),
        "name.bin": File(bytes(range(256))),
    }
    protection = {
        "required_status_checks": {"strict": True, "contexts": ["test"]},
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 1, "require_code_owner_reviews": True},
        "restrictions": None,
    }
    ruleset = {
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/heads/release/*"], "exclude": []}},
        "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}],
    }
    return [
        RepositoryExists(
            **at,
            description="Takes money",
            settings={"visibility": "private", "has_wiki": False, "delete_branch_on_merge": True},
        ),
        FilesPushed(**at, branch="main", files=files, message="Begin"),
        TeamAccess(**at, team="payments", permission="push"),
        UserAccess(**at, user=f"ana-{organisation}", permission="maintain"),
        TopicsSet(**at, topics=["python", "money"]),
        LabelExists(**at, name="good first issue", color="00ff00", description="Easy"),
        EnvironmentExists(
            **at, name="production", body={"wait_timer": 5}, branch_patterns=["main"], reviewing_teams=["payments"]
        ),
        VariableSet(**at, name="REGION", value="eu-west-1"),
        VariableSet(**at, name="REGION", value="eu-north-1", environment="production"),
        SecretSet(**at, name="TOKEN", value=Hidden("s3cret-value")),
        SecretSet(**at, name="TOKEN", value=Hidden("s3cret-other"), environment="production"),
        PagesEnabled(**at),
        AutolinkExists(**at, prefix="PAY-", url="https://tickets.example.com/<num>"),
        DeployKeyExists(**at, title="deploy", key=public_key(organisation)),
        WebhookExists(**at, url="https://hooks.example.com/a", events=("push",), secret=Hidden("hook-secret")),
        RulesetExists(**at, name="releases", body=ruleset),
        BranchProtected(**at, branch="", body=protection, requires_signatures=True),
        IssueOpened(**at, title="Set up on-call", body="Please."),
        IssueLabelled(**at, number=1, labels=["good first issue"]),
        PullOpened(
            **at, branch="more", title="More", files={"more.txt": File(b"more\n")}, reviewers=[f"ana-{organisation}"]
        ),
    ]


def run_of(workshop, said=None):
    remembered = text(Answers("template:default/service", "abc", request="r1")).encode()
    return Run(workshop, "r1", lambda effect: remembered, time.time, lambda seconds: None, (said or []).append)


def carried(workshop, effects, said=None):
    run = run_of(workshop, said)
    plan = Plan(steps=[PlannedStep("publish", "Publish", "publish:github", {}, effects=effects)])
    ending = carry_out(run, plan, lambda known, failed: plan)
    if ending.failure is not None:
        raise ending.failure
    return run


@pytest.mark.slow
def test_every_effect_comes_true_and_a_second_time_nothing_is_written(town):
    effects = effects_of(town.organisation)
    run = carried(town.workshop(), effects)
    shown = town.get("pay")
    assert (shown["description"], shown["has_wiki"], shown["default_branch"]) == ("Takes money", False, "main")
    assert town.get("pay/topics")["names"] == ["money", "python"]
    tree = {one["path"]: one["mode"] for one in town.get("pay/git/trees/main?recursive=1")["tree"]}
    assert tree == {
        ".waypost.yaml": "100644",
        "README.md": "100644",
        "latest": "120000",
        "name.bin": "100644",
        "run.sh": "100755",
    }
    assert town.get("pay/environments/production")["protection_rules"]
    assert town.get("pay/actions/variables/REGION")["value"] == "eu-west-1"
    assert [one["name"] for one in town.get("pay/actions/secrets")["secrets"]] == ["TOKEN"]
    assert town.get("pay/branches/main/protection")["required_signatures"]["enabled"]
    assert [one["name"] for one in town.get("pay/issues/1/labels")] == ["good first issue"]
    assert town.get("pay/pulls?state=all")[0]["title"] == "More"

    before = town.writes()
    said = []
    again = carried(town.workshop(), effects, said)
    assert town.writes() == before
    assert again.first_commits == run.first_commits
