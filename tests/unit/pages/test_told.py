"""Of the CommonMark in a definition's descriptions only what is safe and helps to read stays a mark."""

from __future__ import annotations

import pytest

from waypost.pages.reference.told import line, told


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("One\nline.\n\nAnother.", "One line.\n\nAnother.", id="paragraphs"),
        pytest.param("Takes `a|b` or `c`.", "Takes <code>a\\|b</code> or `c`.", id="code"),
        pytest.param("**Never** twice", "**Never** twice", id="bold"),
        pytest.param("See [there](https://a.example/x).", "See [there](https://a.example/x).", id="link"),
        pytest.param("See https://a.example/x.", "See <https://a.example/x>.", id="address"),
        pytest.param("Allowed:\n- a\n  b\n* c\n1. d\n\nEnd", "Allowed:\n\n- a b\n- c\n- d\n\nEnd", id="list"),
        pytest.param("## Errors ##\nText", "**Errors**\n\nText", id="heading"),
        pytest.param("So:\n```json\n{\n```\nEnd", "So:\n\n```json\n{\n```\n\nEnd", id="fenced code"),
        pytest.param("~~~\na\nb", "```\na\nb\n```", id="fence without an end"),
    ],
)
def test_marks_that_help_to_read_stay(written, shown):
    assert told(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("![x](https://a.example/x.png)", "[x](https://a.example/x.png)", id="image becomes a link"),
        pytest.param("[x](http://a.example)", "\\[x\\](http\\://a.example)", id="link without encryption"),
        pytest.param("[x](javascript:alert)", "\\[x\\](javascript:alert)", id="script"),
        pytest.param("<b onclick=x>", "&lt;b onclick=x&gt;", id="HTML"),
        pytest.param("```mermaid\ngraph\n```", "```\ngraph\n```", id="diagram"),
        pytest.param("@acme/all", "@&#8203;acme/all", id="mention"),
        pytest.param("*a* _b_", "\\*a\\* \\_b\\_", id="emphasis"),
        pytest.param("Setext\n===", "Setext ===", id="heading of two lines"),
        pytest.param("a | b\n--|--", "a \\| b --\\|--", id="table"),
        pytest.param("`open", "\\`open", id="code without an end"),
        pytest.param("- - # deep", "- \\- \\# deep", id="list in a list"),
        pytest.param("> quoted", "&gt; quoted", id="quotation"),
    ],
)
def test_everything_else_is_text(written, shown):
    assert told(written) == shown


def test_long_description_is_cut_and_says_so():
    assert told("word " * 1_000, 50) == ("word " * 10).strip() + "…"
    assert line("word " * 1_000, 50).endswith("…")
    assert len(line("word " * 1_000, 50)) == 50


def test_one_line_stays_one_line():
    assert line("a\n\n- b\n```\nc") == "a - b \\`\\`\\` c"
