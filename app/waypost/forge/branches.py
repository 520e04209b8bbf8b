"""One commit on a branch of its own, by GitHub's git database: the branch is made, or written anew in one step.

Not by createCommitOnBranch: a branch that has to go back to its base first would close its pull request on the way.
https://docs.github.com/en/rest/git
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from waypost.forge.api import Api
from waypost.forge.credentials import Credential
from waypost.forge.protocol import NotFound


class Commit(NamedTuple):
    """What the branch is to hold on top of its parent."""

    parent: str
    files: Mapping[str, bytes]
    message: str


def write(api: Api, credential: Credential, full_name: str, branch: str, commit: Commit) -> str:
    """Have the branch hold exactly that commit and return it."""
    root, what = f"/repos/{quote(full_name)}/git", f"writing the branch {branch} of {full_name}"

    def call(verb: str, address: str, body: Any = None) -> Any:
        return api.call(credential, verb, root + address, what, body, is_write=verb != "GET").body

    def entry(path: str, data: bytes) -> dict[str, str]:
        plain = {"path": path, "mode": "100644", "type": "blob"}
        try:
            return {**plain, "content": data.decode()}
        except UnicodeDecodeError:
            blob = call("POST", "/blobs", {"content": base64.b64encode(data).decode(), "encoding": "base64"})
            return {**plain, "sha": blob["sha"]}

    base = call("GET", f"/commits/{quote(commit.parent, safe='')}")["tree"]["sha"]
    entries = [entry(path, data) for path, data in sorted(commit.files.items())]
    tree = call("POST", "/trees", {"base_tree": base, "tree": entries})["sha"]
    asked = {"message": commit.message, "tree": tree, "parents": [commit.parent]}
    new = str(call("POST", "/commits", asked)["sha"])
    try:
        call("GET", f"/ref/heads/{quote(branch)}")
    except NotFound:
        call("POST", "/refs", {"ref": f"refs/heads/{branch}", "sha": new})
    else:
        call("PATCH", f"/refs/heads/{quote(branch)}", {"sha": new, "force": True})
    return new
