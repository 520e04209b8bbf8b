"""Repositories as templates name them: `github.com?owner=acme&repo=pay`, and as people do: https://github.com/acme/pay.

Reads text only, and asks nobody whether the repository exists.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?")
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_OTHERS = ("gitlab", "bitbucket", "dev.azure.com", "visualstudio.com", "gitea", "gerrit")


class Address(NamedTuple):
    """A repository, and a path at a ref in it where one was named ("" otherwise)."""

    host: str
    owner: str
    name: str
    ref: str = ""
    path: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def web(self) -> str:
        return f"https://{self.host}/{self.full_name}"


def of_repo_url(text: str) -> Address:
    """Read `host?owner=...&repo=...`; raise ValueError, in words for a person, when it is none."""
    parts = urlsplit(text if "://" in text else f"https://{text}")
    query = parse_qs(parts.query)
    owner, name = query.get("owner", [""])[0], query.get("repo", [""])[0]
    if not owner and not name and parts.path.count("/") >= 2:
        return of_web(text)
    for label, value in (("owner", owner), ("repo", name)):
        if not value:
            raise ValueError(
                f'"{text}" does not say {label}=: write {parts.hostname or "github.com"}?owner=...&repo=...'
            )
    return _checked(Address(parts.netloc.lower(), owner, name), text)


def of_web(text: str) -> Address:
    """Read an address as a browser shows it, with /tree/REF/PATH or /blob/REF/PATH if it has one."""
    parts = urlsplit(text)
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if parts.scheme != "https" or len(steps) < 2:
        raise ValueError(f'"{text}" is not the address of a repository: write https://github.com/OWNER/NAME')
    owner, name, *rest = steps
    ref = path = ""
    if len(rest) > 1 and rest[0] in ("tree", "blob"):
        ref, path = rest[1], "/".join(rest[2:])
    return _checked(Address(parts.netloc.lower(), owner, name.removesuffix(".git"), ref, path), text)


def _checked(address: Address, text: str) -> Address:
    if any(other in address.host for other in _OTHERS):
        raise ValueError(f'"{text}" is on {address.host}; Waypost creates and reads on GitHub')
    if "@" in address.host:
        raise ValueError("the address of a repository must not hold a user or password")
    if not _OWNER.fullmatch(address.owner):
        raise ValueError(f'"{address.owner}" cannot be an owner on GitHub: letters, digits and "-"')
    if not _NAME.fullmatch(address.name):
        raise ValueError(f'"{address.name}" cannot be the name of a repository: letters, digits, "-", "_" and "."')
    return address
