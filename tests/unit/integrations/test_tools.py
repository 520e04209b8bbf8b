"""Every shipped tool: its file, and where its annotations lead."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml
from referencing import Registry

from waypost.integrations import prepare, read, shipped, show
from waypost.integrations.tools import known_annotations, parse_integration

HERE = Path(__file__).parent
SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "integration.schema.json").read_text("utf-8"))
DATA = files("waypost.integrations") / "data"
CASES = yaml.safe_load((HERE / "links.yaml").read_text("utf-8"))
FACTS = {"server": "https://github.com", "organisation": "acme"}
OF_ENTITY = {
    "here": "https://github.com/acme/pay/tree/main",
    "repository": "https://github.com/acme/pay",
    "name": "pay",
}


def shown(annotations, settings=None):
    return show(prepare(shipped(), settings or {}, FACTS), annotations, OF_ENTITY)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case["annotations"].values())))
def test_annotation_leads_where_the_table_says(case):
    found = shown(case["annotations"], case.get("settings"))
    if "url" in case:
        assert case["url"] in [one.url for one in found]
    else:
        assert [(one.url, one.value) for one in found] == [("", case["text"])]


def test_every_annotation_has_a_case():
    tried = {name for case in CASES for name in case["annotations"]}
    untried = known_annotations(shipped()) - tried
    assert untried <= {"backstage.io/kubernetes-cluster"}


@pytest.mark.parametrize("file", sorted(file.name for file in DATA.iterdir()))
def test_shipped_file_fits_the_schema_and_is_named_after_the_tool(file):
    text = (DATA / file).read_text("utf-8")
    checker = jsonschema.Draft202012Validator(SCHEMA, registry=Registry())
    assert not list(checker.iter_errors(yaml.safe_load(text)))
    assert parse_integration(text).name == file.removesuffix(".yaml")


def test_at_least_the_tools_of_the_features_are_there():
    wanted = {
        "github-actions", "argo-cd", "kubernetes", "buildkite", "circleci", "jenkins", "sonarqube", "sentry", "datadog",
        "grafana", "prometheus", "pagerduty", "opsgenie", "jira", "snyk", "lighthouse", "endoflife-date",
        "azure-devops", "gitlab", "backstage",
    }  # fmt: skip
    names = {tool.name for tool in shipped()}
    assert wanted <= names
    assert len(names) >= 25


def test_state_is_shown_once_with_its_date():
    annotations = {
        "argocd/app-name": "pay",
        "argocd/project-name": "money",
        "waypost.dev/argo-cd.state": "Degraded",
        "waypost.dev/argo-cd.as-of": "2026-10-01",
    }
    first, second = shown(annotations)
    assert (first.state, first.as_of, first.is_good) == ("Degraded", "2026-10-01", False)
    assert second.state == ""


def test_badge_is_shown_only_where_asked_for():
    annotations = {"circleci.com/project-slug": "github/acme/pay"}
    assert shown(annotations)[0].badge == ""
    asked = shown(annotations, {"circleci": {"badge": True}})
    assert asked[0].badge == "https://circleci.com/github/acme/pay.svg?style=shield"


def test_tool_can_be_switched_off():
    assert shown({"buildkite.com/project-slug": "acme/pay"}, {"buildkite": False}) == []


def test_own_file_replaces_and_adds():
    own = "name: {}\ntitle: Mine\nsection: ci\nannotations: [{{annotation: mine/slug, url: 'https://ci.example/{{value}}'}}]\n"
    tools, problems = read({"integrations/a.yaml": own.format("jenkins"), "integrations/b.yaml": own.format("mine")})
    assert not problems
    assert {tool.title for tool in tools if tool.name in ("jenkins", "mine")} == {"Mine"}
    assert show(prepare(tools, {}, FACTS), {"mine/slug": "x"})[0].url == "https://ci.example/x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("- a", "is a mapping", id="a list"),
        pytest.param("name: x\ntitle: X\nsection: nowhere", 'section "nowhere"', id="unknown section"),
        pytest.param("name: x\nsection: ci", "title is missing", id="no title"),
        pytest.param("name: x\ntitle: X\nsection: ci\nannotations: [a]", '"a" under annotations', id="no mapping"),
        pytest.param(
            "name: x\ntitle: X\nsection: ci\nannotations: [{annotation: a/b, url: 'javascript:alert(1)'}]",
            "neither https",
            id="a script as address",
        ),
        pytest.param("a: &a [*a", "", id="broken YAML"),
        pytest.param("a: " + "[" * 30_000, "", id="nested too deep"),
        pytest.param("a: 1\n---\nb: 2\n", "one YAML document", id="two documents"),
    ],
)
def test_own_file_that_does_not_fit_is_a_problem_with_its_path(text, said):
    tools, problems = read({"integrations/x.yaml": text})
    assert tools == shipped()
    assert [(problem.id, problem.file) for problem in problems] == [("integration-form", "integrations/x.yaml")]
    assert said in problems[0].message
