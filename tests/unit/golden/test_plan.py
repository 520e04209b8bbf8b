from textwrap import dedent

import pytest

from waypost.golden.actions import ACTIONS, Action, Outcome
from waypost.golden.effects import FilesPushed, RepositoryExists, SecretSet, WebhookExists
from waypost.golden.later import is_later
from waypost.golden.plan import plan
from waypost.golden.sources import within
from waypost.golden.template import read
from waypost.golden.tree import File

SKELETON = {
    "skeleton/README.md": File(b"# ${{ values.name }}\n"),
    "skeleton/catalog-info.yaml": File(
        b"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: '${{ values.name }}'}\n"
    ),
}
STEPS = """
    - id: fetch
      action: fetch:template
      input: {url: ./skeleton, values: {name: "${{ parameters.name }}"}}
    - id: publish
      action: publish:github
      input:
        repoUrl: github.com?owner=acme&repo=${{ parameters.name }}
        secrets: {KEY: "${{ secrets.key }}"}
    - id: register
      action: catalog:register
      input: {repoContentsUrl: "${{ steps.publish.output.repoContentsUrl }}"}
"""
OUTPUT = "links: [{title: In the catalog, entityRef: '${{ steps.register.output.entityRef }}'}]"
NAME = "{properties: {name: {type: string, pattern: '^[a-z-]+$'}}, required: [name]}"


def template(steps=STEPS, parameters=NAME, output="{}", more=""):
    head = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: x}\n"
    spec = f"spec:\n  type: service\n  parameters: {parameters}\n  output: {output}\n{more}  steps:\n"
    lines = dedent(steps).strip().splitlines() or ["[]"]
    return read(head + spec + "\n".join(f"    {line}" for line in lines) + "\n")


def planned(steps=STEPS, values=(("name", "pay"),), tree=SKELETON, **options):
    more = {key: options.pop(key) for key in ("parameters", "output", "more") if key in options}
    return plan(template(steps, **more), dict(values), within(tree), **options)


def messages(made):
    return [f"{fault.path}: {fault.message}" for fault in made.faults]


def test_plan_holds_steps_files_effects_and_output():
    made = planned(output=f"{{{OUTPUT}}}", secrets={"key": "hunter2"})
    assert made.faults == ()
    assert [(step.id, step.action) for step in made.steps] == [
        ("fetch", "fetch:template"),
        ("publish", "publish:github"),
        ("register", "catalog:register"),
    ]
    assert made.files["README.md"] == File(b"# pay\n")
    assert [type(effect).__name__ for effect in made.effects] == [
        "RepositoryExists",
        "SecretSet",
        "FilesPushed",
        "BranchProtected",
        "Registered",
    ]
    assert {effect.repository for effect in made.effects} == {"acme/pay"}
    assert made.output == {"links": [{"title": "In the catalog", "entityRef": "component:default/pay"}]}
    assert made.parameters == {"name": "pay"}


def test_plan_is_the_same_every_time():
    assert planned(secrets={"key": "x"}) == planned(secrets={"key": "x"})


def test_parameters_that_do_not_fit_end_the_plan_before_any_step():
    made = planned(values={"name": "My Service"})
    assert messages(made) == ['name: "My Service" does not match ^[a-z-]+$ (lower-case letters, "-")']
    assert (made.is_valid, made.steps, made.files) == (False, (), {})


def test_template_that_is_broken_is_not_planned():
    made = plan(read("kind: Template\n"), {}, lambda url: None)
    assert not made.is_valid
    assert made.steps == ()
    assert all(fault.path.startswith("template.yaml:") for fault in made.faults)


def test_default_is_seen_by_the_steps():
    made = planned(values={}, parameters="{properties: {name: {default: pay}}}")
    assert made.steps[0].input["values"] == {"name": "pay"}


def test_output_that_is_not_known_yet_says_so():
    made = planned("[{action: debug:log, input: {message: '${{ steps.publish.output.commitHash }}'}}]")
    assert made.steps[0].input == {}
    made = planned(STEPS + "    - {action: debug:log, input: {message: 'at ${{ steps.publish.output.commitHash }}'}}")
    assert made.steps[-1].input == {"message": "at <commitHash: known after the run>"}


def test_known_output_replaces_what_stood_for_it():
    steps = STEPS + "    - {action: debug:log, input: {message: '${{ steps.publish.output.commitHash }}'}}"
    made = planned(steps, known={"publish": {"commitHash": "abc", "repoContentsUrl": "https://github.com/acme/pay"}})
    assert made.steps[-1].input == {"message": "abc"}
    assert made.steps[1].output["commitHash"] == "abc"


def test_step_whose_effects_are_not_known_yet_is_a_warning():
    steps = """
        - {id: issue, action: "github:issues:create", input: {repoUrl: "github.com?owner=a&repo=b", title: x}}
        - id: label
          action: github:issues:label
          input: {repoUrl: "github.com?owner=a&repo=b", number: 7, labels: "${{ steps.issue.output.issueUrl }}"}
    """
    made = planned(steps)
    assert made.is_valid
    assert messages(made) == [
        "steps/label: input.labels is known after the run only, so what the step does is not shown yet"
    ]
    made = planned(steps, known={"issue": {"issueUrl": ["a"]}})
    assert made.steps[1].effects[0].labels == ("a",)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        pytest.param("fetch:templte", 'no action "fetch:templte". Did you mean "fetch:template"?', id="misspelt"),
        pytest.param("publish:gitlab", "belongs to GitLab, and Waypost creates on GitHub", id="another vendor"),
        pytest.param("acme:magic", "`waypost template actions` lists those there are", id="unknown"),
        pytest.param("fetch:cookiecutter", "cookiecutterCompat: true", id="a module of Backstage"),
    ],
)
def test_unknown_action_is_an_error_that_still_shows_its_input(action, message):
    made = planned(f"[{{id: a, action: '{action}', input: {{x: '${{{{ parameters.name }}}}'}}}}]")
    assert not made.is_valid
    assert message in messages(made)[0]
    assert made.steps[0].input == {"x": "pay"}


def test_unknown_action_is_a_warning_in_a_dry_run():
    made = planned("[{action: acme:magic}]", is_dry_run=True)
    assert made.is_valid
    assert len(made.faults) == 1


def test_action_of_a_plugin_is_handed_in():
    def magic(input, run):
        run.workspace.put("made", File(input["text"].encode()))
        return Outcome(output={"answer": 42})

    text = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    answer = {"type": "object", "properties": {"answer": {"type": "number"}}}
    mine = Action("acme:magic", "Does magic.", text, answer, magic)
    steps = """
        - {id: a, action: "acme:magic", input: {text: hi}}
        - {action: "debug:log", input: {message: "${{ steps.a.output.answer }} it is"}}
    """
    made = planned(steps, actions=[*ACTIONS, mine])
    assert made.is_valid
    assert made.files == {"made": File(b"hi")}
    assert made.steps[1].input == {"message": "42 it is"}


def test_input_that_does_not_fit_its_action_is_named_by_field():
    made = planned("[{id: a, action: 'publish:github', input: {repoVisibility: secret}}]")
    assert messages(made) == [
        'steps/a: input.repoVisibility: "secret" is not one of the choices: private, public, internal',
        "steps/a: input.repoUrl: is missing: The repository: github.com?owner=OWNER&repo=NAME",
    ]


def test_step_is_skipped_when_its_condition_does_not_hold():
    made = planned("[{id: a, action: debug:log, if: '${{ parameters.name == \"x\" }}'}, {id: b, action: debug:log}]")
    assert [(step.id, step.is_skipped) for step in made.steps] == [("a", True), ("b", False)]


def test_output_of_a_skipped_step_is_undefined():
    steps = "[{id: a, action: debug:log, if: false}, {action: debug:log, input: {message: '${{ steps.a.output.x }}'}}]"
    assert planned(steps).steps[1].input == {}


def test_each_gives_one_entry_for_every_run_and_lists_of_outputs():
    steps = """
        - id: make
          action: github:issues:create
          each: [a, b]
          input: {repoUrl: "github.com?owner=acme&repo=pay", title: "${{ each.value }}"}
        - {action: debug:log, input: {message: "${{ steps.make.output.issueNumber.length }}"}}
    """
    made = planned(steps)
    assert [(step.id, step.key, step.input.get("title")) for step in made.steps[:2]] == [
        ("make", "0", "a"),
        ("make", "1", "b"),
    ]
    assert len(made.effects) == 2
    assert made.steps[2].input == {"message": 2}


def test_after_a_failure_only_steps_that_ask_for_it_are_planned():
    steps = """
        - {id: a, action: debug:log}
        - {id: b, action: debug:log}
        - {id: c, action: debug:log, if: "${{ failure() }}"}
        - {id: d, action: debug:log, if: "${{ always() }}"}
    """
    assert [step.is_skipped for step in planned(steps).steps] == [False, False, True, False]
    assert [step.is_skipped for step in planned(steps, failed=["a"]).steps] == [False, True, False, False]


def test_links_and_texts_with_a_condition_are_left_out_when_it_does_not_hold():
    output = """
        {links: [{if: "${{ parameters.name == 'pay' }}", title: A, url: a}, {if: "", title: B}, {title: C}],
         text: [{if: "${{ [] }}", title: D}], more: "${{ parameters.name }}"}
    """
    made = planned("[]", output=" ".join(output.split()))
    assert made.output == {"links": [{"title": "A", "url": "a"}, {"title": "C"}], "text": [], "more": "pay"}


def test_user_and_task_are_seen():
    steps = "[{action: debug:log, input: {a: '${{ user.ref }}', b: '${{ context.task.id }}'}}]"
    assert planned(steps, user={"ref": "user:default/ada"}, task="r7").steps[0].input == {
        "a": "user:default/ada",
        "b": "r7",
    }


def test_secret_goes_only_where_it_is_hidden():  # CVE-2026-29184
    steps = (
        STEPS
        + """
    - id: hook
      action: github:webhook
      input:
        repoUrl: github.com?owner=acme&repo=pay
        webhookUrl: https://acme.example
        webhookSecret: ${{ secrets.key }}
    - {action: debug:log, input: {message: "${{ secrets.key }}"}}
    """
    )
    made = planned(steps, secrets={"key": "hunter2"}, output="{text: [{content: '${{ secrets.key }}'}]}")
    assert "hunter2" not in repr(made)
    hidden = [effect for effect in made.effects if isinstance(effect, SecretSet | WebhookExists)]
    assert hidden[0].value.value == hidden[1].secret.value == "hunter2"
    assert made.steps[1].input["secrets"] == {"KEY": "***"}
    assert made.output == {"text": [{}]}


def test_secret_is_never_written_into_a_file():
    steps = "[{action: fetch:template, input: {url: ./skeleton, values: {name: '${{ secrets.key }}'}}}]"
    made = planned(steps, secrets={"key": "hunter2"})
    assert made.files["README.md"] == File(b"# ***\n")
    assert "holds a secret; files get *** in its place" in messages(made)[0]


def test_answer_of_a_secret_field_becomes_a_secret():
    parameters = "{properties: {key: {type: string, 'ui:field': Secret}}, required: [key]}"
    steps = STEPS.replace("${{ parameters.name }}", "pay")
    made = planned(steps, values={"key": "hunter2"}, parameters=parameters)
    assert made.parameters == {"key": "***"}
    assert "hunter2" not in repr(made)
    assert next(effect for effect in made.effects if isinstance(effect, SecretSet)).value.value == "hunter2"
    assert planned(steps, values={}, parameters=parameters, secrets={"key": "x"}).is_valid
    assert not planned(steps, values={}, parameters=parameters).is_valid


def test_secret_that_was_not_given_is_named():
    [message] = messages(planned())
    assert message.startswith("steps/publish: secrets.key: the secret is not given")


def test_secrets_that_the_template_declares_are_asked_for():
    more = "  secrets: {schema: {required: [key], properties: {key: {type: string, minLength: 20}}}}\n"
    made = planned("[]", more=more)
    assert messages(made) == ["secrets.key: is missing: the template asks for this secret"]
    made = planned("[]", more=more, secrets={"key": "hunter2"})
    assert messages(made) == ["secrets.key: the secret does not fit what the template asks for"]


def test_source_that_cannot_be_had_is_an_error_and_in_a_dry_run_a_warning():
    steps = "[{id: a, action: 'fetch:plain', input: {url: 'https://github.com/acme/x'}}]"
    assert not planned(steps).is_valid
    made = planned(steps, is_dry_run=True)
    assert made.is_valid
    assert 'input.url: "https://github.com/acme/x" cannot be had from here' in messages(made)[0]


@pytest.mark.parametrize(
    ("input", "message"),
    [
        pytest.param("{url: ../../etc}", "leaves the repository of the template", id="source"),
        pytest.param("{url: ./skeleton, targetPath: ../out}", '".."', id="target"),
        pytest.param("{url: ./skeleton, targetPath: /etc}", "is absolute", id="absolute target"),
        pytest.param("{url: ./skeleton, targetPath: .git/hooks}", "Git's own folder", id="git"),
        pytest.param("{url: ./gone}", "is not in the repository of the template", id="missing"),
    ],
)
def test_path_that_leaves_is_refused(input, message):
    made = planned(f"[{{id: a, action: 'fetch:template', input: {input}}}]")
    assert not made.is_valid
    assert message in messages(made)[0]
    assert made.files == {}


def test_workflow_may_not_come_about_by_an_answer():
    tree = {"skeleton/ci.yml": File(b"on: push\n")}
    step = "[{id: a, action: 'fetch:template', input: {url: ./skeleton, targetPath: '%s'}}]"
    values = {"name": ".github/workflows"}
    made = planned(step % "${{ parameters.name }}", values=values, tree=tree, parameters="{}")
    assert not made.is_valid
    assert planned(step % ".github/workflows", tree=tree).is_valid


def test_publishing_an_empty_workspace_is_refused():
    made = planned("[{id: a, action: 'publish:github', input: {repoUrl: 'github.com?owner=acme&repo=pay'}}]")
    assert "the workspace is empty, so there is nothing to push" in messages(made)[0]
    assert made.effects == []
    assert is_later(made.steps[0].output["commitHash"]) or made.steps[0].output == {}


def test_files_that_differ_by_case_only_are_warned_about():
    tree = {"skeleton/a": File(b""), "skeleton/A": File(b"")}
    [message] = messages(planned("[{action: 'fetch:plain', input: {url: ./skeleton}}]", tree=tree))
    assert message.startswith("files: A and a differ by case only")


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        pytest.param("\n".join(["- {action: debug:log}"] * 10_000), "the template has 10,000 steps", id="steps"),
        pytest.param("[{action: debug:log, each: '${{ range(1000000) }}'}]", "", id="each over a million"),
        pytest.param(
            "\n".join(["- {action: debug:log, each: '${{ range(900) }}'}"] * 3),
            "more than 2,000 runs of actions",
            id="many times each",
        ),
        pytest.param(
            "- {action: 'fetch:plain', input: {url: ./skeleton}}\n"
            "- {action: fs:delete, each: '${{ range(900) }}', input: {files: [" + "'*.x', " * 9_000 + "]}}",
            "the plan is given up",
            id="many times through the workspace",
        ),
        pytest.param(
            "[{action: debug:log, each: '${{ range(900) }}', input: {message: '${{ range(5000) | join }}'}}]",
            "the plan is given up",
            id="each that makes much",
        ),
        pytest.param(
            "[{action: debug:log, input: {message: '{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}"
            "{% endfor %}'}}]",
            "the plan is given up",
            id="nested loops",
        ),
    ],
)
def test_template_that_asks_for_too_much_is_refused(steps, message):
    made_of = template(steps)
    made = plan(made_of, {"name": "pay"}, within(SKELETON))
    assert not made.is_valid
    assert message in messages(made)[-1]


def test_commits_of_a_plan_hold_a_bounded_number_of_files():
    steps = """
        - {action: fetch:plain, input: {url: ./skeleton}}
        - action: github:repo:push
          each: "${{ range(999) }}"
          input: {repoUrl: github.com?owner=acme&repo=pay}
    """
    made = planned(steps, tree={f"skeleton/{number}": File(b"") for number in range(500)})
    assert messages(made)[-1].startswith("steps: the plan is given up: its commits hold more than 200,000 files")


def test_first_commit_holds_what_stands_in_the_workspace_by_then():
    steps = STEPS + "    - {action: fs:delete, input: {files: [README.md]}}"
    made = planned(steps, secrets={"key": "x"})
    pushed = next(effect for effect in made.effects if isinstance(effect, FilesPushed))
    assert "README.md" in pushed.files
    assert "README.md" not in made.files


def test_repository_is_private_unless_it_is_said():
    assert next(effect for effect in planned().effects if isinstance(effect, RepositoryExists)).settings == {
        "visibility": "private"
    }
