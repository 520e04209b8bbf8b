"""The questions we ask in GraphQL and how their answers become readings. Sends nothing.

Names and paths travel as variables, never inside the text of a question. Schema:
https://docs.github.com/en/graphql/reference/objects#repository
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from waypost.catalog.entities import Repository
from waypost.catalog.files import Blob, Touch
from waypost.forge.protocol import Reading, Wish

FRAGMENTS = {
    "facts": """fragment facts on Repository {
  databaseId name owner { login } url visibility isArchived isFork isTemplate description
  primaryLanguage { name }
  repositoryTopics(first: 20) { nodes { topic { name } } }
  defaultBranchRef { name target { oid } }
}""",
    "file": "fragment file on GitObject { ... on Blob { oid byteSize isBinary isTruncated text } }",
    "folder": "fragment folder on GitObject { ... on Tree { entries { name type } } }",
}

COMMIT = """
mutation commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
"""


def question(wishes: Sequence[Wish]) -> tuple[str, dict[str, str]]:
    """Return one query for all wishes, an alias each (`r0`, `r1`, ...), and its variables."""
    names: dict[str, str] = {}  # value -> variable; the same paths are asked of every repository

    def variable(value: str) -> str:
        return f"${names.setdefault(value, f'v{len(names)}')}"

    parts = []
    for number, wish in enumerate(wishes):
        alias, at = f"r{number}", wish.at or "HEAD"
        owner, _, name = wish.full_name.partition("/")
        inner = ["...facts"]
        for kind, fragment, paths in (("p", "file", wish.paths), ("f", "folder", wish.folders)):
            for n, path in enumerate(paths):
                expression = variable(f"{at}:{path}")
                inner.append(f"{alias}_{kind}{n}: object(expression: {expression}) {{ ...{fragment} }}")
        if wish.touches:
            asked = [_touched(f"{alias}_t{n}", variable(path)) for n, path in enumerate(wish.touches)]
            inner.append(f"at: object(expression: {variable(at)}) {{ ... on Commit {{ {' '.join(asked)} }} }}")
        where = f"owner: {variable(owner)}, name: {variable(name)}"
        parts.append(f"{alias}: repository({where}) {{ {' '.join(inner)} }}")
    declared = ", ".join(f"${name}: String!" for name in names.values())
    body = "\n".join(parts)
    # GitHub refuses a fragment that no field uses
    used = [text for name, text in FRAGMENTS.items() if f"...{name}" in body]
    variables = {name: value for value, name in names.items()}
    return "\n".join([f"query read({declared}) {{", body, "}", *used]), variables


def _touched(alias: str, path: str) -> str:
    return f"{alias}: history(first: 1, path: {path}) {{ nodes {{ oid committedDate }} }}"


def reading(wish: Wish, number: int, data: Mapping[str, Any]) -> Reading:
    """Read the answer to the wish with this number from the `data` of the whole answer."""
    alias = f"r{number}"
    found = data.get(alias)
    if found is None:
        return Reading(wish, None)
    blobs = {path: _blob(found.get(f"{alias}_p{n}")) for n, path in enumerate(wish.paths)}
    folders = {path: _entries(found.get(f"{alias}_f{n}")) for n, path in enumerate(wish.folders)}
    histories = found.get("at") or {}
    touches = {path: _touch(histories.get(f"{alias}_t{n}")) for n, path in enumerate(wish.touches)}
    return Reading(
        wish,
        _repository(found),
        {path: blob for path, blob in blobs.items() if blob is not None},
        {path: entries for path, entries in folders.items() if entries is not None},
        {path: touch for path, touch in touches.items() if touch is not None},
    )


def _repository(found: Mapping[str, Any]) -> Repository:
    branch = found.get("defaultBranchRef")  # null while there is no commit
    topics = (found.get("repositoryTopics") or {}).get("nodes") or ()
    return Repository(
        id=found["databaseId"],
        owner=found["owner"]["login"],
        name=found["name"],
        url=found["url"].rstrip("/"),
        default_branch=branch["name"] if branch else "main",
        head=branch["target"]["oid"] if branch else "",
        visibility=found["visibility"].lower(),
        is_archived=found["isArchived"],
        is_fork=found["isFork"],
        description=found.get("description") or "",
        language=(found.get("primaryLanguage") or {}).get("name") or "",
        topics=tuple(sorted(node["topic"]["name"] for node in topics)),
        is_template=found["isTemplate"],
    )


def _blob(found: Mapping[str, Any] | None) -> Blob | None:
    if not found or "oid" not in found:  # {}: there is a folder of that name
        return None
    hidden = found.get("isBinary") or found.get("isTruncated")
    return Blob(found["oid"], None if hidden else found.get("text"), found["byteSize"])


def _entries(found: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    if not found or "entries" not in found:
        return None
    return tuple(sorted(entry["name"] + ("/" if entry["type"] == "tree" else "") for entry in found["entries"] or ()))


def _touch(found: Mapping[str, Any] | None) -> Touch | None:
    nodes = (found or {}).get("nodes") or ()
    return Touch(nodes[0]["oid"], nodes[0]["committedDate"]) if nodes else None


def broken(wishes: int, errors: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the errors that make the whole answer useless.

    A repository that is missing or forbidden is an answer: its alias is null and the others are good.
    """
    aliases = {f"r{number}" for number in range(wishes)}
    return [
        error
        for error in errors
        if error.get("type") not in ("NOT_FOUND", "FORBIDDEN")
        or not isinstance(path := error.get("path"), list)
        or len(path) != 1
        or path[0] not in aliases
    ]


def commit_input(
    full_name: str, branch: str, parent: str, changes: Mapping[str, bytes | None], message: str
) -> dict[str, Any]:
    """Return the input of `createCommitOnBranch`: https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch"""
    headline, _, body = message.partition("\n")
    additions = [
        {"path": path, "contents": base64.b64encode(data).decode()}
        for path, data in sorted(changes.items())
        if data is not None
    ]
    return {
        "branch": {"repositoryNameWithOwner": full_name, "branchName": branch},
        "expectedHeadOid": parent,
        "message": {"headline": headline, "body": body.lstrip("\n")},
        "fileChanges": {
            "additions": additions,
            "deletions": [{"path": path} for path, data in sorted(changes.items()) if data is None],
        },
    }
