"""What a refresh tells in a workflow: above the run, in the summary of the job, and to later steps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.pages.catalogs import SITE, catalog, entity, repository, snapshot
from waypost.catalog.problems import Problem
from waypost.cli import Exit, main, reconcile_github
from waypost.cli.progress import LINE_SECONDS, lines
from waypost.sync.context import Commit
from waypost.sync.drift import Drift
from waypost.sync.publish import Edition
from waypost.sync.reconcile import Summary

DONE = Summary(repositories=3, read=2, commits=1, calls=7, left=0)
MADE = Commit("acme/catalog", "c" * 40, 25, tuple(("add", f"pages/{number}.md") for number in range(20)))


@pytest.fixture
def files(tmp_path, monkeypatch):
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    return tmp_path


def summary(files):
    return (files / "GITHUB_STEP_SUMMARY").read_text()


def outputs(files):
    return dict(line.split("=", 1) for line in (files / "GITHUB_OUTPUT").read_text().splitlines())


def edition(*problems, **settings):
    home, pay = repository(1, "catalog"), repository(2, "pay")
    wrong = [
        Problem(
            "acme/pay", "catalog-info.yaml", 3, 1, "owner-unknown", "", "no <team> here", "", "component:default/pay"
        )
    ]
    shown = catalog(
        [
            snapshot(home),
            snapshot(pay, entity(pay, "Component", "pay", {"owner": "nobody|x"}), problems=tuple(wrong)),
            snapshot(repository(3, "bare")),
        ],
        **settings,
    )
    return Edition("h", {}, shown, SITE, "2026-11-26")


def show(summary=DONE, commits=(MADE,), found=None, is_dry=False):
    reconcile_github.show(summary, commits, [edition()] if found is None else found, 61.2, is_dry)


def test_summary_says_what_changed_and_where_to_see_it(files, capsys):
    show()
    said = summary(files)
    assert "3 repositories, 2 read; 25 files changed; 7 calls, 61 s" in said
    assert "[`cccccccccc`](https://github.com/acme/catalog/commit/cccc" in said
    assert "- add `pages/19.md`\n- and 5 more files" in said
    assert "1 of 2 repositories [described](https://github.com/acme/catalog/blob/main/pages/coverage/README.md)" in said
    assert capsys.readouterr().out == "3 repositories, 2 read; 25 files changed; 7 calls, 61 s\n"


def test_problems_stand_by_who_can_mend_them(files):
    show()
    assert "| Owner | Errors | Warnings |" in summary(files)
    assert "| nobody | 1 | 1 |" in summary(files)


def test_later_steps_are_told_in_numbers(files):
    show()
    told = outputs(files)
    assert told["commit"] == "c" * 40
    assert {name: told[name] for name in ("changed", "repositories", "entities", "calls", "left")} == {
        "changed": "25",
        "repositories": "3",
        "entities": "1",
        "calls": "7",
        "left": "0",
    }


def test_nothing_to_change_has_no_commit(files):
    show(replace(DONE, commits=0), ())
    assert "; nothing to change; " in summary(files)
    assert outputs(files)["commit"] == ""


def test_dry_run_names_no_commit(files):
    show(replace(DONE, commits=0), [MADE._replace(head="")], is_dry=True)
    assert "### Waypost: dry run" in summary(files)
    assert "25 files would change" in summary(files)
    assert "The next commit changes 25 files:" in summary(files)
    assert outputs(files)["commit"] == ""


@pytest.mark.parametrize(("is_dry", "said"), [(False, "nothing was written"), (True, "no plan was made")])
def test_what_is_left_is_told_above_the_run(files, capsys, is_dry, said):
    show(replace(DONE, left=4, reason="quota <is> spent\nwait", failures=("x failed",)), (), [], is_dry)
    out = capsys.readouterr().out
    assert "::error title=Waypost::4 pieces of work left: quota <is> spent%0Await\n" in out
    assert said in out
    assert "**Not everything was done:** quota &lt;is&gt; spent wait" in summary(files)
    assert "- x failed" in summary(files)


def test_mistakes_in_the_settings_are_remarked_on_their_lines(files, capsys):
    wrong = Problem("acme/catalog", "waypost.yaml", 7, 3, "settings-value", "", "evry is unknown", "Write every.")
    told = edition()
    told = replace(told, catalog=replace(told.catalog, settings=replace(told.catalog.settings, problems=(wrong,))))
    show(found=[told])
    out = capsys.readouterr().out
    assert "::error file=waypost.yaml,line=7,col=3,title=settings-value::evry is unknown. Write every.\n" in out


def test_what_changed_since_the_last_run_is_listed(files):
    show(replace(DONE, drift=(Drift(1, 2, "acme/pay", ("head",)),)))
    assert "**Changed since the last run:** 1 repository" in summary(files)
    assert "| acme/pay | head |" in summary(files)


def test_elsewhere_nothing_is_written_anywhere(tmp_path, monkeypatch, capsys):
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    show()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def environment(files, monkeypatch):
    for name in ("WAYPOST_TOKEN", "WAYPOST_APP_ID", "WAYPOST_PRIVATE_KEY", "WAYPOST_APP_FILE", "WAYPOST_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_x")
    monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", "acme/catalog")
    return monkeypatch


def test_workflow_without_the_token_that_reads_does_not_read_with_its_own(environment, files, capsys):
    assert main(["reconcile", "--format", "github"]) == Exit.USAGE
    assert "::error title=Waypost::WAYPOST_TOKEN is missing: " in capsys.readouterr().out
    assert "WAYPOST_TOKEN is missing" in summary(files)


def test_memory_beside_an_app_is_refused(environment, capsys, tmp_path):
    environment.setenv("WAYPOST_APP_ID", "7")
    environment.setenv("WAYPOST_PRIVATE_KEY", "x")
    assert main(["reconcile", "--memory", str(tmp_path / "m.db")]) == Exit.USAGE
    assert "WAYPOST_DATABASE_URL names what is kept" in capsys.readouterr().err


def test_log_of_a_long_run_has_a_line_now_and_then(capsys):
    now = [0.0]
    tell = lines("reading", lambda: now[0])
    for done in range(100):
        now[0] += LINE_SECONDS / 10
        tell(done, 1_000)
    said = capsys.readouterr().err.splitlines()
    assert len(said) in (9, 10)
    assert said[0] == "reading: 9 of 1,000"
