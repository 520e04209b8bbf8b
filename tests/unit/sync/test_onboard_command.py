"""`waypost onboard` as people call it, against the real sandbox."""

from __future__ import annotations

import json

import pytest

from faults.rig import ORGANISATION, Rig
from unit.sync.world import component
from waypost.cli import Exit, main

pytestmark = pytest.mark.slow
REPOSITORIES = {
    "payments": {"catalog-info.yaml": component("payments")},
    "ledger": {"CODEOWNERS": f"* @{ORGANISATION}/money\n", "go.mod": "module ledger\n"},
    "attic": {"README.md": "x\n"},
}


@pytest.fixture
def rig(tmp_path, monkeypatch):
    with Rig(tmp_path / "rig", REPOSITORIES) as rig:
        monkeypatch.setenv("GITHUB_API_URL", rig.sandbox.url)
        monkeypatch.setenv("WAYPOST_APP_ID", str(rig.sandbox.app_id))
        monkeypatch.setenv("WAYPOST_PRIVATE_KEY_FILE", str(rig.sandbox.private_key_file))
        monkeypatch.chdir(tmp_path)
        yield rig


def pulls(rig, name):
    return rig.call("GET", f"/repos/{ORGANISATION}/{name}/pulls?state=all")


def run(capsys, *words):
    code = main(["onboard", *words, "--format", "json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_dry_run_shows_the_drafts_and_opens_nothing(rig, capsys):
    code, shown = run(capsys, "--dry-run")
    assert code == Exit.FINE
    assert [one["repository"] for one in shown] == [f"{ORGANISATION}/ledger", f"{ORGANISATION}/attic"]
    assert (shown[0]["owner"], shown[0]["type"], shown[0]["state"]) == ("money", "library", "would be opened")
    assert "kind: Component" in shown[0]["text"]
    assert pulls(rig, "ledger") == pulls(rig, "attic") == []


def test_where_it_is_off_it_opens_what_is_named_and_only_once(rig, capsys):
    assert main(["onboard"]) == Exit.USAGE
    assert "onboarding is off" in capsys.readouterr().err
    code, (opened,) = run(capsys, "--repository", "attic")
    assert (code, opened["state"]) == (Exit.FINE, "open in #1")
    (pull,) = pulls(rig, "attic")
    rig.call("PATCH", f"/repos/{ORGANISATION}/attic/pulls/{pull['number']}", {"state": "closed"})
    code, (refused,) = run(capsys, "--repository", f"{ORGANISATION}/attic")
    assert (code, refused["state"]) == (Exit.PROBLEMS, "declined in #1: never offered again")
    assert len(pulls(rig, "attic")) == 1
    assert pulls(rig, "ledger") == []


def test_where_it_is_on_it_opens_what_the_day_allows_and_reports(rig, capsys):
    rig.push("catalog", "waypost.yaml", "onboarding:\n  enabled: true\n  per_day: 1\n")
    assert main(["onboard"]) == Exit.FINE
    out = capsys.readouterr().out
    assert f"{ORGANISATION}/ledger: open in #1" in out
    assert "1 open, 1 to come; 0 left out" in out
    assert pulls(rig, "attic") == []
    (report,) = rig.call("GET", f"/repos/{ORGANISATION}/catalog/issues")
    assert "To come: 1" in report["body"]


def test_a_repository_that_is_described_or_unknown_is_a_usage_error(rig, capsys):
    for name in ("payments", "nowhere"):
        assert main(["onboard", "--repository", name]) == Exit.USAGE
        assert f'no repository "{name}" without a descriptor' in capsys.readouterr().err
