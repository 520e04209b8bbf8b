"""The Markdown that travels beside a site."""

import pytest

from waypost.docs.written import Text, read_texts, to_json, with_snippets

FILES = {
    "a.md": "one\ntwo\nthree\n",
    "loop.md": '--8<-- "loop.md"\nagain\n',
    "part.md": "no\n<!-- --8<-- [start:mid] -->\nyes\n<!-- --8<-- [end:mid] -->\nno\n",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param('--8<-- "a.md"', "one\ntwo\nthree", id="a file"),
        pytest.param("  --8<-- 'a.md'", "  one\n  two\n  three", id="indented"),
        pytest.param('--8<-- "a.md:2:2"', "two", id="lines"),
        pytest.param('--8<-- "a.md:2"', "two\nthree", id="from a line on"),
        pytest.param('--8<-- "part.md:mid"', "yes", id="a section"),
        pytest.param('--8<-- "part.md"', "no\nyes\nno", id="marks of sections are not shown"),
        pytest.param("--8<--\na.md\npart.md:mid\n--8<--", "one\ntwo\nthree\nyes", id="a block"),
        pytest.param('x\n--8<-- "gone.md"\ny', "x\n\ny", id="one that is not there"),
        pytest.param("no scissors", "no scissors", id="none"),
    ],
)
def test_included_files_are_put_in(text, shown):
    assert with_snippets(text, FILES.get) == shown


def test_a_file_that_includes_itself_ends():
    assert with_snippets('--8<-- "loop.md"', FILES.get).count("again") < 10


def test_pages_survive_the_way():
    texts = {"b.md": Text("B", "docs/b.md"), "a.md": Text("A")}
    assert read_texts(to_json(texts)) == texts


@pytest.mark.parametrize(
    "data",
    [[], {}, {"format": 2, "pages": []}, {"format": 1, "pages": [1]}, {"format": 1, "pages": [{"path": "a"}]}],
)
def test_other_shapes_are_refused(data):
    with pytest.raises(ValueError, match="page"):
        read_texts(data)
