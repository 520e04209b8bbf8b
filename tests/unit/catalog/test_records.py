"""The files under entities/ hold exactly what was recorded, whoever reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.catalog._organisation import entity, snapshot
from waypost.catalog import block_yaml, records, snapshots
from waypost.catalog.documents import parse
from waypost.catalog.entities import Evidence, Origin, Source
from waypost.catalog.problems import Problem, Severity

# Letters that break careless writers, among all others.
ODD = st.sampled_from(
    [*"\n\t\r :#-'\"\\|>%@&*!?{}[],`~=<\x00\x1b\x7f\x85\u2028\u2029\ufeff\uffff€😀", "yes", "%TAG", "---"]
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.lists(
    ODD | st.sampled_from("ab1"), max_size=8
).map("".join)
WORDS = st.sampled_from(
    [
        "yes",
        "No",
        "on",
        "OFF",
        "null",
        "~",
        "true",
        "False",
        "1",
        "0x1f",
        "0o7",
        "017",
        "1e3",
        "1.5e+3",
        ".inf",
        "-.5",
        "1:30",
        "2024-01-01",
        "<<:",
        "=",
        "y",
        "N",
        "::",
        "--",
        "---",
        "...",
        "[]",
        "a:b",
        "#x",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | WORDS, inner, max_size=4),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(TEXT | WORDS, VALUES, max_size=5)


@settings(max_examples=300, deadline=None)
@given(MAPPINGS)
def test_what_is_written_is_read_back_by_our_own_reader(value):
    parsed = parse(f"---\n{block_yaml.write({'value': value})}")
    assert not parsed.problems
    assert parsed.documents[0].value == {"value": value}


@settings(max_examples=300, deadline=None)
@given(MAPPINGS)
def test_what_is_written_means_the_same_to_a_yaml_1_1_reader(value):
    assert yaml.load(block_yaml.write({"value": value}), Loader=yaml.CSafeLoader) == {"value": value}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("Payments API", "x: Payments API\n", id="plain words"),
        pytest.param("url:https://a.example/b?c=d#e", "x: url:https://a.example/b?c=d#e\n", id="an address"),
        pytest.param("no", 'x: "no"\n', id="a word of YAML 1.1"),
        pytest.param("007", 'x: "007"\n', id="digits"),
        pytest.param("a: b", 'x: "a: b"\n', id="a colon"),
        pytest.param("one\ntwo\n", "x: |\n  one\n  two\n", id="lines"),
        pytest.param("one\n\ntwo", "x: |-\n  one\n\n  two\n", id="lines without an end"),
        pytest.param("one\n\n\n", "x: |+\n  one\n\n\n", id="more ends than one"),
        pytest.param(" one\ntwo", 'x: " one\\ntwo"\n', id="a first line set in"),
        pytest.param([{"a": 1, "b": []}, "c"], "x:\n  - a: 1\n    b: []\n  - c\n", id="a list of mappings"),
        pytest.param(1e21, "x: 1.0e+21\n", id="a number that YAML 1.1 knows by its point"),
    ],
)
def test_values_are_written_as_people_would(value, expected):
    assert block_yaml.write({"x": value}) == expected


@st.composite
def recorded(draw):
    names = st.dictionaries(
        st.sampled_from(["a/b", "mine", "backstage.io/source-location"]), TEXT, min_size=1, max_size=3
    )
    metadata = draw(
        st.fixed_dictionaries(
            {}, optional={"title": TEXT, "annotations": names, "tags": st.just(["z", "a"]), "x": VALUES}
        )
    )
    spec = {"type": draw(TEXT), "owner": draw(st.sampled_from(["payments", "user:ada", "::"])), "x": draw(VALUES)}
    kind = draw(st.sampled_from(["Component", "API", "Dataset"]))
    one = entity(
        draw(st.integers(0, 2**40)),
        kind,
        "Pay.v2",
        draw(st.sampled_from(["default", "team-a"])),
        metadata=metadata,
        **spec,
    )
    path = draw(st.sampled_from(["catalog-info.yaml", "a b/ü%20#?.yaml", "registrations/x/y.yml"]))
    origin = Origin(
        one.origin.repository_id,
        draw(st.sampled_from(["acme/pay", "Acme-2/x.y"])),
        path,
        draw(st.integers(1, 99)),
        draw(st.integers(0, 9)),
        draw(st.sampled_from(["", "c" * 40])),
        draw(st.sampled_from(["", "2026-01-01T00:00:00Z"])),
    )
    state = draw(st.sampled_from(["present", "orphan", "stale", "archived"]))
    reason, since = ("", "") if state == "present" else (draw(TEXT), draw(st.sampled_from(["", "2026-01-02"])))
    return replace(one, origin=origin, state=state, reason=reason, since=since)


@settings(max_examples=300, deadline=None)
@given(recorded(), st.sampled_from(["https://github.com", "http://127.0.0.1:8080"]))
def test_a_record_is_read_back_as_it_was(one, server_url):
    text = records.write(one, server_url)
    assert records.read(text) == one
    assert records.write(records.read(text), server_url) == text


@settings(max_examples=100, deadline=None)
@given(st.lists(recorded(), max_size=3))
def test_a_cached_snapshot_is_read_back_as_it_was(entities):
    one = replace(
        snapshot(
            7,
            *entities,
            state="stale",
            reason="odd \ud800",
            since="2026-01-01",
            is_fork=True,
            topics=("a", "b"),
            is_template=True,
        ),
        problems=(Problem("acme/r7", "a.yaml", 3, 4, "x", "/spec", "m", "f", "component:default/a", Severity.NOTE),),
        sources=(Source("a.yaml", "b" * 40, "c" * 40, "2026-01-01"),),
        watched=("docs/**",),
        evidence=Evidence(("@acme/pay",), ("README.md",)),
    )
    again = snapshots.load(snapshots.dump(one))
    assert again == one
    assert again.problems[0].severity is Severity.NOTE


def test_a_snapshot_of_another_version_is_refused():
    with pytest.raises(snapshots.OtherVersion):
        snapshots.load(b"[0]")


def test_the_envelope_has_one_order_and_lists_keep_theirs():
    one = entity(
        7, "Component", "pay", metadata={"tags": ["z", "a"], "labels": {"b": "1", "a": "2"}, "title": "Pay"}, owner="x"
    )
    text = records.write(one)
    assert text.index("title:") < text.index("labels:") < text.index("annotations:") < text.index("tags:")
    assert text.index('    a: "2"') < text.index('    b: "1"')
    assert "  tags:\n    - z\n    - a\n" in text


def test_a_descriptor_cannot_write_our_annotations():
    forged = {"waypost.dev/repository-id": "1", "backstage.io/managed-by-location": "url:https://evil.example/a/b"}
    one = entity(7, "Component", "pay", metadata={"annotations": forged})
    again = records.read(records.write(one))
    assert again.origin.repository_id == 7
    assert again.origin.repository == "acme/r7"


def test_a_description_cannot_pass_for_annotations():
    words = 'x\nannotations:\n  waypost.dev/repository-id: "1"\n'
    one = entity(7, "Component", "pay", metadata={"description": words})
    assert records.read(records.write(one)).origin.repository_id == 7


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("a: [", id="no YAML"),
        pytest.param("- a", id="a list"),
        pytest.param("kind: Component\nmetadata: {name: a}\n", id="without our annotations"),
        pytest.param("kind: A\nmetadata: {name: a}\n---\nkind: B\nmetadata: {name: b}\n", id="two documents"),
        pytest.param(
            "kind: A\nmetadata:\n  name: a\n  annotations:\n"
            "    backstage.io/managed-by-location: url:https://g.example/a/b/blob/HEAD/c\n"
            "    waypost.dev/repository-id: x\n",
            id="an id that is no number",
        ),
    ],
)
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        records.read(text)
