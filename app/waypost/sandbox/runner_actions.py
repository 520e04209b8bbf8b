"""What stands in for the actions of others: the sandbox has no internet, so each `uses:` gets a folder of this machine.

In this order: a repository of the sandbox itself; a stand-in shipped in actions/<owner>/<name>; else a folder whose
action fails and names what is missing. Nothing is ever fetched from elsewhere.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pygit2

from waypost.sandbox import gitstore
from waypost.sandbox.box import box, repository_by_name

STAND_INS = Path(__file__).parent / "actions"
_USES = re.compile(
    r"""\buses:\s*["']?(?P<owner>\w[\w.-]*)/(?P<name>\w[\w.-]*)(?P<inside>/[^@\s"']*)?@(?P<ref>[^\s"'#,}]+)"""
)
_FILES = (".github/workflows/*.yml", ".github/workflows/*.yaml", "**/action.yml", "**/action.yaml")
_UNKNOWN = """name: {name}
description: Unknown to the sandbox
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        echo "::error::{reason}"
        exit 1
"""
_UNKNOWN_WORKFLOW = """on: workflow_call
jobs:
  unknown:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo "::error::{reason}"
          exit 1
"""


class Use(NamedTuple):
    """An action or workflow of a repository: actions/cache, /restore, the ref."""

    repository: str
    inside: str
    ref: str


def stand_ins(checkout: Path, folder: Path, exports: Path) -> dict[str, Path]:
    """Give a folder for every action that the checkout uses, and for what those use, by owner/name@ref.

    What is exported of repositories stays in `exports` for later runs: a commit never changes.
    """
    found: dict[str, Path] = {}
    waiting = list(uses(checkout))
    for number, use in enumerate(waiting):  # it grows as it goes
        key, own = f"{use.repository}@{use.ref}", folder / str(number)
        if key not in found:
            exported = _exported(use, exports)
            if exported is not None:
                waiting += uses(exported)
            elif (STAND_INS / use.repository.lower()).is_dir():
                shutil.copytree(STAND_INS / use.repository.lower(), own)
            found[key] = exported or own
        if not _has(found[key], use.inside):
            if found[key].parent == exports:
                found[key] = Path(shutil.copytree(found[key], own, symlinks=True))
            _write_unknown(use, found[key])
    return found


def uses(checkout: Path) -> Iterator[Use]:
    """Find what workflows and actions below a folder use of other repositories."""
    for pattern in _FILES:
        for path in sorted(checkout.glob(pattern)):
            if path.is_file() and not path.is_symlink():
                for use in _USES.finditer(path.read_text(encoding="utf-8", errors="replace")):
                    inside = (use["inside"] or "").strip("/")
                    if ".." not in inside:  # act itself refuses the others
                        yield Use(f"{use['owner']}/{use['name']}", inside, use["ref"])


def _has(folder: Path, inside: str) -> bool:
    place = folder / inside
    return place.is_file() or any((place / name).is_file() for name in ("action.yml", "action.yaml"))


def _exported(use: Use, exports: Path) -> Path | None:
    """Return a folder with a repository of the sandbox at a ref, if there is one."""
    with box().store.lock:
        repository = repository_by_name(*use.repository.split("/"))
        git = box().git.path(repository["id"]) if repository is not None else None
    commit = gitstore.resolve(pygit2.Repository(str(git)), use.ref) if git is not None else None
    if commit is None:
        return None
    target = exports / str(commit.id)
    if not target.exists():
        made = target.with_suffix(".new")
        shutil.rmtree(made, ignore_errors=True)  # half of it, from a runner that was stopped
        _write_tree(commit.tree, made)
        made.rename(target)
    return target


def _write_tree(tree: pygit2.Tree, folder: Path, top: Path | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for held in tree:
        path = folder / str(held.name)
        if isinstance(held, pygit2.Tree):
            _write_tree(held, path, top or folder)
        elif isinstance(held, pygit2.Blob) and held.filemode == pygit2.enums.FileMode.LINK:
            _write_link(held.data.decode("utf-8", "surrogateescape"), path, top or folder)
        elif isinstance(held, pygit2.Blob):
            path.write_bytes(held.data)
            path.chmod(0o755 if held.filemode == pygit2.enums.FileMode.BLOB_EXECUTABLE else 0o644)


def _write_link(target: str, path: Path, top: Path) -> None:
    """Write a link as a tarball of GitHub brings it, unless it leads out of the repository."""
    if (path.parent / target).resolve().is_relative_to(top.resolve()):
        path.symlink_to(target)


def _write_unknown(use: Use, folder: Path) -> None:
    whole = "/".join(filter(None, [use.repository, use.inside]))
    reason = f"the sandbox has no stand-in for {whole}@{use.ref}, and no internet to fetch it from"
    place = folder / use.inside
    is_workflow = place.suffix in (".yml", ".yaml")
    place = place if is_workflow else place / "action.yml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text((_UNKNOWN_WORKFLOW if is_workflow else _UNKNOWN).format(name=whole, reason=reason))
