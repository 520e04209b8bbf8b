"""A tier is what people wrote, in the forms they write it in."""

from __future__ import annotations

import pytest

from unit.catalog._organisation import entity
from waypost.catalog.tiers import tier, tier_number


@pytest.mark.parametrize(
    ("written", "text", "number"),
    [("1", "1", 1), ("tier1", "1", 1), ("Tier-2", "2", 2), ("tier 3", "3", 3), ("gold", "gold", None), ("", "", None)],
)
def test_a_tier_is_read_in_every_form(written, text, number):
    for place in ("labels", "annotations"):
        found = entity(1, "Component", "a", metadata={place: {"waypost.dev/tier": written}})
        assert (tier(found), tier_number(found)) == (text, number)


def test_a_label_comes_before_an_annotation():
    both = {"labels": {"tier": "1"}, "annotations": {"waypost.dev/tier": "2"}}
    assert tier(entity(1, "Component", "a", metadata=both)) == "1"
