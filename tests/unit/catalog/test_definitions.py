"""Definitions that are not what their type says are told in the file and line where they stand."""

from __future__ import annotations

from hashlib import sha1

import pytest

from waypost.apis.judge import judge
from waypost.catalog.budget import DEFAULT_BUDGET
from waypost.catalog.definitions import Fault
from waypost.catalog.describe import describe
from waypost.catalog.entities import Repository, Snapshot
from waypost.catalog.files import Blob, Files, Touch
from waypost.catalog.reading import MOST_TEXT

API = """apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: pay}
spec:
  lifecycle: production
  owner: payments
  type: TYPE
"""
REPOSITORY = Repository(1, "acme", "pay", head="1" * 40)


def read(files, judge=judge, is_catalog=False):
    """What is found in a repository of these files."""
    blobs = {path: _blob(text) for path, text in files.items()}
    known = Files(tree=tuple(files)) if is_catalog else Files(folders={"": tuple(files)})
    while not isinstance(answer := describe(REPOSITORY, known, judge=judge, is_catalog=is_catalog), Snapshot):
        touches = {path: Touch("c" * 40, "2026-01-01T00:00:00Z") for path in answer.touches}
        known = known.add(Files({path: blobs.get(path) for path in answer.paths}, touches=touches))
    return answer


def _blob(text):
    data = text.encode("utf-8", "surrogateescape")
    return Blob(sha1(data).hexdigest(), text if len(data) <= DEFAULT_BUDGET.size else None, len(data))


def problems(definition, type="graphql", **files):
    written = API.replace("TYPE", type) + definition
    snapshot = read({"catalog-info.yaml": written, **files})
    assert [entity.ref for entity in snapshot.entities] == ["api:default/pay"]
    return [(one.id, one.severity, one.file, one.line, one.ref) for one in snapshot.problems]


def warning(file, line):
    return [("definition-unreadable", "warning", file, line, "api:default/pay")]


@pytest.mark.parametrize(
    ("definition", "line"),
    [
        pytest.param("  definition: |\n    type Query {\n      a Int\n    }\n", 10, id="as it is written"),
        pytest.param("  definition: |2-  # SDL\n    type Query {\n      a Int\n    }\n", 10, id="with a comment"),
        pytest.param("  definition: >\n    type Query {\n      a Int\n    }\n", 8, id="folded"),
        pytest.param('  definition: "type Query {\\n a Int }"\n', 8, id="quoted"),
        pytest.param("  definition: type Query {\n", 8, id="plain"),
    ],
)
def test_a_definition_in_the_descriptor_is_told_there(definition, line):
    assert problems(definition) == warning("catalog-info.yaml", line)


def test_a_definition_in_another_file_is_told_in_that_file():
    files = {"api/schema.graphql": "type Query {\n  a Int\n}\n"}
    assert problems("  definition: {$text: ./api/schema.graphql}\n", **files) == warning("api/schema.graphql", 2)


@pytest.mark.parametrize(
    ("type", "definition"),
    [
        pytest.param("graphql", "  definition: 'type Query { a: Int }'\n", id="right"),
        pytest.param("trpc", "  definition: 'type Query {'\n", id="a type that nobody reads"),
        pytest.param("graphql", "  definition: {$text: ./schema.graphql}\n", id="right, in another file"),
    ],
)
def test_nothing_is_said_of_a_definition_that_is_right_or_unknown(type, definition):
    assert problems(definition, type, **{"schema.graphql": "type Query { a: Int }"}) == []


def test_a_missing_file_is_told_once_and_not_as_a_definition():
    assert [one[0] for one in problems("  definition: {$text: ./schema.graphql}\n")] == ["placeholder-missing"]


def test_each_definition_is_judged_once_however_many_rounds_there_are():
    asked = []

    def count(definition, kind):
        asked.append(kind)
        return Fault("no")

    files = {"catalog-info.yaml": API.replace("TYPE", "x") + "  definition: {$text: ./a}\n", "a": "text"}
    assert [one.id for one in read(files, count).problems] == ["definition-unreadable"]
    assert asked == ["x"]


def test_without_a_judge_nothing_is_said():
    files = {"catalog-info.yaml": API.replace("TYPE", "graphql") + "  definition: type Query {\n"}
    assert read(files, None).problems == ()
    assert [one.id for one in read(files).problems] == ["definition-unreadable"]


def test_placeholders_of_a_repository_hold_so_much_and_no_more():
    large = "x" * (MOST_TEXT // 20)
    named = API.replace("TYPE", "trpc") + "  definition: {$text: ./large}\n"
    found = read(
        {"catalog-info.yaml": "---\n".join(named.replace("pay}", f"p{n}}}") for n in range(23)), "large": large}
    )
    assert [one.id for one in found.problems] == ["placeholder-content"] * 3
    assert sum(isinstance(one.spec["definition"], str) for one in found.entities) == 20
    assert len(found.entities) == 23


@pytest.mark.parametrize("text", ["3", "[1]", "a: b", "x"])
def test_data_of_every_sort_may_stand_in_another_file(text):
    written = API.replace("TYPE", "trpc").replace("}\n", ", annotations: {$yaml: ./a}}\n", 1) + "  definition: x\n"
    found = read({"catalog-info.yaml": written, "a": text})
    assert {one.id for one in found.problems} == (set() if text == "a: b" else {"field-type"})
