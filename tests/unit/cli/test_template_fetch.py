import io
import json
import os
import subprocess
import sys

import pytest

from waypost.cli import main


@pytest.fixture
def skeleton(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "skeleton"
    (folder / "bin").mkdir(parents=True)
    (folder / "${{ values.name }}.md").write_text("# ${{ values.name }}\n", encoding="utf-8")
    (folder / "bin/run").write_text("#!/bin/sh\n")
    (folder / "bin/run").chmod(0o755)
    (folder / "link").symlink_to("bin/run")
    (tmp_path / "input.yaml").write_text("targetPath: ./app\nvalues: {name: pay}\n")
    return folder


def run(*more, input="input.yaml", out="out"):
    return main(["template", "fetch", "skeleton", "--input", input, "--out", out, *more])


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_skeleton_is_rendered_into_the_folder(skeleton, tmp_path, capsys):
    assert run() == 0
    assert files(tmp_path / "out") == ["app", "app/bin", "app/bin/run", "app/link", "app/pay.md"]
    assert (tmp_path / "out/app/pay.md").read_text() == "# pay\n"
    assert os.access(tmp_path / "out/app/bin/run", os.X_OK)
    assert os.readlink(tmp_path / "out/app/link") == "bin/run"
    assert capsys.readouterr().out.splitlines() == ["app/bin/run", "app/link -> bin/run", "app/pay.md"]


def test_json_says_what_was_written(skeleton, capsys):
    assert run("--format", "json") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"path": "app/bin/run", "mode": "100755", "size": 10},
        {"path": "app/link", "mode": "120000", "target": "bin/run"},
        {"path": "app/pay.md", "mode": "100644", "size": 6},
    ]


def test_input_may_be_json_with_half_letters(skeleton, tmp_path):
    (tmp_path / "input.json").write_text('{"values": {"name": "\\ud83d\\ude00"}}')
    assert run(input="input.json") == 0
    assert (tmp_path / "out/😀.md").read_text() == "# 😀\n"


def test_input_may_come_from_standard_input(skeleton, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"values: {name: piped}")))
    assert run(input="-") == 0
    assert (tmp_path / "out/piped.md").exists()


def test_plain_copies_without_rendering(skeleton, tmp_path):
    assert run("--plain") == 0
    assert (tmp_path / "out/app/${{ values.name }}.md").read_text() == "# ${{ values.name }}\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("bad.md", "fine\n${{ values.name | nothing }}\n", "bad.md:2", id="an unknown filter"),
        pytest.param("${{ values.name", "", "${{ values.name", id="a name that does not end"),
        pytest.param("${{ values.up }}", "", "..", id="a path that leaves"),
    ],
)
def test_what_cannot_be_rendered_ends_with_1_and_writes_nothing(name, content, said, skeleton, tmp_path, capsys):
    (skeleton / name).write_text(content)
    (tmp_path / "input.yaml").write_text("values: {name: pay, up: ../../x}\n")
    assert run() == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Nothing was written." in error
    assert not (tmp_path / "out").exists()


def test_folder_that_holds_something_is_left_alone(skeleton, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_text("")
    assert run() == 1
    assert "is not empty" in capsys.readouterr().err
    assert files(tmp_path / "out") == ["mine"]


def test_paths_that_differ_by_case_are_warned_about(skeleton, capsys):
    (skeleton / "PAY.md").write_text("")
    assert run() == 0
    assert "differ by case only" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("- a\n", "must hold names and values", id="a list"),
        pytest.param("a: 1\n---\nb: 2\n", "holds 2 documents; write one", id="two documents"),
        pytest.param("a: [\n", "input.yaml:", id="no YAML"),
        pytest.param("{" * 50_000, "input.yaml", id="nesting without end"),
        pytest.param('{"a": ' * 50_000, "input.yaml", id="JSON without end"),
    ],
)
def test_input_that_is_no_mapping_is_wrong_usage(content, said, skeleton, tmp_path, capsys):
    (tmp_path / "input.yaml").write_text(content)
    assert run() == 2
    assert said in capsys.readouterr().err


def test_input_may_be_empty(skeleton, tmp_path):
    (tmp_path / "input.yaml").write_text("")
    assert run() == 0
    assert (tmp_path / "out/.md").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["missing", "--input", "input.yaml"], id="no skeleton"),
        pytest.param(["skeleton", "--input", "missing.yaml"], id="no input"),
    ],
)
def test_what_is_not_there_is_named(arguments, skeleton, capsys):
    assert main(["template", "fetch", *arguments, "--out", "out"]) == 2
    assert "missing" in capsys.readouterr().err


def test_help_names_every_verb_and_imports_none():
    code = "import sys; from waypost.cli import main\ntry: main(['template', '--help'])\nexcept SystemExit: pass\n"
    code += "assert not [name for name in sys.modules if name.startswith('waypost.cli.template_')]"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for verb in ("check", "render", "fetch", "form", "actions"):
        assert f"\n  {verb} " in done.stdout


def test_unknown_verb_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["template", "frobnicate"])
    assert stopped.value.code == 2
    assert "'fetch'" in capsys.readouterr().err
