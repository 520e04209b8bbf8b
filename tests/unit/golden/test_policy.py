"""Who may create what: nothing by default, and a refusal names the line that is missing."""

from __future__ import annotations

import pytest

from waypost.catalog.creation import Allowance, Creation
from waypost.golden.policy import Actor, approvers, decide, may_approve

ANA = Actor("ana", ("payments", "all"))
SERVICE, AWS = "template:default/python-service", "template:default/container-service-aws"
CREATION = Creation(
    (
        Allowance(("payments",), ("python-*",), names=("pay-*", "ledger")),
        Allowance(("platform",), ("*",), visibilities=("private", "public"), owners=("*",)),
        Allowance(("all",), ("python-service",), names=("try-*",), approvers=("leads",)),
    )
)


def allowed(template=SERVICE, name="pay-api", visibility="private", owner="group:default/payments", actor=ANA):
    return decide(CREATION, actor, template, name, visibility, owner)


def test_what_an_entry_allows_wholly_is_allowed():
    assert allowed() == ()
    assert allowed(name="Ledger") == ()
    assert allowed(owner="") == ()
    assert allowed(AWS, "x", "public", "group:default/search", Actor("pim", ("platform",))) == ()


def test_nobody_may_create_anything_by_default():
    (fault,) = decide(Creation(), ANA, SERVICE, "pay-api")
    assert fault.path == "create"
    assert fault.message == (
        'ana (teams all, payments) may not use "python-service": waypost.yaml allows nobody to create anything. '
        "Add, below create.allow in waypost.yaml of the catalog repository: "
        "- {teams: [all], templates: [python-service]}"
    )


def test_a_template_of_another_team_is_refused_with_whom_to_ask():
    (fault,) = allowed(AWS)
    assert 'ana (teams all, payments) may not use "container-service-aws"' in fault.message
    assert "waypost.yaml allows it to team platform. Ask them, or add" in fault.message


def test_a_template_that_no_entry_names_is_allowed_to_nobody():
    (fault,) = decide(Creation((Allowance(("all",), ("docs-site",)),)), ANA, SERVICE, "x")
    assert "allows it to nobody" in fault.message


def test_a_template_of_the_same_name_elsewhere_is_another_template():
    assert allowed("template:mallory/python-service")
    exact = Creation((Allowance(("all",), ("template:data/python-service",)),))
    assert decide(exact, ANA, "template:data/python-service", "x") == ()
    assert decide(exact, ANA, SERVICE, "x")


@pytest.mark.parametrize(
    ("request_", "path", "says"),
    [
        ({"name": "search"}, "name", '"search" is not a name that waypost.yaml allows team payments to use: "pay-*"'),
        ({"visibility": "public"}, "visibility", '"public" is not one of the visibilities'),
        ({"owner": "group:default/search"}, "owner", "is not a team of ana; waypost.yaml allows team payments"),
        ({"owner": "user:default/bo"}, "owner", "all, payments"),
        ({"owner": "group:"}, "owner", "is not a team of ana"),
    ],
)
def test_the_bound_that_is_crossed_is_named(request_, path, says):
    (fault,) = allowed(**request_)
    assert fault.path == path
    assert says in fault.message


def test_every_bound_that_is_crossed_is_named_at_once():
    assert {fault.path for fault in allowed(name="x", visibility="public", owner="search")} == {
        "name",
        "visibility",
        "owner",
    }


def test_bounds_of_different_entries_are_not_mixed():
    entries = Creation(
        (Allowance(("all",), ("*",), names=("a-*",)), Allowance(("all",), ("*",), ("b-*",), ("public",)))
    )
    assert decide(entries, ANA, SERVICE, "a-x", "public")
    assert decide(entries, ANA, SERVICE, "b-x", "public") == ()


def test_a_person_may_own_what_they_create():
    assert allowed(owner="user:default/Ana") == ()


def test_every_team_is_not_everybody():
    everyone = Creation((Allowance(("*",), ("*",)),))
    assert decide(everyone, ANA, SERVICE, "x") == ()
    (fault,) = decide(everyone, Actor("stranger"), SERVICE, "x")
    assert "stranger (in no team of the organisation)" in fault.message
    assert "members of any team" in fault.message


def test_teams_are_compared_without_regard_to_case_and_by_slug():
    assert allowed(actor=Actor("ana", ("Payments",))) == ()
    assert allowed(actor=Actor("ana", ("group:default/payments",))) == ()
    assert allowed(actor=Actor("ana", ("group:eu/payments",)))


def test_whose_agreement_is_asked_for():
    def teams(name, actor=ANA):
        return approvers(CREATION, actor, SERVICE, name)

    assert teams("try-x") == ("leads",)
    assert teams("pay-x") == ()
    assert teams("try-x", Actor("pim", ("all", "platform"))) == ()  # one entry that asks for nobody is enough
    assert teams("other") == ()


def test_nobody_agrees_to_their_own_request():
    leads = ("leads",)
    assert may_approve(Actor("lee", leads), "ana", leads) == ()
    assert "asked for it" in may_approve(Actor("Ana", leads), "ana", leads)[0].message
    assert "lee is not in team leads" in may_approve(Actor("lee", ("all",)), "ana", leads)[0].message
