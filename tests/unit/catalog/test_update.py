"""An update says exactly what a full build says, whatever changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unit.catalog._organisation import entity, snapshot
from waypost.catalog.build import adopt, build, update
from waypost.catalog.compare import compare
from waypost.catalog.entities import Evidence, Source
from waypost.catalog.people import People, Team
from waypost.catalog.problems import Problem
from waypost.catalog.settings import Settings
from waypost.catalog.teams import derive

NAMES = ("a", "b", "pay", "pays", "payments", "ledger")
KINDS = ("Component", "API", "Resource", "System", "Domain", "Group", "User")
REFS = [f"{kind.lower()}:{name}" for kind in KINDS for name in NAMES]
TODAY = "2026-02-15"
LIFECYCLE = st.sampled_from(["production", "deprecated"])


def specs(kind):
    """Some of the fields of a kind, with targets that may or may not exist."""

    def one(*kinds):
        return st.sampled_from([f"{kind}:{name}" for kind in kinds for name in NAMES])

    def some(*kinds):
        return st.lists(one(*kinds), max_size=2)

    owner = st.sampled_from(
        [
            *NAMES,
            "user:pay",
            "acme/pay",
            "@acme/pays",
            "a@acme.example",
            "ada",
            "@ada",
            "The Payers",
            "Payments",
            "guests",
        ]
    )
    fields = {
        "Component": {"owner": owner, "dependsOn": some("component", "resource"), "consumesApis": some("api"),
                      "providesApis": some("api"), "system": one("system"), "lifecycle": LIFECYCLE,
                      "subcomponentOf": one("component"), "dependencyOf": some("component")},
        "API": {"owner": owner, "system": one("system"), "lifecycle": LIFECYCLE},
        "Resource": {"owner": owner, "dependsOn": some("component", "resource"), "system": one("system")},
        "System": {"owner": owner, "domain": one("domain")},
        "Domain": {"owner": owner, "subdomainOf": one("domain")},
        "Group": {"parent": one("group"), "children": some("group"), "members": some("user")},
        "User": {"memberOf": some("group"), "profile": st.sampled_from([{}, {"email": "a@acme.example"}])},
    }  # fmt: skip
    return st.fixed_dictionaries({}, optional=fields[kind])


METADATA = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["The Payers", "Payments"]),
        "labels": st.fixed_dictionaries({"tier": st.sampled_from(["1", "2", "3"])}),
        "annotations": st.sampled_from(
            [
                {"github.com/project-slug": "acme/r2"},
                {"github.com/team-slug": "acme/pays"},
                {"github.com/user-login": "Ada"},
                {"github.com/user-login": "bob"},
                {"waypost.dev/repository-id": "1", "waypost.dev/state": "orphan"},
            ]
        ),
    },
)


@st.composite
def entities(draw, number):
    kind = draw(st.sampled_from(KINDS))
    name = draw(st.sampled_from(NAMES))
    return entity(number, kind, name, metadata=draw(METADATA), **draw(specs(kind)))


@st.composite
def snapshots(draw, number):
    declared = {one.ref: one for one in draw(st.lists(entities(number), max_size=4))}
    state = draw(st.sampled_from(["present"] * 6 + ["stale", "gone"]))
    problems = [
        Problem(f"acme/r{number}", "catalog-info.yaml", 3, 1, "owner-email", "/spec/owner", "odd", ref=ref)
        for ref in draw(st.lists(st.sampled_from([f"component:default/{name}" for name in NAMES]), max_size=1))
    ]
    sources = draw(st.sampled_from([(), (Source("catalog-info.yaml", "", "d" * 40, "2026-02-01T10:00:00Z"),)]))
    read = snapshot(
        number,
        *declared.values(),
        name=draw(st.sampled_from([f"r{number}"] * 5 + ["catalog"])),
        state=state,
        problems=problems,
        sources=sources,
        since=draw(st.sampled_from(["", "2026-01-10"])) if state != "present" else "",
        is_archived=draw(st.sampled_from([False] * 5 + [True])),
        is_fork=draw(st.sampled_from([False] * 7 + [True])),
        visibility=draw(st.sampled_from(["private"] * 4 + ["internal", "public"])),
    )
    return replace(read, evidence=Evidence(draw(st.sampled_from([(), (), ("@acme/pays",), ("@ada", "@acme/a")]))))


NUMBERS = range(1, 6)
SETTINGS = st.builds(
    Settings,
    handovers=st.dictionaries(
        st.sampled_from([f"component:default/{name}" for name in NAMES]),
        st.sampled_from(["acme/r1", "acme/r4"]),
        max_size=2,
    ),
    exclude=st.sampled_from([(), (), ("r3",)]),
    grace_days=st.sampled_from([0, 30]),
    kinds=st.just(("Dataset",)),
)


@st.composite
def organisations(draw):
    """GitHub's teams and members, or that nothing is known of them."""
    if not draw(st.integers(0, 3)):
        return None
    slugs = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    teams = {}
    for number, slug in enumerate(slugs, 1):
        parent = draw(st.sampled_from(["", *slugs[: number - 1]]))
        members = draw(st.sampled_from([(), ("Ada",), ("Ada", "bob")]))
        teams[slug] = Team(slug, draw(st.sampled_from([slug, "The Payers"])), "", parent, members, number)
    return People(teams, draw(st.sampled_from([frozenset({"ada"}), frozenset({"ada", "pay"})])))


@st.composite
def worlds(draw):
    """Settings, what is recorded, how things were, and how some repositories are now."""
    before = {number: draw(snapshots(number)) for number in NUMBERS if draw(st.integers(0, 4))}
    recorded = {}
    for number in (*NUMBERS, 9):
        for one in draw(st.lists(entities(number), max_size=2)):
            state = draw(st.sampled_from(["present", "present", "orphan", "stale"]))
            since = draw(st.sampled_from(["", "2026-02-10", "2025-06-01"])) if state != "present" else ""
            recorded[one.ref] = replace(one, state=state, reason="was so" if since else "", since=since)
    for slug in draw(st.lists(st.sampled_from(NAMES), max_size=2)):
        team = derive("acme", Team(slug, slug, id=draw(st.integers(0, 3))), "")
        since = draw(st.sampled_from(["", "2026-02-10", "2025-06-01"]))
        recorded[team.ref] = replace(team, state="orphan", reason="gone", since=since) if since else team
    rounds = draw(
        st.lists(
            st.dictionaries(st.sampled_from(NUMBERS), st.just(None), min_size=1, max_size=3), min_size=1, max_size=3
        )
    )
    changes = [{number: draw(snapshots(number)) for number in one} for one in rounds]
    return draw(SETTINGS), before, recorded, changes, draw(st.sampled_from(["", TODAY])), draw(organisations())


FULL = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
BRIEF = settings(FULL, max_examples=40)


@FULL
@given(worlds())
def test_an_update_says_what_a_full_build_says(world):
    chosen, before, recorded, changes, today, people = world
    catalog = first = build("acme", before.values(), recorded, chosen, today, people)
    now = dict(before)
    for change in changes:
        now |= change
        catalog = update(catalog, change.values())
        whole = build("acme", now.values(), recorded, chosen, today, people)
        assert_same(catalog, whole)
    told, seen = compare(first, catalog), compare(first, whole)
    assert told == seen


def assert_same(catalog, whole):
    for name in catalog.__dataclass_fields__:
        if name not in ("token", "lineage"):
            assert getattr(catalog, name) == getattr(whole, name), name
    assert catalog == whole
    for ref in {*whole.entities, *whole.edges}:
        assert catalog.relations(ref) == whole.relations(ref)
        assert catalog.owner(ref) == whole.owner(ref)
    assert catalog.all_problems() == whole.all_problems()


@BRIEF
@given(worlds())
def test_the_order_of_snapshots_does_not_matter(world):
    chosen, before, recorded, _, today, people = world
    there = build("acme", before.values(), recorded, chosen, today, people)
    back = build("acme", list(before.values())[::-1], dict(reversed(recorded.items())), chosen, today, people)
    assert there == back


@BRIEF
@given(worlds())
def test_what_was_committed_is_what_the_next_build_finds(world):
    """Adopting changes nothing by itself: the claims that a catalog settles are the claims it then records."""
    chosen, before, recorded, changes, today, people = world
    catalog = build("acme", before.values(), recorded, chosen, today, people)
    again = build("acme", before.values(), catalog.entities, chosen, today, people)
    assert again == adopt(catalog)
    for change in changes:
        before = before | change
    merged = {number: one for change in changes for number, one in change.items()}
    assert update(adopt(catalog), merged.values()) == build(
        "acme", before.values(), catalog.entities, chosen, today, people
    )
