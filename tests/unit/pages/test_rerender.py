"""What is rendered again after a change is exactly what differs between two whole renders, and costs what changed."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.pages.catalogs import SITE, catalog, entity, organisation, repository, snapshot
from waypost.catalog.build import update
from waypost.catalog.entities import Evidence
from waypost.catalog.made_from import MadeFrom
from waypost.catalog.people import People, Team
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.template_folders import TemplateFolder
from waypost.pages import coverage, find, front, machine, page, problems, render, rerender
from waypost.pages.reference import layout

EXAMPLES = 60  # the rule was looked for in many thousands; these keep it
NAMES = ("a", "b", "c", "d")
REFERENCES = st.sampled_from([f"{kind}:{name}" for kind in ("component", "resource", "api") for name in NAMES])
SOME = st.lists(st.sampled_from(NAMES), max_size=2)
OWNERS = st.sampled_from(["a", "b", "user:a", "group:c", "@acme/team-d", "Other", "user:e", "nobody", None])
EVIDENCE = st.builds(
    Evidence, st.sampled_from([(), (), ("@acme/a",), ("@acme/b",)]), st.sampled_from([(), ("Dockerfile",)])
)
PEOPLE = People(
    {
        "a": Team("a", "A", "Said.", "team-d", ("zoe",), 1),
        "b": Team("b", "Other", id=2),
        "team-d": Team("team-d", "Title", members=("e",), id=3),
    },
    frozenset({"e", "zoe"}),
)
ONE = st.sampled_from([*NAMES, None])
VERSIONS = ("a" * 40, "b" * 40)
MADE_FROM = st.sampled_from([None, *(MadeFrom(f"template:default/{name}", VERSIONS[0]) for name in NAMES)])
FOLDERS = st.sampled_from([(), ("skeleton/main.tf",), ("skeleton/mkdocs.yml",)])

DEFINITIONS = st.sampled_from(
    [
        "x",
        "{openapi: 3.1.0, paths: {/a: {get: {}}}}",
        "{openapi: 3.1.0, info: {version: 2}, paths: {/a: {get: {}, put: {}}, /b: {get: {}}}}",
        "{openapi: 3.1.0, paths: {/b: {get: {}, post: {}}}, components: {schemas: {A: {}, B: {enum: [1]}}}}",
    ]
)


def spec(draw, kind):
    """A spec of this kind, without what is None."""
    common = {"owner": draw(OWNERS), "type": draw(st.sampled_from(["service", "x", None]))}
    fields = {
        "Component": {
            "lifecycle": draw(st.sampled_from(["production", "deprecated"])),
            "system": draw(ONE),
            "subcomponentOf": draw(ONE),
            "providesApis": draw(SOME),
            "consumesApis": draw(SOME),
            "dependsOn": draw(st.lists(REFERENCES, max_size=2)),
        },
        "API": {"system": draw(ONE), "lifecycle": "production", "type": "openapi", "definition": draw(DEFINITIONS)},
        "Resource": {"system": draw(ONE), "dependsOn": draw(st.lists(REFERENCES, max_size=1))},
        "System": {"domain": draw(ONE)},
        "Domain": {"subdomainOf": draw(ONE)},
        "Group": {"parent": draw(ONE), "children": draw(SOME), "members": draw(SOME)},
        "User": {"memberOf": draw(SOME)},
        "Widget": {},
        "Template": {
            "lifecycle": draw(st.sampled_from([None, "deprecated"])),
            "parameters": [{"properties": {draw(st.sampled_from(["name", "colour"])): {"type": "string"}}}],
            "steps": [{"id": "log", "name": "Log", "action": "debug:log", "input": {}}],
        },
    }
    return {key: value for key, value in {**common, **fields[kind]}.items() if value}


@st.composite
def entities(draw, home, index):
    kind = draw(
        st.sampled_from(
            ["Component", "Component", "API", "Resource", "System", "Domain", "Group", "User", "Widget", "Template"]
        )
    )
    metadata = {
        "title": draw(st.sampled_from([None, "Title", "Other"])),
        "description": draw(st.sampled_from([None, "Said."])),
        "labels": draw(st.sampled_from([None, {"tier": "1"}, {"tier": "3"}])),
        "annotations": draw(
            st.sampled_from(
                [
                    None,
                    {"pagerduty.com/service-id": "P1"},
                    {"github.com/team-slug": "acme/team-d"},
                    {"github.com/user-login": "e"},
                    {"github.com/user-login": "left"},
                    {"github.com/project-slug": "acme/r3"},
                    {"waypost.dev/successor": "template:b"},
                    {"backstage.io/techdocs-ref": "dir:."},
                ]
            )
        ),
    }
    given_metadata = {key: value for key, value in metadata.items() if value}
    commit = draw(st.sampled_from(VERSIONS))
    return entity(home, kind, draw(st.sampled_from(NAMES)), spec(draw, kind), index, commit=commit, **given_metadata)


@st.composite
def snapshots(draw, number):
    home = repository(
        number,
        draw(st.sampled_from([f"r{number}", f"renamed{number}"])) if number > 1 else "catalog",
        is_archived=draw(st.booleans()),
        default_branch=draw(st.sampled_from(["main", "trunk"])),
    )
    made = [draw(entities(home, index)) for index in range(draw(st.integers(0, 3)))]
    unique = list({one.ref: one for one in made}.values())
    found = snapshot(home, *unique, evidence=draw(EVIDENCE))
    folders = tuple(TemplateFolder(one.ref, draw(FOLDERS)) for one in unique if one.kind == "Template")
    found = replace(found, made_from=draw(MADE_FROM), folders=folders)
    if draw(st.booleans()):
        problem = Problem(home.full_name, "catalog-info.yaml", 1, 1, "x", "", "wrong", "mend", "", Severity.WARNING)
        found = replace(found, problems=(problem,))
    if draw(st.integers(0, 5)) == 0:
        found = replace(found, entities=(), state="stale", reason="no access", since="2026-10-01")
    return found


@st.composite
def changes(draw):
    """The snapshots of an organisation, and some of them as they are later."""
    count = draw(st.integers(1, 6))
    before = [draw(snapshots(number)) for number in range(1, count + 1)]
    changed = draw(st.lists(st.integers(1, count + 1), min_size=1, max_size=3, unique=True))
    return before, [[draw(snapshots(number))] for number in changed], draw(st.sampled_from([None, PEOPLE]))


def check(before, steps, people):
    old = catalog(before, people)
    files = dict(render(old, SITE))
    for step in steps:
        new = update(old, step)
        whole = dict(render(new, SITE))
        again = dict(rerender(old, new, SITE))
        expected = {path: whole.get(path) for path in files.keys() | whole.keys() if files.get(path) != whole.get(path)}
        assert again.keys() == expected.keys()
        assert again == expected
        old, files = new, whole


@pytest.fixture(params=["as they are", "tiny"])
def limits(request, monkeypatch):
    """The sizes at which lists are split: once as they are, once so small that everything is."""
    if request.param == "tiny":
        for module, name, value in (
            (find, "ROWS", 2),
            (page, "ROWS", 1),
            (page, "PART_ROWS", 1),
            (machine, "ONE_LOCATION", 3),
            (front, "SMALL", 1),
            (problems, "ON_ONE_PAGE", 2),
            (coverage, "ROWS", 1),
            (layout, "SMALL_OPERATIONS", 1),
            (layout, "PAGE_BYTES", 200),
        ):
            monkeypatch.setattr(module, name, value)


def test_rerender_is_the_difference_of_two_renders(limits):
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(changes())
    def holds(change):
        check(*change)

    holds()


def test_a_template_that_goes_away_shows_on_the_one_it_was_to_succeed():
    home, other = repository(2, "r2"), repository(3, "r3")
    annotations = {"waypost.dev/successor": "template:b"}
    old = entity(home, "Template", "a", {"owner": "a", "lifecycle": "deprecated"}, annotations=annotations)
    new = entity(other, "Template", "b", {"owner": "a"})
    check([snapshot(home, old), snapshot(other, new)], [[snapshot(other)]], None)


def test_rerender_needs_no_common_history():
    before, after = (catalog(organisation(30, seed)) for seed in (1, 2))
    files, whole = dict(render(before, SITE)), dict(render(after, SITE))
    again = dict(rerender(before, after, SITE))
    assert again == {
        path: whole.get(path) for path in files.keys() | whole.keys() if files.get(path) != whole.get(path)
    }


def test_changed_settings_render_everything_anew():
    before = catalog(organisation(20))
    after = catalog(organisation(20), integrations={"pagerduty": False})
    whole = dict(render(after, SITE))
    again = dict(rerender(before, after, SITE))
    assert {**dict(render(before, SITE)), **again} == whole


def test_other_people_render_everything_anew():
    before, after = catalog(organisation(20)), catalog(organisation(20), PEOPLE)
    whole = dict(render(after, SITE))
    again = dict(rerender(before, after, SITE))
    assert {**dict(render(before, SITE)), **again} == whole


def test_unchanged_catalog_renders_nothing():
    before = catalog(organisation(20))
    assert not list(rerender(before, before, SITE))
    assert not list(rerender(before, update(before, [organisation(20)[5]]), SITE))


def test_one_changed_description_renders_few_pages_however_large_the_organisation(monkeypatch):
    snapshots = organisation(600)
    old = catalog(snapshots)
    first = snapshots[40].entities[0]
    metadata = {key: value for key, value in first.data["metadata"].items() if key != "name"}
    changed = entity(
        snapshots[40].repository, "Component", first.name, first.data["spec"], **{**metadata, "description": "New."}
    )
    new = update(old, [replace(snapshots[40], entities=(changed, *snapshots[40].entities[1:]))])
    module = sys.modules[rerender.__module__]
    rendered = []
    whole_page = module.page
    monkeypatch.setattr(module, "page", lambda view, ref: rendered.append(ref) or whole_page(view, ref))
    assert len(dict(rerender(old, new, SITE))) == 3
    assert set(rendered) == {changed.ref}
