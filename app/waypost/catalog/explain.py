"""What does not fit a schema, in words for the author: where, what, what to do, with the nearest right value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from waypost.catalog.kinds import KINDS
from waypost.catalog.problems import Problem
from waypost.catalog.schema import SchemaError, schemas

ROOT_FIELDS = ("apiVersion", "kind", "metadata", "spec")
_TYPES: Mapping[str, str] = {"string": "text", "object": "a mapping", "array": "a list", "boolean": "true or false"}
_NAMES = 'Use letters and digits, with single "-", "_" or "." between them, at most 63'
# Where a form is not kept: the id and what the form is.
_FORMS: Mapping[str, tuple[str, str]] = {
    "/apiVersion": ("api-version", "Write backstage.io/v1alpha1"),
    "/kind": ("kind-form", "Use letters and digits, at most 63"),
    "/metadata/name": ("name-form", _NAMES),
    "/metadata/namespace": ("namespace-form", 'Use lower-case letters and digits, with "-" between them, at most 63'),
    "/metadata/labels": ("label-form", f"{_NAMES}; a key may begin with a domain and a slash"),
    "/metadata/annotations": ("annotation-form", f"{_NAMES}; a key may begin with a domain and a slash"),
    "/metadata/tags": ("tag-form", 'Use lower-case letters, digits, ":", "+" and "#", with single "-" between them'),
}
# Why a field that people leave out is asked for.
_WHY = {
    "owner": "Name the team or person who answers for it.",
    "lifecycle": "Say how far it can be relied on: experimental, production or deprecated.",
    "type": "Say what sort it is, for example service, website or library.",
    "definition": "Give the definition as text, or point at a file: $text: ./openapi.yaml",
    "children": "List the groups below it; write [] when there are none.",
    "memberOf": "List the groups they belong to; write [] when there are none.",
    "steps": "List what the template does.",
    "action": "Name the action the step runs.",
    "name": "Give it a name that is unique among its kind.",
    "apiVersion": "Write apiVersion: backstage.io/v1alpha1",
    "kind": f"Say what it describes: {', '.join(KINDS)}.",
    "metadata": "Give it metadata with a name.",
    "url": "Give the address the link leads to.",
    "spec": "Add spec: with the fields of its kind.",
}


def explain(error: SchemaError, kind: str | None, data: Mapping[str, Any]) -> list[Problem]:
    """Return the problems (one, or one for each unknown field) that stand for a schema error. No place yet."""
    match error.keyword:
        case "required":
            return [_missing(error)]
        case "additionalProperties":
            return [_unknown(name, kind, data) for name in islice(error.value, 100) if name not in ROOT_FIELDS]
        case "type":
            return [_wrong_type(error)]
        case "minLength":
            return [_problem("field-empty", error.path, "is empty", "Give it a value, or leave the field out.")]
        case "enum" | "const" if error.path == ("apiVersion",):
            return [_wrong_version(error, kind)]
        case "enum" | "const":
            allowed = error.expected if isinstance(error.expected, list) else [error.expected]
            fix = f"Write {' or '.join(map(str, allowed))}." + did_you_mean(error.value, map(str, allowed))
            return [
                _problem("field-value", error.path, f"{quote(error.value)} is not one of the values it may have", fix)
            ]
        case _:
            return [_wrong_form(error)]


def pointer(path: Iterable[str | int]) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def dotted(path: Iterable[str | int]) -> str:
    """Write a path as people say it: spec.targets[2]."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def place(pointer: str) -> str:
    """Write a JSON pointer as people say it."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return dotted(int(step) if step.isdecimal() else step for step in steps)


def quote(value: Any) -> str:
    """Quote a value in a message, cut where it stops telling anything."""
    text = str(value).replace("\n", " ") if not isinstance(value, bool) else str(value).lower()
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'


def nearest(word: str, known: Iterable[str], cutoff: float) -> str:
    """Return what is nearest to a word, whatever the case; "" when nothing is near."""
    from difflib import get_close_matches  # a right descriptor has no use for it

    by_case = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), by_case, n=1, cutoff=cutoff)
    return by_case[near[0]] if near else ""


def did_you_mean(value: Any, known: Iterable[str]) -> str:
    """Return a sentence with the nearest of the known values; "" when none is near."""
    near = nearest(str(value)[:80], known, cutoff=0.6)
    return f' Did you mean "{near}"?' if near else ""


def _problem(id: str, path: tuple[str | int, ...], message: str, fix: str) -> Problem:
    where = dotted(path)
    return Problem(id=id, path=pointer(path), message=f"{where}: {message}" if where else message, fix=fix)


def _missing(error: SchemaError) -> Problem:
    path = (*error.path, error.subject)
    others = [name for name in islice(error.value, 100) if isinstance(error.value[name], str | list)]
    written = nearest(error.subject, others, cutoff=0.75)
    fix = f'Rename "{written}" to "{error.subject}".' if written else _WHY.get(error.subject, "Add it.")
    return _problem("field-missing", path, "is missing", fix)


def _unknown(name: str, kind: str | None, data: Mapping[str, Any]) -> Problem:
    absent = [field for field in ROOT_FIELDS if field not in data]
    fix = "Only apiVersion, kind, metadata and spec stand here; move it below one of them."
    if kind and kind in KINDS and name in schemas()[kind.lower()]["properties"]["spec"]["properties"]:
        fix = "Indent it below spec."
    return _problem("field-unknown", (name,), "no such field", fix + did_you_mean(name, absent))


def _wrong_type(error: SchemaError) -> Problem:
    expected: list[str] = error.expected if isinstance(error.expected, list) else [error.expected]
    wanted = " or ".join(_TYPES.get(name, name) for name in expected)
    value = error.value
    if value is None:
        return _problem("field-type", error.path, f"has no value; it must be {wanted}", "Give it one, or leave it out.")
    if isinstance(value, dict | list):
        found = "a mapping" if isinstance(value, dict) else "a list"
        fix = "Write it as text: put | after the key, and the text indented below." if "string" in expected else ""
        return _problem("field-type", error.path, f"is {found}; it must be {wanted}", fix or f"Write {wanted}.")
    fix = f"Write {wanted}."
    if "string" in expected:
        # Of 1.10 only 1.1 is left: what was written is not known any more.
        fix = "Put it in quotes." if isinstance(value, float) else f"Put it in quotes: {quote(value)}"
    elif "array" in expected:
        fix = f"Write a list: [{value}]"
    kind = "a boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "a number"
    return _problem("field-type", error.path, f"{quote(value)} is {kind}; it must be {wanted}", fix)


def _wrong_version(error: SchemaError, kind: str | None) -> Problem:
    right = KINDS[kind or "Component"].versions[0]
    message = f"{quote(error.value)} is not a version of {kind} that we know"
    return _problem("api-version", error.path, message, f"Write {right}.")


def _wrong_form(error: SchemaError) -> Problem:
    place = pointer(error.path)
    found = next((form for start, form in _FORMS.items() if f"{place}/".startswith(f"{start}/")), None)
    if found is None:
        return _problem("field-empty", error.path, f"{quote(error.value)} says nothing", "Give it a value.")
    id, rule = found
    text = error.subject or str(error.value)
    path = (*error.path, error.subject) if error.subject else error.path
    better = _repaired(id, text)
    fix = f"{rule}: {better}" if better and better != text else f"{rule}."
    return _problem(id, path, f"{quote(text)} {_what_is_wrong(text)}", fix)


def _what_is_wrong(text: str) -> str:
    if len(text) > 63 and "/" not in text:
        return f"has {len(text)} letters"
    if any(letter.isspace() for letter in text):
        return "has a space"
    if text.count("/") > 1:
        return "has more than one slash"
    if odd := re.search(r"[^-A-Za-z0-9_.]", text):
        return f'has "{odd[0]}" in it'
    if text.strip("-_.") != text:
        return "begins or ends with a sign"
    return "has a capital letter" if text != text.lower() else "does not have the right form"


def _repaired(id: str, text: str) -> str:
    if id not in ("name-form", "namespace-form", "tag-form"):
        return ""
    kept = re.sub(r"[^-A-Za-z0-9_.]+" if id == "name-form" else r"[^a-z0-9]+", "-", _lower(text, id))
    return kept.strip("-_.")[:63].strip("-_.")


def _lower(text: str, id: str) -> str:
    if id == "tag-form":  # platformToken -> platform-token
        text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return text.lower()
