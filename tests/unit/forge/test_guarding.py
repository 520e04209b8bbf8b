"""The ruleset that guards the catalog repository."""

from __future__ import annotations

import copy

import pytest

from waypost.forge.guarding import is_guarded, ruleset

APP, WRITER = 7, 8


def changed(**fields):
    return [copy.deepcopy(ruleset(APP)) | fields]


def test_the_ruleset_we_offer_is_what_we_ask_for():
    assert is_guarded([ruleset(APP)], APP) == ()


def test_with_two_apps_one_checks_and_the_other_commits():
    assert is_guarded([ruleset(APP, WRITER)], APP, WRITER) == ()
    assert is_guarded([ruleset(APP)], APP, WRITER) == (
        'the App may not bypass "Waypost", so it cannot commit the catalog',
    )


@pytest.mark.parametrize(
    "rulesets",
    [
        pytest.param([], id="none at all"),
        pytest.param(changed(enforcement="disabled"), id="switched off"),
        pytest.param(changed(enforcement="evaluate"), id="only tried out"),
        pytest.param(changed(target="tag"), id="for tags"),
        pytest.param(
            changed(conditions={"ref_name": {"include": ["refs/heads/next"], "exclude": []}}), id="another branch"
        ),
        pytest.param(
            changed(conditions={"ref_name": {"include": ["~ALL"], "exclude": ["refs/heads/main"]}}), id="left out"
        ),
        pytest.param(changed(rules=[]), id="without rules"),
    ],
)
def test_a_catalog_without_its_rules_is_not_guarded(rulesets):
    assert is_guarded(rulesets, APP) == (
        "changes need no pull request",
        'the check "Waypost" of this App is not required',
    )


def test_a_check_that_any_app_may_report_does_not_count():
    rules = copy.deepcopy(ruleset(APP)["rules"])
    del rules[1]["parameters"]["required_status_checks"][0]["integration_id"]
    assert is_guarded(changed(rules=rules), APP) == ('the check "Waypost" of this App is not required',)


def test_an_organisation_s_ruleset_that_stops_the_app_is_named():
    strict = ruleset(APP) | {"name": "All repositories", "bypass_actors": []}
    assert is_guarded([ruleset(APP), strict], APP) == (
        'the App may not bypass "All repositories", so it cannot commit the catalog',
    )


@pytest.mark.parametrize(
    ("can", "missing"), [pytest.param("always", 0, id="may"), pytest.param("pull_requests_only", 1, id="may not")]
)
def test_who_is_not_shown_the_actors_is_told_about_itself(can, missing):
    shown = {name: value for name, value in ruleset(APP).items() if name != "bypass_actors"}
    assert len(is_guarded([shown | {"current_user_can_bypass": can}], APP)) == missing
