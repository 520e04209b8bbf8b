"""Where a Location or a placeholder points: a path or glob of the same repository, or nowhere we go.

Nothing outside the repository is ever read: other repositories are discovered on their own, and an address that a
stranger chose is not fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from waypost.catalog.entities import Repository

# Folders of the catalog repository that the bot writes: what they hold was declared elsewhere.
GENERATED = ("entities/", "pages/", ".waypost/")


class Unreachable(ValueError):
    """The target is nothing that Waypost would read. `reason` is the end of the problem's id."""

    def __init__(self, reason: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.reason, self.message, self.fix = reason, message, fix


def targets(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each target of a Location with the JSON pointer of its place."""
    if isinstance(spec.get("target"), str):
        yield "/spec/target", spec["target"]
    for number, target in enumerate(spec.get("targets") or ()):
        yield f"/spec/targets/{number}", target


def resolve(target: str, base: str, repository: Repository) -> str:
    """Return the path in `repository` that `target`, written in the file `base`, stands for; may be a glob.

    As in Backstage, `./x` counts from the folder of `base` and `/x` from the root; a whole address must lead into the
    default branch. Raises Unreachable.
    """
    target = target.strip()
    parts: list[str] = []
    if "://" in target or target.startswith("//") or "\0" in target:
        path = _path_of(target, repository)
    else:
        path = target
        if not target.startswith("/"):
            parts = base.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise Unreachable("escape", "leads out of the repository", "Point at a file inside it.")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _path_of(target: str, repository: Repository) -> str:
    """Return the path of an address below https://github.com/owner/name/blob/branch/, or of its raw form."""
    try:
        address, home = urlsplit(target), urlsplit(repository.url)
    except ValueError as error:
        raise _elsewhere() from error
    if address.scheme != "https" and address.scheme != home.scheme:
        raise _elsewhere()
    path = unquote(address.path)
    starts = [f"{home.path}/{view}/{repository.default_branch}/" for view in ("blob", "tree", "raw", "edit")]
    if address.netloc.lower() == home.netloc.lower() and home.netloc:
        for start in starts:
            if path.lower().startswith(start.lower()):
                return path[len(start) :]
    raw = f"/{repository.full_name}/{repository.default_branch}/"
    is_github = home.netloc.lower() in ("github.com", "")
    if is_github and address.netloc.lower() == "raw.githubusercontent.com" and path.lower().startswith(raw.lower()):
        return path[len(raw) :]
    raise _elsewhere()


def _elsewhere() -> Unreachable:
    fix = "Give a path inside this repository; other repositories are found on their own."
    return Unreachable("elsewhere", "is not a file on the default branch of this repository, so it is not read", fix)
