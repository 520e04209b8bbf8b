"""One file from where the forge leads for it: without a token, over TLS, and never more bytes than were asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from waypost.forge.protocol import ForgeError, NotFound, TooBig, Unavailable

TIMEOUT_SECONDS = 30  # without a byte
_PIECE = 64 * 1024


def download(address: str, most: int, what: str, may_be_plain: bool = False) -> bytes:
    """Return the bytes behind an address that opens by itself; `what` names the download in errors, for people.

    The address is a secret for some minutes, so no error shows it. It leads nowhere else.
    """
    place = urlsplit(address)
    if place.scheme != "https" and not (place.scheme == "http" and may_be_plain):
        raise ForgeError(f"{what}: it is led to {place.hostname or 'nowhere'} without https, which is not followed")
    try:
        with requests.get(
            address,
            auth=_unsigned,
            headers={"User-Agent": "waypost", "Accept-Encoding": "identity"},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code in (404, 410):
                raise NotFound(f"{what}: {place.hostname} has it no more")
            if answer.status_code != 200:
                is_away = answer.status_code >= 500 or answer.status_code == 429
                text = f"{what}: {place.hostname} answered {answer.status_code}"
                raise Unavailable(text) if is_away else ForgeError(text)
            return _within(answer, most, what)
    except requests.RequestException as error:
        raise Unavailable(f"{what}: {place.hostname} cannot be reached ({type(error).__name__})") from None


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep `requests` from signing with what a .netrc file holds for that host."""
    return request


def _within(answer: requests.Response, most: int, what: str) -> bytes:
    pieces: list[bytes] = []
    left = most
    for piece in answer.iter_content(_PIECE):
        left -= len(piece)
        if left < 0:
            raise TooBig(f"{what}: it has more than {most:,} bytes")
        pieces.append(piece)
    return b"".join(pieces)
