"""Clone and push over HTTP, by git's own `git http-backend`; what it may do is decided here and in the update hook.

https://git-scm.com/docs/git-http-backend and https://git-scm.com/docs/http-protocol
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from typing import IO

import pygit2
from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore, push_hook, pushes, settling
from waypost.sandbox.auth import Caller, caller, identify
from waypost.sandbox.box import box, full_name, repository_by_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError

routes = Blueprint("git", __name__)

_PIECE = 64 * 1024
_UPLOADED = 64 * 1024 * 1024  # what is kept of an upload in memory before a temporary file takes over


# `login` as in the pages' addresses (pages/frame.py): by another converter, their last resort would be found first
@routes.get("/<login:owner>/<name>/info/refs")
def advertise(owner: str, name: str) -> ResponseReturnValue:
    """The refs, before anything is fetched or pushed."""
    service = request.args.get("service", "")
    if service not in ("git-upload-pack", "git-receive-pack"):
        return Response("Please upgrade your git client.\n", 403, content_type="text/plain")
    repository = _open_door(owner, name, is_push=service == "git-receive-pack")
    return _run(repository, "info/refs", None)


@routes.post("/<login:owner>/<name>/git-upload-pack")
def upload(owner: str, name: str) -> ResponseReturnValue:
    """A fetch."""
    return _run(_open_door(owner, name, is_push=False), "git-upload-pack", _upload())


@routes.post("/<login:owner>/<name>/git-receive-pack")
def receive(owner: str, name: str) -> ResponseReturnValue:
    """A push: one at a time for a repository, told of when it is done."""
    repository = _open_door(owner, name, is_push=True)
    sent, sandbox = _upload(), box()
    with sandbox.store.lock:
        g.environment |= push_hook.environment(sandbox, repository, caller(), push_hook.commands(sent))
    opened = pygit2.Repository(str(sandbox.git.path(repository["id"])))
    with sandbox.git.lock(repository["id"]):
        before = gitstore.refs(opened)
        answer = _run(repository, "git-receive-pack", sent, whole=True)
        after = gitstore.refs(opened)
    moves = {ref: (before.get(ref), after.get(ref)) for ref in {**before, **after}}
    with sandbox.store.lock:
        held = sandbox.store.get("repository", repository["id"])
        if held is not None:
            pushes.announce(held, moves, "git")
        sandbox.store.commit()
    return answer


def _open_door(owner: str, name: str, is_push: bool) -> Record:
    """Return the repository if the caller may fetch (or push); the words are those people see in git's output."""
    with box().store.lock:
        g.caller = who = _identify()
        repository = _named(owner, name.removesuffix(".git"))
        if repository is None or not who.can_see(repository) or _is_hidden(repository, who, is_push):
            raise _refusal(who, 404, "Repository not found.")
        if not who.may(repository, "contents", "read"):
            raise _refusal(who, 403, f"Permission to {full_name(repository)}.git denied.")
        if is_push and who.key == "anonymous":
            raise _refusal(who, 401, "Authentication required.")
        if is_push and not who.may(repository, "contents", "write"):
            login = (who.user or {}).get("login", "")
            raise _refusal(who, 403, f"Permission to {full_name(repository)}.git denied to {login}.")
        if is_push and repository["archived"]:
            raise _refusal(who, 403, "This repository was archived so it is read-only.")
        g.environment = {"REMOTE_USER": (who.user or {}).get("login", "anonymous")}
        g.environment |= push_hook.environment(box(), repository, who)
    return repository


def _is_hidden(repository: Record, who: Caller, is_push: bool) -> bool:
    """Tell whether git does not find a new repository yet; each conversation counts once, by its first request."""
    is_question = is_push and who.key == "anonymous"  # git asks without a name first, and is asked for one
    return request.method == "GET" and not is_question and settling.is_hidden(repository, "push")


def _identify() -> Caller:
    try:
        return identify()
    except ApiError as error:
        if error.status == 401:
            raise _plain(401, "Invalid username or token.") from None
        raise _plain(error.status, error.message) from None


def _named(owner: str, name: str) -> Record | None:
    found = repository_by_name(owner, name)
    if found is not None:
        return found
    redirect = box().store.get("redirect", f"{owner}/{name}".lower())
    return box().store.get("repository", redirect["repository_id"]) if redirect else None


def _refusal(who: Caller, status: int, message: str) -> ApiError:
    """Ask a nameless caller who it is, even about what does not exist, as GitHub does."""
    return _plain(401, "Authentication required.") if who.key == "anonymous" else _plain(status, message)


def _plain(status: int, message: str) -> ApiError:
    return _PlainError(status, message)


class _PlainError(ApiError):
    """git shows the text of a refusal to the person, after "remote: "."""

    def response(self) -> Response:
        answer = Response(self.message + "\n", self.status, content_type="text/plain; charset=utf-8")
        if self.status == 401:
            answer.headers["WWW-Authenticate"] = 'Basic realm="GitHub"'
        return answer


def _upload() -> IO[bytes]:
    """Keep what the client sends before any lock is taken, so that a slow client stops nobody."""
    kept = tempfile.SpooledTemporaryFile(max_size=_UPLOADED)  # noqa: SIM115  closed by _run
    while piece := request.stream.read(_PIECE):
        kept.write(piece)
    return kept


def _run(repository: Record, service: str, sent: IO[bytes] | None, whole: bool = False) -> Response:
    """Run git http-backend as CGI; stream what it says, or wait for its end."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_PROJECT_ROOT": str(box().root / "git"),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        "PATH_INFO": f"/{repository['id']}.git/{service}",
        "QUERY_STRING": request.query_string.decode(),
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "REMOTE_ADDR": request.remote_addr or "",
        **g.environment,
    }
    body = tempfile.TemporaryFile()  # noqa: SIM115  handed to the child, closed below
    if sent is not None:
        environment["CONTENT_LENGTH"] = str(sent.tell())
        sent.seek(0)
        while piece := sent.read(_PIECE):
            body.write(piece)
        body.seek(0)
        sent.close()
    child = subprocess.Popen(["git", "http-backend"], stdin=body, stdout=subprocess.PIPE, env=environment)
    body.close()
    assert child.stdout is not None
    status, headers = _read_headers(child.stdout)
    pieces = _pieces(child)
    return Response(b"".join(pieces) if whole else pieces, status, headers)


def _read_headers(said: IO[bytes]) -> tuple[int, list[tuple[str, str]]]:
    status, headers = 200, []
    while line := said.readline().strip():
        name, _, value = line.decode().partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers.append((name, value.strip()))
    return status, headers


def _pieces(child: subprocess.Popen[bytes]) -> Iterator[bytes]:
    assert child.stdout is not None
    try:
        while piece := child.stdout.read(_PIECE):
            yield piece
    finally:  # a client that went away ends the child too
        child.stdout.close()
        child.wait()
