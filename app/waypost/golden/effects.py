"""What a plan wants to be true outside: on a forge and in the catalog, as values. Does nothing about it.

Each effect is desired state, so it can be compared with what is there and applied twice without harm. The exceptions
say so (`Dispatch`). `waypost.golden.calls` says which API calls each one costs, `waypost.create` makes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waypost.golden.tree import Tree


@dataclass(frozen=True, slots=True)
class Hidden:
    """A secret value: never printed, compared or written anywhere but into the one call that needs it."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something wanted of one repository."""

    step: str  # id of the step that wants it
    repository: str  # owner/name


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryExists(Effect):
    """The repository itself; `settings` are fields of GitHub's create and update calls, `visibility` among them."""

    description: str = ""
    default_branch: str = "main"
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesPushed(Effect):
    """A commit that brings these files to a branch: the first one of a new repository."""

    branch: str
    files: Tree
    message: str
    author_name: str = ""
    author_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsSet(Effect):
    topics: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAccess(Effect):
    team: str  # slug
    permission: str  # pull | triage | push | maintain | admin, or a custom role


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAccess(Effect):
    user: str  # login
    permission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertiesSet(Effect):
    """Custom properties of the organisation, by name; a value is text, a list of texts, or None to unset."""

    values: Mapping[str, str | Sequence[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesetExists(Effect):
    """https://docs.github.com/en/rest/repos/rules: `body` without the name."""

    name: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchProtected(Effect):
    """https://docs.github.com/en/rest/branches/branch-protection#update-branch-protection: `body` as it takes it."""

    branch: str
    body: Mapping[str, Any]
    requires_signatures: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelExists(Effect):
    name: str
    color: str = "ededed"  # six hex digits
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentExists(Effect):
    """https://docs.github.com/en/rest/deployments/environments: `body` as it takes it; reviewers as teams and users."""

    name: str
    body: Mapping[str, Any] = field(default_factory=dict)
    branch_patterns: Sequence[str] = ()
    tag_patterns: Sequence[str] = ()
    reviewing_teams: Sequence[str] = ()  # slugs
    reviewing_users: Sequence[str] = ()  # logins


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSet(Effect):
    name: str
    value: str
    environment: str = ""  # "" means the repository's


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSet(Effect):
    """An Actions secret. It cannot be read back: what tells that it is there is its name."""

    name: str
    value: Hidden
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesEnabled(Effect):
    build_type: str = "workflow"  # workflow | legacy
    branch: str = ""  # with legacy
    path: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class AutolinkExists(Effect):
    prefix: str
    url: str  # holds <num>
    is_alphanumeric: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployKeyExists(Effect):
    title: str
    key: str  # public
    is_read_only: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookExists(Effect):
    url: str
    events: Sequence[str] = ("push",)
    content_type: str = "form"
    secret: Hidden | None = None
    is_active: bool = True
    insecure_ssl: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched(Effect):
    """A workflow was started once. It cannot be read back: the run records that it did so."""

    workflow: str  # file name or id
    ref: str
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOpened(Effect):
    """A pull request from a branch that holds these files."""

    branch: str
    title: str
    body: str = ""
    base: str = ""  # "" means the default branch
    files: Tree = field(default_factory=dict)
    removed: Sequence[str] = ()  # paths to delete
    message: str = ""  # of the commit; "" means the title
    is_draft: bool = False
    reviewers: Sequence[str] = ()
    team_reviewers: Sequence[str] = ()
    assignees: Sequence[str] = ()
    updates: bool = False  # push onto the branch if the pull request exists


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOpened(Effect):
    title: str
    body: str = ""
    labels: Sequence[str] = ()
    assignees: Sequence[str] = ()
    milestone: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLabelled(Effect):
    number: int  # 0 while it is not known yet: a step before opens the issue
    labels: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Effect):
    """The catalog knows the entities of this repository's descriptor; `path` is where it stands."""

    path: str = "catalog-info.yaml"
    is_optional: bool = False
