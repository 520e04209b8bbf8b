"""Workflows of a repository, and the two ways to start one by hand: workflow_dispatch and repository_dispatch.

https://docs.github.com/en/rest/actions/workflows and
https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pygit2
from flask import Blueprint
from flask.typing import ResponseReturnValue

from waypost.sandbox import gitstore, objects
from waypost.sandbox.auth import actor, on_repository
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.events import emit
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, forbidden, invalid, not_found, paginate, unprocessable
from waypost.sandbox.workflow_files import WorkflowFile, text_of
from waypost.sandbox.workflow_objects import show_workflow
from waypost.sandbox.workflow_runs import begin, workflow_of
from waypost.sandbox.workflow_triggers import files_at

routes = Blueprint("workflows", __name__)

MOST_INPUTS = 25
MOST_PAYLOAD_FIELDS, MOST_EVENT_TYPE_CHARACTERS = 10, 100
_ONE = "/repos/<owner>/<name>/actions/workflows/<workflow>"


@routes.get("/repos/<owner>/<name>/actions/workflows")
@on_repository(actions="read")
def list_workflows(repository: Record) -> ResponseReturnValue:
    return paginate(known(repository), lambda one: show_workflow(repository, one), within="workflows")


@routes.get(_ONE)
@on_repository(actions="read")
def get_workflow(repository: Record, workflow: str) -> ResponseReturnValue:
    return show_workflow(repository, must(repository, workflow))


@routes.put(f"{_ONE}/enable")
@on_repository(actions="write")
def enable(repository: Record, workflow: str) -> ResponseReturnValue:
    return _set_state(must(repository, workflow), "active")


@routes.put(f"{_ONE}/disable")
@on_repository(actions="write")
def disable(repository: Record, workflow: str) -> ResponseReturnValue:
    found = must(repository, workflow)
    if found["state"] != "active":
        raise forbidden("Unable to disable this workflow.")
    return _set_state(found, "disabled_manually")


@routes.post(f"{_ONE}/dispatches")
@on_repository(actions="write")
def dispatch(repository: Record, workflow: str) -> ResponseReturnValue:
    """Start a workflow at a branch or tag, with its inputs."""
    found, content = must(repository, workflow), body()
    ref, commit = _ref(repository, content.get("ref"))
    file = next((one for one in files_at(repository, commit) if one.path == found["path"]), None)
    if found["state"] != "active":
        raise unprocessable("Cannot trigger a 'workflow_dispatch' on a disabled workflow")
    if file is None or file.problem or "workflow_dispatch" not in file.triggers:
        raise unprocessable("Workflow does not have 'workflow_dispatch' trigger")
    inputs = inputs_of(file, content.get("inputs") or {})
    payload: Json = {"inputs": inputs, "ref": ref, "workflow": found["path"]}
    emit("workflow_dispatch", payload, repository)
    payload |= {"repository": objects.repository(repository), "sender": objects.simple_user(actor())}
    run = begin(repository, file, "workflow_dispatch", (ref, str(commit.id)), actor(), payload)
    if not content.get("return_run_details"):
        return "", 204
    place = f"{full_name(repository)}/actions/runs/{run['id']}"
    page = f"{box().url}/{place}"
    return {"workflow_run_id": run["id"], "run_url": f"{api_url()}/repos/{place}", "html_url": page}


@routes.post("/repos/<owner>/<name>/dispatches")
@on_repository(contents="write")
def dispatch_repository(repository: Record) -> ResponseReturnValue:
    """Start what listens to an event of somebody's own."""
    content = body()
    kind, payload = content.get("event_type"), content.get("client_payload", {})
    if not isinstance(kind, str) or not kind:
        raise unprocessable('Invalid request.\n\n"event_type" wasn\'t supplied.')
    if len(kind) > MOST_EVENT_TYPE_CHARACTERS:
        raise invalid("RepositoryDispatch", "event_type")
    if not isinstance(payload, dict) or len(payload) > MOST_PAYLOAD_FIELDS:
        message = f"No more than {MOST_PAYLOAD_FIELDS} properties are allowed in client_payload."
        raise unprocessable(f"Invalid request.\n\n{message}")
    about = {"action": kind, "branch": repository["default_branch"], "client_payload": payload}
    emit("repository_dispatch", about, repository)
    return "", 204


def known(repository: Record) -> list[Record]:
    """Return the workflows: those of the default branch, and those that have run on another."""
    store = box().store
    head = gitstore.head(box().git.open(repository["id"]), repository["default_branch"])
    here = {workflow_of(repository, file)["id"] for file in files_at(repository, head)}
    here |= {run["workflow_id"] for run in store.where("workflow_run", repository_id=repository["id"])}
    return [one for one in store.where("workflow", repository_id=repository["id"]) if one["id"] in here]


def must(repository: Record, name: str) -> Record:
    """Return a workflow by its number or the name of its file, or raise 404."""
    for one in known(repository):
        if name in (str(one["id"]), one["path"].rpartition("/")[2]):
            return one
    raise not_found()


def inputs_of(file: WorkflowFile, given: object) -> dict[str, str]:
    """Return the inputs with their defaults; raise 422 in GitHub's words for what the workflow does not take."""
    if not isinstance(given, dict):
        raise unprocessable("Invalid request.\n\nFor 'properties/inputs', the value is not an object.")
    if len(given) > MOST_INPUTS:
        raise unprocessable(f"you may only define up to {MOST_INPUTS} `inputs` for a `workflow_dispatch` event")
    unknown = sorted(given.keys() - file.inputs.keys())
    if unknown:
        raise unprocessable(f"Unexpected inputs provided: {json.dumps(unknown)}")
    return {name: _input(name, about, given) for name, about in file.inputs.items() if name in given or _counts(about)}


def _counts(about: Mapping[str, Any]) -> bool:
    return "default" in about or about.get("required") is True


def _input(name: str, about: Mapping[str, Any], given: Json) -> str:
    value = given.get(name, about.get("default"))
    text = "" if value is None else text_of(value)
    if about.get("required") is True and not text:
        raise unprocessable(f"Required input '{name}' not provided")
    options = [text_of(one) for one in about.get("options") or []]
    if about.get("type") == "choice" and text and text not in options:
        raise unprocessable(f"Provided value '{text}' for input '{name}' not in the list of allowed values")
    if about.get("type") == "boolean" and text not in ("", "true", "false"):
        raise unprocessable(f"Provided value '{text}' for input '{name}' is not a boolean")
    return text


def _ref(repository: Record, name: object) -> tuple[str, pygit2.Commit]:
    """Find the branch or tag to run at; a commit's id is none."""
    if not isinstance(name, str) or not name:
        raise unprocessable('Invalid request.\n\n"ref" wasn\'t supplied.')
    git = box().git.open(repository["id"])
    for ref in (name, f"refs/heads/{name}", f"refs/tags/{name}"):
        if ref.startswith(("refs/heads/", "refs/tags/")) and pygit2.reference_is_valid_name(ref):
            commit = gitstore.resolve(git, ref) if git.references.get(ref) is not None else None
            if commit is not None:
                return ref, commit
    raise unprocessable(f"No ref found for: {name}")


def _set_state(workflow: Record, state: str) -> ResponseReturnValue:
    box().store.change("workflow", workflow["id"], state=state, updated_at=box().clock.stamp())
    return "", 204
