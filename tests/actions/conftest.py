"""One sandbox with act for the tests of a process; each test has an organisation of its own in it."""

from __future__ import annotations

import pytest

from actions.rig import open_hall


@pytest.fixture(scope="session")
def hall(tmp_path_factory):
    opened = open_hall(tmp_path_factory.mktemp("hall"))
    yield opened
    opened.sandbox.stop()


@pytest.fixture
def rig(hall):
    """A new organisation with people, teams and a runner."""
    return hall.organisation()


@pytest.fixture(scope="module")
def shared_rig(hall):
    """The same for tests that only look at what one of them, or a fixture of the module, has brought about."""
    return hall.organisation()
