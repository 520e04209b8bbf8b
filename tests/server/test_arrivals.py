"""A request is whole when its last byte is there, in whatever pieces it arrives; what is odd is handed on at once."""

from __future__ import annotations

import pytest

from waypost.limits import WEBHOOK_BODY_BYTES
from waypost.server.arrivals import HEAD_BYTES, IN_MEMORY_BYTES, Arrival

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def post(body, *fields):
    head = b"".join(field + b"\r\n" for field in (b"Host: x", *fields))
    return b"POST /webhooks HTTP/1.1\r\n" + head + b"\r\n" + body


def sized(body, *fields):
    return post(body, b"Content-Length: %d" % len(body), *fields)


CHUNKED = post(b"5\r\nhello\r\n0\r\n\r\n", b"Transfer-Encoding: chunked")
EMPTY = post(b"0\r\n\r\n", b"transfer-encoding: chunked")


def arrived(data, piece):
    """Feed it in pieces; return what is read, and how many bytes it took until it was whole."""
    arrival, fed = Arrival(), 0
    while not arrival.is_whole and fed < len(data):
        assert arrival.feed(data[fed : fed + piece]) == b""
        fed += piece
    assert arrival.is_whole
    arrival.ready()
    pieces = iter(lambda: arrival.read(7), b"")
    read = b"".join(pieces)
    arrival.close()
    return read, min(fed, len(data))


@pytest.mark.parametrize("piece", [1, 3, 1 << 20], ids=["by the byte", "by three", "at once"])
@pytest.mark.parametrize("data", [GET, sized(b"hello"), sized(b""), sized(b"x" * 2_000), CHUNKED, EMPTY])
def test_whole_at_its_last_byte_and_read_as_it_came(data, piece):
    read, fed = arrived(data, piece)
    assert read == data
    assert fed == len(data)


def test_large_body_goes_through_a_file():
    data = sized(b"x" * (3 * IN_MEMORY_BYTES))
    assert arrived(data, 64 * 1024) == (data, len(data))


@pytest.mark.parametrize("data", [GET, sized(b"hello")])
def test_one_byte_less_is_not_whole(data):
    arrival = Arrival()
    arrival.feed(data[:-1])
    assert not arrival.is_whole


def test_what_belongs_to_the_next_request_is_returned():
    arrival = Arrival()
    assert arrival.feed(sized(b"hello") + GET) == GET
    assert arrival.is_whole


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(post(b"", b"Content-Length: %d" % (WEBHOOK_BODY_BYTES + 1)), id="announced as too large"),
        pytest.param(post(b"", b"Content-Length: many"), id="no number"),
        pytest.param(post(b"", b"Content-Length: -1"), id="negative"),
        pytest.param(post(b"", b"Content-Length: " + b"9" * 5_000), id="a number without end"),
        pytest.param(post(b"", b"Content-Length: 5", b"Content-Length: 6"), id="two lengths"),
        pytest.param(post(b"", b"Content-Length: 5", b"Transfer-Encoding: chunked"), id="length and chunks"),
        pytest.param(b"GET /" + b"x" * HEAD_BYTES, id="a head without end"),
    ],
)
def test_what_is_to_be_refused_is_not_waited_for(data):
    read, _ = arrived(data, 1 << 20)
    assert read == data


def test_chunks_without_end_stop_at_the_limit():
    arrival, fed = Arrival(), 0
    arrival.feed(post(b"", b"Transfer-Encoding: chunked"))
    while not arrival.is_whole:
        arrival.feed(b"x" * 1_000_000)
        fed += 1
    arrival.close()
    assert fed == 27


def test_who_asks_first_is_told_once_and_its_length_still_counts():
    arrival = Arrival()
    arrival.feed(post(b"", b"Expect: 100-continue", b"Content-Length: 5"))
    assert arrival.asks_first
    assert not arrival.is_whole
    assert arrival.feed(b"hello" + GET) == GET
    arrival.ready()
    assert arrival.read(1 << 16) == post(b"hello", b"Content-Length: 5")


def test_who_asks_and_sends_at_once_needs_no_answer():
    arrival = Arrival()
    arrival.feed(sized(b"hello", b"Expect: 100-continue"))
    assert arrival.is_whole
    assert not arrival.asks_first
