"""Text or binary? Judged by the first 512 bytes as the npm package isbinaryfile does, which Backstage asks."""

from __future__ import annotations

_LOOKED_AT = 512
_MORE = 3  # so that a letter is not cut
_TEXT = bytes([*range(7, 15), *range(32, 128)])
# Marks of byte order: text, whatever follows.
_MARKS = (b"\xef\xbb\xbf", b"\x00\x00\xfe\xff", b"\xff\xfe", b"\x84\x31\x95\x33", b"\xfe\xff")


def is_binary(data: bytes) -> bool:
    """Say whether bytes are no text."""
    data = data[: _LOOKED_AT + _MORE]
    if data.startswith(b"%PDF-"):
        return True
    if data.startswith(_MARKS):
        return False
    odd = data[:_LOOKED_AT].translate(None, _TEXT)
    if not odd:
        return False
    return _is_binary(data)


def _is_binary(data: bytes) -> bool:
    scanned = min(len(data), _LOOKED_AT)
    at = strange = 0
    while at < scanned:
        byte = data[at]
        if byte == 0:
            return True
        if byte not in _TEXT:
            more = _followers(byte)
            if more and at + more < len(data) and all(0x80 <= other <= 0xBF for other in data[at + 1 : at + more + 1]):
                at += more
            else:
                at += bool(more) and at + more < len(data)  # what stands in a follower's place is not judged
                strange += 1
                if at >= 32 and strange * 10 > scanned:
                    return True
        at += 1
    return strange * 10 > scanned or (strange > 1 and _is_protobuf(data[:scanned]))


def _followers(byte: int) -> int:
    """Return how many bytes follow this one in a letter of UTF-8; 0 where it begins none."""
    return next(
        (more for low, high, more in ((0xC0, 0xDF, 1), (0xE0, 0xEF, 2), (0xF0, 0xF7, 3)) if low <= byte <= high), 0
    )


def _is_protobuf(data: bytes) -> bool:
    """Say whether bytes read as fields of a Protocol Buffers message, as far as they go."""
    at, fields = 0, 0
    while True:
        tag, at = _varint(data, at)
        if at > len(data):
            return fields > 0
        wire = tag & 7
        if wire == 0:
            _, at = _varint(data, at)
        elif wire == 2:
            size, at = _varint(data, at)
            at += max(size, 0) if at <= len(data) else 0
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            return False
        if at > len(data):
            return fields > 0
        fields += 1


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of 32 bits and the place after it; beyond the end of the data where it is cut or too long."""
    value = 0
    for count in range(11):
        if at >= len(data):
            return value, len(data) + 1
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * count % 32)
        if byte < 0x80:
            value &= 0xFFFFFFFF
            return value - (value >> 31 << 32), at
    return value, len(data) + 1
