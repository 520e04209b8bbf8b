"""The file in which set-up keeps the App's secrets, for its owner only: written whole or not at all, never quoted."""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

NAME = "waypost-app.json"
ROLES = ("app", "writer")


class AppFileError(Exception):
    """The file cannot be used; the text names it and says how to mend it, and quotes nothing of it."""


@dataclass(frozen=True, slots=True, repr=False)
class KeptApp:
    """One registered App as the file keeps it."""

    id: int
    slug: str = ""
    owner: str = ""  # the account that registered it
    private_key: str = ""
    webhook_secret: str = ""  # "" for the writer, which gets no deliveries

    def __repr__(self) -> str:
        return f"KeptApp({self.id}, {self.slug!r})"


Kept = Mapping[str, KeptApp]  # by role


def read(path: Path) -> Kept:
    """Return the Apps by role; nothing when there is no such file. Raise AppFileError for what cannot be meant."""
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise AppFileError(
            f"{path}: cannot be read: {error.strerror}. It belongs to the user that ran /setup"
        ) from error
    try:
        content = json.loads(body)
        return {role: _app(app) for role, app in content.items() if role in ROLES}
    except (ValueError, TypeError, KeyError, AttributeError):  # the error would quote what was read
        raise AppFileError(f"{path}: is not what /setup wrote. Remove it and open /setup again") from None


def write(path: Path, kept: Kept) -> None:
    """Replace the file at once, with mode 0600; a reader sees the old one or the new one."""
    body = json.dumps({role: asdict(app) for role, app in kept.items()}, indent=2).encode() + b"\n"
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def why_unwritable(path: Path) -> str:
    """Try to write beside the file and say why that fails; "" when it works."""
    probe = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR))
        probe.unlink()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def _app(value: Mapping[str, Any]) -> KeptApp:
    known = {field.name: value[field.name] for field in fields(KeptApp) if field.name in value}
    app = KeptApp(**known)
    if type(app.id) is not int or not all(isinstance(text, str) for name, text in known.items() if name != "id"):
        raise ValueError
    return app


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
