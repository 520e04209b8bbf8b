"""Real builds by MkDocs in its locked process, of folders as people write them."""

import json
import re

import pytest

from waypost.docs.book import from_json
from waypost.docs.build import build
from waypost.docs.layout import assets, render
from waypost.docs.problems import CannotBuild
from waypost.docs.written import Text, read_texts

pytest.importorskip("mkdocs", reason='MkDocs is not installed: pip install "waypost[docs]"')
pytestmark = pytest.mark.slow

EVERYTHING = """
# Pay

!!! note "Mind this"
    An admonition.

> [!WARNING]
> As on GitHub.

??? tip "More"
    Folded.

=== "One"
    First tab.

=== "Two"
    Second tab.

- [x] done
- [ ] open

| a | b |
|---|--:|
| 1 | 2 |

```python
import os
```

```mermaid
graph TD; A-->B
```

A footnote[^1] and :smile: and ~~gone~~ and ==marked==.

[^1]: Here.

[Other](guide/start.md#go) ![logo](images/logo.png) ![badge](https://img.example/badge.svg)
"""


@pytest.fixture
def repository(tmp_path):
    def make(files):
        root = tmp_path / "pay"
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
        return root

    return make


def text(built, path="index.html"):
    return built.files[path].decode()


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    root = tmp_path_factory.mktemp("everything") / "pay"
    (root / "docs/guide").mkdir(parents=True)
    (root / "docs/images").mkdir()
    (root / "docs/index.md").write_text(EVERYTHING)
    (root / "docs/guide/start.md").write_text("# Start <b>here</b> & now\n\n## Go\n\nfindable words\n")
    (root / "docs/images/logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (root / "docs/app.js").write_text("alert(1)")
    (root / "mkdocs.yml").write_text(
        "site_name: Pay <script>alert(1)</script>\nsite_description: Money\n"
        "repo_url: https://github.com/acme/pay\nedit_uri: edit/main/docs/\n"
        "nav:\n  - Home: index.md\n  - '<img src=x onerror=alert(1)>': guide/start.md\nplugins: [techdocs-core]\n"
    )
    return build(root)


def test_layout_is_the_one_of_techdocs(everything):
    assert {"index.html", "guide/start/index.html", "techdocs_metadata.json", "search/search_index.json"} <= set(
        everything.files
    )
    metadata = json.loads(everything.files["techdocs_metadata.json"])
    assert metadata["site_description"] == "Money"
    assert sorted(metadata["files"]) == sorted(everything.files)
    assert re.fullmatch("[0-9a-f]{64}", metadata["etag"])
    assert "build_timestamp" not in metadata


@pytest.mark.parametrize(
    "part",
    [
        pytest.param('class="admonition note"', id="admonition"),
        pytest.param('class="admonition warning"', id="admonition as on GitHub"),
        pytest.param('<details class="tip"', id="details"),
        pytest.param('class="tabbed-set tabbed-alternate"', id="tabs"),
        pytest.param('type="radio"', id="switch of a tab"),
        pytest.param('type="checkbox"', id="task list"),
        pytest.param('<td align="right">', id="table"),
        pytest.param('class="kn"', id="highlighted code"),
        pytest.param('<div class="mermaid">graph TD; A--&gt;B', id="mermaid"),
        pytest.param("😄", id="emoji without a request"),
        pytest.param("<del>gone</del>", id="deleted"),
        pytest.param("<mark>marked</mark>", id="marked"),
        pytest.param('id="fn:1"', id="footnote"),
        pytest.param('href="guide/start/#go"', id="link to a page"),
        pytest.param('src="images/logo.png"', id="image"),
        pytest.param('href="https://github.com/acme/pay/edit/main/docs/index.md"', id="edit"),
    ],
)
def test_what_techdocs_users_write_is_shown(everything, part):
    assert part in text(everything)


def test_site_runs_only_our_script_and_asks_no_other_host(everything):
    scripts = set()
    for path, data in everything.files.items():
        if path.endswith(".html"):
            page = data.decode()
            scripts |= set(re.findall(r"<script[^>]*>", page))
            assert not re.search(r"<[^>]*\son\w+=", page), path
            assert not re.search(r"<(?:img|script|link|iframe)[^>]*(?:src|href)=\"(?:https?:)?//", page), path
        if path.endswith((".css", ".js")):
            assert not re.search(rb"url\((?!['\"]?(?:data:|#))|@import", data), path
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", script) for script in scripts} == {
        '<script src="waypost-assets/docs.js">',
        '<script src="../../waypost-assets/docs.js">',
    }


def test_titles_are_text_wherever_they_stand(everything):
    assert "<title>Home - Pay &lt;script&gt;alert(1)&lt;/script&gt;</title>" in text(everything)
    assert "&lt;img src=x onerror=alert(1)&gt;</a>" in text(everything)
    assert ">Start here &amp; now</a>" in text(everything, "guide/start/index.html")
    assert "<script>alert" not in text(everything)
    assert b"<" not in everything.files["techdocs_metadata.json"]
    assert b"<" not in everything.files["search/search_index.json"]


def test_search_finds_the_words_of_every_page(everything):
    index = json.loads(everything.files["search/search_index.json"])
    assert any("findable words" in row["text"] and row["location"] == "guide/start/#go" for row in index["docs"])


def test_scripts_and_foreign_images_are_left_out_and_named(everything):
    found = {problem.file: problem.message for problem in everything.problems}
    assert found["docs/app.js"] == "1 file left out: .js is not published"
    assert found["docs/index.md"] == "1 image from elsewhere shown as text only"
    assert "app.js" not in everything.files


def test_pages_as_values_give_the_same_site_again(everything):
    book = from_json(json.loads(everything.files["waypost_pages.json"]))
    again = render(book)
    assert {path: data for path, data in again.items() if path.endswith(".html")} == {
        path: data for path, data in everything.files.items() if path.endswith(".html")
    }


def test_two_hundred_sites_of_ten_pages_stay_under_100_mb(everything):
    book = from_json(json.loads(everything.files["waypost_pages.json"]))
    site = render(book, assets_at="../../../waypost-assets/")
    published = {path: len(data) for path, data in site.items() if path != "waypost_pages.json"}
    assert not any(path.startswith("waypost-assets/") for path in published)
    assert 'href="../../../waypost-assets/main.' in site["index.html"].decode()
    assert 'href="../../../../../waypost-assets/main.' in site["guide/start/index.html"].decode()
    shared = sum(map(len, assets().values()))
    page = max(size for path, size in published.items() if path.endswith(".html"))
    assert shared + 200 * (10 * page + 10 * 10_000) < 100_000_000  # ten kB a page for the index


@pytest.mark.parametrize(
    ("files", "pages"),
    [
        pytest.param({"README.md": "# Pay\n\n[licence](LICENSE)"}, {"index.html"}, id="README alone"),
        pytest.param({"docs/index.md": "# Pay"}, {"index.html"}, id="docs folder alone"),
        pytest.param(
            {"README.md": "# Pay\n\n[more](docs/more.md)", "docs/more.md": "# More"},
            {"index.html", "more/index.html"},
            id="README and docs",
        ),
        pytest.param(
            {"mkdocs.yml": "docs_dir: handbook\n", "handbook/a.md": "# A"}, {"a/index.html"}, id="other folder"
        ),
        pytest.param(
            {"mkdocs.yml": "docs_dir: .\n", "index.md": "# A", "x/b.md": "# B"},
            {"index.html", "x/b/index.html"},
            id="the repository itself",
        ),
        pytest.param(
            {
                "catalog-info.yaml": "kind: Component\nmetadata:\n  name: pay\n  annotations:\n"
                "    backstage.io/techdocs-ref: dir:./site\n",
                "site/mkdocs.yml": "site_name: x\n",
                "site/docs/index.md": "# A",
                "docs/index.md": "# not this",
            },
            {"index.html"},
            id="folder of the annotation",
        ),
        pytest.param(
            {
                "mkdocs.yml": "site_name: all\nnav:\n  - Home: index.md\n  - API: '!include ./api/mkdocs.yml'\n",
                "docs/index.md": "# All",
                "api/mkdocs.yml": "site_name: api\nnav:\n  - Calls: calls.md\n",
                "api/docs/calls.md": "# Calls",
            },
            {"index.html", "api/calls/index.html"},
            id="several in one repository",
        ),
    ],
)
def test_documentation_is_found_where_people_keep_it(repository, files, pages):
    built = build(repository(files))
    assert pages <= set(built.files)
    assert "not this" not in text(built, min(pages))
    assert "index.html" in built.files


def test_links_of_a_readme_lead_to_the_pages_of_the_docs_folder(repository):
    built = build(
        repository({"README.md": "[more](./docs/more.md) ![a](art/a.png)", "docs/more.md": "# M", "art/a.png": b"x"})
    )
    assert 'href="more/"' in text(built)
    assert 'src="art/a.png"' in text(built)
    assert built.files["art/a.png"] == b"x"


def test_site_without_a_front_page_leads_to_its_first_one(repository):
    built = build(repository({"mkdocs.yml": "nav: [b.md, a.md]\n", "docs/a.md": "# A", "docs/b.md": "# B"}))
    assert 'url=./b/"' in text(built)


def test_names_with_spaces_and_letters_are_served_as_browsers_ask_for_them(repository):
    built = build(repository({"docs/index.md": "# A", "docs/a b/ü.md": "# B", "docs/search.md": "# Search"}))
    assert "a b/ü/index.html" in built.files
    assert 'href="./a%20b/%C3%BC/"' in text(built)
    assert "search/index.html" in built.files


def test_moved_page_leads_on(repository):
    files = {"mkdocs.yml": "plugins:\n  - redirects: {redirect_maps: {old.md: new.md}}\n", "docs/new.md": "# New"}
    assert 'url=../new/"' in text(build(repository(files)), "old/index.html")


def test_broken_link_is_named_with_its_line(repository):
    built = build(repository({"docs/index.md": "# A\n\nsee [b](b.md)\n"}))
    (problem,) = built.problems
    assert (problem.id, problem.file, problem.line) == ("docs-link", "docs/index.md", 3)


def test_same_repository_gives_the_same_bytes(repository):
    root = repository({"docs/index.md": EVERYTHING})
    assert build(root).files == build(root).files


@pytest.mark.parametrize(
    ("files", "id", "word"),
    [
        pytest.param({"src/main.py": "x"}, "docs-missing", "no documentation", id="none"),
        pytest.param({"docs/a.txt": "x"}, "docs-missing", "no Markdown page", id="no page"),
        pytest.param(
            {
                "README.md": "# A",
                "catalog-info.yaml": "kind: Component\nmetadata:\n  name: pay\n  annotations:\n"
                "    backstage.io/techdocs-engine: zensical\n",
            },
            "docs-refused",
            'engine "zensical" is not known',
            id="engine that is not known",
        ),
        pytest.param(
            {
                "README.md": "# A",
                "catalog-info.yaml": "kind: Component\nmetadata:\n  name: pay\n  annotations:\n"
                "    backstage.io/techdocs-ref: url:https://github.com/acme/other\n",
            },
            "docs-refused",
            "is not in this repository",
            id="documentation of another repository",
        ),
        pytest.param(
            {
                "README.md": "# A",
                "catalog-info.yaml": "kind: Component\nmetadata:\n  name: pay\n  annotations:\n"
                "    backstage.io/techdocs-ref: dir:../../etc\n",
            },
            "docs-refused",
            "is no folder of this repository",
            id="folder outside",
        ),
        pytest.param({"docs/index.md": b"# \xff"}, "docs-refused", "is not UTF-8", id="page that is not UTF-8"),
        pytest.param({"docs/index.md": "x" * 1_048_577}, "docs-too-big", "1,048,576", id="page too large"),
        pytest.param(
            {"docs/index.md": "# A", "docs/waypost-assets/x.md": "# B"},
            "docs-refused",
            "name of the site",
            id="name taken",
        ),
    ],
)
def test_folder_without_a_site_says_why(repository, files, id, word):
    with pytest.raises(CannotBuild) as caught:
        build(repository(files))
    assert caught.value.problem.id == id
    assert word in caught.value.problem.message
    assert caught.value.problem.fix


def test_markdown_travels_with_the_site_and_includes_are_put_in(tmp_path):
    (tmp_path / "docs/parts").mkdir(parents=True)
    (tmp_path / "docs/index.md").write_text('# A\n\n--8<-- "parts/b.txt"\n')
    (tmp_path / "docs/parts/b.txt").write_text("from here\n")
    (tmp_path / "docs/hidden.md").write_text("# Hidden\n")
    (tmp_path / "mkdocs.yml").write_text("plugins: [techdocs-core]\nexclude_docs: hidden.md\n")
    texts = read_texts(json.loads(build(tmp_path).files["waypost_source.json"]))
    assert texts == {"index.md": Text("# A\n\nfrom here\n", "docs/index.md")}


def test_readme_that_became_the_front_page_is_named_as_its_source(tmp_path):
    (tmp_path / "README.md").write_text("# Here\n")
    texts = read_texts(json.loads(build(tmp_path).files["waypost_source.json"]))
    assert texts["index.md"].origin == "README.md"


def test_foreign_image_of_a_readme_is_named_with_the_readme(repository):
    built = build(repository({"README.md": "# Pay\n\n![x](https://img.example/x.png)\n"}))
    assert [(problem.file, problem.message) for problem in built.problems] == [
        ("README.md", "1 image from elsewhere shown as text only")
    ]
