import io
import json
import sys

import pytest

from waypost.cli import main

TEMPLATE = """
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: x}
spec:
  type: service
  parameters:
    required: [name]
    properties:
      name: {type: string, pattern: "^[a-z-]+$"}
      notes: {type: string}
      key: {type: string, ui:field: Secret}
  steps:
    - id: fetch
      name: Write the code
      action: fetch:template
      input: {url: ./skeleton, values: {name: "${{ parameters.name }}", notes: "${{ parameters.notes }}"}}
    - id: publish
      action: publish:github
      input:
        repoUrl: github.com?owner=acme&repo=${{ parameters.name }}
        topics: ["${{ parameters.notes || 'x' }}"]
        secrets: {KEY: "${{ secrets.key }}"}
    - action: acme:magic
      if: "${{ parameters.notes }}"
      input: {name: "${{ parameters.name }}"}
  output:
    links: [{title: Files, url: "${{ steps.publish.output.repoContentsUrl }}"}]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    skeleton = tmp_path / "templates/x/skeleton"
    (skeleton / "bin").mkdir(parents=True)
    (skeleton / "bin/run").write_text("#!/bin/sh\n")
    (skeleton / "bin/run").chmod(0o755)
    (skeleton / "README.md").write_text("# ${{ values.name }}\n")
    (tmp_path / "templates/x/template.yaml").write_text(TEMPLATE)
    (tmp_path / "values.yaml").write_text("name: pay\nkey: hunter2\n")
    return tmp_path


def run(*more, values="values.yaml", where="templates/x"):
    return main(["template", "render", where, "--values", values, "--out", "out", *more])


def rendered(capsys, *more, **options):
    code = run("--format", "json", *more, **options)
    [line] = capsys.readouterr().out.splitlines()
    return code, json.loads(line)


def test_files_are_written_with_their_modes(folder):
    assert run() == 0
    assert (folder / "out/README.md").read_text() == "# pay\n"
    assert (folder / "out/bin/run").stat().st_mode & 0o777 == 0o755


def test_json_shows_the_whole_dry_run(folder, capsys):
    code, said = rendered(capsys)
    assert (code, said["valid"]) == (0, True)
    assert said["steps"] == [
        {
            "id": "fetch",
            "action": "fetch:template",
            "skipped": False,
            "input": {"url": "./skeleton", "values": {"name": "pay"}},
        },
        {
            "id": "publish",
            "action": "publish:github",
            "skipped": False,
            "input": {
                "repoUrl": "github.com?owner=acme&repo=pay",
                "topics": ["${{ parameters.notes || 'x' }}"],
                "secrets": {"KEY": "***"},
            },
        },
        {"id": "step-3", "action": "acme:magic", "skipped": True},
    ]
    assert said["output"] == {"links": [{"title": "Files", "url": "https://github.com/acme/pay/blob/main"}]}
    assert said["files"] == [{"path": "README.md", "mode": "100644"}, {"path": "bin/run", "mode": "100755"}]
    assert said["calls"][0] == {
        "method": "POST",
        "path": "/orgs/acme/repos",
        "why": "create the private repository acme/pay",
    }
    assert "secrets: write" in said["permissions"]
    [warning] = said["errors"]
    assert (warning["path"], warning["severity"]) == ("steps/publish", "warning")


def test_text_shows_steps_files_calls_and_permissions(folder, capsys):
    assert run() == 0
    said = capsys.readouterr()
    for words in (
        "fetch    fetch:template  Write the code",
        "step-3   acme:magic      skipped",
        "    run (executable)",
        "  POST      /orgs/acme/repos\n              create the private repository acme/pay",
        "It needs\n  administration: write",
        "Files: https://github.com/acme/pay/blob/main",
    ):
        assert words in said.out
    assert said.err.startswith("warning: steps/publish: input.topics[0] stays as it is written")


def test_secret_is_nowhere_to_be_seen(folder, capsys):
    run()
    said = capsys.readouterr()
    run("--format", "json")
    assert "hunter2" not in said.out + said.err + capsys.readouterr().out


def test_parameters_that_do_not_fit_write_nothing(folder, capsys):
    (folder / "values.yaml").write_text("name: My Service\n")
    code, said = rendered(capsys)
    assert (code, said["valid"], said["steps"], said["files"]) == (1, False, [], [])
    assert said["errors"][0]["path"] == "name"
    assert not (folder / "out").exists()
    assert run() == 1
    assert capsys.readouterr().err.splitlines() == [
        'error: name: "My Service" does not match ^[a-z-]+$ (lower-case letters, "-")',
        "Nothing was written.",
    ]


def test_unknown_action_is_shown_with_a_problem(folder, capsys):
    (folder / "values.yaml").write_text("{name: pay, notes: n}")
    code, said = rendered(capsys)
    assert (code, said["valid"]) == (0, True)
    assert said["steps"][2] == {"id": "step-3", "action": "acme:magic", "skipped": False, "input": {"name": "pay"}}
    assert any("acme:magic" in error["message"] for error in said["errors"])


def test_secret_that_the_form_asks_for_may_be_pretended(folder, capsys):
    (folder / "templates/x/template.yaml").write_text(TEMPLATE.replace("required: [name]", "required: [name, key]"))
    (folder / "values.yaml").write_text("name: pay")
    assert rendered(capsys)[1]["valid"] is False
    assert rendered(capsys, "--secret", "key")[1]["valid"] is True


def test_half_a_letter_breaks_nothing(folder, capsys):
    (folder / "values.json").write_text('{"name": "pay", "notes": "\\ud800"}')
    assert rendered(capsys, values="values.json")[1]["valid"]
    assert run("--out", "out2", values="values.json") == 0


def test_file_that_cannot_be_rendered_is_named(folder, capsys):
    (folder / "templates/x/skeleton/README.md").write_text("a\n${{ values.name | nope }}\n")
    code, said = rendered(capsys)
    assert (code, said["valid"]) == (1, True)
    [error] = [error for error in said["errors"] if error["severity"] == "error"][:1]
    assert "README.md:2" in error["message"]
    assert not (folder / "out").exists()


def test_step_may_fetch_from_the_checkout_around_the_template(folder, capsys):
    shared = folder / "shared"
    shared.mkdir()
    (shared / "LICENSE").write_text("free\n")
    text = TEMPLATE.replace("url: ./skeleton", "url: ../../shared")
    (folder / "templates/x/template.yaml").write_text(text)
    _, said = rendered(capsys)
    assert any("cannot be had from here" in error["message"] for error in said["errors"])
    assert rendered(capsys, "--root", ".")[1]["files"] == [{"path": "LICENSE", "mode": "100644"}]
    (folder / ".git").mkdir()
    assert rendered(capsys, "--out", "out2")[1]["files"] == [{"path": "LICENSE", "mode": "100644"}]


def test_step_that_leaves_the_checkout_is_refused(folder, capsys):
    (folder / ".git").mkdir()
    (folder / "templates/x/template.yaml").write_text(TEMPLATE.replace("./skeleton", "../../../etc"))
    code, said = rendered(capsys)
    assert code == 1
    assert "leaves the repository of the template" in said["errors"][0]["message"]


def test_folder_behind_a_link_is_not_followed(folder, capsys, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "key").write_text("hunter2")
    (folder / "templates/x/link").symlink_to(outside)
    (folder / "templates/x/template.yaml").write_text(TEMPLATE.replace("./skeleton", "./link"))
    code, said = rendered(capsys)
    assert code == 1
    assert "lies behind a link" in said["errors"][0]["message"]


def test_template_file_may_be_named_itself_and_values_may_be_json_or_piped(folder, capsys, monkeypatch):
    (folder / "values.json").write_text('{"name": "pay"}')
    assert rendered(capsys, where="templates/x/template.yaml", values="values.json")[1]["valid"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"name: pay")))
    assert rendered(capsys, "--out", "out2", values="-")[1]["valid"]


def test_user_and_secrets_can_be_pretended(folder, capsys):
    text = TEMPLATE.replace('name: "${{ parameters.name }}", notes', 'name: "${{ user.ref }}", notes')
    (folder / "templates/x/template.yaml").write_text(text)
    (folder / "values.yaml").write_text("name: pay")
    _, said = rendered(capsys, "--user", "user:default/ada", "--secret", "key")
    assert said["steps"][0]["input"]["values"] == {"name": "user:default/ada"}
    assert said["steps"][1]["input"]["secrets"] == {"KEY": "***"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param({"where": "gone"}, "there is no template.yaml or template.yml in gone", id="no template"),
        pytest.param({"values": "gone.yaml"}, "cannot read gone.yaml", id="no values"),
        pytest.param({"values": "list.yaml"}, "must hold names and values", id="a list"),
        pytest.param({"values": "two.yaml"}, "holds 2 documents", id="two documents"),
        pytest.param({"values": "broken.yaml"}, "broken.yaml:2: ", id="no YAML"),
    ],
)
def test_wrong_usage_says_what_to_write(folder, capsys, arguments, words):
    (folder / "list.yaml").write_text("- a\n")
    (folder / "two.yaml").write_text("a: 1\n---\nb: 2\n")
    (folder / "broken.yaml").write_text("a: [\n")
    assert run(**arguments) == 2
    assert words in capsys.readouterr().err


def test_folder_that_holds_something_is_not_written_into(folder, capsys):
    (folder / "out").mkdir()
    (folder / "out/mine").write_text("keep")
    assert run() == 2
    assert (folder / "out/mine").read_text() == "keep"
    assert [path.name for path in (folder / "out").iterdir()] == ["mine"]
