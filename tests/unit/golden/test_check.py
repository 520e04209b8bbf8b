"""What can be said of a template before anybody uses it: each mistake by its id, place and fix, and no false alarm."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from unit.golden._templates import template
from waypost.catalog.problem_pages import PAGES
from waypost.catalog.problems import Severity
from waypost.golden.check import CHECKS, check
from waypost.golden.sources import within
from waypost.golden.template import read
from waypost.golden.tree import File

PARAMETERS = """
- title: Page
  required: [name]
  properties:
    name: {type: string}
    kind: {type: string, enum: [api, web]}
    public: {type: boolean}
"""
FETCH = """
  - id: fetch
    action: fetch:template
    input:
      url: ./skeleton
      values: {name: "${{ parameters.name }}", kind: "${{ parameters.kind }}", public: "${{ parameters.public }}"}
"""
SKELETON = {
    "catalog-info.yaml": "name: ${{ values.name }}",
    "kind.txt": "${{ values.kind }}${{ values.public }}",
}
IDLE = "steps: []"


def problems(parameters=PARAMETERS, steps=FETCH, skeleton=SKELETON, further="", rest="", metadata="name: service"):
    """Return what is wrong with a template; `further` is added to the steps, `rest` stands beside them."""
    written = steps if steps.startswith("steps:") else f"steps:\n{steps}{indent(dedent(further), '  ')}"
    asked = template(parameters, f"{written}\n{dedent(rest)}", metadata)
    tree = {f"t/skeleton/{path}": File(text.encode()) for path, text in skeleton.items()}
    return check(asked, within({"t/template.yaml": File(b""), **tree}, "t"), file="t/template.yaml")


def only(*arguments, id, **keywords):
    """Return the one problem of an id."""
    found = [problem for problem in problems(*arguments, **keywords) if problem.id == id]
    assert len(found) == 1, [(problem.id, problem.message) for problem in problems(*arguments, **keywords)]
    return found[0]


def ids(*arguments, **keywords):
    return {problem.id for problem in problems(*arguments, **keywords)}


def step(text, id="it", action="debug:log"):
    return f"- id: {id}\n  action: {action}\n{indent(dedent(text), '  ')}\n"


def log(text):
    return step(f"input: {{message: '{text}'}}")


def test_a_sound_template_has_no_problem():
    assert problems() == ()


@pytest.mark.parametrize(
    ("text", "says", "fix"),
    [
        ("${{ parameters.name || 1 }}", "the name of a filter is missing", 'Write "or"'),
        ("${{ parameters.name && 1 }}", 'unexpected "&"', 'Write "and"'),
        ("${{ parameters.name ? 1 : 2 }}", 'unexpected "?"', "b if a else c"),
        ("${{ parameters.name | map }}", 'there is no filter "map"', "{% for %}"),
        ("${{ parameters.name | dumps }}", 'there is no filter "dumps"', 'Did you mean "dump"?'),
        ("${{ parameters.name.replaceAll(1, 2) }}", '".replaceAll(" does not work here', "| replace"),
        ("${{ now() }}", 'there is no function "now"', "Known"),
        ("{% if parameters.name %}x", "has no {% endif %}", ""),
    ],
)
def test_an_expression_that_can_never_work_is_told_how_it_is_written(text, says, fix):
    problem = only(further=log(text), id="expression-invalid")
    assert problem.severity is Severity.ERROR
    assert problem.message.startswith("input.message: ")
    assert says in problem.message
    assert fix in problem.fix


@pytest.mark.parametrize(
    "text",
    [
        "{% raw %}${{ a || b }}{% endraw %}",
        "${{ parameters.name or 1 }}",
        '${{ parameters.name if parameters.kind === "api" else none }}',
        "{% for letter in parameters.name %}${{ letter }}${{ loop.index }}{% endfor %}",
        "{% set x = parameters.name %}${{ x | upper | dump }}",
        "${{ parameters.name.toUpperCase() }} ${{ parameters.name.length }}",
        "${{ range(3) }} ${{ user.entity.metadata.name }} ${{ context.task.id }}",
        "a || b, what? !",
    ],
)
def test_an_expression_that_works_is_none(text):
    assert ids(further=log(text)) == set()


def test_places_are_those_of_the_text():
    problem = only(further=log("${{ nothing }}"), id="name-undefined")
    assert (problem.file, problem.line, problem.path) == ("t/template.yaml", 27, "/spec/steps/1/input/message")
    problem = only(further=step("input:\n  message: |\n    one\n    ${{ a || b }}"), id="expression-invalid")
    assert (problem.line, problem.column) == (30, 8)
    problem = only(further=step("input:\n  message: |\n    ${{ a || b }}\n    x"), id="expression-invalid")
    assert problem.line == 29


@pytest.mark.parametrize(
    ("text", "id", "says", "fix"),
    [
        ("${{ parameters.nmae }}", "parameter-undefined", 'asks for a parameter "nmae"', 'Did you mean "name"?'),
        ("${{ parameters.zzz }}", "parameter-undefined", 'asks for a parameter "zzz"', "Ask for it"),
        ("${{ parameter.name }}", "name-undefined", '"parameter" means nothing', 'Did you mean "parameters"?'),
        ("${{ name }}", "name-undefined", '"name" means nothing', "Write parameters.name."),
        ("${{ each.value }}", "name-undefined", "a step without each", "Add each:"),
        ("${{ always() }}", "name-undefined", "in the if of a step only", "Move it there"),
        ("${{ steps.fetsh.output.a }}", "step-undefined", 'no step "fetsh"', 'Did you mean "fetch"?'),
        ("${{ steps.it.output.a }}", "step-undefined", '"it" is this step itself', "Move it up"),
        ("${{ steps.fetch.output.remoteUrl }}", "output-undefined", "has no output", "It has"),
        ("${{ steps.fetch.outputs.x }}", "output-undefined", "an output only", 'Did you mean "output"?'),
        ("${{ steps.fetch.remoteUrl }}", "output-undefined", "an output only", "Write steps.fetch.output.remoteUrl."),
        (
            "${{ secrets.token }}",
            "secret-shown",
            "secrets.token would be readable in what debug:log writes",
            "keeps it",
        ),
    ],
)
def test_a_name_that_is_not_there_is_named_with_the_nearest(text, id, says, fix):
    problem = only(further=log(text), id=id)
    assert says in problem.message
    assert fix in problem.fix


def test_a_step_that_runs_later_cannot_be_read():
    problem = only(further=log("${{ steps.last.output.x }}") + step("input: {}", "last"), id="step-undefined")
    assert 'the step "last" runs later' in problem.message


def test_of_two_steps_with_one_id_the_first_can_be_read():
    steps = step("input: {message: a}", "twice") + log("${{ steps.twice.output.x }}") + step("input: {}", "twice")
    assert not [found for found in problems(further=steps) if found.id == "step-undefined"]


def test_a_hyphen_in_the_id_of_a_step_is_not_read_as_minus_in_silence():
    steps = step("input: {message: a}", "open-pr") + log("${{ steps.open-pr.output.x }}")
    found = {found.id: found.fix for found in problems(further=steps)}
    assert found["step-undefined"] == "A hyphen subtracts there: write steps['open-pr']."
    assert found["name-undefined"] == "Write steps['open-pr']."


@pytest.mark.parametrize("action", ["notification:send", "http:backstage:request", "roadiehq:utils:fs:append"])
def test_an_action_of_a_well_known_plugin_is_told_from_a_typing_error(action):
    further = step("input: {}", "plugin").replace("debug:log", action)
    problem = only(further=further, id="action-unknown")
    assert f'"{action}"' in problem.message
    assert "there is no action" not in problem.message


def test_a_name_that_is_asked_for_first_is_a_warning():
    for text in (
        "${{ parameters.zzz or 1 }}",
        "${{ parameters.zzz | default(1) }}",
        "{% if parameters.zzz %}x{% endif %}",
    ):
        assert only(further=log(text), id="parameter-undefined").severity is Severity.WARNING
    assert only(further=log("${{ parameters.zzz }}"), id="parameter-undefined").severity is Severity.ERROR


def test_a_name_in_a_branch_is_a_warning():
    text = "${{ steps.gone.output.x if parameters.public else 1 }}"
    assert only(further=log(text), id="step-undefined").severity is Severity.WARNING


def test_conditions_know_always_and_failure():
    assert ids(further=step("if: ${{ always() }}\ninput: {message: x}")) == set()
    assert ids(further=step("each: ${{ [1, 2] }}\ninput: {message: '${{ each.value }}'}")) == set()


def test_a_parameter_that_nothing_reads_is_found():
    further = PARAMETERS + "    extra: {type: string}\n"
    problem = only(further, id="parameter-unused")
    assert 'nothing reads the parameter "extra"' in problem.message
    assert (problem.line, problem.path) == (16, "/spec/parameters/0/properties/extra")


@pytest.mark.parametrize(
    "text",
    [
        "${{ parameters }}",
        "${{ parameters | dump }}",
        "${{ parameters[parameters.kind] }}",
        "${{ parameters.extra.a }}",
    ],
)
def test_a_parameter_that_may_be_read_is_not_called_unused(text):
    assert "parameter-unused" not in ids(PARAMETERS + "    extra: {type: string}\n", further=log(text))


def test_the_form_reads_what_other_fields_depend_on():
    asked = """
    - properties:
        ask: {type: boolean}
      dependencies:
        ask: {oneOf: [{properties: {ask: {const: true}, more: {type: string}}}, {properties: {ask: {const: false}}}]}
      allOf: [{if: {properties: {choice: {const: a}}}, then: {properties: {deep: {type: string}}}}]
    - properties: {choice: {enum: [a, b]}, token: {type: string, ui:field: Secret}}
    """
    assert ids(asked, log("${{ parameters.more }}${{ parameters.deep }}")) == set()


def test_fields_of_other_installations_may_read_and_fill_in_others():
    asked = """
    - properties:
        chart: {type: string, ui:field: AcmeChartPicker, ui:options: {versionField: version, nameField: name.first}}
        version: {type: string}
    """
    found = problems(asked, log("${{ parameters.name }}"))
    assert [(problem.id, problem.severity) for problem in found] == [("picker-unknown", Severity.NOTE)]


def test_pages_that_are_elsewhere_are_not_guessed_at():
    assert ids("- $ref: ./page.yaml", log("${{ parameters.name }}")) == set()


@pytest.mark.parametrize(
    ("parameters", "id", "says"),
    [
        ("- {properties: {a: {type: string}}, required: [b]}", "parameter-required", 'does not ask for "b"'),
        ("- {properties: {a: {type: integer, default: x}}}", "parameter-default", 'the default "x"'),
        ("- {properties: {a: {type: string, ui:field: OwnerPiker}}}", "picker-unknown", '"OwnerPiker"'),
    ],
)
def test_what_a_page_says_is_checked(parameters, id, says):
    assert says in only(parameters, log("${{ parameters.a }}"), id=id).message


@pytest.mark.parametrize(
    ("further", "id", "says", "fix"),
    [
        (step("", action="fetch:tempalte"), "action-unknown", 'no action "fetch:tempalte"', ""),
        (step("", action="publish:gitlab"), "action-unknown", "belongs to GitLab", ""),
        (step("input: {}", action="publish:github"), "action-input", "needs the input repoUrl", "Add repoUrl."),
        (step("input: {mesage: x}"), "action-input-unknown", 'does not read an input "mesage"', 'mean "message"?'),
        (step("input: {allowedHosts: [x]}"), "action-input-unknown", "allowedHosts", "below ui:options"),
        (step("input: {message: [1]}"), "action-input", "is not text", "Write text."),
        (
            step("input: {repoUrl: x, repoVisibility: all}", action="publish:github"),
            "action-input",
            '"all" is not one',
            "",
        ),
        (step("", id="fetch"), "step-id-taken", 'two steps have the id "fetch"', "Give each its own"),
    ],
)
def test_steps_that_cannot_run_are_found(further, id, says, fix):
    problem = only(further=further, id=id)
    assert says in problem.message
    assert fix in problem.fix


@pytest.mark.parametrize(
    ("condition", "id"),
    [
        ("false", "step-unreachable"),
        ("${{ false }}", "step-unreachable"),
        ("${{ parameters.kind === 'job' }}", "step-unreachable"),
        ("${{ parameters.kind === 'api' and parameters.kind === 'web' }}", "step-unreachable"),
        ("${{ parameters.public and not parameters.public }}", "step-unreachable"),
        ("${{ parameters.public === 'true' }}", "step-unreachable"),
        ("parameters.public", "condition-text"),
        ("'false'", "condition-text"),
    ],
)
def test_a_condition_that_never_or_always_holds_is_found(condition, id):
    problem = only(further=step(f"if: {condition}\ninput: {{message: x}}"), id=id)
    assert problem.severity is Severity.WARNING
    assert problem.path == "/spec/steps/1/if"


@pytest.mark.parametrize(
    "condition",
    [
        "${{ parameters.kind === 'api' }}",
        "${{ not parameters.kind }}",
        "${{ parameters.name === 'anything' }}",
        "${{ parameters.public and parameters.kind }}",
        "${{ steps.fetch.output.x }}",
        "true",
    ],
)
def test_a_condition_that_may_hold_is_left_alone(condition):
    assert not ids(further=step(f"if: {condition}\ninput: {{message: x}}")) & {"step-unreachable", "condition-text"}


def skeleton(**files):
    return {**SKELETON, **files}


@pytest.mark.parametrize(
    ("text", "id", "says"),
    [
        ("x\n${{ values.nmae }}", "value-undefined", 'step fetch does not pass the value "nmae"'),
        ("x\n${{ parameters.name }}", "name-undefined", '"parameters.name" means nothing in a skeleton'),
        ("x\n${{ name }}", "name-undefined", '"name" means nothing in a skeleton'),
        ("x\n${{ values.name || 1 }}", "expression-invalid", "the name of a filter is missing"),
        ("x\n${{ values.name | unique }}", "expression-invalid", 'no filter "unique"'),
    ],
)
def test_a_skeleton_that_cannot_be_rendered_well_is_found(text, id, says):
    problem = only(skeleton=skeleton(**{"src/a.txt": text}), id=id)
    assert says in problem.message
    assert (problem.file, problem.line, problem.severity) == ("t/skeleton/src/a.txt", 2, Severity.ERROR)


def test_what_is_meant_for_another_program_must_be_raw():
    problem = only(skeleton=skeleton(**{"run.sh": "echo ${#all[@]}"}), id="expression-invalid")
    assert "Meant for another program? Put it between {% raw %}" in problem.fix


def test_names_of_files_are_looked_at_too():
    problem = only(skeleton=skeleton(**{"${{ values.nmae }}.txt": ""}), id="value-undefined")
    assert problem.file == "t/skeleton/${{ values.nmae }}.txt"


@pytest.mark.parametrize(
    "text",
    [
        "{% if values.maybe %}${{ values.maybe }}{% endif %}",
        "${{ values.maybe or 'x' }}",
        "{% for each in values.list %}${{ each }}{% endfor %}",
        "{% raw %}${{ github.ref }} ${{ a || b }}{% endraw %}",
    ],
)
def test_a_value_that_is_asked_for_first_may_be_absent(text):
    assert ids(skeleton=skeleton(a=text)) == set()


def test_a_value_that_the_skeleton_does_not_read_is_found():
    problem = only(skeleton={"catalog-info.yaml": "${{ values.name }}${{ values.kind }}"}, id="value-unused")
    assert 'reads the value "public"' in problem.message
    assert problem.path == "/spec/steps/0/input/values/public"


def test_what_templates_share_need_not_read_all():
    steps = FETCH.replace("./skeleton", "../shared")
    asked = template(PARAMETERS, f"steps:\n{steps}")
    tree = {"shared/catalog-info.yaml": File(b"${{ values.name }}{% if values.x %}${{ values.y }}{% endif %}")}
    assert check(asked, within(tree, "t"), file="t/template.yaml") == ()


def test_files_that_are_not_rendered_are_not_read():
    raw = FETCH.replace("url:", "copyWithoutTemplating: ['*.raw']\n      url:")
    assert ids(steps=raw, skeleton=skeleton(**{"a.raw": "${{ nothing || }}"})) == set()
    suffix = FETCH.replace("url:", "templateFileExtension: .njk\n      url:")
    rendered = {"catalog-info.yaml.njk": "".join(SKELETON.values()), "a.txt": "${{ nothing || }}"}
    assert ids(steps=suffix, skeleton=rendered) == set()


def test_a_skeleton_that_is_not_there_is_named():
    problem = only(steps=FETCH.replace("./skeleton", "./skelton"), id="skeleton-missing")
    assert "skelton" in problem.message
    assert problem.path == "/spec/steps/0/input/url"
    assert only(steps=FETCH.replace("./skeleton", "../../../etc"), id="skeleton-missing")


def test_patterns_that_stand_for_too_many_are_a_problem():
    bomb = FETCH.replace("url:", "copyWithoutTemplating: ['{1..100000}']\n      url:")
    assert "{1..100000}: stands for more" in only(steps=bomb, id="skeleton-missing").message


def test_a_skeleton_elsewhere_is_not_looked_at():
    assert ids(steps=FETCH.replace("./skeleton", "https://github.com/acme/x/tree/main/skeleton")) == set()


WORKFLOW = ".github/workflows/ci.yml"


def test_expressions_of_workflows_must_be_raw():
    problem = only(skeleton=skeleton(**{WORKFLOW: "a: ${{ github.ref }}"}), id="workflow-expression")
    assert '"github.ref" is for GitHub Actions' in problem.message
    assert "{% raw %}" in problem.fix
    assert only(skeleton=skeleton(**{WORKFLOW: "a: ${{ hashFiles('x') }}"}), id="workflow-expression")
    assert ids(skeleton=skeleton(**{WORKFLOW: "a: {% raw %}${{ github.ref }}{% endraw %}"})) == set()


@pytest.mark.parametrize(
    ("used", "says"),
    [
        ("actions/checkout@v4", "names a version that may move: v4"),
        ("actions/checkout@main # v4", "names a version that may move: main"),
        ("actions/checkout@11bd719", "may move"),
        ("actions/checkout", "names no version"),
        ("acme/flows/.github/workflows/build.yml@v1", "may move"),
        ('"docker://alpine:3"', "names an image by a tag"),
    ],
)
def test_an_action_that_is_not_pinned_is_found(used, says):
    text = f"steps:\n  - name: x\n  - uses: {used}\n"
    problem = only(skeleton=skeleton(**{WORKFLOW: text}), id="workflow-unpinned")
    assert says in problem.message
    assert (problem.file, problem.line, problem.column) == (f"t/skeleton/{WORKFLOW}", 3, 11 + used.startswith('"'))


@pytest.mark.parametrize(
    "used", ["./.github/actions/x", f"actions/checkout@{'a1' * 20} # v4", f"docker://alpine@sha256:{'0' * 64}", "'./x'"]
)
def test_a_pinned_action_is_fine(used):
    assert ids(skeleton=skeleton(**{WORKFLOW: f"    uses: {used}\n", "doc.md": "- uses: actions/checkout@v4"})) == set()


def test_what_is_created_must_come_into_the_catalog():
    publish = step("input: {repoUrl: 'github.com?owner=a&repo=b'}", action="publish:github")
    whole = {"README.md": "".join(SKELETON.values())}
    assert "catalog-info.yaml" in only(further=publish, skeleton=whole, id="descriptor-absent").message
    assert ids(further=publish) == set()
    written = publish + step("input: {entity: {}}", "write", "catalog:write")
    assert "descriptor-absent" not in ids(further=written, skeleton=whole)


def test_an_output_never_shows_a_secret():
    problem = only(rest="output: {links: [{title: x, url: '${{ secrets.token }}'}]}", id="secret-shown")
    assert (problem.severity, problem.path) == (Severity.ERROR, "/spec/output/links/0/url")
    parameters = PARAMETERS + "    token: {type: string, ui:field: Secret}\n"
    assert only(parameters, further=log("${{ parameters.token }}"), id="secret-shown")


def test_a_template_without_an_owner_is_found():
    text = (
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: a}\nspec: {type: x, steps: []}"
    )
    assert [problem.id for problem in check(read(text), within({}))] == ["template-owner"]


def test_what_is_no_template_is_not_looked_at_further():
    assert [problem.id for problem in check(read("a: b"), within({}))] == ["template-missing"]
    (problem,) = check(read("kind: Template\na: ["), within({}))
    assert problem.id.startswith("yaml")


def test_a_template_without_a_name_says_so():
    assert "field-missing" in ids(metadata="title: x")


def test_every_check_is_a_function_with_a_name_of_its_own():
    assert len({one.__name__ for one in CHECKS}) == len(CHECKS)
    assert {"parameter-unused", "step-unreachable", "workflow-unpinned"} <= PAGES.keys()


def test_a_template_made_to_be_slow_is_checked_in_bounds():
    asked = "- properties:\n" + "".join(f"    p{n}: {{type: boolean}}\n" for n in range(400))
    many = "".join(
        step(
            f"if: ${{{{ parameters.p1 and range(100000) }}}}\ninput: {{message: '${{{{ parameters.q{n} }}}}'}}", f"s{n}"
        )
        for n in range(2000)
    )
    found = problems(asked, f"steps:\n{indent(many, '  ')}", {})
    assert 0 < len(found) <= 200 * len(CHECKS)
