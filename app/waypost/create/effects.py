"""Every kind of effect and how it is made true: look at what is there, compare, change the difference.

The order of the list is the order within a step: the repository first, its rules after everything they would forbid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from waypost.create.claim import claim
from waypost.create.kinds import (
    access,
    dispatches,
    environments,
    files,
    issues,
    labels,
    links,
    pulls,
    repository,
    rules,
    secrets,
)
from waypost.create.run import Run, is_refusal
from waypost.create.texts import texts
from waypost.forge.creating import Workshop, Write
from waypost.forge.protocol import ForgeError, NotAllowed
from waypost.golden import effects
from waypost.golden.effects import Effect
from waypost.golden.later import is_later

Outputs = Mapping[str, Any]


class State(NamedTuple):
    """Something that can be read back: `compare` is pure and returns the changes that are missing."""

    read: Callable[[Workshop, Any], Any]
    compare: Callable[[Any, Any], Sequence[Write]]
    describe: Callable[[Any], str]
    outputs: Callable[[Any], Outputs] | None = None  # of what is there in the end


class Once(NamedTuple):
    """Something that is done once and finds itself again by a mark; it may have outputs."""

    act: Callable[[Run, Any, str], Outputs]
    describe: Callable[[Any], str]


def _claim(run: Run, effect: effects.RepositoryExists, key: str) -> Outputs:
    claim(run, effect)
    return {}


def _registered(run: Run, effect: effects.Registered, key: str) -> Outputs:
    return {}  # by the catalog itself, which reads the descriptor: `registration` looks whether it has


def _describe_registered(effect: effects.Registered) -> str:
    return f"be in the catalog by {effect.path} of {effect.repository}"


EFFECTS: Mapping[type[Effect], State | Once] = {
    effects.RepositoryExists: Once(_claim, repository.describe_repository),
    effects.FilesPushed: Once(files.push_files, files.describe_files),
    effects.TeamAccess: State(access.read_teams, access.compare_team, access.describe_team),
    effects.UserAccess: State(access.read_people, access.compare_user, access.describe_user),
    effects.TopicsSet: State(repository.read_topics, repository.compare_topics, repository.describe_topics),
    effects.PropertiesSet: State(
        repository.read_properties, repository.compare_properties, repository.describe_properties
    ),
    effects.LabelExists: State(labels.read_label, labels.compare_label, labels.describe_label),
    effects.EnvironmentExists: State(
        environments.read_environment, environments.compare_environment, environments.describe_environment
    ),
    effects.VariableSet: State(secrets.read_variable, secrets.compare_variable, secrets.describe_variable),
    effects.SecretSet: State(secrets.read_secret, secrets.compare_secret, secrets.describe_secret),
    effects.PagesEnabled: State(links.read_pages, links.compare_pages, links.describe_pages),
    effects.AutolinkExists: State(links.read_autolinks, links.compare_autolink, links.describe_autolink),
    effects.DeployKeyExists: State(access.read_keys, access.compare_key, access.describe_key),
    effects.WebhookExists: State(links.read_hooks, links.compare_hook, links.describe_hook),
    effects.RulesetExists: State(
        rules.read_ruleset, rules.compare_ruleset, rules.describe_ruleset, rules.outputs_of_ruleset
    ),
    effects.BranchProtected: State(rules.read_protection, rules.compare_protection, rules.describe_protection),
    effects.PullOpened: Once(pulls.open_pull, pulls.describe_pull),
    effects.IssueOpened: Once(issues.open_issue, issues.describe_issue),
    effects.IssueLabelled: State(
        labels.read_labels_of_issue, labels.compare_labels_of_issue, labels.describe_labels_of_issue
    ),
    effects.Dispatched: Once(dispatches.dispatch, dispatches.describe_dispatch),
    effects.Registered: Once(_registered, _describe_registered),
}
# How GitHub refuses what costs extra. The rest of the repository is worth having without it, as in Backstage.
NOT_IN_THE_PLAN = ("Upgrade to GitHub", "plan does not support")
_RANKS = {kind: number for number, kind in enumerate(EFFECTS)}


def in_order(wanted: Sequence[Effect]) -> list[Effect]:
    """Return the effects of one step in the order in which they may be made true."""
    return sorted(wanted, key=lambda effect: _RANKS[type(effect)])


def describe(effect: Effect) -> str:
    """Say an effect for people, in the imperative: "create the repository acme/pay"."""
    return EFFECTS[type(effect)].describe(effect)


def make_true(run: Run, effect: Effect, key: str) -> Outputs:
    """Make one effect true and return what is known only now; nothing is done that is so already."""
    if any(is_later(text) for _, text in texts(effect)):
        raise ForgeError(f"cannot {describe(effect)}: it needs an output that no step before has brought")
    kind = EFFECTS[type(effect)]

    def act() -> Outputs:
        wanted = _on_a_branch(run, effect)
        return kind.act(run, wanted, key) if isinstance(kind, Once) else _change(run, wanted, kind)

    try:
        outputs = run.patiently(effect.repository, act)
    except ForgeError as error:
        if not _is_beyond_the_plan(run, effect, error):
            raise
        run.lacking.append(describe(effect))
        run.say(f"warning: cannot {describe(effect)}: the plan that {effect.repository} is paid by has no such thing")
        return {}
    run.done.append(describe(effect))
    return outputs


def _is_beyond_the_plan(run: Run, effect: Effect, error: ForgeError) -> bool:
    """Say whether GitHub refused what the organisation does not pay for.

    To an App it says of private repositories only that they are not accessible to it:
    https://github.com/kubernetes-sigs/prow/issues/339
    """
    if any(words in str(error) for words in NOT_IN_THE_PLAN):
        return True
    is_rule = isinstance(effect, effects.BranchProtected | effects.RulesetExists)
    held = run.workshop.me().permissions or {}
    return is_rule and isinstance(error, NotAllowed) and held.get("administration") == "write"


def _on_a_branch(run: Run, effect: Effect) -> Effect:
    """Name the default branch where a step left it open."""
    if isinstance(effect, effects.FilesPushed | effects.BranchProtected) and not effect.branch:
        place = run.place(effect.repository)
        branch = place.default_branch if place else str(run.must_look(effect.repository)["default_branch"])
        return replace(effect, branch=branch)
    return effect


def _change(run: Run, effect: Effect, kind: State) -> Outputs:
    refusal: ForgeError | None = None
    while writes := kind.compare(kind.read(run.workshop, effect), effect):
        if refusal is not None:
            raise refusal
        try:
            for write in writes:
                run.write(write)
        except ForgeError as error:
            if not is_refusal(error):
                raise
            refusal = error  # another process may have made it meanwhile: look again
        else:
            break
    return kind.outputs(kind.read(run.workshop, effect)) if kind.outputs else {}
