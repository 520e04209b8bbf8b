"""Tokens are asked for once, kept while they last, and replaced in time."""

from __future__ import annotations

import threading

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from waypost.forge.credentials import (
    EARLY,
    READ,
    AppCredential,
    Fixed,
    Grant,
    InstallationCredential,
    writing,
)

NOW = 1_700_000_000.0


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


def counting(clock, lifetime=3_600.0):
    minted = []

    def mint():
        minted.append(f"ghs_{len(minted)}")
        return Grant(minted[-1], clock() + lifetime)

    return InstallationCredential(mint, clock), minted


def claims(credential, app_key):
    public = serialization.load_pem_private_key(app_key.encode(), None).public_key()
    return jwt.decode(credential.token(), public, ["RS256"], options={"verify_exp": False, "verify_iat": False})


def test_app_signs_for_less_than_ten_minutes_from_a_minute_ago(app_key):
    said = claims(AppCredential(7, app_key, lambda: NOW), app_key)
    assert said == {"iss": "7", "iat": NOW - 60, "exp": NOW + 480}


def test_app_takes_the_time_of_the_server_when_its_own_is_refused(app_key):
    credential = AppCredential(7, app_key, lambda: NOW)
    assert credential.renew(credential.token(), NOW + 7_200)
    assert claims(credential, app_key)["iat"] == NOW + 7_200 - 60


@pytest.mark.parametrize("server_time", [None, NOW, NOW + 20], ids=["untold", "equal", "near"])
def test_app_does_not_try_again_when_the_clock_is_not_the_reason(app_key, server_time):
    credential = AppCredential(7, app_key, lambda: NOW)
    assert not credential.renew(credential.token(), server_time)


def test_given_token_is_never_renewed():
    assert Fixed("ghp_x").token() == "ghp_x"
    assert not Fixed("ghp_x").renew("ghp_x", NOW)


def test_token_is_kept_until_shortly_before_its_end():
    clock = Clock()
    credential, minted = counting(clock)
    credential.token()
    clock.now += 3_600 - EARLY - 1
    assert credential.token() == "ghs_0"
    clock.now += 1
    assert credential.token() == "ghs_1"
    assert len(minted) == 2


@pytest.mark.parametrize("lifetime", [-7_000.0, 0.0, 90_000.0], ids=["past", "now", "tomorrow"])
def test_token_whose_end_makes_no_sense_here_lives_an_hour(lifetime):
    clock = Clock()
    credential, minted = counting(clock, lifetime)
    for _ in range(5):
        credential.token()
    assert len(minted) == 1
    clock.now += 3_600
    credential.token()
    assert len(minted) == 2


def test_threads_that_need_a_token_at_once_share_one_request():
    clock, gate, minted = Clock(), threading.Event(), []

    def mint():
        gate.wait(60)
        minted.append("x")
        return Grant("ghs_one", clock() + 3_600)

    credential = InstallationCredential(mint, clock)
    got = []
    threads = [threading.Thread(target=lambda: got.append(credential.token())) for _ in range(16)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(10)
    assert got == ["ghs_one"] * 16
    assert minted == ["x"]


def test_threads_refused_with_the_same_token_renew_it_once():
    credential, minted = counting(Clock())
    refused = credential.token()
    assert all(credential.renew(refused, None) for _ in range(3))
    assert credential.token() == "ghs_1"
    assert credential.renew(refused, None)  # a slow thread, refused with the old one
    assert credential.token() == "ghs_1"
    assert len(minted) == 2


def test_failed_request_for_a_token_is_not_remembered():
    clock, answers = Clock(), [RuntimeError("no"), Grant("ghs_1", NOW + 3_600)]

    def mint():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    credential = InstallationCredential(mint, clock)
    with pytest.raises(RuntimeError):
        credential.token()
    assert credential.token() == "ghs_1"


def test_reading_tokens_cannot_write():
    assert set(dict(READ.permissions).values()) == {"read"}
    assert set(READ.request()) == {"permissions"}


def test_writing_tokens_are_narrowed_to_one_repository_and_its_contents():
    assert writing(9).request() == {
        "permissions": {"contents": "write", "metadata": "read"},
        "repository_ids": [9],
    }
