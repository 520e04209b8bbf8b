"""Check runs and check suites: what an App says of a commit.

https://docs.github.com/en/rest/checks/runs and https://docs.github.com/en/rest/checks/suites
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore
from waypost.sandbox.auth import caller, on_repository
from waypost.sandbox.box import box, full_name
from waypost.sandbox.check_objects import announce_run, announce_suite, runs_of, show_run, show_suite, suite_of
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, Json, body, forbidden, invalid, not_found, paginate, text_field

routes = Blueprint("checks", __name__)

ANNOTATIONS_A_REQUEST = 50
TEXT_CHARACTERS = 65_535
_STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
_CONCLUSIONS = (
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out",
)  # fmt: skip
_LEVELS = ("notice", "warning", "failure")
_ONE = "/repos/<owner>/<name>/check-runs/<int:run>"


@routes.post("/repos/<owner>/<name>/check-runs")
@on_repository(checks="write")
def create_run(repository: Record) -> ResponseReturnValue:
    _only_apps()
    content = body()
    name, sha = text_field(content, "CheckRun", "name"), text_field(content, "CheckRun", "head_sha")
    if gitstore.resolve(box().git.open(repository["id"]), sha) is None or len(sha) != 40:
        raise ApiError(422, f"No commit found for SHA: {sha}")
    app = caller().app
    assert app is not None  # _only_apps
    beginning: dict[str, Any] = {
        "external_id": None,
        "details_url": None,
        "actions": [],
        "started_at": box().clock.stamp(),
        "status": "queued",
        "conclusion": None,
        "output": {},
        "annotations": [],
    }
    run = box().store.add(
        "check_run",
        repository_id=repository["id"],
        app_id=app["id"],
        suite_id=suite_of(repository, app, sha)["id"],
        name=name,
        head_sha=sha,
        **{**beginning, **_changes(content, beginning)},
    )
    announce_run(repository, run, "created")
    if run["status"] == "completed":
        announce_run(repository, run, "completed")
    shown = show_run(repository, run)
    return shown, 201, {"Location": shown["url"]}


@routes.get(_ONE)
@on_repository(checks="read")
def get_run(repository: Record, run: int) -> ResponseReturnValue:
    return show_run(repository, _must(repository, run))


@routes.patch(_ONE)
@on_repository(checks="write")
def edit_run(repository: Record, run: int) -> ResponseReturnValue:
    """Change a run; annotations are added to those it has."""
    _only_apps()
    old, content = _must(repository, run), body()
    if old["app_id"] != (caller().app or {}).get("id"):
        raise forbidden("Invalid app_id `" + str((caller().app or {}).get("id")) + "` - check run can only be modified "
                        "by the GitHub App that created it.")  # fmt: skip
    fields = _changes(content, old)
    if "name" in content:
        fields["name"] = text_field(content, "CheckRun", "name")
    new = box().store.change("check_run", old["id"], **fields)
    if new["status"] == "completed" and old["status"] != "completed":
        announce_run(repository, new, "completed")
    return show_run(repository, new)


@routes.get(f"{_ONE}/annotations")
@on_repository(checks="read")
def list_annotations(repository: Record, run: int) -> ResponseReturnValue:
    found = _must(repository, run)
    page = f"{box().url}/{full_name(repository)}/blob/{found['head_sha']}"
    optional = dict.fromkeys(("start_column", "end_column", "title", "raw_details"))
    return paginate(found["annotations"], lambda one: {**optional, **one, "blob_href": f"{page}/{one['path']}"})


@routes.post(f"{_ONE}/rerequest")
@on_repository(checks="write")
def rerequest_run(repository: Record, run: int) -> ResponseReturnValue:
    """Ask the App that made a run to make it again: an event, nothing else."""
    announce_run(repository, _must(repository, run), "rerequested")
    return jsonify({}), 201


@routes.get("/repos/<owner>/<name>/commits/<path:ref>/check-runs")
@on_repository(checks="read")
def list_runs(repository: Record, ref: str) -> ResponseReturnValue:
    runs = box().store.where("check_run", repository_id=repository["id"], head_sha=_sha(repository, ref))
    return _listed(repository, runs)


@routes.get("/repos/<owner>/<name>/commits/<path:ref>/check-suites")
@on_repository(checks="read")
def list_suites(repository: Record, ref: str) -> ResponseReturnValue:
    asked = request.args
    found = [
        suite
        for suite in box().store.where("check_suite", repository_id=repository["id"], head_sha=_sha(repository, ref))
        if asked.get("app_id", str(suite["app_id"])) == str(suite["app_id"])
        and ("check_name" not in asked or asked["check_name"] in {run["name"] for run in runs_of(suite)})
    ]
    return paginate(found, lambda suite: show_suite(repository, suite), within="check_suites")


@routes.post("/repos/<owner>/<name>/check-suites")
@on_repository(checks="write")
def create_suite(repository: Record) -> ResponseReturnValue:
    _only_apps()
    sha, app = text_field(body(), "CheckSuite", "head_sha"), caller().app
    assert app is not None  # _only_apps
    if gitstore.resolve(box().git.open(repository["id"]), sha) is None:
        raise ApiError(422, f"No commit found for SHA: {sha}")
    had = box().store.first("check_suite", repository_id=repository["id"], head_sha=sha, app_id=app["id"])
    return show_suite(repository, had or suite_of(repository, app, sha)), 200 if had else 201


@routes.get("/repos/<owner>/<name>/check-suites/<int:suite>")
@on_repository(checks="read")
def get_suite(repository: Record, suite: int) -> ResponseReturnValue:
    return show_suite(repository, _must_suite(repository, suite))


@routes.get("/repos/<owner>/<name>/check-suites/<int:suite>/check-runs")
@on_repository(checks="read")
def list_runs_of_suite(repository: Record, suite: int) -> ResponseReturnValue:
    return _listed(repository, runs_of(_must_suite(repository, suite)))


@routes.post("/repos/<owner>/<name>/check-suites/<int:suite>/rerequest")
@on_repository(checks="write")
def rerequest_suite(repository: Record, suite: int) -> ResponseReturnValue:
    announce_suite(repository, _must_suite(repository, suite), "rerequested")
    return jsonify({}), 201


def begin_suites(repository: Record, moved: Mapping[str, tuple[str | None, str | None]]) -> None:
    """Ask every App that may write checks for its verdict on what was pushed, if it listens."""
    store = box().store
    heads = {new for ref, (_, new) in moved.items() if ref.startswith("refs/heads/") and new}
    for held in store.where("installation", account_id=repository["owner_id"]):
        app = store.must("app", held["app_id"])
        if held["permissions"].get("checks") != "write" or "check_suite" not in app["events"]:
            continue
        if held["repository_ids"] is not None and repository["id"] not in held["repository_ids"]:
            continue
        for sha in heads:
            if store.first("check_suite", repository_id=repository["id"], head_sha=sha, app_id=app["id"]) is None:
                announce_suite(repository, suite_of(repository, app, sha), "requested")


def _only_apps() -> None:
    if caller().installation is None:
        raise forbidden("You must authenticate via a GitHub App.")


def _listed(repository: Record, runs: list[Record]) -> ResponseReturnValue:
    asked = request.args
    found = [
        run
        for run in runs
        if asked.get("check_name", run["name"]) == run["name"]
        and asked.get("status", run["status"]) == run["status"]
        and asked.get("app_id", str(run["app_id"])) == str(run["app_id"])
    ]
    if asked.get("filter", "latest") == "latest":  # of each name and App, the newest
        found = list({(run["app_id"], run["name"]): run for run in found}.values())
    found.sort(key=lambda run: -run["id"])
    return paginate(found, lambda run: show_run(repository, run), within="check_runs")


def _changes(content: Json, old: Any) -> dict[str, Any]:
    """Return the fields of a run that a request sets; raise 422 for what GitHub refuses."""
    fields: dict[str, Any] = {
        name: content[name] for name in ("details_url", "external_id", "started_at", "actions") if name in content
    }
    status, conclusion = content.get("status", old["status"]), content.get("conclusion", old["conclusion"])
    if status not in _STATUSES:
        raise invalid("CheckRun", "status")
    if conclusion is not None and conclusion not in _CONCLUSIONS:
        raise invalid("CheckRun", "conclusion")
    if content.get("conclusion") is not None or "completed_at" in content:
        status = "completed"
    if status == "completed" and conclusion is None:
        raise invalid("CheckRun", "conclusion", "missing_field")
    fields |= {"status": status, "conclusion": conclusion if status == "completed" else None}
    is_done = status == "completed"
    fields["completed_at"] = content.get("completed_at", box().clock.stamp()) if is_done else None
    if "output" in content:
        shown, annotations = _output(content["output"])
        fields["output"] = {**old["output"], **shown}
        fields["annotations"] = [*old["annotations"], *annotations]
    return fields


def _output(output: Json) -> tuple[Json, list[Json]]:
    for field in ("title", "summary"):
        text_field(output, "CheckRun", field)
    for field in ("summary", "text"):
        if len(output.get(field) or "") > TEXT_CHARACTERS:
            message = f"exceeds a maximum bytesize of {TEXT_CHARACTERS}"
            raise invalid("CheckRun", f"output.{field}", "custom", message)
    annotations = output.get("annotations") or []
    if len(annotations) > ANNOTATIONS_A_REQUEST:
        raise ApiError(
            422, f"Invalid request.\n\nNo more than {ANNOTATIONS_A_REQUEST} items are allowed; "
            f"{len(annotations)} were supplied.",
        )  # fmt: skip
    for one in annotations:
        _check_annotation(one)
    return {field: output.get(field) for field in ("title", "summary", "text") if field in output}, annotations


def _check_annotation(one: Json) -> None:
    for field in ("path", "start_line", "end_line", "annotation_level", "message"):
        if one.get(field) in (None, ""):
            raise invalid("CheckRun", f"output.annotations.{field}", "missing_field")
    if one["annotation_level"] not in _LEVELS:
        raise invalid("CheckRun", "output.annotations.annotation_level")
    same_line = one["start_line"] == one["end_line"]
    if not same_line and (one.get("start_column") or one.get("end_column")):
        raise invalid("CheckRun", "output.annotations.start_column", "custom", "columns need a single line")


def _must(repository: Record, number: int) -> Record:
    run = box().store.get("check_run", number)
    if run is None or run["repository_id"] != repository["id"]:
        raise not_found()
    return run


def _must_suite(repository: Record, number: int) -> Record:
    suite = box().store.get("check_suite", number)
    if suite is None or suite["repository_id"] != repository["id"]:
        raise not_found()
    return suite


def _sha(repository: Record, ref: str) -> str:
    commit = gitstore.resolve(box().git.open(repository["id"]), ref, repository["default_branch"])
    if commit is None:
        raise ApiError(422, f"No commit found for SHA: {ref}")
    return str(commit.id)
