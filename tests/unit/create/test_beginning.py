"""What the template becomes: every fact filled in, and what nobody knows left out and named."""

from __future__ import annotations

import pytest

from waypost.create.beginning import Facts, Reference, begin
from waypost.golden.tree import File, Link

ZEROS = "0" * 40
SHA = "5" * 40
CALL = f"    uses: OWNER/waypost/actions/validate@{ZEROS} # unreleased\n"
TEMPLATE = {
    ".github/workflows/validate.yml": File(CALL.encode()),
    ".github/workflows/refresh.yml": File(b"on: schedule\n"),
    ".github/CODEOWNERS": File(b"/docs/ @ORGANISATION/PLATFORM-TEAM\n"),
    ".github/ISSUE_TEMPLATE/config.yml": File(b"url: https://github.com/ORGANISATION/CATALOG/blob/main/a.md\n"),
    "templates/a/template.yaml": File(b"spec:\n  owner: platform\n  type: x\n"),
    "templates/a/skeleton/run.sh": File(b"  owner: platform\n", 0o755),
    "templates/a/skeleton/.github/workflows/docs.yml": File(CALL.encode()),
    "docs/register.md": File(b"[begin](../../../new/main?filename=a)\n"),
    "docs/workflows.md": File(CALL.encode()),
    "about.md": File(b"Hello\n"),
}
KNOWN = Facts("actions", "https://ghe.example/acme/portal", "acme/builders", Reference("acme/waypost", SHA, "v1.2.0"))


def text(files, path):
    return files[path].data.decode()


def test_every_fact_is_filled_in():
    made = begin(TEMPLATE, {}, KNOWN)
    assert made.left_out == {}
    assert made.files.keys() == TEMPLATE.keys()
    call = f"    uses: acme/waypost/actions/validate@{SHA} # v1.2.0\n"
    assert text(made.files, ".github/workflows/validate.yml") == call
    assert text(made.files, "templates/a/skeleton/.github/workflows/docs.yml") == call
    assert text(made.files, ".github/CODEOWNERS") == "/docs/ @acme/builders\n"
    assert (
        text(made.files, ".github/ISSUE_TEMPLATE/config.yml") == "url: https://ghe.example/acme/portal/blob/main/a.md\n"
    )


def test_templates_belong_to_the_platform_team_and_skeletons_stay_as_they_are():
    made = begin(TEMPLATE, {}, KNOWN)
    assert text(made.files, "templates/a/template.yaml") == "spec:\n  owner: builders\n  type: x\n"
    assert made.files["templates/a/skeleton/run.sh"] == TEMPLATE["templates/a/skeleton/run.sh"]


@pytest.mark.parametrize("branch", ["main", "trunk"])
def test_links_that_begin_a_file_name_the_default_branch(branch):
    made = begin(TEMPLATE, {}, Facts(branch=branch))
    assert text(made.files, "docs/register.md") == f"[begin](../../../new/{branch}?filename=a)\n"


def test_a_commit_without_a_tag_has_no_comment():
    made = begin(TEMPLATE, {}, Facts(actions=Reference("acme/waypost", SHA)))
    assert text(made.files, ".github/workflows/validate.yml") == f"    uses: acme/waypost/actions/validate@{SHA}\n"


def test_a_file_that_needs_an_unknown_fact_is_left_out_and_named():
    made = begin(TEMPLATE, {}, Facts())
    assert made.left_out == {
        ".github/workflows/validate.yml": "actions",
        "templates/a/skeleton/.github/workflows/docs.yml": "actions",
        ".github/CODEOWNERS": "team",
        ".github/ISSUE_TEMPLATE/config.yml": "catalog",
    }
    assert made.files.keys() == TEMPLATE.keys() - made.left_out.keys()
    assert text(made.files, "docs/workflows.md") == CALL


@pytest.mark.parametrize(("mode", "is_there"), [("actions", True), ("app", False)])
@pytest.mark.parametrize("name", ["refresh", "request", "create-repository", "docs"])
def test_the_app_needs_no_workflow_for_what_it_does(name, mode, is_there):
    path = f".github/workflows/{name}.yml"
    made = begin({**TEMPLATE, path: File(b"on: push\n")}, {}, Facts(mode, actions=KNOWN.actions))
    assert (path in made.files) is is_there
    assert ".github/workflows/validate.yml" in made.files


def test_pages_say_what_is_so_in_this_mode():
    begins, ends = (f"<!-- Without the App only: {word} -->\n" for word in ("begin", "end"))
    page = File(f"One\n{begins}Two\n{ends}Three\n".encode())
    template = {"docs/running.md": page, "templates/a/skeleton/README.md": page}
    alone, app = begin(template, {}, Facts()).files, begin(template, {}, Facts("app")).files
    assert text(alone, "docs/running.md") == "One\nTwo\nThree\n"
    assert text(app, "docs/running.md") == "One\nThree\n"
    assert app["templates/a/skeleton/README.md"] == page


def test_schemas_come_along_and_links_stay_links():
    made = begin({"a": Link("b")}, {"x.schema.json": File(b"{}")}, Facts())
    assert made.files == {"a": Link("b"), "schemas/x.schema.json": File(b"{}")}
