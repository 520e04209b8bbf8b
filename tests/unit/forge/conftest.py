"""The worlds in which the contract is tried, and what the adapter's own tests share."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from unit.forge.worlds import MemoryWorld, SandboxWorld


@pytest.fixture(scope="session")
def app_key():
    """A private key of an App, as GitHub hands it out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    traditional, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, traditional, plain).decode()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """One GitHub in a box for all tests of the port; each of them has its own organisation there."""
    process = pytest.importorskip("waypost.sandbox.process", reason="the sandbox needs the extra `sandbox`")
    running = process.start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


@pytest.fixture(params=["memory", pytest.param("sandbox", marks=pytest.mark.slow)])
def world(request, tmp_path):
    if request.param == "memory":
        return MemoryWorld()
    return SandboxWorld(request.getfixturevalue("sandbox"), tmp_path)
