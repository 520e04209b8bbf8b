"""The actions that set up one thing of a repository: protection, rulesets, environments, keys, links, Pages, hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from waypost.catalog.refs import parse_ref
from waypost.golden.actions import protection
from waypost.golden.actions.action import Action, ActionFault, Input, Outcome, Run
from waypost.golden.actions.schemas import (
    REPOSITORY,
    TOKEN,
    anything,
    fields,
    flag,
    mapping,
    number,
    one_of,
    rows,
    text,
    texts,
)
from waypost.golden.effects import (
    AutolinkExists,
    DeployKeyExists,
    Effect,
    EnvironmentExists,
    PagesEnabled,
    RulesetExists,
    SecretSet,
    VariableSet,
    WebhookExists,
)
from waypost.golden.later import later

_NUMBER = "<num>"


def _where(input: Input, run: Run) -> dict[str, Any]:
    return {"step": run.step, "repository": run.repository(input).full_name}


def _protect(input: Input, run: Run) -> Outcome:
    repository = run.repository(input).full_name
    branch = input.get("branch") or run.default_branch(repository)
    admins = bool(input.get("enforceAdmins", True))
    return Outcome([protection.protected(run.step, repository, branch, input, admins)])


def _ruleset(input: Input, run: Run) -> Outcome:
    body: dict[str, Any] = {
        "target": input.get("target", "branch"),
        "enforcement": input.get("enforcement", "active"),
        "conditions": input.get("conditions"),
        "rules": input.get("rules"),
        "bypass_actors": input.get("bypassActors"),
    }
    body = {name: value for name, value in body.items() if value is not None}
    return Outcome([RulesetExists(**_where(input, run), name=input["name"], body=body)], {"id": later("id")})


def _environment(input: Input, run: Run) -> Outcome:
    where, name = _where(input, run), input["name"]
    body = {
        "deployment_branch_policy": input.get("deploymentBranchPolicy"),
        "wait_timer": input.get("waitTimer"),
        "prevent_self_review": input.get("preventSelfReview"),
    }
    teams, users = _reviewers(input)
    effects: list[Effect] = [
        EnvironmentExists(
            **where,
            name=name,
            body={key: value for key, value in body.items() if value is not None},
            branch_patterns=tuple(input.get("customBranchPolicyNames") or ()),
            tag_patterns=tuple(input.get("customTagPolicyNames") or ()),
            reviewing_teams=teams,
            reviewing_users=users,
        )
    ]
    for key, value in (input.get("environmentVariables") or {}).items():
        effects.append(VariableSet(**where, name=key, value=value, environment=name))
    for key, secret in run.secrets("secrets").items():
        effects.append(SecretSet(**where, name=key, value=secret, environment=name))
    return Outcome(effects)


def _reviewers(input: Input) -> tuple[tuple[str, ...], tuple[str, ...]]:
    teams: list[str] = []
    users: list[str] = []
    for reviewer in input.get("reviewers") or ():
        try:
            ref = parse_ref(reviewer, "group")
        except ValueError as error:
            raise ActionFault(f"input.reviewers: {error}") from error
        (users if ref.kind.lower() == "user" else teams).append(ref.name)
    return tuple(teams), tuple(users)


def _deploy_key(input: Input, run: Run) -> Outcome:
    where, title = _where(input, run), input["deployKeyName"]
    name = input.get("privateKeySecretName") or f"{'_'.join(title.split(' ')).upper()}_PRIVATE_KEY"
    # As in Backstage the key may push: its private half is given to the repository's own workflows.
    effects: list[Effect] = [DeployKeyExists(**where, title=title, key=input["publicKey"], is_read_only=False)]
    if private := run.secret("privateKey"):
        effects.append(SecretSet(**where, name=name, value=private))
    return Outcome(effects, {"privateKeySecretName": name})


def _autolink(input: Input, run: Run) -> Outcome:
    url = input["urlTemplate"]
    if _NUMBER not in url:
        raise ActionFault(f'input.urlTemplate: "{url}" has no {_NUMBER}, where the number goes')
    is_alphanumeric = bool(input.get("isAlphanumeric", True))
    link = AutolinkExists(**_where(input, run), prefix=input["keyPrefix"], url=url, is_alphanumeric=is_alphanumeric)
    return Outcome([link])


def _pages(input: Input, run: Run) -> Outcome:
    where, kind = _where(input, run), input.get("buildType", "workflow")
    if kind == "workflow":  # its workflow says what it publishes
        return Outcome([PagesEnabled(**where, build_type=kind)])
    branch, path = input.get("sourceBranch", "main"), input.get("sourcePath", "/")
    return Outcome([PagesEnabled(**where, build_type=kind, branch=branch, path=path)])


def _webhook(input: Input, run: Run) -> Outcome:
    return Outcome(
        [
            WebhookExists(
                **_where(input, run),
                url=input["webhookUrl"],
                events=tuple(input.get("events") or ("push",)),
                content_type=input.get("contentType", "form"),
                secret=run.secret("webhookSecret"),
                is_active=bool(input.get("active", True)),
                insecure_ssl=bool(input.get("insecureSsl")),
            )
        ]
    )


_NOTHING: Mapping[str, Any] = fields()

ACTIONS = [
    Action(
        "github:branch-protection:create",
        "Protects a branch.",
        fields(
            ("repoUrl",),
            repoUrl=REPOSITORY,
            branch=text("The branch; the default branch if left out"),
            enforceAdmins=flag("It binds administrators too; true if left out"),
            **protection.INPUTS,
            blockCreations=flag("Nobody may create matching branches"),
            token=TOKEN,
        ),
        _NOTHING,
        _protect,
    ),
    Action(
        "github:repo:rulesets:create",
        "Makes a ruleset.",
        fields(
            ("repoUrl", "name"),
            repoUrl=REPOSITORY,
            name=text("Its name"),
            target=text("What it is about; branch if left out", ("branch", "tag", "push")),
            enforcement=text("Whether it is enforced; active if left out", ("active", "evaluate", "disabled")),
            conditions=mapping("Which refs: ref_name with include and exclude", anything("As GitHub's API takes it")),
            rules=rows("The rules, as GitHub's API takes them", ("type",), type=text("Type of the rule")),
            bypassActors=rows("Who may pass, as GitHub's API takes them", ("actor_type",), actor_type=text("Type")),
            token=TOKEN,
        ),
        fields(id=number("Its id")),
        _ruleset,
    ),
    Action(
        "github:environment:create",
        "Makes a deployment environment with its variables and secrets.",
        fields(
            ("repoUrl", "name"),
            repoUrl=REPOSITORY,
            name=text("Its name"),
            deploymentBranchPolicy={
                **fields(protected_branches=flag("Protected branches"), custom_branch_policies=flag("By pattern")),
                "type": ["object", "null"],
            },
            customBranchPolicyNames=texts("Patterns of branches that may deploy"),
            customTagPolicyNames=texts("Patterns of tags that may deploy"),
            environmentVariables=mapping("Its variables"),
            secrets=mapping("Its secrets: NAME: ${{ secrets.NAME }}"),
            waitTimer=number("Minutes to wait before a deployment"),
            preventSelfReview=flag("Who starts a deployment cannot approve it"),
            reviewers=texts("Who must approve: group:default/TEAM, user:default/LOGIN"),
            token=TOKEN,
        ),
        _NOTHING,
        _environment,
    ),
    Action(
        "github:deployKey:create",
        "Adds a deploy key, and its private half as a secret.",
        fields(
            ("repoUrl", "publicKey", "privateKey", "deployKeyName"),
            repoUrl=REPOSITORY,
            publicKey=text("The public key"),
            privateKey=text("The private key: ${{ secrets.NAME }}"),
            deployKeyName=text("Its name"),
            privateKeySecretName=text("Name of the secret; made of the key's name if left out"),
            token=TOKEN,
        ),
        fields(privateKeySecretName=text("Name of the secret")),
        _deploy_key,
    ),
    Action(
        "github:autolinks:create",
        "Makes a short form like TICKET-7 a link.",
        fields(
            ("repoUrl", "keyPrefix", "urlTemplate"),
            repoUrl=REPOSITORY,
            keyPrefix=text("What it begins with: TICKET-"),
            urlTemplate=text("Where it leads, with <num> for the number"),
            isAlphanumeric=flag("The number may hold letters; true if left out"),
            token=TOKEN,
        ),
        _NOTHING,
        _autolink,
    ),
    Action(
        "github:pages:enable",
        "Publishes a site with GitHub Pages.",
        fields(
            ("repoUrl",),
            repoUrl=REPOSITORY,
            buildType=text("How it is built; workflow if left out", ("workflow", "legacy")),
            sourceBranch=text("Branch of a legacy site; main if left out"),
            sourcePath=text("Folder of a legacy site; / if left out", ("/", "/docs")),
            token=TOKEN,
        ),
        _NOTHING,
        _pages,
    ),
    Action(
        "github:webhook",
        "Adds a webhook.",
        fields(
            ("repoUrl", "webhookUrl"),
            repoUrl=REPOSITORY,
            webhookUrl=text("Where to deliver"),
            webhookSecret=text("Secret to sign with: ${{ secrets.NAME }}"),
            events=texts("Events; push if left out, * for all"),
            active=flag("Deliver; true if left out"),
            contentType=text("Form of the body; form if left out", ("form", "json")),
            insecureSsl=one_of("Do not check certificates", "boolean"),
            token=TOKEN,
        ),
        _NOTHING,
        _webhook,
    ),
]
