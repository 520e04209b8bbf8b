"""Inputs of a workflow, put into the fields that each template has for them."""

from __future__ import annotations

import pytest

from unit.golden._templates import properties
from waypost.golden.forms import read_workflow

ASKED = properties(
    """
    component_id: {type: string, ui:field: EntityNamePicker}
    team: {type: string, ui:field: OwnerPicker}
    repoVisibility: {type: string, enum: [private, public]}
    repoUrl: {type: string, ui:field: RepoUrlPicker}
    port: {type: integer}
    token: {type: string, ui:field: Secret}
    """
)


def read(asked=ASKED, **inputs):
    return read_workflow(asked, inputs, "acme")


def test_every_template_calls_them_something_else():
    values, faults = read(template="service", name="pay", owner="payments", visibility="public", values="port: 80\n")
    assert faults == ()
    assert values == {
        "component_id": "pay",
        "team": "payments",
        "repoVisibility": "public",
        "repoUrl": "github.com?owner=acme&repo=pay",
        "port": 80,
    }


def test_what_is_empty_is_not_answered():
    assert read(name="", owner=" ", values="") == ({}, ())


def test_a_repository_that_is_said_is_kept():
    values, _ = read(name="pay", values="repoUrl: github.com?owner=acme&repo=other")
    assert values["repoUrl"] == "github.com?owner=acme&repo=other"


def test_a_template_without_a_name_of_its_own_takes_that_of_the_repository():
    asked = properties("where: {type: string, ui:field: RepoUrlPicker}")
    assert read(asked, name="pay") == ({"where": "github.com?owner=acme&repo=pay"}, ())


@pytest.mark.parametrize(
    ("inputs", "path", "says"),
    [
        ({"name": "pay", "values": "component_id: other"}, "component_id", 'the name is "pay", but the values say'),
        ({"template": "other"}, "template", '"other" is not service'),
        ({"values": "prt: 80"}, "prt", 'Did you mean "port"?'),
        ({"values": "token: hush"}, "token", "is a secret"),
        ({"values": "port: [80"}, "values", "line 1"),
    ],
)
def test_what_does_not_fit_is_named(inputs, path, says):
    _, (fault,) = read(**inputs)
    assert fault.path == path
    assert says in fault.message
    assert "hush" not in fault.message


def test_what_the_template_does_not_ask_for_is_said():
    asked = properties("port: {type: integer}")
    _, faults = read(asked, name="pay", owner="payments", visibility="private")
    assert [fault.path for fault in faults] == ["name", "owner", "visibility"]
