"""What draws diagrams on the documentation site comes from npm by its hash, once; without npm there is a warning."""

from __future__ import annotations

import shutil

import pytest

from actions.rig import ROOT, run_install

SCRIPT = ROOT / "actions" / "collect-docs" / "mermaid.sh"
NPM = """#!/bin/sh
[ -f "$ANSWER" ] && cp "$ANSWER" mermaid-11.12.0.tgz
"""


def fetch(tmp_path, script=SCRIPT, **environment):
    return run_install([], tmp_path, script, FOLDER=str(tmp_path / "cache"), **environment)


def instead_of_npm(tmp_path, answer):
    """A folder with a program that gives this file for every package."""
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(NPM)
    program.chmod(0o755)
    return {"ANSWER": str(answer), "PATH": f"{program.parent}:/usr/bin:/bin"}


@pytest.mark.node
def test_program_is_fetched_by_its_hash_and_then_found(tmp_path):
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine: sh tests/install.sh")
    code, said, outputs = fetch(tmp_path)
    assert (code, said) == (0, "")
    file = tmp_path / "cache" / "mermaid-11.12.0.min.js"
    assert outputs == {"file": str(file)}
    assert b"sequenceDiagram" in file.read_bytes()
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    assert fetch(tmp_path, **instead_of_npm(tmp_path, tmp_path / "nothing"))[2] == outputs


def test_without_npm_there_is_a_warning_and_no_program(tmp_path):
    code, said, outputs = fetch(tmp_path, **instead_of_npm(tmp_path, tmp_path / "nothing"))
    assert (code, outputs) == (0, {})
    assert said.startswith("::warning title=Waypost::npm could not fetch mermaid 11.12.0")


def test_other_bytes_are_refused(tmp_path):
    (tmp_path / "other.tgz").write_bytes(b"something else")
    code, said, outputs = fetch(tmp_path, **instead_of_npm(tmp_path, tmp_path / "other.tgz"))
    assert (code, outputs) == (1, {})
    assert "::error title=Waypost::what npm fetched is not mermaid 11.12.0: its hash differs." in said
