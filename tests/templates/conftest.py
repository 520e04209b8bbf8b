"""Every case of every shipped template as a folder on disk."""

from __future__ import annotations

import pytest

from templates.projects import CASES, write


@pytest.fixture(scope="session")
def projects(tmp_path_factory):
    """A folder that holds the rendered cases, TEMPLATE-CASE each; nobody changes what is in it."""
    folder = tmp_path_factory.mktemp("projects")
    for case in CASES:
        write(case, folder)
    return folder
