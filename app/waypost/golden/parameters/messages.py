"""What is wrong with an answer, said to the person who gave it: by field, with the value and what to write instead.

The value of a secret field is never repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from waypost.catalog.explain import did_you_mean, quote
from waypost.golden.faults import Fault
from waypost.golden.parameters.patterns import in_words
from waypost.golden.parameters.values import MISSING, Path, Violation

_MOST_CHOICES = 12
_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object (name: value)",
    "null": "empty",
}
_UNITS = {"Length": ("letter", "letters"), "Items": ("entry", "entries"), "Properties": ("entry", "entries")}
_FORMATS = {"email": "an e-mail address", "uri": "an address like https://example.com", "date": "a date: 2030-12-31"}


def fault(violation: Violation) -> Fault:
    """Say one violation in words."""
    path = violation.path
    if violation.keyword in ("required", "dependencies"):
        path = (*path, violation.subject)
    say = _SAY.get(violation.keyword, _other)
    return Fault(field_name(path), say(violation))


def field_name(path: Path) -> str:
    """Write a path as people say it: owner, config.region, tags[0].key."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def is_secret(schema: Mapping[str, Any]) -> bool:
    """Say whether a field takes what nobody else may read."""
    options = schema.get("ui:options")
    widget = schema.get("ui:widget") or (options.get("widget") if isinstance(options, dict) else None)
    return schema.get("ui:field") == "Secret" or widget in ("password", "secret") or schema.get("format") == "password"


def hint(schema: Mapping[str, Any]) -> str:
    """Return what the template says about a field: its help, else its description; the first line of it."""
    return _help(schema) or _first_line(schema.get("ui:description")) or _first_line(schema.get("description"))


def _help(schema: Mapping[str, Any]) -> str:
    options = schema.get("ui:options")
    return _first_line(schema.get("ui:help")) or _first_line(options.get("help") if isinstance(options, dict) else "")


def _first_line(text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        return ""
    line = text.strip().splitlines()[0]
    return line if len(line) <= 160 else f"{line[:157]}..."


def _shown(violation: Violation) -> str:
    return "the value" if is_secret(violation.schema) else quote(_plain(violation.value))


def _subject(violation: Violation) -> str:
    """Name what does not fit: a value, or all answers together."""
    return _shown(violation) if violation.path else "what is answered"


def _plain(value: Any) -> Any:
    if value is MISSING or value is None:
        return "nothing"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else value


def _with_hint(text: str, violation: Violation) -> str:
    told = hint(violation.schema)
    return f"{text} ({told})" if told else text


def _required(violation: Violation) -> str:
    properties = violation.schema.get("properties")
    known = properties.get(violation.subject) if isinstance(properties, dict) else None
    if not isinstance(known, dict):
        known = violation.schema if violation.expected is True else {}
    title = known.get("title")
    label = f"{quote(title)} is missing" if isinstance(title, str) and title else "is missing"
    told = hint(known) or _type_words(known)
    return f"{label}: {told}" if told else f"{label}: give it a value"


def _type_words(schema: Mapping[str, Any]) -> str:
    if choices := schema.get("enum"):
        return _choices(choices)
    words = _TYPES.get(schema["type"]) if isinstance(schema.get("type"), str) else None
    return f"give it {words}" if words else ""


def _dependency(violation: Violation) -> str:
    return f"is missing: it is needed because {violation.expected} is given"


def _type(violation: Violation) -> str:
    wanted = violation.expected if isinstance(violation.expected, list) else [violation.expected]
    words = " or ".join(_TYPES.get(str(name), str(name)) for name in wanted)
    value = violation.value
    if is_secret(violation.schema):
        return f"must be {words}"
    if isinstance(value, dict | list) or value is None:
        return f"is {_a(value)}; it must be {words}"
    quoted = f": write {quote(value)} with the quotes" if "string" in wanted else ""
    return f"{quote(value)} is {_a(value)}; it must be {words}{quoted}"


def _a(value: Any) -> str:
    if value is None:
        return "empty"
    names = {bool: "boolean", str: "string", int: "number", float: "number", list: "array", dict: "object"}
    return _TYPES[names[type(value)]]


def _enum(violation: Violation) -> str:
    return f"{_shown(violation)} is not one of the choices: {_choices(violation.expected, violation.value)}"


def _choices(expected: Any, value: Any = None) -> str:
    words = [_word(item) for item in expected]
    more = f" and {len(words) - _MOST_CHOICES} more" if len(words) > _MOST_CHOICES else ""
    guess = did_you_mean(value, words) if isinstance(value, str) else ""
    return f"{', '.join(words[:_MOST_CHOICES])}{more}.{guess}" if guess else f"{', '.join(words[:_MOST_CHOICES])}{more}"


def _word(item: Any) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)


def _const(violation: Violation) -> str:
    return f"{_shown(violation)} must be {quote(violation.expected)}"


def _pattern(violation: Violation) -> str:
    told = _help(violation.schema) or in_words(str(violation.expected)) or hint(violation.schema)
    pattern = _short(violation.expected)
    text = f"{_shown(violation)} does not match {pattern}" if violation.value else f"is empty; it must match {pattern}"
    return f"{text} ({told})" if told else text


def _short(pattern: Any) -> str:
    text = str(pattern)
    return text if len(text) <= 100 else f"{text[:97]}..."


def _bad_pattern(violation: Violation) -> str:
    pattern = _short(violation.expected)
    return f"cannot be checked: the template's pattern {pattern} {violation.subject}. Ask its owner to mend it"


def _bound(violation: Violation) -> str:
    keyword, size = violation.keyword, violation.value
    least = keyword.startswith("min") or keyword == "exclusiveMinimum"
    units = next((units for name, units in _UNITS.items() if keyword.endswith(name)), None)
    if units:
        unit = units[violation.expected != 1]
        words = f"{'at least' if least else 'at most'} {violation.expected} {unit}; it has {len(size)}"
        return _with_hint(f"must have {words}", violation)
    beyond = "more than" if keyword == "exclusiveMinimum" else "less than" if keyword == "exclusiveMaximum" else ""
    words = beyond or ("at least" if least else "at most")
    return _with_hint(f"{_shown(violation)} must be {words} {violation.expected}", violation)


def _format(violation: Violation) -> str:
    words = _FORMATS.get(violation.expected, f"of the form {violation.expected}")
    return f"{_shown(violation)} is not {words}"


def _none_fits(violation: Violation) -> str:
    titles = [option.get("title") for option in violation.expected if isinstance(option, dict)]
    names = ", ".join(quote(title) for title in titles if isinstance(title, str) and title)
    return f"{_subject(violation)} fits none of the possibilities" + (f": {names}" if names else "")


def _other(violation: Violation) -> str:
    return _with_hint(f"{_shown(violation)} does not fit {violation.keyword}: {violation.expected!s:.100}", violation)


_SAY: Mapping[str, Callable[[Violation], str]] = {
    "required": _required,
    "dependencies": _dependency,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "bad-pattern": _bad_pattern,
    "format": _format,
    "oneOf": _none_fits,
    "anyOf": _none_fits,
    "oneOf-many": lambda violation: f"{_subject(violation)} fits several possibilities; it must fit exactly one",
    "not": lambda violation: f"{_shown(violation)} is what the template does not allow here",
    "false": lambda violation: "is not allowed here: leave it out",
    "additionalProperties": lambda violation: "is not known to the template: leave it out",
    "uniqueItems": lambda violation: "holds an entry twice",
    "contains": lambda violation: "holds none of the entries that the template asks for",
    "multipleOf": lambda violation: f"{_shown(violation)} must be a multiple of {violation.expected}",
    "$ref": lambda violation: (
        f"cannot be checked: the template refers to {quote(violation.expected)}, "
        "and only references within the same page are followed. Ask its owner to mend it"
    ),
    "schema": lambda violation: "cannot be checked: the template's schema is broken here. Ask its owner to mend it",
    "too-much": lambda violation: "cannot be checked: the template's form is too deep or leads in circles",
    **dict.fromkeys(
        [f"{bound}{unit}" for bound in ("min", "max") for unit in ("Length", "Items", "Properties", "imum")], _bound
    ),
    "exclusiveMinimum": _bound,
    "exclusiveMaximum": _bound,
}
