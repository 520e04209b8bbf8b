"""The running sandbox as one value, and `box()` to reach it inside a request or an application context."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from waypost.sandbox.clock import Clock
from waypost.sandbox.exchanges import Recorder
from waypost.sandbox.gitstore import GitStore
from waypost.sandbox.store import Record, Store

# Runs before each request, outside the lock; a returned value is the answer (an injected fault).
Before = Callable[[], ResponseReturnValue | None]


@dataclass(slots=True)
class Window:
    """One caller's budget for one resource, until `reset` (seconds since the epoch)."""

    limit: int
    used: int
    reset: float


@dataclass(slots=True)
class Log:
    """What happened since the start; tests and the demo read it, nothing else does."""

    calls: Counter[tuple[str, str, str, bool]] = field(default_factory=Counter)  # who, method, route, charged
    recent: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=2_000))
    pushes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by owner/name: every move of a ref


@dataclass(slots=True)
class Box:
    """Everything a route needs."""

    root: Path
    url: str  # of the API, git and the pages alike, without a slash at the end
    store: Store
    clock: Clock
    git: GitStore
    before: list[Before] = field(default_factory=list)
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)
    writes: dict[str, deque[float]] = field(default_factory=dict)  # when each caller made content
    log: Log = field(default_factory=Log)
    recorder: Recorder | None = None  # writes down every exchange and delivery, when a judge asked for it

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a setting of the sandbox."""
        found = self.store.get("setting", name)
        return default if found is None else found["value"]

    def set(self, name: str, value: Any) -> None:
        """Keep a setting."""
        self.store.put("setting", name, value=value)


def open_box(root: Path, url: str) -> Box:
    """Open (or begin) the sandbox kept in a folder."""
    (root / "git").mkdir(parents=True, exist_ok=True)
    store = Store(root / "sandbox.db")
    return Box(root=root, url=url.rstrip("/"), store=store, clock=Clock(store), git=GitStore(root / "git"))


def box() -> Box:
    """Return the sandbox this request or application context belongs to."""
    found: Box = current_app.extensions["box"]
    return found


def api_url() -> str:
    """Return the address of the API as the caller wrote it: with /api/v3 when asked the Enterprise Server way."""
    return box().url + (request.script_root if request else "")


def repository_by_name(owner: str, name: str) -> Record | None:
    """Return the repository of that name, whatever the case."""
    return box().store.first("repository", key=f"{owner}/{name}".lower())


def account_by_login(login: str) -> Record | None:
    """Return the user, organisation or bot of that name, whatever the case."""
    return box().store.first("account", key=login.lower())


def owner_of(repository: Record) -> Record:
    return box().store.must("account", repository["owner_id"])


def full_name(repository: Record) -> str:
    return f"{owner_of(repository)['login']}/{repository['name']}"
