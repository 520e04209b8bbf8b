"""What a real run would ask of GitHub for these effects: every call that changes something, in its order. Makes none.

`waypost.create` makes the calls; a test there compares what it asked with what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from waypost.golden import effects as wanted
from waypost.golden.effects import Effect
from waypost.golden.paths import is_workflow

_ADMINISTRATION = "administration: write"
_CHECKS = "checks: write"
_CONTENTS = "contents: write"
_ENVIRONMENTS = "environments: write"
_ISSUES = "issues: write"
_PULLS = "pull_requests: write"
_PUSH = "git push"


class Call(NamedTuple):
    """One call. `path` holds {number} where the number is known after the run only."""

    method: str  # POST, PUT, PATCH, or git push
    path: str
    why: str  # in the imperative: give team payments push on acme/pay
    permission: str  # what an App or token needs for it; several parted by ", "


def calls(effects: Sequence[Effect]) -> list[Call]:
    """Return the calls of a fresh run, in the order in which they are made."""
    ledger = _ledger(effects)
    found: list[Call] = []
    for effect in _in_order(effects):
        found += CALLS[type(effect)](effect)
        if isinstance(effect, wanted.Dispatched) and ledger:
            found[-1:] = _recorded(ledger, found[-1])
    return [*found, *_finishing(effects)]


def permissions(planned: Sequence[Call]) -> list[str]:
    """Return every permission that the calls need, each once."""
    return sorted({permission for call in planned for permission in call.permission.split(", ") if permission})


def _in_order(effects: Sequence[Effect]) -> list[Effect]:
    """Sort the effects within each step: the repository first, its rules after everything they would forbid."""
    ranks = {kind: number for number, kind in enumerate(CALLS)}
    steps = {step: number for number, step in enumerate(dict.fromkeys(effect.step for effect in effects))}
    return sorted(effects, key=lambda effect: (steps[effect.step], ranks[type(effect)]))


def _ledger(effects: Sequence[Effect]) -> str:
    """Return the repository whose first commit records what cannot be read back; "" when none is made."""
    made = {effect.repository for effect in effects if isinstance(effect, wanted.RepositoryExists)}
    pushed = (effect.repository for effect in effects if isinstance(effect, wanted.FilesPushed))
    return next((repository for repository in pushed if repository in made), "")


def _recorded(repository: str, dispatch: Call) -> list[Call]:
    path = f"{_at(repository)}/check-runs"
    return [
        Call("POST", path, f"note down that this comes next: {dispatch.why}", _CHECKS),
        dispatch,
        Call("PATCH", f"{path}/{{number}}", f"note down that this is done: {dispatch.why}", _CHECKS),
    ]


def _finishing(effects: Sequence[Effect]) -> Iterator[Call]:
    made = (effect.repository for effect in effects if isinstance(effect, wanted.RepositoryExists))
    for repository in dict.fromkeys(made):
        yield Call("PATCH", _at(repository), f"finish the settings of {repository}", _ADMINISTRATION)


def _at(repository: str, *parts: str) -> str:
    return "/".join([f"/repos/{quote(repository)}", *(quote(part, safe="") for part in parts)])


def _repository(effect: wanted.RepositoryExists) -> Iterator[Call]:
    owner = effect.repository.partition("/")[0]
    visibility = effect.settings.get("visibility", "private")
    why = f"create the {visibility} repository {effect.repository}"
    yield Call("POST", f"/orgs/{quote(owner)}/repos", why, _ADMINISTRATION)


def _files(effect: wanted.FilesPushed) -> Iterator[Call]:
    why = f"push {_count(effect.files, 'file')} to {effect.branch or 'the default branch'} of {effect.repository}"
    yield Call(_PUSH, f"/{effect.repository}.git", why, _to_push(effect.files))


def _to_push(files: Mapping[str, Any], *more: str) -> str:
    workflows = ["workflows: write"] if any(map(is_workflow, files)) else []
    return ", ".join([_CONTENTS, *workflows, *more])


def _team(effect: wanted.TeamAccess) -> Iterator[Call]:
    path = f"/orgs/{quote(effect.repository.partition('/')[0])}/teams/{quote(effect.team)}{_at(effect.repository)}"
    yield Call("PUT", path, f"give team {effect.team} {effect.permission} on {effect.repository}", _ADMINISTRATION)


def _user(effect: wanted.UserAccess) -> Iterator[Call]:
    why = f"give {effect.user} {effect.permission} on {effect.repository}"
    yield Call("PUT", _at(effect.repository, "collaborators", effect.user), why, _ADMINISTRATION)


def _topics(effect: wanted.TopicsSet) -> Iterator[Call]:
    why = f"set the topics of {effect.repository}: {', '.join(effect.topics)}"
    yield Call("PUT", _at(effect.repository, "topics"), why, _ADMINISTRATION)


def _properties(effect: wanted.PropertiesSet) -> Iterator[Call]:
    why = f"set custom properties of {effect.repository}: {', '.join(effect.values)}"
    yield Call("PATCH", f"{_at(effect.repository)}/properties/values", why, "repository_custom_properties: write")


def _label(effect: wanted.LabelExists) -> Iterator[Call]:
    yield Call("POST", _at(effect.repository, "labels"), f'have the label "{effect.name}"', _ISSUES)


def _environment(effect: wanted.EnvironmentExists) -> Iterator[Call]:
    path = _at(effect.repository, "environments", effect.name)
    yield Call("PUT", path, f"make the environment {effect.name}", _ADMINISTRATION)
    for pattern in (*effect.branch_patterns, *effect.tag_patterns):
        why = f"let {pattern} deploy to {effect.name}"
        yield Call("POST", f"{path}/deployment-branch-policies", why, _ADMINISTRATION)


def _variable(effect: wanted.VariableSet) -> Iterator[Call]:
    if effect.environment:
        path = _at(effect.repository, "environments", effect.environment, "variables")
        yield Call("POST", path, f"set the variable {effect.name} of {effect.environment}", _ENVIRONMENTS)
    else:
        path = _at(effect.repository, "actions", "variables")
        yield Call("POST", path, f"set the variable {effect.name}", "actions_variables: write")


def _secret(effect: wanted.SecretSet) -> Iterator[Call]:
    if effect.environment:
        path = _at(effect.repository, "environments", effect.environment, "secrets", effect.name)
        yield Call("PUT", path, f"set the secret {effect.name} of {effect.environment}", _ENVIRONMENTS)
    else:
        path = _at(effect.repository, "actions", "secrets", effect.name)
        yield Call("PUT", path, f"set the secret {effect.name}", "secrets: write")


def _pages(effect: wanted.PagesEnabled) -> Iterator[Call]:
    yield Call("POST", _at(effect.repository, "pages"), "switch on GitHub Pages", "pages: write, administration: write")


def _autolink(effect: wanted.AutolinkExists) -> Iterator[Call]:
    why = f"make {effect.prefix}<num> a link to {effect.url}"
    yield Call("POST", _at(effect.repository, "autolinks"), why, _ADMINISTRATION)


def _key(effect: wanted.DeployKeyExists) -> Iterator[Call]:
    yield Call("POST", _at(effect.repository, "keys"), f'add the deploy key "{effect.title}"', _ADMINISTRATION)


def _webhook(effect: wanted.WebhookExists) -> Iterator[Call]:
    why = f"add a webhook to {effect.url}"
    yield Call("POST", _at(effect.repository, "hooks"), why, "repository_hooks: write")


def _ruleset(effect: wanted.RulesetExists) -> Iterator[Call]:
    yield Call("POST", _at(effect.repository, "rulesets"), f'make the ruleset "{effect.name}"', _ADMINISTRATION)


def _protection(effect: wanted.BranchProtected) -> Iterator[Call]:
    branch = effect.branch or "{branch}"
    path = f"{_at(effect.repository)}/branches/{quote(branch, safe='{}')}/protection"
    yield Call("PUT", path, f"protect {effect.branch or 'the default branch'}", _ADMINISTRATION)
    if effect.requires_signatures:
        yield Call("POST", f"{path}/required_signatures", "require signed commits", _ADMINISTRATION)


def _pull(effect: wanted.PullOpened) -> Iterator[Call]:
    changed = {**effect.files, **dict.fromkeys(effect.removed)}
    why = f"push {_count(changed, 'file')} to {effect.branch} of {effect.repository}"
    yield Call(_PUSH, f"/{effect.repository}.git", why, _to_push(changed))
    at = _at(effect.repository)
    yield Call("POST", f"{at}/pulls", f'open the pull request "{effect.title}"', _PULLS)
    if people := [*effect.reviewers, *effect.team_reviewers]:
        yield Call("POST", f"{at}/pulls/{{number}}/requested_reviewers", f"ask {', '.join(people)} to review", _PULLS)
    if effect.assignees:
        why = f"assign it to {', '.join(effect.assignees)}"
        yield Call("POST", f"{at}/issues/{{number}}/assignees", why, _PULLS)


def _issue(effect: wanted.IssueOpened) -> Iterator[Call]:
    yield Call("POST", _at(effect.repository, "issues"), f'open the issue "{effect.title}"', _ISSUES)


def _issue_labels(effect: wanted.IssueLabelled) -> Iterator[Call]:
    number = effect.number or "{number}"
    path = f"{_at(effect.repository)}/issues/{number}/labels"
    yield Call("POST", path, f"label issue {number}: {', '.join(effect.labels)}", _ISSUES)


def _dispatch(effect: wanted.Dispatched) -> Iterator[Call]:
    path = f"{_at(effect.repository, 'actions', 'workflows', effect.workflow)}/dispatches"
    yield Call("POST", path, f"start the workflow {effect.workflow}", "actions: write")


def _registered(effect: wanted.Registered) -> Iterator[Call]:
    return iter(())  # the catalog reads the descriptor by itself


def _count(things: Mapping[str, Any], what: str) -> str:
    return f"{len(things):,} {what}{'' if len(things) == 1 else 's'}"


# In the order in which a step's effects are made true.
CALLS: Mapping[type[Effect], Callable[[Any], Iterator[Call]]] = {
    wanted.RepositoryExists: _repository,
    wanted.FilesPushed: _files,
    wanted.TeamAccess: _team,
    wanted.UserAccess: _user,
    wanted.TopicsSet: _topics,
    wanted.PropertiesSet: _properties,
    wanted.LabelExists: _label,
    wanted.EnvironmentExists: _environment,
    wanted.VariableSet: _variable,
    wanted.SecretSet: _secret,
    wanted.PagesEnabled: _pages,
    wanted.AutolinkExists: _autolink,
    wanted.DeployKeyExists: _key,
    wanted.WebhookExists: _webhook,
    wanted.RulesetExists: _ruleset,
    wanted.BranchProtected: _protection,
    wanted.PullOpened: _pull,
    wanted.IssueOpened: _issue,
    wanted.IssueLabelled: _issue_labels,
    wanted.Dispatched: _dispatch,
    wanted.Registered: _registered,
}
