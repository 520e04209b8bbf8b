"""What Waypost asks of an App."""

from __future__ import annotations

import pytest

from waypost.forge import needs
from waypost.forge.credentials import CREATE, PEOPLE, READ, talking, writing
from waypost.sync.events import HANDLERS

# https://docs.github.com/en/webhooks/webhook-events-and-payloads: every App gets these
UNASKED = {"installation", "installation_repositories", "installation_target"}


def test_the_reading_app_cannot_write_contents():
    asked = needs.asked("waypost")
    assert asked["contents"] == "read"
    assert not {"administration", "workflows"} & asked.keys()


def test_one_app_asks_for_the_stronger_of_both_levels():
    assert needs.asked("waypost", "writer")["contents"] == "write"


def test_set_up_does_not_ask_for_what_only_some_templates_use():
    assert not {"secrets", "environments", "repository_hooks"} & needs.asked("waypost", "writer").keys()


@pytest.mark.parametrize("event", needs.EVENTS, ids=lambda event: event.name)
def test_each_event_comes_with_the_permission_it_wants(event):
    assert event.permission in needs.asked("waypost")


def test_what_creating_may_ask_for_is_all_explained():
    assert set(CREATE) <= {need.name for need in needs.PERMISSIONS if need.part == "writer"}


def test_what_was_granted_is_held_against_the_needs():
    granted = needs.asked("waypost") | {"checks": "read"}
    assert [(need.name, need.level) for need in needs.missing(granted, "waypost")] == [("checks", "write")]
    assert needs.missing(needs.asked("waypost"), "waypost") == []


def test_set_up_subscribes_to_every_event_that_is_handled():
    assert set(HANDLERS) - UNASKED <= set(needs.events())
    assert not UNASKED & set(needs.events()), "a manifest that names these is refused"


def test_the_tokens_of_the_reading_app_ask_for_no_more_than_set_up_does():
    asked = needs.asked("waypost")
    for scope in (READ, PEOPLE, talking(1, asked)):
        assert all(needs.LEVELS[level] <= needs.LEVELS[asked[name]] for name, level in scope.permissions)
    assert dict(writing(1).permissions)["contents"] == "write" != asked["contents"]
