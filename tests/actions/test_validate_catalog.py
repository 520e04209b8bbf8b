"""The workflow `validate` of a catalog repository: what people write there is judged in their pull request."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from waypost.cli import main

pytestmark = pytest.mark.slow
NUMBERS = count(1)
TEAM = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments}
spec: {type: team, children: []}
"""
SERVICE = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ledger
spec:
  type: service
  lifecycle: production
  owner: payments
"""


@pytest.fixture(scope="module")
def acme(shared_rig, tmp_path_factory):
    """An organisation whose catalog repository records one team and a service."""
    folder = tmp_path_factory.mktemp("recorded")
    own = folder / "in" / shared_rig.organisation / "catalog"
    registered = {
        f"registrations/teams/{team}.yaml": TEAM.replace("payments", team) for team in ("payments", "platform")
    }
    registered["registrations/pay.yaml"] = SERVICE.replace("ledger", "pay")
    for path, text in {"waypost.yaml": "", **registered}.items():
        (own / path).parent.mkdir(parents=True, exist_ok=True)
        (own / path).write_text(text)
    assert main(["build", str(folder / "in"), "--out", str(folder / "out"), "--format", "json"]) == 0
    out = folder / "out"
    written = [
        path for path in sorted(out.rglob("*")) if path.is_file() and path.relative_to(out).parts[0] == "entities"
    ]
    records = {path.relative_to(out).as_posix(): path.read_bytes() for path in written}
    assert records
    shared_rig.catalog("catalog", {**registered, **records})
    return shared_rig


def judged(acme, files):
    """Propose files in a pull request, and give the run of `validate`."""
    acme.pull("catalog", files, branch=f"change-{next(NUMBERS)}")
    return acme.run("catalog", "validate.yml")


def places(run):
    return [(note.path, note.start_line, note.title) for note in run.job.notes if note.path != ".github"]


def test_registration_with_a_known_owner_is_green(acme):
    run = judged(acme, {"registrations/ledger.yaml": SERVICE})
    assert (run.conclusion, places(run)) == ("success", []), run


def test_registration_of_an_unknown_owner_is_annotated(acme):
    run = judged(acme, {"registrations/odd.yaml": SERVICE.replace("owner: payments", "owner: paymnts")})
    assert places(run) == [("registrations/odd.yaml", 8, "owner-unknown")], run
    assert 'Did you mean "group:default/payments"?' in run.job.notes[0].message


def test_registration_of_a_name_that_is_there_is_red(acme):
    run = judged(acme, {"registrations/again.yaml": SERVICE.replace("ledger", "pay")})
    assert (run.conclusion, places(run)) == ("failure", [("registrations/again.yaml", 4, "declared-twice")]), run


def test_settings_and_tools_are_annotated_at_their_lines(acme):
    tool = "name: pager\ntitle: Pager\nsection: oncall\n"
    run = judged(acme, {"waypost.yaml": "orphans:\n  grace_days: soon\n", "integrations/pager.yaml": tool})
    assert run.conclusion == "failure", run
    assert places(run) == [("waypost.yaml", 2, "settings-value"), ("integrations/pager.yaml", 3, "integration-form")]


def test_template_that_does_not_give_what_its_test_expects_is_red(acme):
    run = judged(acme, {"templates/docs-site/skeleton/more.md": "# Something else\n"})
    assert run.conclusion == "failure", run
    failed = [place for place in places(run) if place[2] == "test-failed"]
    assert ("templates/docs-site/tests/minimal/values.yaml", 1, "test-failed") in failed
    assert {Path(place[0]).parts[1] for place in failed} == {"docs-site"}
