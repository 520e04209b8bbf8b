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


@pytest.mark.parametrize("name", ["loop.md", "./loop.md", "x.md"])
def test_a_file_that_includes_itself_does_so_once(name):
    files = FILES | {"x.md": '--8<-- "y.md"\n', "y.md": '--8<-- "./x.md"\nagain\n'}
    assert with_snippets(f'--8<-- "{name}"', lambda path: files.get(path.removeprefix("./"))).split() == ["again"]


def test_a_page_that_includes_itself_many_times_grows_with_their_number():
    page = '--8<-- "page.md"\n' * 40 + "once\n"
    assert with_snippets(page, {"page.md": page}.get).count("once") == 41


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('--8<-- "long.md"', id="long"),
        pytest.param(f'{" " * 10_000}--8<-- "lines.md"', id="far to the right"),
        pytest.param("--8<--\nlong.md\n--8<--", id="a block"),
        pytest.param('--8<-- "both.md"', id="one inside another"),
    ],
)
def test_includes_beyond_the_limit_stay_as_they_are_written(line):
    files = {"long.md": "a" * 300_000, "lines.md": "a\n" * 30, "both.md": '--8<-- "long.md"\n', "a.md": "one\n"}
    page = f"{line}\n" * 100 + '--8<-- "a.md"'
    shown = with_snippets(page, files.get, 1_000_000 + len(page))
    assert shown.lstrip().startswith("a")
    assert shown.endswith(f'\n{line}\n--8<-- "a.md"')
    assert 800_000 < len(shown) < 1_000_000 + len(page)


@pytest.mark.parametrize("name", ["part.md:nowhere", "gone.md"])
def test_includes_that_show_nothing_are_counted_too(name):
    asked = []

    def read(path):
        asked.append(path)
        return "a\n" * 10_000 if path == "part.md" else None

    page = "\n".join(f'--8<-- "{name}"' for _ in range(40_000))
    assert f'--8<-- "{name}"' in with_snippets(page, read)
    assert len(asked) < 20_000


def test_number_of_a_line_may_be_long():
    assert with_snippets(f'--8<-- "a.md:{"9" * 5_000}"', FILES.get) == ""


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
