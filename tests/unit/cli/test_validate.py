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


def test_wrong_usage_is_an_annotation_in_a_workflow(checkout, capsys):
    assert main(["validate", "nowhere.yaml", "--format", "github"]) == 2
    assert capsys.readouterr().out == '::error title=Waypost::there is no "nowhere.yaml" here\n'
    assert main(["validate", "nowhere.yaml"]) == 2
    assert capsys.readouterr().out == ""


def test_a_kind_of_your_own_may_be_declared(checkout, capsys):
    (checkout / "catalog-info.yaml").write_text(GOOD.replace("Component", "Dashboard"))
    assert main(["validate", "catalog-info.yaml"]) == 1
    assert main(["validate", "catalog-info.yaml", "--kind", "Dashboard"]) == 0


# What nobody needs to see that a descriptor is right: a web server, a client of GitHub, and what takes long to import.
HEAVY = ["flask", "github", "gunicorn", "requests", "jinja2", "tqdm", "jsonschema", "rapidfuzz"]
SLOW = ["difflib", "email.utils", "importlib.resources", "lzma", "secrets", "socket", "tempfile"]


def test_a_check_in_a_pull_request_does_not_pay_for_a_web_server(checkout):
    script = (
        "import sys; from waypost.cli import main; main(['validate', 'catalog-info.yaml', '--format', 'github']);"
        f"print([name for name in {HEAVY + SLOW} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.fixture
def job(checkout, monkeypatch):
    """The files that GitHub Actions gives to a step."""
    (checkout / ".git").mkdir()
    for name in ("OUTPUT", "STEP_SUMMARY"):
        monkeypatch.setenv(f"GITHUB_{name}", str(checkout / name.lower()))
    return checkout


def outputs(job):
    return dict(line.split("=", 1) for line in (job / "output").read_text().splitlines())


def test_outputs_of_the_step_sum_up_what_was_found(job, capsys):
    (job / "catalog-info.yaml").write_text(GOOD.replace("owner: payments", "owner: ada@acme.io"))
    assert main(["validate", ".", "--format", "github", "--report", "report.jsonl"]) == 1
    wanted = {"valid": "false", "errors": "1", "warnings": "1", "entities": "3", "report": str(job / "report.jsonl")}
    assert outputs(job) == wanted
    assert [json.loads(line)["valid"] for line in (job / "report.jsonl").read_text().splitlines()] == [
        True,
        True,
        False,
    ]


def test_good_descriptors_give_a_valid_output(job, capsys):
    assert main(["validate", "catalog-info.yaml", "--format", "github"]) == 0
    assert outputs(job) == {"valid": "true", "errors": "0", "warnings": "0", "entities": "1"}


def test_annotations_are_at_paths_of_the_repository_wherever_the_command_runs(job, capsys, monkeypatch):
    monkeypatch.chdir(job / "apis")
    assert main(["validate", ".", "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=apis/catalog-info.yml,line=3,")
    assert "| apis/catalog-info.yml:3 |" in (job / "step_summary").read_text()


def test_a_checkout_in_a_folder_is_a_repository_of_its_own(job, capsys, monkeypatch):
    (job / "apis" / ".git").mkdir()
    assert main(["validate", "apis", "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=catalog-info.yml,line=3,")


def test_errors_come_before_warnings_and_the_rest_is_counted(job, capsys):
    warned = GOOD.replace("owner: payments", "owner: ada@acme.io")
    many = "---\n".join([warned, *(BAD.replace("Pay now", f"Pay {number}") for number in range(12))])
    (job / "catalog-info.yaml").write_text(many)
    assert main(["validate", "catalog-info.yaml", "--format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    kinds = [line.split(" ")[0] for line in lines if line.startswith("::")]
    assert kinds == ["::error"] * 12 + ["::warning"]
    assert "GitHub shows 10 annotations of a kind for each step; the job summary has 2 more errors" in lines


def test_the_summary_stays_below_what_github_shows(job, capsys):
    for number in range(6):
        many = "---\n".join(BAD.replace("Pay now", f"Pay {'x' * 40} {number}") for number in range(1000))
        (job / f"{number}.yaml").write_text(many)
    assert main(["validate", "?.yaml", "--format", "github"]) == 1
    summary = (job / "step_summary").read_text()
    assert len(summary.encode()) < 1024 * 1024
    assert " more problems found no room here" in summary


@pytest.mark.parametrize(("least", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_what_fails_can_be_chosen(checkout, capsys, least, code):
    (checkout / "catalog-info.yaml").write_text(GOOD.replace("owner: payments", "owner: ada@acme.io"))
    assert main(["validate", "catalog-info.yaml", "--fail-on", least]) == code


def test_errors_fail_unless_nothing_does(checkout, capsys):
    assert main(["validate", "apis", "--fail-on", "warning"]) == 1
    assert main(["validate", "apis", "--fail-on", "never"]) == 0


TOOL = "name: pager\ntitle: Pager\nsection: on-call\n"
TEMPLATE = """apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: thing, title: Thing, description: Makes a thing}
spec:
  type: service
  owner: group:default/payments
  parameters: []
  steps:
    - {id: log, name: Log, action: "debug:log", input: {message: hello}}
"""


@pytest.fixture
def catalog(tmp_path, monkeypatch):
    """A catalog repository: what people write, and what the bot wrote."""
    monkeypatch.chdir(tmp_path)
    files = {
        "waypost.yaml": "kinds: [Dashboard]\n",
        "integrations/pager.yaml": TOOL,
        "registrations/teams/payments.yaml": GOOD.replace("name: pay", "name: registered"),
        "templates/thing/template.yaml": TEMPLATE,
        "templates/thing/skeleton/catalog-info.yaml": "{{ x",
        "templates/thing/tests/minimal/values.yaml": "{}\n",
        "templates/thing/tests/minimal/expected.txt": "",
        "entities/component/default/00/pay.yaml": BAD,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def found(capsys):
    """The problems as (file, line, id)."""
    seen = [(problem.get("file", row["file"]), problem) for row in rows(capsys) for problem in row["problems"]]
    return [(file.removeprefix("./"), problem["line"], problem["id"]) for file, problem in seen]


def test_what_people_write_in_a_catalog_repository_is_checked_and_nothing_else(catalog, capsys):
    assert main(["validate", ".", "--format", "json"]) == 0
    files = [row["file"] for row in rows(capsys)]
    assert files == [
        "waypost.yaml",
        "integrations/pager.yaml",
        "registrations/teams/payments.yaml",
        "templates/thing/template.yaml",
    ]


def test_mistakes_in_a_catalog_repository_are_found_at_their_lines(catalog, capsys):
    (catalog / "waypost.yaml").write_text("kinds: []\norphans:\n  grace_days: soon\n")
    (catalog / "integrations" / "pager.yaml").write_text(f"{TOOL}annotations:\n  - anotation: a/b\n")
    (catalog / "registrations" / "teams" / "payments.yaml").write_text(BAD)
    assert main(["validate", ".", "--format", "json"]) == 1
    assert found(capsys) == [
        ("waypost.yaml", 3, "settings-value"),
        ("integrations/pager.yaml", 5, "integration-form"),
        ("integrations/pager.yaml", 5, "integration-form"),
        ("registrations/teams/payments.yaml", 3, "name-form"),
    ]


def test_kinds_of_the_catalog_are_known(catalog, capsys):
    (catalog / "registrations" / "teams" / "payments.yaml").write_text(GOOD.replace("Component", "Dashboard"))
    assert main(["validate", "."]) == 0
    (catalog / "waypost.yaml").write_text("kinds: []\n")
    assert main(["validate", "."]) == 1


def test_templates_are_tested_when_asked_for(catalog, capsys):
    (catalog / "templates" / "thing" / "tests" / "minimal" / "expected.txt").write_text("nothing like it\n")
    assert main(["validate", ".", "--format", "json"]) == 0
    capsys.readouterr()
    assert main(["validate", ".", "--templates", "--format", "json"]) == 1
    assert found(capsys) == [("templates/thing/tests/minimal/values.yaml", 1, "test-failed")]


API = """apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: pay}
spec:
  type: graphql
  lifecycle: production
  owner: payments
"""


def test_a_definition_that_cannot_be_read_is_a_warning_at_its_line(checkout, capsys):
    (checkout / "api.yaml").write_text(API + "  definition: |\n    type Query {\n      a Int\n    }\n")
    assert main(["validate", "api.yaml"]) == 0
    shown = capsys.readouterr().out
    assert "api.yaml:10" in shown
    assert "spec.type says graphql, but the definition cannot be read as such: expected ':', found Name 'Int'" in shown
    assert main(["validate", "api.yaml", "--fail-on", "warning"]) == 1
    (checkout / "api.yaml").write_text(API + "  definition: |\n    type Query { a: Int }\n")
    assert main(["validate", "api.yaml", "--fail-on", "warning"]) == 0


def test_a_definition_in_another_file_is_judged_there(checkout, capsys):
    (checkout / "apis" / "api.yaml").write_text(API + "  definition: {$text: ./schema.graphql}\n")
    (checkout / "apis" / "schema.graphql").write_text("type Query {\n  a Int\n}\n")
    assert main(["validate", "apis/api.yaml", "--format", "json"]) == 0
    [problem] = rows(capsys)[0]["problems"]
    assert (problem["id"], problem["file"], problem["line"]) == ("definition-unreadable", "apis/schema.graphql", 2)


@pytest.mark.parametrize("target", ["../../secret", "./missing.graphql", "https://example.com/a", "./link"])
def test_only_files_of_the_checkout_are_judged(checkout, capsys, target):
    (checkout.parent / "secret").write_text("type Query {")
    (checkout / "link").symlink_to(checkout.parent / "secret")
    (checkout / "api.yaml").write_text(API + f"  definition: {{$text: {target}}}\n")
    assert main(["validate", "api.yaml", "--format", "json"]) == 0
    assert rows(capsys)[0]["problems"] == []
