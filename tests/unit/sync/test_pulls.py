"""What is said in a pull request, to whom, and when nothing is: with the forge in memory and the real worker."""

from __future__ import annotations

import pytest

from unit.sync.world import base, component
from waypost.forge.protocol import NotAllowed
from waypost.queue.protocol import Key, Mark
from waypost.sync.pulls.lane import NAME

DESCRIPTOR = "catalog-info.yaml"


def api(name, owner="team-a"):
    lines = ["apiVersion: backstage.io/v1alpha1", "kind: API", f"metadata:\n  name: {name}"]
    lines.append(f"spec:\n  type: openapi\n  lifecycle: production\n  owner: {owner}\n  definition: none")
    return "\n".join(lines) + "\n"


def group(name, team):
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: {name}\n"
        f"  annotations:\n    github.com/team-slug: acme/{team}\nspec:\n  type: team\n  children: []\n"
    )


def look(world, pull, name="payments", action="synchronize"):
    """Deliver the event of a pull request and work until nothing is left to do."""
    repository = world.forge.describe(name)
    world.deliver("pull_request", base(repository, action=action, pull_request={"number": pull.number}))
    return world.settle()


def propose(world, changes, name="payments", **more):
    pull = world.forge.desk(f"acme/{name}").propose(changes, **more)
    assert look(world, pull, name, "opened") == ""
    return pull


def check(world, head, name="payments"):
    desk = world.forge.desk(f"acme/{name}")
    run = desk.run(head, NAME)
    return None if run is None else desk.checks[run.id]


def comments(world, pull, name="payments"):
    return [one.body for one in world.forge.desk(f"acme/{name}").comments(pull.number)]


def rerun(world, pull, name="payments", listed=True):
    numbers = [{"number": pull.number, "base": {"repo": {"id": world.forge.describe(name).id}}}] if listed else []
    run = {"head_sha": pull.head, "pull_requests": numbers, "check_suite": {"head_branch": pull.branch}}
    world.deliver("check_run", base(world.forge.describe(name), action="rerequested", check_run=run))
    world.settle()


def test_a_mistake_is_shown_at_its_line(settled):
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("owner: team-a", "owners: team-a")})
    said = check(settled, pull.head)
    assert said.conclusion == "failure"
    remark = next(one for one in said.annotations if one.level == "failure")
    assert (remark.path, remark.line) == (DESCRIPTOR, 5)
    assert "owner" in remark.message


def test_a_sound_change_gets_a_check_and_one_comment(settled):
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")})
    assert check(settled, pull.head).conclusion == "success"
    (body,) = comments(settled, pull)
    assert "payments" in body
    assert "@" not in body.split("<details>")[0]


def test_a_pull_request_of_code_gets_neither(settled):
    pull = propose(settled, {"main.py": "pass\n"})
    assert check(settled, pull.head) is None
    assert comments(settled, pull) == []


def test_a_pull_request_of_the_catalog_repository_always_gets_the_check_that_its_rules_ask_for(settled):
    pull = propose(settled, {"docs/welcome.md": "Hello.\n"}, "catalog")
    assert check(settled, pull.head, "catalog").conclusion == "neutral"
    assert comments(settled, pull, "catalog") == []


def test_a_pull_request_of_code_costs_one_listing(settled):
    pull = settled.forge.desk("acme/payments").propose({"main.py": "pass\n"})
    before = sum(settled.forge.calls().values())
    look(settled, pull)
    assert sum(settled.forge.calls().values()) - before == 1


def test_the_next_push_edits_the_comment_and_checks_the_new_head(settled):
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("owner: team-a", "owners: team-a")})
    (first,) = comments(settled, pull)
    pull = settled.forge.desk("acme/payments").push(
        pull.number, {DESCRIPTOR: component("payments").replace("service", "website")}
    )
    look(settled, pull)
    (second,) = comments(settled, pull)
    assert second != first
    assert check(settled, pull.head).conclusion == "success"


def test_another_look_at_the_same_state_writes_nothing(settled):
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")})
    before = dict(settled.forge.desk("acme/payments").writes)
    look(settled, pull)
    assert dict(settled.forge.desk("acme/payments").writes) == before


@pytest.mark.parametrize("listed", [pytest.param(True, id="named"), pytest.param(False, id="of a fork: found by head")])
def test_the_rerun_button_makes_a_new_run_even_when_nothing_changed(settled, listed):
    fork = "" if listed else "mallory/payments"
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")}, fork=fork)
    first = settled.forge.desk("acme/payments").run(pull.head, NAME).id
    rerun(settled, pull, listed=listed)
    assert settled.forge.desk("acme/payments").run(pull.head, NAME).id > first
    assert len(comments(settled, pull)) == 1


def test_a_pull_request_that_touches_it_no_more_is_brought_up_to_date(settled):
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website"), "main.py": "pass\n"})
    pull = settled.forge.desk("acme/payments").push(pull.number, {DESCRIPTOR: component("payments")})
    look(settled, pull)
    assert check(settled, pull.head).conclusion == "neutral"
    assert comments(settled, pull) == []


def test_a_closed_pull_request_is_left_alone(settled):
    desk = settled.forge.desk("acme/payments")
    pull = desk.propose({DESCRIPTOR: component("payments").replace("service", "website")})
    desk.close(pull.number)
    look(settled, pull)
    assert check(settled, pull.head) is None


def test_a_pull_request_to_another_branch_changes_nothing_in_the_catalog(settled):
    desk = settled.forge.desk("acme/payments")
    pull = desk.propose({DESCRIPTOR: component("payments").replace("service", "website")})
    desk._change(pull.number, base="release")
    look(settled, pull)
    assert check(settled, pull.head) is None


def test_a_branch_that_is_behind_takes_nothing_back(settled):
    desk = settled.forge.desk("acme/payments")
    pull = desk.propose({"docs.yaml": "x", ".github/CODEOWNERS": "* @acme/team-a\n"})
    settled.deliver("push", settled.push("payments", {"catalog/catalog-info.yaml": component("ledger")}))
    settled.settle()
    look(settled, pull)
    assert "ledger" not in check(settled, pull.head).summary
    assert "ledger" not in "".join(comments(settled, pull))


@pytest.fixture
def relied_upon(settled):
    """An API of team-a that 14 components of five teams use."""
    settled.forge.create("apis", {DESCRIPTOR: api("payments-api")})
    teams = [f"team-{letter}" for letter in "abcde"]
    settled.forge.create("teams", {DESCRIPTOR: "---\n".join(group(team, team) for team in teams)})
    for number in range(14):
        text = component(f"user-{number:02}", owner=teams[number % 5], consumesApis=["payments-api"])
        settled.forge.create(f"user-{number:02}", {DESCRIPTOR: text})
    settled.sweep()
    settled.clock.sleep(60)
    return settled


def test_removing_an_api_names_its_14_users_and_calls_their_teams(relied_upon):
    pull = propose(relied_upon, {DESCRIPTOR: None}, "apis")
    (body,) = comments(relied_upon, pull, "apis")
    said = body.split("<details>")[0]
    assert "14" in said
    assert all(f"user-{number:02}" in body + check(relied_upon, pull.head, "apis").summary for number in range(14))
    assert all(f"@acme/team-{letter}" in said for letter in "abcde")


def test_describing_an_api_better_calls_nobody(relied_upon):
    better = api("payments-api").replace("metadata:\n", "metadata:\n  description: Pays.\n")
    pull = propose(relied_upon, {DESCRIPTOR: better}, "apis")
    (body,) = comments(relied_upon, pull, "apis")
    assert "@acme" not in body


def test_a_component_that_looks_like_another_is_asked_about_and_passes(settled):
    settled.forge.create("new", {"README.md": "x"})
    settled.sweep()
    pull = propose(settled, {DESCRIPTOR: component("payments-service")}, "new")
    assert "again?" in comments(settled, pull, "new")[0]
    assert check(settled, pull.head, "new").conclusion == "success"


def test_a_component_that_looks_like_none_is_not_asked_about(settled):
    settled.forge.create("new", {"README.md": "x"})
    settled.sweep()
    pull = propose(settled, {DESCRIPTOR: component("returns")}, "new")
    assert "again?" not in comments(settled, pull, "new")[0]


def test_a_public_repository_hears_nothing_of_a_private_catalog(relied_upon):
    relied_upon.forge.describe("catalog", visibility="private")
    relied_upon.forge.describe("apis", visibility="public")
    relied_upon.sweep()
    relied_upon.clock.sleep(60)
    pull = propose(relied_upon, {DESCRIPTOR: api("payments-api").replace("lifecycle", "lifecycles")}, "apis")
    said = check(relied_upon, pull.head, "apis")
    assert said.annotations
    assert "user-" not in said.summary + "".join(one.message for one in said.annotations)
    assert comments(relied_upon, pull, "apis") == []


def test_a_repository_that_is_left_out_is_not_spoken_of(settled):
    settled.forge.push("catalog", {"waypost.yaml": "discovery:\n  exclude: [payments]\n"})
    settled.sweep()
    settled.clock.sleep(60)
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")})
    assert check(settled, pull.head) is None
    assert comments(settled, pull) == []


def test_comments_can_be_switched_off_and_the_check_stays(settled):
    settled.forge.push("catalog", {"waypost.yaml": "pulls:\n  comments: false\n"})
    settled.sweep()
    settled.clock.sleep(60)
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")})
    assert check(settled, pull.head).conclusion == "success"
    assert comments(settled, pull) == []


def test_a_generated_file_edited_by_hand_is_a_mistake(settled):
    path = next(path for path in settled.files() if path.startswith("pages/"))
    pull = propose(settled, {path: "By hand.\n"}, "catalog")
    said = check(settled, pull.head, "catalog")
    assert said.conclusion == "failure"
    assert [one.path for one in said.annotations] == [path]


def test_settings_with_an_unknown_key_are_shown_at_their_line(settled):
    pull = propose(settled, {"waypost.yaml": "discovery:\n  excludes: [x]\n"}, "catalog")
    assert [(one.path, one.line) for one in check(settled, pull.head, "catalog").annotations] == [("waypost.yaml", 2)]


TEMPLATE = """apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: thing
spec:
  type: service
  owner: team-a
  steps:
    - id: one
      action: {action}
      input:
        url: ./skeleton
"""


def template(action):
    return {
        "templates/thing/template.yaml": TEMPLATE.format(action=action),
        "templates/thing/skeleton/README.md": "Read me.\n",
    }


def test_a_template_with_an_action_that_nobody_knows_is_a_mistake(settled):
    pull = propose(settled, template("no:such"), "catalog")
    said = check(settled, pull.head, "catalog")
    assert said.conclusion == "failure"
    remark = next(one for one in said.annotations if one.level == "failure")
    assert (remark.path, remark.line) == ("templates/thing/template.yaml", 10)


def test_a_sound_template_passes_with_its_skeleton(settled):
    pull = propose(settled, template("fetch:template"), "catalog")
    said = check(settled, pull.head, "catalog")
    assert said.conclusion == "success", said
    assert not [one for one in said.annotations if one.level == "failure"]


def test_a_permission_that_is_missing_is_said_once_and_not_tried_for_ever(settled):
    desk = settled.forge.desk("acme/payments")

    def refuse(*_args, **_kwargs):
        raise NotAllowed("it needs the permission checks=write")

    desk.publish = refuse
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")})
    assert len(comments(settled, pull)) == 1
    assert settled.worker.context.figures.counts["pulls_not_allowed"] == 1
    assert settled.queue.dead() == []


def test_a_new_worker_knows_what_was_answered(settled):
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")})
    before = dict(settled.forge.desk("acme/payments").writes)
    settled.restart()
    look(settled, pull)
    assert dict(settled.forge.desk("acme/payments").writes) == before


def test_a_worker_that_has_published_nothing_answers_too(settled):
    settled.restart()
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")})
    assert len(comments(settled, pull)) == 1


def test_without_the_permission_for_pull_requests_nothing_is_tried_again(settled):
    desk = settled.forge.desk("acme/payments")
    pull = desk.propose({DESCRIPTOR: component("payments").replace("service", "website")})

    def refuse(_number):
        raise NotAllowed("it needs the permission pull_requests=read")

    desk.changes = refuse
    assert look(settled, pull) == ""
    assert settled.worker.context.figures.counts["pulls_not_allowed"] == 1
    assert settled.queue.dead() == []


def test_a_closing_that_was_never_delivered_is_found_by_the_listing(settled):
    pull = propose(settled, {DESCRIPTOR: component("payments").replace("service", "website")})
    assert len(settled.worker.context.tenant(1).answers) == 1
    settled.forge.desk("acme/payments").close(pull.number)
    number = settled.forge.describe("payments").id
    settled.queue.mark([Mark(Key(1, "pulls", str(number)))])
    settled.settle()
    assert settled.worker.context.tenant(1).answers == {}
