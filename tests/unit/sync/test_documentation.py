"""The App's lane: a finished run brings documentation onto the central site, the catalog takes it away again."""

from __future__ import annotations

import pytest

from unit.sync.test_collecting import packed, site
from unit.sync.world import base, component
from waypost.docs.artifacts import artifact_of
from waypost.docs.limits import BRANCH
from waypost.forge.protocol import NotAllowed, Unavailable
from waypost.queue.protocol import Key, Mark
from waypost.sync import documentation
from waypost.sync.documentation import CLAIM_SECONDS
from waypost.sync.documented import LOOK_SECONDS

PAYMENTS = "component:default/payments"
INDEX = "site/default/component/payments/index.html"
pytest.importorskip("material", reason='MkDocs is not installed: pip install "waypost[docs]"')


def documented(name):
    text = component(name).replace("name:", "annotations: {backstage.io/techdocs-ref: 'dir:.'}\n  name:")
    assert "techdocs-ref" in text
    return text


def upload(world, name, words="Hello", ref="", **more):
    ref = ref or f"component:default/{name}"
    head = world.forge.describe(name).head
    data = packed(site(ref, words))
    return world.forge.artifacts().upload(f"acme/{name}", artifact_of(f"component:default/{name}"), data, head, **more)


def finish(world, name, /, **bent):
    """The delivery of a run that ended well."""
    repository = world.forge.describe(name)
    run = {"name": "Documentation", "path": ".github/workflows/docs.yml", "conclusion": "success"}
    run |= {"head_branch": "main", "head_repository": {"id": repository.id}} | bent
    world.deliver("workflow_run", base(repository, action="completed", workflow_run=run))


def branch(world):
    return world.forge.files("catalog", BRANCH)


def charged(world):
    return sum(number for (_, price), number in world.forge.calls().items() if price == "charged")


@pytest.fixture
def described(world):
    """Payments says that it has documentation, and that is published; its day has begun."""
    world.forge.create("payments", {"catalog-info.yaml": documented("payments")})
    world.sweep()
    assert world.settle() == ""
    world.clock.sleep(60)
    return world


def test_a_finished_run_is_published(described):
    upload(described, "payments", "How to pay")
    finish(described, "payments")
    assert described.settle() == ""
    assert "How to pay" in branch(described)[INDEX].decode()
    assert "How to pay" not in str(described.files())


def test_the_workflow_that_deploys_the_site_is_told_once(described):
    described.forge.dispatched.clear()
    upload(described, "payments")
    for _ in range(2):
        finish(described, "payments")
        assert described.settle() == ""
    assert described.forge.dispatched == [("acme/catalog", "waypost-site")]


def test_nobody_is_told_of_a_site_that_nobody_wants(described):
    described.forge.push("catalog", {"waypost.yaml": "docs: {publish: markdown}\n"})
    described.forge.dispatched.clear()
    upload(described, "payments")
    finish(described, "payments")
    assert described.settle() == ""
    assert "markdown/default/component/payments/index.md" in branch(described)
    assert described.forge.dispatched == []


def test_other_branches_and_the_catalog_stay_as_they_are(described):
    before = described.commits()
    upload(described, "payments")
    finish(described, "payments")
    assert described.settle() == ""
    assert described.commits() == before


def test_a_repository_without_documentation_costs_no_call(settled):
    settled.sweep()
    before = charged(settled)
    finish(settled, "payments")
    assert settled.settle() == ""
    assert charged(settled) == before
    assert branch(settled) == {}


def test_a_run_that_is_over_before_its_descriptor_is_read_is_not_lost(settled):
    settled.forge.push("payments", {"catalog-info.yaml": documented("payments")})
    upload(settled, "payments", "Early")
    finish(settled, "payments")
    settled.worker.run_once()
    assert branch(settled) == {}
    settled.queue.mark([Mark(Key(1, "repo", str(settled.forge.describe("payments").id)))])
    assert settled.settle() == ""
    assert "Early" in branch(settled)[INDEX].decode()


def test_a_run_of_whoever_never_declares_anything_is_let_go(settled):
    finish(settled, "payments")
    began = settled.clock.now
    assert settled.settle() == ""
    assert CLAIM_SECONDS <= settled.clock.now - began < CLAIM_SECONDS + 60


@pytest.mark.parametrize(
    ("settings", "name", "path", "is_asked"),
    [
        pytest.param("", "CI", "ci.yml", False, id="another workflow"),
        pytest.param("", "Build Docs", "ci.yml", True, id="by its name"),
        pytest.param("", "CI", "docs.yaml", True, id="by its file"),
        pytest.param("docs: {workflows: [handbook*]}\n", "CI", "docs.yml", False, id="not as set"),
        pytest.param("docs: {workflows: [handbook*]}\n", "CI", "handbook.yml", True, id="as set"),
    ],
)
def test_only_workflows_that_build_documentation_are_looked_at(described, settings, name, path, is_asked):
    described.forge.push("catalog", {"waypost.yaml": settings})
    upload(described, "payments")
    before = charged(described)
    finish(described, "payments", name=name, path=f".github/workflows/{path}")
    assert described.settle() == ""
    assert (INDEX in branch(described)) == is_asked
    assert (charged(described) > before) == is_asked


def test_an_entity_that_goes_takes_its_documentation_along(described):
    upload(described, "payments")
    finish(described, "payments")
    assert described.settle() == ""
    described.deliver("push", described.push("payments", {"catalog-info.yaml": component("others")}))
    described.clock.sleep(60)
    assert described.settle() == ""
    assert INDEX in branch(described)  # its name and its documentation are kept for a while
    described.clock.sleep(31 * 24 * 3600)
    described.sweep()
    assert described.settle() == ""
    assert not any("payments" in path for path in branch(described))


def test_who_is_made_narrower_than_the_catalog_leaves_the_site(world):
    world.forge.describe("catalog", visibility="public")
    world.forge.create("payments", {"catalog-info.yaml": documented("payments")}, visibility="public")
    world.sweep()
    upload(world, "payments", "For everybody")
    finish(world, "payments")
    assert world.settle() == ""
    assert INDEX in branch(world)
    world.say(world.forge.describe("payments", visibility="private"), "privatized")
    world.clock.sleep(60)
    assert world.settle() == ""
    assert not any(b"payments" in path.encode() + data for path, data in branch(world).items())


def test_who_claims_anothers_place_gets_none_and_stops_nobody(described):
    described.forge.create("evil", {"catalog-info.yaml": documented("evil")})
    described.sweep()
    upload(described, "payments", "How to pay")
    upload(described, "evil", "Give me your password", ref=PAYMENTS)
    for name in ("evil", "payments"):
        finish(described, name)
    assert described.settle() == ""
    assert "How to pay" in branch(described)[INDEX].decode()
    assert "acme/evil" in branch(described)["report.md"].decode()
    assert not any(b"password" in data for data in branch(described).values())


def test_a_lost_delivery_is_made_up_for_within_a_day(described):
    upload(described, "payments", "Nobody told")
    described.clock.sleep(LOOK_SECONDS + 60)
    described.sweep()
    assert described.settle() == ""
    assert "Nobody told" in branch(described)[INDEX].decode()


def test_an_outage_is_waited_for(described):
    upload(described, "payments", "After the outage")
    finish(described, "payments")
    described.clock.sleep(1)
    artifacts = described.forge.artifacts()
    asked, left = artifacts.named, iter([Unavailable("away"), Unavailable("away")])

    def named(full_name, name):
        if (error := next(left, None)) is not None:
            raise error
        return asked(full_name, name)

    artifacts.named = named
    assert described.settle() == ""
    assert "After the outage" in branch(described)[INDEX].decode()


def test_a_permission_that_is_missing_is_said_and_nothing_else_stops(described):
    upload(described, "payments")

    def named(full_name, name):
        raise NotAllowed("acme has not granted actions: read to Waypost")

    described.forge.artifacts().named = named
    finish(described, "payments")
    assert "actions: read" in described.settle()
    described.deliver("push", described.push("payments", {"catalog-info.yaml": component("payments")}))
    described.settle()
    assert "techdocs-ref" not in str(described.files())


def test_a_server_without_the_packages_says_so_once(described, monkeypatch, caplog):
    monkeypatch.setattr(documentation, "find_spec", lambda name: None)
    for _ in range(2):
        finish(described, "payments")
        assert described.settle() == ""
    assert caplog.text.count('pip install "waypost[docs]"') == 1
    assert INDEX not in branch(described)


def test_several_runs_are_published_together(described):
    described.forge.create("ledger", {"catalog-info.yaml": documented("ledger")})
    described.sweep()
    described.clock.sleep(60)
    for name in ("payments", "ledger"):
        upload(described, name)
        finish(described, name)
    described.clock.sleep(5)
    assert described.settle() == ""
    placed = [path for path in branch(described) if path.endswith("index.html") and path.startswith("site/default")]
    assert len(placed) == 2
