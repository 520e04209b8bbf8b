"""Accounts, repositories, folders and files.

What they resemble: https://docs.github.com/en/repositories/creating-and-managing-repositories/about-repositories
"""

from __future__ import annotations

import mimetypes
from typing import Any, NamedTuple
from urllib.parse import quote

import pygit2
from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pygit2.enums import FileMode, SortMode

from waypost.limits import MARKDOWN_BYTES
from waypost.sandbox import gitstore, languages
from waypost.sandbox.box import box, full_name
from waypost.sandbox.pages import rich
from waypost.sandbox.pages.frame import HEADERS, PageMissing, account_page, commit_at, on_page, page, routes, split_ref
from waypost.sandbox.store import Record

# how far back the last commit of each entry of a folder is looked for
_LOOK_BACK = 300
# the web lists no more of a folder, and shows no longer text
_ENTRIES, _TEXT_BYTES = 1_000, 1_000_000
_MARKDOWN = (".md", ".markdown")
_IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
}


class Entry(NamedTuple):
    """A line of a folder's listing."""

    name: str
    is_folder: bool
    link: str
    commit: pygit2.Commit | None


@routes.get("/<login:login>")
def show_account(login: str) -> ResponseReturnValue:
    account = account_page(login)
    repositories = sorted(
        box().store.where("repository", owner_id=account["id"]), key=lambda one: one["pushed_at"], reverse=True
    )
    shown = [{**one, "language": languages.primary(one)} for one in repositories]
    teams = box().store.where("team", org_id=account["id"])
    return page("account.html", account=account, repositories=shown, teams=teams)


@routes.get("/<login:owner>/<name>")
@on_page
def show_repository(repository: Record) -> ResponseReturnValue:
    git = box().git.open(repository["id"])
    if gitstore.head(git, repository["default_branch"]) is None:
        return page("empty.html", repository, clone=f"{box().url}/{full_name(repository)}.git")
    return _folder(repository, repository["default_branch"], "")


@routes.get("/<login:owner>/<name>/tree/<path:rest>")
@on_page
def show_tree(repository: Record, rest: str) -> ResponseReturnValue:
    ref, path = split_ref(box().git.open(repository["id"]), rest)
    return _folder(repository, ref, path)


@routes.get("/<login:owner>/<name>/blob/<path:rest>")
@on_page
def show_blob(repository: Record, rest: str) -> ResponseReturnValue:
    git = box().git.open(repository["id"])
    ref, path = split_ref(git, rest)
    commit = commit_at(git, repository, ref)
    found = gitstore.entry(commit.tree, path)
    if isinstance(found, pygit2.Tree):
        return redirect(f"/{full_name(repository)}/tree/{quote(ref)}/{quote(path)}".rstrip("/"))
    if not isinstance(found, pygit2.Blob):
        raise _missing(repository, ref, path)
    text = None if found.is_binary or found.size > _TEXT_BYTES else found.data.decode("utf-8", "replace")
    is_rich = path.lower().endswith(_MARKDOWN) and text is not None and "plain" not in request.args
    return page(
        "blob.html",
        repository,
        ref=ref,
        path=path,
        crumbs=_crumbs(repository, ref, path),
        size=found.size,
        lines=None if text is None or is_rich else text.split("\n")[: -1 if text.endswith("\n") else None],
        line_count=0 if text is None else text.count("\n") + (not text.endswith("\n")),
        html=_markdown(repository, ref, path, text) if is_rich and text is not None else None,
        can_be_rich=path.lower().endswith(_MARKDOWN),
        is_image=_kind(path) in _IMAGES.values(),
        last=_last_commits(git, commit, {path: str(found.id)}, "").get(path),
    )


@routes.get("/<login:owner>/<name>/edit/<path:rest>")
@routes.get("/<login:owner>/<name>/blame/<path:rest>")
@on_page
def show_blob_instead(repository: Record, rest: str) -> ResponseReturnValue:
    return redirect(f"/{full_name(repository)}/blob/{quote(rest)}")


@routes.get("/<login:owner>/<name>/<path:rest>")
@on_page
def show_nothing(repository: Record, rest: str) -> ResponseReturnValue:
    """What GitHub has and the box has not: releases, settings, insights ..."""
    raise PageMissing(404, f"On github.com, this is /{full_name(repository)}/{rest}. The sandbox has no such page.")


@routes.get("/<login:owner>/<name>/raw/<path:rest>")
@on_page
def show_raw(repository: Record, rest: str) -> ResponseReturnValue:
    """The bytes of a file. Only images keep their type; nothing else is for a browser to run or show."""
    git = box().git.open(repository["id"])
    ref, path = split_ref(git, rest)
    found = gitstore.entry(commit_at(git, repository, ref).tree, path)
    if not isinstance(found, pygit2.Blob):
        raise _missing(repository, ref, path)
    content_type = _kind(path)
    if content_type not in _IMAGES.values():
        content_type = "application/octet-stream" if found.is_binary else "text/plain; charset=utf-8"
    # an SVG opened by itself must not run what it holds
    headers = {**HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(found.data, content_type=content_type, headers=headers)


def _folder(repository: Record, ref: str, path: str) -> ResponseReturnValue:
    git = box().git.open(repository["id"])
    commit = commit_at(git, repository, ref)
    tree = gitstore.entry(commit.tree, path)
    if isinstance(tree, pygit2.Blob):
        return redirect(f"/{full_name(repository)}/blob/{quote(ref)}/{quote(path)}")
    if not isinstance(tree, pygit2.Tree):
        raise _missing(repository, ref, path)
    names = {str(one.name): str(one.id) for one in tree}
    listed = dict(list(names.items())[:_ENTRIES])
    last = _last_commits(git, commit, listed, path)
    readme = next((name for name in names if name.lower() in ("readme.md", "readme.markdown", "readme")), None)
    return page(
        "folder.html",
        repository,
        ref=ref,
        path=path,
        crumbs=_crumbs(repository, ref, path),
        commit=commit,
        commit_count=_count(git, commit),
        entries=_entries(repository, ref, path, tree, last),
        left_out=len(names) - len(listed),
        readme_name=readme,
        readme=_readme(repository, ref, path, tree, readme),
        branches=sorted(git.branches.local),
        language=languages.primary(repository),
        clone=f"{box().url}/{full_name(repository)}.git",
    )


def _entries(repository: Record, ref: str, path: str, tree: pygit2.Tree, last: dict[str, pygit2.Commit]) -> list[Entry]:
    found = []
    for one in list(tree)[:_ENTRIES]:
        is_folder = one.filemode == FileMode.TREE
        inside = f"{path}/{one.name}".lstrip("/")
        link = f"/{full_name(repository)}/{'tree' if is_folder else 'blob'}/{quote(ref)}/{quote(inside)}"
        found.append(Entry(str(one.name), is_folder, link, last.get(str(one.name))))
    return sorted(found, key=lambda entry: (not entry.is_folder, entry.name))


def _last_commits(
    git: pygit2.Repository, commit: pygit2.Commit, entries: dict[str, str], folder: str
) -> dict[str, pygit2.Commit]:
    """Return the last commit that changed each entry of a folder, as far as it is found nearby."""
    found: dict[str, pygit2.Commit] = {}
    waiting = dict(entries)
    for number, one in enumerate(git.walk(commit.id, SortMode.TOPOLOGICAL | SortMode.TIME)):
        if not waiting or number >= _LOOK_BACK:
            break
        before = [_ids_in(parent, folder, waiting) for parent in one.parents] or [{}]
        for name, blob in _ids_in(one, folder, waiting).items():
            if blob == waiting.get(name) and all(ids.get(name) != blob for ids in before):
                found[name] = one
                del waiting[name]
    return found


def _ids_in(commit: pygit2.Commit, folder: str, names: dict[str, str]) -> dict[str, str]:
    tree = gitstore.entry(commit.tree, folder)
    if not isinstance(tree, pygit2.Tree):
        return {}
    found = ((name, gitstore.entry(tree, name)) for name in names)
    return {name: str(entry.id) for name, entry in found if entry is not None}


def _count(git: pygit2.Repository, commit: pygit2.Commit) -> int:
    return sum(1 for _ in git.walk(commit.id, SortMode.NONE))


def _readme(repository: Record, ref: str, path: str, tree: pygit2.Tree, name: str | None) -> Markup | None:
    blob = gitstore.entry(tree, name) if name else None
    if name is None or not isinstance(blob, pygit2.Blob) or blob.is_binary:
        return None
    # GitHub cuts a README here too
    text = blob.data[:MARKDOWN_BYTES].decode("utf-8", "replace")
    return _markdown(repository, ref, f"{path}/{name}".lstrip("/"), text)


def _markdown(repository: Record, ref: str, path: str, text: str) -> Markup:
    return rich.render(text, rich.Place(f"/{full_name(repository)}", ref, path.rpartition("/")[0]))


def _crumbs(repository: Record, ref: str, path: str) -> list[tuple[str, str]]:
    """Return the folders above a path and their addresses, from the repository down."""
    base = f"/{full_name(repository)}/tree/{quote(ref)}"
    parts: list[Any] = [part for part in path.split("/") if part]
    links = [f"{base}/{quote('/'.join(parts[: place + 1]))}" for place in range(len(parts))]
    return [(repository["name"], base), *zip(parts, links, strict=True)]


def _kind(path: str) -> str:
    return mimetypes.guess_type(path)[0] or ""


def _missing(repository: Record, ref: str, path: str) -> PageMissing:
    return PageMissing(404, f"{full_name(repository)} has no {path} at {ref}.")
