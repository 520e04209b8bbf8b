import yaml

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
        name: {type: string, title: Name%s}
  steps: []
"""


def write(folder, text=TEMPLATE % ""):
    (folder / "template.yaml").write_text(text, "utf-8")
    return str(folder)


def test_the_form_is_printed(tmp_path, capsys):
    assert main(["template", "form", write(tmp_path)]) == 0
    form = yaml.safe_load(capsys.readouterr().out)
    assert [element["attributes"]["label"] for element in form["body"]] == ["Template", "Name", "More values"]
    assert main(["template", "form", str(tmp_path / "template.yaml")]) == 0


def test_a_template_that_needs_a_secret_has_no_form(tmp_path, capsys):
    assert main(["template", "form", write(tmp_path, TEMPLATE % ", ui:field: Secret")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "name is a secret and must be given" in printed.err


def test_a_template_that_is_none_is_named(tmp_path, capsys):
    assert main(["template", "form", write(tmp_path, TEMPLATE.replace("steps: []", "steps: x") % "")]) == 1
    assert "template.yaml:11" in capsys.readouterr().err
    assert main(["template", "form", str(tmp_path / "nowhere")]) == 2
    assert "there is no template.yaml" in capsys.readouterr().err
