"""Documentation under a real runner: built where it is written, fetched and judged by the catalog, published."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile

import pytest
import requests

from actions.rig import ROOT, git
from actions.test_refresh import begin, reading
from templates.projects import render, values_of
from waypost.config import Config
from waypost.forge.github import connect
from waypost.pages.paths import entity_file
from waypost.queue.protocol import Key, Mark
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.reconcile import drain, reconcile
from waypost.sync.worker import DOCS, Worker

pytestmark = pytest.mark.slow
README = (ROOT / "actions" / "publish-docs" / "README.md").read_text("utf-8")
EXAMPLE, COMMENTED, *_ = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
WORKFLOW = ".github/workflows/docs.yml"
BRANCH = "waypost-docs"
CI = (".github/workflows/ci.yml", ".github/workflows/image.yml")  # tests/create runs these
FORGERY = """
      - run: |
          mkdir forged
          cp -R "$RUNNER_TEMP"/waypost-docs-*/site/. forged
          sed -i 's#default/evil#default/pay#' forged/techdocs_metadata.json
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with:
          name: waypost-docs-component-default-evil
          path: forged
          overwrite: true
"""


def descriptor(name):
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        f"metadata:\n  name: {name}\n  annotations: {{backstage.io/techdocs-ref: 'dir:.'}}\n"
        "spec:\n  type: service\n  lifecycle: production\n  owner: payments\n"
    )


def service(rig, name, words, workflow=EXAMPLE, **more):
    """Make a repository with documentation, and push what begins its workflow."""
    held = {"catalog-info.yaml": descriptor(name), "docs/index.md": f"# {name}\n\n{words}\n", **more}
    rig.repository(name, {**held, WORKFLOW: workflow})
    return rig.push(name, {"docs/guide.md": "# Guide\n\n[Home](index.md) [gone](gone.md)\n"}, "Document")


def call(rig, workflow):
    rig.dispatch("catalog", workflow)
    run = rig.run("catalog", workflow)
    assert run.conclusion == "success", run
    return run


def on_branch(rig):
    """Everything on the branch of the central site: {path: bytes}."""
    folder = rig.checkout("catalog", BRANCH)
    listed = git(folder, "ls-files", "-z").split("\0")
    return {path: (folder / path).read_bytes() for path in listed if path}


def commits(rig):
    return git(rig.checkout("catalog", BRANCH), "log", "--format=%s", f"origin/{BRANCH}").splitlines()


def artifacts(rig, name):
    return rig.get(f"{name}/actions/artifacts")["artifacts"]


@pytest.fixture(scope="module")
def published(shared_rig):
    """Two repositories with documentation, a third that claims the first one's place, and one look of the catalog."""
    rig = shared_rig
    service(rig, "pay", "How to pay.")
    service(rig, "ledger", "How to book.")
    service(rig, "evil", "Give me your password.", EXAMPLE.rstrip("\n") + FORGERY)
    begin(rig, reading(rig, actions="read"))
    for name in ("pay", "ledger", "evil"):
        run = rig.run(name, "docs.yml")
        assert run.conclusion == "success", run
    call(rig, "refresh.yml")
    rig.collected = call(rig, "docs.yml")
    return rig


def test_two_repositories_are_built_fetched_and_published_in_one_batch(published):
    files = on_branch(published)
    assert "How to pay." in files["site/default/component/pay/index.html"].decode()
    assert "How to book." in files["site/default/component/ledger/index.html"].decode()
    assert "How to pay." in files["markdown/default/component/pay/index.md"].decode()
    assert len(commits(published)) == 1


def test_who_claims_anothers_place_is_refused(published):
    files = on_branch(published)
    assert not any(b"password" in data for path, data in files.items() if path.startswith(("site/default", "markdown")))
    assert "evil" in files["report.md"].decode()
    assert f"belongs to {published.organisation}/pay" in published.collected.log


def test_annotations_of_a_build_are_on_their_lines(published):
    run = published.run("pay", "docs.yml")
    assert ("docs/guide.md", 3, "warning") in [note.place for note in run.job.notes]
    assert "documentation of component:default/pay" in run.job.summary


def test_nothing_new_is_no_commit(published):
    before = commits(published)
    run = call(published, "docs.yml")
    assert "no news" in run.log
    assert commits(published) == before


def test_no_secret_is_near_the_build(published):
    """The step that reads what anybody wrote has no token in its environment."""
    text = (ROOT / "actions" / "publish-docs" / "action.yml").read_text("utf-8")
    build = text.partition("- id: build")[2].partition("- id: upload")[0]
    assert "token" not in build.lower()
    assert "secrets" not in EXAMPLE


def test_a_pull_request_gets_a_preview_that_is_never_published(published):
    rig = published
    workflow = EXAMPLE.replace("      contents: read\n", "      contents: read\n      pull-requests: write\n")
    workflow = workflow.rstrip("\n") + "\n        with:\n          comment: true\n"
    assert "comment: true" in COMMENTED
    service(rig, "shop", "How to buy.", workflow)
    number = rig.pull("shop", {"docs/index.md": "# shop\n\nHow to steal. [gone](nowhere.md)\n"})
    run = next(one for one in rig.runs("shop", "docs.yml") if one.event == "pull_request")
    assert run.conclusion == "success", run
    assert ("docs/index.md", 3, "warning") in [note.place for note in run.job.notes]
    names = {one["name"]: one for one in artifacts(rig, "shop")}
    preview = names["waypost-docs-preview-component-default-shop"]
    (comment,) = rig.get(f"shop/issues/{number}/comments")
    assert f"/actions/runs/{run.id}/artifacts/{preview['id']})" in comment["body"]
    assert "2 pages, 2 warnings" in comment["body"]
    page = unpacked(rig, preview)["index.html"].decode()
    assert 'guide/index.html"' in page

    rig.push("shop", {"docs/more.md": "# More\n"}, branch="change")
    rig.settle()
    (edited,) = rig.get(f"shop/issues/{number}/comments")
    assert edited["id"] == comment["id"]
    assert "3 pages" in edited["body"]

    call(rig, "refresh.yml")
    call(rig, "docs.yml")
    files = on_branch(rig)
    assert "How to buy." in files["site/default/component/shop/index.html"].decode()
    assert not any(b"How to steal." in data for data in files.values())


def unpacked(rig, artifact):
    headers = {"Authorization": f"Bearer {rig.hall.sandbox.admin_token}"}
    led = requests.get(artifact["archive_download_url"], headers=headers, allow_redirects=False, timeout=30)
    data = requests.get(led.headers["Location"], timeout=30).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_outputs_say_what_was_built(rig):
    told = EXAMPLE.replace("      - uses: OWNER", "      - id: it\n        uses: OWNER")
    service(rig, "pay", "Hello.", told)
    run = rig.run("pay", "docs.yml")
    assert run.conclusion == "success", run
    (artifact,) = artifacts(rig, "pay")
    expected = {
        "it.pages": "2",
        "it.warnings": "1",
        "it.entity": "component:default/pay",
        "it.artifact-id": str(artifact["id"]),
        "it.artifact-url": f"{rig.url}/{rig.organisation}/pay/actions/runs/{run.id}/artifacts/{artifact['id']}",
    }
    assert run.job.outputs.items() >= expected.items()


def test_what_a_shipped_template_makes_hands_its_documentation_over_with_its_first_push(rig):
    made = render("python-service", values_of("python-service/full"))
    rig.repository("made")
    rig.push("made", {path: entry.data for path, entry in made.items() if not path.startswith(CI)})
    run = rig.run("made", "docs.yml")
    assert run.conclusion == "success", run
    name = values_of("python-service/full")["name"]
    assert [artifact["name"] for artifact in artifacts(rig, "made")] == [f"waypost-docs-component-default-{name}"]


def test_each_entity_has_a_step_and_an_artifact(rig):
    step = EXAMPLE[EXAMPLE.index("      - uses: OWNER") :].rstrip("\n")
    steps = "".join(f"{step}\n        with: {json.dumps({'entity': f'component:default/{name}'})}\n" for name in "ab")
    both = "---\n".join(descriptor(name).replace("dir:.", f"dir:./{name}") for name in "ab")
    files = {"catalog-info.yaml": both, "a/docs/index.md": "# A\n", "b/docs/index.md": "# B\n"}
    rig.repository("both", {**files, WORKFLOW: EXAMPLE.replace(step + "\n", steps)})
    rig.push("both", {"README.md": "# Both\n"})
    run = rig.run("both", "docs.yml")
    assert run.conclusion == "success", run
    assert {one["name"] for one in artifacts(rig, "both")} == {
        f"waypost-docs-component-default-{name}" for name in "ab"
    }


def test_documentation_that_cannot_be_built_is_red_and_says_why(rig):
    rig.repository("bare", {"catalog-info.yaml": descriptor("bare"), WORKFLOW: EXAMPLE})
    rig.push("bare", {"src/main.py": "print()\n"})
    run = rig.run("bare", "docs.yml")
    assert run.conclusion == "failure"
    assert any("Add a README.md" in note.message for note in run.job.notes), run
    assert artifacts(rig, "bare") == []


def test_a_token_that_may_not_read_runs_is_told_what_it_lacks(rig):
    service(rig, "pay", "How to pay.")
    begin(rig)
    call(rig, "refresh.yml")
    rig.dispatch("catalog", "docs.yml")
    run = rig.run("catalog", "docs.yml")
    assert run.conclusion == "failure"
    assert "Actions: read" in said(run), run


def test_an_entity_that_goes_takes_its_documentation_along(rig):
    service(rig, "pay", "How to pay.")
    service(rig, "ledger", "How to book.")
    begin(rig, reading(rig, actions="read"))
    call(rig, "refresh.yml")
    call(rig, "docs.yml")
    assert "site/default/component/pay/index.html" in on_branch(rig)
    rig.push("pay", {"catalog-info.yaml": None})
    rig.push("catalog", {entity_file("component:default/pay"): None}, "Do not wait for the grace period")
    call(rig, "refresh.yml")
    call(rig, "docs.yml")
    files = on_branch(rig)
    assert not any("component/pay/" in path for path in files)
    assert "site/default/component/ledger/index.html" in files


def deploy(rig):
    """Run site.yml alone; give its run."""
    rig.dispatch("catalog", "site.yml")
    return rig.run("catalog", "site.yml")


def said(run):
    return " ".join(note.message for job in run.jobs.values() for note in job.notes)


def test_without_pages_nothing_is_deployed_and_nothing_fails(published):
    assert published.collected.conclusions.keys() == {"collect", "deploy"}, published.collected
    assert "GitHub Pages are not switched on here" in said(published.collected)


def test_private_documentation_is_not_deployed_to_a_public_site_before_somebody_says_so(rig):
    service(rig, "pay", "How to pay.")
    begin(rig, reading(rig, actions="read"))
    call(rig, "refresh.yml")
    call(rig, "docs.yml")
    rig.ask("POST", f"/repos/{rig.organisation}/catalog/pages", {"build_type": "workflow"})
    refused = deploy(rig)
    assert refused.conclusion == "success", refused
    assert f"everybody could read documentation of {rig.organisation}/pay on a public site" in said(refused)
    assert artifacts(rig, "catalog") == []
    assert "page_url" not in str(refused.job.outputs)

    text = (rig.checkout("catalog") / "waypost.yaml").read_text("utf-8")
    rig.push("catalog", {"waypost.yaml": f"{text}\ndocs:\n  public: true\n"})
    # as the App does when it has placed something
    rig.ask("POST", f"/repos/{rig.organisation}/catalog/dispatches", {"event_type": "waypost-site"})
    deployed = rig.run("catalog", "site.yml")
    assert deployed.event == "repository_dispatch"
    assert deployed.conclusion == "success", deployed
    assert "page_url" in str(deployed.job.outputs)


def test_the_app_publishes_the_same(published, tmp_path):
    """A fresh branch, filled by the App's lane from the same artifacts, ends with the same sites."""
    rig = published
    expected = {path: data for path, data in on_branch(rig).items() if "/pay/" in path or "/ledger/" in path}
    rig.ask("DELETE", f"/repos/{rig.organisation}/catalog/git/refs/heads/{BRANCH}")
    box = rig.hall.sandbox
    config = Config(api_url=box.url, app_id=box.app_id, private_key=box.private_key)
    forges = connect(config, time.time, lambda seconds: None, tmp_path / "mirrors")
    queue = SqliteQueue(tmp_path / "app.db")
    worker = Worker(queue, forges, config, pace=Pace(sweep=0))
    assert reconcile(worker, rig.organisation).left == 0
    (number,) = (one.id for one in forges.installations() if one.account == rig.organisation)
    queue.mark([Mark(Key(number, "docs", str(rig.get(name)["id"]))) for name in ("pay", "ledger", "evil")])
    assert drain(worker, [DOCS], lambda done, total: None, time.sleep) == ""
    found = on_branch(rig)
    assert {path: found.get(path) for path in expected} == expected
