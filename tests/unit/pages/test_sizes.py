"""Pages stay readable at every size: what GitHub cuts or hides never happens."""

from __future__ import annotations

import json
import re
from collections import Counter
from posixpath import dirname, join, normpath

import pytest
import yaml

from unit.pages.catalogs import SITE, catalog, entity, organisation, repository, snapshot
from waypost.limits import FOLDER_ENTRIES, MARKDOWN_BYTES
from waypost.pages import render
from waypost.pages.front import SMALL

_LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module", params=[30, 300, 3_000])
def files(request):
    return dict(render(catalog(organisation(request.param)), SITE))


def test_no_file_outgrows_what_github_shows(files):
    largest = max(files, key=lambda path: len(files[path].encode()))
    assert len(files[largest].encode()) <= MARKDOWN_BYTES, largest


def test_no_folder_outgrows_what_github_lists(files):
    entries = {(dirname(path), path) for path in files}
    for path in files:
        folder = dirname(path)
        while folder:
            entries.add((dirname(folder), folder))
            folder = dirname(folder)
    (folder, count), *_ = Counter(folder for folder, _ in entries).most_common(1)
    assert count <= FOLDER_ENTRIES, folder


def test_every_relative_link_leads_to_a_file(files):
    broken = []
    for path, text in files.items():
        if path.endswith(".md"):
            for target in _LINK.findall(text):
                if not target.startswith(("https://", "mailto:", "#")):
                    found = normpath(join(dirname(path), target.partition("#")[0]))
                    if found.replace("%25", "%") not in files:
                        broken.append((path, target))
    assert not broken


def test_every_entity_is_reached_from_the_front_page(files):
    seen, todo = set(), ["README.md"]
    while todo:
        path = todo.pop()
        if path in seen or path not in files:
            continue
        seen.add(path)
        for target in _LINK.findall(files[path]) if path.endswith(".md") else ():
            if not target.startswith(("https://", "mailto:", "#")):
                todo.append(normpath(join(dirname(path), target)).replace("%25", "%"))
    pages = {path for path in files if path.startswith("pages/")}
    assert pages <= seen


def test_diagram_has_at_most_sixty_nodes(files):
    for path, text in files.items():
        for diagram in re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL):
            nodes = re.findall(r"^  n\d+[\[(]", diagram, re.MULTILINE)
            assert len(nodes) <= 60, path
            assert len(diagram) <= 50_000, path
            assert diagram.count("-->") <= 500, path


def test_all_yaml_leads_to_every_entity_file(files):
    reached, todo = set(), ["entities/all.yaml"]
    while todo:
        path = todo.pop()
        data = yaml.load(files[path], yaml.CSafeLoader)
        if data["kind"] == "Location" and data["metadata"]["name"].startswith("waypost-all"):
            todo += [normpath(join(dirname(path), target)) for target in data["spec"]["targets"]]
        else:
            reached.add(path)
    assert reached == {path for path in files if path.startswith("entities/") and path.count("/") == 4}


def test_index_holds_every_entity_once(files):
    entries = [
        entry for path, text in files.items() if path.startswith(".waypost/index/") for entry in json.loads(text)
    ]
    assert len({entry["ref"] for entry in entries}) == len(entries)
    assert {entry["page"] for entry in entries} == {
        path.replace("entities/", "pages/").replace(".yaml", ".md")
        for path in files
        if path.startswith("entities/") and path.count("/") == 4
    }


def test_front_page_lists_everything_while_the_organisation_is_small():
    front = dict(render(catalog(organisation(SMALL)), SITE))["README.md"]
    assert all(f"[service-{number}]" in front for number in range(SMALL))


def test_front_page_is_of_constant_size_beyond():
    sizes = [len(dict(render(catalog(organisation(count)), SITE))["README.md"]) for count in (SMALL + 1, 400, 1_200)]
    assert max(sizes) < 8_000
    assert "[service-1]" not in dict(render(catalog(organisation(SMALL + 1)), SITE))["README.md"]


def test_description_changes_three_files_at_most():
    before = organisation(100)
    home = before[40].repository
    old = before[40].entities[0]
    metadata = {**old.data["metadata"], "description": "Something else entirely."}
    new = entity(
        home,
        "Component",
        old.name,
        old.data["spec"],
        commit="f" * 40,
        **{k: v for k, v in metadata.items() if k != "name"},
    )
    after = [*before[:40], snapshot(home, new, *before[40].entities[1:]), *before[41:]]
    first, second = (dict(render(catalog(snapshots), SITE)) for snapshots in (before, after))
    changed = {path for path in first.keys() | second.keys() if first.get(path) != second.get(path)}
    assert len(changed) == 3, changed


def test_equal_catalogs_give_equal_bytes_whatever_the_order():
    snapshots = organisation(50)
    first = list(render(catalog(snapshots), SITE))
    second = list(render(catalog(snapshots[::-1]), SITE))
    assert dict(first) == dict(second)
    assert len(dict(first)) == len(first), "a path is written twice"


def test_team_that_owns_thousands_has_pages_for_them():
    home = repository(1, "catalog")
    team = entity(home, "Group", "everyone", {"type": "team", "children": []})
    many = [
        snapshot(
            repository(number + 2, f"r{number}"),
            entity(
                repository(number + 2, f"r{number}"),
                "Component",
                f"{'very-' * 8}long-name-{number:04}",
                {"type": "service", "lifecycle": "production", "owner": "everyone"},
                title=f"{'|' * 90}{number}",
            ),
        )
        for number in range(1_500)
    ]
    files = dict(render(catalog([snapshot(home, team), *many]), SITE))
    assert max(len(text.encode()) for text in files.values()) <= MARKDOWN_BYTES
    pages = [text for path, text in files.items() if "/everyone/owns/" in path]
    assert sum(text.count("\n| [") for text in pages) == 1_500
