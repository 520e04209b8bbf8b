"""The page of a team: who is in it, how to reach it, what is handed over, and of a team that nobody describes."""

from __future__ import annotations

from unit.pages.catalogs import SITE, catalog, entity, repository, snapshot
from waypost.catalog.people import People, Team
from waypost.pages import render
from waypost.pages.paths import page_file

HOME = repository(1, "pay")
REF = "group:default/payments"


def people(*members, **teams):
    team = Team("payments", "Payments Team", "Takes money.", "", members, 1)
    return People({"payments": team, **teams}, frozenset(login.lower() for login in members))


def page(found, *entities, ref=REF, **settings):
    component = entity(HOME, "Component", "pay", {"owner": "payments", "type": "service"})
    files = dict(render(catalog([snapshot(HOME, component, *entities)], found, **settings), SITE))
    return files[page_file(ref)]


def test_members_are_named_and_lead_to_github():
    text = page(people("Ada", "bob"))
    assert "2 on GitHub: [Ada](https://github.com/Ada), [bob](https://github.com/bob)" in text
    assert "Nobody" not in text


def test_members_whom_the_catalog_describes_lead_to_their_pages():
    ada = entity(HOME, "User", "ada", {"memberOf": ["payments"], "profile": {"displayName": "Ada Lovelace"}})
    account = {"github.com/user-login": "Bob-B"}
    bob = entity(HOME, "User", "robert", {"memberOf": ["payments"]}, annotations=account, title="Robert")
    zoe = entity(HOME, "User", "zoe", {"memberOf": ["payments"]})
    text = page(people("Ada", "bob-b", "carl"), ada, bob, zoe)
    members, _, others = text.partition("## Members")[2].partition("Not in the team on GitHub")
    assert [name for name in ("[Ada Lovelace](../", "[Robert](../", "[carl](https://") if name not in members] == []
    assert "[zoe](../" in others.partition("##")[0]
    assert "Not in the team on GitHub" not in page(people("Ada", "bob-b", "zoe"), ada, bob, zoe)


def test_a_team_of_many_stays_readable():
    members = [f"member-{number:03}" for number in range(620)]
    text = page(people(*members))
    shown, _, rest = text.partition("<details>")
    folded, _, after = rest.partition("</details>")
    assert (shown.count("[member-"), folded.count("[member-")) == (60, 440)
    assert "…and 120 whom only [GitHub](https://github.com/orgs/acme/teams/payments/members) lists." in after
    assert len(text.encode()) < 50_000


def test_a_team_without_members_says_so():
    assert "**Nobody.** The team has no members on GitHub." in page(people())
    inside = Team("refunds", "Refunds", parent="payments", members=("dan",))
    text = page(people(refunds=inside))
    assert "None of its own: everybody is in the teams inside." in text
    assert "Nobody" not in text
    assert "Teams inside" in text


def test_a_team_that_nobody_describes_says_where_it_is_from_and_how_to_describe_it():
    text = page(people("ada"))
    assert "# Payments Team" in text
    assert "From the GitHub team [acme/payments](https://github.com/orgs/acme/teams/payments)" in text
    assert "mention `@acme/payments`" in text
    assert "filename=registrations%2Fteams%2Fpayments.yaml&value=apiVersion%3A" in text
    assert "Declared in" not in text


def test_a_described_team_keeps_its_own_words_and_takes_the_members():
    mail = {"type": "team", "children": [], "profile": {"email": "payments@acme.example"}}
    text = page(people("ada"), entity(HOME, "Group", "payments", mail))
    assert "[payments@&#8203;acme.example](mailto:payments@acme.example)" in text
    assert "1 on GitHub: [ada](https://github.com/ada)" in text
    assert "mention `@acme/payments`" not in text
    assert "Declared in" in text


def test_what_is_handed_over_stands_on_the_page_of_its_owner():
    text = page(people("ada"), handovers={"component:default/pay": "acme/pay-2", "component:default/x": "acme/x"})
    rows = text.partition("## Hand-overs")[2].partition("\n\n---")[0]
    assert "[acme/pay-2](https://github.com/acme/pay-2)" in rows
    assert "acme/x" not in rows
    assert "Hand-overs" not in page(people("ada"))


def test_a_member_who_owns_something_is_linked_and_counted():
    owned = entity(HOME, "Component", "tool", {"owner": "user:zoe", "type": "library"})
    found = people("zoe")
    assert "[zoe](https://github.com/zoe)" in page(found, owned, ref="component:default/tool")
    assert "(unknown)" in page(people(), owned, ref="component:default/tool")
