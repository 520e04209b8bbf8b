"""The issue form of a template: typed fields, and nothing GitHub would refuse."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml

from unit.golden._templates import properties, template
from waypost.golden.forms import issue_form, obstacles


def body(asked):
    return yaml.safe_load(issue_form(asked))["body"]


def element(schema, required="[]"):
    """Return the form's element of one field; None when the form does not ask for it."""
    elements = body(properties(f"it: {schema}", required))
    return next((each for each in elements if each.get("id") == "it"), None)


def values_box(asked):
    return body(asked)[-1]["attributes"]["description"]


@pytest.mark.parametrize(
    ("schema", "type"),
    [
        ("{type: string}", "input"),
        ("{type: string, ui:field: OwnerPicker}", "input"),
        ("{type: integer}", "input"),
        ("{type: string, ui:widget: textarea}", "textarea"),
        ("{type: string, ui:options: {multiline: true}}", "textarea"),
        ("{type: array, items: {type: string}}", "textarea"),
        ("{type: array, ui:field: EntityTagsPicker}", "textarea"),
        ("{type: string, enum: [a, b]}", "dropdown"),
        ("{enum: [1, 2]}", "dropdown"),
        ("{type: string, ui:widget: radio, enum: [a, b]}", "dropdown"),
        ("{type: string, oneOf: [{const: a, title: A}, {const: b}]}", "dropdown"),
        ("{type: boolean}", "dropdown"),
        ("{type: array, uniqueItems: true, items: {type: string, enum: [a, b]}}", "checkboxes"),
    ],
)
def test_a_field_is_asked_as_its_type_says(schema, type):
    assert element(schema)["type"] == type


@pytest.mark.parametrize(
    "schema",
    [
        "{type: object, properties: {a: {type: string}}}",
        "{type: array, items: {type: object}}",
        "{type: [string, integer]}",
        "{$ref: '#/definitions/x'}",
        "{type: string, ui:widget: hidden, default: x}",
        "{type: string, title: Admin password policy}",
        "{const: 3}",
        "{}",
    ],
)
def test_what_a_form_cannot_hold_goes_into_the_values_box(schema):
    assert element(schema) is None


def test_the_values_box_says_what_goes_there():
    asked = template(
        """
        - properties:
            env: {type: object, title: Environment}
            kind: {type: string, enum: [a, b]}
          required: [env]
          dependencies:
            kind:
              oneOf:
                - properties: {kind: {enum: [a]}, size: {type: integer}}
                - properties: {kind: {enum: [b]}}
        """
    )
    box = body(asked)[-1]
    assert "- `env`: Environment, a mapping, must be given." in box["attributes"]["description"]
    assert "- `size`: a whole number, asked only with some of the answers above." in box["attributes"]["description"]
    assert box["validations"] == {"required": True}
    assert box["attributes"]["render"] == "yaml"


def test_the_values_box_says_the_names_that_a_mapping_has():
    inner = "{slug: {type: string}, permission: {type: string}, token: {type: string, ui:field: Secret}}"
    asked = f"""
    - properties:
        teams: {{title: Team access, type: array, items: {{type: object, properties: {inner}}}}}
        region: {{type: object, properties: {{name: {{type: string}}}}}}
        tags: {{type: array, items: {{type: array}}}}
    """
    said = values_box(template(asked))
    assert "- `teams`: Team access, a list of mappings with `slug`, `permission`." in said
    assert "- `region`: a mapping with `name`." in said
    assert "- `tags`: a list." in said


def test_required_and_default_come_from_the_schema():
    assert element("{type: string, default: x}", "[it]") == {
        "type": "input",
        "id": "it",
        "attributes": {"label": "it", "value": "x"},
        "validations": {"required": True},
    }
    assert element("{type: integer, default: 8080}")["attributes"]["value"] == "8080"
    assert element("{type: boolean, default: false}")["attributes"] == {
        "label": "it",
        "options": ["Yes", "No"],
        "default": 1,
    }
    assert element("{enum: [1, 2], default: 2}")["attributes"]["default"] == 1
    assert "default" not in element("{enum: [0, 1], default: false}")["attributes"]
    assert element("{type: array, items: {type: string}, default: [a, b]}")["attributes"]["value"] == "a\nb"


def test_boxes_cannot_be_ticked_beforehand_so_the_form_says_what_nothing_means():
    found = element("{type: array, items: {type: string, enum: [a, b]}, default: [b], description: Where}")
    assert found["attributes"]["description"] == "Where. Nothing ticked means: b."


@pytest.mark.parametrize(
    ("schema", "options"),
    [
        ("{enum: [a, b], enumNames: [First, Second]}", ["First", "Second"]),
        ("{enum: [a, b], ui:enumNames: [First, Second]}", ["First", "Second"]),
        ("{enum: [a, b], enumNames: [Same, Same]}", ["Same", "Same (b)"]),
        ("{enum: [a, b], enumNames: [Only]}", ["a", "b"]),
        ("{enum: [none, None, postgres]}", ["(none)", "(None) (None)", "postgres"]),
        ("{enum: ['', x]}", ["(empty)", "x"]),
        ("{enum: ['yes', 'no', 3.10]}", ["yes", "no", "3.1"]),
        ("{type: boolean, enumNames: [On, Off]}", ["On", "Off"]),
    ],
)
def test_choices_have_labels_of_their_own_and_never_the_reserved_word(schema, options):
    assert element(schema)["attributes"]["options"] == options


def test_headings_and_ids_are_there_once():
    asked = properties(
        """
        a b: {type: string, title: Name}
        a-b: {type: string, title: Name}
        template: {type: string}
        values: {type: string, title: "  ### More values"}
        long: {type: string, title: "%s"}
        """
        % ("x" * 300)
    )
    elements = body(asked)
    labels = [each["attributes"]["label"] for each in elements]
    assert labels == [
        "Template",
        "Name",
        "Name (a-b)",
        "template (template)",
        "More values (values)",
        "x" * 80,
        "More values",
    ]
    ids = [each["id"] for each in elements]
    assert ids == ["template", "a-b", "a-b-2", "template-2", "values-2", "long", "values"]


def test_hints_say_what_a_form_cannot_enforce():
    said = element("{type: string, description: A name, ui:help: Short, pattern: '^a$', maxLength: 9}")["attributes"]
    assert said["description"] == "A name. Short. Must match `^a$`. At most 9 characters."
    said = element("{type: integer, minimum: 1, maximum: 9}")["attributes"]
    assert said["description"] == "A whole number, at least 1, at most 9."
    said = element("{type: string, ui:field: EntityPicker, ui:options: {catalogFilter: {kind: API}}}")["attributes"]
    assert said["description"] == "An api of the catalog by its name."
    said = element("{type: string, ui:field: RepoUrlPicker, ui:options: {allowedOwners: [acme, acme-lab]}}")
    assert said["attributes"]["description"].endswith("Owners that are allowed: acme, acme-lab.")


SECRET = "token: {type: string, ui:field: Secret}\nname: {type: string}"


def test_a_form_never_asks_for_a_secret():
    asked = properties(SECRET)
    assert [each.get("id") for each in body(asked)] == [None, "template", "name", "values"]
    assert "does not ask for secrets (`token`)" in body(asked)[0]["attributes"]["value"]
    assert "token" not in values_box(asked)
    assert obstacles(asked) == ()


def test_a_template_that_needs_a_secret_cannot_use_this_door():
    (fault,) = obstacles(properties(SECRET, "[token]"))
    assert fault.path == "token"
    assert "waypost create service --secret token" in fault.message
    declared = template(spec="secrets: {schema: {type: object, required: [key], properties: {key: {type: string}}}}")
    assert [fault.path for fault in obstacles(declared)] == ["key"]


def test_the_form_names_its_template_and_label():
    form = yaml.safe_load(issue_form(properties("a: {type: string}")))
    assert form["labels"] == ["waypost:create"]
    assert form["title"] == "Create from service: "
    assert form["body"][0]["attributes"] == {"label": "Template", "options": ["service"], "default": 0}


EVERYTHING = """
a: {type: string, title: "Yes", description: "null", default: "no"}
b: {type: boolean, title: "# 1:30", default: true}
c: {type: array, items: {enum: [on, 1, 2024-01-01]}}
d: {type: string, ui:widget: textarea, default: "a\\n  b\\n\\n"}
e: {type: string, enum: [none, "", "y"]}
f: {type: object}
g h/i: {type: number, default: 1.5, title: "   "}
"""


def test_github_would_take_the_forms(tmp_path):
    for number, asked in enumerate((properties(EVERYTHING), template(), properties(SECRET, "[token]"))):
        (tmp_path / f"{number}.yml").write_text(issue_form(asked), "utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-issue-forms", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
