"""The actions that make a repository and fill it: publish:github, github:repo:*, and pull requests to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from waypost.golden.actions import protection
from waypost.golden.actions.action import Action, ActionFault, Input, Outcome, Run
from waypost.golden.actions.schemas import (
    REPOSITORY,
    TOKEN,
    Schema,
    anything,
    fields,
    flag,
    mapping,
    number,
    text,
    texts,
)
from waypost.golden.addresses import Address
from waypost.golden.effects import (
    Effect,
    FilesPushed,
    PropertiesSet,
    PullOpened,
    RepositoryExists,
    SecretSet,
    TeamAccess,
    TopicsSet,
    UserAccess,
    VariableSet,
)
from waypost.golden.later import later
from waypost.golden.paths import safe
from waypost.golden.sources import below
from waypost.golden.tree import Folder, Tree

_MAIN = "main"
_FIRST_COMMIT = "initial commit"

# Field of the input -> field of GitHub's create and update calls. What is left out stays at GitHub's default, which is
# Backstage's too.
_SETTINGS = {
    "homepage": "homepage",
    "allowMergeCommit": "allow_merge_commit",
    "allowSquashMerge": "allow_squash_merge",
    "allowRebaseMerge": "allow_rebase_merge",
    "allowAutoMerge": "allow_auto_merge",
    "allowUpdateBranch": "allow_update_branch",
    "deleteBranchOnMerge": "delete_branch_on_merge",
    "squashMergeCommitTitle": "squash_merge_commit_title",
    "squashMergeCommitMessage": "squash_merge_commit_message",
    "hasIssues": "has_issues",
    "hasProjects": "has_projects",
    "hasWiki": "has_wiki",
}
_NOT_APPLIED = {
    "oidcCustomization": "the subject of OIDC tokens stays GitHub's default. Set it in the settings of the repository",
    "workflowAccess": "other repositories get no access to its workflows. Set it in the settings of the repository",
    "subscribe": "nobody is subscribed to the repository",
}


def _publish(input: Input, run: Run) -> Outcome:
    created, pushed = _create(input, run), _push(input, run)
    warnings = (*created.warnings, *pushed.warnings)
    return Outcome([*created.effects, *pushed.effects], pushed.output, warnings)


def _create(input: Input, run: Run) -> Outcome:
    address = run.repository(input)
    branch = input.get("defaultBranch") or _MAIN
    effects = [_exists(input, run, address, branch), *_around(input, run, address)]
    warnings = tuple(f"input.{name}: {text}" for name, text in _NOT_APPLIED.items() if input.get(name))
    return Outcome(effects, _urls(address, branch), warnings)


def _exists(input: Input, run: Run, address: Address, branch: str) -> RepositoryExists:
    settings = {theirs: input[ours] for ours, theirs in _SETTINGS.items() if ours in input}
    settings["visibility"] = input.get("repoVisibility", "private")
    return RepositoryExists(
        step=run.step,
        repository=address.full_name,
        description=input.get("description") or "",
        default_branch=branch,
        settings=settings,
    )


def _around(input: Input, run: Run, address: Address) -> Iterator[Effect]:
    """Yield what is set up beside the files."""
    where: Mapping[str, Any] = {"step": run.step, "repository": address.full_name}
    yield from _access(input, address, where)
    if topics := input.get("topics"):
        yield TopicsSet(**where, topics=tuple(dict.fromkeys(topic.lower() for topic in topics)))
    if properties := input.get("customProperties"):
        yield PropertiesSet(**where, values=properties)
    for name, value in (input.get("repoVariables") or {}).items():
        yield VariableSet(**where, name=name, value=value)
    for name, secret in run.secrets("secrets").items():
        yield SecretSet(**where, name=name, value=secret)


def _access(input: Input, address: Address, where: Mapping[str, Any]) -> Iterator[Effect]:
    access = input.get("access") or ""
    if access.lower().startswith(f"{address.owner.lower()}/"):
        yield TeamAccess(**where, team=access.partition("/")[2], permission="admin")
    elif access and access != address.owner:
        yield UserAccess(**where, user=access, permission="admin")
    for row in input.get("collaborators") or ():
        if team := row.get("team"):
            yield TeamAccess(**where, team=plain_name(team), permission=row["access"])
        elif user := row.get("user") or row.get("username"):
            yield UserAccess(**where, user=plain_name(user), permission=row["access"])


def plain_name(ref: str) -> str:
    """Return the name at the end of a ref: group:default/payments and acme/payments are payments."""
    return ref.rpartition("/")[2].rpartition(":")[2]


def _push(input: Input, run: Run) -> Outcome:
    address = run.repository(input)
    branch = input.get("defaultBranch") or run.default_branch(address.full_name) or _MAIN
    pushed = FilesPushed(
        step=run.step,
        repository=address.full_name,
        branch=branch,
        files=_files(input, run),
        message=input.get("gitCommitMessage") or _FIRST_COMMIT,
        author_name=input.get("gitAuthorName") or "",
        author_email=input.get("gitAuthorEmail") or "",
    )
    effects: list[Effect] = [pushed]
    if input.get("protectDefaultBranch", True):
        admins = bool(input.get("protectEnforceAdmins", True))
        effects.append(protection.protected(run.step, address.full_name, branch, input, admins))
    return Outcome(effects, {**_urls(address, branch), "commitHash": later("commitHash")})


def _files(input: Input, run: Run) -> Tree:
    """Return the part of the workspace that is pushed; refuse an empty one."""
    run.pay()
    source = safe(input.get("sourcePath") or "")
    if source and not run.workspace.is_folder(source):
        raise ActionFault(f'input.sourcePath: "{source}" is no folder of the workspace. Name what a step before wrote')
    found = {
        path: entry for path, entry in below(run.workspace.tree(), source).items() if not isinstance(entry, Folder)
    }
    if not found:
        raise ActionFault("the workspace is empty, so there is nothing to push. Fetch a skeleton in a step before")
    return found


def _urls(address: Address, branch: str) -> dict[str, str]:
    return {"remoteUrl": f"{address.web}.git", "repoContentsUrl": f"{address.web}/blob/{branch}"}


def _pull(input: Input, run: Run) -> Outcome:
    if input.get("forceFork"):
        raise ActionFault("input.forceFork is not supported: the pull request comes from a branch of the repository")
    address, target = run.repository(input), safe(input.get("targetPath") or "")
    run.pay()
    start = f"{target}/" if target else ""
    source = safe(input.get("sourcePath") or "")
    tree = below(run.workspace.tree(), source) if run.workspace.exists(source) else {}
    files = {f"{start}{path}": entry for path, entry in tree.items() if not isinstance(entry, Folder)}
    removed = [safe(start + path) for path in input.get("filesToDelete") or ()]
    for path in removed:
        files.pop(path, None)
    pull = PullOpened(
        step=run.step,
        repository=address.full_name,
        branch=input["branchName"],
        title=input["title"],
        body=input.get("description") or "",
        base=input.get("targetBranchName") or "",
        files=files,
        removed=removed,
        message=input.get("commitMessage") or "",
        is_draft=bool(input.get("draft")),
        reviewers=tuple(input.get("reviewers") or ()),
        team_reviewers=tuple(dict.fromkeys(input.get("teamReviewers") or ())),
        assignees=tuple(input.get("assignees") or ())[:10],
        updates=bool(input.get("update")),
    )
    output = {name: later(name) for name in ("remoteUrl", "pullRequestNumber", "targetBranchName")}
    if pull.base:
        output["targetBranchName"] = pull.base
    if not files and not removed:
        if input.get("createWhenEmpty") is False:
            return Outcome()
        raise ActionFault("the workspace is empty, so the pull request would change nothing")
    return Outcome([pull], output)


_BRANCH = text("The default branch; main if left out")
_REPOSITORY_INPUTS: dict[str, Schema] = {
    "repoUrl": REPOSITORY,
    "description": text("What the repository is for"),
    "homepage": text("Its home page"),
    "repoVisibility": text("Who can read it; private if left out", ("private", "public", "internal")),
    "access": text("Who administers it: OWNER/TEAM, or a login"),
    "collaborators": {
        "type": "array",
        "description": "Who else has access",
        "items": fields(
            ("access",),
            access=text("pull, triage, push, maintain, admin, or a role of the organisation"),
            team=text("A team"),
            user=text("Or a person"),
        ),
    },
    "topics": texts("Topics"),
    "repoVariables": mapping("Variables of its workflows"),
    "secrets": mapping("Secrets of its workflows: NAME: ${{ secrets.NAME }}"),
    "customProperties": mapping("Custom properties of the organisation", {"type": ["string", "array"]}),
    "allowMergeCommit": flag("Allow merge commits"),
    "allowSquashMerge": flag("Allow squash merges"),
    "allowRebaseMerge": flag("Allow rebase merges"),
    "allowAutoMerge": flag("Allow that pull requests merge by themselves"),
    "allowUpdateBranch": flag("Offer to update branches"),
    "deleteBranchOnMerge": flag("Delete a branch once it is merged"),
    "squashMergeCommitTitle": text("Title of squashed commits", ("PR_TITLE", "COMMIT_OR_PR_TITLE")),
    "squashMergeCommitMessage": text("Text of squashed commits", ("PR_BODY", "COMMIT_MESSAGES", "BLANK")),
    "hasIssues": flag("With issues"),
    "hasProjects": flag("With projects"),
    "hasWiki": flag("With a wiki"),
    "oidcCustomization": mapping("Not applied: see the warning", anything("Any value")),
    "subscribe": flag("Not applied: see the warning"),
    "token": TOKEN,
}
_PUSH_INPUTS: dict[str, Schema] = {
    "repoUrl": REPOSITORY,
    "defaultBranch": _BRANCH,
    "sourcePath": text("Folder of the workspace to push; all of it if left out"),
    "protectDefaultBranch": flag("Protect the default branch; true if left out"),
    "protectEnforceAdmins": flag("The protection binds administrators too; true if left out"),
    "gitCommitMessage": text('Message of the first commit; "initial commit" if left out'),
    "gitAuthorName": text("Its author"),
    "gitAuthorEmail": text("The author's e-mail address"),
    **protection.INPUTS,
    "token": TOKEN,
}
_CREATED: dict[str, Schema] = {
    "remoteUrl": text("Where to clone it from"),
    "repoContentsUrl": text("Where its files are"),
}
_PUSHED: dict[str, Schema] = {**_CREATED, "commitHash": text("The first commit")}

ACTIONS = [
    Action(
        "publish:github",
        "Creates a repository with its settings, and pushes the workspace as its first commit.",
        fields(("repoUrl",), **{**_REPOSITORY_INPUTS, **_PUSH_INPUTS}),
        fields(**_PUSHED),
        _publish,
    ),
    Action(
        "github:repo:create",
        "Creates a repository with its settings, without files.",
        fields(
            ("repoUrl",),
            **_REPOSITORY_INPUTS,
            autoInit=flag("Not needed: the first push makes the first commit"),
            workflowAccess=text("Not applied: see the warning"),
        ),
        fields(**_CREATED),
        _create,
    ),
    Action(
        "github:repo:push",
        "Pushes the workspace as the first commit of a repository.",
        fields(("repoUrl",), **_PUSH_INPUTS),
        fields(**_PUSHED),
        _push,
    ),
    Action(
        "publish:github:pull-request",
        "Opens a pull request that brings the workspace into a repository.",
        fields(
            ("repoUrl", "branchName", "title", "description"),
            repoUrl=REPOSITORY,
            branchName=text("Branch to make"),
            targetBranchName=text("Branch to merge into; the default branch if left out"),
            title=text("Its title"),
            description=text("Its text"),
            draft=flag("Open it as a draft"),
            sourcePath=text("Folder of the workspace to bring; all of it if left out"),
            targetPath=text("Folder of the repository to bring it to"),
            filesToDelete=texts("Files to delete"),
            commitMessage=text("Message of the commit; the title if left out"),
            reviewers=texts("Logins of reviewers"),
            teamReviewers=texts("Slugs of reviewing teams"),
            assignees=texts("Logins of assignees, at most ten"),
            update=flag("Bring a pull request of that branch up to date if there is one"),
            createWhenEmpty=flag("Open it though nothing changes; true if left out"),
            forceFork=flag("Not supported"),
            gitAuthorName=text("Not used: the commit is Waypost's"),
            gitAuthorEmail=text("Not used: the commit is Waypost's"),
            forceEmptyGitAuthor=flag("Not used: the commit is Waypost's"),
            token=TOKEN,
        ),
        fields(
            remoteUrl=text("The address of the pull request"),
            pullRequestNumber=number("Its number"),
            targetBranchName=text("The branch it merges into"),
        ),
        _pull,
    ),
]
