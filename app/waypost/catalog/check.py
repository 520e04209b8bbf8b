"""One document: is it a descriptor, is it valid, what does it state, what is wrong with it. Needs no file beside it.

The verdict is Backstage's (catalog-model's policies and schemas, the built-in processors); where Backstage stops at the
first error, all are listed here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from waypost.catalog import habits, placeholders, schema
from waypost.catalog.documents import Document, position
from waypost.catalog.explain import did_you_mean, explain, place, quote
from waypost.catalog.kinds import CUSTOM_FIELDS, KINDS
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.refs import DEFAULT_NAMESPACE, full_ref
from waypost.catalog.relations import Relation, relations
from waypost.catalog.skeletons import SKELETON, is_templated
from waypost.catalog.web_urls import is_script, is_url

_MOST_BAD_REFS = 100
# With these alone a document is still an entity: kept and shown, though not valid.
_FORGIVEN = frozenset({"kind-unknown"})
# Where a Template that breaks its schema is a Template with a mistake, and not one that waits to be rendered itself.
_WRITTEN_WITH_EXPRESSIONS = frozenset(("spec", part) for part in ("parameters", "steps", "output", "presentation"))


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one document. `ref` is None when the envelope does not say who it is."""

    document: Document
    kind: str | None = None
    ref: str | None = None
    problems: tuple[Problem, ...] = ()
    relations: tuple[Relation, ...] = ()  # of valid documents, and of kinds that nobody declared
    data: Mapping[str, Any] | None = None  # plain JSON values, when it is an entity

    @property
    def is_valid(self) -> bool:
        return all(problem.severity is not Severity.ERROR for problem in self.problems)

    @property
    def is_skeleton(self) -> bool:
        return any(problem.id == SKELETON.id for problem in self.problems)


def check(document: Document, kinds: Collection[str] = (), filled: Any = None) -> Checked:
    """Judge a document. `kinds` are those that waypost.yaml declares beside our own.

    `filled` is its value with the placeholders resolved, where the files are at hand; otherwise they are taken to hold
    what fits.
    """
    value = document.value if filled is None else filled
    if document.is_broken:
        # What was read of it may tell more; who it is and what it states is not to be relied on.
        more = _entity(document, value, kinds).problems if isinstance(value, dict) else ()
        about = _about(value)
        found = {*more, *(replace(problem, ref=about) for problem in document.problems)}
        return Checked(document, problems=tuple(sorted(found)))
    if not isinstance(value, dict):
        message = f"a {'list' if isinstance(value, list) else 'single value'} where an entity must stand"
        problem = Problem(id="root-type", message=message, fix="Write apiVersion, kind, metadata and spec.")
        return Checked(document, problems=_placed(document, [problem, *document.problems], ""))
    if _is_gitlab_ci(value):
        return Checked(document, problems=_placed(document, [_GITLAB_CI], ""))
    return _entity(document, value, kinds)


def _entity(document: Document, value: Mapping[str, Any], kinds: Collection[str]) -> Checked:
    kind: str | None = value["kind"] if isinstance(value.get("kind"), str) else None
    about, ref = _about(value), _ref(value)
    data, unknown = placeholders.assume(value) if document.has_placeholders else (value, ())
    found = [*document.problems, *_kind(kind, kinds)]
    found += _schema(kind, data, unknown)
    found += _links(data)
    stated: tuple[Relation, ...] = ()
    spec = data.get("spec")
    if ref and isinstance(spec, dict):
        fields = KINDS[kind].fields if kind and kind in KINDS else CUSTOM_FIELDS
        stated, bad = relations(ref, value["metadata"].get("namespace", DEFAULT_NAMESPACE), spec, fields)
        known = {problem.path for problem in found}
        for item in bad[:_MOST_BAD_REFS]:
            if item.pointer not in known and kind in KINDS:
                found.append(Problem(id="ref-form", path=item.pointer, message=f"{place(item.pointer)}: {item.reason}"))
    if SKELETON in found:
        return Checked(document, kind, ref, _placed(document, [SKELETON], ""))
    found += habits.warnings(kind or "", data)
    problems = _placed(document, found, about)
    is_entity = all(problem.severity is not Severity.ERROR or problem.id in _FORGIVEN for problem in problems)
    if not is_entity or ref is None:
        return Checked(document, kind, ref, problems)
    return Checked(document, kind, ref, problems, stated, _json(document, value))


def _kind(kind: str | None, kinds: Collection[str]) -> Iterator[Problem]:
    if kind and kind not in KINDS and kind not in kinds:
        message = f"kind: {quote(kind)} is not a kind we know; it is kept and shown"
        fix = "Declare it under kinds: in waypost.yaml." + did_you_mean(kind, [*KINDS, *kinds])
        yield Problem(id="kind-unknown", path="/kind", message=message, fix=fix)


def _schema(kind: str | None, data: Mapping[str, Any], unknown: Collection[str]) -> Iterator[Problem]:
    stem = kind.lower() if kind in KINDS and kind is not None else schema.ENVELOPE
    if schema.is_valid(stem, data):
        return
    for error in schema.errors(stem, data):
        if isinstance(error.value, str) and is_templated(error.value) and not _holds_expressions(kind, error.path):
            yield SKELETON
        for problem in explain(error, kind, data):
            if not any(problem.path == path or problem.path.startswith(path + "/") for path in unknown):
                yield problem


def _holds_expressions(kind: str | None, path: tuple[str | int, ...]) -> bool:
    """Say whether expressions are at home there: what a Template does is written with them."""
    return kind == "Template" and path[:2] in _WRITTEN_WITH_EXPRESSIONS


def _links(data: Mapping[str, Any]) -> Iterator[Problem]:
    metadata = data.get("metadata")
    links = metadata.get("links") if isinstance(metadata, dict) else None
    for number, link in enumerate(links if isinstance(links, list) else ()):
        url = link.get("url") if isinstance(link, dict) else None
        if not isinstance(url, str) or not url:
            continue
        where, path = f"metadata.links[{number}].url", f"/metadata/links/{number}/url"
        if is_script(url):
            message = f"{where}: {quote(url)} would run as a script in the reader's browser"
            yield Problem(id="link-script", path=path, message=message, fix="Link to a page with https://.")
        elif not is_url(url):
            if is_templated(url):
                yield SKELETON
            message = f"{where}: {quote(url)} is not a whole address"
            yield Problem(id="link-url", path=path, message=message, fix="Begin it with https:// or mailto:.")


def _about(value: Any) -> str:
    """Return the ref that a document seems to have, for problems: what cannot be read today may still be known."""
    if not isinstance(value, dict) or not isinstance(value.get("metadata"), dict):
        return ""
    parts = [value.get("kind"), value["metadata"].get("namespace", DEFAULT_NAMESPACE), value["metadata"].get("name")]
    texts = [part for part in parts if isinstance(part, str) and part]
    return full_ref(*texts) if len(texts) == len(parts) else ""


def _ref(value: Mapping[str, Any]) -> str | None:
    return _about(value) or None if isinstance(value.get("apiVersion"), str) and value["apiVersion"] else None


_GITLAB_CI = Problem(
    id="gitlab-ci",
    message="this is a GitLab CI/CD file under a descriptor's name, not an entity",
    fix="Rename it if the repository should not look described.",
    severity=Severity.WARNING,
)
_GITLAB_KEYS = frozenset({"stages", "include", "workflow", "default", "variables", "image", "before_script"})
_GITLAB_JOB_KEYS = frozenset({"script", "stage", "extends", "trigger", "rules"})


def _is_gitlab_ci(value: Mapping[str, Any]) -> bool:
    """Say whether it is one document of a GitLab CI/CD catalog component: its header (spec.inputs) or its jobs."""
    if "apiVersion" in value or "kind" in value or "metadata" in value or not value:
        return False
    spec = value.get("spec")
    if isinstance(spec, dict) and "inputs" in spec:
        return True
    jobs = [job for job in value.values() if isinstance(job, dict)]
    return not _GITLAB_KEYS.isdisjoint(value) or any(not _GITLAB_JOB_KEYS.isdisjoint(job) for job in jobs)


def _placed(document: Document, problems: Collection[Problem], about: str) -> tuple[Problem, ...]:
    """Give every problem its line and column, and sort them as people read."""
    placed = []
    for problem in problems:
        if not problem.line:
            line, column = position(document, problem.path)
            problem = replace(problem, line=line, column=column)
        placed.append(replace(problem, ref=about))
    return tuple(sorted(set(placed)))


def _json(document: Document, value: Mapping[str, Any]) -> Mapping[str, Any]:
    if not any(problem.id == "yaml-not-finite" for problem in document.problems):
        return value
    finite: Mapping[str, Any] = _without_infinity(value)
    return finite


def _without_infinity(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_infinity(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_infinity(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
