"""Which keys a webhook makes dirty: examples as data, then anything at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.config import Config
from waypost.pages import paths
from waypost.queue.protocol import Key
from waypost.sync.events import GENERATED, HANDLERS, SETTINGS, marks, touched
from waypost.sync.publish import is_input

CONFIG = Config()
REPOSITORY = {"id": 7, "name": "payments", "default_branch": "main", "owner": {"login": "Acme"}}
CATALOG = {**REPOSITORY, "id": 1, "name": "catalog"}
BASE = {"installation": {"id": 42}, "repository": REPOSITORY}
REPO_KEY = Key(42, "repo", "7")
CATALOG_REPO_KEY = Key(42, "repo", "1")
CATALOG_KEY = Key(42, "catalog", "acme")


def commit(*, added=(), removed=(), modified=()):
    return {"added": list(added), "removed": list(removed), "modified": list(modified)}


def push(*commits, repository=REPOSITORY, **more):
    return {
        "installation": {"id": 42},
        "repository": repository,
        "ref": "refs/heads/main",
        "created": False,
        "deleted": False,
        "forced": False,
        "commits": list(commits),
        "sender": {"type": "User"},
        **more,
    }


def hints(event, payload):
    return {mark.key: mark.hint for mark in marks(event, payload, CONFIG)}


def test_push_marks_the_repository_with_all_paths_it_touched():
    payload = push(commit(added=["b"], removed=["c"]), commit(modified=["a", "b"]))
    assert hints("push", payload) == {REPO_KEY: ("a", "b", "c")}


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(push(*[commit(added=["a"])] * 2048), id="2,048 commits: the list is cut there"),
        pytest.param(push(commit(added=[f"f{i}" for i in range(3000)])), id="3,000 files in a commit: cut there"),
        pytest.param(push(*[commit(added=[f"{j}/{i}" for i in range(2000)]) for j in range(3)]), id="too long to keep"),
        pytest.param(push(commit(added=["a"]), size=2), id="fewer listed than were pushed"),
        pytest.param(push(commit(added=["a"]), distinct_size=2), id="fewer distinct ones listed"),
        pytest.param(push(commit(added=["a"]), forced=True), id="forced: dropped commits are listed nowhere"),
        pytest.param(push(commit(added=["a"]), created=True), id="the branch is new"),
        pytest.param(push(commit(added=["a"]), deleted=True), id="the default branch was deleted"),
        pytest.param(push(), id="no commits although the branch moved"),
        pytest.param(push({"id": "x"}), id="a commit without lists"),
        pytest.param(push({"added": [1], "removed": [], "modified": []}), id="a path that is no text"),
        pytest.param({**push(), "commits": None}, id="commits is null"),
    ],
)
def test_hint_is_unknown_unless_the_payload_proves_it_complete(payload):
    assert hints("push", payload) == {REPO_KEY: None}


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        pytest.param("push", {**push(commit(added=["a"])), "ref": "refs/heads/topic"}, id="push to another branch"),
        pytest.param("push", {**push(commit(added=["a"])), "ref": "refs/tags/main"}, id="a tag named like the branch"),
        pytest.param("create", {**BASE, "ref_type": "tag", "ref": "main"}, id="tag created"),
        pytest.param("delete", {**BASE, "ref_type": "branch", "ref": "topic"}, id="another branch deleted"),
        pytest.param("ping", BASE, id="ping"),
        pytest.param("star", BASE, id="star"),
        pytest.param("push", {**push(commit(added=["a"])), "installation": None}, id="no installation"),
        pytest.param("repository", {"installation": {"id": 42}}, id="no repository"),
        pytest.param("repository", {**BASE, "repository": {**REPOSITORY, "id": 2**63}}, id="an id no database holds"),
        pytest.param("repository", {**BASE, "repository": {**REPOSITORY, "id": True}}, id="an id that is no number"),
    ],
)
def test_events_that_cannot_matter_mark_nothing(event, payload):
    assert marks(event, payload, CONFIG) == []


@pytest.mark.parametrize("event", ["create", "delete"])
def test_default_branch_that_comes_or_goes_marks_the_repository(event):
    assert hints(event, {**BASE, "ref_type": "branch", "ref": "main"}) == {REPO_KEY: None}


@pytest.mark.parametrize(
    "action",
    ["created", "renamed", "transferred", "archived", "unarchived", "publicized", "privatized", "edited", "deleted"],
)
def test_whatever_happens_to_a_repository_marks_it(action):
    assert hints("repository", {**BASE, "action": action}) == {REPO_KEY: None}
    both = {CATALOG_REPO_KEY: None, CATALOG_KEY: None}
    assert hints("repository", {**BASE, "repository": CATALOG, "action": action}) == both


@pytest.mark.parametrize("event", ["installation", "installation_repositories"])
@pytest.mark.parametrize("action", ["created", "deleted", "suspend", "unsuspend", "added", "removed"])
def test_installation_events_ask_for_the_list_of_repositories(event, action):
    payload = {"installation": {"id": 42, "account": {"login": "acme"}}, "action": action}
    assert hints(event, payload) == {Key(42, "installation", "42"): None}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        pytest.param(["registrations/groups.yaml"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="a registration"),
        pytest.param(["waypost.yaml"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="the settings"),
        pytest.param(["about.md"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="the text of the front page"),
        pytest.param(["integrations/x.yaml"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="an integration"),
        pytest.param(["README.md"], {CATALOG_KEY}, id="a generated file edited by people"),
        pytest.param(["pages/a.md", "docs/x.md"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="generated and others"),
        pytest.param([".github/CODEOWNERS"], {CATALOG_REPO_KEY}, id="a file like in any repository"),
    ],
)
def test_push_by_people_to_the_catalog_repository(paths, expected):
    assert set(hints("push", push(commit(modified=paths), repository=CATALOG))) == expected


def test_our_own_commit_marks_nothing_so_there_is_no_loop():
    ours = {"repository": CATALOG, "sender": {"type": "Bot"}}
    generated = commit(added=["entities/all.yaml", "pages/x.md", ".waypost/index/a.json"], modified=["README.md"])
    assert marks("push", push(generated, **ours), CONFIG) == []
    large = commit(added=[f"pages/{number}.md" for number in range(3000)])
    assert marks("push", push(large, **ours), CONFIG) == []


def test_a_bot_that_touches_more_than_generated_files_is_not_us():
    bot = {"repository": CATALOG, "sender": {"type": "Bot"}}
    assert CATALOG_KEY in hints("push", push(commit(modified=["README.md", "waypost.yaml"]), **bot))
    merged = push(commit(modified=["README.md"]), commit(modified=["registrations/a.yaml"]), **bot)
    assert set(hints("push", merged)) == {CATALOG_REPO_KEY, CATALOG_KEY}


@pytest.mark.parametrize("name", ["portal", "ACME/Portal"])
def test_the_catalog_repository_can_have_another_name(name):
    payload = push(commit(modified=["about.md"]), repository={**CATALOG, "name": "Portal"})
    assert CATALOG_KEY in {mark.key for mark in marks("push", payload, Config(catalog_repository=name))}
    assert CATALOG_KEY not in {mark.key for mark in marks("push", payload, Config(catalog_repository="other/portal"))}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KNOWN_WORDS = ("repository", "installation", "ref", "ref_type", "commits", "sender", "size", "created", "forced")


@settings(max_examples=200, deadline=None)
@given(
    event=st.sampled_from(sorted(HANDLERS)), odd=st.dictionaries(st.sampled_from(KNOWN_WORDS), JSON), keep=st.booleans()
)
def test_odd_payloads_never_raise(event, odd, keep):
    payload = {**push(commit(added=["a"])), **odd} if keep else odd
    for mark in marks(event, payload, CONFIG):
        assert mark.key.subject
    touched(payload)


def test_what_is_generated_and_what_steers_the_pages_is_said_alike_everywhere():
    assert paths.GENERATED == GENERATED
    for place in SETTINGS:
        assert is_input(f"{place}x.yaml" if place.endswith("/") else place) or place == "registrations/"
