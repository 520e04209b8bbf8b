"""A world for each test."""

from __future__ import annotations

import pytest

from unit.sync.world import World, component


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def settled(world):
    """A world with one described repository, listed and published, where a commit may be made again."""
    world.forge.create("payments", {"catalog-info.yaml": component("payments")})
    world.sweep()
    world.clock.sleep(60)
    return world
