"""The filters that Backstage adds for scaffolding: parseRepoUrl, projectSlug, parseEntityRef and pick.

They get plain data and give plain data. Which hosts exist is handed in; Backstage's defaults are those it knows
without configuration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from waypost.catalog.refs import DEFAULT_NAMESPACE
from waypost.golden.expressions.coercion import to_text
from waypost.golden.expressions.errors import ExpressionError, quoted
from waypost.golden.expressions.json_text import to_json
from waypost.golden.expressions.properties import own
from waypost.golden.expressions.values import UNDEFINED, is_truthy, kind

HOSTS: Final[Mapping[str, str]] = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "bitbucket.org": "bitbucket",
    "dev.azure.com": "azure",
}
_PARTS: Final = ("owner", "organization", "workspace", "project")
_PROPERTY = re.compile(
    r"""[^.\[\]]+|\[(?:(-?\d+(?:\.\d+)?)|(["'])((?:(?!\2)[^\\]|\\.)*?)\2)\]|(?=(?:\.|\[\])(?:\.|\[\]|$))"""
)


def repo_url_filters(hosts: Mapping[str, str] = HOSTS) -> dict[str, Callable[..., Any]]:
    """Return parseRepoUrl and projectSlug for these hosts: github, gitlab, bitbucket, azure, gitea or gerrit each."""

    def parse_repo_url(value: Any = UNDEFINED, *_: Any) -> dict[str, Any]:
        return _parsed(value, hosts)

    def project_slug(value: Any = UNDEFINED, *_: Any) -> str:
        parsed = _parsed(value, hosts)
        owner = "undefined" if parsed["owner"] is UNDEFINED else parsed["owner"]
        return f"{owner}/{parsed['repo'] or 'null'}"

    return {"parseRepoUrl": parse_repo_url, "projectSlug": project_slug}


def _parsed(value: Any, hosts: Mapping[str, str]) -> dict[str, Any]:
    text = "undefined" if value is UNDEFINED else "null" if value is None else to_text(value)
    try:
        address = urlsplit(f"https://{text}")
        host = address.netloc.rpartition("@")[2].lower()
    except ValueError:
        host = ""
    if not host:
        raise _not_a_repo_url(text)
    given: dict[str, str] = {}
    for key, item in parse_qsl(address.query, keep_blank_values=True, max_num_fields=200):
        given.setdefault(key, item)
    kind_of_host = hosts.get(host)
    if not kind_of_host:
        raise ExpressionError(
            f"no integration is known for the host {quoted(host)}", fix=f"Known hosts: {', '.join(sorted(hosts))}."
        )
    for needed in _needed(kind_of_host, host, given):
        if not given.get(needed):
            raise ExpressionError(
                f"the repository URL {quoted(text)} has no {needed}",
                fix="Write github.com?owner=OWNER&repo=REPOSITORY.",
            )
    owner, *others = (given.get(part, UNDEFINED) for part in _PARTS)
    return {"host": host, "owner": owner, "repo": given.get("repo"), **dict(zip(_PARTS[1:], others, strict=True))}


def _not_a_repo_url(text: str) -> ExpressionError:
    return ExpressionError(
        f"{quoted(text)} is not a repository URL", fix="Write github.com?owner=OWNER&repo=REPOSITORY."
    )


def _needed(kind_of_host: str, host: str, given: Mapping[str, str]) -> tuple[str, ...]:
    if kind_of_host == "bitbucket":
        return ("workspace", "project", "repo") if host == "www.bitbucket.org" else ("project", "repo")
    if kind_of_host == "azure":
        return ("project", "repo")
    if kind_of_host == "gitlab":
        return () if given.get("project") else ("owner", "repo")
    if kind_of_host in ("gitea", "gerrit"):
        return ("repo",)
    return ("repo", "owner")


def parse_entity_ref(value: Any = UNDEFINED, context: Any = UNDEFINED, *_: Any) -> dict[str, Any]:
    """Cut `[kind:][namespace/]name`, or read the three of a record; both with the given defaults."""
    if not is_truthy(value):
        raise ExpressionError(
            "an entity ref is empty", fix="Write [kind:][namespace/]name, for example group:default/team."
        )
    if isinstance(value, str):
        parts = _cut_ref(value)
    elif isinstance(value, dict):
        parts = {part: own(value, part) for part in ("kind", "namespace", "name")}
    else:
        raise ExpressionError(f"an entity ref is a text, not {kind(value)}")
    defaults = context if isinstance(context, dict) else {}
    namespace = defaults.get("defaultNamespace") or DEFAULT_NAMESPACE
    found = {
        "kind": _first(parts["kind"], defaults.get("defaultKind", UNDEFINED)),
        "namespace": _first(parts["namespace"], namespace),
        "name": parts["name"],
    }
    for part, item in found.items():
        if not is_truthy(item):
            raise ExpressionError(
                f"the entity ref {quoted(to_json(value))} has no {part}",
                fix="Write kind:namespace/name, or give a defaultKind.",
            )
    return found


def _cut_ref(text: str) -> dict[str, Any]:
    colon, slash = text.find(":"), text.find("/")
    if 0 <= slash < colon:
        colon = -1
    return {
        "kind": text[:colon] if colon >= 0 else UNDEFINED,
        "namespace": text[colon + 1 : slash] if slash >= 0 else UNDEFINED,
        "name": text[max(colon, slash) + 1 :],
    }


def _first(value: Any, default: Any) -> Any:
    return default if value is UNDEFINED or value is None else value


def pick(value: Any = UNDEFINED, path: Any = UNDEFINED, default: Any = UNDEFINED, *_: Any) -> Any:
    """Read `a.b[0].c` of a value; a key that is written with points wins over the path."""
    current = value
    keys = [_key(item) for item in path] if isinstance(path, list) else _keys(value, path)
    for key in keys:
        if current is UNDEFINED or current is None:
            return default
        current = own(current, key)
    return default if current is UNDEFINED or not keys else current


def _keys(value: Any, path: Any) -> list[str]:
    if not isinstance(path, str):
        return [_key(path)]
    if re.fullmatch(r"\w*", path, re.ASCII) or (isinstance(value, dict) and path in value):
        return [path]
    keys = [""] if path.startswith(".") else []
    for found in _PROPERTY.finditer(path):
        if found[2]:
            keys.append(re.sub(r"\\(\\)?", r"\1", found[3]))
        else:
            keys.append(found[1] or found[0])
    return keys


def _key(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else "undefined"
        if value is UNDEFINED
        else "null"
        if value is None
        else to_text(value)
    )


BACKSTAGE_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    **repo_url_filters(),
    "parseEntityRef": parse_entity_ref,
    "pick": pick,
}
