"""What may become a link, and what never does."""

from __future__ import annotations

import pytest

from waypost.integrations.urls import quote, safe_url


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example:8443/x/y?z=1#part", "https://a.example:8443/x/y?z=1#part"),
        ("https://a.example/a b(c)", "https://a.example/a%20b%28c%29"),
        ("https://a.example/ü", "https://a.example/%C3%BC"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%2F", "https://a.example/%2F"),
        ("https://a.example/`|<>\"'\\", "https://a.example/%60%7C%3C%3E%22%27%5C"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("mailto:a.b+c@d.example", "mailto:a.b+c@d.example"),
        ("HTTPS://A.example/", "HTTPS://A.example/"),
    ],
)
def test_plain_addresses_become_links(text, link):
    assert safe_url(text) == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<b>",
        "vbscript:x",
        "http://a.example",
        "ftp://a.example",
        "//a.example",
        "https:a.example",
        "https:///path",
        "https://",
        "https://user@a.example",
        "https://user:word@a.example",
        "https://a.example:port/",
        "https://аpple.example",
        "https://a.example\\@b.example",
        "https://a b.example",
        "https://a.example/\x00",
        "https://a.example/\n](x)",
        "https://a.example/" + "a" * 2_000,
        "mailto:a@b.example?subject=x",
        "mailto:a@b.example,c@d.example",
        "mailto:@b.example",
        "mailto:a@b",
        "http://github.example.evil.example/x",
    ],
)
def test_everything_else_is_refused(text):
    assert safe_url(text, "http://github.example") is None


def test_our_own_server_is_trusted_whatever_its_scheme():
    assert safe_url("http://127.0.0.1:8080/acme/x", "http://127.0.0.1:8080") == "http://127.0.0.1:8080/acme/x"
    assert safe_url("http://127.0.0.1:80801/acme", "http://127.0.0.1:8080") is None


def test_quote_encodes_bytes_that_are_no_text():
    assert quote("a/b ü\ud800") == "a%2Fb%20%C3%BC%3F"
