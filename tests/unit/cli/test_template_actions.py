import json

from waypost.cli import main
from waypost.golden.actions import ACTIONS


def test_every_action_is_listed_with_what_it_does(capsys):
    assert main(["template", "actions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [action.id for action in ACTIONS]


def test_action_shows_what_it_takes_and_puts_out(capsys):
    assert main(["template", "actions", "publish:github"]) == 0
    said = capsys.readouterr().out
    assert "Input (* must be given)\n  repoUrl*" in said
    assert "(private, public, internal)" in said
    assert "\nOutput\n  remoteUrl" in said


def test_json_is_one_action_a_line(capsys):
    assert main(["template", "actions", "--format", "json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == [action.id for action in ACTIONS]
    assert rows[0].keys() == {"id", "description", "input", "output"}


def test_unknown_action_is_wrong_usage(capsys):
    assert main(["template", "actions", "publish:githb"]) == 2
    assert 'Did you mean "publish:github"?' in capsys.readouterr().err
