"""How repositories are read: in few calls, at one commit, and each repository's trouble its own."""

from __future__ import annotations

import pytest

from unit.sync.world import component
from waypost.catalog.entities import Repository, Snapshot
from waypost.forge.memory import MemoryForges
from waypost.forge.protocol import ForgeError, Unavailable
from waypost.sync.reader import Subject, is_untouched, read

LOCATION = """apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: {name}
spec:
  target: {target}
"""


@pytest.fixture
def forge():
    return MemoryForges().install("acme")


def no_catalog(repository):
    return False


def calls(forge, act):
    before = sum(forge.calls().values())
    answer = act()
    return sum(forge.calls().values()) - before, answer


def subject(repository, known=None, hint=None):
    return Subject(repository.id, repository.full_name, known, hint)


def names(snapshot):
    return sorted(entity.name for entity in snapshot.entities)


def test_fifty_new_repositories_cost_two_calls(forge):
    made = [forge.create(f"s{n}", {"catalog-info.yaml": component(f"s{n}")}) for n in range(50)]
    spent, found = calls(forge, lambda: read(forge, [subject(one) for one in made], no_catalog))
    assert spent <= 2
    assert [names(found[one.id]) for one in made] == [[one.name] for one in made]


def test_known_repository_with_a_named_change_costs_one_call(forge):
    made = forge.create("pay", {"catalog-info.yaml": component("pay")})
    known = read(forge, [subject(made)], no_catalog)[made.id]
    after = forge.push("pay", {"catalog-info.yaml": component("pay", owner="other")})
    hinted = subject(after, known, ("catalog-info.yaml",))
    spent, found = calls(forge, lambda: read(forge, [hinted], no_catalog))
    assert spent == 1
    assert found[made.id].entities[0].origin.commit == after.head


def test_locations_lead_from_file_to_file(forge):
    made = forge.create(
        "pay",
        {
            "catalog-info.yaml": LOCATION.format(name="first", target="./a/one.yaml"),
            "a/one.yaml": LOCATION.format(name="second", target="../b/two.yaml") + "---\n" + component("one"),
            "b/two.yaml": component("two"),
        },
    )
    found = read(forge, [subject(made)], no_catalog)[made.id]
    assert names(found) == ["first", "one", "second", "two"]
    spent, again = calls(forge, lambda: read(forge, [subject(made, found)], no_catalog))
    assert (spent, again[made.id]) == (1, found)


def test_glob_asks_for_the_tree(forge):
    files = {f"services/{n}/catalog-info.yaml": component(f"s{n}") for n in range(3)}
    made = forge.create(
        "mono", {"catalog-info.yaml": LOCATION.format(name="all", target="./services/*/catalog-info.yaml"), **files}
    )
    assert {"s0", "s1", "s2"} <= set(names(read(forge, [subject(made)], no_catalog)[made.id]))


def test_descriptor_too_large_to_come_along_is_fetched(forge):
    text = component("big") + "# " + "x" * 700_000 + "\n"
    made = forge.create("big", {"catalog-info.yaml": text})
    assert names(read(forge, [subject(made)], no_catalog)[made.id]) == ["big"]


def test_empty_repository_is_a_snapshot_without_entities(forge):
    made = forge.create("empty")
    found = read(forge, [subject(made)], no_catalog)[made.id]
    assert isinstance(found, Snapshot)
    assert found.entities == ()


def test_missing_repository_is_none_and_the_others_are_read(forge):
    made = forge.create("pay", {"catalog-info.yaml": component("pay")})
    found = read(forge, [Subject(99, "acme/nowhere"), subject(made)], no_catalog)
    assert found[99] is None
    assert names(found[made.id]) == ["pay"]


def test_removed_descriptor_is_remembered_with_the_commit_that_removed_it(forge):
    made = forge.create("pay", {"catalog-info.yaml": component("pay"), "README.md": "x"})
    known = read(forge, [subject(made)], no_catalog)[made.id]
    after = forge.push("pay", {"catalog-info.yaml": None})
    found = read(forge, [subject(after, known, ("catalog-info.yaml",))], no_catalog)[made.id]
    assert found.entities == ()
    assert [(source.path, source.blob, source.commit) for source in found.sources] == [
        ("catalog-info.yaml", "", after.head)
    ]


def test_trouble_with_one_repository_is_its_own(forge, monkeypatch):
    glob = {"catalog-info.yaml": LOCATION.format(name="all", target="./x/*.yaml"), "x/a.yaml": component("a")}
    bad, good = forge.create("bad", glob), forge.create("good", glob)
    tree = type(forge).tree

    def fail(self, full_name, commit):
        if full_name == bad.full_name:
            raise ForgeError("too many files to list")
        return tree(self, full_name, commit)

    monkeypatch.setattr(type(forge), "tree", fail)
    found = read(forge, [subject(bad), subject(good)], no_catalog)
    assert str(found[bad.id]) == "too many files to list"
    assert "a" in names(found[good.id])


def test_trouble_with_the_forge_is_everybodys(forge):
    made = forge.create("pay")
    forge.fail(Unavailable("502"))
    with pytest.raises(Unavailable):
        read(forge, [subject(made)], no_catalog)


KNOWN = Snapshot(Repository(7, "acme", "pay"), watched=("services/*.yaml", "docs/api.json"))


@pytest.mark.parametrize(
    ("hint", "untouched"),
    [
        pytest.param(("src/main.py", "README.md"), True, id="nothing of ours"),
        pytest.param((), True, id="no paths at all"),
        pytest.param(("src/main.py", "catalog-info.yaml"), False, id="a descriptor"),
        pytest.param(("CODEOWNERS",), False, id="owners"),
        pytest.param(("services/a.yaml",), False, id="a watched glob"),
        pytest.param(("docs/api.json",), False, id="a watched path"),
        pytest.param(None, False, id="unknown"),
    ],
)
def test_hint_proves_that_nothing_of_ours_changed(hint, untouched):
    assert is_untouched(Subject(7, "acme/pay", KNOWN, hint), False) is untouched


def test_hint_proves_nothing_of_a_repository_that_was_not_read():
    stale = Snapshot(KNOWN.repository, state="stale")
    assert not is_untouched(Subject(7, "acme/pay", None, ()), False)
    assert not is_untouched(Subject(7, "acme/pay", stale, ()), False)
