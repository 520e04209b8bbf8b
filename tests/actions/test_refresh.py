"""The refresh of a catalog without a server, really run: what it writes, what it refuses, and what it says."""

from __future__ import annotations

import re
import time

import pytest

from actions.rig import ROOT, git
from waypost.config import Config
from waypost.create import beginning
from waypost.create.beginning import Facts, Reference
from waypost.create.disk import shipped
from waypost.forge.github import connect
from waypost.golden.tree import File
from waypost.pages.paths import entity_file
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.reconcile import reconcile
from waypost.sync.worker import Worker

README = ROOT / "actions" / "refresh-catalog" / "README.md"
PAY = entity_file("component:default/pay")
REPOSITORIES = {
    "pay": {"catalog-info.yaml": "", "openapi.yaml": "openapi: 3.1.0\ninfo: {title: Pay, version: '1'}\npaths: {}\n"},
    "ledger": {"README.md": "# Ledger\n", "CODEOWNERS": "* @ORG/payments\n"},
    "broken": {"catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a b}\n"},
}


def descriptor(name="pay", owner="payments"):
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        f"metadata:\n  name: {name}\nspec:\n  type: service\n  lifecycle: production\n  owner: {owner}\n"
    )


def fill(rig, **visibility):
    for name, files in REPOSITORIES.items():
        held = {path: (text or descriptor(name)).replace("ORG", rig.organisation) for path, text in files.items()}
        rig.repository(name, held, **visibility)


def reading(rig, who="ola", **permissions):
    """A fine-grained token of a person that reads, as docs/actions-only.md asks for."""
    wanted = {"contents": "read", "metadata": "read", "members": "read"} | permissions
    asked = {"login": rig.login(who), "owner": rig.organisation, "permissions": wanted}
    return rig.ask("POST", "/_sandbox/tokens", asked)["token"]


@pytest.fixture
def organisation(rig):
    """Three repositories and a catalog that has just begun, with the token that reads in its secrets."""
    fill(rig)
    begin(rig)
    return rig


def begin(rig, token=""):
    """Put the template there silently, so that the first run is the one a test asks for."""
    home, commit = rig.home
    url, platform = f"{rig.url}/{rig.organisation}/catalog", f"{rig.organisation}/platform"
    facts = Facts("actions", url, platform, Reference(home, commit, "v0.1.0"))
    begun = beginning.begin(shipped("catalog_template"), shipped("schemas"), facts).files
    rig.repository("catalog", {path: entry.data.decode() for path, entry in begun.items() if isinstance(entry, File)})
    rig.secret("catalog", "WAYPOST_TOKEN", token or reading(rig))


def refresh(rig, **inputs):
    rig.dispatch("catalog", "refresh.yml", inputs)
    return rig.run("catalog", "refresh.yml")


def outputs(run):
    """What the command handed on: {name: value}."""
    return {key.rpartition(".refresh.")[2]: text for key, text in run.job.outputs.items() if ".refresh." in key}


def tree(rig, name="catalog"):
    """The files of a repository at its head: {path: (mode, blob)}."""
    listed = git(rig.checkout(name), "ls-tree", "-r", "HEAD").splitlines()
    rows = (line.split("\t") for line in listed)
    return {path: tuple(facts.split()[::2]) for facts, path in rows}


def by_the_app(rig, folder):
    """Let the App do the whole work on the same organisation."""
    box = rig.hall.sandbox
    config = Config(api_url=box.url, app_id=box.app_id, private_key=box.private_key)
    forges = connect(config, time.time, lambda seconds: None, folder / "mirrors")
    worker = Worker(SqliteQueue(folder / "app.db"), forges, config, pace=Pace(sweep=0))
    summary = reconcile(worker, rig.organisation)
    assert summary.left == 0, summary
    return summary


def test_refresh_writes_byte_for_byte_what_the_app_writes(organisation, tmp_path):
    rig = organisation
    before = git(rig.checkout("catalog"), "rev-parse", "HEAD").strip()
    run = refresh(rig)
    assert run.conclusion == "success", run
    ours = tree(rig)
    assert PAY in ours
    assert ".github/ISSUE_TEMPLATE/create-python-service.yml" in ours
    # the same start for the App
    remote = rig.checkout("catalog")
    git(remote, "checkout", "--quiet", "-B", "main", before)
    url = f"{rig.hall.sandbox.git_url}/{rig.organisation}/catalog.git".replace(
        "://", f"://x:{rig.hall.sandbox.admin_token}@"
    )
    git(remote, "push", "--quiet", "--force", url, "main")
    rig.settle()
    assert PAY not in tree(rig)
    assert by_the_app(rig, tmp_path).commits == 1
    assert tree(rig) == ours


def test_run_tells_what_it_did(organisation):
    run = refresh(organisation)
    assert run.conclusion == "success", run
    told, said = outputs(run), run.job.summary
    assert told["left"] == "0"
    assert int(told["changed"]) > 10
    assert int(told["entities"]) >= 1
    assert int(told["problems"]) >= 1
    assert told["commit"] == git(organisation.checkout("catalog"), "rev-parse", "HEAD").strip()
    assert told["commit"][:10] in said
    assert "Problems" in said
    assert "described" in said


def test_example_of_the_readme_hands_every_output_on(organisation):
    text = README.read_text("utf-8")
    (example, *_) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    names = re.findall(r"`(\w+)`", text.partition("## Outputs")[2].partition("##")[0].replace("`, `", "` `"))
    look = "".join(f"      - run: echo 'output {name}=${{{{ steps.mine.outputs.{name} }}}}'\n" for name in names)
    asked = (
        example.replace("on:\n", "on:\n  workflow_dispatch:\n").replace("- uses:", "- id: mine\n        uses:") + look
    )
    organisation.push("catalog", {".github/workflows/mine.yml": asked})
    organisation.dispatch("catalog", "mine.yml")
    run = organisation.run("catalog", "mine.yml")
    assert run.conclusion == "success", run
    told = dict(re.findall(r"output (\w+)=(\w+)", run.log))
    assert set(told) == {"commit", "changed", "repositories", "entities", "problems", "calls", "left"}, run


def test_run_without_changes_makes_no_commit(organisation):
    first = refresh(organisation)
    again = refresh(organisation)
    assert again.conclusion == "success", again
    assert outputs(again)["commit"] == ""
    assert "nothing to change" in again.job.summary
    head = git(organisation.checkout("catalog"), "rev-parse", "HEAD").strip()
    assert head == outputs(first)["commit"]


def test_dry_run_writes_nothing_and_says_what_would_change(organisation):
    before = tree(organisation)
    run = refresh(organisation, **{"dry-run": "true"})
    assert run.conclusion == "success", run
    assert int(outputs(run)["changed"]) > 10
    assert outputs(run)["commit"] == ""
    assert "would change" in run.job.summary
    assert tree(organisation) == before


def test_repository_asks_for_a_refresh_after_a_push(organisation):
    rig = organisation
    refresh(rig)
    rig.push("pay", {"catalog-info.yaml": descriptor(owner="platform")})
    body = {"event_type": "waypost-refresh"}
    rig.ask("POST", f"/repos/{rig.organisation}/catalog/dispatches", body, who="ola", status=204)
    run = rig.run("catalog", "refresh.yml")
    assert (run.event, run.conclusion) == ("repository_dispatch", "success"), run
    assert "owner: platform" in rig.checkout("catalog").joinpath(PAY).read_text()


def test_push_of_what_people_write_refreshes_and_our_commits_do_not(organisation):
    rig = organisation
    system = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: checkout\nspec:\n  owner: payments\n"
    rig.push("catalog", {"registrations/systems/checkout.yaml": system})
    runs = rig.runs("catalog", "refresh.yml")
    assert runs[0].event == "push"
    assert runs[0].conclusion == "success", runs[0]
    assert entity_file("system:default/checkout") in tree(rig)
    assert len(rig.runs("catalog", "refresh.yml")) == len(runs)


def test_hour_comes(organisation):
    organisation.schedule("catalog", "refresh.yml")
    run = organisation.run("catalog", "refresh.yml")
    assert (run.event, run.conclusion) == ("schedule", "success"), run
    assert PAY in tree(organisation)


def notes(run):
    return [(note.annotation_level, note.message) for note in run.job.notes]


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("ghp_wrong", "Bad credentials"),
        ("-----BEGIN x", "WAYPOST_APP_ID is missing"),
        ("", "WAYPOST_TOKEN is missing"),
    ],
    ids=["wrong", "a key without its App", "none"],
)
def test_token_that_does_not_work_is_told_above_the_run(rig, token, said):
    fill(rig)
    begin(rig, token)
    if not token:
        rig.ask("DELETE", f"/repos/{rig.organisation}/catalog/actions/secrets/WAYPOST_TOKEN")
    before = tree(rig)
    run = refresh(rig)
    assert run.conclusion == "failure", run
    assert any(level == "failure" and said in text for level, text in notes(run)), (notes(run), run)
    assert not token or token not in run.log
    assert tree(rig) == before


def test_mistake_in_the_settings_is_remarked_on_its_line(organisation):
    text = organisation.checkout("catalog").joinpath("waypost.yaml").read_text() + "\npublishing:\n  evry: 10\n"
    line = len(text.splitlines())
    organisation.push("catalog", {"waypost.yaml": text})
    run = organisation.run("catalog", "refresh.yml")
    assert ("waypost.yaml", line) in [note.place[:2] for note in run.job.notes], run


def test_public_catalog_leaves_private_repositories_out(rig):
    fill(rig)
    rig.repository("open", {"catalog-info.yaml": descriptor("open")}, visibility="public")
    begin(rig)
    rig.ask("PATCH", f"/repos/{rig.organisation}/catalog", {"visibility": "public", "private": False})
    assert refresh(rig).conclusion == "success"
    held = tree(rig)
    assert entity_file("component:default/open") in held
    assert PAY not in held


def test_key_of_an_app_reads_instead_of_a_token(organisation):
    rig = organisation
    rig.secret("catalog", "WAYPOST_TOKEN", rig.hall.sandbox.private_key)
    rig.variable("catalog", "WAYPOST_APP_ID", str(rig.hall.sandbox.app_id))
    run = refresh(rig)
    assert run.conclusion == "success", run
    assert PAY in tree(rig)
    assert "PRIVATE KEY" not in run.log


def test_rule_that_the_workflow_cannot_pass_is_told_at_once(organisation):
    rig = organisation
    conditions = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
    rules = [{"type": "update"}]
    body = {"name": "Stop", "target": "branch", "enforcement": "active", "conditions": conditions, "rules": rules}
    rig.ask("POST", f"/repos/{rig.organisation}/catalog/rulesets", body)
    run = refresh(rig)
    assert run.conclusion == "failure"
    assert any("A workflow's own token can bypass none" in text for level, text in notes(run)), run


def test_token_without_the_right_to_write_fails_and_says_what_it_needs(organisation):
    rig = organisation
    refreshing = rig.checkout("catalog").joinpath(".github/workflows/refresh.yml").read_text()
    changed = refreshing.replace("contents: write", "contents: read")
    assert changed != refreshing
    rig.push("catalog", {".github/workflows/refresh.yml": changed})
    run = refresh(rig)
    assert run.conclusion == "failure"
    assert any("permissions: contents: write" in text for level, text in notes(run)), run
