import json

import pytest

from waypost.cli import main

TEMPLATE = """apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: service}
spec:
  type: service
  owner: platform
  parameters:
    - required: [name]
      properties:
        name: {type: string, pattern: '^[a-z]+$'}
  steps:
    - id: fetch
      action: fetch:template
      input: {url: ./skeleton, values: {name: "${{ parameters.name }}"}}
"""


@pytest.fixture
def folder(tmp_path):
    """A sound template with one test."""
    write(tmp_path, "service/template.yaml", TEMPLATE)
    write(tmp_path, "service/skeleton/README.md", "# ${{ values.name }}\n")
    write(tmp_path, "service/tests/one/values.yaml", "name: pay\n")
    write(tmp_path, "service/tests/one/expected.txt", "README.md\n")
    return tmp_path / "service"


def write(folder, path, text):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_a_sound_template_is_fine(folder, capsys):
    assert main(["template", "check", str(folder)]) == 0
    assert capsys.readouterr().out == "1 template, 1 test: all fine\n"


def test_a_mistake_is_named_at_its_place(folder, capsys):
    write(folder, "skeleton/README.md", "# x\n\n${{ values.nam }}\n")
    assert main(["template", "check", str(folder)]) == 1
    out = capsys.readouterr().out
    assert f'{folder}/skeleton/README.md:3  step fetch does not pass the value "nam".' in out
    assert "[value-undefined]" in out
    assert out.endswith("1 template, 1 test: 1 error, 1 warning\n")


def test_a_failed_test_shows_the_difference(folder, capsys):
    write(folder, "tests/one/expected/README.md", "# other\n")
    assert main(["template", "check", str(folder)]) == 1
    out = capsys.readouterr().out
    assert f"{folder}/tests/one/values.yaml:1  the case one does not give what it expects" in out
    assert "    -# other\n    +# pay\n" in out


def test_a_template_without_tests_is_warned_about(folder, capsys):
    for file in (folder / "tests/one").iterdir():
        file.unlink()
    (folder / "tests/one").rmdir()
    assert main(["template", "check", str(folder)]) == 0
    assert "[test-missing, warning]" in capsys.readouterr().out


def test_bless_writes_down_what_comes_out(folder, capsys):
    write(folder, "skeleton/src/app.py", "print('${{ values.name }}')\n")
    write(folder, "tests/one/expected/README.md", "# other\n")
    write(folder, "tests/one/expected/gone/x", "")
    assert main(["template", "check", "--bless", str(folder)]) == 0
    assert "tests/one: expects this now" in capsys.readouterr().err
    assert (folder / "tests/one/expected.txt").read_text() == "README.md\nsrc/app.py\n"
    assert (folder / "tests/one/expected/README.md").read_text() == "# pay\n"
    assert not (folder / "tests/one/expected/gone").exists()
    assert (folder / "tests/one/values.yaml").read_text() == "name: pay\n"
    assert main(["template", "check", str(folder)]) == 0


def test_bless_leaves_a_link_alone(folder, tmp_path):
    elsewhere = write(tmp_path, "elsewhere/README.md", "keep")
    (folder / "tests/one/expected.txt").unlink()
    (folder / "tests/one/expected").symlink_to(elsewhere.parent)
    main(["template", "check", "--bless", str(folder)])
    assert elsewhere.read_text() == "keep"


def test_json_is_one_object_a_template(folder, capsys):
    write(folder, "tests/one/expected.txt", "README\n")
    assert main(["template", "check", "--format", "json", str(folder)]) == 1
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["file"], row["ref"], row["valid"]) == (f"{folder}/template.yaml", "template:default/service", False)
    assert [(problem["id"], problem["file"]) for problem in row["problems"]] == [
        ("test-failed", f"{folder}/tests/one/values.yaml")
    ]
    assert row["tests"] == [
        {
            "name": "one",
            "passed": False,
            "difference": ["- README is missing", "+ README.md is not expected"],
        }
    ]


def test_github_gets_annotations_and_a_summary(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    write(folder, "skeleton/README.md", "# ${{ values.nam }}\n")
    write(folder, "tests/one/expected/README.md", "::error::x\n")
    assert main(["template", "check", "--format", "github", str(folder)]) == 1
    out = capsys.readouterr().out
    assert f"::error file={folder}/skeleton/README.md,line=1,col=1,title=value-undefined::step fetch" in out
    assert "\n -::error::x\n" in out
    assert "### Waypost: templates" in (tmp_path / "summary").read_text()


def test_several_templates_are_found_below_a_folder_and_by_glob(folder, capsys):
    write(folder.parent, "other/template.yml", TEMPLATE.replace("name: service", "name: other"))
    write(folder.parent, "other/skeleton/template.yaml", "${{ values.name }}")
    write(folder.parent, "other/tests/one/expected/template.yaml", "not: one")
    assert main(["template", "check", str(folder.parent)]) == 1  # the case has no values
    assert "2 templates, 2 tests" in capsys.readouterr().out
    assert main(["template", "check", f"{folder.parent}/*/template.y*ml", str(folder)]) == 1
    assert "2 templates" in capsys.readouterr().out


def test_what_is_no_template_is_named(tmp_path, capsys):
    assert main(["template", "check", str(tmp_path)]) == 2
    assert f'there is no template.yaml in "{tmp_path}"' in capsys.readouterr().err
    write(tmp_path, "template.yaml", "a: [")
    assert main(["template", "check", str(tmp_path)]) == 1
    assert "[yaml-syntax]" in capsys.readouterr().out
