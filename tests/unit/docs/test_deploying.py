"""Whether a site may go where its readers are."""

import pytest

from waypost.catalog.publishing import Publishing
from waypost.docs.central.deploying import decide
from waypost.docs.central.values import Record, State


def state(*visibilities, readers="private"):
    records = [
        Record(f"component:default/c{n}", n, f"acme/c{n}", "", "", n, "waypost-docs", "C", 1, 1, visibility)
        for n, visibility in enumerate(visibilities)
    ]
    return State({record.ref: record for record in records}, (), readers)


@pytest.mark.parametrize(
    ("docs", "known", "readers"),
    [
        pytest.param(Publishing(), state("public", readers="public"), "public", id="everything is public"),
        pytest.param(Publishing(), state("private"), "private", id="private pages"),
        pytest.param(Publishing(), state("internal", readers="internal"), "internal", id="internal"),
        pytest.param(Publishing(), state("private", readers="internal"), "internal", id="shown by discovery.narrower"),
        pytest.param(Publishing(public=True), state("private"), "public", id="it was asked for"),
        pytest.param(Publishing("site"), state("public", readers="public"), "public", id="only the site"),
    ],
)
def test_site_whose_readers_may_read_it_is_deployed(docs, known, readers):
    assert decide(docs, known, readers).may


@pytest.mark.parametrize(
    ("docs", "known", "readers"),
    [
        pytest.param(Publishing(), state("private"), "public", id="private documentation"),
        pytest.param(Publishing(), state("public"), "public", id="names of a private catalog"),
        pytest.param(Publishing(), state("internal", readers="internal"), "public", id="internal documentation"),
        pytest.param(Publishing(), state("private", readers="public"), "public", id="private in a public catalog"),
        pytest.param(Publishing(), state("odd"), "public", id="a visibility nobody knows"),
        pytest.param(Publishing("markdown", public=True), state("public", readers="public"), "public", id="no site"),
        pytest.param(Publishing("off", public=True), state("public", readers="public"), "public", id="off"),
        pytest.param(Publishing(), state(readers="public"), "public", id="nothing there"),
    ],
)
def test_otherwise_it_is_not(docs, known, readers):
    decision = decide(docs, known, readers)
    assert not decision.may
    assert decision.reason


def test_refusal_names_the_first_repositories_and_the_line_to_write():
    reason = decide(Publishing("site"), state(*["private"] * 7), "public").reason
    assert "acme/c0, acme/c1, acme/c2, acme/c3, acme/c4 and 2 more" in reason
    assert "docs: {public: true}" in reason
