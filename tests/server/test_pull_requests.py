"""From the click of a person to the check and the comment: a sandbox GitHub, the real web process and worker."""

from __future__ import annotations

import subprocess
import time

import pytest
import requests

from faults.rig import ORGANISATION, Rig

pytestmark = pytest.mark.slow
DESCRIPTOR = "catalog-info.yaml"
NAME = "Waypost"
USERS, TEAMS = 14, 5
STEERING = "registrations:\n  merge:\n    teams: [team-0]\n    wait_minutes:\n      new: 0\n      update: 0\n"


def entity(kind, name, owner="team-0", **spec):
    lines = [f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n  type: service"]
    lines += ["  lifecycle: production", f"  owner: {owner}", *(f"  {word}: {value}" for word, value in spec.items())]
    return "\n".join(lines) + "\n"


def group(name):
    annotation = f"  annotations:\n    github.com/team-slug: {ORGANISATION}/{name}\n"
    spec = "spec:\n  type: team\n  children: []\n"
    return f"apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: {name}\n{annotation}{spec}"


def api(name):
    return entity("API", name, definition="none")


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    users = {
        f"user-{number:02}": {
            DESCRIPTOR: entity("Component", f"user-{number:02}", f"team-{number % TEAMS}", consumesApis="[ledger-api]")
        }
        for number in range(USERS)
    }
    teams = "---\n".join(group(f"team-{number}") for number in range(TEAMS))
    described = {
        "teams": {DESCRIPTOR: teams},
        "apis": {DESCRIPTOR: api("ledger-api")},
        "code": {"main.py": "pass\n"},
        **users,
    }
    with Rig(tmp_path_factory.mktemp("pulls"), described, STEERING) as rig:
        for name in [*described, "catalog"]:  # a stranger can fork only what is public
            rig.call("PATCH", f"/repos/{ORGANISATION}/{name}", {"visibility": "public"})
        for number in range(TEAMS):
            rig.call("POST", f"/orgs/{ORGANISATION}/teams", {"name": f"team-{number}", "privacy": "closed"})
        people = {login: new_user(rig, login) for login in ("ann", "mallory")}
        rig.tokens = people
        rig.call("PUT", f"/orgs/{ORGANISATION}/teams/team-0/memberships/ann", {})
        rig.serve()
        rig.work()
        rig.until("the first commit", lambda: len(rig.commits()) > 1)
        rig.settle()
        yield rig


def new_user(rig, login):
    organisation = {"organization": ORGANISATION} if login == "ann" else {}
    return rig.call("POST", "/_sandbox/users", {"login": login, **organisation})["token"]


def act(rig, who, method, path, body=None):
    """Call as somebody other than the administrator."""
    headers = {"Authorization": f"Bearer {rig.tokens[who]}"}
    answer = requests.request(method, rig.sandbox.url + path, json=body, headers=headers, timeout=60)
    assert answer.ok, answer.text
    return answer.json()


def commit(rig, name, branch, files, owner=ORGANISATION, token=""):
    """Push files (None removes) to a branch made from main."""
    folder, git = clone(rig, owner, name, token or rig.sandbox.admin_token)
    git("checkout", "--quiet", "-B", branch)
    for path, text in files.items():
        place = folder / path
        if text is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    git("add", "--all")
    git("-c", "user.name=A", "-c", "user.email=a@users.noreply.github.com", "commit", "--quiet", "-m", "Change")
    git("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")
    return git("rev-parse", "HEAD").strip()


def clone(rig, owner, name, token):
    """A clone of anybody's repository: its folder, and git in it."""
    folder = rig.root / f"clone-{time.monotonic_ns()}"
    address = f"{rig.sandbox.git_url}/{owner}/{name}.git".replace("://", f"://x:{token}@")
    subprocess.run(["git", "clone", "--quiet", address, folder], check=True, timeout=120)

    def git(*words):
        command = ["git", "-C", str(folder), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout

    return folder, git


def propose(rig, name, branch, files):
    commit(rig, name, branch, files)
    asked = {"title": f"Change {name}", "head": branch, "base": "main"}
    return rig.call("POST", f"/repos/{ORGANISATION}/{name}/pulls", asked)


def pull_of(rig, name, number):
    return rig.call("GET", f"/repos/{ORGANISATION}/{name}/pulls/{number}")


def runs(rig, name, head):
    address = f"/repos/{ORGANISATION}/{name}/commits/{head}/check-runs?check_name={NAME}&filter=all"
    return rig.call("GET", address)["check_runs"]


def checked(rig, name, head):
    rig.until("the check", lambda: any(run["status"] == "completed" for run in runs(rig, name, head)))
    rig.settle()
    return runs(rig, name, head)[0]


def comments(rig, name, number):
    return [one["body"] for one in rig.call("GET", f"/repos/{ORGANISATION}/{name}/issues/{number}/comments")]


def annotations(rig, name, run):
    path = f"/repos/{ORGANISATION}/{name}/check-runs/{run['id']}/annotations?per_page=100"
    return [one for page in (1, 2, 3) for one in rig.call("GET", f"{path}&page={page}")]


def test_120_mistakes_are_shown_at_their_lines_and_the_rerun_button_works(rig):
    many = "---\n".join(entity("Component", f"c-{n}").replace("  owner: team-0\n", "") for n in range(120))
    pull = propose(rig, "code", "many", {DESCRIPTOR: many})
    run = checked(rig, "code", pull["head"]["sha"])
    assert run["conclusion"] == "failure"
    found = annotations(rig, "code", run)
    assert len(found) >= 120
    assert len({one["start_line"] for one in found}) >= 120
    assert requests.post(f"{rig.sandbox.url}/{ORGANISATION}/code/runs/{run['id']}/rerequest", timeout=60).ok
    rig.until("a new run", lambda: runs(rig, "code", pull["head"]["sha"])[0]["id"] > run["id"])
    rig.settle()
    assert len(comments(rig, "code", pull["number"])) == 1


def test_the_comment_is_edited_in_place_and_the_mended_head_passes(rig):
    pull = propose(rig, "code", "mend", {DESCRIPTOR: entity("Component", "code").replace("owner", "owners")})
    assert checked(rig, "code", pull["head"]["sha"])["conclusion"] == "failure"
    (first,) = comments(rig, "code", pull["number"])
    head = commit(rig, "code", "mend", {DESCRIPTOR: entity("Component", "code")})
    assert checked(rig, "code", head)["conclusion"] == "success"
    (second,) = comments(rig, "code", pull["number"])
    assert first != second


def test_a_fork_is_data_and_gets_the_same_answer(rig):
    act(rig, "mallory", "POST", f"/repos/{ORGANISATION}/code/forks", {})
    commit(rig, "code", "theirs", {DESCRIPTOR: entity("Component", "theirs")}, "mallory", rig.tokens["mallory"])
    asked = {"title": "From a fork", "head": "mallory:theirs", "base": "main"}
    pull = act(rig, "mallory", "POST", f"/repos/{ORGANISATION}/code/pulls", asked)
    run = checked(rig, "code", pull["head"]["sha"])
    assert run["conclusion"] == "success"
    assert len(comments(rig, "code", pull["number"])) == 1
    assert requests.post(f"{rig.sandbox.url}/{ORGANISATION}/code/runs/{run['id']}/rerequest", timeout=60).ok
    rig.until("a new run", lambda: runs(rig, "code", pull["head"]["sha"])[0]["id"] > run["id"])
    rig.settle()


def test_removing_an_api_names_its_14_users_and_calls_their_teams(rig):
    pull = propose(rig, "apis", "remove", {DESCRIPTOR: None})
    run = checked(rig, "apis", pull["head"]["sha"])
    (body,) = comments(rig, "apis", pull["number"])
    assert all(f"user-{number:02}" in run["output"]["summary"] for number in range(USERS))
    assert all(f"@{ORGANISATION}/team-{number}" in body for number in range(TEAMS))


def test_a_pull_request_of_code_gets_neither_check_nor_comment(rig):
    pull = propose(rig, "code", "plain", {"main.py": "print()\n"})
    rig.settle()
    assert runs(rig, "code", pull["head"]["sha"]) == []
    assert comments(rig, "code", pull["number"]) == []


def test_a_registration_of_a_member_merges_by_itself(rig):
    commit(rig, "catalog", "register", {"registrations/billing.yaml": entity("Component", "billing")})
    asked = {"title": "Register billing", "head": "register", "base": "main"}
    pull = act(rig, "ann", "POST", f"/repos/{ORGANISATION}/catalog/pulls", asked)
    rig.until("the merge", lambda: pull_of(rig, "catalog", pull["number"])["merged"])
    rig.settle()
    page = "/repos/acme/catalog/contents/registrations/billing.yaml"
    assert rig.call("GET", page)["type"] == "file"
    assert any("billing" in one["commit"]["message"] for one in rig.commits())


def test_a_registration_of_a_stranger_waits_for_a_person(rig):
    act(rig, "mallory", "POST", f"/repos/{ORGANISATION}/catalog/forks", {})
    files = {"registrations/theft.yaml": entity("Component", "theft")}
    commit(rig, "catalog", "theirs", files, "mallory", rig.tokens["mallory"])
    asked = {"title": "Register theft", "head": "mallory:theirs", "base": "main"}
    pull = act(rig, "mallory", "POST", f"/repos/{ORGANISATION}/catalog/pulls", asked)
    run = checked(rig, "catalog", pull["head"]["sha"])
    assert "`author`" in run["output"]["summary"]
    assert not pull_of(rig, "catalog", pull["number"])["merged"]
