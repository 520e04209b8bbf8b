"""What `waypost doctor` finds where no server runs: each thing once as it should be, and once as it should not."""

from __future__ import annotations

import time

import pytest
import requests

from apps import register
from waypost.config import Config
from waypost.forge.github import connect
from waypost.forge.guarding import ruleset
from waypost.sync.doctor import examine, workflow
from waypost.sync.doctor.finding import Level
from waypost.sync.doctor.patient import Patient

pytestmark = pytest.mark.slow
READS = {"contents": "read", "metadata": "read", "members": "read", "actions": "read"}
REFRESH = "on: [push, workflow_dispatch]\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: true}]}}\n"
_NUMBERS = iter(range(1, 1_000))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    process = pytest.importorskip("waypost.sandbox.process", reason="the sandbox needs the extra `sandbox`")
    running = process.start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


class Ward:
    """An organisation with a catalog that a workflow refreshes, and a token that reads what it should."""

    def __init__(self, sandbox):
        self.sandbox, self.org = sandbox, f"ward{next(_NUMBERS)}"
        files = {"waypost.yaml": "{}\n", ".github/workflows/refresh.yml": REFRESH}
        self.ask("POST", "/_sandbox/seed", {self.org: {"catalog": {"files": files}}})
        person = {"login": f"{self.org}-ola", "organization": self.org, "role": "admin"}
        self.ask("POST", "/_sandbox/users", person)
        self.config = Config(
            api_url=sandbox.url,
            token=self.token(READS),
            github_token=sandbox.admin_token,
            catalog_repository=f"{self.org}/catalog",
        )

    def token(self, permissions):
        asked = {"login": f"{self.org}-ola", "owner": self.org, "permissions": permissions}
        return self.ask("POST", "/_sandbox/tokens", asked)["token"]

    def ask(self, verb, path, body=None):
        headers = {"Authorization": f"Bearer {self.sandbox.admin_token}"}
        answer = requests.request(verb, self.sandbox.url + path, json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def found(self, **changed):
        config = Config(**{name: getattr(self.config, name) for name in Config.__slots__} | changed)
        forges = connect(config, time.time, lambda seconds: None)
        return list(examine(Patient(config, None, forges, time.time)))

    def wrong(self, **changed):
        """All that is not well, as `level subject: text`, without the workflow's own history."""
        found = [one for one in self.found(**changed) if one.level != Level.OK]
        assert all(one.fix for one in found)
        return [f"{one.level} {one.subject}: {one.text}" for one in found if one.text != "has never ended a run"]


@pytest.fixture
def ward(sandbox):
    return Ward(sandbox)


def test_nothing_is_wrong_with_a_catalog_that_a_workflow_refreshes(ward):
    assert ward.wrong() == []
    subjects = [one.subject for one in ward.found()]
    assert {"reading", f"rules of {ward.org}/catalog", f"catalog {ward.org}/catalog"} <= set(subjects)
    assert not {"App", "webhook secret", "worker", "database"} & set(subjects)


def test_a_token_that_is_not_valid_is_told_once(ward):
    (line,) = ward.wrong(token="ghp_wrong")
    assert line.startswith("error reading: ")
    assert "Bad credentials" in line
    assert "ghp_wrong" not in line


def test_a_token_that_may_not_read_members(ward):
    lacking = ward.token({name: level for name, level in READS.items() if name != "members"})
    assert ward.wrong(token=lacking) == ["warning people: teams and members may not be read, so the pages know none"]


def test_one_token_for_both(ward):
    assert ward.wrong(token="") == ["warning reading: WAYPOST_TOKEN is not set, GITHUB_TOKEN reads as well"]


def test_a_catalog_that_the_token_may_not_see(ward):
    (line,) = [one for one in ward.wrong(catalog_repository=f"{ward.org}/nowhere") if "catalog" in one]
    assert line == f"error catalog {ward.org}/nowhere: is not there, or the token may not see it"


def test_a_rule_that_stops_the_workflow(ward):
    ward.ask("POST", f"/repos/{ward.org}/catalog/rulesets", ruleset(7) | {"bypass_actors": []})
    (line,) = [one for one in ward.wrong() if "rules" in one]
    assert line.endswith("pull_request, required_status_checks: the token of a workflow can bypass no rule")


def test_rules_against_force_pushes_stop_nothing(ward):
    rules = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    conditions = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
    body = {"name": "Keep", "target": "branch", "enforcement": "active", "conditions": conditions, "rules": rules}
    ward.ask("POST", f"/repos/{ward.org}/catalog/rulesets", body)
    assert ward.wrong() == []


def test_a_workflow_that_is_switched_off(ward):
    ward.ask("PUT", f"/repos/{ward.org}/catalog/actions/workflows/refresh.yml/disable")
    (line,) = ward.wrong()
    assert line == "error refresh.yml: is switched off (disabled_manually): nothing is read"
    (found,) = [one for one in ward.found() if one.level == Level.ERROR]
    assert found.fix.endswith(f"/{ward.org}/catalog/actions/workflows/refresh.yml")


def test_a_workflow_that_never_ran(ward):
    found = {one.subject: one for one in ward.found()}
    assert found["refresh.yml"].text == "has never ended a run"
    assert found["refresh.yml"].fix == f"gh workflow run refresh.yml --repo {ward.org}/catalog"


def test_a_token_that_may_not_look_at_actions(ward):
    lacking = ward.token({name: level for name, level in READS.items() if name != "actions"})
    assert [one.partition(":")[0] for one in ward.wrong(token=lacking)] == ["warning refresh.yml"]


def test_the_key_of_an_app(ward):
    app = register(ward.sandbox, ward.org, f"Reader {ward.org}", READS, [])
    assert ward.wrong(token=app.private_key, app_id=app.id) == []
    (reading,) = [one for one in ward.found(token=app.private_key, app_id=app.id) if one.subject == "reading"]
    assert reading.text == f"as the App Reader {ward.org}, whose key is in WAYPOST_TOKEN"


def test_the_key_of_an_app_that_may_not_read_members(ward):
    granted = {"contents": "read", "metadata": "read", "actions": "read"}
    app = register(ward.sandbox, ward.org, f"Reader {ward.org}", granted, [])
    lines = ward.wrong(token=app.private_key, app_id=app.id)
    assert lines == ["warning people: teams and members may not be read, so the pages know none"]


@pytest.mark.parametrize(
    ("said", "level"),
    [
        pytest.param("2026-12-24 09:30:00 UTC", Level.OK, id="later"),
        pytest.param("2026-11-29 09:30:00 +0100", Level.WARNING, id="soon"),
        pytest.param("2026-11-01 09:30:00 UTC", Level.WARNING, id="over"),
        pytest.param("", None, id="not said"),
        pytest.param("some day", None, id="not understood"),
    ],
)
def test_the_end_of_a_token_is_said_before_it_comes(said, level):
    found = list(workflow._end(said, 1_795_651_200.0))  # 2026-11-26
    assert [one.level for one in found] == ([level] if level else [])
