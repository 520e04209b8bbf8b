import pytest

from waypost.catalog.refs import EntityRef, full_ref, parse_ref


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("component:default/pay", ("component", "default", "pay"), id="all three"),
        pytest.param("pay", ("Group", "ns", "pay"), id="a name"),
        pytest.param("user:ada", ("user", "ns", "ada"), id="a kind"),
        pytest.param("core/pay", ("Group", "core", "pay"), id="a namespace"),
        pytest.param("a:b:c", ("a", "ns", "b:c"), id="the first colon counts"),
        pytest.param("a/b/c", ("Group", "a", "b/c"), id="the first slash counts"),
        pytest.param("a/b:c", ("Group", "a", "b:c"), id="a colon after the slash is part of the name"),
        pytest.param("ada@example.com", ("Group", "ns", "ada@example.com"), id="an e-mail address is a name"),
        pytest.param(" pay", ("Group", "ns", " pay"), id="nothing is trimmed"),
    ],
)
def test_refs_are_cut_where_backstage_cuts(text, expected):
    assert parse_ref(text, "Group", "ns") == EntityRef(*expected)


@pytest.mark.parametrize("text", ["", ":x", "/x", "x:", "x/", "x:/y", ":", "/", "a:/", "a:b/"])
def test_empty_parts_are_refused(text):
    with pytest.raises(ValueError):
        parse_ref(text, "Group")


def test_a_kind_must_be_written_where_none_is_meant():
    with pytest.raises(ValueError, match="component:ledger"):
        parse_ref("ledger")


def test_full_refs_are_lower_case_and_one_object():
    assert full_ref("Component", "Default", "Pay") == "component:default/pay"
    assert full_ref("Component", "Default", "Pay") is str(parse_ref("component:default/PAY"))
