"""Writes down every exchange of the API and every delivery, for a judge to compare with GitHub's own description.

Off unless a folder is named (`WAYPOST_SANDBOX_EXCHANGES`): one file of JSON lines per process, whatever client spoke.
What git, browsers and the control routes say is no part of GitHub's API and is left out; so is a request whose caller
says (by a header) that it errs on purpose, to see the refusal.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER = "WAYPOST_SANDBOX_EXCHANGES"
# an upload larger than this is git's or a fault test's; GitHub's API takes no such JSON
_LARGEST = 64 * 1024 * 1024
# a test that sends something wrong to see it refused says so with this header
_MISTAKE = "HTTP_X_WAYPOST_MISTAKE"
# the application says in the request's environment whether it took it for one to the API
IS_API = "waypost.is_api"
_GITS_OWN = ("/info/refs", "/git-upload-pack", "/git-receive-pack")


class Recorder:
    """A file that only grows. Each line is one write, so that a killed process leaves whole lines."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}-{uuid4().hex[:8]}.jsonl"

    def write(self, line: Mapping[str, Any]) -> None:
        text = json.dumps(line, separators=(",", ":")) + "\n"
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)


def recorder(environment: Mapping[str, str]) -> Recorder | None:
    """Return what the environment asks for: a recorder or nothing."""
    folder = environment.get(FOLDER, "")
    return Recorder(Path(folder)) if folder else None


def recorded(application: WSGIApplication, recorder: Recorder) -> WSGIApplication:
    """Wrap an application so that its API exchanges are written down as they went over the wire."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or environ["PATH_INFO"]).partition("?")[0]
        if path.startswith("/_sandbox") or path.endswith(_GITS_OWN) or environ.get(_MISTAKE):
            return application(environ, start_response)
        sent = _read(environ)
        seen: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            kinds = [value for name, value in headers if name.lower() == "content-type"]
            seen.update(status=int(status[:3]), type=kinds[0] if kinds else "")
            return start_response(status, headers, *exc_info)

        def written(chunks: Iterable[bytes]) -> Iterator[bytes]:
            parts = []
            try:
                for chunk in chunks:
                    parts.append(chunk)
                    yield chunk
            finally:
                getattr(chunks, "close", bool)()
                if environ.get(IS_API, True) and not seen.get("type", "").startswith("text/html"):
                    recorder.write(_exchange(environ, path, sent, seen, b"".join(parts)))

        return written(application(environ, start))

    return answer


def _read(environ: WSGIEnvironment) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < length <= _LARGEST:
        return b""
    sent: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(sent)
    return sent


def _exchange(
    environ: WSGIEnvironment, path: str, sent: bytes, seen: Mapping[str, Any], answered: bytes
) -> dict[str, Any]:
    # how GitHub Enterprise Server names the same routes
    path = "/graphql" if path == "/api/graphql" else path.removeprefix("/api/v3") or "/"
    return {
        "method": environ["REQUEST_METHOD"],
        "path": path,
        "query": environ.get("QUERY_STRING", ""),
        "request": _json(sent),
        "status": seen.get("status", 0),
        "type": seen.get("type", ""),
        "response": _json(answered) if "json" in seen.get("type", "") else None,
    }


def _json(text: bytes) -> Any:
    """Return the value; None for no body, and the text itself when it is not JSON."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text.decode("utf-8", "replace")
