"""What onboarding says to people: complete, within GitHub's limits, and with strangers' text as text."""

from __future__ import annotations

import re

import pytest

from waypost.catalog.coverage import infer
from waypost.catalog.drafting import draft
from waypost.catalog.entities import Evidence, Repository, Snapshot
from waypost.catalog.onboarding import LeftOut
from waypost.pages.onboarding import DONE, PARTS, REPORT_MARKER, Row, is_left, pull_body, report
from waypost.pages.site import Site

SITE = Site("acme/catalog")
NASTY = "x | @acme/all <img src=x> ](javascript:alert(1)) `y` <!-- z -->"


def body(files=(), owners=(), **facts):
    repository = Repository(7, "acme", "pay", head="c" * 40, **facts)
    return pull_body(repository, draft(repository, infer(Snapshot(repository, evidence=Evidence(owners, files)))), SITE)


def test_the_pull_request_says_what_it_is_how_to_say_no_and_what_was_guessed():
    text = body(("Dockerfile", "openapi.yaml"), ("@acme/payments",), description="Takes money.")
    for words in (
        "[acme/catalog](https://github.com/acme/catalog)",
        "Close this pull request",
        "| owner | `payments` | CODEOWNERS |",
        "| type | `service` | `Dockerfile` |",
        "| API | `openapi` | `openapi.yaml` |",
        "| description | `Takes money.` |",
    ):
        assert words in text


def test_without_an_owner_it_asks_for_one():
    assert "Please name a team" in body()
    assert "Please name a team" not in body(owners=("@acme/payments",))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(body(description=NASTY), id="description"),
        pytest.param(body(files=(f"{NASTY}.gemspec",)), id="file"),
        pytest.param(report([Row("acme/pay", "to come", owner=NASTY, name=NASTY)], [], SITE, 5), id="row"),
        pytest.param(report([], [LeftOut(Repository(1, "acme", "a"), NASTY)], SITE, 5), id="reason"),
    ],
)
def test_what_strangers_wrote_stays_text(text):
    text = text.replace(REPORT_MARKER, "")
    for harm in ("@acme/all", "<img", "<!--"):
        assert harm not in text
    assert not re.search(r"(?<!\\)\]\(javascript", text)


def test_a_report_names_each_by_what_became_of_it():
    rows = [Row(f"acme/{state.replace(' ', '-')}", state, 3 if state != "to come" else 0) for state in PARTS]
    text = report(rows, [LeftOut(Repository(1, "acme", "old"), "it is archived")], SITE, 5)
    for title, _ in PARTS.values():
        assert f"### {title}: 1" in text
    assert "[#3](https://github.com/acme/open/pull/3)" in text
    assert "1: it is archived" in text
    assert DONE not in text


def test_nothing_is_left_when_nothing_is_open_and_nothing_comes():
    rows = [Row("acme/a", "merged", 1), Row("acme/b", "declined", 1)]
    assert not is_left(rows)
    assert DONE in report(rows, [], SITE, 5)


def test_a_report_of_an_organisation_of_any_size_fits_and_counts_all():
    rows = [Row(f"acme/{'long-name-' * 8}{number}", state, number) for state in PARTS for number in range(1, 3_000)]
    left_out = [LeftOut(Repository(n, "acme", f"{'n' * 90}{n}"), f"reason {n % 12}") for n in range(3_000)]
    text = report(rows, left_out, SITE, 5)
    assert len(text) < 65_000
    assert "### Open: 2,999" in text
    assert "and 2," in text


def test_the_same_state_gives_the_same_bytes():
    rows = [Row("acme/b", "open", 2), Row("acme/a", "open", 1)]
    assert report(rows, [], SITE, 5) == report(rows[::-1], [], SITE, 5)
