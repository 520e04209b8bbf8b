"""How the process that tries uploads may end, and whether the upload is to blame."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from waypost.docs import apart
from waypost.docs.central.values import Facts, Upload

pytest.importorskip("nh3", reason='the sanitiser is not installed: pip install "waypost[docs]"')
UPLOAD = Upload(1, "acme/pay", "c1", "2026-11-01T00:00:00Z", 7, {}, "waypost-docs")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0, ""),
        (11, "took more than 2 GB to read. Split the documentation."),
        (-signal.SIGABRT, "took more than 2 GB to read. Split the documentation."),
        (-signal.SIGXCPU, "took more than 60 s to read. Split the documentation."),
        (-signal.SIGSEGV, "Waypost cannot read it"),
        (10, "Waypost cannot read it"),
    ],
)
def test_an_end_is_told_in_words(code, reason):
    assert apart._why(code, "", [UPLOAD]) == reason


@pytest.mark.parametrize("code", [1, 2, -signal.SIGTERM, -signal.SIGINT])
def test_an_end_that_somebody_else_brought_about_blames_no_upload(code):
    with pytest.raises(apart.NotTried):
        apart._why(code, "", [UPLOAD])


def test_time_has_an_end():
    """One second of processor time, and work for much more than that."""
    endless = "from waypost.docs import apart\napart.limit(1, 1 << 30)\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", endless], capture_output=True, timeout=60, check=False)
    assert "took more than" in apart._why(done.returncode, done.stderr.decode(), [UPLOAD])


def test_what_is_refused_in_words_is_refused_by_who_reads_it_next():
    assert apart.try_apart([UPLOAD], Facts({}), has_mermaid=False) == ([UPLOAD], [])


def test_nothing_to_try_needs_no_process(monkeypatch):
    monkeypatch.setattr(apart.sys, "executable", "/nowhere/python")
    assert apart.try_apart([], Facts({}), has_mermaid=False) == ([], [])
