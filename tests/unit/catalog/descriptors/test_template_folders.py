"""What is read of a template's folder, and of what a template made."""

from __future__ import annotations

from unit.catalog.descriptors.test_describe import component, described, snapshot
from waypost.catalog.discovery import is_ours
from waypost.catalog.made_from import MadeFrom
from waypost.catalog.snapshots import dump, load

TEMPLATE = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: python-service}
spec: {type: service, owner: platform, steps: [{id: a, action: "debug:log"}]}
"""
CATALOG = {
    "templates/python-service/template.yaml": TEMPLATE,
    "templates/python-service/skeleton/catalog-info.yaml": component("${{ values.name }}"),
    "templates/python-service/skeleton/main.tf": 'resource "aws_s3_bucket" "a" {\n}\nresource "aws_lb" "b" {\n}\n',
    "templates/python-service/tests/full/values.yaml": "name: zebra\n",
    "templates/python-service/tests/minimal/values.yaml": "name: ant\n",
    "templates/README.md": "Words.",
    "registrations/a.yaml": component("a"),
}


def test_templates_of_the_catalog_repository_are_entities_and_their_skeletons_are_not():
    assert {entity.ref for entity in described(CATALOG, is_catalog=True).entities} == {
        "template:default/python-service",
        "component:default/a",
    }


def test_the_version_of_a_template_is_the_last_commit_of_its_folder():
    entity = next(one for one in described(CATALOG, is_catalog=True).entities if one.kind == "Template")
    assert entity.origin.commit == "commit of templates/python-service"


def test_the_folder_of_a_template_is_known_by_its_paths_example_and_terraform_resources():
    (folder,) = described(CATALOG, is_catalog=True).folders
    assert folder.ref == "template:default/python-service"
    assert folder.paths == tuple(
        sorted(path.removeprefix("templates/python-service/") for path in CATALOG if "python-service" in path)
    )
    assert folder.example == "name: zebra\n"
    assert folder.resources == ("aws_lb", "aws_s3_bucket")


def test_a_push_to_a_skeleton_is_a_change_of_the_template():
    watched = described(CATALOG, is_catalog=True).watched
    assert is_ours("templates/python-service/skeleton/new.txt", watched, is_catalog=True)
    assert not is_ours("docs/new.txt", watched, is_catalog=True)


def test_a_template_outside_the_catalog_repository_is_read_the_same_way():
    tree = {"catalog-info.yaml": TEMPLATE, "skeleton/a.txt": "a"}
    found = described(tree)
    assert [folder.paths for folder in found.folders] == [("catalog-info.yaml", "skeleton/a.txt")]
    assert found.entities[0].origin.commit == "commit of catalog-info.yaml"


def test_a_repository_says_which_template_made_it():
    tree = {"catalog-info.yaml": component("a"), ".waypost.yaml": "template: python-service\nversion: abc\n"}
    assert described(tree).made_from == MadeFrom("template:default/python-service", "abc")
    assert is_ours(".waypost.yaml")


def test_what_is_known_of_templates_survives_the_cache():
    tree = {**CATALOG, ".waypost.yaml": "template: python-service\nversion: abc\n"}
    found, rounds = snapshot(tree, is_catalog=True)
    assert load(dump(found)) == found
    assert len(rounds) <= 4
