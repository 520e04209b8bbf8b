"""No credential survives in text, whatever its length."""

from __future__ import annotations

import logging

import jwt
import pytest

from waypost.forge.redact import RedactingFilter, redact

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
TOKENS = {
    "short": "ghs_abcdef123456",
    "classic": "ghp_" + "a1B2" * 9,
    "long": "ghs_" + "x" * 900,
    "stateless": f"ghs_42_{'e' * 200}.{'f' * 300}-_",
    "fine-grained": "github_pat_11AAAAAAA0" + "_" + "z" * 59,
    "user": "ghu_0123456789",
    "refresh": "ghr_0123456789abcdef",
    "jwt": jwt.encode({"iss": "1", "exp": 1}, "k" * 32, algorithm="HS256"),
    "key": KEY,
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize(
    "text", ["{}", "Authorization: Bearer {}", "https://x-access-token:{}@github.com/acme/x.git", "{{'token': '{}'}}"]
)
def test_tokens_of_every_shape_are_hidden(token, text):
    shown = redact(text.format(token))
    assert "***" in shown
    assert not any(piece in shown for piece in (token, token[-8:], token[6:14]))


def test_what_is_not_a_secret_stays():
    text = "acme/payments: token refused at 3f786850e387550fdab836ed7e6dc881de23001b; see https://github.com/acme"
    assert redact(text) == text


def test_known_secrets_are_hidden_whatever_they_look_like():
    assert redact("it was hunter2 again", ["hunter2", ""]) == "it was *** again"


def test_basic_authorisation_is_hidden():
    assert "eC1hY2Nlc3M" not in redact("> Authorization: Basic eC1hY2Nlc3MtdG9rZW46Z2hzX2FiYw==")


def test_half_a_key_is_hidden_too():
    assert "MIIEow" not in redact(KEY[:50])


def test_a_library_that_logs_headers_is_redacted(caplog):
    logger = logging.getLogger("a.library")
    seen = RedactingFilter(["hunter2"])
    logger.addFilter(seen)
    with caplog.at_level(logging.DEBUG, "a.library"):
        logger.debug("%s %s", {"Authorization": "Bearer ghs_secret"}, "hunter2")
    logger.removeFilter(seen)
    assert caplog.messages == ["{'Authorization': 'Bearer ***'} ***"]
