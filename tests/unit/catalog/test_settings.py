"""waypost.yaml: every line optional, every mistake named, nothing fatal."""

from __future__ import annotations

import jsonschema_rs
import pytest

from waypost.catalog import schema
from waypost.catalog.creation import Allowance, Creation
from waypost.catalog.entities import Repository
from waypost.catalog.publishing import Publishing
from waypost.catalog.settings import Settings, parse

WHOLE = """\
organisation: acme
catalog: acme/portal
kinds: [Dataset]
discovery:
  include: ["*"]
  exclude: [sandbox-*, other/tool]
  archived: false
  forks: true
  narrower: true
orphans:
  grace_days: 7
publish:
  min_interval_seconds: 2.5
handovers:
  component:Pay: Acme/Pay-2
integrations:
  grafana: {url: "https://grafana.acme.example"}
  jenkins: false
create:
  allow:
    - {teams: [Platform], templates: ["*"], names: [infra-*], visibilities: [public], owners: ["*"], approvers: [leads]}
    - {teams: ["*"], templates: [docs-site]}
docs: {publish: markdown, public: true, workflows: [site]}
"""


def test_every_setting_is_read():
    chosen, problems = parse(WHOLE)
    assert problems == ()
    assert chosen == Settings(
        organisation="acme",
        kinds=("Dataset",),
        include=("*",),
        exclude=("sandbox-*", "other/tool"),
        archived=False,
        forks=True,
        show_narrower=True,
        grace_days=7,
        publish_seconds=2.5,
        handovers={"component:default/pay": "acme/pay-2"},
        integrations={"grafana": {"url": "https://grafana.acme.example"}, "jenkins": False},
        creation=Creation(
            (
                Allowance(("platform",), ("*",), ("infra-*",), ("public",), ("*",), ("leads",)),
                Allowance(("*",), ("docs-site",)),
            )
        ),
        docs=Publishing("markdown", public=True, workflows=("site",)),
        catalog_repository="acme/portal",
    )


@pytest.mark.parametrize("text", ["", "---\n", "# nothing\n", "{}"])
def test_nothing_gives_the_safe_defaults(text):
    assert parse(text) == (Settings(), ())
    assert not Settings().show_narrower
    assert not Settings().forks


def test_the_defaults_are_those_of_the_schema():
    found = {}

    def collect(node, place=""):
        for name, value in node.get("properties", {}).items():
            if "default" in value:
                found[f"{place}{name}"] = value["default"]
            collect(value, f"{place}{name}.")
            collect(value.get("items", {}), f"{place}{name}.")

    collect(schema.schemas()["waypost"])
    default, allowance = Settings(), Allowance((), ())
    steering = default.steering
    assert found == {
        "create.allow.names": list(allowance.names),
        "create.allow.visibilities": list(allowance.visibilities),
        "create.allow.owners": list(allowance.owners),
        "create.allow.approvers": list(allowance.approvers),
        "docs.publish": default.docs.publish,
        "docs.public": default.docs.public,
        "docs.workflows": list(default.docs.workflows),
        "discovery.include": list(default.include),
        "discovery.exclude": list(default.exclude),
        "discovery.archived": default.archived,
        "discovery.forks": default.forks,
        "discovery.narrower": default.show_narrower,
        "orphans.grace_days": default.grace_days,
        "publish.min_interval_seconds": default.publish_seconds,
        "pulls.comments": steering.comments,
        "published.enabled": steering.published,
        "registrations.merge.wait_minutes.new": steering.merging.new_minutes,
        "registrations.merge.wait_minutes.update": steering.merging.update_minutes,
        "onboarding.enabled": steering.onboarding.is_on,
        "onboarding.include": list(steering.onboarding.include),
        "onboarding.exclude": list(steering.onboarding.exclude),
        "onboarding.per_day": steering.onboarding.per_day,
        "onboarding.report": steering.onboarding.reports,
    }


def test_the_schema_is_sound_and_says_what_everything_is():
    whole = schema.schemas()["waypost"]
    jsonschema_rs.meta.validate(whole)

    def silent(node, path=""):
        for name, value in node.get("properties", {}).items():
            if "description" not in value:
                yield f"{path}/{name}"
            yield from silent(value, f"{path}/{name}")
            yield from silent(value.get("items", {}), f"{path}/{name}/*")

    assert not list(silent(whole))


@pytest.mark.parametrize(
    ("text", "id", "line", "says", "fix"),
    [
        ("discovry: {}\n", "settings-unknown", 1, "discovry", 'Did you mean "discovery"?'),
        ("discovery:\n  exlude: [a]\n", "settings-unknown", 2, "discovery.exlude", 'Did you mean "exclude"?'),
        ("orphans:\n  grace_days: -1\n", "settings-value", 2, 'orphans.grace_days: "-1" must be at least 0', "Correct"),
        ("discovery:\n  forks: yes\n", "settings-value", 2, 'discovery.forks: "yes" must be true or false', "Correct"),
        ("handovers:\n  pay: acme/x\n", "settings-value", 2, "handovers.pay", "kind:namespace/name"),
        ("handovers:\n  component:pay: x\n", "settings-value", 2, "handovers.component:pay", "owner/name"),
        ("integrations: {jenkins: true}\n", "settings-value", 1, "integrations.jenkins", "false"),
        ("- a\n", "settings-value", 1, "not a mapping", "keys"),
        ("kinds: [a\n", "yaml-syntax", 2, "", ""),
        ("{}\n---\n{}\n", "settings-value", 2, "document 2", "Join"),
    ],
)
def test_a_mistake_is_named_and_passed_over(text, id, line, says, fix):
    chosen, (problem,) = parse(text, "acme/catalog")
    assert (problem.id, problem.line, problem.file, problem.repository) == (id, line, "waypost.yaml", "acme/catalog")
    assert says in problem.message
    assert fix in problem.fix
    assert chosen == Settings(catalog_repository="acme/catalog", problems=(problem,))


def test_a_mistake_in_one_line_leaves_the_others_in_force():
    chosen, _ = parse("orphans: {grace_days: x}\ndiscovery: {exclude: [a, 3, b]}\n")
    assert chosen.exclude == ("a", "b")
    assert chosen.grace_days == Settings().grace_days


ALLOWED = "  - {teams: [a], templates: [b]}\n"


@pytest.mark.parametrize(
    ("entry", "says", "fix"),
    [
        ("{teams: [x], templates: [y], names: pay-*}", 'create.allow[0].names: "pay-*" must be a list', "Correct"),
        ("{teams: [x], templates: [y], name: [pay-*]}", "create.allow[0].name: there is no", 'you mean "names"?'),
        ("{teams: [x], templates: [y], names: []}", "create.allow[0].names", "Correct"),
        ("{teams: [x]}", "create.allow[0]: lacks templates", "Add templates"),
        ("{teams: [acme/x], templates: [y]}", 'create.allow[0].teams[0]: "acme/x"', "without the organisation"),
        ("{teams: [x], templates: [y], visibilities: [secret]}", "one of private, internal, public", "Correct"),
    ],
)
def test_an_allowance_with_a_mistake_allows_nothing(entry, says, fix):
    chosen, (problem,) = parse(f"create:\n  allow:\n  - {entry}\n{ALLOWED}")
    assert chosen.creation == Creation((Allowance(("a",), ("b",)),))
    assert says in problem.message
    assert "the whole entry is passed over" in problem.message
    assert fix in problem.fix


def test_more_mistakes_than_are_listed_allow_nothing():
    wrong = "  - {teams: [x], templates: [y], names: pay-*}\n"
    chosen, problems = parse(f"create:\n  allow:\n{ALLOWED}{wrong * 150}")
    assert len(problems) >= 100
    assert chosen.creation == Creation()


@pytest.mark.parametrize(
    ("settings", "repository", "is_out"),
    [
        ({"include": ("pay-*",)}, {"name": "Pay-Api"}, False),
        ({"include": ("pay-*",)}, {"name": "ledger"}, True),
        ({"exclude": ("acme/pay",)}, {"name": "pay"}, True),
        ({"exclude": ("other/pay",)}, {"name": "pay"}, False),
        ({}, {"name": "pay", "is_archived": True}, False),
        ({"archived": False}, {"name": "pay", "is_archived": True}, True),
        ({}, {"name": "pay", "is_fork": True}, True),
        ({"forks": True}, {"name": "pay", "is_fork": True}, False),
        ({}, {"name": "pay", "visibility": "private"}, True),
        ({"show_narrower": True}, {"name": "pay", "visibility": "private"}, False),
    ],
)
def test_which_repositories_are_looked_at(settings, repository, is_out):
    home = Repository(1, "acme", **{"visibility": "internal"} | repository)
    assert bool(Settings(**settings).reason_left_out(home, "internal")) == is_out


def test_registrations_merge_by_themselves_only_when_somebody_wrote_so():
    assert not parse("")[0].steering.merging.is_on
    merging = parse("registrations: {merge: {teams: [Payments], wait_minutes: {update: 0}}}")[0].steering.merging
    assert (merging.is_on, merging.teams, merging.update_minutes) == (True, ("payments",), 0)


@pytest.mark.parametrize(
    "mistake", ["teams: [a b]", "teams: []", "teams: [a], wait_minutes: {new: soon}", "wait: 5, teams: [a]"]
)
def test_rules_of_merging_with_a_mistake_let_nothing_merge(mistake):
    settings, problems = parse(f"registrations: {{merge: {{{mistake}}}}}\norphans: {{grace_days: 7}}")
    assert problems
    assert not settings.steering.merging.is_on
    assert settings.grace_days == 7
