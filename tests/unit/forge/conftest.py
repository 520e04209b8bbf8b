"""The worlds in which the contract is tried: what people do, and the port that looks at it."""

from __future__ import annotations

import pytest

from waypost.forge.memory import MemoryForges


class MemoryWorld:
    def __init__(self):
        self.forges = MemoryForges()
        self.forge = self.forges.install("acme")
        self.rename = self.forge.rename
        self.delete = self.forge.delete
        self.protect = self.forge.protect
        self.suspend = self.forge.suspend
        self.force_push = self.forge.force_push

    def create(self, name, files):
        return self.forge.create(name, files).id

    def push(self, name, changes):
        return self.forge.push(name, changes).head


@pytest.fixture(params=["memory"])
def world(request):
    return MemoryWorld()
