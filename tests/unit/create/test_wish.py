"""A name and an owner become the parameters of any template; texts become values of the type that is asked for."""

from __future__ import annotations

import pytest

from waypost.create.wish import Wish, owner_ref, parameters, team_of, typed
from waypost.golden.fields import Field
from waypost.golden.template import read

TEMPLATE = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: t}
spec:
  owner: platform
  type: service
  parameters:
    properties:
      component_id: {type: string}
      team: {type: string, ui:field: OwnerPicker}
      where: {type: string, ui:field: RepoUrlPicker, ui:options: {allowedHosts: [ghe.acme.example]}}
      replicas: {type: integer}
      tags: {type: array}
      token: {type: string, ui:field: Secret}
  steps: []
"""
SERVER = "https://ghe.acme.example"


def values(**more):
    return parameters(read(TEMPLATE), Wish("acme", "pay", "payments", **more), SERVER)


def test_name_and_owner_reach_the_fields_that_mean_them():
    found, faults = values()
    assert faults == []
    assert found == {
        "component_id": "pay",
        "team": "payments",
        "where": "ghe.acme.example?owner=acme&repo=pay",
    }


def test_answers_as_text_become_values_of_their_type():
    found, faults = values(texts={"replicas": "3", "tags": "[a, b]"})
    assert faults == []
    assert (found["replicas"], found["tags"]) == (3, ["a", "b"])


def test_name_said_in_two_ways_must_be_one_name():
    _, (fault,) = values(texts={"component_id": "pay-api"})
    assert 'the name is "pay", but the values say component_id: "pay-api". Keep one' in fault.message


def test_owner_is_no_parameter_of_a_template_that_asks_for_none():
    template = read(TEMPLATE.replace("      team: {type: string, ui:field: OwnerPicker}\n", ""))
    found, faults = parameters(template, Wish("acme", "pay", "payments"), SERVER)
    assert (faults, "payments" in found.values()) == ([], False)


@pytest.mark.parametrize(
    "given", [{"values": {"token": "x"}}, {"texts": {"token": "x"}}], ids=["a file", "an argument"]
)
def test_secret_is_refused_from_where_others_can_read_it(given):
    _, (fault,) = values(**given)
    assert fault.path == "token"
    assert "--secret token" in fault.message


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        pytest.param("string", "3", "3", id="text stays text"),
        pytest.param("integer", "3", 3, id="number"),
        pytest.param("boolean", "true", True, id="yes or no"),
        pytest.param("integer", "many", "many", id="no number"),
        pytest.param("array", "[a", "[a", id="broken list"),
        pytest.param("object", "{a: 1}", {"a": 1}, id="mapping"),
    ],
)
def test_text_becomes_a_value_of_the_fields_type(kind, text, value):
    assert typed(Field("x", {"type": kind}), text) == value


@pytest.mark.parametrize(
    ("written", "ref"),
    [
        ("payments", "group:default/payments"),
        ("@acme/payments", "group:default/payments"),
        ("Group:Payments", "group:default/payments"),
        ("user:ada", "user:default/ada"),
        ("group:ops/payments", "group:ops/payments"),
    ],
)
def test_owner_is_understood_as_people_write_it(written, ref):
    assert owner_ref(written) == ref


def test_only_groups_of_the_default_namespace_are_teams():
    assert team_of("group:default/payments") == "payments"
    assert team_of("group:ops/payments") == ""
    assert team_of("user:default/ada") == ""
