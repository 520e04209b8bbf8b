"""Artifacts of workflow runs as records, as archives on disk, and as answers show them. No routes.

https://docs.github.com/en/rest/actions/artifacts
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

from waypost.sandbox import objects
from waypost.sandbox.box import api_url, box, full_name
from waypost.sandbox.clock import seconds_of, stamp
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, conflict
from waypost.sandbox.workflow_objects import head_repository

DAYS = 90  # that GitHub keeps them unless told otherwise


def keep(run: Record, name: str, data: bytes, days: int = 0, overwrite: bool = False) -> Record:
    """Keep an archive of the run's present attempt, under a new number; one name is taken once in an attempt."""
    store, now = box().store, box().clock.now()
    attempt = run["run_attempt"]
    same = store.first("artifact", run_id=run["id"], run_attempt=attempt, name=name)
    if same is not None and not overwrite:
        raise conflict("Failed to CreateArtifact: an artifact with this name already exists on the workflow run")
    if same is not None:
        remove(same)
    record = store.add(
        "artifact",
        repository_id=run["repository_id"],
        run_id=run["id"],
        run_attempt=attempt,
        name=name,
        size=len(data),
        digest=f"sha256:{hashlib.sha256(data).hexdigest()}",
        created_at=stamp(now),
        expires_at=stamp(now + (days or DAYS) * 24 * 3600),
    )
    path_of(record).parent.mkdir(exist_ok=True)
    path_of(record).write_bytes(data)
    return record


def remove(artifact: Record) -> None:
    path_of(artifact).unlink(missing_ok=True)
    box().store.remove("artifact", artifact["id"])


def path_of(artifact: Record) -> Path:
    return box().root / "archives" / f"{artifact['id']}.zip"


def is_expired(artifact: Record) -> bool:
    return seconds_of(artifact["expires_at"]) <= box().clock.now()


def archive(folder: Path) -> bytes:
    """Pack what an action left in a folder."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                out.write(path, path.relative_to(folder).as_posix())
    return made.getvalue()


def show_artifact(repository: Record, artifact: Record) -> Json:
    """GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}."""
    url = f"{api_url()}/repos/{full_name(repository)}/actions/artifacts/{artifact['id']}"
    run = box().store.must("workflow_run", artifact["run_id"])
    return {
        "id": artifact["id"],
        "node_id": objects.node_id("MDg6", artifact["id"]),
        "name": artifact["name"],
        "size_in_bytes": artifact["size"],
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": is_expired(artifact),
        "digest": artifact["digest"],
        "created_at": artifact["created_at"],
        "updated_at": artifact["created_at"],
        "expires_at": artifact["expires_at"],
        "workflow_run": {
            "id": run["id"],
            "repository_id": repository["id"],
            "head_repository_id": head["id"] if (head := head_repository(repository, run)) is not None else None,
            "head_branch": run["head_branch"],
            "head_sha": run["head_sha"],
        },
    }
