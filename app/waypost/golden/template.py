"""A template.yaml as a value (scaffolder.backstage.io/v1beta3). Reads text, evaluates nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waypost.catalog.documents import Parsed
from waypost.catalog.problems import Problem


@dataclass(frozen=True, slots=True)
class Step:
    """One step as written; `condition` is its `if`, None where there is none."""

    id: str  # step-N where none is written, counted from 1
    name: str
    action: str
    input: Mapping[str, Any]
    condition: Any = None
    each: Any = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template as written, with what is wrong with it."""

    ref: str  # template:default/python-service
    name: str
    title: str
    description: str
    owner: str  # spec.owner as written
    type: str
    tags: Sequence[str]
    annotations: Mapping[str, str]
    pages: Sequence[Mapping[str, Any]]  # spec.parameters: always a list of JSON Schemas
    steps: Sequence[Step]
    output: Mapping[str, Any]
    parsed: Parsed = field(repr=False, compare=False)  # positions: parsed.position(0, "/spec/steps/0")
    problems: Sequence[Problem] = ()
    links: Sequence[Mapping[str, Any]] = ()
