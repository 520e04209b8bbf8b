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


def arrived(source, data):
    """Let a request arrive, and read what is there of it."""
    source.arrival.feed(data)
    assert source.arrival.is_whole  # so it has a thread by now
    source.arrival.ready()
    while source.arrival.read(65_536):
        pass


def test_who_drips_bytes_after_a_false_end_loses_its_thread(clock, pair):
    ours, theirs = pair
    source = Source(ours)
    chunk = b"ff\r\n\r\n0\r\n\r\n"  # the last seven are its content
    arrived(source, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
    theirs.sendall(b"aaa")
    assert source.recv(1) == b"a"
    clock[0] += STALL_SECONDS - 1
    assert source.recv(1) == b"a"
    clock[0] += 1
    with pytest.raises(TimeoutError):
        source.recv(1)


def test_of_a_head_that_is_too_long_nothing_more_is_read(pair):
    ours, theirs = pair
    source = Source(ours)
    arrived(source, b"GET / HTTP/1.1\r\nA: " + b"a" * HEAD_BYTES)
    theirs.sendall(b"a")
    assert source.recv(1) == b""


def test_the_next_request_of_a_connection_has_its_own_time(clock, pair):
    ours, theirs = pair
    source = Source(ours)
    theirs.sendall(b"ab")
    assert source.recv(1) == b"a"
    clock[0] += STALL_SECONDS
    source.begin()
    assert source.recv(1) == b"b"
