"""The actions that ask somebody to work on a repository: workflows to run, issues to open and to label."""

from __future__ import annotations

from waypost.golden.actions.action import Action, ActionFault, Input, Outcome, Run
from waypost.golden.actions.schemas import REPOSITORY, TOKEN, fields, flag, mapping, number, one_of, text, texts
from waypost.golden.effects import Dispatched, IssueLabelled, IssueOpened
from waypost.golden.later import is_later, later

_MOST_INPUTS = 25  # https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event


def _dispatch(input: Input, run: Run) -> Outcome:
    inputs = input.get("workflowInputs") or {}
    if len(inputs) > _MOST_INPUTS:
        raise ActionFault(f"input.workflowInputs has {len(inputs)} entries; GitHub takes {_MOST_INPUTS} at most")
    effect = Dispatched(
        step=run.step,
        repository=run.repository(input).full_name,
        workflow=input["workflowId"],
        ref=input["branchOrTagName"],
        inputs=inputs,
    )
    names = ("workflowRunId", "workflowRunUrl", "workflowRunHtmlUrl")
    return Outcome([effect], {name: later(name) for name in names} if input.get("returnWorkflowRunDetails") else {})


def _open(input: Input, run: Run) -> Outcome:
    milestone = input.get("milestone")
    if isinstance(milestone, str) and not milestone.isdecimal():
        raise ActionFault(f'input.milestone: "{milestone}" is not the number of a milestone')
    effect = IssueOpened(
        step=run.step,
        repository=run.repository(input).full_name,
        title=input["title"],
        body=input.get("body") or "",
        labels=tuple(input.get("labels") or ()),
        assignees=tuple(input.get("assignees") or ()),
        milestone=None if milestone is None else int(milestone),
    )
    return Outcome([effect], {name: later(name) for name in ("issueUrl", "issueNumber")})


def _label(input: Input, run: Run) -> Outcome:
    number = 0 if is_later(input["number"]) else input["number"]  # 0: a step before opens the issue
    if not isinstance(number, int | float):
        raise ActionFault(f'input.number: "{number}" is not the number of an issue')
    return Outcome(
        [
            IssueLabelled(
                step=run.step,
                repository=run.repository(input).full_name,
                number=int(number),
                labels=tuple(input["labels"]),
            )
        ]
    )


ACTIONS = [
    Action(
        "github:actions:dispatch",
        "Starts a workflow, once.",
        fields(
            ("repoUrl", "workflowId", "branchOrTagName"),
            repoUrl=REPOSITORY,
            workflowId=text("File name of the workflow"),
            branchOrTagName=text("Branch or tag to run it on"),
            workflowInputs=mapping("Its inputs, at most 25"),
            returnWorkflowRunDetails=flag("Put out which run it became"),
            token=TOKEN,
        ),
        fields(
            workflowRunId=number("Id of the run"),
            workflowRunUrl=text("Its address for programs"),
            workflowRunHtmlUrl=text("Its address for people"),
        ),
        _dispatch,
    ),
    Action(
        "github:issues:create",
        "Opens an issue.",
        fields(
            ("repoUrl", "title"),
            repoUrl=REPOSITORY,
            title=text("Its title"),
            body=text("Its text"),
            labels=texts("Labels"),
            assignees=texts("Logins of assignees"),
            milestone=one_of("Number of a milestone", "string", "number"),
            token=TOKEN,
        ),
        fields(issueUrl=text("Its address"), issueNumber=number("Its number")),
        _open,
    ),
    Action(
        "github:issues:label",
        "Adds labels to an issue or pull request.",
        fields(
            ("repoUrl", "number", "labels"),
            repoUrl=REPOSITORY,
            number=one_of("Number of the issue", "number", "string"),
            labels=texts("Labels to add"),
            token=TOKEN,
        ),
        fields(),
        _label,
    ),
]
