"""Markdown for MkDocs as GitHub shows it."""

import pytest

from waypost.docs.central.fallback import page
from waypost.docs.central.values import Upload
from waypost.docs.written import Text

UPLOAD = Upload(1, "acme/pay", "abcdef0123", "2026-05-01T10:00:00Z", 1, {})


def shown(text):
    return page(UPLOAD, "a.md", Text(text, "docs/a b.md"), "https://github.example").decode().split("\n\n", 1)[1]


def test_first_line_says_where_the_page_comes_from():
    first = page(UPLOAD, "a.md", Text("# A\n", "docs/a b.md"), "https://github.example").decode().splitlines()[0]
    assert "https://github.example/acme/pay/blob/abcdef0123/docs/a%20b.md" in first
    assert "abcdef0" in first
    assert "2026-05-01" in first


def test_without_a_commit_the_source_is_the_newest_one():
    upload = Upload(1, "acme/pay", "", "", 1, {})
    first = page(upload, "a.md", Text("# A\n", "docs/a.md"), "https://github.example").decode().splitlines()[0]
    assert "https://github.example/acme/pay/blob/HEAD/docs/a.md" in first


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("!!! note\n    Mind this.\n", "> [!NOTE]\n> Mind this.\n", id="admonition"),
        pytest.param(
            '!!! danger "Hot"\n    One.\n\n    Two.\nAfter\n',
            "> [!CAUTION]\n> **Hot**\n>\n> One.\n>\n> Two.\nAfter\n",
            id="with a title",
        ),
        pytest.param("!!! note\n\n    x\n\ny\n", "> [!NOTE]\n> x\n\ny\n", id="after a blank line"),
        pytest.param('!!! tip ""\n    x\n', "> [!TIP]\n> x\n", id="with an empty title"),
        pytest.param(
            '??? info "More"\n    x\n',
            "<details>\n<summary>More</summary>\n\nx\n\n</details>\n",
            id="folded",
        ),
        pytest.param('=== "One"\n    first\n', "**One**\n\nfirst\n", id="tab"),
        pytest.param(
            "!!! note\n    !!! warning\n        in\n", "> [!NOTE]\n> > **Warning**\n> >\n> > in\n", id="nested"
        ),
        pytest.param("---\ntitle: A\n---\n# A\n", "# A\n", id="front matter"),
        pytest.param("# A {#a .b}\n[TOC]\ntext\n", "# A\ntext\n", id="attributes and table of contents"),
        pytest.param("```\n!!! note\n    x\n<script>\n```\n", "```\n!!! note\n    x\n<script>\n```\n", id="code"),
        pytest.param("[b](b.md) ![c](img/c.png)\n", "[b](b.md) ![c](img/c.png)\n", id="relative links"),
    ],
)
def test_blocks_become_what_github_knows(written, expected):
    assert shown(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "a <script>alert(1)</script> b",
        "a <SCRIPT src=x>\nalert(1)\n</script > b",
        "<script>alert(1)",
        "```\nx\n```\n<script>alert(1)</script>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<<script></script>script>alert(1)</script>",
        "<</script>script>alert(1)",
        "<</style>iframe src='https://elsewhere.example'>",
        "[x](javascript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x]: javascript:alert(1)",
        "<a href='javascript:alert(1)'>x</a>",
        "<javascript:alert(1)>",
    ],
)
def test_nothing_that_runs_is_left(written):
    found = shown(written).lower()
    assert "<script" not in found
    assert "javascript:" not in found
    assert "<iframe" not in found


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "](",
        "= ",
        "</script",
        "<script>",
        "{:",
        "{ .",
        "!!! a",
        '!!! a "',
        "=== ",
        "[a",
        "\n    ",
        "`",
        "~~~\n",
        "&#",
    ],
)
def test_long_pages_of_anything_come_to_an_end(piece):
    size = 200_000
    assert shown(f"x{piece * (size // len(piece))}y\n{'!!! note ' * 1_000}\n") is not None
    assert page(UPLOAD, "a.md", Text(f"]({' ' * size}x"), "")
