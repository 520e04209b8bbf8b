"""The parameters of a template: what a form would send for these answers, and what is wrong with them. Asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from waypost.golden.faults import Fault
from waypost.golden.parameters.defaults import with_defaults
from waypost.golden.parameters.effort import Effort
from waypost.golden.parameters.messages import fault, field_name, hint, is_secret
from waypost.golden.parameters.schema import violations
from waypost.golden.template import Template

__all__ = ["check", "fault", "field_name", "hint", "is_secret", "secret_names"]


def check(template: Template, values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return the values with their defaults, and a fault for each that does not fit.

    Every page is held against all values, as Backstage does: what no page knows is let through.
    """
    try:
        effort = Effort()
        filled = with_defaults(template.pages, values, effort)
        found = {
            (violation.path, violation.keyword, violation.subject): fault(violation)
            for page in reversed(template.pages)
            for violation in reversed(violations(page, filled, effort=effort))
        }  # of two that say the same of one field, the first
    except RecursionError:
        return dict(values), (Fault("", "the values are nested too deeply: no form asks for that"),)
    return filled, tuple(reversed(found.values()))


def secret_names(template: Template) -> frozenset[str]:
    """Return the names of the fields, at any depth, whose values are secrets."""
    found: set[str] = set()
    waiting: list[Any] = [*template.pages]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            properties = node.get("properties")
            if isinstance(properties, dict):
                found |= {name for name, schema in properties.items() if isinstance(schema, dict) and is_secret(schema)}
            waiting.extend(node.values())
    return frozenset(found)
