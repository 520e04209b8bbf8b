"""What can be told of a repository without a descriptor."""

from __future__ import annotations

import pytest

from waypost.catalog.coverage import infer
from waypost.catalog.entities import Evidence, Repository, Snapshot


def guess(*files, owners=(), name="pay", language="", topics=(), teams=()):
    repository = Repository(1, "acme", name, language=language, topics=topics)
    return infer(Snapshot(repository, evidence=Evidence(owners, files)), teams)


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        ((), ""),
        (("@acme/payments",), "payments"),
        (("@ada", "@acme/payments"), "payments"),
        (("@other/x", "@Acme/payments"), "payments"),
        (("@ada", "ada@acme.example"), "user:ada"),
        (("ada@acme.example",), "ada@acme.example"),
    ],
)
def test_the_owner_is_the_first_team_of_codeowners(owners, expected):
    assert guess(owners=owners).owner == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("Dockerfile", "go.mod"), "service"),
        (("helm/", "src/"), "service"),
        (("go.mod",), "library"),
        (("pay.gemspec",), "library"),
        (("index.html",), "website"),
        (("main.tf", "variables.tf"), "library"),
        (("main.tf", "backend.tf"), "infrastructure"),
        (("main.tf", "Dockerfile"), "service"),
        (("docs/", "mkdocs.yml"), "documentation"),
        (("README.md",), ""),
    ],
)
def test_the_type_comes_from_the_names_in_the_root(files, expected):
    assert guess(*files).type == expected


def test_what_it_has_is_told():
    found = guess("openapi.yaml", "docs/", "terraform/", language="Go")
    assert (found.has_api, found.has_docs, found.has_terraform, found.language) == (True, True, True, "Go")
    assert not any((guess().has_api, guess().has_docs, guess().has_terraform))


@pytest.mark.parametrize(
    ("name", "expected"), [("pay", "pay"), (".github", "github"), ("a" * 80, "a" * 63), ("---", "unnamed")]
)
def test_the_name_is_one_an_entity_may_have(name, expected):
    assert guess(name=name).name == expected


@pytest.mark.parametrize(
    ("owners", "name", "expected"),
    [
        pytest.param(("@acme/gone", "@acme/payments"), "pay", "payments", id="a team that is there"),
        pytest.param(("@acme/gone",), "payments-api", "payments", id="named after a team"),
        pytest.param(("@acme/gone", "@ada"), "payments-api", "user:ada", id="a person before a name"),
        pytest.param(("ada@acme.example",), "payments_api", "payments", id="a name before an address"),
        pytest.param(("@acme/gone",), "ledger", "", id="nothing tells"),
        pytest.param((), "pay", "", id="not half a word"),
    ],
)
def test_a_team_that_does_not_exist_owns_nothing_where_the_teams_are_known(owners, name, expected):
    found = guess(owners=owners, name=name, teams={"payments"})
    assert found.owner == expected
    assert bool(found.owner_from) == bool(expected)


def test_the_longest_team_in_a_name_owns_it():
    assert guess(name="data-lake-jobs", teams={"data", "data-lake"}).owner == "data-lake"


def test_the_same_interface_as_json_is_one_definition():
    found = guess("OpenAPI.yaml", "openapi.json", "asyncapi.yml", "schema.graphql", "openapi.md")
    assert found.definitions == (
        ("asyncapi.yml", "asyncapi"),
        ("schema.graphql", "graphql"),
        ("OpenAPI.yaml", "openapi"),
    )


def test_what_told_the_type_is_named_as_it_is_written():
    assert guess("Dockerfile").type_from == "Dockerfile"
    assert guess("README.md").type_from == ""


def test_tags_are_the_language_and_the_topics_that_backstage_takes():
    found = guess("main.tf", language="C++", topics=("payments", "a--b"))
    assert found.tags == ("c++", "terraform", "payments")
