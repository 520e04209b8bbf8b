"""Other people's text comes out as the text it is: in GitHub's parser, in a paragraph and in a table."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
import yaml
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st

from waypost.pages.markdown import alert, clean, code, comment, fence, folded, outside, prose, quoted, table, text
from waypost.pages.mermaid import label

NAUGHTY = yaml.safe_load((Path(__file__).parent / "naughty.yaml").read_text("utf-8"))
ANY = st.one_of(
    st.sampled_from(NAUGHTY),
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.text("`*_[]()<>|~#&@$\\!-+=:/. \n\twa1"),
)


class Seen(HTMLParser):
    """What a reader sees: the text, and which elements and links there are."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.links = "", [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def seen(markdown):
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    return Seen(cmarkgfm.github_flavored_markdown_to_html(markdown, options=options))


def visible(found):
    return found.text.replace("\u200b", "").strip()


def same(left, right):
    """GitHub's parser and Python disagree on a few blanks and non-characters; nobody sees those."""
    return "".join(left.split()) == "".join(right.split())


@given(ANY)
@example("@@a")
@example("www.www.a")
def test_text_in_a_paragraph_stays_text(value):
    found = seen(text(value))
    assert same(visible(found), clean(value))
    assert not set(found.tags) - {"p", "span"}
    assert not found.links


@given(ANY, ANY)
def test_text_in_a_table_stays_in_its_cell(left, right):
    found = seen(table(["A", "B"], [[text(left), code(right)], [code(left), text(right)]]))
    assert found.tags.count("td") == 4
    assert found.tags.count("tr") == 3
    assert not set(found.tags) - {"table", "thead", "tbody", "tr", "th", "td", "code", "span"}
    assert not found.links
    assert same(visible(found), f"AB{clean(left)}{clean(right)}{clean(left)}{clean(right)}")


@given(ANY)
def test_prose_has_paragraphs_and_plain_https_links_only(value):
    found = seen(prose(value))
    assert not set(found.tags) - {"p", "span", "a"}
    assert all(link.startswith("https://") for link in found.links)


@given(ANY)
def test_fence_holds_whatever_is_in_it(value):
    found = seen(fence(value, "yaml") + "\n\nafter")
    assert found.tags == ["pre", "code", "p"]


@given(ANY)
def test_message_of_ours_shows_code_where_backticks_are(value):
    found = seen(quoted(value, 500))
    assert not set(found.tags) - {"p", "span", "code"}
    assert not found.links


@given(ANY)
def test_comment_ends_where_it_should(value):
    markdown = comment(f"from {value}") + "\n\nafter"
    assert visible(seen(markdown)) == "after"


@given(ANY)
def test_blocks_around_text_stay_whole(value):
    found = seen(f"{alert('warning', text(value))}\n\n{folded(text(value), text(value))}\n\nafter")
    assert found.tags.count("blockquote") == 1
    assert found.tags.count("details") == 1
    assert found.tags.count("summary") == 1
    assert not found.links
    assert visible(found).endswith("after")


@given(ANY)
def test_mention_never_pings(value):
    assert not re.search(r"@\w", text(value))


@given(ANY)
def test_label_of_a_diagram_holds_letters_and_numbers_only(value):
    assert re.fullmatch(r"(?:[A-Za-z0-9 .,_()/-]|#\d+;|[^\x00-\x7f])*", label(value))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://evil.example", "https://a@b.example", "x](y)"])
def test_address_that_is_not_plain_is_shown_as_text(address):
    found = seen(outside("Runbook", address))
    assert not found.links
    assert address in visible(found)


def test_link_of_a_description_is_one():
    assert prose("See https://a.example/b_c(d). Now.") == "See <https://a.example/b_c%28d>). Now."


def test_text_that_reorders_or_hides_is_made_plain():
    assert clean("a\u202eb\u200bc\x1b[0m\u2028d") == "abc[0m d"
    assert clean("👨‍👩‍👧") == "👨‍👩‍👧"


def test_long_text_is_clipped():
    assert clean("a" * 500, 10) == "aaaaaaaaa…"
    assert len(clean("wörd " * 100, 50)) <= 50
