"""Each rule of merging by itself refuses by its name, and the same request without the fault merges."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from unit.catalog._organisation import entity, snapshot
from waypost.catalog.build import adopt, build
from waypost.catalog.impact import impact
from waypost.catalog.lookalikes import Lookalike
from waypost.catalog.merging import RULES, WAIT, WAITING, File, MergeRequest, Said, State, only_waits, refusals
from waypost.catalog.people import People, Team
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.proposal import propose
from waypost.catalog.settings import Settings
from waypost.catalog.steering import Merging

DAY = 24 * 3_600
PUSHED = 1_790_000_000
LATER = PUSHED + 3 * DAY
FILE = "registrations/shop.yaml"
PEOPLE = People(
    {"pay": Team("pay", "Pay", members=("Ada",)), "shop": Team("shop", "Shop", members=("bob",))},
    frozenset({"ada", "bob", "eve"}),
)
MERGING = Merging(is_on=True, teams=("*",))
PLAIN = MergeRequest(
    "ada", "a" * 40, "a" * 40, "main", "main", PUSHED, files=(File(FILE, "added"),), checks=(State("lint", "success"),)
)


def registered(name, owner="pay", kind="Component", **spec):
    return entity(9, kind, name, repository="acme/catalog", path=FILE, owner=owner, **spec)


OLD = registered("old")
BEFORE = adopt(
    build(
        "acme",
        [
            snapshot(9, OLD, name="catalog"),
            snapshot(1, entity(1, "Component", "user", owner="shop", dependsOn=["component:old"])),
        ],
        {},
        Settings(),
        people=PEOPLE,
    )
)


def judged(*entities, request=PLAIN, merging=MERGING, now=LATER, before=BEFORE):
    after = propose(before, snapshot(9, *(entities or (OLD, registered("new"))), name="catalog"))
    return refusals(merging, request, impact(before, after, "acme/catalog"), now)


def test_a_registration_that_meets_every_rule_merges():
    assert judged() == ()


def with_(**changes):
    return {"request": replace(PLAIN, **changes)}


def problem(id="name-form", severity=Severity.ERROR):
    return (Problem("acme/catalog", FILE, 3, id=id, message="It is wrong.", severity=severity),)


FILES = tuple(File(f"registrations/{number}.yml", "modified") for number in range(21))
ALIKE = Lookalike("component:default/new", "component:default/news", 95)
ASKED = Said("bob", state="CHANGES_REQUESTED")
QUOTE = "> A comment with [noblock] in it does not hold it up.\n\nStop!"
HARMLESS = (Said("bob", "Nice. [noblock]"), Said("ada", "Ping"), Said("ci", "ok", is_bot=True))
REFUSED = [
    pytest.param("off", {"merging": Merging()}, id="nobody switched it on"),
    pytest.param("author", with_(is_bot=True), id="author is a bot"),
    pytest.param("author", {"merging": replace(MERGING, teams=("shop",))}, id="author is in no listed team"),
    pytest.param("base", with_(base="release"), id="another branch"),
    pytest.param("head", with_(head="b" * 40), id="pushed after the check"),
    pytest.param("draft", with_(is_draft=True), id="draft"),
    pytest.param("files", with_(files=(File(FILE, "added"), File("waypost.yaml", "modified"))), id="a file elsewhere"),
    pytest.param("files", with_(files=(File("registrations/run.sh", "added"),)), id="no YAML"),
    pytest.param("files", with_(files=(File(FILE, "renamed", "templates/x/template.yaml"),)), id="from elsewhere"),
    pytest.param("files", with_(files=FILES), id="too many files"),
    pytest.param("files", with_(files=None), id="files that GitHub does not list"),
    pytest.param("files", with_(files=()), id="no file"),
    pytest.param("removal", with_(files=(File("registrations/old.yaml", "removed"),)), id="removes a file"),
    pytest.param("generated", with_(generated=("README.md",)), id="edits what the bot writes"),
    pytest.param("errors", with_(problems=problem()), id="an error"),
    pytest.param("name", with_(problems=problem("name-taken")), id="a taken name"),
    pytest.param("lookalike", with_(lookalikes=(ALIKE,)), id="looks like another"),
    pytest.param("failing", with_(checks=(State("lint", "failure"),)), id="a failing check"),
    pytest.param("failing", with_(checks=(State("lint", "cancelled"),)), id="a cancelled check"),
    pytest.param("pending", with_(checks=(State("lint", "pending"),)), id="a check that runs"),
    pytest.param("changes", with_(reviews=(ASKED, Said("bob", "[noblock]", state="COMMENTED"))), id="changes asked"),
    pytest.param("comment", with_(comments=(Said("bob", "Hm."),)), id="a comment"),
    pytest.param("comment", with_(reviews=(Said("bob", "Hm.", state="COMMENTED"),)), id="a review with words"),
    pytest.param("comment", with_(reviews=(Said("bob", state="COMMENTED"),)), id="a comment at a line"),
    pytest.param("comment", with_(comments=(Said("bob", QUOTE),)), id="a quoted word that would not block"),
    pytest.param("author", with_(fork="mallory"), id="a stranger's fork"),
    pytest.param("files", with_(silent=(FILE,)), id="a file that describes nothing"),
    pytest.param("waiting", {"now": LATER - 1}, id="too early"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "given"), REFUSED)
def test_each_rule_refuses_by_its_name(rule, given):
    assert [one.id for one in judged(**given)] == [rule]


MERGED = [
    pytest.param(with_(reviews=(Said("bob", "Nice.", state="APPROVED"),)), id="approved with words"),
    pytest.param({"merging": replace(MERGING, teams=("pay",))}, id="author is in a listed team, in whatever case"),
    pytest.param(with_(problems=problem(severity=Severity.WARNING)), id="a warning"),
    pytest.param(with_(checks=(State("lint", "neutral"), State("docs", "skipped"))), id="checks that say nothing"),
    pytest.param(with_(checks=()), id="no other check"),
    pytest.param(with_(reviews=(ASKED, Said("bob", state="APPROVED"))), id="changes made"),
    pytest.param(with_(fork="ada"), id="the author's fork"),
    pytest.param(with_(comments=HARMLESS), id="comments that do not block"),
    pytest.param(with_(files=FILES[:-1]), id="as many files as may be"),
]  # fmt: skip


@pytest.mark.parametrize("given", MERGED)
def test_what_is_no_fault_is_not_refused(given):
    assert judged(**given) == ()


OWNERS = [
    pytest.param("kind", (OLD, registered("new", kind="Template", type="service", steps=[])), id="a template"),
    pytest.param("owner", (OLD, registered("new", owner="nobody-knows")), id="an owner who does not exist"),
    pytest.param("ownership", (OLD, registered("new", owner="shop")), id="an owner the author does not belong to"),
    pytest.param("ownership", (registered("old", owner="shop"),), id="hands over to others"),
    pytest.param("breaks", (registered("older"),), id="renames what others use"),
    pytest.param("ownership", (OLD, registered("ada", kind="User", owner=None)), id="a person of the same name"),
    pytest.param("ownership", (OLD, registered("sales", kind="Group", owner=None)), id="a group of no team"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "entities"), OWNERS)
def test_ownership_is_respected(rule, entities):
    assert [one.id for one in judged(*entities)] == [rule]


def test_taking_over_needs_the_owner_before():
    theirs = registered("theirs", owner="shop")
    before = adopt(propose(BEFORE, snapshot(9, OLD, theirs, name="catalog")))
    assert [one.id for one in judged(OLD, registered("theirs"), before=before)] == ["ownership"]
    assert [one.id for one in judged(OLD, registered("theirs", type="x"), before=before)] == ["ownership"]


def test_removing_an_entity_needs_a_person():
    extra = registered("extra")
    before = adopt(propose(BEFORE, snapshot(9, OLD, extra, name="catalog")))
    assert [one.id for one in judged(OLD, before=before)] == ["removal"]


def test_a_location_leads_elsewhere():
    location = registered("new", kind="Location", targets=["../templates/x"])
    assert [one.id for one in judged(OLD, location)] == ["kind", "owner"]


def test_a_person_may_register_themselves():
    me = entity(
        9, "User", "a", repository="acme/catalog", path=FILE, metadata={"annotations": {"github.com/user-login": "ada"}}
    )
    assert judged(OLD, me) == ()


def known_as(kind, name, title="", **annotations):
    metadata = {"annotations": {f"github.com/{key}": value for key, value in annotations.items()}}
    metadata |= {"title": title} if title else {}
    return entity(9, kind, name, repository="acme/catalog", path=FILE, metadata=metadata)


IMPOSTORS = [
    pytest.param(known_as("User", "bob", **{"user-login": "ada"}), id="a user by a member's login"),
    pytest.param(known_as("User", "a", title="Bob", **{"user-login": "ada"}), id="a user by a title"),
    pytest.param(known_as("User", "shop", **{"user-login": "ada"}), id="a user by a team's slug"),
    pytest.param(known_as("Group", "bob", **{"team-slug": "acme/pay"}), id="a group by a member's login"),
]


@pytest.mark.parametrize("impostor", IMPOSTORS)
def test_nobody_registers_themselves_under_the_name_of_others(impostor):
    assert "name" in [one.id for one in judged(OLD, impostor)]


def test_what_a_member_owned_cannot_be_taken_by_a_user_of_that_name():
    theirs = snapshot(1, entity(1, "Component", "theirs", owner="bob"))
    before = adopt(build("acme", [snapshot(9, OLD, name="catalog"), theirs], {}, Settings(), people=PEOPLE))
    impostor = known_as("User", "bob", **{"user-login": "ada"})
    assert {one.id for one in judged(OLD, impostor, before=before)} >= {"name", "breaks"}


@pytest.mark.parametrize("name", ["bob", "nobody"], ids=["a member", "no member"])
def test_a_public_catalog_does_not_tell_who_is_a_member(name):
    home = snapshot(9, OLD, name="catalog", visibility="public")
    before = adopt(build("acme", [home], {}, Settings(), people=PEOPLE))
    someone = known_as("User", "a", title=name, **{"user-login": "ada"})
    after = propose(before, snapshot(9, OLD, someone, name="catalog", visibility="public"))
    found = refusals(MERGING, PLAIN, impact(before, after, "acme/catalog"), LATER)
    said = [one.words for one in found if one.id == "name"]
    assert said == ["In a public catalog a person must say who `user:default/a` is on GitHub."]


def test_a_team_keeps_its_own_name():
    assert judged(OLD, known_as("Group", "pay", title="Pay", **{"team-slug": "acme/pay"})) == ()


def test_a_member_may_own_what_they_register():
    assert judged(OLD, registered("new", owner="user:ada")) == ()
    assert [one.id for one in judged(OLD, registered("new", owner="user:eve"))] == ["ownership"]


def test_a_stranger_is_refused_whatever_they_own():
    assert [one.id for one in judged(request=replace(PLAIN, author="mallory"))] == ["author", "ownership"]


def test_without_people_nobody_is_known():
    before = adopt(build("acme", [snapshot(9, OLD, name="catalog")], {}, Settings()))
    assert judged(before=before)[0].id == "author"


def test_an_update_of_ones_own_waits_less_than_something_new():
    changed = registered("old", type="service")
    assert judged(changed, now=PUSHED + 600) == ()
    (found,) = judged(changed, now=PUSHED + 599)
    assert (found.id, found.until) == ("waiting", "2026-09-21T14:23:20Z")
    assert [one.until for one in judged(now=PUSHED + 600)] == ["2026-09-24T14:13:20Z"]


def test_all_refusals_are_named_at_once():
    request = replace(PLAIN, is_draft=True, base="x", comments=(Said("bob", "no"),))
    found = judged(request=request, now=PUSHED)
    assert [one.id for one in found] == ["base", "draft", "comment", "waiting"]
    assert not only_waits(found)
    assert only_waits(judged(now=PUSHED))
    assert not only_waits(())


def test_every_rule_is_refused_somewhere_here():
    named = {one.values[0] for one in (*REFUSED, *OWNERS)}
    assert named == {rule.id for rule in RULES} | {"waiting"}


def test_every_refusal_says_what_to_do():
    for one in REFUSED:
        for refusal in judged(**one.values[1]):
            assert refusal.words.count(".") >= 1, refusal
            assert len(refusal.words) > 30, refusal


DOCS = Path(__file__).parents[3] / "docs" / "registrations.md"


def test_the_documentation_lists_the_rules_as_they_are():
    rows = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [*(f"| `{rule.id}` | {rule.words} |" for rule in RULES), f"| `{WAITING}` | {WAIT} |"]
