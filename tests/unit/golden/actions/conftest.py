import pytest

from waypost.golden.actions import ACTIONS, Run
from waypost.golden.expressions import Budget
from waypost.golden.parameters.schema import violations
from waypost.golden.sources import within
from waypost.golden.workspace import Workspace

BY_ID = {action.id: action for action in ACTIONS}


@pytest.fixture
def act():
    """Run an action on a workspace of these files; `hidden` is its input with the secrets."""

    def run(id, input, files=None, beside=None, hidden=None, written=None, **more):
        action, workspace = BY_ID[id], Workspace(files or {})
        assert violations(action.input, input) == []
        one = Run(
            "one",
            workspace,
            within(beside or {}),
            Budget(),
            "template:default/x",
            written=input if written is None else written,
            hidden=hidden or input,
            **more,
        )
        outcome = action.run(input, one)
        assert violations(action.output, {**outcome.output}) == [] or any(
            "known after" in str(value) for value in outcome.output.values()
        )
        return outcome, dict(workspace.tree())

    return run
