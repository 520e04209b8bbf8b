"""Whatever the text, reading and judging it gives values: no exception ever leaves the parser or the checks."""

import json

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from waypost.catalog.check import check
from waypost.catalog.documents import parse, position

PIECES = [
    *("apiVersion: backstage.io/v1alpha1", "kind: Component", "kind: API", "kind: Template", "metadata:", "  name: a"),
    *("  labels:", "  tags: [a, B]", "spec:", "  owner: a", "  dependsOn:", "    - b", "    - component:c", "  links:"),
    *(
        "    - url: javascript:x",
        "    - url: x",
        "---",
        "...",
        "  ",
        "\t",
        ": ",
        "- ",
        "|",
        "> ",
        "[",
        "]",
        "{",
        "}",
        ",",
    ),
    *("#", "&a ", "*a", "!!int ", "!x ", "<<: ", "'", '"', "\\", "%TAG ! x", "\0", "\x85", "null", "~", "1e999", "0x"),
    *(".inf", ".nan", "$text: ", "{{ x }}", "{%", "é", "😀"),
]

TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map("\n".join),
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_text_never_raises(text):
    for document in parse(text).documents:
        checked = check(document)
        assert checked.problems == tuple(sorted(checked.problems))
        assert all(problem.line >= 1 and problem.column >= 1 for problem in checked.problems)
        if checked.data is not None:
            assert json.loads(json.dumps(checked.data, allow_nan=False)) == checked.data
        every_node(document, document.value, "")


def every_node(document, value, pointer):
    line, column = position(document, pointer)
    assert line >= document.line
    assert column >= 1
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        every_node(document, item, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_never_raise(data):
    for document in parse(data).documents:
        check(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "spec", "x"]), JSON))
def test_json_of_any_shape_is_judged(data):
    [document] = parse(json.dumps(data)).documents
    assert check(document).document is document


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_json_reads_as_itself(data):
    # Escapes of surrogate pairs are JSON but not YAML: letters stand for themselves here.
    text = json.dumps([data], ensure_ascii=False)
    documents = parse(text).documents
    # Some letters of JSON are not allowed in YAML; next to "{{" they look like a template.
    refused = {"yaml-control", "skeleton"}
    # libyaml still takes these three for line breaks, as YAML 1.1 did.
    assume(not set(text) & set("\x85\u2028\u2029"))
    if not any(problem.id in refused for document in documents for problem in document.problems):
        assert [document.value for document in documents] == [[data]]
