from textwrap import dedent

import pytest

from waypost.golden.template import read

WHOLE = """
    apiVersion: scaffolder.backstage.io/v1beta3
    kind: Template
    metadata:
      name: python-service
      title: Python service
      description: A service with tests
      tags: [python, service]
      annotations: {acme.example/level: gold}
      links: [{url: "https://acme.example", title: Handbook}]
    spec:
      owner: group:default/platform
      type: service
      parameters:
        - title: About
          properties: {name: {type: string}}
      steps:
        - id: fetch
          name: Fetch the skeleton
          action: fetch:template
          input: {url: ./skeleton}
        - action: debug:log
          if: ${{ parameters.loud }}
        - action: fs:delete
          each: [a, b]
      output: {links: [{title: Repository, url: "${{ steps.publish.output.remoteUrl }}"}]}
"""


def template(text, **options):
    return read(dedent(text), "templates/x/template.yaml", **options)


def test_template_says_who_it_is_and_what_it_is_for():
    found = template(WHOLE)
    assert found.ref == "template:default/python-service"
    assert (found.name, found.title, found.description) == (
        "python-service",
        "Python service",
        "A service with tests",
    )
    assert (found.owner, found.type, found.tags) == ("group:default/platform", "service", ("python", "service"))
    assert found.annotations == {"acme.example/level": "gold"}
    assert found.links == ({"url": "https://acme.example", "title": "Handbook"},)
    assert found.problems == ()
    assert found.is_valid


def test_step_without_an_id_is_counted_over_all_steps():
    assert [step.id for step in template(WHOLE).steps] == ["fetch", "step-2", "step-3"]


def test_step_without_a_name_goes_by_its_action():
    assert [step.name for step in template(WHOLE).steps] == ["Fetch the skeleton", "debug:log", "fs:delete"]


def test_condition_and_each_are_kept_as_written():
    _, second, third = template(WHOLE).steps
    assert second.condition == "${{ parameters.loud }}"
    assert second.each is None
    assert third.each == ["a", "b"]


@pytest.mark.parametrize(
    ("parameters", "pages"),
    [
        pytest.param("{title: About}", ({"title": "About"},), id="one object"),
        pytest.param("[{title: A}, {title: B}]", ({"title": "A"}, {"title": "B"}), id="pages"),
        pytest.param("null", (), id="none"),
        pytest.param("[1, {title: B}]", ({"title": "B"},), id="what is no page is left out"),
    ],
)
def test_parameters_are_always_a_list_of_pages(parameters, pages):
    text = f"{{apiVersion: a, kind: Template, spec: {{parameters: {parameters}}}}}"
    assert read(text).pages == pages


def test_every_part_can_be_found_in_the_file_again():
    found = template(WHOLE)
    assert found.parsed.position(0, "/spec/steps/1/if") == (23, 11)


def test_problems_name_the_file_and_the_line():
    [problem] = template(WHOLE.replace("type: service\n", "type: 7\n", 1)).problems
    assert (problem.file, problem.line, problem.path) == ("templates/x/template.yaml", 13, "/spec/type")


def test_template_that_is_half_wrong_still_gives_its_other_half():
    found = template(WHOLE.replace("input: {url: ./skeleton}", "input: [1]"))
    assert not found.is_valid
    assert found.steps[0].input == {}
    assert found.title == "Python service"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("kind: Component", id="another kind"),
        pytest.param("- 1", id="a list"),
        pytest.param("kind: [Template", id="no YAML"),
        pytest.param("a: " + "[" * 30_000, id="deep nesting"),
        pytest.param(b"\xff".decode("utf-8", "surrogateescape"), id="no UTF-8"),
    ],
)
def test_file_without_a_template_gives_a_problem_and_no_steps(text):
    found = read(text)
    assert found.steps == ()
    assert not found.is_valid
    assert all(problem.message and problem.file == "template.yaml" for problem in found.problems)


def test_template_may_stand_after_other_documents():
    text = "kind: Location\n---\n" + dedent(WHOLE) + "---\n" + dedent(WHOLE).replace("python-service", "second")
    assert read(text).name == "python-service"
    assert read(text).parsed.position(0, "/metadata/name") == (7, 9)
    assert read(text, index=1).name == "second"
    assert not read(text, index=2).is_valid


def test_expression_in_the_name_is_no_name():
    found = template(WHOLE.replace("name: python-service", "name: ${{ values.name }}"))
    assert not found.is_valid
