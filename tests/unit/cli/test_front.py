"""The front of the command line: help, unknown commands, exit codes."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from waypost.cli import COMMANDS, Exit, main

ROOT = Path(__file__).parents[3]


def test_no_command_shows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert not [command for command in COMMANDS if command not in shown]


def test_a_misspelt_command_is_wrong_usage_and_gets_the_nearest_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["validat", "."])
    assert stopped.value.code == Exit.USAGE
    assert 'Did you mean "validate"?' in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_module(f"waypost.cli.{command.replace('-', '_')}").__doc__
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"usage: waypost {command}" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"waypost {command}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("library", ["flask", "github", "jinja2", "sqlite3"])
def test_validating_does_not_pay_for_what_it_does_not_use(library: str, tmp_path: Path) -> None:
    (tmp_path / "catalog-info.yaml").write_text("apiVersion: backstage.io/v1alpha1\n")
    script = (
        "import sys; from waypost.cli import main; "
        f"main(['validate', {str(tmp_path)!r}]); sys.exit({library!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0
