"""gunicorn's worker with threads, except that a request gets its thread only when all of it has arrived.

In gunicorn a connection takes a thread with its first byte, so that a few dozen slow clients hold them all. Here the
loop that accepts also reads, without waiting for anybody; what is late is closed.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from waypost.server.arrivals import CONTINUE, PIECE, Arrival

# GitHub gives up after ten; a slow line with 25 MB may take longer.
ARRIVAL_SECONDS = 60.0
STALL_SECONDS = 5.0  # a thread waits no longer, in all, for bytes of one request that should have been there
LEAVE_SECONDS = 2.0  # for what still arrives when the process is to end
HELD_BYTES = 512 * 1024 * 1024  # of all that is arriving in one process
_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Source:
    """What gunicorn's parser reads from: the arrived request, and the socket only when that was not enough."""

    def __init__(self, sock: socket.socket) -> None:
        self.begin()
        self.rest = b""  # of the next request, which came along
        self._sock = sock

    def begin(self) -> None:
        """Be ready for another request."""
        self.arrival = Arrival()
        self._until: float | None = None  # not for each byte anew: who sends one every few seconds would hold a thread

    def recv(self, size: int) -> bytes:
        if data := self.arrival.read(size):
            return data
        if self.rest:
            data, self.rest = self.rest[:size], self.rest[size:]
            return data
        if self.arrival.is_endless:
            return b""
        now = time.monotonic()
        self._until = self._until or now + STALL_SECONDS
        if now >= self._until:
            raise TimeoutError("the rest of the request is late")
        self._sock.settimeout(self._until - now)
        return self._sock.recv(size)

    def gettimeout(self) -> float | None:
        return self._sock.gettimeout()

    def settimeout(self, seconds: float | None) -> None:
        self._sock.settimeout(seconds)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """See gunicorn.workers.gthread: `accept`, keep-alive and the end of a request are what differs."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._arriving: OrderedDict[Any, float] = OrderedDict()  # connection -> since when, oldest first
        self._held = 0  # bytes of them all

    def accept(self, listener: socket.socket) -> None:
        try:
            sock, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, sock, address, listener.getsockname())
        conn.source = Source(sock)
        conn.parser = http.get_parser(self.cfg, conn.source, address)
        self._await(conn)

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """A kept connection speaks again."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        source: Source = conn.source
        self._held -= source.arrival.size
        source.arrival.close()
        super().finish_request(conn, fs)
        if source.rest and conn in self.keepalived_conns:
            self.on_client_socket_readable(conn, conn.sock)

    def murder_pending(self) -> None:
        """Close what is late, or in the way when the process is to end or full. Called about once a second."""
        super().murder_pending()
        late = time.monotonic() - (ARRIVAL_SECONDS if self.alive else LEAVE_SECONDS)
        for conn in list(self._overdue(late)):
            self._give_up(conn, _LATE if conn.source.arrival.size else b"")

    def _overdue(self, late: float) -> Iterator[Any]:
        crowd = self.nr_conns - self.worker_connections + 1  # the longest waiting make room
        for number, (conn, since) in enumerate(self._arriving.items()):
            if since > late and number >= crowd:
                return
            yield conn

    def _await(self, conn: Any) -> None:
        """Read what is there; the rest when it comes."""
        source: Source = conn.source
        source.begin()
        conn.sock.setblocking(False)
        self._arriving[conn] = time.monotonic()
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))
        if source.rest:
            rest, source.rest = source.rest, b""
            self._take(conn, rest)
        else:
            self._read(conn, conn.sock)

    def _read(self, conn: Any, _client: object) -> None:
        try:
            data = conn.sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._take(conn, data)
        else:
            self._give_up(conn)

    def _take(self, conn: Any, data: bytes) -> None:
        source: Source = conn.source
        before = source.arrival.size
        try:
            source.rest = source.arrival.feed(data)
        except OSError:  # no room for the temporary file
            self.log.exception("a request cannot be held")
            self._give_up(conn)
            return
        self._held += source.arrival.size - before
        if source.arrival.asks_first:
            source.arrival.asks_first = False
            with suppress(OSError):
                conn.sock.send(CONTINUE)
        if source.arrival.is_whole:
            self._leave(conn)
            source.arrival.ready()
            conn.data_ready = True
            self.enqueue_req(conn)
        elif self._held > HELD_BYTES:
            self._give_up(conn)

    def _leave(self, conn: Any) -> None:
        del self._arriving[conn]
        self.poller.unregister(conn.sock)

    def _give_up(self, conn: Any, word: bytes = b"") -> None:
        self._leave(conn)
        self._held -= conn.source.arrival.size
        conn.source.arrival.close()
        with suppress(OSError):
            conn.sock.send(word)
        self.nr_conns -= 1
        conn.close()
