"""Our questions are good GraphQL by GitHub's own schema, and their answers are read without a forge."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from waypost.catalog.files import Blob, Touch
from waypost.forge.graphql import COMMIT, broken, commit_input, question, reading
from waypost.forge.protocol import Wish
from waypost.limits import REPOSITORIES_PER_READ

graphql = pytest.importorskip("graphql", reason="graphql-core comes with the extra `sandbox`")
SCHEMA = Path(__file__).parents[2] / "contract" / "data" / "schema.graphql.gz"

WISHES = [
    Wish(1, "acme/payments", ("catalog-info.yaml", "CODEOWNERS"), ("", "docs"), ("catalog-info.yaml",)),
    Wish(2, "acme/empty-handed"),
    Wish(3, "acme/ledger", ("a.txt",), at="f" * 40),
    Wish(4, "acme/touched", touches=("a.txt", "b.txt")),
]


@pytest.fixture(scope="module")
def schema():
    return graphql.build_schema(gzip.decompress(SCHEMA.read_bytes()).decode(), assume_valid=True)


def complaints(schema, text):
    return [error.message for error in graphql.validate(schema, graphql.parse(text))]


def literal(value):
    """A value as it is written inside a question, so that its type is checked, too."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {literal(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(map(literal, value)) + "]" if isinstance(value, list) else json.dumps(value)


@pytest.mark.parametrize(
    "wishes",
    [
        pytest.param(WISHES, id="all kinds"),
        pytest.param(WISHES[1:2], id="nothing but the repository"),
        pytest.param([WISHES[0]] * REPOSITORIES_PER_READ, id="a full batch"),
    ],
)
def test_question_is_valid_by_the_schema_of_github(schema, wishes):
    text, variables = question(wishes)
    assert complaints(schema, text) == []
    declared = {
        definition.variable.name.value
        for operation in graphql.parse(text).definitions[:1]
        for definition in operation.variable_definitions
    }
    assert declared == set(variables)


def test_commit_is_valid_by_the_schema_of_github(schema):
    assert complaints(schema, COMMIT) == []
    asked = commit_input("acme/catalog", "main", "f" * 40, {"a": b"1", "b": None}, "Say it\n\nWhy")
    written = COMMIT.replace("($input: CreateCommitOnBranchInput!)", "").replace("$input", literal(asked))
    assert complaints(schema, written) == []
    assert asked["message"] == {"headline": "Say it", "body": "Why"}
    assert asked["fileChanges"] == {"additions": [{"path": "a", "contents": "MQ=="}], "deletions": [{"path": "b"}]}


def test_nothing_foreign_enters_the_text_of_a_question():
    evil = '") { x } #'
    text, variables = question([Wish(1, f"acme/{evil}", (evil,), (evil,), (evil,), at=evil)])
    assert evil not in text
    assert f"{evil}:{evil}" in variables.values()


def test_answer_becomes_a_reading():
    facts = {
        "databaseId": 7,
        "name": "payments",
        "owner": {"login": "acme"},
        "url": "https://github.com/acme/payments",
        "visibility": "INTERNAL",
        "isArchived": True,
        "isFork": False,
        "isTemplate": False,
        "description": None,
        "primaryLanguage": None,
        "repositoryTopics": {"nodes": [{"topic": {"name": "pay"}}, {"topic": {"name": "core"}}]},
        "defaultBranchRef": {"name": "trunk", "target": {"oid": "c1"}},
        "r0_p0": {"oid": "b1", "byteSize": 5, "isBinary": False, "isTruncated": False, "text": "text\n"},
        "r0_p1": {},  # a folder of that name
        "r0_p2": None,
        "r0_p3": {"oid": "b2", "byteSize": 900_000, "isBinary": False, "isTruncated": True, "text": "cut off he"},
        "r0_f0": {"entries": [{"name": "docs", "type": "tree"}, {"name": "a.txt", "type": "blob"}]},
        "r0_f1": {},  # a file of that name
        "at": {"r0_t0": {"nodes": [{"oid": "c0", "committedDate": "2024-05-06T07:08:09Z"}]}, "r0_t1": {"nodes": []}},
    }
    wish = Wish(7, "acme/payments", ("a.txt", "docs", "gone", "large"), ("", "a.txt"), ("a.txt", "never"))
    got = reading(wish, 0, {"r0": facts})
    assert (got.repository.visibility, got.repository.topics) == ("internal", ("core", "pay"))
    assert (got.repository.default_branch, got.repository.head) == ("trunk", "c1")
    assert (got.repository.description, got.repository.language) == ("", "")
    assert got.blobs == {"a.txt": Blob("b1", "text\n", 5), "large": Blob("b2", None, 900_000)}
    assert got.folders == {"": ("a.txt", "docs/")}
    assert got.touches == {"a.txt": Touch("c0", "2024-05-06T07:08:09Z")}


@pytest.mark.parametrize(
    ("error", "spoils"),
    [
        pytest.param({"type": "NOT_FOUND", "path": ["r1"]}, False, id="one repository is missing"),
        pytest.param({"type": "FORBIDDEN", "path": ["r0"]}, False, id="one repository is forbidden"),
        pytest.param({"type": "NOT_FOUND", "path": ["createCommitOnBranch"]}, True, id="not one of ours"),
        pytest.param({"message": "Something went wrong", "path": ["r0", "at", "r0_t0"]}, True, id="half an answer"),
        pytest.param({"type": "RATE_LIMITED"}, True, id="no path"),
    ],
)
def test_only_whole_repositories_may_be_missing_from_an_answer(error, spoils):
    assert bool(broken(2, [error])) is spoils
