"""An AsyncAPI definition becomes channels and what travels on them, told from where a reader stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.apis.documents import VALUES
from waypost.apis.asyncapi import read_asyncapi
from waypost.apis.messages import MOST_MESSAGES
from waypost.apis.reading import MOST_OPERATIONS
from waypost.apis.reference import Reference, Server, Unreadable

PAYLOAD = {"$ref": "#/components/schemas/Parcel"}
SCHEMAS = {"schemas": {"Parcel": {"properties": {"id": {"type": "string"}}}}}


def old(channels, **more):
    """A definition of version 2."""
    return read_asyncapi({"asyncapi": "2.6.0", "channels": channels, "components": SCHEMAS, **more})


def new(channels, operations=None, **more):
    """A definition of version 3."""
    return read_asyncapi(
        {"asyncapi": "3.0.0", "channels": channels, "operations": operations or {}, "components": SCHEMAS, **more}
    )


def only(reference):
    """The only operation of a definition."""
    [operation] = [operation for group in reference.groups for operation in group.operations]
    return operation


@pytest.mark.parametrize(
    ("reference", "verb", "told"),
    [
        pytest.param(
            old({"moved": {"subscribe": {}}}),
            "send",
            "The service sends this: subscribe to receive it. (`subscribe` in the definition)",
            id="subscribe of version 2",
        ),
        pytest.param(
            old({"moved": {"publish": {}}}),
            "receive",
            "The service receives this: publish it to be heard. (`publish` in the definition)",
            id="publish of version 2",
        ),
        pytest.param(
            new({"moved": {}}, {"tell": {"action": "send", "channel": {"$ref": "#/channels/moved"}}}),
            "send",
            "The service sends this: subscribe to receive it.",
            id="send of version 3",
        ),
        pytest.param(
            new({"moved": {}}, {"hear": {"action": "receive", "channel": {"$ref": "#/channels/moved"}}}),
            "receive",
            "The service receives this: publish it to be heard.",
            id="receive of version 3",
        ),
        pytest.param(new({"moved": {}}), "carries", "Nothing says who sends and who receives.", id="channel alone"),
    ],
)
def test_direction_is_told_plainly(reference, verb, told):
    operation = only(reference)
    assert (operation.verb, operation.address, operation.description) == (verb, "moved", told)


def test_facts_and_servers_of_version_2():
    servers = {"production": {"url": "kafka.acme.example:9092", "protocol": "kafka", "description": "All regions"}}
    found = old({}, info={"title": "Tracking", "version": "2.1.0", "description": "Parcels."}, servers=servers)
    assert (found.title, found.version, found.description) == ("Tracking", "2.1.0", "Parcels.")
    assert found.standard == "AsyncAPI 2.6"
    assert found.servers == (Server("kafka://kafka.acme.example:9092", "production: All regions"),)


def test_servers_of_version_3_are_put_together():
    servers = {"production": {"host": "mqtt.acme.example", "pathname": "/v1", "protocol": "mqtts"}}
    assert new({}, servers=servers).servers == (Server("mqtts://mqtt.acme.example/v1", "production"),)


def test_every_channel_is_a_group_in_its_order_however_many():
    channels = {f"channel-{number}": {"description": f"Number {number}", "subscribe": {}} for number in range(150)}
    found = old(channels)
    assert [group.name for group in found.groups] == list(channels)
    assert found.groups[7].description == "Number 7"
    assert found.notes == ()


def test_channel_of_version_3_goes_by_its_address():
    channels = {
        "moved": {"address": "parcels/{id}/moved", "parameters": {"id": {"description": "Which", "enum": ["a"]}}}
    }
    operations = {"tell": {"action": "send", "channel": {"$ref": "#/channels/moved"}, "summary": "Parcel moved"}}
    found = new(channels, operations)
    [field] = only(found).fields
    assert found.groups[0].name == only(found).address == "parcels/{id}/moved"
    assert only(found).title == "Parcel moved"
    assert (field.name, field.place, field.kind.text, field.details) == ("id", "address", "string", ("always `a`",))


def test_message_has_name_payload_headers_and_format():
    message = {
        "name": "ParcelMoved",
        "title": "A parcel moved",
        "summary": "Sent at each scan.",
        "contentType": "application/cloudevents+json",
        "headers": {"properties": {"trace": {"type": "string"}}, "required": ["trace"]},
        "payload": PAYLOAD,
        "bindings": {"kafka": {"key": {}}},
    }
    [body] = only(old({"moved": {"subscribe": {"message": message}}})).bodies
    assert (body.kind.text, body.kind.type) == ("ParcelMoved: Parcel", "Parcel")
    assert body.media == "application/cloudevents+json"
    assert body.description == "A parcel moved.\n\nSent at each scan.\n\nMore is said for kafka in the definition."
    assert [(one.name, one.place, one.is_required) for one in body.fields] == [("trace", "header", True)]


def test_payload_without_a_name_has_its_fields():
    message = {"payload": {"properties": {"id": {}}}}
    [body] = only(old({"moved": {"subscribe": {"message": message}}}, defaultContentType="application/json")).bodies
    assert [one.name for one in body.fields] == ["id"]
    assert body.media == "application/json"


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"messages": [{"$ref": "#/channels/moved/messages/Lost"}]}, id="those it names"),
        pytest.param({}, id="all of its channel"),
    ],
)
def test_operation_of_version_3_carries_messages_of_its_channel(operation):
    channels = {"moved": {"messages": {"Moved": {"payload": PAYLOAD}, "Lost": {"payload": {"type": "string"}}}}}
    stated = {"action": "send", "channel": {"$ref": "#/channels/moved"}, **operation}
    names = [body.kind.text for body in only(new(channels, {"tell": stated})).bodies]
    assert names == (["Lost: string"] if operation else ["Moved: Parcel", "Lost: string"])


def test_channel_that_no_operation_names_still_shows_its_messages():
    [body] = only(new({"moved": {"messages": {"Moved": {"payload": PAYLOAD}}}})).bodies
    assert body.kind.text == "Moved: Parcel"


def test_one_of_several_messages_are_all_shown():
    messages = {"oneOf": [{"$ref": "#/components/messages/A"}, {"name": "B", "payload": {"type": "integer"}}]}
    components = {**SCHEMAS, "messages": {"A": {"payload": PAYLOAD}}}
    found = old({"moved": {"subscribe": {"message": messages}}}, components=components)
    assert [body.kind.text for body in only(found).bodies] == ["A: Parcel", "B: integer"]


def test_traits_add_what_is_not_said():
    trait = {"contentType": "application/json", "summary": "From the trait", "payload": {"type": "string"}}
    message = {"traits": [trait], "payload": PAYLOAD}
    [body] = only(old({"moved": {"subscribe": {"message": message}}})).bodies
    assert (body.media, body.kind.type, body.description) == ("application/json", "Parcel", "From the trait.")


def test_reply_is_an_answer():
    channels = {"ask": {}, "back": {"address": "answers", "messages": {"Yes": {"payload": {"type": "boolean"}}}}}
    ask = {
        "action": "receive",
        "channel": {"$ref": "#/channels/ask"},
        "reply": {"channel": {"$ref": "#/channels/back"}},
    }
    [answer] = new(channels, {"ask": ask}).groups[0].operations[0].answers
    assert answer.description == "A reply on `answers`"
    assert [body.kind.text for body in answer.bodies] == ["Yes: boolean"]


@pytest.mark.parametrize(
    ("message", "note"),
    [
        pytest.param(
            {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "payload": {"type": "record"}},
            "channels.moved.subscribe.message: its payload is described as "
            "`application/vnd.apache.avro;version=1.9.0`, which is not read.",
            id="another language, as version 2 says it",
        ),
        pytest.param(
            {"payload": {"schemaFormat": "application/vnd.google.protobuf", "schema": "message A {}"}},
            "channels.moved.subscribe.message: its payload is described as `application/vnd.google.protobuf`, "
            "which is not read.",
            id="another language, as version 3 says it",
        ),
        pytest.param(
            {"correlationId": {"location": "x"}}, "Correlation ids of messages are not shown.", id="correlation"
        ),
        pytest.param("no mapping", "channels.moved.subscribe.message: should be a mapping, is a text.", id="odd"),
        pytest.param(
            {"$ref": "https://x.example"},
            "channels.moved.subscribe.message: `https://x.example` stands in another document, which is not read.",
            id="elsewhere",
        ),
    ],
)
def test_what_is_not_shown_is_noted(message, note):
    assert old({"moved": {"subscribe": {"message": message}}}).notes == (note,)


@pytest.mark.parametrize(
    ("security", "said"),
    [
        pytest.param([{"sasl": []}], ("sasl",), id="named, as in version 2"),
        pytest.param([{"$ref": "#/components/securitySchemes/sasl"}], ("sasl",), id="referred to, as in version 3"),
        pytest.param([{"type": "oauth2", "scopes": ["read"]}], ("oauth2 (read)",), id="told on the spot"),
    ],
)
def test_security_is_named(security, said):
    assert only(old({"moved": {"subscribe": {"security": security}}})).security == said


def test_operation_on_an_unknown_channel_is_still_shown():
    found = new({}, {"tell": {"action": "send", "channel": {"$ref": "#/channels/gone"}}})
    assert only(found).verb == "send"
    assert found.groups[0].name == "gone"
    assert "`#/channels/gone` leads nowhere" in found.notes[0]


def test_more_than_is_shown_is_counted():
    many = [{"name": str(number), "payload": {}} for number in range(MOST_MESSAGES + 2)]
    assert old({"moved": {"subscribe": {"message": {"oneOf": many}}}}).notes == (
        "2 more messages of an operation: there are too many to show.",
    )
    channels = {str(number): {"subscribe": {}, "publish": {}} for number in range(MOST_OPERATIONS // 2 + 2)}
    assert "4 more operations: there are too many to show." in old(channels).notes


def test_data_that_does_not_say_what_it_is_is_refused_in_words():
    with pytest.raises(Unreadable, match="asyncapi: 2"):
        read_asyncapi({"channels": {}})


@given(VALUES, st.sampled_from(["2.0.0", "3.0.0", 3]))
def test_whatever_a_stranger_wrote_is_read(value, version):
    data = value if isinstance(value, dict) else {"channels": value, "components": value, "operations": value}
    assert isinstance(read_asyncapi({**data, "asyncapi": version}), Reference)
    channels = {"a": {"subscribe": value, "messages": value, "parameters": value}}
    operations = {
        "x": value,
        "y": {"action": "send", "channel": {"$ref": "#/channels/a"}, "messages": value, "reply": value},
    }
    read = read_asyncapi({"asyncapi": version, "channels": channels, "operations": operations, "servers": value})
    assert isinstance(read, Reference)
