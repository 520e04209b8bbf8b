"""A GitHub in a box for each file, and an admin with an organisation of her own for each test."""

from __future__ import annotations

import pytest

from server.setup.admin import Admin
from waypost.sandbox.process import start


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


@pytest.fixture
def admin(sandbox, tmp_path):
    found = Admin(sandbox, tmp_path)
    yield found
    found.queue.close()
