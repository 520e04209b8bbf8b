"""The form of a value: what fits, what stands in the address, what is refused."""

from __future__ import annotations

import pytest

from waypost.integrations.forms import LONGEST, fill, match, parse_form


@pytest.mark.parametrize(
    ("form", "value", "found"),
    [
        pytest.param("{owner}/{name}", "acme/pay", {"owner": "acme", "name": "pay"}, id="two words"),
        pytest.param("{owner}/{name}", "acme/pay/more", None, id="a word holds no slash"),
        pytest.param("{owner}/{name}", "acme", None, id="the literal is missing"),
        pytest.param("{owner}/{name}", "/pay", None, id="an empty part"),
        pytest.param("{owner}/{name}", "../pay", None, id="dots are no word"),
        pytest.param("dir:.", "dir:.", {}, id="no placeholder at all"),
        pytest.param("dir:.", "dir:./docs", None, id="more than the literal"),
        pytest.param("dir:{at:path}", "dir:a/b-c", {"at": "a/b-c"}, id="a path"),
        pytest.param("dir:{at:path}", "dir:a/../b", None, id="a path does not climb"),
        pytest.param("dir:{at:path}", "dir:/etc/passwd", None, id="a path does not begin at the root"),
        pytest.param("{id:number}", "17", {"id": "17"}, id="a number"),
        pytest.param("{id:number}", "١٧", None, id="digits of other scripts are no number"),
        pytest.param("{q:text}", 'a b&c="<', {"q": "a%20b%26c%3D%22%3C"}, id="text is encoded whole"),
        pytest.param("{q:text}", "a\nb", None, id="text has no line breaks"),
        pytest.param("{u:url}", "https://a.example/x?y=1", {"u": "https://a.example/x?y=1"}, id="an address"),
        pytest.param("{u:url}", "javascript:alert(1)", None, id="another scheme"),
        pytest.param("{name}", "a" * (LONGEST + 1), None, id="too long"),
        pytest.param("{name}", "a b", None, id="a blank is in no word"),
    ],
)
def test_value_fits_its_form_or_not(form, value, found):
    assert match(parse_form(form), value) == found


@pytest.mark.parametrize("form", ["{a}{b}", "{a-b}", "{a:regex}", "{", "{}"])
def test_what_is_no_form_is_refused_in_words(form):
    with pytest.raises(ValueError, match=r"placeholder|between"):
        parse_form(form)


def test_address_without_a_fact_is_none():
    assert fill("{url}/x/{name}", {"url": "", "name": "a"}) is None
    assert fill("{url}/x/{name}", {"url": "https://g.example", "name": "a"}) == "https://g.example/x/a"
