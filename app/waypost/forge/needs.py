"""What Waypost asks of a GitHub App: every permission and event, why, and what goes missing without it.

Pure data: set-up asks for what stands here, `waypost doctor` compares it with what was granted, docs/permissions.md
tells it. What only some templates use is listed as optional and not asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Part = Literal["waypost", "writer"]
LEVELS: Mapping[str, int] = {"": 0, "read": 1, "write": 2, "admin": 3}


class Need(NamedTuple):
    """One permission. With two Apps `waypost` holds it on all repositories, `writer` on those it writes to."""

    name: str
    level: str
    part: Part
    why: str
    without: str
    is_optional: bool = False  # set-up does not ask for it


class Subscription(NamedTuple):
    """One event that Waypost listens to, and the permission that GitHub wants for it."""

    name: str
    permission: str
    why: str


# https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
PERMISSIONS: tuple[Need, ...] = (
    Need("metadata", "read", "waypost", "list the repositories", "nothing works"),
    Need("contents", "read", "waypost", "read descriptors and the catalog repository", "nothing is read"),
    Need("members", "read", "waypost", "read teams and members", "owners are not checked, team pages show no people"),
    Need("checks", "write", "waypost", "put a check on pull requests, say what is published", "no checks"),
    Need("pull_requests", "write", "waypost", "comment on pull requests and open onboarding ones", "no comments"),
    Need("issues", "write", "waypost", "keep the report issue, answer requests", "no report issue, no answers"),
    Need("actions", "read", "waypost", "see workflow runs and their artifacts", "no run states, no documentation"),
    Need("statuses", "read", "waypost", "know when another check ended", "nothing merges by itself"),
    Need("deployments", "read", "waypost", "hear of deployments", "no news of deployments"),
    Need("organization_custom_properties", "read", "waypost", "hear of changed properties", "seen by the sweep only"),
    Need("contents", "write", "writer", "commit the catalog, merge registrations, push what is made", "no publishing"),
    Need("metadata", "read", "writer", "every App has it", "nothing works"),
    Need("administration", "write", "writer", "create repositories, protect the catalog", "nothing is created"),
    Need("workflows", "write", "writer", "write pipelines of what is created", "templates with pipelines fail"),
    Need("actions", "write", "writer", "start a workflow of what was created", "such steps fail", True),
    Need("actions_variables", "write", "writer", "set variables of Actions", "such steps fail", True),
    Need("checks", "write", "writer", "note what a run cannot read back", "such steps fail", True),
    Need("environments", "write", "writer", "make environments", "such steps fail", True),
    Need("issues", "write", "writer", "make labels and issues", "such steps fail", True),
    Need("members", "read", "writer", "find teams that get access", "such steps fail", True),
    Need("pages", "write", "writer", "switch on GitHub Pages", "such steps fail", True),
    Need("pull_requests", "write", "writer", "open pull requests", "such steps fail", True),
    Need("repository_custom_properties", "write", "writer", "set custom properties", "such steps fail", True),
    Need("repository_hooks", "write", "writer", "make webhooks", "such steps fail", True),
    Need("secrets", "write", "writer", "set secrets of Actions", "such steps fail", True),
    Need("statuses", "write", "writer", "set commit statuses", "such steps fail", True),
)

# https://docs.github.com/en/webhooks/webhook-events-and-payloads says what each wants. `installation`,
# `installation_repositories` and `installation_target` are sent to every App and cannot be asked for.
EVENTS: tuple[Subscription, ...] = (
    Subscription("push", "contents", "descriptors changed"),
    Subscription("create", "contents", "a default branch came"),
    Subscription("delete", "contents", "a default branch went"),
    Subscription("repository", "metadata", "created, renamed, transferred, archived, made private"),
    Subscription("public", "metadata", "a repository was made public"),
    Subscription("organization", "members", "a member came or went, the organisation was renamed"),
    Subscription("team", "members", "a team was made, renamed or removed"),
    Subscription("membership", "members", "a team got or lost a member"),
    Subscription("member", "members", "a repository got or lost a collaborator"),
    Subscription("pull_request", "pull_requests", "check it and say what it changes"),
    Subscription("pull_request_review", "pull_requests", "a review may let a registration merge"),
    Subscription("issues", "issues", "a request for a repository, the report issue"),
    Subscription("issue_comment", "issues", "answers and objections"),
    Subscription("check_run", "checks", "re-run one check"),
    Subscription("check_suite", "checks", "re-run all, another check ended"),
    Subscription("status", "statuses", "another check ended"),
    Subscription("workflow_run", "actions", "documentation was built"),
    Subscription("deployment_status", "deployments", "something was deployed"),
    Subscription("release", "contents", "something was released"),
    Subscription("repository_dispatch", "contents", "somebody asks for another look"),
    Subscription("custom_property", "organization_custom_properties", "a property was defined or removed"),
    Subscription("custom_property_values", "organization_custom_properties", "a repository's properties changed"),
)


def asked(*parts: Part) -> dict[str, str]:
    """Return the permissions that set-up asks for, for an App that plays these parts (both: the one App)."""
    return strongest(need for need in PERMISSIONS if need.part in parts and not need.is_optional)


def strongest(needs: Iterable[Need]) -> dict[str, str]:
    """Return each permission once, at the highest level that any need names."""
    found: dict[str, str] = {}
    for need in needs:
        found[need.name] = max(found.get(need.name, ""), need.level, key=LEVELS.__getitem__)
    return dict(sorted(found.items()))


def events() -> list[str]:
    """Return the events that set-up subscribes *Waypost* to; *Waypost Writer* has no webhook."""
    return sorted(one.name for one in EVENTS)


def missing(granted: Mapping[str, str], *parts: Part) -> list[Need]:
    """Return the needs of these parts, optional ones too, that what was granted does not meet."""
    return [
        need
        for need in PERMISSIONS
        if need.part in parts and LEVELS.get(granted.get(need.name, ""), 0) < LEVELS[need.level]
    ]
