"""A template.yaml as a value (scaffolder.backstage.io/v1beta3). Reads text, evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from waypost.catalog.check import Checked, check
from waypost.catalog.documents import Document, Parsed, parse
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.refs import DEFAULT_NAMESPACE, full_ref


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
    secrets: Mapping[str, Any] = field(default_factory=dict)  # spec.secrets.schema: a JSON Schema of the secrets

    @property
    def is_valid(self) -> bool:
        return all(problem.severity is not Severity.ERROR for problem in self.problems)


def read(text: str, file: str = "template.yaml", index: int = 0) -> Template:
    """Read a template; what is wrong is collected. `index` counts the Templates of a file that holds several."""
    parsed = parse(text)
    found = [document for document in parsed.documents if _kind(document) == "Template"]
    if index < len(found):
        return _template(found[index], file)
    broken = [*parsed.problems, *(problem for document in parsed.documents for problem in document.problems)]
    missing = Problem(
        id="template-missing",
        line=1,
        column=1,
        message="no document here has kind: Template",
        fix="Begin it with apiVersion: scaffolder.backstage.io/v1beta3 and kind: Template.",
    )
    empty = Document(0, 1, {})
    return replace(_template(empty, file), problems=_in(file, broken or [missing]))


def _template(document: Document, file: str) -> Template:
    """Take what can be taken, whatever its shape: the problems say what could not."""
    value = _mapping(document.value)
    metadata, spec = _mapping(value.get("metadata")), _mapping(value.get("spec"))
    checked = check(document)
    name = _text(metadata.get("name"))
    return Template(
        ref=full_ref("template", _text(metadata.get("namespace")) or DEFAULT_NAMESPACE, name),
        name=name,
        title=_text(metadata.get("title")) or name,
        description=_text(metadata.get("description")),
        owner=_text(spec.get("owner")),
        type=_text(spec.get("type")),
        tags=tuple(tag for tag in _list(metadata.get("tags")) if isinstance(tag, str)),
        annotations={key: item for key, item in _mapping(metadata.get("annotations")).items() if isinstance(item, str)},
        pages=tuple(_mappings(spec.get("parameters"))),
        steps=tuple(_steps(spec.get("steps"))),
        output=_mapping(spec.get("output")),
        parsed=Parsed((document,)),
        problems=_in(file, _problems(checked)),
        links=tuple(_mappings(metadata.get("links"))),
        secrets=_mapping(_mapping(spec.get("secrets")).get("schema")),
    )


def _problems(checked: Checked) -> Iterator[Problem]:
    for problem in checked.problems:
        # Within a Template an expression is at home, but never in what says who it is.
        yield replace(problem, severity=Severity.ERROR) if problem.id == "skeleton" else problem


def _steps(value: Any) -> Iterator[Step]:
    for number, item in enumerate(_list(value), 1):
        step = _mapping(item)
        action = _text(step.get("action"))
        yield Step(
            id=_text(step.get("id")) or f"step-{number}",
            name=_text(step.get("name")) or action,
            action=action,
            input=_mapping(step.get("input")),
            condition=step.get("if"),
            each=step.get("each"),
        )


def _in(file: str, problems: Iterator[Problem] | Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(replace(problem, file=file) for problem in problems))


def _kind(document: Document) -> Any:
    return _mapping(document.value).get("kind")


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of a list, or the one mapping that stands where a list may."""
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
