import pytest

from waypost.golden.actions import ActionFault


def test_message_changes_nothing(act):
    outcome, files = act("debug:log", {"message": "hello", "listWorkspace": True})
    assert (outcome.effects, outcome.output, files) == ((), {}, {})


def test_wait_is_passed_over_with_a_word(act):
    outcome, _ = act("debug:wait", {"seconds": 5})
    assert "Leave the step out" in outcome.warnings[0]


def test_wait_without_a_time_says_nothing(act):
    assert act("debug:wait", {})[0].warnings == ()


def test_too_long_a_wait_is_refused_as_in_backstage(act):
    with pytest.raises(ActionFault, match="601 s; 600 s are allowed"):
        act("debug:wait", {"minutes": 10, "seconds": 1})
