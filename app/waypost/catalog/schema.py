"""One seam before the JSON Schemas of `schemas/`: accept fast (jsonschema-rs), explain slowly (jsonschema).

Both read the same schemas and report the same paths. Neither ever fetches a `$ref`: what is not in the package is an
error.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

ENVELOPE = "entity"
_MOST_ERRORS = 100
_SUFFIX = ".schema.json"


class SchemaError(NamedTuple):
    """One place where a document does not fit. `path` leads to the value; `expected` is the keyword's value."""

    path: tuple[str | int, ...]
    keyword: str
    expected: Any
    value: Any
    subject: str = ""  # the property that is missing or unknown, the key that has the wrong form


def _quickly() -> ModuleType:
    """Import jsonschema_rs without email.utils, by which it only dates its own build.

    That brings sockets, calendars and encodings, and takes nearly three times as long as Python's own start: a third of
    what a check of one descriptor may cost (tests/bench/actions.py). Servers have imported it before, and keep it.
    """
    name = "email.utils"
    if name in sys.modules:
        return import_module("jsonschema_rs")
    sys.modules[name] = stand_in = ModuleType(name)
    stand_in.__dict__["parsedate_to_datetime"] = str
    try:
        return import_module("jsonschema_rs")
    finally:
        del sys.modules[name]


jsonschema_rs: Any = _quickly()


@cache
def schemas() -> Mapping[str, dict[str, Any]]:
    """Return the descriptor schemas by file stem: `component`, ..., and `entity` for what all kinds share."""
    # importlib.resources would take as long to import as a small descriptor to check
    files = sorted((Path(__file__).parents[1] / "schemas").glob(f"*{_SUFFIX}"))
    return {file.name.removesuffix(_SUFFIX): json.loads(file.read_text(encoding="utf-8")) for file in files}


def is_valid(stem: str, data: object) -> bool:
    """Say whether `data` fits a schema; microseconds."""
    return bool(_accepting(stem).is_valid(data))


def errors(stem: str, data: Any) -> Iterator[SchemaError]:
    """Yield the places where `data` does not fit a schema, at most 100; slow, so only after `is_valid` said no."""
    seen = set()
    for error in islice(_explaining(stem).iter_errors(data), _MOST_ERRORS):
        path = tuple(error.absolute_path)
        keyword = str(error.validator)
        schema_path = list(error.absolute_schema_path)
        subject = ""
        if len(schema_path) > 1 and schema_path[-2] == "propertyNames":
            keyword, subject = "propertyNames", str(error.instance)
        elif keyword == "required":
            required: Any = error.validator_value
            subject = next(name for name in required if error.message.startswith(repr(name)))
        found = SchemaError(path, keyword, error.validator_value, error.instance, subject)
        # The envelope and the kind may both say that spec is no mapping.
        identity = (path, keyword, subject, str(error.validator_value))
        if identity not in seen:
            seen.add(identity)
            yield found


@cache
def _accepting(stem: str) -> Any:
    known = schemas()
    resources = [(schema["$id"], schema) for schema in known.values() if "$id" in schema]
    # Without `offline` an unknown `$ref` would be fetched.
    return jsonschema_rs.Draft202012Validator(known[stem], registry=jsonschema_rs.Registry(resources), offline=True)


@cache
def _explaining(stem: str) -> Validator:
    # Imported only when there is something to explain: it takes longer than checking a whole repository.
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    # Without `$schema`: at every `$ref` jsonschema would go back to the validator it names, without our `pattern`.
    known = {name: {key: schema[key] for key in schema if key != "$schema"} for name, schema in schemas().items()}
    resources = [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in known.values() if "$id" in schema]
    registry: Registry[Any] = Registry().with_resources(resources)  # no retrieval: unknown references stay unknown
    strict = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    validator: Validator = strict(known[stem], registry=registry)
    return validator


def _pattern(_validator: object, pattern: str, instance: object, _schema: object) -> Iterator[Exception]:
    """Match as ECMAScript does, where `$` is the end of the text and never the newline before it."""
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\$(?=\)|\Z)", r"\\Z", pattern))
