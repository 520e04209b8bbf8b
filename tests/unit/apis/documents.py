"""Definitions for tests of APIs, from as few words as they take, and whatever data a stranger could write."""

from __future__ import annotations

from hypothesis import strategies as st

# Words that mean something to a reader, so that chance reaches further than its first question.
WORDS = """openapi swagger asyncapi info title version description servers url tags name paths /a get post parameters in
    schema content application/json requestBody responses 200 default headers components schemas A B securitySchemes
    security callbacks webhooks $ref type properties items required allOf oneOf anyOf additionalProperties enum const
    nullable example examples minimum maximum exclusiveMinimum discriminator deprecated definitions host basePath
    consumes produces channels operations messages payload message subscribe publish action channel address reply
    bindings traits correlationId protocol variables kafka flows oauth2 summary operationId"""
KEYS = st.sampled_from(WORDS.split())
# Also halves of characters, which JSON can write and UTF-8 cannot.
TEXTS = st.text(st.characters(codec=None), max_size=5)
REFERENCES = st.sampled_from(
    [
        "#/components/schemas/A",
        "#/components/schemas/B",
        "#/definitions/A",
        "#/paths/~1a",
        "#",
        "other.yaml#/A",
        "#/x/0",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | KEYS | REFERENCES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.integers(0, 500), inner, max_size=6),
    max_leaves=60,
)


def document(paths=None, schemas=None, **more):
    """An OpenAPI definition."""
    return {"openapi": "3.1.0", "paths": paths or {}, "components": {"schemas": schemas or {}}, **more}


def operation(schema, media="application/json"):
    """An operation that takes a body of this schema."""
    return {"requestBody": {"content": {media: {"schema": schema}}}}
