"""How things begin: administrator and App of a new sandbox, accounts, tokens, repositories and their first files."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from waypost.sandbox import first_commit, gitstore
from waypost.sandbox.box import Box
from waypost.sandbox.gitstore import Author, Change
from waypost.sandbox.store import Record

KEY_FILE = "waypost.private-key.pem"
# what the App is granted where it is installed, unless a control route says otherwise
PERMISSIONS = {
    "actions": "write",
    "actions_variables": "write",
    "administration": "write",
    "checks": "write",
    "contents": "write",
    "environments": "write",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "organization_actions_variables": "read",
    "organization_custom_properties": "read",
    "organization_secrets": "read",
    "pages": "write",
    "pull_requests": "write",
    "repository_custom_properties": "write",
    "repository_hooks": "write",
    "secrets": "write",
    "statuses": "write",
    "workflows": "write",
}
EVENTS = [
    "check_run",
    "check_suite",
    "create",
    "delete",
    "issue_comment",
    "issues",
    "label",
    "member",
    "membership",
    "organization",
    "public",
    "pull_request",
    "pull_request_review",
    "push",
    "repository",
    "status",
    "team",
    "team_add",
]


def prepare(sandbox: Box) -> None:
    """Give a new sandbox its administrator and its App; an old one has them."""
    with sandbox.store.lock:
        if sandbox.setting("admin_token") is None:
            admin = add_account(sandbox, "admin", "User", name="Administrator", site_admin=True)
            sandbox.set("admin_token", add_token(sandbox, admin)["id"])
            register_app(sandbox, admin, "Waypost")
        sandbox.store.commit()


def ready(sandbox: Box) -> dict[str, Any]:
    """Return what the ready line says."""
    app = sandbox.store.must("app", 1)
    return {
        "url": sandbox.url,
        "git_url": sandbox.url,
        "admin_token": sandbox.setting("admin_token"),
        "app": {
            "id": app["id"],
            "slug": app["slug"],
            "private_key_file": str((sandbox.root / KEY_FILE).resolve()),
            "webhook_secret": app["hook"]["secret"],
        },
    }


def add_account(sandbox: Box, login: str, kind: str, **more: Any) -> Record:
    """Add a user, an organisation or a bot."""
    now = sandbox.clock.stamp()
    return sandbox.store.add(
        "account", login=login, key=login.lower(), type=kind, created_at=now, updated_at=now, **more
    )


def add_token(sandbox: Box, user: Record, scopes: Iterable[str] = ("repo", "admin:org", "workflow")) -> Record:
    """Add a personal token; it does not expire."""
    text = "ghp_" + secrets.token_hex(18)
    return sandbox.store.put("token", text, user_id=user["id"], scopes=list(scopes), expires=None)


def add_fine_grained_token(sandbox: Box, user: Record, owner: Record, permissions: Mapping[str, str]) -> Record:
    """Add a personal token for what one account owns; it may do what both it and its user may."""
    text, granted = "github_pat_" + secrets.token_hex(18), {"metadata": "read", **permissions}
    narrow = {"permissions": granted, "owner_id": owner["id"], "expires": None}
    return sandbox.store.put("token", text, user_id=user["id"], scopes=[], **narrow)


def register_app(sandbox: Box, owner: Record, name: str) -> Record:
    """Register an App with a new key pair; the private half is written beside the store, for its owner only."""
    hook = {"url": "", "content_type": "json", "secret": secrets.token_hex(20), "insecure_ssl": "0", "active": True}
    app, private = add_app(sandbox, owner, name, PERMISSIONS, EVENTS, hook)
    file = sandbox.root / f"{app['slug']}.private-key.pem"
    file.touch(mode=0o600)
    file.write_bytes(private)
    return app


def add_app(
    sandbox: Box,
    owner: Record,
    name: str,
    permissions: Mapping[str, str],
    events: Iterable[str],
    hook: Mapping[str, Any],
    **more: Any,
) -> tuple[Record, bytes]:
    """Add an App and return it with its private key, which is kept nowhere."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    slug, now = slug_of(name), sandbox.clock.stamp()
    app = sandbox.store.add(
        "app",
        slug=slug,
        name=name,
        owner_id=owner["id"],
        bot_id=add_account(sandbox, f"{slug}[bot]", "Bot")["id"],
        client_id="Iv23li" + secrets.token_hex(7),
        client_secret=secrets.token_hex(20),
        public_key=public.decode(),
        permissions=dict(permissions),
        events=list(events),
        hook=dict(hook),
        created_at=now,
        updated_at=now,
        **more,
    )
    return app, private


def slug_of(name: str) -> str:
    """Return how an App is called in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def install(
    sandbox: Box,
    app: Record,
    account: Record,
    repository_ids: Iterable[int] | None = None,
    permissions: Mapping[str, str] | None = None,
) -> Record:
    """Install an App over an account: all its repositories, or those named."""
    now = sandbox.clock.stamp()
    return sandbox.store.add(
        "installation",
        app_id=app["id"],
        account_id=account["id"],
        permissions=dict(app["permissions"] if permissions is None else permissions),
        repository_ids=None if repository_ids is None else sorted(repository_ids),
        suspended_at=None,
        created_at=now,
        updated_at=now,
    )


def add_repository(sandbox: Box, owner: Record, name: str, **fields: Any) -> Record:
    """Add a repository with an empty bare git repository."""
    now = sandbox.clock.stamp()
    defaults: dict[str, Any] = {
        "description": None,
        "homepage": None,
        "visibility": "public",
        "archived": False,
        "fork": False,
        "is_template": False,
        "default_branch": "main",
        "topics": [],
        "size": 0,
        "has_issues": True,
        "has_projects": True,
        "has_wiki": True,
        "settings": {},
        "created_at": now,
        "updated_at": now,
        "pushed_at": now,
    }
    known = {**defaults, **fields}
    record = sandbox.store.add(
        "repository", name=name, key=f"{owner['login']}/{name}".lower(), owner_id=owner["id"], **known
    )
    sandbox.store.remove("redirect", record["key"])
    sandbox.git.create(record["id"], known["default_branch"])
    return record


def author_of(account: Record, seconds: float) -> Author:
    """Return how an account signs the commits it makes through the API."""
    address = account.get("email") or f"{account['id']}+{account['login']}@users.noreply.github.com"
    return Author(account.get("name") or account["login"], address, seconds)


def write_files(sandbox: Box, repository: Record, files: Mapping[str, Any], author: Author, message: str) -> str:
    """Make the first commit of an empty repository without telling anybody, and return its id."""
    path = sandbox.git.path(repository["id"])
    changes = {name: change(content) for name, content in files.items()}
    commit = first_commit.write(path, repository["default_branch"], changes, author, message)
    sandbox.store.change("repository", repository["id"], size=sandbox.git.kilobytes(repository["id"]))
    return commit


def commit(sandbox: Box, repository: Record, files: Mapping[str, Any], message: str = "Change") -> str:
    """Commit files (None removes one) to the default branch without telling anybody, and return the commit's id."""
    number, branch = repository["id"], repository["default_branch"]
    changes = {path: None if content is None else change(content) for path, content in files.items()}
    with sandbox.git.lock(number):
        opened = sandbox.git.open(number)
        parents = [head] if (head := gitstore.head(opened, branch)) is not None else []
        made = gitstore.commit_files(opened, parents, changes, message, _author(sandbox))
        gitstore.move_ref(opened, f"refs/heads/{branch}", made)
    sandbox.store.change("repository", number, pushed_at=sandbox.clock.stamp(), size=sandbox.git.kilobytes(number))
    return str(made)


def change(content: str | Mapping[str, Any]) -> Change:
    """Read a file of a seed: its text, or {content, encoding: base64, mode}."""
    if isinstance(content, str):
        return Change(content.encode())
    text = content["content"]
    raw = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    return Change(raw, int(content.get("mode", "100644"), 8))


def seed(sandbox: Box, owners: Mapping[str, Mapping[str, Mapping[str, Any]]], install_app: bool = True) -> list[str]:
    """Add organisations and repositories {owner: {name: {files, visibility, ...}}} silently; return the new names.

    Repositories are private unless they say otherwise. What exists already is left alone.
    """
    made = []
    author = _author(sandbox)
    for login, repositories in owners.items():
        owner = sandbox.store.first("account", key=login.lower())
        if owner is None:
            owner = add_account(sandbox, login, "Organization")
            if install_app:
                install(sandbox, sandbox.store.must("app", 1), owner)
        for name, wanted in repositories.items():
            if sandbox.store.first("repository", key=f"{login}/{name}".lower()) is not None:
                continue
            fields = {"visibility": "private", **wanted}
            files, message = fields.pop("files", {}), fields.pop("message", "Initial commit")
            record = add_repository(sandbox, owner, name, **fields)
            if files:
                write_files(sandbox, record, files, author, message)
            made.append(f"{login}/{name}")
    return made


def _author(sandbox: Box) -> Author:
    return Author("Administrator", "admin@users.noreply.github.com", sandbox.clock.now())


def read_seed(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Read folders owner/repository/files as a seed; executable files and links keep their mode."""
    owners: dict[str, dict[str, dict[str, Any]]] = {}
    for repository in sorted(folder.glob("*/*/")):
        files = {}
        for path in sorted(repository.rglob("*")):
            inside = path.relative_to(repository)
            if inside.parts[0] != ".git" and (path.is_symlink() or path.is_file()):
                files[inside.as_posix()] = _seed_file(path)
        owners.setdefault(repository.parent.name, {})[repository.name] = {"files": files}
    return owners


def _seed_file(path: Path) -> dict[str, str]:
    if path.is_symlink():
        return {"content": str(path.readlink()), "mode": "120000"}
    mode = "100755" if path.stat().st_mode & 0o100 else "100644"
    return {"content": base64.b64encode(path.read_bytes()).decode(), "encoding": "base64", "mode": mode}
