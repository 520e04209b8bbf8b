"""Every template that an issue can start has its form where GitHub shows it, and people's own forms stay theirs."""

from __future__ import annotations

import pytest
import yaml

from unit.pages.catalogs import SITE, catalog, entity, repository, snapshot
from waypost.golden.forms import MARK, issue_form
from waypost.pages import render, rerender
from waypost.pages.offered import template_of
from waypost.pages.paths import CREATE, form_file, page_file
from waypost.pages.plan import blob_id, plan

HOME = repository(1, "catalog")
NAME = {"title": "Name", "type": "string"}
SECRET = {"title": "Token", "type": "string", "ui:field": "Secret"}
FORM = ".github/ISSUE_TEMPLATE/create-service.yml"
URL = "https://github.com/acme/catalog/issues/new?template=create-service.yml"
THEIRS = "name: Create a party\ndescription: Ours\nbody: []\n"


def template(name="service", fields=None, required=(), lifecycle=None, steps=None, **metadata):
    asked = [{"required": list(required), "properties": fields if fields is not None else {"name": NAME}}]
    log = {"id": "log", "name": "Log", "action": "debug:log", "input": {}}
    spec = {"owner": "a", "type": "service", "parameters": asked, "steps": steps or [log]}
    if lifecycle:
        spec["lifecycle"] = lifecycle
    path = f"templates/{name}/template.yaml"
    return entity(HOME, "Template", name, spec, path=path, **metadata)


def rendered(*templates, **snapshot_facts):
    return dict(render(catalog([snapshot(HOME, *templates, **snapshot_facts)]), SITE))


def forms(files):
    return {path: text for path, text in files.items() if path.startswith(".github/")}


def test_form_is_the_one_that_the_command_prints():
    made = template()
    assert forms(rendered(made)) == {FORM: issue_form(template_of(made))}


def test_pages_lead_to_the_form():
    files = rendered(template())
    for path in (page_file("template:default/service"), CREATE):
        assert f"**[Fill in the form]({URL})**" in files[path]


def test_two_templates_of_one_title_have_forms_of_different_names():
    files = rendered(template(title="Service"), template("other", title="service"), template("third", title="Third"))
    names = sorted(yaml.safe_load(text)["name"] for text in forms(files).values())
    assert names == ["Create: Service (service)", "Create: Third", "Create: service (other)"]


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(template(fields={"name": NAME, "token": SECRET}, required=["token"]), id="a required secret"),
        pytest.param(template(lifecycle="deprecated"), id="deprecated"),
        pytest.param(template(namespace="tools"), id="another namespace"),
        pytest.param(template(fields={"colour": NAME}), id="nothing names the repository"),
        pytest.param(template(steps="none"), id="errors in the template"),
    ],
)
def test_template_that_no_issue_can_start_has_no_form(made):
    files = rendered(made)
    assert forms(files) == {}
    assert "Fill in the form" not in files[page_file(made.ref)]


def test_template_with_a_required_secret_says_which_door_there_is():
    made = template(fields={"name": NAME, "token": SECRET}, required=["token"])
    assert "only the command asks for it" in rendered(made)[page_file(made.ref)]


def test_optional_secret_is_left_out_of_the_form_and_no_obstacle():
    (text,) = forms(rendered(template(fields={"name": NAME, "token": SECRET}))).values()
    assert "does not ask for secrets" in text


@pytest.mark.parametrize(
    "odd",
    [
        5,
        "text",
        None,
        [],
        {"type": 5},
        {"enum": {}},
        {"title": ["a"]},
        {"default": {"a": [1]}},
        {"description": {"a": 1}},
    ],
    ids=repr,
)
def test_odd_fields_never_stop_the_pages(odd):
    (text,) = forms(rendered(template(fields={"name": NAME, "odd": odd}))).values()
    assert yaml.safe_load(text)["body"]


def planned(files, head, full=True):
    return plan(files.items(), {path: blob_id(text.encode()) for path, text in head.items()}, head.__getitem__, full)


def test_form_of_a_template_that_went_is_removed():
    ours = forms(rendered(template()))
    assert planned({}, ours).changes == {FORM: None}
    assert planned(dict.fromkeys(ours), ours, full=False).changes == {FORM: None}


def test_form_of_ours_that_somebody_edited_is_written_anew():
    ours = forms(rendered(template()))
    assert planned(ours, {FORM: ours[FORM] + "# mine\n"}).changes == {FORM: ours[FORM].encode()}


@pytest.mark.parametrize("full", [True, False], ids=["whole", "part"])
def test_forms_of_people_are_neither_written_over_nor_removed(full):
    head = {
        FORM: THEIRS,
        ".github/ISSUE_TEMPLATE/create-party.yml": THEIRS,
        ".github/ISSUE_TEMPLATE/register.yml": THEIRS,
        ".github/ISSUE_TEMPLATE/config.yml": "blank_issues_enabled: false\n",
    }
    assert not planned(forms(rendered(template())), head, full)
    assert not planned({FORM: None}, head, full)


def test_form_begins_with_the_mark_by_which_it_is_known():
    assert forms(rendered(template()))[FORM].startswith(f"{MARK} from the template template:default/service")


def test_second_template_of_a_title_renames_the_form_of_the_first():
    one = catalog([snapshot(HOME, template(title="Service"))])
    two = catalog([snapshot(HOME, template(title="Service"), template("other", title="Service"))])
    changed = dict(rerender(one, two, SITE))
    assert "Create: Service (service)" in changed[FORM]
    assert changed[form_file("template:default/other")]
    assert dict(rerender(two, one, SITE))[form_file("template:default/other")] is None
