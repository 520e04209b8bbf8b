import io
import json
import subprocess
import sys

import pytest

from waypost.cli import main

GOOD = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: pay}
spec: {type: service, lifecycle: production, owner: payments}
"""
BAD = GOOD.replace("name: pay", "name: Pay now")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {
        "catalog-info.yaml": GOOD,
        "apis/catalog-info.yml": BAD,
        "teams.yaml": GOOD.replace("pay}", "teams}"),
        "deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\n",
        "skeleton/catalog-info.yaml": "{{ x",
        "node_modules/a/catalog-info.yaml": BAD,
        "README.md": BAD,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def rows(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_has_one_line_per_document_with_the_fixed_fields(checkout, capsys):
    (checkout / "catalog-info.yaml").write_text(GOOD + "---\n" + BAD)
    assert main(["validate", "catalog-info.yaml", "--format", "json"]) == 1
    good, bad = rows(capsys)
    assert good == {
        "file": "catalog-info.yaml",
        "index": 0,
        "kind": "Component",
        "ref": "component:default/pay",
        "valid": True,
        "problems": [],
        "relations": [
            {"source": "component:default/pay", "type": "ownedBy", "target": "group:default/payments"},
            {"source": "group:default/payments", "type": "ownerOf", "target": "component:default/pay"},
        ],
    }
    assert (bad["index"], bad["valid"], bad["relations"]) == (1, False, [])
    [problem] = bad["problems"]
    assert set(problem) == {"id", "severity", "line", "column", "path", "message", "fix"}
    assert (problem["id"], problem["severity"], problem["line"], problem["column"]) == ("name-form", "error", 8, 18)
    assert problem["path"] == "/metadata/name"


def test_a_file_that_cannot_be_read_as_text_is_one_row(checkout, capsys):
    (checkout / "catalog-info.yaml").write_bytes(b"\xff")
    assert main(["validate", "catalog-info.yaml", "--format", "json"]) == 1
    [row] = rows(capsys)
    assert (row["index"], row["kind"], row["ref"], row["valid"]) == (0, None, None, False)
    assert row["problems"][0]["id"] == "not-utf8"


def test_a_folder_gives_its_descriptors_and_nothing_else(checkout, capsys):
    assert main(["validate", ".", "--format", "json"]) == 1
    assert [row["file"] for row in rows(capsys)] == ["./catalog-info.yaml", "./teams.yaml", "./apis/catalog-info.yml"]


def test_a_glob_gives_what_it_names(checkout, capsys):
    assert main(["validate", "**/catalog-info.yml", "--format", "json"]) == 1
    assert [row["file"] for row in rows(capsys)] == ["apis/catalog-info.yml"]


def test_a_file_named_twice_is_checked_once(checkout, capsys):
    assert main(["validate", "teams.yaml", "teams.yaml", "--format", "json"]) == 0
    assert len(rows(capsys)) == 1


def test_the_standard_input_is_welcome(checkout, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    assert main(["validate", "-", "--format", "json"]) == 0
    assert rows(capsys)[0]["file"] == "-"


def test_warnings_do_not_fail(checkout, capsys):
    (checkout / "catalog-info.yaml").write_text(GOOD.replace("owner: payments", "owner: ada@acme.io"))
    assert main(["validate", "catalog-info.yaml"]) == 0
    assert "[owner-email, warning]" in capsys.readouterr().out


def test_text_says_where_what_and_what_to_do(checkout, capsys):
    assert main(["validate", "apis"]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith('apis/catalog-info.yml:3  metadata.name: "Pay now" has a space. Use ')
    assert first.endswith("pay-now  [name-form]")
    assert last == "1 file, 1 entity: 1 error"


def test_github_gets_annotations_and_a_summary(checkout, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(checkout / "summary.md"))
    (checkout / "a,b.yaml").write_text(GOOD.replace("name: pay", 'name: "<b>|`@acme`"'))
    assert main(["validate", "a,b.yaml", "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=a%2Cb.yaml,line=3,col=18,title=name-form::metadata.name: ")
    summary = (checkout / "summary.md").read_text()
    assert "&lt;b>\\|\\`&#64;acme\\`" in summary


def test_nothing_to_check_is_wrong_usage(checkout, capsys):
    assert main(["validate", "nowhere.yaml"]) == 2
    assert 'no "nowhere.yaml"' in capsys.readouterr().err
    assert main(["validate", "*.nothing"]) == 2


def test_a_kind_of_your_own_may_be_declared(checkout, capsys):
    (checkout / "catalog-info.yaml").write_text(GOOD.replace("Component", "Dashboard"))
    assert main(["validate", "catalog-info.yaml"]) == 1
    assert main(["validate", "catalog-info.yaml", "--kind", "Dashboard"]) == 0


def test_a_check_in_a_pull_request_does_not_pay_for_a_web_server(checkout):
    script = (
        "import sys; from waypost.cli import main; main(['validate', 'catalog-info.yaml', 'apis']);"
        "print([name for name in ('flask', 'github', 'jinja2', 'requests', 'gunicorn', 'tqdm') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
