import pytest

from waypost.golden.addresses import Address, of_repo_url, of_web


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("github.com?owner=acme&repo=pay", Address("github.com", "acme", "pay"), id="as pickers write it"),
        pytest.param("github.com?repo=pay&owner=acme", Address("github.com", "acme", "pay"), id="in another order"),
        pytest.param(
            "https://ghe.acme.io?owner=a&repo=b", Address("ghe.acme.io", "a", "b"), id="a server of their own"
        ),
        pytest.param("github.com?owner=acme&repo=a.b_c-d", Address("github.com", "acme", "a.b_c-d"), id="signs"),
        pytest.param("https://github.com/acme/pay", Address("github.com", "acme", "pay"), id="as people write it"),
    ],
)
def test_repository_is_read_from_its_repo_url(text, expected):
    assert of_repo_url(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("https://github.com/acme/pay", Address("github.com", "acme", "pay"), id="repository"),
        pytest.param("https://github.com/acme/pay.git", Address("github.com", "acme", "pay"), id="clone address"),
        pytest.param(
            "https://github.com/acme/pay/tree/main/a/b",
            Address("github.com", "acme", "pay", "main", "a/b"),
            id="folder",
        ),
        pytest.param(
            "https://github.com/acme/pay/blob/main", Address("github.com", "acme", "pay", "main"), id="branch"
        ),
    ],
)
def test_repository_is_read_from_its_address(text, expected):
    assert of_web(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://github.com/a/b",
        "https://github.com/a",
        "javascript:alert(1)",
        "https://u:p@github.com/a/b",
        "",
        "/a/b/c",
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="address"):
        of_web(text)


def test_address_knows_its_other_forms():
    address = Address("github.com", "acme", "pay")
    assert (address.full_name, address.web) == ("acme/pay", "https://github.com/acme/pay")
