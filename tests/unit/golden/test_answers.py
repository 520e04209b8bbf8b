"""`.waypost.yaml`: what a repository remembers of the template that made it."""

from __future__ import annotations

import pytest

from waypost.catalog.made_from import MadeFrom, read
from waypost.golden.answers import Answers, parsed, text

ANSWERS = Answers(
    template="template:default/python-service",
    version="0" * 40,
    source="acme/catalog/templates/python-service",
    request="3f2a",
    answers={"name": "payments", "port": 8080, "tags": ["a", "b"], "odd": "no: #1", "nothing": None},
    managed=("src/app.py", "README.md"),
)


def test_what_is_written_is_read_back() -> None:
    assert parsed(text(ANSWERS)) == Answers(**{**_fields(ANSWERS), "managed": ("README.md", "src/app.py")})


def _fields(answers):
    return {name: getattr(answers, name) for name in Answers.__slots__}


def test_equal_answers_give_equal_bytes() -> None:
    turned = Answers(**{**_fields(ANSWERS), "managed": tuple(reversed(ANSWERS.managed))})
    assert text(turned) == text(ANSWERS)


def test_the_catalog_reads_template_and_version() -> None:
    assert read(text(ANSWERS)) == MadeFrom("template:default/python-service", "0" * 40)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("- a\n", id="a list"),
        pytest.param("template: [unclosed", id="broken YAML"),
        pytest.param("template: python-service\n", id="no version"),
        pytest.param("template: ''\nversion: abc\n", id="an empty name"),
        pytest.param("template: 3\nversion: abc\n", id="a number for a name"),
    ],
)
def test_a_file_that_does_not_name_its_template_counts_as_none(content) -> None:
    assert read(content) is None
    assert parsed(content) is None


def test_a_bare_name_means_a_template_of_the_default_namespace() -> None:
    assert read("template: Python-Service\nversion: abc\n") == MadeFrom("template:default/python-service", "abc")
