"""Definitions of APIs from the file to the page: what a push to one of their files changes, and what a slip says."""

from __future__ import annotations

import pytest

from unit.sync.test_pulls import check, propose
from waypost.pages.paths import page_file

ORDERS = "api:default/orders"
PAGE = page_file(ORDERS)
DESCRIPTOR = """apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders}
spec:
  type: openapi
  lifecycle: production
  owner: team-a
  definition: {RESOLVER: ./api/openapi.yaml}
"""
OPENAPI = """openapi: 3.1.0
info: {title: Orders, version: 1.0.0}
paths:
  /orders: {get: {responses: {200: {description: All, content: {application/json: {schema: {$ref: order.yaml}}}}}}}
"""
ORDER = "type: object\nproperties: {number: {type: integer}}\n"


def publish(world, resolver="$openapi", **files):
    kept = {"catalog-info.yaml": DESCRIPTOR.replace("RESOLVER", resolver), "api/openapi.yaml": OPENAPI}
    world.forge.create("orders", {path: text for path, text in {**kept, **files}.items() if text is not None})
    world.sweep()
    world.clock.sleep(60)


def push(world, changes):
    world.deliver("push", world.push("orders", changes))
    world.settle()
    world.clock.sleep(60)


def test_a_push_to_the_definition_alone_changes_the_page(settled):
    publish(settled, "$text")
    assert "`GET` `/orders`" in settled.files()[PAGE]
    push(settled, {"api/openapi.yaml": OPENAPI.replace("/orders:", "/invoices:").replace("1.0.0", "2.0.0")})
    assert "`GET` `/invoices`" in settled.files()[PAGE]
    assert "`GET` `/orders`" not in settled.files()[PAGE]
    assert "`2.0.0`" in settled.files()[PAGE]


def test_a_push_to_a_part_of_the_definition_changes_the_reference(settled):
    publish(settled, **{"api/order.yaml": ORDER})
    assert "| `number` |" in settled.files()[PAGE]
    push(settled, {"api/order.yaml": ORDER.replace("number", "total")})
    assert "| `total` |" in settled.files()[PAGE]
    assert "| `number` |" not in settled.files()[PAGE]


def test_a_push_beside_the_definition_changes_nothing(settled):
    publish(settled, **{"api/order.yaml": ORDER})
    before = len(settled.commits())
    push(settled, {"api/other.yaml": ORDER})
    assert len(settled.commits()) == before


def test_a_part_that_comes_later_is_found(settled):
    publish(settled)
    assert "order.yaml" in settled.files()[PAGE]
    assert "is not there" in settled.files()[PAGE]
    push(settled, {"api/order.yaml": ORDER})
    assert "is not there" not in settled.files()[PAGE]
    assert "| `number` |" in settled.files()[PAGE]


def test_a_file_that_goes_takes_the_reference_with_it(settled):
    publish(settled, "$text")
    assert "`GET` `/orders`" in settled.files()[PAGE]
    push(settled, {"api/openapi.yaml": None})
    assert "`GET` `/orders`" not in settled.files()[PAGE]
    assert "placeholder-missing" in settled.files()[PAGE]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        pytest.param(OPENAPI.replace("info: {", "info: ["), "definition-unreadable", id="a slip"),
        pytest.param("type Query { a: Int }", "definition-unreadable", id="another language"),
        pytest.param("#" * 1_048_577, "placeholder-content", id="too large"),
        pytest.param("\0\1", "placeholder-content", id="binary"),
    ],
)
def test_a_definition_that_cannot_be_read_says_so_until_it_can(settled, text, id):
    publish(settled, "$text", **{"api/openapi.yaml": text})
    assert id in settled.files()[PAGE]
    assert "`GET` `/orders`" not in settled.files()[PAGE]
    push(settled, {"api/openapi.yaml": OPENAPI})
    assert id not in settled.files()[PAGE]
    assert "`GET` `/orders`" in settled.files()[PAGE]


def test_files_that_refer_to_each_other_are_published(settled):
    circle = "type: object\nproperties: {next: {$ref: %s}}\n"
    publish(settled, **{"api/order.yaml": circle % "other.yaml", "api/other.yaml": circle % "order.yaml"})
    assert "| `next` |" in settled.files()[PAGE]


def test_a_pull_request_that_breaks_the_definition_is_told_at_its_line(settled):
    publish(settled, "$text")
    pull = propose(settled, {"api/openapi.yaml": OPENAPI.replace("info: {", "info: [")}, "orders")
    said = check(settled, pull.head, "orders")
    remarks = [(one.path, one.level) for one in said.annotations if "cannot be read as such" in one.message]
    assert remarks == [("api/openapi.yaml", "warning")]


def test_a_pull_request_that_keeps_it_right_is_told_nothing_of_it(settled):
    publish(settled, "$text")
    pull = propose(settled, {"api/openapi.yaml": OPENAPI.replace("1.0.0", "1.0.1")}, "orders")
    said = check(settled, pull.head, "orders")
    assert not [one for one in said.annotations if one.path == "api/openapi.yaml"]
