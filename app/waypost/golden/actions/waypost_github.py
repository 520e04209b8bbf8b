"""Our own actions, for what a repository needs and Backstage has no action for: labels, access, custom properties."""

from __future__ import annotations

import re

from waypost.golden.actions.action import Action, ActionFault, Input, Outcome, Run
from waypost.golden.actions.github_publishing import plain_name
from waypost.golden.actions.schemas import REPOSITORY, fields, mapping, rows, text
from waypost.golden.effects import Effect, LabelExists, PropertiesSet, TeamAccess, UserAccess

_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})")


def _labels(input: Input, run: Run) -> Outcome:
    repository = run.repository(input).full_name
    effects: list[Effect] = []
    for row in input["labels"]:
        color = _COLOR.fullmatch(row.get("color", "ededed"))
        if color is None:
            raise ActionFault(f'input.labels: "{row["color"]}" is not a colour: write six hex digits, like d73a4a')
        effects.append(
            LabelExists(
                step=run.step,
                repository=repository,
                name=row["name"],
                color=color[1].lower(),
                description=row.get("description", ""),
            )
        )
    return Outcome(effects)


def _access(input: Input, run: Run) -> Outcome:
    repository = run.repository(input).full_name
    effects: list[Effect] = []
    for row in input["access"]:
        permission = row["permission"]
        if team := row.get("team"):
            effects.append(
                TeamAccess(step=run.step, repository=repository, team=plain_name(team), permission=permission)
            )
        elif user := row.get("user"):
            effects.append(
                UserAccess(step=run.step, repository=repository, user=plain_name(user), permission=permission)
            )
        else:
            raise ActionFault("input.access: an entry names neither a team nor a user")
    return Outcome(effects)


def _properties(input: Input, run: Run) -> Outcome:
    repository = run.repository(input).full_name
    return Outcome([PropertiesSet(step=run.step, repository=repository, values=input["properties"])])


ACTIONS = [
    Action(
        "waypost:github:labels",
        "Makes labels, or gives those that exist their colour and description.",
        fields(
            ("repoUrl", "labels"),
            repoUrl=REPOSITORY,
            labels=rows(
                "The labels",
                ("name",),
                name=text("Its name"),
                color=text("Six hex digits"),
                description=text("What it means"),
            ),
        ),
        fields(),
        _labels,
    ),
    Action(
        "waypost:github:access",
        "Gives teams and people access.",
        fields(
            ("repoUrl", "access"),
            repoUrl=REPOSITORY,
            access=rows(
                "Who gets which access",
                ("permission",),
                team=text("A team"),
                user=text("Or a person"),
                permission=text("pull, triage, push, maintain, admin, or a role of the organisation"),
            ),
        ),
        fields(),
        _access,
    ),
    Action(
        "waypost:github:properties",
        "Sets custom properties of the organisation on the repository.",
        fields(
            ("repoUrl", "properties"),
            repoUrl=REPOSITORY,
            properties=mapping("Values by name; null unsets one", {"type": ["string", "array", "null"]}),
        ),
        fields(),
        _properties,
    ),
]
