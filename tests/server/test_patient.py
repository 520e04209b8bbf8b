"""What a thread reads from: the request that arrived, then the socket, but only for so long in all."""

from __future__ import annotations

import socket

import pytest

from waypost.server import patient
from waypost.server.arrivals import HEAD_BYTES
from waypost.server.patient import STALL_SECONDS, Source


@pytest.fixture
def clock(monkeypatch):
    """The time that the source sees."""
    moment = [100.0]
    monkeypatch.setattr(patient.time, "monotonic", lambda: moment[0])
    return moment


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_who_drips_bytes_after_a_head_that_is_too_long_loses_its_thread(clock, pair):
    ours, theirs = pair
    source = Source(ours)
    source.arrival.feed(b"GET / HTTP/1.1\r\nA: " + b"a" * HEAD_BYTES)
    assert source.arrival.is_whole  # so it has a thread by now
    source.arrival.ready()
    while source.arrival.read(65_536):
        pass
    theirs.sendall(b"aaa")
    assert source.recv(1) == b"a"
    clock[0] += STALL_SECONDS - 1
    assert source.recv(1) == b"a"
    clock[0] += 1
    with pytest.raises(TimeoutError):
        source.recv(1)


def test_the_next_request_of_a_connection_has_its_own_time(clock, pair):
    ours, theirs = pair
    source = Source(ours)
    theirs.sendall(b"ab")
    assert source.recv(1) == b"a"
    clock[0] += STALL_SECONDS
    source.begin()
    assert source.recv(1) == b"b"
