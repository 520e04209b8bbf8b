import pytest

from waypost.docs.extensions import EXTENSIONS
from waypost.docs.problems import CannotBuild
from waypost.docs.settings import Settings, read_settings


def read(text):
    return read_settings(text, "mkdocs.yml")


def warned(text):
    return [(problem.line, problem.message) for problem in read(text)[1]]


def test_plain_techdocs_configuration_is_taken_over_without_a_word():
    settings, problems = read(
        "site_name: Pay\nsite_description: Money\nrepo_url: https://github.com/acme/pay\nedit_uri: edit/main/docs\n"
        "nav:\n  - Home: index.md\n  - Guide:\n      - guide/start.md\n      - Far: https://example.org/\n"
        "plugins: [techdocs-core]\nmarkdown_extensions:\n  - admonition\n  - toc: {permalink: true}\n"
    )
    assert problems == []
    assert settings == Settings(
        site_name="Pay",
        site_description="Money",
        repo_url="https://github.com/acme/pay",
        edit_uri="edit/main/docs",
        nav=[{"Home": "index.md"}, {"Guide": ["guide/start.md", {"Far": "https://example.org/"}]}],
        extensions={"admonition": {}, "toc": {"permalink": True}},
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param("site_name: a\nhooks: [evil.py]\n", 2, "hooks: left out: hooks are Python", id="CVE-2026-25153"),
        pytest.param("INHERIT: ../base.yml\n", 1, "INHERIT: left out", id="CVE-2026-29186"),
        pytest.param('"ho\\u006fks": [evil.py]\n', 1, "hooks: left out", id="CVE-2026-29186, key in disguise"),
        pytest.param("theme: {name: material, custom_dir: x}\n", 1, "theme.custom_dir: left out", id="CVE-2026-106509"),
        pytest.param("theme: evil\n", 1, 'theme "evil" left out', id="theme of another package"),
        pytest.param("extra_javascript: [a.js]\n", 1, "scripts of a repository do not run", id="script"),
        pytest.param("extra_css: [a.css]\n", 1, "same style sheets", id="style sheet"),
        pytest.param("extra_templates: [a.html]\n", 1, "extra_templates: left out", id="template"),
        pytest.param("plugins:\n  - techdocs-core\n  - macros\n", 3, "this plugin is not supported", id="plugin"),
        pytest.param("plugins: {exec: {}}\n", 1, "plugins.exec: left out", id="plugins as a mapping"),
        pytest.param("site_nam: x\n", 1, "site_nam: left out", id="misspelt key"),
        pytest.param("repo_url: javascript:alert(1)\n", 1, "is no https address", id="repo_url that runs"),
        pytest.param("edit_uri: ../../x\n", 1, "neither a path nor an https address", id="edit_uri that climbs"),
        pytest.param("edit_uri: javascript:alert(1)\n", 1, "neither a path", id="edit_uri that runs"),
        pytest.param("nav:\n  - A: ../../etc/passwd\n", 2, "neither a page of docs_dir", id="nav that climbs"),
        pytest.param("nav:\n  - A: javascript:alert(1)\n", 2, "neither a page of docs_dir", id="CVE-2021-32660 in nav"),
        pytest.param("site_name: !ENV SECRET\n", 1, "!ENV", id="environment"),
    ],
)
def test_what_could_run_code_or_reach_out_is_left_out_and_named_with_its_line(text, line, message):
    found = warned(text)
    assert any(at == line and message in said for at, said in found), found


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("os", id="module of Python"),
        pytest.param("docs.evil", id="CVE-2026-106557: module of the repository"),
        pytest.param("evil:Extension", id="class of a module"),
        pytest.param("mkpatcher", id="extension that runs a script"),
        pytest.param("pymdownx.b64", id="extension that reads files"),
        pytest.param("markdown.extensions.os", id="behind the usual prefix"),
    ],
)
def test_extension_that_is_not_in_the_table_is_never_named_to_mkdocs(name):
    settings, problems = read(f"markdown_extensions:\n  - {name}\n")
    assert settings.extensions == {}
    assert "no Markdown extension that Waypost knows" in problems[0].message


def test_options_are_taken_over_only_when_their_type_fits():
    text = (
        "markdown_extensions:\n  - pymdownx.snippets:\n      base_path: [/etc]\n      url_download: true\n"
        "      auto_append: [../../secret]\n      check_paths: true\n  - toc: {slugify: x, toc_depth: [1]}\n"
    )
    settings, problems = read(text)
    assert settings.extensions == {"pymdownx.snippets": {"check_paths": True}, "toc": {}}
    assert [problem.line for problem in problems] == [3, 4, 5, 7]  # CVE-2026-106510


def test_python_tags_are_never_resolved():
    text = "site_name: !!python/object/apply:os.system ['touch /tmp/x']\nnav: !!python/name:os.system\n"
    settings, problems = read(text)
    assert settings.nav is None
    assert any("python/object/apply" in problem.message for problem in problems)


def test_icons_as_material_documents_them_are_no_reason_to_complain():
    text = (
        "markdown_extensions:\n  - pymdownx.emoji:\n"
        "      emoji_index: !!python/name:material.extensions.emoji.twemoji\n"
        "      emoji_generator: !!python/name:material.extensions.emoji.to_svg\n"
        "  - pymdownx.superfences:\n      custom_fences:\n        - name: mermaid\n          class: mermaid\n"
        "          format: !!python/name:pymdownx.superfences.fence_code_format\n"
    )
    assert warned(text) == []


@pytest.mark.parametrize(
    "folder", ["/etc", "..", "docs/../..", "~/x", "a\\b"], ids=["absolute", "parent", "inner", "home", "backslash"]
)
def test_docs_dir_outside_the_repository_is_refused(folder):
    with pytest.raises(CannotBuild) as caught:
        read(f"site_name: x\ndocs_dir: '{folder}'\n")
    assert (caught.value.problem.file, caught.value.problem.line) == ("mkdocs.yml", 2)


@pytest.mark.parametrize(
    "text",
    ["- a\n- b\n", "site_name: [\n", "a: 1\n---\nb: 2\n", "x: " + "[" * 5000],
    ids=["list", "unfinished", "two documents", "nested without end"],
)
def test_configuration_that_cannot_be_read_is_refused_with_a_reason(text):
    with pytest.raises(CannotBuild) as caught:
        read(text)
    assert caught.value.problem.message
    assert caught.value.problem.fix


def test_endless_navigation_is_refused():
    with pytest.raises(CannotBuild, match="5,000"):
        read("nav:\n" + "  - a.md\n" * 5001)


def test_empty_configuration_is_fine():
    assert read("# nothing yet\n") == (Settings(), [])


def test_redirects_lead_from_page_to_page_or_to_the_web():
    settings, problems = read(
        "plugins:\n  - redirects:\n      redirect_maps:\n        old.md: new.md\n        far.md: https://example.org/\n"
        "        bad.md: javascript:alert(1)\n"
    )
    assert settings.redirects == {"old.md": "new.md", "far.md": "https://example.org/"}
    assert [problem.line for problem in problems] == [6]


def test_every_extension_of_the_table_is_installed():
    markdown = pytest.importorskip("markdown")
    for name in EXTENSIONS:
        markdown.Markdown(extensions=[name])


def test_more_redirects_than_anybody_follows_are_left_out_with_one_word():
    maps = "".join(f"      {number}.md: index.md\n" for number in range(1_200))
    settings, problems = read(f"plugins:\n  - redirects:\n      redirect_maps:\n{maps.replace('      ', '        ')}")
    assert len(settings.redirects) == 1_000
    assert [problem.message for problem in problems] == [
        "plugins[0].redirects.redirect_maps: more than 1,000 redirects: the others left out"
    ]
