import pytest

from waypost.catalog.globs import matches


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/b.yaml", "a/b.yaml", True),
        ("a/b.yaml", "a/*.yaml", True),
        ("a/b/c.yaml", "a/*.yaml", False),
        ("a/c.yaml", "a/**/*.yaml", True),
        ("a/b/b/c.yaml", "a/**/*.yaml", True),
        ("a/b/c.yaml", "**", True),
        ("x/c.yml", "x/c.{yaml,yml}", True),
        ("b/c.yml", "{a,b}/c.{yaml,yml}", True),
        ("ab", "{a,{x,ab}}", True),
        ("a{b", "a{b", True),
        ("ac", "a{b", False),
        ("ab", "a?", True),
        ("a/b", "a?b", False),
        ("ab", "a[a-c]", True),
        ("ad", "a[a-c]", False),
        ("ad", "a[!a-c]", True),
        ("a]", "a[]]", True),
        ("a/.hidden/c.yaml", "a/**/c.yaml", False),
        ("a/.hidden/c.yaml", "a/.hidden/*.yaml", True),
        (".b/c", "*/c", False),
        ("catalog-info.yaml", "*.yaml", True),
        ("a", "a/b/..", False),
    ],
)
def test_globs_match_as_in_backstage(path, pattern, expected):
    assert matches(path, pattern) is expected


def test_patterns_of_strangers_stay_cheap():
    # With a backtracking matcher these would outlive the test run.
    assert not matches("a" * 3000, "*a" * 1000 + "b")
    assert not matches("a/" * 3000, "**/a/" * 1000 + "b")
    assert not matches("a", "{a,b}" * 60)
