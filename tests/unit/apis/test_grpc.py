"""Files of Protocol Buffers become references, with comments where protoc puts them, or say what is wrong with them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.apis.grpc import read_grpc
from waypost.apis.reading import MOST_FIELDS
from waypost.apis.reference import Kind, Reference, Type, Unreadable

SHOP = """
syntax = "proto3";
package acme.shop.v1;
import "google/protobuf/timestamp.proto";
option java_package = "com.acme";

// Takes payments.
service Payments {
  // Takes one.
  rpc Pay(PayRequest) returns (.acme.shop.v1.Payment) {
    option deprecated = true;
    option (google.api.http) = {
      post: "/v1/payments" body: "*"
      additional_bindings { get: "/v1/{name=payments/*}" }
    };
  }
  rpc Watch(stream PayRequest) returns (stream v1.Payment); // As they come.
}
message PayRequest {
  string card = 1;
  reserved 2, 5 to 9;
  reserved "old";
}
// A payment.
message Payment { // Once taken.
  // How it stands.
  enum State { UNKNOWN = 0; PAID = 1 [deprecated = true]; /* Paid in full */ }
  message Line { optional int32 count = 1; State state = 2; }
  State state = 1; // Its state
  repeated Line lines = 2;
  map<string, Line> by_name = 3 [deprecated = true];
  google.protobuf.Timestamp taken = 4;
  oneof how { string card = 5; PayRequest again = 6; }
}
"""


def types(text) -> dict[str, Type]:
    return {one.name: one for one in read_grpc(text).types}


def test_services_are_groups_and_methods_are_operations():
    shop = read_grpc(SHOP)
    assert (shop.title, shop.standard) == ("acme.shop.v1", "Protocol Buffers (proto3)")
    (payments,) = shop.groups
    assert (payments.name, payments.description) == ("Payments", "Takes payments.")
    pay, watch = payments.operations
    assert (pay.verb, pay.address) == ("rpc", "acme.shop.v1.Payments/Pay")
    assert (pay.bodies[0].kind, pay.is_deprecated) == (Kind("PayRequest", "PayRequest"), True)
    assert pay.answers[0].bodies[0].kind == Kind("Payment", "Payment")
    assert watch.bodies[0].kind == Kind("stream of PayRequest", "PayRequest")
    assert watch.answers[0].bodies[0].kind == Kind("stream of Payment", "Payment")
    assert watch.description == "As they come."


def test_methods_say_how_they_answer_over_http():
    assert read_grpc(SHOP).groups[0].operations[0].description == (
        "Takes one.\n\nOver HTTP: `POST /v1/payments` with `*` as body, `GET /v1/{name=payments/*}`."
    )


@pytest.mark.parametrize(
    ("option", "said"),
    [
        pytest.param('(google.api.http).get = "/a"', "`GET /a`", id="by its part"),
        pytest.param('(google.api.http) = { custom { kind: "HEAD" path: "/a" } }', "`HEAD /a`", id="another verb"),
        pytest.param('(google.api.http) = < delete: "/" "a"; >', "`DELETE /a`", id="texts in a row"),
        pytest.param(
            '(google.api.http) = { get: "/a", additional_bindings: [{put: "/b"}, {patch: "/c`"}] }',
            "`GET /a`, `PUT /b`, `PATCH /c`",
            id="a list",
        ),
    ],
)
def test_routes_are_read_however_they_are_written(option, said):
    text = f"service S {{ rpc A(M) returns (M) {{ option {option}; }} }}"
    assert read_grpc(text).groups[0].operations[0].description == f"Over HTTP: {said}."


def test_messages_and_enums_are_types_with_dotted_names():
    found = types(SHOP)
    assert {name: one.form for name, one in found.items()} == {
        "PayRequest": "message",
        "Payment": "message",
        "Payment.State": "enum",
        "Payment.Line": "message",
    }
    assert found["PayRequest"].description == "Reserved: 2, 5 to 9, old."
    assert found["Payment"].description == "A payment.\n\nOnce taken."
    assert found["Payment.State"].description == "How it stands."
    assert found["Payment.State"].values == (("UNKNOWN", "Number 0."), ("PAID", "Number 1. Deprecated. Paid in full"))


def test_fields_say_what_they_carry():
    assert [
        (field.name, field.kind.text, field.kind.type, field.details) for field in types(SHOP)["Payment"].fields
    ] == [
        ("state", "Payment.State", "Payment.State", ("number 1",)),
        ("lines", "repeated Payment.Line", "Payment.Line", ("number 2",)),
        ("by_name", "map of string to Payment.Line", "Payment.Line", ("number 3",)),
        ("taken", "google.protobuf.Timestamp", "", ("number 4",)),
        ("card", "string", "", ("number 5", "only one of `how` is sent")),
        ("again", "PayRequest", "PayRequest", ("number 6", "only one of `how` is sent")),
    ]


def test_types_of_other_files_are_named():
    assert read_grpc(SHOP).notes == ("Types of other files are shown by name only: google/protobuf/timestamp.proto.",)


def test_names_are_looked_for_from_the_inside_out():
    found = types("""
        package a.b;
        message M { message N { message M {} M inner = 1; .a.b.M outer = 2; b.M.N near = 3; .M none = 4; } M mine = 1; }
    """)
    assert [field.kind.type for field in found["M.N"].fields] == ["M.N.M", "M", "M.N", ""]
    assert found["M"].fields[0].kind.type == "M"


def test_proto2_says_what_is_required_and_what_is_meant_without_a_value():
    found = types("""
        message M {
          required string a = 1 [default = "x" 'y'];
          optional group Box = 2 { optional int32 width = 1 [default = -1]; }
          extensions 100 to max;
        }
        extend M { optional int32 more = 126; }
    """)
    a, box = found["M"].fields
    assert (a.is_required, a.details) == (True, ("number 1", 'default "xy"'))
    assert (box.name, box.kind, box.details) == ("box", Kind("M.Box", "M.Box"), ("number 2", "optional"))
    assert found["M.Box"].fields[0].details == ("number 1", "optional", "default -1")
    assert found["M"].description == "Open for extensions: 100 to max."


def test_editions_are_read():
    shop = read_grpc("""
        edition = "2024";
        import option "x.proto";
        option features.field_presence = IMPLICIT;
        // Seen elsewhere.
        export message M { reserved old, older; string a = 1 [features.field_presence = LEGACY_REQUIRED]; }
        local enum E { A = 0; reserved 2 to 4; }
    """)
    assert shop.standard == "Protocol Buffers (edition 2024)"
    assert [(one.name, one.description) for one in shop.types] == [
        ("M", "Seen elsewhere.\n\nReserved: old, older."),
        ("E", "Reserved: 2 to 4."),
    ]


def test_comments_belong_where_protoc_puts_them():
    found = types("""
        message M {
          int32 a = 1;  // of a
          // of b
          int32 b = 2;

          int32 c = 3;
          // of c
          // as well

          // of d
          //
          // and more
          int32 d = 4;

          // of nobody

          int32 e = 5;
          /* of e,
           * starred */
          /* of f */
          int32 f = 6;
          // of f as well
        }
    """)
    assert {field.name: field.description for field in found["M"].fields} == {
        "a": "of a",
        "b": "of b",
        "c": "of c\nas well",
        "d": "of d\n\nand more",
        "e": "of e,\nstarred",
        "f": "of f\n\nof f as well",
    }


def test_comments_may_stand_between_any_words():
    text = re.sub(
        r"(?<=[;{},=\w]) (?=\w)", " /* x */ ", 'syntax = "proto3"; message M { repeated M a = 1; map<int32, M> b = 2; }'
    )
    assert [field.kind.text for field in types(text)["M"].fields] == ["repeated M", "map of int32 to M"]


def test_words_of_the_grammar_are_names_as_well():
    found = types(
        "message rpc { string service = 1; optional stream stream = 2; optional optional optional = 3; map map = 4; }"
    )
    assert [(field.name, field.kind.text) for field in found["rpc"].fields] == [
        ("service", "string"),
        ("stream", "stream"),
        ("optional", "optional"),
        ("map", "map"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "line 1: declares neither a service nor a message", id="nothing"),
        pytest.param('syntax = "proto3";', "line 1: declares neither", id="a heading only"),
        pytest.param("openapi: 3.0.0", "line 1: expected `syntax`, `package`,", id="another language"),
        pytest.param("message M {\n string a 1;\n}", "line 2: expected `=`, found `1`", id="a slip"),
        pytest.param("message M {\n", "line 2: expected a name, found the end of the file", id="no end"),
        pytest.param("message M {\n\n/* x", "line 3: the comment that begins here does not end", id="open comment"),
        pytest.param('import "x\n";', "line 1: the text that begins here does not end on its line", id="open text"),
        pytest.param("message M { \x00 }", r"line 1: '\x00' has no meaning here", id="control character"),
        pytest.param("message Größe {}", r"line 1: '\xf6' has no meaning here", id="not ASCII"),
        pytest.param("message A{" * 30_000, "line 1: nested more than 32 levels deep", id="messages"),
        pytest.param("option a = " + "{a:" * 30_000, "line 1: nested more than 32 levels deep", id="braces"),
        pytest.param("option a = {b:" + "[" * 30_000, "line 1: nested more than 32 levels deep", id="lists"),
        pytest.param("// a\n" * 100_000, "line 50001: more than 200,000 words or 50,000 comments", id="comments"),
        pytest.param("a " * 300_000, "line 1: more than 200,000 words", id="words"),
        pytest.param("package " + "a" * 501 + ";", "line 1: a name of 501 letters", id="long name"),
        pytest.param("package " + "a." * 501 + "b;", "line 1: a name of more than 500 letters", id="long dotted name"),
    ],
)
def test_what_is_no_file_is_told_with_its_line(text, reason):
    with pytest.raises(Unreadable) as told:
        read_grpc(text)
    assert str(told.value).startswith(reason)


def test_more_than_anybody_reads_is_counted():
    shop = read_grpc("message M {" + "".join(f"int32 f{number} = {number};" for number in range(MOST_FIELDS + 5)) + "}")
    assert len(shop.types[0].fields) == MOST_FIELDS
    assert shop.notes == ("5 more fields: there are too many to show.",)


PIECES = re.findall(r'"[^"\n]*"|//[^\n]*\n|/\*.*?\*/|\w+|\S', SHOP)
SLIPS = st.tuples(st.integers(0, len(PIECES)), st.integers(0, 3), st.lists(st.sampled_from(PIECES), max_size=2))


@settings(deadline=None)
@given(st.lists(SLIPS, max_size=3))
def test_a_file_with_slips_is_a_reference_or_unreadable(slips):
    pieces = list(PIECES)
    for place, cut, put in slips:
        pieces[place : place + cut] = put
    with suppress(Unreadable):
        assert isinstance(read_grpc(" ".join(pieces)), Reference)


@given(st.text() | st.text(alphabet="message{}=1;/*\n\"'[]<>.,a "))
def test_any_text_is_a_reference_or_unreadable(text):
    with suppress(Unreadable):
        assert isinstance(read_grpc(text), Reference)
