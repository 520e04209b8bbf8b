"""What becomes of entities when their repository is renamed, given away, hidden, closed or deleted on GitHub.

GitHub in a box and its own deliveries; each state with the case beside it that must not lead there.
"""

from __future__ import annotations

import pytest

from faults.organisation import Organisation
from unit.sync.world import component
from waypost.pages.paths import entity_file
from waypost.queue.protocol import Key, Mark
from waypost.sync.sweep import ABSENT_SECONDS

MINUTE = 60
# no two tests share one: each must pass alone and in any order
NAMES = (
    *("payments", "ledger", "attic", "trunk", "rewritten", "forced", "secret", "doomed", "emigrant", "traveller"),
    *("patient", "picked", "unpicked"),
)


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    """Everything is described and published; each test has repositories of its own."""
    seed = {name: {"files": {"catalog-info.yaml": component(name)}, "visibility": "public"} for name in NAMES}
    with Organisation(tmp_path_factory.mktemp("states"), seed) as organisation:
        organisation.ask("POST", "/_sandbox/seed", {"globex": {"catalog": {"visibility": "public"}}})
        organisation.ask("POST", "/_sandbox/seed", {"initech": {}})
        for held in organisation.forges.installations():
            if held.account == "initech":  # an owner who does not have the App
                organisation.ask("DELETE", f"/_sandbox/installations/{held.id}")
        organisation.process = organisation.worker("waypost.db")
        sweep(organisation)
        organisation.hear(organisation.process)
        yield organisation


def settle(acme):
    """Hear what GitHub delivered and publish it, when a commit may be made again."""
    acme.sleep(MINUTE)
    heard = acme.hear(acme.process)
    assert acme.settle(acme.process) == ""
    return heard


def sweep(acme):
    """A full listing of every installation, whatever is due."""
    acme.sleep(MINUTE)
    numbers = [one.id for one in acme.forges.installations()]
    acme.process.context.queue.mark([Mark(Key(number, "installation", str(number))) for number in numbers])
    assert acme.settle(acme.process) == ""


def state(acme, name):
    text = acme.entity(name)
    found = [line.partition("waypost.dev/state:")[2].strip() for line in text.splitlines() if "dev/state" in line]
    return found[0] if found else "present" if text else ""


def number(acme, name):
    lines = [line for line in acme.entity(name).splitlines() if "waypost.dev/repository-id" in line]
    return lines[0].partition(": ")[2].strip("'\"")


def commits(acme, path):
    return [one["sha"] for one in acme.ask("GET", f"/repos/acme/catalog/commits?path={path}&per_page=100")]


def mentions(acme, words):
    """The generated files that hold these words."""
    store = acme.forges.forge(acme.installation).store("acme/catalog", "main")
    store.refresh()
    return [path for path, data in store.read(acme.files()).items() if words in data.decode()]


def test_rename_keeps_identity_and_history(acme):
    path = entity_file("component:default/payments")
    before, history = number(acme, "payments"), commits(acme, path)
    acme.ask("PATCH", "/repos/acme/payments", {"name": "money"})
    assert "repository.renamed" in settle(acme)
    assert number(acme, "payments") == before
    assert commits(acme, path)[-len(history) :] == history
    assert state(acme, "payments") == "present"
    assert mentions(acme, "acme/money")
    assert not mentions(acme, "acme/payments")
    # who takes the old name is somebody else
    acme.ask("POST", "/orgs/acme/repos", {"name": "payments", "auto_init": True})
    acme.push("payments", "catalog-info.yaml", component("payments", "team-x"))
    settle(acme)
    assert number(acme, "payments") == before
    assert "owner: team-x" not in acme.entity("payments")


def test_rename_that_is_not_told_is_not_seen_until_the_listing(acme):
    acme.ask("POST", "/_sandbox/deliveries/rules", {"action": "lose", "event": "repository.renamed", "count": 1})
    acme.ask("PATCH", "/repos/acme/ledger", {"name": "general-ledger"})
    assert "repository.renamed" not in settle(acme)
    assert "acme/general-ledger" not in acme.entity("ledger")
    sweep(acme)
    assert "acme/general-ledger" in acme.entity("ledger")


def test_archived_and_unarchived(acme):
    acme.ask("PATCH", "/repos/acme/attic", {"archived": True})
    assert "repository.archived" in settle(acme)
    assert state(acme, "attic") == "archived"
    acme.ask("PATCH", "/repos/acme/attic", {"archived": False})
    assert "repository.unarchived" in settle(acme)
    assert state(acme, "attic") == "present"


def test_default_branch_that_changes_and_pushes_to_the_former_one(acme):
    acme.branch("trunk", "next")
    acme.push("trunk", "catalog-info.yaml", component("trunk", "team-next"), "next")
    settle(acme)
    assert "team-next" not in acme.entity("trunk")
    acme.ask("PATCH", "/repos/acme/trunk", {"default_branch": "next"})
    assert "repository.edited" in settle(acme)
    assert "owner: team-next" in acme.entity("trunk")
    acme.push("trunk", "catalog-info.yaml", component("trunk", "team-former"), "main")
    settle(acme)
    assert "owner: team-next" in acme.entity("trunk")


def test_renamed_default_branch_is_followed(acme):
    acme.ask("POST", "/repos/acme/rewritten/branches/main/rename", {"new_name": "trunk"})
    settle(acme)
    acme.push("rewritten", "catalog-info.yaml", component("rewritten", "team-trunk"), "trunk")
    settle(acme)
    assert "owner: team-trunk" in acme.entity("rewritten")


def test_force_push_that_names_other_files_drops_a_change(acme):
    """The commits that it lists touch README.md; what it dropped touched the descriptor."""
    name = acme.ask("GET", "/repos/acme/forced/git/ref/heads/main")["object"]["sha"]
    acme.push("forced", "catalog-info.yaml", component("forced", "team-dropped"))
    settle(acme)
    assert "owner: team-dropped" in acme.entity("forced")
    tree = acme.ask("GET", f"/repos/acme/forced/git/commits/{name}")["tree"]["sha"]
    entry = {"path": "README.md", "mode": "100644", "type": "blob", "content": "only this\n"}
    tree = acme.ask("POST", "/repos/acme/forced/git/trees", {"base_tree": tree, "tree": [entry]})["sha"]
    body = {"message": "Rewrite", "tree": tree, "parents": [name]}
    commit = acme.ask("POST", "/repos/acme/forced/git/commits", body)["sha"]
    acme.ask("PATCH", "/repos/acme/forced/git/refs/heads/main", {"sha": commit, "force": True})
    assert "push" in settle(acme)
    assert "team-dropped" not in acme.entity("forced")


def test_privatized_repository_leaves_the_wider_catalog_with_its_orphans(acme):
    acme.push("secret", "other.yaml", "x")
    settle(acme)
    acme.push("secret", "catalog-info.yaml", component("hidden-plan"))  # component secret is an orphan now
    settle(acme)
    assert state(acme, "secret") == "orphan"
    assert mentions(acme, "acme/secret")
    acme.ask("PATCH", "/repos/acme/secret", {"private": True})
    assert "repository.privatized" in settle(acme)
    assert not mentions(acme, "acme/secret")
    assert not acme.entity("secret") + acme.entity("hidden-plan")
    sweep(acme)  # nor does a listing bring it back
    assert not mentions(acme, "acme/secret")
    acme.ask("PATCH", "/repos/acme/secret", {"private": False})
    settle(acme)
    assert state(acme, "hidden-plan") == "present"


def test_deleted_repository_is_gone_after_two_listings_ten_minutes_apart(acme):
    acme.ask("DELETE", "/repos/acme/doomed")
    assert "repository.deleted" not in settle(acme)  # GitHub tells no App
    assert state(acme, "doomed") == "present"
    sweep(acme)
    assert state(acme, "doomed") == "stale"
    sweep(acme)  # a minute later
    assert state(acme, "doomed") == "stale"
    acme.sleep(ABSENT_SECONDS)
    sweep(acme)
    assert state(acme, "doomed") == "orphan"


def test_transfer_to_an_owner_without_the_app_is_gone_too(acme):
    acme.ask("POST", "/repos/acme/emigrant/transfer", {"new_owner": "initech"})
    assert "repository.transferred" not in settle(acme)
    sweep(acme)
    assert state(acme, "emigrant") == "stale"
    acme.sleep(ABSENT_SECONDS)
    sweep(acme)
    assert state(acme, "emigrant") == "orphan"
    assert "deleted or transferred away" in acme.entity("emigrant")


def test_transfer_to_another_tenant_moves_it_there(acme):
    before = number(acme, "traveller")
    acme.ask("POST", "/repos/acme/traveller/transfer", {"new_owner": "globex"})
    assert "repository.transferred" in settle(acme)
    theirs = acme.forges.forge(acme.installation_of("globex")).store("globex/catalog", "main")
    theirs.refresh()
    path = entity_file("component:default/traveller")
    text = theirs.read([path])[path].decode()
    assert before in text
    assert "globex/traveller" in text
    sweep(acme)
    assert state(acme, "traveller") == "stale"
    acme.sleep(ABSENT_SECONDS)
    sweep(acme)
    assert state(acme, "traveller") == "orphan"


def test_suspended_app_reads_and_removes_nothing_and_heals_when_it_is_back(acme):
    before = acme.files()
    path = f"/_sandbox/installations/{acme.installation}"
    acme.ask("PATCH", path, {"suspended": True})
    try:
        assert "installation.suspend" in settle(acme)
        acme.push("patient", "catalog-info.yaml", component("patient", "team-late"))
        settle(acme)
        acme.sleep(ABSENT_SECONDS)
        sweep(acme)
        sweep(acme)
    finally:
        acme.ask("PATCH", path, {"suspended": False})
    assert acme.files() == before
    assert "installation.unsuspend" in settle(acme)
    assert "owner: team-late" in acme.entity("patient")
    assert [path for path in before if path not in acme.files()] == []


def test_repository_that_is_not_selected_any_more_is_stale_and_says_why(acme):
    path = f"/_sandbox/installations/{acme.installation}"
    acme.ask("PATCH", path, {"repositories": ["catalog", "picked"]})
    try:
        assert "installation_repositories.removed" in settle(acme)
        for _ in range(2):
            acme.sleep(ABSENT_SECONDS)
            sweep(acme)
        assert state(acme, "unpicked") == "stale"
        assert "the App has no access to acme/unpicked" in acme.entity("unpicked")
        assert state(acme, "picked") == "present"
    finally:
        acme.ask("PATCH", path, {"repositories": None})
    settle(acme)
    assert state(acme, "unpicked") == "present"
