"""Who is believed: only what was signed over these very bytes with one of our secrets, whatever else is sent."""

from __future__ import annotations

import pytest

from waypost.server.signature import is_signed, sign

from .deliveries import OLD_SECRET, SECRET, signature

BODY = b'{"zen": "Keep it logically awesome.", "x": "\xc3\xa9"}'


def test_signature_is_the_one_of_githubs_documentation():
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert sign(b"Hello, World!", b"It's a Secret to Everybody") == expected


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_either_active_secret_is_accepted(hook, secret):
    assert hook(b"{}", X_Hub_Signature_256=signature(b"{}", secret)).status_code == 202


REFUSED = {
    "another secret": signature(BODY, "wrong"),
    "another body": signature(BODY + b" "),
    "empty": "",
    "no scheme": signature(BODY).removeprefix("sha256="),
    "another scheme": signature(BODY).replace("sha256", "sha512"),
    "sha1 in the place of sha256": signature(BODY, algorithm="sha1"),
    "upper case": signature(BODY).upper(),
    "cut short": signature(BODY)[:-1],
    "one digit too many": signature(BODY) + "0",
    "not hexadecimal": "sha256=" + "z" * 64,
    "beyond ASCII": "sha256=é" + signature(BODY)[8:],
    "only the scheme": "sha256=",
    "a list": f"{signature(BODY, 'wrong')},{signature(BODY)}",
    "very long": "sha256=" + "0" * 5_000,
}


@pytest.mark.parametrize("header", REFUSED.values(), ids=REFUSED)
def test_wrong_signature_is_refused(hook, queue, header):
    answer = hook(BODY, X_Hub_Signature_256=header.encode().decode("latin-1"))
    assert answer.status_code == 401
    assert answer.json["error"] == "the signature does not match"
    assert "WAYPOST_WEBHOOK_SECRET" in answer.json["fix"]
    assert queue.counts()["deliveries"] == 0


@pytest.mark.parametrize("older", [None, signature(BODY, algorithm="sha1")], ids=["unsigned", "signed with SHA-1 only"])
def test_delivery_without_sha256_is_refused(hook, queue, older):
    answer = hook(BODY, X_Hub_Signature_256=None, X_Hub_Signature=older)
    assert answer.status_code == 401
    assert "not signed" in answer.json["error"]
    assert queue.counts()["deliveries"] == 0


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        pytest.param(b"[" * 1_000_000, {}, id="a body that is hard to parse"),
        pytest.param(b"", {"X_GitHub_Event": None}, id="no event"),
        pytest.param(b"x", {"Content_Type": "text/plain"}, id="another type"),
    ],
)
def test_signature_is_checked_before_anything_else(hook, monkeypatch, body, changed):
    monkeypatch.setattr("waypost.server.webhooks._parse", lambda _body: pytest.fail("parsed before it was believed"))
    assert hook(body, X_Hub_Signature_256="sha256=0", **changed).status_code == 401


def test_every_secret_is_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda given, right: compared.append(right) or given == right)
    assert is_signed(BODY, sign(BODY, b"one"), [b"one", b"two", b"three"])
    assert len(compared) == 3
