"""Templates and answers that nobody would write: each is answered with faults, none with an exception of Python's."""

import json
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from waypost.golden import check as checks
from waypost.golden import parameters
from waypost.golden.actions import ACTIONS
from waypost.golden.fetch import fetch
from waypost.golden.fields import fields, secrets
from waypost.golden.forms import issue_body, issue_form, obstacles, read_issue, read_workflow
from waypost.golden.paths import Refused
from waypost.golden.plan import plan
from waypost.golden.template import read
from waypost.golden.tree import File, Folder, Link
from waypost.golden.workspace import Workspace

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
EXPRESSIONS = [
    "parameters.name",
    "parameters.list",
    "parameters",
    "steps.a.output.x",
    "each.value",
    "secrets.T",
    "user",
    "always()",
    "failure()",
    "1/0",
    "{}",
    "[]",
    "undefined",
    "parameters['x']|dump",
    "name|parseRepoUrl",
    "range(3)",
    "r/a+/g",
    "nope(",
    "||",
    "[1][-1]",
    "values.x",
    "values",
    "cookiecutter.x",
]
texts = st.one_of(
    st.sampled_from(
        [
            "a",
            ".",
            "..",
            "/",
            "//",
            "./a",
            "../a",
            "!a",
            "a/b",
            "*",
            "**",
            "{a,b}",
            "{1..99999}",
            "[",
            "(",
            "^(a+)+$",
            "${{",
            "}}",
            "{%",
            "{#",
            "#}",
            "main",
            "github.com?owner=o&repo=r",
            "https://github.com/o/r",
            "./skeleton",
            "template:default/x",
            "group:default/x",
            "user:x",
            "${{values.x}}",
            ".github/workflows/a.yml",
            "string",
            "object",
            "array",
            "null",
            "number",
            "boolean",
            "true",
            "#/definitions/a",
            "#",
            "const",
            "enum",
            "name",
            "list",
            "owner",
            "private",
        ]
    ),
    st.sampled_from(EXPRESSIONS).map(lambda text: f"${{{{ {text} }}}}"),
    st.tuples(st.sampled_from(EXPRESSIONS), st.sampled_from(EXPRESSIONS)).map(
        lambda both: f"{{% if {both[0]} %}}x${{{{ {both[1]} }}}}{{% endif %}}"
    ),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=6),
)
numbers = st.integers(-3, 3) | st.sampled_from([10**30, 1e308, -0.5, 2**53 + 1])
scalars = st.none() | st.booleans() | numbers | texts
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def mapping(keys, values):
    """Return mappings from some known keys to values that may be anything."""
    return st.dictionaries(st.sampled_from(sorted(keys)), values, max_size=5)


def mostly(likely):
    return st.integers(0, 19).flatmap(lambda die: anything if die == 19 else likely)


NAMES = st.sampled_from(["name", "list", "owner", "repoUrl", "x"])
schemas = st.recursive(
    anything | mapping(["type", "enum", "pattern", "default", "ui:field", "format", "$ref", "const", "title"], texts),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": texts | st.lists(texts, max_size=2),
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "required": mostly(st.lists(NAMES, max_size=2)),
            "dependencies": st.dictionaries(NAMES, inner | st.lists(NAMES, max_size=2), max_size=2),
            "items": inner | st.lists(inner, max_size=2),
            "enum": mostly(st.lists(anything, max_size=3)),
            "enumNames": mostly(st.lists(texts, max_size=2)),
            "default": anything,
            "pattern": texts,
            "definitions": st.dictionaries(NAMES, inner, max_size=1),
            "ui:options": mapping(["allowedOwners", "catalogFilter", "allowedKinds", "rows"], anything),
            "ui:widget": texts,
            **{name: mostly(st.lists(inner, max_size=2)) for name in ("oneOf", "anyOf", "allOf")},
            **dict.fromkeys(("if", "then", "else", "not", "additionalProperties"), inner),
            **dict.fromkeys(("minimum", "maxLength", "minItems", "multipleOf", "uniqueItems", "title"), scalars),
        },
    ),
    max_leaves=6,
)
FIELDS = {name for action in ACTIONS for name in action.input["properties"]}
LIKELY = {
    "repoUrl": st.sampled_from(["github.com?owner=acme&repo=x", "github.com?owner=acme&repo=${{ parameters.name }}"]),
    "repoContentsUrl": st.just("https://github.com/acme/x"),
    "url": st.sampled_from(["./skeleton", "."]),
    "targetPath": st.sampled_from(["a", "a/b", "${{ parameters.name }}"]),
    "values": st.dictionaries(NAMES, anything, max_size=3),
}


def fitting(schema, name=""):
    """Return values that a JSON Schema asks for."""
    if name in LIKELY:
        return LIKELY[name] | texts
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "string":
            return texts
        case "boolean":
            return st.booleans()
        case "number" | "integer":
            return st.integers(-3, 9)
        case "array":
            return st.lists(fitting(schema.get("items", {})), max_size=3)
        case "object" if schema.get("properties"):
            return inputs(schema)
        case "object":
            return st.dictionaries(texts, anything, max_size=3)
        case _:
            return anything


def inputs(schema):
    required = schema.get("required", ())
    asked = {
        name: st.deferred(lambda inner=inner, name=name: fitting(inner, name))
        for name, inner in schema["properties"].items()
    }
    return st.fixed_dictionaries(
        {name: asked[name] for name in required},
        optional={name: mostly(values) for name, values in asked.items() if name not in required},
    )


STEP = {
    "id": texts,
    "name": texts,
    "if": mostly(st.booleans() | st.sampled_from(["${{ true }}", "${{ always() }}", "${{ parameters.name }}"])),
    "each": mostly(st.lists(anything, max_size=3)),
}
steps = st.one_of(
    st.one_of(
        [
            st.fixed_dictionaries({"action": st.just(action.id), "input": inputs(action.input)}, optional=STEP)
            for action in ACTIONS
        ]
    ),
    st.fixed_dictionaries({"action": texts}, optional={**STEP, "input": anything}),
)
LINKS = mapping(["title", "url", "content"], texts.filter(bool))
documents = st.fixed_dictionaries(
    {
        "apiVersion": st.just("scaffolder.backstage.io/v1beta3"),
        "kind": st.just("Template"),
        "metadata": mostly(st.fixed_dictionaries({"name": mostly(st.just("x"))}, optional={"title": texts})),
        "spec": mostly(
            st.fixed_dictionaries(
                {
                    "type": mostly(st.just("service")),
                    "owner": mostly(st.just("platform")),
                    "steps": mostly(st.lists(steps, min_size=1, max_size=4)),
                },
                optional={
                    "parameters": st.just({}) | st.lists(schemas, max_size=2) | schemas,
                    "output": mostly(st.dictionaries(NAMES, texts) | mapping(["links", "text"], st.lists(LINKS))),
                    "secrets": mostly(st.fixed_dictionaries({"schema": schemas})),
                },
            )
        ),
    }
)
templates = documents.map(lambda value: read(json.dumps(value, ensure_ascii=False)))
answers = st.dictionaries(NAMES | texts, anything, max_size=4)
PATHS = st.lists(texts.filter(lambda text: text and "/" not in text), min_size=1, max_size=3).map("/".join)
entries = st.one_of(
    texts.map(lambda text: File(text.encode("utf-8", "surrogatepass"))),
    st.binary(max_size=8).map(File),
    texts.map(Link),
    st.just(Folder()),
)
trees = st.dictionaries(PATHS, entries, max_size=5)


@given(template=templates, values=answers, tree=trees, is_dry=st.booleans())
@QUICK
def test_plan_of_any_template_is_a_plan(template, values, tree, is_dry):
    made = plan(template, values, lambda url: tree, secrets={"T": "hidden"}, is_dry_run=is_dry)
    assert made.is_valid in (True, False)
    json.dumps([dict(step.input) for step in made.steps] + [dict(made.output)], allow_nan=False)


@given(template=templates, values=answers)
@QUICK
def test_answers_to_any_form_are_taken_or_refused(template, values):
    filled, faults = parameters.check(template, values)
    assert values.keys() <= filled.keys()
    assert all(fault.message for fault in faults)


@given(template=templates, tree=trees)
@QUICK
def test_any_template_can_be_checked(template, tree):
    assert all(problem.message for problem in checks.check(template, lambda url: tree))


@given(template=templates, values=answers, body=texts)
@QUICK
def test_any_template_has_a_form_or_an_obstacle(template, values, body):
    if not obstacles(template):
        issue_form(template)
        read_issue(template, issue_body(template, values))
    read_issue(template, body)
    read_workflow(template, {"name": body, "owner": body, "visibility": body, "values": json.dumps(values)}, "acme")
    assert all(isinstance(field.name, str) for field in (*fields(template), *secrets(template)))


@given(tree=trees, input=mapping(FIELDS, anything), values=anything)
@QUICK
def test_any_skeleton_is_fetched_or_refused(tree, input, values):
    workspace = Workspace()
    with suppress(Refused):
        fetch(tree, {**input, "values": values}, workspace)
    assert all(isinstance(entry, File | Link | Folder) for entry in workspace.tree().values())
