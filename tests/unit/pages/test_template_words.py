"""What the pages of a template say in its place: the command that creates something, and what that would make."""

from __future__ import annotations

import pytest

from waypost.catalog.entities import Entity, Origin
from waypost.catalog.template_folders import TemplateFolder
from waypost.golden.effects import RepositoryExists
from waypost.pages.gallery import WIDTH, command, template_of
from waypost.pages.preview import preview

NAME = {"type": "string", "ui:field": "EntityNamePicker"}
PLACE = {"type": "string", "ui:field": "RepoUrlPicker"}
OWNER = {"type": "string", "ui:field": "OwnerPicker"}
EXAMPLE = 'name: parcels\nowner: "group:default/logistics"\nrepoUrl: "github.com?owner=example&repo=parcels"\n'


def template(kind="service", **more):
    asked = {"name": NAME, "owner": OWNER, "repoUrl": PLACE, **more}
    fetch = {"url": "./skeleton"}
    publish = {"repoUrl": "${{ parameters.repoUrl }}", "description": "${{ parameters.owner }}"}
    spec = {
        "owner": "platform",
        "type": kind,
        "parameters": {"required": list(asked), "properties": asked},
        "steps": [{"action": "fetch:template", "input": fetch}, {"action": "publish:github", "input": publish}],
    }
    data = {
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": {"name": "starter"},
        "spec": spec,
    }
    return Entity(
        "template:default/starter", "Template", "default", "starter", data, Origin(1, "acme/catalog", "t.yaml")
    )


def made(entity):
    planned = preview(template_of(entity), TemplateFolder(entity.ref, ("skeleton/README.md",), EXAMPLE), "acme")
    return next(effect for effect in planned.effects if isinstance(effect, RepositoryExists))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("service", "my-service", id="a service"),
        pytest.param("website", "my-website", id="a website"),
        pytest.param("Web Site!", "my-service", id="no name for a repository"),
    ],
)
def test_command_names_what_the_template_makes(kind, name):
    assert command(template(kind)) == f"waypost create starter --name {name} --owner my-team"


def test_long_command_is_folded_so_that_a_shell_reads_it_as_one():
    subnets = {f"subnets{number}": {"type": "array"} for number in range(6)}
    lines = command(template(**subnets), "--dry-run").split("\n")
    assert len(lines) > 2
    assert all(len(line) <= WIDTH + len(" \\") for line in lines)
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert lines[-1].endswith('--set subnets5="[..., ...]" --dry-run')


def test_plan_is_for_the_name_that_the_command_says():
    effect = made(template())
    assert (effect.repository, effect.description) == ("acme/my-service", "group:default/my-team")


def test_plan_is_for_the_example_where_the_template_takes_no_other_name():
    only = {"type": "string", "ui:field": "EntityNamePicker", "enum": ["parcels"]}
    assert made(template(name=only)).repository == "example/parcels"
