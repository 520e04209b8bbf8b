"""Finds out which commit of which repository holds our actions. Asks git only; believes no reference it has not seen.

A word like acme/waypost@v1 is looked up on GitHub. Without one, how this Waypost was installed tells: from a
repository, or from a checkout of one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from waypost.create.beginning import Reference

SECONDS = 60
PACKAGE = Path(__file__).parents[1]
_WORD = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)@(?P<ref>[^\s@-][^\s@]*)", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{40}")


class Unknown(Exception):
    """No reference can be told; the text says what to write."""


def look_up(word: str, server_url: str) -> Reference:
    """Turn OWNER/REPO@REF into the commit that REF names now: a tag, a branch, or the commit itself."""
    found = _WORD.fullmatch(word)
    if found is None:
        raise Unknown(f'"{word}" names no commit of a repository. Write OWNER/REPO@REF, as acme/waypost@v1')
    repository, ref = found["repository"], found["ref"]
    if _SHA.fullmatch(ref):
        return Reference(repository, ref, _tag_of(server_url, repository, ref))
    heads = _remote(f"{server_url}/{repository}", repository)
    for name in (f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}", f"refs/heads/{ref}"):
        if sha := heads.get(name):
            return Reference(repository, sha, ref)
    tags = sorted(
        name.removeprefix("refs/tags/") for name in heads if name.startswith("refs/tags/v") and "^" not in name
    )
    has = f"Its tags: {', '.join(tags[-5:])}" if tags else "It has no tag yet: name a branch, or a commit of 40 digits"
    raise Unknown(f'{repository} has no tag or branch "{ref}". {has}')


def installed(server_url: str, direct_url: str | None = None, package: Path = PACKAGE) -> Reference:
    """Tell from how this Waypost was installed; `direct_url` is what pip noted (PEP 610)."""
    noted = _noted() if direct_url is None else direct_url
    source = json.loads(noted) if noted else {}
    if vcs := source.get("vcs_info"):
        if repository := _repository(source.get("url", ""), server_url):
            tag = vcs.get("requested_revision", "")
            return Reference(repository, vcs["commit_id"], "" if tag == vcs["commit_id"] else tag)
        raise Unknown(f"Waypost was installed from elsewhere than {server_url}")
    return _checkout(package, server_url)


def _noted() -> str:
    try:
        return metadata.distribution("waypost").read_text("direct_url.json") or ""
    except metadata.PackageNotFoundError:
        return ""


def _checkout(package: Path, server_url: str) -> Reference:
    """Where this file is in a checkout of Waypost: its origin and its commit, if that was pushed."""
    root = package.parents[1]
    if not (root / "actions").is_dir() or not (root / ".git").exists():
        raise Unknown("Waypost was installed from a package, which does not say where its actions are")
    repository = origin(root, server_url)
    if not repository:
        raise Unknown(f"the checkout of Waypost in {root} has no origin on {server_url}")
    sha = _git(root, "rev-parse", "HEAD")
    if not _git(root, "branch", "--remotes", "--contains", sha):
        raise Unknown(f"the commit {sha[:12]} of the checkout in {root} is not pushed, so GitHub does not know it")
    return Reference(repository, sha, _git(root, "describe", "--tags", "--exact-match"))


def origin(folder: Path, server_url: str) -> str:
    """Return owner/name of where a checkout comes from; "" when that is not on this GitHub."""
    return _repository(_git(folder, "remote", "get-url", "origin"), server_url)


def _repository(url: str, server_url: str) -> str:
    """Return owner/name of an address on this GitHub, https or ssh; "" when it is elsewhere."""
    host = urlsplit(server_url).netloc
    if scp := re.fullmatch(r"(?:[^@/]+@)?([^:/]+):(?!//)(.+)", url):
        where, path = scp[1], scp[2]
    else:
        parts = urlsplit(url)
        where, path = parts.netloc.rpartition("@")[2], parts.path
        if parts.scheme == "ssh":
            where, host = parts.hostname or "", urlsplit(server_url).hostname or ""
    path = path.strip("/").removesuffix(".git")
    return path if where == host and re.fullmatch(r"[\w.-]+/[\w.-]+", path, re.ASCII) else ""


def _remote(url: str, repository: str) -> dict[str, str]:
    """List what a repository calls its commits: name -> commit."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    command = ["git", "ls-remote", "--", url]
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unknown(f"{url} cannot be asked: {type(error).__name__}. It needs git, and GitHub within reach") from None
    if done.returncode:
        raise Unknown(f"{url} cannot be read here: see that git can clone it, or that it is called {repository}")
    lines = (line.partition("\t") for line in done.stdout.splitlines())
    return {name: sha for sha, _, name in lines}


def _tag_of(server_url: str, repository: str, sha: str) -> str:
    """Return the longest of the tags on this commit, v1.2.3 rather than v1; "" also where nobody can be asked."""
    try:
        heads = _remote(f"{server_url}/{repository}", repository)
    except Unknown:
        return ""
    tags = [name.removesuffix("^{}") for name, of in heads.items() if of == sha and name.startswith("refs/tags/")]
    return max((tag.removeprefix("refs/tags/") for tag in tags), key=len, default="")


def _git(folder: Path, *words: str) -> str:
    """Ask a checkout; "" when it has no answer."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
