"""From artifacts to the central site: which are taken, what is refused, and that one repository never stops another."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from random import Random

import pytest

from waypost.docs import apart
from waypost.docs.artifacts import artifact_of
from waypost.docs.book import Book, Found, Page
from waypost.docs.central.values import Documented, Facts
from waypost.docs.layout import render
from waypost.docs.limits import ARTIFACT, BRANCH
from waypost.docs.written import Text
from waypost.forge.memory import MemoryForges
from waypost.forge.protocol import ForgeError, NotAllowed, RateLimited, Unavailable
from waypost.sync import collecting
from waypost.sync.collecting import collect, homes

pytest.importorskip("material", reason='MkDocs is not installed: pip install "waypost[docs]"')

PAY, LEDGER = "component:default/pay", "component:default/ledger"


def site(entity, words="Hello"):
    """The files of a small site, as `waypost docs build` writes them."""
    page = Page("", "index.md", "Home", f"<h1>Home</h1><p>{words}</p>")
    book = Book("Pay", "", "en", (page,), index=(Found("", "Home", words),))
    return render(book, entity=entity, texts={"index.md": Text(f"# Home\n\n{words}\n")})


def packed(files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for path, data in files.items():
            out.writestr(path, data)
    return made.getvalue()


class Ground:
    """An organisation with a catalog, and repositories whose runs upload."""

    def __init__(self):
        self.forge = MemoryForges().install("acme")
        self.catalog = self.forge.create("catalog", {"README.md": "# Catalog\n"})
        self.repositories, self.documented = {}, {}

    def declare(self, name, ref, **more):
        known = next((one for one in self.repositories.values() if one.name == name), None)
        value = known or self.forge.create(name, {"README.md": "x"}, visibility="private")
        self.repositories[value.id] = value
        self.documented[ref] = Documented(ref, name, "", value.id, value.full_name, is_declared=True, **more)
        return value

    def upload(self, name, ref, words="Hello", artifact="", **more):
        data = packed(site(ref, words))
        return self.send(name, artifact or artifact_of(ref), data, **more)

    def send(self, name, artifact, data, commit="c1", **more):
        return self.forge.artifacts().upload(f"acme/{name}", artifact, data, commit, **more)

    @property
    def facts(self):
        return Facts(self.documented, catalog=self.catalog.full_name, readers="private")

    @property
    def store(self):
        return self.forge.store(self.catalog.full_name, BRANCH)

    def collect(self, only=None, **more):
        wanted = homes(self.facts, self.repositories, only)
        return collect(self.forge.artifacts(), self.store, self.facts, wanted, **more)

    def files(self):
        return self.forge.files("catalog", BRANCH)

    def text(self, ref="component:default/pay"):
        kind, _, rest = ref.partition(":")
        namespace, _, name = rest.partition("/")
        return self.files()[f"site/{namespace}/{kind}/{name}/index.html"].decode()

    def calls(self):
        return self.forge.calls().get(("core", "charged"), 0)


@pytest.fixture
def ground():
    found = Ground()
    found.declare("pay", PAY)
    found.declare("ledger", LEDGER)
    return found


def test_what_two_repositories_built_is_one_commit(ground):
    ground.upload("pay", PAY, "Payments")
    ground.upload("ledger", LEDGER, "Bookings")
    outcome = ground.collect()
    assert sorted(outcome.placed) == [LEDGER, PAY]
    assert (len(outcome.commits), outcome.asked, outcome.error) == (1, 2, None)
    assert "Payments" in ground.text()
    assert "Bookings" in ground.text(LEDGER)


def test_a_tag_that_is_called_like_the_branch_is_not_the_branch(ground):
    ground.upload("pay", PAY, "Reviewed", commit="c1")
    ground.collect()
    ground.upload("pay", PAY, "Slipped in", commit="c2", is_of_tag=True)
    outcome = ground.collect()
    assert [one.reason for one in outcome.failures] == ["its commit is not on the default branch, main"]
    assert "Reviewed" in ground.text()


def test_what_was_taken_is_not_taken_again(ground):
    ground.upload("pay", PAY)
    ground.collect()
    before = ground.calls()
    outcome = ground.collect()
    assert (outcome.placed, outcome.commits) == ([], [])
    assert ground.calls() - before <= 3  # the other repository: its name, and the plain one; a listing that is new


def test_a_newer_run_replaces_what_is_there(ground):
    ground.upload("pay", PAY, "Old words", commit="c1", committed="2026-01-01T00:00:00Z")
    ground.collect()
    ground.upload("pay", PAY, "New words", commit="c2", committed="2026-01-02T00:00:00Z")
    assert ground.collect().placed == [PAY]
    assert "New words" in ground.text()


def test_a_run_repeated_for_an_older_commit_takes_nothing_back(ground):
    ground.upload("pay", PAY, "Old words", commit="c1", run_id=5)
    ground.upload("pay", PAY, "New words", commit="c2", run_id=9)
    ground.collect()
    ground.upload("pay", PAY, "Old words again", commit="c1", run_id=5)
    assert ground.collect().placed == []
    assert "New words" in ground.text()


def test_a_run_repeated_for_the_same_commit_is_taken(ground):
    ground.upload("pay", PAY, "First attempt", run_id=5)
    ground.collect()
    ground.upload("pay", PAY, "Second attempt", run_id=5)
    assert ground.collect().placed == [PAY]
    assert "Second attempt" in ground.text()


@pytest.mark.parametrize(
    "bent",
    [
        pytest.param({"branch": "topic"}, id="another branch"),
        pytest.param({"is_from_fork": True}, id="a fork whose branch is called main"),
        pytest.param({"artifact": "waypost-docs-preview-component-default-pay"}, id="a preview"),
        pytest.param({"artifact": "site"}, id="another name"),
    ],
)
def test_only_runs_of_the_default_branch_count(ground, bent):
    ground.upload("pay", PAY, **bent)
    outcome = ground.collect()
    assert (outcome.placed, outcome.failures) == ([], [])


@pytest.mark.parametrize("event", ["pull_request_target", "issue_comment", "workflow_run", "release"])
def test_a_run_that_strangers_can_begin_is_refused_in_words(ground, event):
    ground.upload("pay", PAY, event=event)
    outcome = ground.collect()
    assert outcome.placed == []
    assert [one.reason for one in outcome.failures] == [
        f"its run was begun by {event}; documentation is taken from push, schedule, workflow_dispatch,"
        " repository_dispatch"
    ]
    assert ground.collect().failures == []  # said once


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch", "repository_dispatch"])
def test_what_its_own_people_begin_is_taken(ground, event):
    ground.upload("pay", PAY, event=event)
    assert ground.collect().placed == [PAY]


def test_what_expired_is_not_taken_and_the_next_one_is(ground):
    ground.upload("pay", PAY)
    ground.forge.artifacts().expire("acme/pay")
    assert ground.collect().placed == []
    ground.upload("pay", PAY)
    assert ground.collect().placed == [PAY]


def test_who_claims_anothers_place_is_refused_and_the_others_are_published(ground):
    evil = ground.declare("evil", "component:default/evil")
    ground.upload("pay", PAY, "Payments")
    ground.send("evil", artifact_of("component:default/evil"), packed(site(PAY, "Give me your password")))
    outcome = ground.collect()
    assert outcome.placed == [PAY]
    (refusal,) = outcome.refusals
    assert (refusal.repository_id, refusal.repository) == (evil.id, "acme/evil")
    assert "belongs to acme/pay" in refusal.reason
    assert not any(b"password" in data for path, data in ground.files().items() if path.startswith("site/default"))
    assert "acme/evil" in ground.files()["report.md"].decode()


def test_an_archive_that_is_none_is_refused_and_the_others_are_published(ground):
    ground.send("ledger", artifact_of(LEDGER), b"no archive")
    ground.upload("pay", PAY)
    outcome = ground.collect()
    assert outcome.placed == [PAY]
    assert [(one.repository, one.reason.partition(":")[0]) for one in outcome.failures] == [
        ("acme/ledger", "the archive is broken")
    ]
    assert "acme/ledger" in ground.files()["report.md"].decode()


def test_a_large_archive_is_refused_unread(ground, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_ARCHIVE_BYTES", 100)
    ground.upload("pay", PAY)
    (failure,) = ground.collect().failures
    assert "has more than 100 bytes" in failure.reason


def test_a_repository_with_one_entity_may_leave_its_name_out(ground):
    ground.send("pay", ARTIFACT, packed(site("")))
    assert ground.collect().placed == [PAY]


def test_each_entity_of_a_repository_has_its_own_artifact(ground):
    api = "api:default/pay-api"
    ground.declare("pay", api)
    ground.upload("pay", PAY, "The service")
    ground.upload("pay", api, "The interface")
    assert sorted(ground.collect().placed) == [api, PAY]
    assert "The interface" in ground.text(api)


def test_who_declares_no_documentation_is_not_asked():
    ground = Ground()
    value = ground.forge.create("pay", {"README.md": "x"})
    ground.repositories[value.id] = value
    ground.documented[PAY] = Documented(PAY, "pay", "", value.id, value.full_name, is_declared=False)
    ground.upload("pay", PAY)
    before = ground.calls()
    assert ground.collect().asked == 0
    assert ground.calls() == before


def test_nobody_is_asked_where_documentation_is_not_published(ground):
    ground.upload("pay", PAY)
    ground.collect()
    before = ground.calls()
    facts = replace(ground.facts, mode="off")
    outcome = collect(ground.forge.artifacts(), ground.store, facts, homes(facts, ground.repositories))
    assert (outcome.asked, outcome.removed) == (0, [PAY])
    assert ground.calls() - before <= 1  # the commit


def test_what_fewer_may_read_than_the_catalog_is_not_asked(ground):
    ground.declare("secret", "component:default/secret", is_hidden=True)
    ground.upload("secret", "component:default/secret")
    outcome = ground.collect()
    assert outcome.asked == 2
    assert not any(b"secret" in path.encode() + data for path, data in ground.files().items())


def test_an_entity_that_went_takes_its_documentation_along(ground):
    ground.upload("pay", PAY)
    ground.upload("ledger", LEDGER)
    ground.collect()
    del ground.documented[LEDGER]
    outcome = ground.collect()
    assert outcome.removed == [LEDGER]
    assert not any("ledger" in path for path in ground.files())
    assert "Hello" in ground.text()


def test_sites_beyond_a_batch_are_the_next_commit(ground, monkeypatch):
    monkeypatch.setattr(collecting, "BATCH_SITES", 2)
    refs = [f"component:default/s{number}" for number in range(5)]
    for number, ref in enumerate(refs):
        ground.declare(f"s{number}", ref)
        ground.upload(f"s{number}", ref)
    outcome = ground.collect()
    assert sorted(outcome.placed) == refs
    assert len(outcome.commits) == 3


def test_nothing_is_written_in_a_dry_run(ground):
    ground.upload("pay", PAY)
    outcome = ground.collect(is_dry=True)
    assert (outcome.placed, outcome.commits) == ([PAY], [])
    assert ground.files() == {}


def test_who_lost_the_key_writes_nothing(ground):
    ground.upload("pay", PAY)
    outcome = ground.collect(may_write=lambda: False)
    assert (outcome.placed, outcome.commits) == ([], [])
    assert ground.files() == {}


def test_a_branch_that_moved_is_planned_again(ground):
    ground.upload("pay", PAY)
    ground.collect()
    ground.upload("ledger", LEDGER)
    other = iter([True])

    def interfered():
        if next(other, False):  # somebody else commits between plan and commit
            store = ground.forge.store("acme/catalog", BRANCH)
            ground.forge._find("acme/catalog").push({"note.txt": b"x"}, "Meanwhile", "", BRANCH)
            assert store is ground.store
        return True

    outcome = ground.collect(may_write=interfered)
    assert outcome.placed == [LEDGER]
    assert "note.txt" in ground.files()
    assert "Hello" in ground.text()


@pytest.mark.parametrize("error", [RateLimited("spent", 1e12), Unavailable("away")], ids=["limit", "outage"])
def test_an_outage_ends_the_asking_and_what_was_found_is_published(ground, error):
    ground.upload("pay", PAY)
    artifacts = ground.forge.artifacts()
    asked = artifacts.named

    def named(full_name, name):
        if full_name == "acme/ledger":
            raise error
        return asked(full_name, name)

    artifacts.named = named
    outcome = ground.collect()
    assert outcome.placed == [PAY]
    assert outcome.error is error


def test_one_repository_that_may_not_be_asked_is_reported(ground):
    ground.upload("pay", PAY)
    artifacts = ground.forge.artifacts()
    asked = artifacts.named

    def named(full_name, name):
        if full_name == "acme/ledger":
            raise NotAllowed("looking for it: GitHub answered 403. Look at the App's permissions")
        return asked(full_name, name)

    artifacts.named = named
    outcome = ground.collect()
    assert outcome.placed == [PAY]
    assert [one.reason for one in outcome.failures] == ["looking for it: GitHub answered 403"]


def test_a_token_that_may_read_no_runs_is_an_error(ground):
    def named(full_name, name):
        raise NotAllowed("GitHub answered 403")

    ground.upload("pay", PAY)
    ground.collect()
    del ground.documented[PAY]
    ground.forge.artifacts().named = named
    outcome = ground.collect()
    assert isinstance(outcome.error, NotAllowed)
    assert outcome.failures == []  # the report blames no repository for it
    assert outcome.removed == [PAY]  # which needs no artifact


def test_only_the_repositories_that_are_meant_are_asked(ground):
    ground.upload("pay", PAY)
    ground.upload("ledger", LEDGER)
    number = next(one.id for one in ground.repositories.values() if one.name == "pay")
    outcome = ground.collect(only={number})
    assert (outcome.asked, outcome.placed) == (1, [PAY])


def test_an_upload_that_breaks_us_is_left_out_and_the_others_are_published(ground, monkeypatch, caplog):
    judge = collecting.place

    def place(tree, known, facts, uploads=(), failures=(), **more):
        if any(one.repository == "acme/ledger" for one in uploads):
            raise RecursionError("too deep")
        return judge(tree, known, facts, uploads, failures, **more)

    monkeypatch.setattr(collecting, "place", place)
    ground.upload("pay", PAY)
    ground.upload("ledger", LEDGER)
    outcome = ground.collect()
    assert outcome.placed == [PAY]
    assert [(one.repository, one.reason) for one in outcome.failures] == [("acme/ledger", "Waypost cannot read it")]
    assert "too deep" in caplog.text
    assert ground.collect().failures == []  # not looked at again


def test_an_upload_that_would_take_all_the_memory_is_left_out_and_the_others_are_published(ground, monkeypatch):
    monkeypatch.setattr(apart, "MEMORY", 90 * 1024**2)  # as if the upload were twenty times as heavy
    ground.upload("pay", PAY)
    heavy = {f"{number}.png": Random(number).randbytes(9 * 1024**2) for number in range(5)}
    ground.send("ledger", artifact_of(LEDGER), packed({**site(LEDGER), **heavy}))
    outcome = ground.collect()
    assert outcome.placed == [PAY]
    ((who, why),) = [(one.repository, one.reason) for one in outcome.failures]
    assert (who, why) == ("acme/ledger", "took more than 0.0879 GB to read. Split the documentation.")
    assert "took more than" in ground.files()["report.md"].decode()
    assert ground.collect().failures == []  # not looked at again


def test_nothing_is_noted_of_an_upload_when_there_is_no_process_to_try_it_in(ground, monkeypatch):
    monkeypatch.setattr(apart.sys, "executable", "/nowhere/python")
    ground.upload("pay", PAY)
    with pytest.raises(ForgeError, match="Nothing was written"):
        ground.collect()
    monkeypatch.undo()
    assert ground.collect().placed == [PAY]


def test_a_branch_that_somebody_edited_beyond_recognition_is_said_in_words(ground):
    ground.forge._find("acme/catalog").push({"state.json": b"{"}, "Edit", "", BRANCH)
    ground.upload("pay", PAY)
    with pytest.raises(ForgeError, match=r"waypost-docs cannot be continued.*Delete the branch to begin anew"):
        ground.collect()


def broken(ground, *names):
    """GitHub fails whenever one of these repositories is asked for; return who was asked."""
    artifacts, asked = ground.forge.artifacts(), []
    answer = artifacts.named

    def named(full_name, name):
        asked.append(full_name)
        if full_name.removeprefix("acme/") in names:
            raise Unavailable("GitHub answered 502")
        return answer(full_name, name)

    artifacts.named = named
    return asked


def test_one_repository_that_makes_github_fail_keeps_no_other_waiting(ground):
    broken(ground, "pay")
    ground.upload("ledger", LEDGER)
    outcome = ground.collect()
    assert outcome.placed == [LEDGER]
    assert isinstance(outcome.error, Unavailable)


def test_an_outage_is_not_asked_through(ground):
    for number in range(20):
        ground.declare(f"s{number}", f"component:default/s{number}")
    asked = broken(ground, *(one.name for one in ground.repositories.values()))
    assert isinstance(ground.collect().error, Unavailable)
    assert len(asked) == collecting.MISSES


def test_a_look_that_finds_nothing_new_is_a_call_for_each_repository(ground):
    ground.upload("pay", PAY)
    ground.upload("ledger", LEDGER)
    ground.collect()
    ground.forge.artifacts()._listed.clear()  # another process, which remembers no listing
    before = ground.calls()
    assert ground.collect().placed == []
    assert ground.calls() - before == 2
