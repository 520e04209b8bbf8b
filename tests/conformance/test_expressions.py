"""Our rendering of templates against that of Backstage's own published engine, expression by expression.

The expected data stay outside the project (see conftest). Of each record the text is compared, or that both refuse it.
What we do differently on purpose stands in no record, and has its test in tests/unit/golden/expressions: regular
expressions run in linear time, so look-around and back references are refused; `random` picks the same item every time;
nesting is refused from 100 levels on, where the engine allows more; half a letter in a value becomes U+FFFD.
"""

import json

import pytest

from waypost.golden.expressions import ExpressionError, render

# Templates where we differ on purpose, each with its reason: template -> why.
DIFFERENT = {}


def records(corpus):
    with (corpus / "expected" / "expressions.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def ours(record, contexts):
    """Render as the record says; None stands for a refusal."""
    try:
        return render(record["template"], contexts[record["context_name"]])
    except ExpressionError:
        return None


def test_expressions_render_as_backstage_renders_them(corpus):
    contexts = json.loads((corpus / "expected" / "contexts.json").read_text("utf-8"))
    different, count = {}, 0
    for record in records(corpus):
        count += 1
        rendered = ours(record, contexts)
        if rendered != record.get("output"):
            different[record["template"]] = (record.get("output"), rendered)
    assert count > 900
    assert different.keys() == DIFFERENT.keys(), different
    assert len(different) <= count * 0.01


def test_every_refusal_says_where_and_why(corpus):
    contexts = json.loads((corpus / "expected" / "contexts.json").read_text("utf-8"))
    refused = [record for record in records(corpus) if "error" in record]
    assert refused
    for record in refused:
        with pytest.raises(ExpressionError) as caught:
            render(record["template"], contexts[record["context_name"]])
        assert caught.value.message
        assert caught.value.line >= 1
        assert caught.value.column >= 1
