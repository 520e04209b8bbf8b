"""What can be told of a repository without a descriptor."""

from __future__ import annotations

import pytest

from waypost.catalog.coverage import infer
from waypost.catalog.entities import Evidence, Repository, Snapshot


def guess(*files, owners=(), name="pay", language=""):
    return infer(Snapshot(Repository(1, "acme", name, language=language), evidence=Evidence(owners, files)))


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
