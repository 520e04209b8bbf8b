"""The generated Terraform is formatted, parses, refers only to what is declared, and passes its own tests offline."""

from __future__ import annotations

import re
import shutil

import pytest

from templates.projects import CASES, SHIPPED, binary, succeed, tool

TERRAFORM = [case for case in CASES if list((SHIPPED / case.partition("/")[0] / "skeleton").rglob("*.tf"))]
REFERENCE = re.compile(r"\b(?P<kind>var|local|module|data\.aws_\w+|aws_\w+)\.(?P<name>[a-z_]+)")


@pytest.fixture(params=TERRAFORM)
def project(request, projects):
    return projects / request.param.replace("/", "-")


def test_it_is_formatted(project):
    succeed(binary("terraform"), "fmt", "-check", "-recursive", "-diff", cwd=project)


def test_it_parses(project):
    files = sorted(file for kind in ("tf", "tfvars", "hcl") for file in project.rglob(f"*.{kind}"))
    parsed = succeed(tool("hcl2tojson"), "--ndjson", "--quiet", *files, cwd=project)
    assert len(parsed.splitlines()) == len(files)


def test_every_reference_is_declared(project):
    """`terraform validate` needs the provider, which cannot be had offline; this is what it finds most."""
    for folder in {file.parent for file in project.rglob("*.tf")}:
        text = "\n".join(re.sub(r"#.*", "", file.read_text("utf-8")) for file in folder.glob("*.tf"))
        assert used(text) - declared(text) == set(), folder


@pytest.mark.parametrize("case", [case for case in TERRAFORM if case.startswith("terraform-module/")])
def test_a_module_tells_every_input_and_output(case, projects):
    project = projects / case.replace("/", "-")
    readme = (project / "README.md").read_text("utf-8")
    for file in ("variables.tf", "outputs.tf"):
        for name in re.findall(r'^(?:variable|output) "(\w+)"', (project / file).read_text("utf-8"), re.M):
            assert f"| `{name}` |" in readme


def test_a_module_without_provider_passes_its_own_tests(projects, tmp_path):
    terraform = binary("terraform")
    project = shutil.copytree(projects / "terraform-module-minimal", tmp_path / "project")
    for folder in (project, project / "examples" / "basic"):
        succeed(terraform, "init", "-backend=false", "-input=false", cwd=folder)
        succeed(terraform, "validate", cwd=folder)
    assert "4 passed, 0 failed" in succeed(terraform, "test", "-no-color", cwd=project)


def used(text):
    return {(found["kind"].removeprefix("data."), found["name"]) for found in REFERENCE.finditer(quoted_away(text))}


def declared(text):
    """What a folder declares; `each`, `count` and the like are Terraform's own."""
    blocks = re.findall(r'^(resource|data) "(\w+)" "(\w+)"', text, re.M)
    names = {(kind, name) for _, kind, name in blocks}
    names |= {("var", name) for name in re.findall(r'^variable "(\w+)"', text, re.M)}
    names |= {("module", name) for name in re.findall(r'^module "(\w+)"', text, re.M)}
    for body in re.findall(r"^locals \{\n(.*?)^\}", text, re.M | re.S):
        names |= {("local", name) for name in re.findall(r"^  (\w+)\s+=", body, re.M)}
    return names


def quoted_away(text):
    """Texts without what is interpolated in them; `"a.b ${var.c}"` refers to var.c alone."""
    return re.sub(
        r'"((?:[^"\\$]|\\.|\$\{[^}]*\}|\$)*)"', lambda found: " ".join(re.findall(r"\$\{([^}]*)\}", found[1])), text
    )
