"""The checker itself: what GitHub allows passes, and each class of violation is caught."""

from __future__ import annotations

import pytest

from .checker import check, query_errors

LABEL = {
    "id": 1,
    "node_id": "LA_1",
    "url": "https://api.github.com/repos/acme/shop/labels/bug",
    "name": "bug",
    "color": "d73a4a",
    "default": False,
    "description": None,
}
SHOP = "/repos/acme/shop"
JSON = "application/json; charset=utf-8"


def get(path, **more):
    return {"method": "GET", "path": path, "status": 404, "type": JSON, "response": {"message": "Not Found"}} | more


def labels(**more):
    return get(f"{SHOP}/labels", **{"status": 200, "response": [LABEL]} | more)


def create(**more):
    return labels(**{"method": "POST", "status": 201, "request": {"name": "bug"}, "response": LABEL} | more)


def ask(query, **variables):
    return {"method": "POST", "path": "/graphql", "status": 200, "request": {"query": query, "variables": variables}}


INPUT = {"branch": {"id": "x"}, "expectedHeadOid": "0" * 40, "message": {"headline": "x"}}
COMMIT = "mutation($i: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $i) { commit { oid } } }"


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(labels(), id="a list"),
        pytest.param(labels(query="per_page=100&page=2"), id="known query parameters"),
        pytest.param(create(), id="a creation"),
        pytest.param(labels(status=304, type="", response=None), id="not modified, though not declared"),
        pytest.param(get(f"{SHOP}/labels"), id="an error"),
        pytest.param(get(f"{SHOP}/contents/docs/a%20b/c.md", query="ref=main"), id="a file's path holds slashes"),
        pytest.param(get(f"{SHOP}/compare/main...feature/x"), id="basehead holds slashes"),
        pytest.param(get(f"{SHOP}/git/ref/heads/feature/x"), id="a ref holds slashes"),
        pytest.param(ask(COMMIT, i=INPUT), id="a GraphQL mutation"),
    ],
)
def test_what_github_describes_passes(exchange):
    _, violations = check(exchange)
    assert violations == []


@pytest.mark.parametrize(
    ("exchange", "side", "rule"),
    [
        pytest.param(get(f"{SHOP}/labelz"), "request", "route", id="unknown route"),
        pytest.param(labels(method="PUT"), "request", "route", id="unknown method"),
        pytest.param(labels(query="pagesize=5"), "request", "query parameter", id="unknown query parameter"),
        pytest.param(labels(query="per_page=all"), "request", "query parameter", id="query of another type"),
        pytest.param(get(f"{SHOP}/issues/seven"), "request", "path parameter", id="path of another type"),
        pytest.param(create(request={"name": 7}), "request", "body", id="request body of another type"),
        pytest.param(create(request={}), "request", "body", id="request body lacks a field"),
        pytest.param(create(request={"name": "bug", "colour": ""}), "request", "body", id="misspelt request field"),
        pytest.param(create(request=None), "request", "body", id="no request body"),
        pytest.param(labels(request={"page": 2}), "request", "body", id="a request body where none belongs"),
        pytest.param(create(status=200), "response", "status", id="undeclared status"),
        pytest.param(create(response=LABEL | {"color": None}), "response", "body", id="null where none may be"),
        pytest.param(labels(response=LABEL), "response", "body", id="an object for a list"),
        pytest.param(labels(response=[{}]), "response", "body", id="response lacks fields"),
        pytest.param(
            get(f"{SHOP}/labels/bug", method="DELETE", status=204), "response", "body", id="a body where none belongs"
        ),
        pytest.param(
            get(f"{SHOP}/labels", response={"message": 7}), "response", "body", id="an error of another shape"
        ),
        pytest.param(ask("{ viewer { pets } }"), "request", "graphql", id="unknown GraphQL field"),
        pytest.param(
            {"event": "repository", "payload": {"action": "painted"}}, "delivery", "event", id="unknown event"
        ),
        pytest.param({"event": "push", "payload": {"ref": "main"}}, "delivery", "payload", id="incomplete payload"),
    ],
)
def test_each_class_of_violation_is_caught(exchange, side, rule):
    _, found = check(exchange)
    assert found
    assert {(violation.side, violation.rule) for violation in found} == {(side, rule)}


def test_a_query_is_judged_by_githubs_schema():
    file = '{ repository(owner: "a", name: "b") { object(expression: "HEAD:x") { ... on Blob { text } } } }'
    assert query_errors(file) == ()
    assert query_errors('{ repository(owner: "a") { id } }')
    assert query_errors("{ repository(")
