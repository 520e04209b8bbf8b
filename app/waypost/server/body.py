"""Reads a request's body and stops at the limit, whether its length was announced, wrongly announced or not at all."""

from __future__ import annotations

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from waypost.limits import WEBHOOK_BODY_BYTES

PIECE = 64 * 1024


def read_body(request: Request, limit: int = WEBHOOK_BODY_BYTES) -> bytes:
    """Return the raw bytes; RequestEntityTooLarge at the first byte too many, ClientDisconnected when some are missing.

    What is announced as too large is not read at all. gunicorn then closes the connection.
    """
    length = request.content_length
    if length is not None and length > limit:
        raise RequestEntityTooLarge()
    if length is None and not request.environ.get("wsgi.input_terminated"):
        return b""  # neither a length nor chunks: there is no body
    body = _read(request, limit if length is None else length)
    if length is None and request.environ["wsgi.input"].read(1):
        raise RequestEntityTooLarge()
    if length is not None and len(body) < length:
        raise ClientDisconnected()
    return body


def _read(request: Request, size: int) -> bytes:
    stream = request.environ["wsgi.input"]
    body: bytes = stream.read(min(size, PIECE))
    if len(body) == size or not body:
        return body
    pieces, got = [body], len(body)
    while got < size and (piece := stream.read(min(size - got, PIECE))):
        pieces.append(piece)
        got += len(piece)
    return b"".join(pieces)
