"""In the log of a run nobody's text gives orders."""

from __future__ import annotations

import sys

import pytest

from waypost.cli import main
from waypost.cli.verdicts import remark
from waypost.cli.workflow_log import guarded


@pytest.mark.parametrize(
    ("said", "written"),
    [
        pytest.param("::set-output name=url::evil", ": :set-output name=url::evil", id="output"),
        pytest.param("  ::stop-commands::x", "  : :stop-commands::x", id="after blanks"),
        pytest.param("opened\n::add-mask::a", "opened\n: :add-mask::a", id="on a line of its own"),
        pytest.param("opened\r\t::add-mask::a", "opened\r\t: :add-mask::a", id="after another line end"),
        pytest.param("so ##[error]it is", "so ## [error]it is", id="in the old form"),
        pytest.param("::error title=x::a\n::set-output name=b::c", None, id="behind an annotation"),
        pytest.param("a::b and https://[::1]/", "a::b and https://[::1]/", id="which is none"),
    ],
)
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_an_order_in_a_text_is_broken(capsys, said, written, stream):
    with guarded():
        print(said, file=getattr(sys, stream))
    found = getattr(capsys.readouterr(), "out" if stream == "stdout" else "err")
    assert found == f"{written}\n" if written else not found.startswith("::") and "\n::" not in found


def test_an_order_in_two_pieces_is_broken(capsys):
    with guarded():
        sys.stdout.write("  ")
        sys.stdout.write("::add-mask::a\n")
        sys.stdout.write("x")
        sys.stdout.write("::y\n")
    assert capsys.readouterr().out == "  : :add-mask::a\nx::y\n"


def test_our_annotation_stays_one(capsys):
    with guarded():
        print(remark("error", "It is so\n::set-output name=a::b"))
    assert capsys.readouterr().out == "::error title=Waypost::It is so%0A::set-output name=a::b\n"


@pytest.mark.parametrize(("environment", "is_guarded"), [({"GITHUB_ACTIONS": "true"}, True), ({}, False)])
def test_commands_are_guarded_in_a_run(capsys, monkeypatch, environment, is_guarded):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["validate", "\n::add-mask::a"]) == 2
    assert ("\n::add-mask" in capsys.readouterr().err) is not is_guarded


def test_commands_that_speak_to_github_are_guarded_anywhere(capsys, monkeypatch):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert main(["validate", "\n::add-mask::a", "--format", "github"]) == 2
    told = capsys.readouterr()
    assert "\n::add-mask" not in told.err
    assert told.out.startswith("::error title=Waypost::")
