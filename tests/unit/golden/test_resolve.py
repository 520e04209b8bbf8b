"""Answers to pickers: what people write becomes what a template expects, or a fault that names the nearest."""

from __future__ import annotations

import pytest

from unit.golden._templates import properties
from waypost.catalog.entities import Entity, Origin
from waypost.golden.resolve import resolve


def entity(kind, name, repository="acme/portal", **data):
    ref = f"{kind}:default/{name}".lower()
    envelope = {"kind": kind, "metadata": {"name": name, **data.pop("metadata", {})}, "spec": data}
    return Entity(ref, kind, "default", name, envelope, Origin(1, repository, "catalog-info.yaml"))


ENTITIES = {
    each.ref: each
    for each in (
        entity("Group", "payments", type="team"),
        entity("Group", "search", type="team", metadata={"annotations": {"github.com/team-slug": "acme/search-crew"}}),
        entity("User", "ana", profile={"email": "ana@acme.example"}),
        entity("System", "checkout"),
        entity("Component", "pay-api", "acme/pay-api", type="service", metadata={"tags": ["java"]}),
        entity("Component", "pay-web", "acme/pay-web", type="website"),
        entity("Resource", "ledger-db", type="database", metadata={"annotations": {"aws.com/arn": "x"}}),
    )
}


def ask(schema, value, entities=ENTITIES, **around):
    """Return the resolved value of a field and the faults."""
    values, faults = resolve(properties(f"it: {{type: string, {schema}}}"), {"it": value}, entities, "acme", **around)
    return values["it"], faults


OWNER = "ui:field: OwnerPicker"


@pytest.mark.parametrize(
    ("written", "ref"),
    [
        ("payments", "group:default/payments"),
        ("group:payments", "group:default/payments"),
        ("Group:default/Payments", "group:default/payments"),
        ("acme/payments", "group:default/payments"),
        ("@acme/search-crew", "group:default/search"),
        ("user:ana", "user:default/ana"),
        ("ana", "user:default/ana"),
        ("ana@acme.example", "user:default/ana"),
    ],
)
def test_an_owner_becomes_a_full_ref_however_people_write_it(written, ref):
    assert ask(OWNER, written) == (ref, ())


def test_an_owner_who_is_nobody_is_refused_with_the_nearest():
    value, (fault,) = ask(OWNER, "paymnts")
    assert (value, fault.path) == ("paymnts", "it")
    assert fault.message == (
        'there is no group or user "paymnts" in the catalog. Did you mean "group:default/payments"?'
    )


def test_a_picker_of_groups_takes_no_user():
    _, (fault,) = ask("ui:field: OwnerPicker, ui:options: {allowedKinds: [Group]}", "user:ana")
    assert "user:default/ana is in the catalog, but the template asks for kind group" in fault.message
    assert ask("ui:field: OwnerPicker, ui:options: {catalogFilter: {kind: Group}}", "ana")[1]


def test_where_the_template_allows_anything_anything_goes():
    assert ask("ui:field: OwnerPicker, ui:options: {allowArbitraryValues: true}", "x y") == ("x y", ())


def test_a_catalog_without_any_group_is_no_reason_to_refuse():
    only = {ref: each for ref, each in ENTITIES.items() if each.kind == "Component"}
    value, (fault,) = ask(OWNER, "payments", only)
    assert value == "group:default/payments"
    assert not fault.is_error
    assert "was not checked" in fault.message


ENTITY = "ui:field: EntityPicker, ui:options: {catalogFilter: %s}"


@pytest.mark.parametrize(
    ("filter", "written", "ref"),
    [
        ("{kind: System}", "checkout", "system:default/checkout"),
        ("{kind: [Component, Resource]}", "ledger-db", "resource:default/ledger-db"),
        ("[{kind: Component, spec.type: service}, {kind: Resource}]", "pay-api", "component:default/pay-api"),
        ("{kind: Component, metadata.tags: Java}", "pay-api", "component:default/pay-api"),
        (
            "{kind: Resource, metadata.annotations.aws.com/arn: {exists: true}}",
            "ledger-db",
            "resource:default/ledger-db",
        ),
        ("{kind: Component, metadata.tags: {exists: false}}", "pay-web", "component:default/pay-web"),
    ],
)
def test_an_entity_that_the_filter_offers_is_taken(filter, written, ref):
    assert ask(ENTITY % filter, written) == (ref, ())


@pytest.mark.parametrize(
    ("filter", "written", "says"),
    [
        ("{kind: System}", "chekout", 'no system "chekout" in the catalog. Did you mean "system:default/checkout"?'),
        (
            "{kind: Component, spec.type: service}",
            "pay-web",
            "asks for kind Component and spec.type service. There is component:default/pay-api",
        ),
        ("{kind: Component, metadata.tags: {exists: true}}", "pay-web", "metadata.tags that is set"),
        ("{kind: Resource}", "zzzzzzz", "There is resource:default/ledger-db"),
        ("{kind: System}", "system:", "is not an entity ref"),
    ],
)
def test_an_entity_that_the_filter_does_not_offer_is_refused(filter, written, says):
    _, (fault,) = ask(ENTITY % filter, written)
    assert says in fault.message


def test_an_entity_picker_without_a_filter_means_a_component_or_its_default_kind():
    assert ask("ui:field: EntityPicker", "pay-api")[0] == "component:default/pay-api"
    assert ask("ui:field: EntityPicker, ui:options: {defaultKind: Resource}", "ledger-db")[0].startswith("resource:")


def test_many_entities_are_resolved_one_by_one():
    asked = "ui:field: MultiEntityPicker, ui:options: {catalogFilter: {kind: Component}}"
    assert ask(asked, ["pay-api", "pay-web"]) == (["component:default/pay-api", "component:default/pay-web"], ())
    assert "pay-wob" in ask(asked, ["pay-api", "pay-wob"])[1][0].message
    assert "is not a list" in ask(asked, "pay-api")[1][0].message


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pay api", "cannot be the name of an entity"),
        ("x" * 64, "at most 63"),
        ("pay-api", "component:default/pay-api is already declared by acme/pay-api. Pick another name"),
    ],
)
def test_a_name_that_cannot_be_had_is_refused(name, says):
    _, (fault,) = ask("ui:field: EntityNamePicker", name)
    assert says in fault.message


def test_a_name_that_the_repository_itself_holds_is_free():
    assert ask("ui:field: EntityNamePicker", "pay-api", repository="Acme/pay-api") == ("pay-api", ())


def test_tags_have_the_form_of_tags():
    assert ask("ui:field: EntityTagsPicker", ["java", "c++"])[1] == ()
    _, (fault,) = ask("ui:field: EntityTagsPicker", ["Java 21", "ok"])
    assert 'not a tag: "Java 21"' in fault.message


REPOSITORY = "ui:field: RepoUrlPicker, ui:options: {allowedHosts: [github.com], allowedOwners: [acme]}"


@pytest.mark.parametrize(
    "written",
    ["github.com?owner=acme&repo=pay", "acme/pay", "https://github.com/acme/pay", "https://github.com/acme/pay.git"],
)
def test_a_repository_becomes_what_the_picker_gives(written):
    assert ask(REPOSITORY, written) == ("github.com?owner=acme&repo=pay", ())


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("gitlab.com?owner=acme&repo=pay", 'the host "gitlab.com" is not one the template allows: github.com'),
        ("evil/pay", 'the owner "evil" is not one the template allows: acme'),
        ("pay", "cannot be the name of a repository"),
        ("acme/..", "cannot be the name of a repository"),
        ("acme/a b", "cannot be the name of a repository"),
        ("github.com?repo=pay", "does not say whose"),
        (7, "is not a text"),
    ],
)
def test_a_repository_that_cannot_be_is_refused(written, says):
    _, (fault,) = ask(REPOSITORY, written)
    assert says in fault.message


def test_pickers_inside_objects_and_lists_are_resolved_too():
    asked = properties(
        """
        team: {type: object, properties: {lead: {type: string, ui:field: OwnerPicker}, size: {type: integer}}}
        uses: {type: array, items: {type: string, ui:field: EntityPicker}}
        """
    )
    values, faults = resolve(asked, {"team": {"lead": "ana", "size": 3}, "uses": ["pay-api", "pay-wbe"]}, ENTITIES)
    assert values["team"] == {"lead": "user:default/ana", "size": 3}
    assert values["uses"][0] == "component:default/pay-api"
    assert [fault.path for fault in faults] == ["uses[1]"]


def test_what_is_empty_or_no_picker_is_left_alone():
    assert ask(OWNER, "") == ("", ())
    assert ask("ui:field: Secret", "hush") == ("hush", ())
    assert ask("ui:widget: textarea", "anything") == ("anything", ())
