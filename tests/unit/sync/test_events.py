"""Which keys a webhook makes dirty: examples as data, then anything at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.config import Config
from waypost.pages import paths
from waypost.queue.protocol import Key
from waypost.sync.events import GENERATED, HANDLERS, SETTINGS, marks, touched
from waypost.sync.events.pulls import AGAIN
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
    ["created", "renamed", "transferred", "archived", "unarchived", "publicized", "edited", "deleted"],
)
def test_whatever_happens_to_a_repository_marks_it(action):
    assert hints("repository", {**BASE, "action": action}) == {REPO_KEY: None}
    both = {CATALOG_REPO_KEY: None, CATALOG_KEY: None}
    assert hints("repository", {**BASE, "repository": CATALOG, "action": action}) == both


@pytest.mark.parametrize("event", ["installation", "installation_repositories", "installation_target"])
@pytest.mark.parametrize(
    "action", ["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted", "added", "removed", "renamed"]
)
def test_installation_events_ask_for_the_list_of_repositories(event, action):
    payload = {"installation": {"id": 42, "account": {"login": "acme"}}, "action": action}
    assert hints(event, payload) == {Key(42, "installation", "42"): ()}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        pytest.param(["registrations/groups.yaml"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="a registration"),
        pytest.param(["waypost.yaml"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="the settings"),
        pytest.param(["about.md"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="the text of the front page"),
        pytest.param(["integrations/x.yaml"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="an integration"),
        pytest.param(["README.md"], {CATALOG_KEY}, id="a generated file edited by people"),
        pytest.param(["pages/a.md", "docs/x.md"], {CATALOG_REPO_KEY, CATALOG_KEY}, id="generated and others"),
        pytest.param([".github/ISSUE_TEMPLATE/create-x.yml"], {CATALOG_KEY}, id="a form of ours"),
        pytest.param([".github/ISSUE_TEMPLATE/register.yml"], {CATALOG_REPO_KEY}, id="a form of theirs"),
        pytest.param([".github/CODEOWNERS"], {CATALOG_REPO_KEY}, id="a file like in any repository"),
    ],
)
def test_push_by_people_to_the_catalog_repository(paths, expected):
    assert set(hints("push", push(commit(modified=paths), repository=CATALOG))) == expected


def test_our_own_commit_marks_nothing_so_there_is_no_loop():
    ours = {"repository": CATALOG, "sender": {"type": "Bot"}}
    generated = commit(added=["entities/all.yaml", "pages/x.md", ".waypost/index/a.json"], modified=["README.md"])
    assert marks("push", push(generated, **ours), CONFIG) == []
    forms = commit(added=[".github/ISSUE_TEMPLATE/create-x.yml"], modified=["pages/create.md"])
    assert marks("push", push(forms, **ours), CONFIG) == []
    large = commit(added=[f"pages/{number}.md" for number in range(3000)])
    assert marks("push", push(large, **ours), CONFIG) == []


def test_a_bot_that_touches_more_than_generated_files_is_not_us():
    bot = {"repository": CATALOG, "sender": {"type": "Bot"}}
    assert CATALOG_KEY in hints("push", push(commit(modified=["README.md", "waypost.yaml"]), **bot))
    merged = push(commit(modified=["README.md"]), commit(modified=["registrations/a.yaml"]), **bot)
    assert set(hints("push", merged)) == {CATALOG_REPO_KEY, CATALOG_KEY}


def test_privatized_repository_is_read_ahead_of_all_others():
    assert hints("repository", {**BASE, "action": "privatized"}) == {REPO_KEY: None, Key(42, "hidden", "7"): None}


def test_renamed_catalog_repository_asks_for_the_catalog_under_either_name():
    renamed = {"action": "renamed", "changes": {"repository": {"name": {"from": "catalog"}}}}
    assert CATALOG_KEY in hints("repository", {**BASE, **renamed})
    other = {"action": "renamed", "changes": {"repository": {"name": {"from": "payments-old"}}}}
    assert hints("repository", {**BASE, **other}) == {REPO_KEY: None}


def test_push_to_a_former_default_branch_says_nothing():
    moved = {**REPOSITORY, "default_branch": "trunk"}
    assert marks("push", push(commit(added=["a"]), repository=moved), CONFIG) == []
    edited = {**BASE, "action": "edited", "changes": {"default_branch": {"from": "main"}}}
    assert hints("repository", edited) == {REPO_KEY: None}


@pytest.mark.parametrize(
    ("event", "action"),
    [
        *(("team", action) for action in ("created", "deleted", "edited")),
        *(("membership", action) for action in ("added", "removed")),
        *(("organization", action) for action in ("member_added", "member_removed")),
    ],
)
def test_who_belongs_where_is_read_anew(event, action):
    payload = {"installation": {"id": 42}, "organization": {"login": "acme"}, "action": action}
    assert hints(event, payload) == {Key(42, "people", "42"): None}


@pytest.mark.parametrize(
    ("event", "action"),
    [("team", "added_to_repository"), ("organization", "member_invited"), ("member", "added"), ("team_add", None)],
)
def test_access_to_a_repository_is_not_membership(event, action):
    assert hints(event, {**BASE, "action": action}) == {}


PULL_KEY, CATALOG_PULL_KEY = Key(42, "pull", "7#3"), Key(42, "pull", "1#3")
COMMIT = "c" * 40


def pull_request(action, repository=REPOSITORY, branch="topic", head=7, **more):
    pull = {"number": 3, "head": {"ref": branch, "repo": {"id": head} if head else None}}
    return {"installation": {"id": 42}, "repository": repository, "action": action, "pull_request": pull, **more}


@pytest.mark.parametrize("action", ["opened", "synchronize", "reopened", "ready_for_review", "closed"])
@pytest.mark.parametrize("head", [7, 99, 0], ids=["own branch", "fork", "deleted fork"])
def test_pull_request_is_looked_at_in_the_repository_it_goes_to(action, head):
    assert hints("pull_request", pull_request(action, head=head)) == {PULL_KEY: None}


def test_pull_request_with_another_base_is_looked_at_and_with_another_title_not():
    changed = {"changes": {"base": {"ref": {"from": "main"}}}}
    assert hints("pull_request", pull_request("edited", **changed)) == {PULL_KEY: None}
    assert hints("pull_request", pull_request("edited", changes={"title": {"from": "x"}})) == {}


@pytest.mark.parametrize("action", ["assigned", "locked", "review_requested", "labeled", "enqueued"])
def test_what_changes_nothing_in_a_pull_request_marks_nothing(action):
    assert hints("pull_request", pull_request(action)) == {}


@pytest.mark.parametrize("action", ["closed", "reopened"])
def test_our_own_pull_request_that_ends_or_comes_back_tells_the_onboarding(action):
    payload = pull_request(action, branch="waypost/onboard")
    assert hints("pull_request", payload) == {PULL_KEY: None, Key(42, "onboard", "acme"): None}
    assert hints("pull_request", pull_request(action, branch="waypost/onboard", head=99)) == {PULL_KEY: None}
    assert hints("pull_request", pull_request("opened", branch="waypost/onboard")) == {PULL_KEY: None}


def conversation(repository, **more):
    return {**pull_request("created", repository), "issue": {"number": 3, "pull_request": {}}, **more}


@pytest.mark.parametrize("event", ["pull_request_review", "issue_comment"])
def test_people_who_speak_count_where_a_merge_waits_for_them(event):
    person, bot = {"sender": {"type": "User"}}, {"sender": {"type": "Bot"}}
    assert hints(event, conversation(CATALOG, **person)) == {CATALOG_PULL_KEY: None}
    assert hints(event, conversation(CATALOG, **bot)) == {}
    assert hints(event, conversation(REPOSITORY, **person)) == {}


PERSON, BOT = {"sender": {"type": "User"}}, {"sender": {"type": "Bot"}}
REQUEST = {"issue": {"number": 3, "labels": [{"name": "waypost:create"}], "body": ""}}
FORM = {"issue": {"number": 3, "labels": [], "body": "### Template\n\nnote"}}
SAID = {"comment": {"body": "/approve"}}
REQUEST_KEY = Key(42, "request", "1#3")


def talk(action="created", repository=CATALOG, **more):
    return {"installation": {"id": 42}, "repository": repository, "action": action, **PERSON, **more}


@pytest.mark.parametrize("issue", [REQUEST, FORM], ids=["by its label", "by what its form wrote"])
@pytest.mark.parametrize("action", ["opened", "edited", "reopened", "labeled", "unlabeled"])
def test_issue_that_asks_for_a_repository_is_looked_at(action, issue):
    assert hints("issues", talk(action, **issue)) == {REQUEST_KEY: None}


def test_command_in_a_request_is_a_reason_to_look():
    assert hints("issue_comment", talk(**REQUEST, **SAID)) == {REQUEST_KEY: None}
    assert hints("issue_comment", talk("edited", **REQUEST, **SAID)) == {REQUEST_KEY: None}


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        pytest.param("issues", talk("opened", issue={"number": 3, "body": "It breaks"}), id="asks for nothing"),
        pytest.param("issues", talk("opened", REPOSITORY, **REQUEST), id="in another repository"),
        pytest.param("issues", talk("closed", **REQUEST), id="closed"),
        pytest.param("issues", talk("opened", **{**REQUEST, **BOT}), id="by a bot"),
        pytest.param("issues", talk("opened", issue={**REQUEST["issue"], "labels": "odd"}), id="odd labels"),
        pytest.param("issue_comment", talk(**REQUEST, comment={"body": "Nice"}), id="a remark"),
        pytest.param("issue_comment", talk("deleted", **REQUEST, **SAID), id="a command that is gone"),
        pytest.param("issue_comment", talk(**{**REQUEST, **SAID, **BOT}), id="a command of a bot"),
        pytest.param("issue_comment", talk(issue={"number": 3, "body": ""}, **SAID), id="a command elsewhere"),
    ],
)
def test_what_is_no_request_marks_no_request(event, payload):
    assert hints(event, payload) == {}


def test_command_on_a_pull_request_is_none_in_a_request():
    issue = {**REQUEST["issue"], "pull_request": {}}
    assert REQUEST_KEY not in hints("issue_comment", talk(issue=issue, **SAID))


def test_comment_on_an_issue_is_none_on_a_pull_request():
    assert hints("issue_comment", conversation(CATALOG, issue={"number": 3})) == {}


def suite(action, repository, *numbers, branch="topic", app=1, base=None):
    pulls = [{"number": number, "base": {"repo": {"id": base or repository["id"]}}} for number in numbers]
    about = {"head_sha": COMMIT, "head_branch": branch, "pull_requests": pulls, "app": {"id": app}}
    run = {"check_run": {**about, "check_suite": {"head_branch": branch}}, "check_suite": about}
    return {"installation": {"id": 42}, "repository": repository, "action": action, **run}


@pytest.mark.parametrize("event", ["check_run", "check_suite"])
def test_rerun_button_looks_again(event):
    assert hints(event, suite("rerequested", REPOSITORY, 3)) == {PULL_KEY: (AGAIN,)}
    of_a_fork = {Key(42, "head", f"7@{COMMIT}"): (AGAIN,)}
    assert hints(event, suite("rerequested", REPOSITORY)) == of_a_fork
    assert hints(event, suite("rerequested", REPOSITORY, 3, base=99)) == of_a_fork
    published = hints(event, suite("rerequested", REPOSITORY, branch="main"))
    assert REPO_KEY in published
    assert published[Key(42, "announce", "7")] == (COMMIT,)
    assert hints(event, suite("created", REPOSITORY, 3)) == {}


def test_finished_checks_count_in_the_catalog_repository_only():
    assert hints("check_suite", suite("completed", CATALOG, 3)) == {CATALOG_PULL_KEY: None}
    assert hints("check_suite", suite("completed", CATALOG)) == {Key(42, "head", f"1@{COMMIT}"): None}
    assert hints("check_suite", suite("completed", REPOSITORY, 3)) == {}
    ours = marks("check_suite", suite("completed", CATALOG, 3, app=5), Config(app_id=5))
    assert ours == []  # or our own run would make us look for ever
    status = {"installation": {"id": 42}, "sha": COMMIT}
    assert hints("status", {**status, "repository": CATALOG, "state": "success"}) == {
        Key(42, "head", f"1@{COMMIT}"): None
    }
    assert hints("status", {**status, "repository": CATALOG, "state": "pending"}) == {}
    assert hints("status", {**status, "repository": REPOSITORY, "state": "success"}) == {}


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
KNOWN_WORDS = (
    *("repository", "installation", "ref", "ref_type", "commits", "sender", "size", "created", "forced", "action"),
    *("pull_request", "issue", "check_run", "check_suite", "sha", "changes", "organization"),
)


@settings(max_examples=200, deadline=None)
@given(
    event=st.sampled_from(sorted(HANDLERS)), odd=st.dictionaries(st.sampled_from(KNOWN_WORDS), JSON), keep=st.booleans()
)
def test_odd_payloads_never_raise(event, odd, keep):
    payload = {**suite("rerequested", REPOSITORY, 3), **push(commit(added=["a"])), **odd} if keep else odd
    for mark in marks(event, payload, CONFIG):
        assert mark.key.subject
    touched(payload)


def test_what_is_generated_and_what_steers_the_pages_is_said_alike_everywhere():
    assert paths.GENERATED == GENERATED
    for place in SETTINGS:
        assert is_input(f"{place}x.yaml" if place.endswith("/") else place) or place == "registrations/"
