"""What the coverage page says of quota: the published formula, and no moment's figure."""

from __future__ import annotations

import pytest

from waypost.pages.coverage import quota


@pytest.mark.parametrize(
    ("repositories", "calls", "allowed"),
    [
        pytest.param(1, "1", "5,000", id="one"),
        pytest.param(20, "1", "5,000", id="no further calls yet"),
        pytest.param(21, "1", "5,050", id="the first that brings more"),
        pytest.param(51, "2", "6,550", id="more than one batch"),
        pytest.param(341, "7", "12,500", id="at the most"),
        pytest.param(10_000, "200", "12,500", id="ten thousand"),
    ],
)
def test_cost_of_a_full_look_is_held_against_the_allowance(repositories, calls, allowed):
    said = quota(repositories)
    assert f"about {calls} of the {allowed} calls" in said
    assert f"all {repositories:,} repositories" in said
