"""Tests of a template: what comes out is held against what is written down, and the difference is said."""

from __future__ import annotations

import pytest

from unit.golden._templates import template
from waypost.golden.cases import blessed, cases, is_expectation, problem, run
from waypost.golden.sources import within
from waypost.golden.tree import EXECUTABLE, File, Link

ASKED = template(
    "- required: [name]\n  properties:\n    name: {type: string, pattern: '^[a-z]+$'}",
    """
    steps:
      - id: fetch
        action: fetch:template
        input: {url: ./skeleton, values: {name: "${{ parameters.name }}"}}
      - id: publish
        action: publish:github
        input: {repoUrl: "github.com?owner=acme&repo=${{ parameters.name }}"}
    """,
)
SKELETON = {
    "skeleton/README.md": File(b"# ${{ values.name }}\n\nHello.\n"),
    "skeleton/${{ values.name }}/run.sh": File(b"echo\n", EXECUTABLE),
    "skeleton/logo.png": File(b"\x89PNG\x00\xff"),
    "skeleton/docs": Link("README.md"),
}


def verdict(**files):
    """Run the one case of a template whose folder tests/one holds these files."""
    written = {name: entry if isinstance(entry, File | Link) else File(entry.encode()) for name, entry in files.items()}
    (case,) = cases({f"tests/one/{name}": entry for name, entry in written.items()})
    return run(case, ASKED, within(SKELETON))


WHOLE = "README.md\ndocs\nlogo.png\npay/run.sh\n"
VALUES = {"values.yaml": "name: pay\n"}


def test_a_list_of_paths_is_compared():
    assert verdict(**VALUES, **{"expected.txt": WHOLE}).is_fine
    found = verdict(**VALUES, **{"expected.txt": "README.md\ndocs\nlogo.png\nrun.sh\n"})
    assert found.difference == ("- run.sh is missing", "+ pay/run.sh is not expected")


def test_files_are_compared_byte_for_byte_and_others_may_be_there_beside_a_list():
    told = {"expected.txt": WHOLE, "expected/README.md": "# pay\n\nHello.\n"}
    assert verdict(**VALUES, **told).is_fine
    found = verdict(**VALUES, **{**told, "expected/README.md": "# pay\n\nHallo.\n"})
    assert found.difference == (
        "--- expected/README.md",
        "+++ README.md",
        "@@ -1,3 +1,3 @@",
        " # pay",
        " ",
        "-Hallo.",
        "+Hello.",
    )


def test_without_a_list_the_files_are_all_there_is():
    whole = {
        "expected/README.md": "# pay\n\nHello.\n",
        "expected/pay/run.sh": File(b"echo\n", EXECUTABLE),
        "expected/logo.png": File(b"\x89PNG\x00\xff"),
        "expected/docs": Link("README.md"),
    }
    assert verdict(**VALUES, **whole).is_fine
    del whole["expected/docs"]
    assert verdict(**VALUES, **whole).difference == ("+ docs is not expected",)


@pytest.mark.parametrize(
    ("path", "entry", "says"),
    [
        ("pay/run.sh", File(b"echo\n"), "pay/run.sh: a plain file is expected, not an executable file"),
        ("docs", Link("other"), "docs: a link to other is expected, not a link to README.md"),
        ("logo.png", File(b"\xff"), "logo.png: other bytes (1 are expected, 6 came out)"),
        ("README.md", File(b"# pay\r\n\r\nHello.\r\n"), "README.md: only line ends differ"),
        ("gone", File(b""), "- gone is missing"),
    ],
)
def test_every_kind_of_difference_is_said(path, entry, says):
    assert verdict(**VALUES, **{"expected.txt": WHOLE, f"expected/{path}": entry}).difference == (says,)


def test_a_large_difference_is_cut():
    long = {"skeleton/long.txt": File("".join(f"{n}\n" for n in range(1000)).encode())}
    (case,) = cases({"tests/one/values.yaml": File(b"name: pay"), "tests/one/expected/long.txt": File(b"x\n" * 1000)})
    difference = run(case, ASKED, within(long)).difference
    assert len(difference) == 201
    assert difference[-1] == "... 1,803 more lines"


def test_a_case_may_say_that_it_is_refused():
    bad = {"values.yaml": "name: Pay Api\n"}
    assert verdict(**bad, **{"refused.txt": "does not match\n"}).is_fine
    assert verdict(**bad, **{"refused.txt": "too long"}).difference[0] == 'refused, but not with "too long"'
    assert verdict(**VALUES, **{"refused.txt": "name"}).difference == ("the parameters are not refused",)
    refused = verdict(**bad, **{"expected.txt": WHOLE})
    assert refused.difference[0] == "the parameters are refused"
    assert refused.difference[1].startswith("name: ")


@pytest.mark.parametrize(
    ("files", "message", "line"),
    [
        ({"expected.txt": "a"}, "there is no values.yaml", 1),
        ({"values.yaml": "name: a\nname: b"}, "written twice", 2),
        ({"values.yaml": "- a"}, "not one mapping", 1),
    ],
)
def test_a_case_that_cannot_run_says_why(files, message, line):
    (found,) = verdict(**files).case.problems
    assert message in found.message
    assert (found.id, found.file, found.line) == ("test-form", "tests/one/values.yaml", line)


def test_a_case_that_expects_nothing_is_not_fine():
    assert verdict(**VALUES).difference == ("it says nothing of what is expected",)


def test_empty_values_are_no_parameters():
    assert verdict(**{"values.yaml": "", "refused.txt": "name"}).is_fine


def test_a_failed_case_is_a_problem_with_its_first_difference():
    found = problem(verdict(**VALUES, **{"expected.txt": "README.md\n"}), "t/tests/one/values.yaml")
    assert (found.id, found.file) == ("test-failed", "t/tests/one/values.yaml")
    assert "the case one does not give what it expects: + docs is not expected (2 more lines below)" in found.message
    assert problem(verdict(**VALUES, **{"expected.txt": WHOLE}), "x") is None


def test_a_descriptor_that_comes_out_must_be_valid():
    bad = {
        "skeleton/catalog-info.yaml": File(b"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a b}")
    }
    (case,) = cases({"tests/one/values.yaml": File(b"name: pay"), "tests/one/expected.txt": File(b"catalog-info.yaml")})
    found = run(case, ASKED, within(bad))
    assert found.difference == ()
    assert not found.is_fine
    assert found.flaws[0].startswith("catalog-info.yaml:")
    assert "gives a descriptor that is not valid" in problem(found, "x").message


def test_cases_are_found_by_folder():
    tree = {
        "tests/b/values.yaml": File(b""),
        "tests/a/expected/x/y": File(b""),
        "tests/readme.md": File(b""),
        "x/y": None,
    }
    assert [case.name for case in cases(tree)] == ["a", "b"]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"expected.txt": "old\n"},
        {"expected.txt": "old\n", "expected/README.md": "old", "expected/gone": "old"},
        {"expected/README.md": "old"},
    ],
    ids=["a new case", "a list", "a list and a file", "files alone"],
)
def test_what_is_blessed_is_what_comes_out(told):
    first = verdict(**VALUES, **told)
    assert not first.is_fine
    tree = blessed(first)
    assert all(map(is_expectation, tree))
    assert verdict(**VALUES, **tree).is_fine
    assert ("expected.txt" in tree) == ("expected.txt" in told or not told)
    assert "expected/gone" not in tree


def test_a_refusal_is_not_blessed_away():
    assert blessed(verdict(**{"values.yaml": "name: X", "expected.txt": WHOLE})) is None
    assert blessed(verdict(**VALUES, **{"refused.txt": "x"})) is None
