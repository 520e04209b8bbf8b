"""The keywords of JSON Schema, one function each: what a value must be. `KEYWORDS` lists them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from waypost.golden.parameters import branches, formats
from waypost.golden.parameters.patterns import PatternFault, matches
from waypost.golden.parameters.values import MISSING, Path, Violation, is_number, is_same, is_type

if TYPE_CHECKING:
    from waypost.golden.parameters.schema import Run


def _type(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    for name in expected if isinstance(expected, list) else [expected]:
        if run.fits(name, value) if isinstance(name, dict) else is_type(name, value):
            return
    yield Violation(path, "type", expected, value, schema)


def _enum(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if not isinstance(expected, list):
        yield Violation(path, "schema", expected, value, schema, "enum")
        return
    run.effort.spend(len(expected))
    if not any(is_same(value, item) for item in expected):
        yield Violation(path, "enum", expected, value, schema)


def _const(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if not is_same(value, expected):
        yield Violation(path, "const", expected, value, schema)


def _required(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if value is MISSING:
        if expected is True:
            yield Violation(path[:-1], "required", expected, value, schema, str(path[-1]) if path else "")
    elif isinstance(value, dict) and isinstance(expected, list):
        run.effort.spend(len(expected))
        for name in map(str, expected):
            if name not in value:
                yield Violation(path, "required", expected, value, schema, name)


def _properties(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, dict) and isinstance(expected, dict):
        for name, inner in expected.items():
            yield from run.visit(inner, value.get(name, MISSING), (*path, name))


def _additional(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if not isinstance(value, dict):
        return
    known, patterns = schema.get("properties") or {}, schema.get("patternProperties") or {}
    for name, item in value.items():
        if name in known or any(_matches(run, pattern, name) for pattern in patterns):
            continue
        if expected is False:
            yield Violation((*path, name), "additionalProperties", expected, item, schema, name)
        else:
            yield from run.visit(expected, item, (*path, name))


def _pattern_properties(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, dict) and isinstance(expected, dict):
        for pattern, inner in expected.items():
            for name, item in value.items():
                if _matches(run, pattern, name):
                    yield from run.visit(inner, item, (*path, name))


def _property_names(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, dict):
        for name in value:
            yield from run.visit(expected, name, (*path, name))


def _items(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if not isinstance(value, list):
        return
    for number, item in enumerate(value):
        inner = expected
        if isinstance(expected, list):
            inner = expected[number] if number < len(expected) else schema.get("additionalItems", True)
        yield from run.visit(inner, item, (*path, number))


def _contains(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if isinstance(value, list) and not any(run.fits(expected, item) for item in value):
        yield Violation(path, "contains", expected, value, schema)


def _unique(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if expected is not True or not isinstance(value, list):
        return
    seen: dict[Any, list[Any]] = {}
    run.effort.spend(len(value))
    for item in value:
        alike = seen.setdefault(repr(item) if isinstance(item, dict | list) else item, [])
        if any(is_same(item, other) for other in alike):
            yield Violation(path, "uniqueItems", expected, value, schema)
            return
        alike.append(item)


def _pattern(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if not isinstance(value, str):
        return
    run.effort.read_pattern(str(expected))
    try:
        if not matches(str(expected), value):
            yield Violation(path, "pattern", expected, value, schema)
    except PatternFault as fault:
        yield Violation(path, "bad-pattern", expected, value, schema, str(fault))


def _matches(run: Run, pattern: str, name: str) -> bool:
    run.effort.read_pattern(pattern)
    try:
        return matches(pattern, name)
    except PatternFault:
        return False


def _format(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if not formats.fits(expected, value):
        yield Violation(path, "format", expected, value, schema)


def _multiple(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if is_number(value) and is_number(expected) and expected:
        parts = value / expected
        if abs(parts - round(parts)) > 1e-9:
            yield Violation(path, "multipleOf", expected, value, schema)


def _bound(fits: Callable[[Any, Any], bool], measure: Callable[[Any], Any], keyword: str) -> Judge:
    """Make the judge of a bound; `measure` returns None for what is not measured."""

    def judge(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
        size = measure(value)
        if size is None or isinstance(expected, bool):
            return
        bound = _written(expected)
        if bound is None:
            yield Violation(path, "schema", expected, value, schema, keyword)
        elif not fits(size, bound) or (size == bound and schema.get(_EXCLUSIVE.get(keyword)) is True):
            yield Violation(path, keyword, expected, value, schema)

    return judge


def _written(bound: Any) -> Any:
    """Return a bound as a number, also one in quotes; None where it is none."""
    if isinstance(bound, str):
        return float(bound) if _NUMBER.fullmatch(bound) else None
    return bound if is_number(bound) else None


def _number(value: Any) -> Any:
    return value if is_number(value) else None


def _length(*types: type) -> Callable[[Any], Any]:
    return lambda value: len(value) if isinstance(value, types) else None  # type: ignore[arg-type]


def _dependencies(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    if not isinstance(value, dict) or not isinstance(expected, dict):
        return
    for name, inner in expected.items():
        if name not in value:
            continue
        if isinstance(inner, str | list):
            for other in [inner] if isinstance(inner, str) else map(str, inner):
                if other not in value:
                    yield Violation(path, "dependencies", name, value, schema, other)
        else:
            yield from run.visit(inner, value, path)


def _all_of(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    for inner in expected if isinstance(expected, list) else ():
        yield from run.visit(inner, value, path)


def _any_of(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    options = expected if isinstance(expected, list) else []
    if not any(run.fits(inner, value) for inner in options):
        yield from _of_nearest(run, "anyOf", options, schema, value, path)


def _one_of(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    options = expected if isinstance(expected, list) else []
    fitting = sum(run.fits(inner, value) for inner in options)
    if fitting > 1:
        yield Violation(path, "oneOf-many", expected, value, schema)
    elif not fitting:
        yield from _of_nearest(run, "oneOf", options, schema, value, path)


def _of_nearest(run: Run, keyword: str, options: list[Any], schema: Any, value: Any, path: Path) -> Iterator[Violation]:
    """Say what is wrong with the branch that was meant; where that cannot be told, which there are."""
    meant = branches.meant(options, value)
    if meant is not None:
        yield from run.visit(meant, value, path)
        return
    selector = branches.selector(options)
    if selector and isinstance(value, dict) and selector.name in value:
        item = value[selector.name]
        if not any(is_same(item, allowed) for allowed in selector.allowed):
            yield Violation((*path, selector.name), "enum", selector.allowed, item, schema)
            return
    yield Violation(path, keyword, options, value, schema)


def _not(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    for inner in expected if isinstance(expected, list) else [expected]:
        if run.fits(inner, value) if isinstance(inner, dict) else inner and is_type(inner, value):
            yield Violation(path, "not", expected, value, schema)


def _if(run: Run, schema: Any, expected: Any, value: Any, path: Path) -> Iterator[Violation]:
    yield from run.visit(schema.get("then" if run.fits(expected, value) else "else", True), value, path)


Judge = Callable[["Run", Any, Any, Any, Path], Iterator[Violation]]
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
KEYWORDS: dict[str, Judge] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "patternProperties": _pattern_properties,
    "propertyNames": _property_names,
    "items": _items,
    "contains": _contains,
    "uniqueItems": _unique,
    "pattern": _pattern,
    "format": _format,
    "multipleOf": _multiple,
    "divisibleBy": _multiple,
    "minimum": _bound(lambda size, bound: size >= bound, _number, "minimum"),
    "maximum": _bound(lambda size, bound: size <= bound, _number, "maximum"),
    "exclusiveMinimum": _bound(lambda size, bound: size > bound, _number, "exclusiveMinimum"),
    "exclusiveMaximum": _bound(lambda size, bound: size < bound, _number, "exclusiveMaximum"),
    "minLength": _bound(lambda size, bound: size >= bound, _length(str), "minLength"),
    "maxLength": _bound(lambda size, bound: size <= bound, _length(str), "maxLength"),
    "minItems": _bound(lambda size, bound: size >= bound, _length(list), "minItems"),
    "maxItems": _bound(lambda size, bound: size <= bound, _length(list), "maxItems"),
    "minProperties": _bound(lambda size, bound: size >= bound, _length(dict), "minProperties"),
    "maxProperties": _bound(lambda size, bound: size <= bound, _length(dict), "maxProperties"),
    "dependencies": _dependencies,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "disallow": _not,
    "if": _if,
}
