"""One HTTP request while it arrives: its bytes so far, and whether it is whole. Opens no socket; answers nothing.

What is odd counts as whole: gunicorn's own parser refuses it, in the words of its trade.
"""

from __future__ import annotations

import io
import tempfile

from waypost.limits import WEBHOOK_BODY_BYTES

HEAD_BYTES = 64 * 1024
IN_MEMORY_BYTES = 256 * 1024  # a larger one goes on in a temporary file: five hundred of them must not fill the memory
MOST_BYTES = WEBHOOK_BODY_BYTES + HEAD_BYTES  # without an announced length: whoever reads it will refuse it
PIECE = 64 * 1024
LONGEST_NUMBER = 19
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_END = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"


class Arrival:
    """The bytes of one request, in their order. `feed` takes them, `read` hands them out once it is whole."""

    def __init__(self) -> None:
        self.is_whole = False
        self.is_endless = False  # a head that is too long: not a byte more of it is read
        self.asks_first = False  # "Expect: 100-continue": it sends no body before it was told to
        self.size = 0
        self._head: bytearray | None = bytearray()  # until the empty line
        self._wanted: int | None = None  # bytes in all, where the length is known
        self._tail = b""  # of a body in chunks
        self._file: tempfile.SpooledTemporaryFile[bytes] | None = None

    def feed(self, data: bytes) -> bytes:
        """Take what belongs to this request and return the rest: the beginning of the next one."""
        if self._head is not None:
            self._head += data
            if not self._read_head():
                return b""
            data = bytes(self._head)
            self._head = None
            self._file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  # closed by `close`
        rest = b""
        if self._wanted is not None:
            most = max(self._wanted - self.size, 0)
            data, rest = data[:most], data[most:]
        self._store(data)
        if self._wanted is None:
            self._tail = (self._tail + data)[-len(_LAST_CHUNK) :]
            self.is_whole |= self._tail == _LAST_CHUNK or self.size > MOST_BYTES
        self.is_whole |= self.size == self._wanted
        return rest

    def read(self, size: int) -> bytes:
        """Hand out the next bytes; b"" after the last."""
        return b"" if self._file is None else self._file.read(size)

    def ready(self) -> None:
        """Go back to the first byte: from now on it is only read."""
        if self._head is not None:  # too long, or what is no request at all
            self._file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115
            self._store(bytes(self._head))
            self._head = None
        if self._file is not None:
            self._file.seek(0)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _store(self, data: bytes) -> None:
        if self._file is not None:
            self._file.seek(0, io.SEEK_END)
            self._file.write(data)
        self.size += len(data)

    def _read_head(self) -> bool:
        """Look for the end of the head and learn from it; False while it is not there."""
        assert self._head is not None
        end = self._head.find(_END)
        if end < 0:
            self.is_whole = self.is_endless = len(self._head) > HEAD_BYTES
            return False
        head, body = bytes(self._head[: end + 2]), end + len(_END)
        fields = _fields(head)
        length = fields.get(b"content-length", b"0")
        if b"transfer-encoding" in fields:
            self._tail = b"\r\n"  # a body may consist of nothing but the last chunk
            is_odd = b"content-length" in fields
        else:
            is_odd = not length.isdigit() or len(length) > LONGEST_NUMBER or int(length) > WEBHOOK_BODY_BYTES
            self._wanted = None if is_odd else body + int(length)
        if is_odd:  # to be refused, and its body not to be read
            self.is_whole, self._wanted = True, len(self._head)
        elif fields.get(b"expect", b"").lower() == b"100-continue" and len(self._head) == body:
            self.asks_first = True
            self._drop_expect(head, end)
        return True

    def _drop_expect(self, head: bytes, end: int) -> None:
        """We answer it ourselves, so nobody may answer it again."""
        assert self._head is not None
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"expect:")]
        kept = b"\r\n".join(lines)
        if self._wanted is not None:
            self._wanted -= len(head) - len(kept)
        self._head[: end + 2] = kept


def _fields(head: bytes) -> dict[bytes, bytes]:
    """Return the header fields by their lower-case names; the values of two with one name are joined."""
    fields: dict[bytes, bytes] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        fields[name] = fields[name] + b"," + value.strip() if name in fields else value.strip()
    return fields
