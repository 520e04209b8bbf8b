"""kill -9 before and after a call to GitHub, then the same command again: one repository, nothing in it twice.

Some calls by default; every single one with:    pytest tests/create/test_kill.py --faults-full -n 0
"""

from __future__ import annotations

import multiprocessing
import signal

import pytest

from create import creator, everything

EVERY = 25  # of the calls of a run, by default
MOST = 400  # calls of a run; more are a mistake


@pytest.fixture(scope="module")
def processes():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["create.creator", "waypost.create.job", "waypost.forge.github"])
    return context


@pytest.fixture
def start(town, processes, tmp_path):
    """Start a process that creates a repository; it waits until its gate is opened."""
    environment = {
        "GITHUB_API_URL": town.sandbox.url,
        "WAYPOST_APP_ID": str(town.sandbox.app_id),
        "WAYPOST_PRIVATE_KEY": town.sandbox.private_key,
        **everything.SECRETS,
    }
    log = tmp_path / "log"

    def begin(name):
        ours, theirs = processes.Pipe()
        command = town.command(name, f"ana-{town.organisation}")
        process = processes.Process(target=creator.main, args=(environment, command, theirs, str(log)))
        process.start()
        return process, ours

    begin.log = log
    return begin


def create(start, name):
    process, gate = start(name)
    gate.send("go")
    process.join()
    assert process.exitcode == 0, start.log.read_text()


def picture(town, name):
    """What a person would look at to see whether something is missing or there twice."""
    get = lambda path: town.get(f"{name}/{path}" if path else name)  # noqa: E731
    commits = get("commits?sha=main")
    return {
        "description": get("")["description"].replace(name, "NAME"),
        "commits": [one["commit"]["message"].partition("\n")[0] for one in commits],
        "files": sorted(one["path"] for one in get("git/trees/main?recursive=1")["tree"] if one["type"] == "blob"),
        "branches": sorted(one["name"] for one in get("branches")),
        "topics": get("topics")["names"],
        "teams": [(one["slug"], one["permission"]) for one in get("teams")],
        "labels": sorted(one["name"] for one in get("labels")),
        "environments": [one["name"] for one in get("environments")["environments"]],
        "patterns": [
            one["name"] for one in get("environments/production/deployment-branch-policies")["branch_policies"]
        ],
        "variables": [one["name"] for one in get("actions/variables")["variables"]],
        "secrets": [one["name"] for one in get("actions/secrets")["secrets"]],
        "keys": [one["title"] for one in get("keys")],
        "hooks": [one["config"]["url"] for one in get("hooks")],
        "autolinks": [one["key_prefix"] for one in get("autolinks")],
        "rulesets": [one["name"] for one in get("rulesets")],
        "is protected": get("branches/main/protection") is not None,
        "site": get("pages")["build_type"],
        "issues": [(one["title"], [label["name"] for label in one["labels"]]) for one in get("issues?state=all")],
        "runs": sorted((one["name"], one["event"]) for one in get("actions/runs")["workflow_runs"]),
        "records": [
            (one["name"], one["status"])
            for one in get(f"commits/{commits[-1]['sha']}/check-runs")["check_runs"]
            if one["name"] == "Waypost"
        ],
    }


@pytest.mark.slow
def test_killed_at_any_call_it_goes_on_to_the_same_repository(town, start, request, record_property):
    town.ask("POST", "/_sandbox/budgets", {"resource": "core", "limit": 1_000_000})
    is_full = request.config.getoption("--faults-full")
    create(start, "whole")
    wanted, before = picture(town, "whole"), town.names()
    killed = 0
    for number in range(0, MOST, 1 if is_full else EVERY):
        for is_done in (False, True):
            name = f"pay-{number}-{'after' if is_done else 'before'}"
            process, gate = start(name)
            town.fault(kind="kill", pid=process.pid, after=number, done=is_done, count=1)
            gate.send("go")
            process.join()
            town.ask("DELETE", "/_sandbox/faults")
            if process.exitcode == 0:
                assert killed > 4
                record_property("measured", f"{killed} kills before and after {number} calls: each went on to the same")
                return
            assert process.exitcode == -signal.SIGKILL, start.log.read_text()
            killed += 1
            create(start, name)
            assert picture(town, name) == wanted, f"killed {'after' if is_done else 'before'} call {number}"
            assert town.names() == sorted([*before, name])
            town.ask("DELETE", f"/repos/{town.organisation}/{name}")
    raise AssertionError(f"more than {MOST} calls to create one repository")
