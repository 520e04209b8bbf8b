"""Uploads become one shelf: placed by what the catalog records, removed with it, the same bytes in any order."""

import itertools
import json
import re

import pytest

pytest.importorskip("nh3", reason='the sanitiser is not installed: pip install "waypost[docs]"')

from docs.shelving import PAY, SHOP, Branch, book, changed, entity, facts, files_of, upload
from waypost.docs.book import Found
from waypost.docs.central.batch import settled
from waypost.docs.central.state import BrokenState
from waypost.docs.central.values import Failure

TWO = facts(entity(PAY, 1), entity(SHOP, 2))
SITE = "site/default/component/pay/"
MARKDOWN = "markdown/default/component/pay/"


@pytest.fixture
def branch():
    return Branch()


def test_upload_comes_to_the_place_of_its_entity(branch):
    batch = branch.place(facts(), upload(made=book(("", "<p>Hello</p>"), ("guide/", "<p>How</p>"))))
    assert batch.placed == (PAY,)
    assert batch.message.splitlines()[0] == "Publish documentation of pay"
    assert {"index.html", "guide/index.html", "search/search_index.json", "techdocs_metadata.json"} == set(
        branch.below(SITE)
    )
    assert branch.below(MARKDOWN) == ["guide.md", "index.md"]
    assert "Hello" in branch.text(f"{SITE}index.html")


def test_published_pages_share_one_copy_of_the_theme(branch):
    branch.place(TWO, upload(), upload(2, entity=SHOP))
    shared = branch.below("site/waypost-assets/")
    asked = branch.text(f"{SITE}index.html").count("../../../waypost-assets/")
    assert asked == 4
    assert all(name in branch.text(f"{SITE}index.html") for name in shared if name.startswith(("main", "docs")))
    assert not [path for path in branch.files if path.count("waypost-assets") and path.count("/") > 2]


def test_claim_of_anothers_entity_is_refused_in_words(branch):
    batch = branch.place(TWO, upload(2, entity=SHOP), upload(2, entity=PAY, artifact_id=11))
    assert batch.placed == (SHOP,)
    (refusal,) = batch.refusals
    assert refusal.reason == (
        "component:default/pay belongs to acme/r1 (repository 1), not to repository 2. It may name"
        " component:default/shop."
    )
    assert branch.below(SITE) == []
    assert branch.report()["refused"] == [{"repository": "acme/r2", "artifact": "11", "why": refusal.reason}]
    assert "belongs to acme/r1" in branch.text("report.md")


def test_claim_of_what_the_catalog_lacks_is_refused(branch):
    batch = branch.place(facts(), upload(entity="component:default/other"))
    assert "component:default/other is not in the catalog" in batch.refusals[0].reason


def test_upload_without_a_claim_is_that_of_the_one_documented_entity(branch):
    known = facts(entity(PAY), entity("api:default/pay", is_declared=False))
    assert branch.place(known, upload(entity="")).placed == (PAY,)


def test_upload_without_a_claim_is_refused_where_several_are_documented(branch):
    batch = branch.place(facts(entity(PAY), entity(SHOP)), upload(entity=""))
    assert "does not say whose" in batch.refusals[0].reason


def test_upload_of_a_repository_without_entities_is_refused(branch):
    batch = branch.place(facts(), upload(9, entity=""))
    assert "records no entity" in batch.refusals[0].reason
    assert branch.report()["refused"] == []  # the report names only what the catalog shows


def test_order_and_number_of_batches_do_not_matter():
    uploads = [upload(), upload(2, entity=SHOP), upload(2, entity=PAY, artifact_id=11, artifact="other")]
    results = []
    for order in itertools.permutations(uploads):
        whole, single = Branch(), Branch()
        whole.place(TWO, *order)
        for one in order:
            single.place(TWO, one)
        results += [whole.files, single.files]
    assert all(files == results[0] for files in results)


def test_unchanged_upload_changes_nothing(branch):
    branch.place(facts(), upload())
    assert not branch.place(facts(), upload())
    assert not branch.place(facts())


def test_newer_upload_replaces_and_older_one_does_not(branch):
    branch.place(facts(), upload(made=book(("", "<p>new</p>"), ("x/", "<p>x</p>")), artifact_id=20))
    assert not branch.place(facts(), upload(made=book(("", "<p>old</p>")), artifact_id=19))
    branch.place(facts(), upload(made=book(("", "<p>newest</p>")), artifact_id=21))
    assert "newest" in branch.text(f"{SITE}index.html")
    assert "x/index.html" not in branch.below(SITE)
    assert branch.below(MARKDOWN) == ["index.md"]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(facts(entity(SHOP, 2)), id="the entity is gone"),
        pytest.param(facts(entity(PAY, 7), entity(SHOP, 2)), id="another repository holds the name"),
        pytest.param(facts(entity(PAY, 1, is_hidden=True), entity(SHOP, 2)), id="its repository became narrower"),
    ],
)
def test_site_goes_with_its_entity(branch, after):
    branch.place(TWO, upload(), upload(2, entity=SHOP))
    batch = branch.place(after)
    assert batch.removed == (PAY,)
    assert not [path for path in branch.files if "/pay/" in path]
    assert branch.below("site/default/component/shop/")
    assert "Pay" not in branch.text("site/index.html") + branch.text("README.md")


def test_site_of_an_archived_or_orphaned_entity_stays(branch):
    branch.place(TWO, upload(), upload(2, entity=SHOP))
    assert not branch.place(TWO).removed


def test_narrow_repository_is_not_published_and_not_named(branch):
    known = facts(entity(PAY), entity(SHOP, 2, is_hidden=True, visibility="private"), readers="internal")
    batch = branch.place(known, upload(), upload(2, entity=SHOP))
    assert [(one.repository_id, one.is_hidden) for one in batch.refusals] == [(2, True)]
    assert not [path for path, data in branch.files.items() if b"acme/r2" in data or b"shop" in data.lower()]


def test_assets_of_an_older_version_stay_while_a_site_asks_for_them(branch):
    branch.place(TWO, upload(), upload(2, entity=SHOP))
    old = "site/waypost-assets/docs.000000000000.css"
    branch.files[old] = b"old"
    state = json.loads(branch.files["state.json"])
    state["sites"][0]["assets"].append("docs.000000000000.css")
    branch.files["state.json"] = json.dumps(state).encode()
    branch.place(TWO)
    assert old in branch.files
    branch.place(TWO, upload(artifact_id=30))
    assert old not in branch.files


@pytest.mark.parametrize(
    ("mode", "site", "markdown"), [("auto", True, True), ("site", True, False), ("markdown", False, True)]
)
def test_setting_says_what_is_written(branch, mode, site, markdown):
    branch.place(facts(mode=mode), upload())
    assert (bool(branch.below("site/")), bool(branch.below("markdown/"))) == (site, markdown)


def test_switched_off_removes_everything_and_on_again_asks_anew(branch):
    branch.place(facts(), upload())
    branch.place(facts(mode="off"), upload(artifact_id=40))
    assert sorted(branch.files) == ["README.md", "report.json", "report.md", "state.json"]
    assert "is `off`" in branch.text("README.md")
    assert settled(branch.files["state.json"], facts()) == {}


def test_what_is_placed_or_refused_is_not_asked_for_again(branch):
    branch.place(TWO, upload(), upload(2, entity=PAY, artifact_id=11))
    state = branch.files["state.json"]
    assert settled(state, TWO) == {(1, "waypost-docs"): 10, (2, "waypost-docs"): 11}
    handed_over = facts(entity(PAY, 2), entity(SHOP, 2))
    assert settled(state, handed_over) == {}


def test_wish_for_a_site_asks_again_for_what_came_as_markdown_only(branch):
    branch.place(facts(mode="markdown"), upload())
    assert settled(branch.files["state.json"], facts(mode="markdown"))
    assert not settled(branch.files["state.json"], facts(mode="auto"))


def test_failure_is_told_and_keeps_the_site_there_was(branch):
    branch.place(facts(), upload())
    failure = Failure(1, "acme/r1", "the archive is larger than 50 MB", 12)
    branch.place(facts(), failures=[failure])
    assert branch.below(SITE)
    assert branch.report()["refused"][0]["why"] == "the archive is larger than 50 MB"
    branch.place(facts(), upload(artifact_id=13))
    assert branch.report()["refused"] == []


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"format": 9}', b'{"format": 1, "sites": [1]}'])
def test_broken_state_stops_everything_with_advice(branch, data):
    branch.files["state.json"] = data
    with pytest.raises(BrokenState, match="Restore it"):
        branch.place(facts(), upload())


def test_site_that_would_be_too_much_is_refused(branch, monkeypatch):
    monkeypatch.setattr("waypost.docs.limits.ALL_BYTES", 15_000)
    big = files_of(book(("", f"<p>{'x' * 15_000}</p>")), SHOP)
    batch = branch.place(TWO, upload(), upload(2, entity=SHOP, artifact_id=11, files=big))
    assert batch.placed == (PAY,)
    assert "GitHub Pages hold no more" in batch.refusals[0].reason


def test_two_hundred_sites_of_ten_pages_stay_small(branch):
    paragraph = "<p>" + "Words that explain how the service behaves. " * 20 + "</p>"
    content = "".join(f'<h2 id="part-{number}">Part {number}</h2>{paragraph}' for number in range(9))
    refs = [f"component:default/service-{number}" for number in range(200)]
    known = facts(*[entity(ref, number) for number, ref in enumerate(refs, 1)])
    pages = [("", content), *[(f"page-{number}/", content) for number in range(9)]]
    made = book(*pages)
    made = changed(
        made, index=tuple(Found(page.url, page.title, re.sub("<[^>]+>", " ", content)) for page in made.pages)
    )
    branch.place(known, *[upload(number, made, ref, artifact_id=number) for number, ref in enumerate(refs, 1)])
    size = sum(len(data) for path, data in branch.files.items() if path.startswith("site/"))
    assert 30 * 1024**2 < size < 50 * 1024**2
    assert len(branch.below("site/waypost-assets/")) <= 6


def test_message_names_what_came_and_went(branch):
    refs = [f"component:default/s{number}" for number in range(4)]
    known = facts(*[entity(ref, number) for number, ref in enumerate(refs, 1)])
    first = branch.place(known, *[upload(number, entity=ref) for number, ref in enumerate(refs, 1)])
    assert first.message.splitlines()[0] == "Publish documentation of s0, s1 and 2 more"
    second = branch.place(
        facts(entity(refs[0], 1)), upload(entity=refs[0], artifact_id=11, made=book(("", "<p>b</p>")))
    )
    assert second.message.splitlines()[0] == "Publish documentation of s0, remove that of s1, s2 and 1 more"
    assert "Remove: component:default/s1, component:default/s2" in second.message
    third = branch.place(facts(entity(refs[0], 1, title="New")))
    assert third.message == "Refresh the list of documentation"
