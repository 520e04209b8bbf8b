"""Two records of one conversation held against each other: status, fields, kinds of values, and what must be equal."""

from __future__ import annotations

# Of a repository, a commit or a person another emulator may know something else; that is no difference between them.
VOLATILE = (
    *("id", "sha", "node_id", "number", "size", "slug", "login", "name", "email", "date", "before", "after"),
    *("remaining", "used", "reset"),
)
ENDS = ("url", "_at", "_id", "_sha", "_count", "_login", "ref", "full_name", "label", "token")


def differences(ours, theirs):
    """Return {call: [difference, ...]} in words; fields that only we have are GitHub's own description's to judge."""
    found = {}
    for name, (status, body) in ours.items():
        said, other = theirs[name]
        words = [f"status {status}, there {said}"] if status != said else list(_fields(body, other, ""))
        if words:
            found[name] = sorted(set(words))
    return found


def _fields(ours, theirs, place):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, other in theirs.items():
            where = f"{place}.{key}".lstrip(".")
            if key not in ours:
                yield f"{where} is only there"
            else:
                yield from _fields(ours[key], other, where)
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield f"{place or 'the list'} has {len(ours)} entries, there {len(theirs)}"
        for one, other in zip(ours, theirs, strict=False):
            yield from _fields(one, other, f"{place}.each".lstrip("."))
    elif _kind(ours) != _kind(theirs):
        yield f"{place or 'it'} is {_kind(ours)}, there {_kind(theirs)}"
    elif isinstance(ours, (str, bool, int)) and ours != theirs and not _is_volatile(place):
        yield f"{place} is {ours!r}, there {theirs!r}"


def _is_volatile(place):
    word = place.removesuffix(".each").rpartition(".")[2]
    return word in VOLATILE or word.endswith(ENDS)


def _kind(value):
    return {dict: "an object", list: "a list", str: "text", bool: "a boolean", int: "a number", float: "a number"}.get(
        type(value), "null"
    )
