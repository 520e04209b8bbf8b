"""What GitHub keeps of workflow runs: listed by name, read with a token, downloaded without one from where it leads.

https://docs.github.com/en/rest/actions/artifacts and https://docs.github.com/en/rest/commits/commits#compare-two-commits
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from waypost.forge.api import Api
from waypost.forge.artifacts import Artifact, Run
from waypost.forge.credentials import Credential
from waypost.forge.download import download
from waypost.forge.protocol import NotFound, Unavailable

NEWEST = 30  # of one name; whoever uploads more in a day still has the newest among them


class GitHubArtifacts:
    """Implements `artifacts.Artifacts`."""

    def __init__(self, api: Api, reader: Credential, contents: Credential) -> None:
        self._api, self._reader, self._contents = api, reader, contents

    def named(self, full_name: str, name: str) -> Sequence[Artifact]:
        address = f"{_of(full_name)}/artifacts?name={quote(name, safe='')}&per_page={NEWEST}"
        what = f"looking for {name} of {full_name}"
        found: Sequence[Artifact] = next(self._api.pages(self._reader, address, what, _listed))
        return found

    def run(self, full_name: str, run_id: int) -> Run:
        what = f"reading run {run_id} of {full_name}"
        body = self._api.call(self._reader, "GET", f"{_of(full_name)}/runs/{run_id}", what).body
        return _run(body)

    def is_on_branch(self, full_name: str, branch: str, commit: str) -> bool:
        what, repository = f"looking for a commit on {branch} of {full_name}", f"/repos/{quote(full_name)}"
        address = f"{repository}/branches/{quote(branch)}"
        head = self._api.call(self._contents, "GET", address, what).body["commit"]["sha"]
        if head == commit:
            return True
        try:
            compared = self._api.call(self._contents, "GET", f"{repository}/compare/{head}...{commit}", what).body
        except NotFound:  # no branch leads to it any more
            return False
        return compared["status"] in ("behind", "identical")

    def download(self, full_name: str, artifact: Artifact, most: int) -> bytes:
        what = f"downloading artifact {artifact.id} of {full_name}"
        address = f"{_of(full_name)}/artifacts/{artifact.id}/zip"
        answer = self._api.call(self._reader, "GET", address, what, leads_elsewhere=True)
        place = str(answer.headers.get("location", ""))
        if answer.status != 302 or not place:
            raise Unavailable(f"{what}: GitHub named no place to download it from")
        return download(place, most, what, _is_the_same(place, artifact.address))


def _is_the_same(place: str, address: str) -> bool:
    """Say whether the API itself keeps it, which may then be a sandbox without TLS."""
    return urlsplit(place)[:2] == urlsplit(address)[:2]


def _of(full_name: str) -> str:
    return f"/repos/{quote(full_name)}/actions"


def _listed(body: Mapping[str, Any]) -> list[Artifact]:
    found = [_artifact(one) for one in body["artifacts"] if one.get("workflow_run")]
    return sorted(found, reverse=True)


def _artifact(found: Mapping[str, Any]) -> Artifact:
    run = found["workflow_run"]
    return Artifact(
        id=found["id"],
        name=found["name"],
        size=found["size_in_bytes"],
        is_expired=bool(found["expired"]),
        run_id=run.get("id") or 0,
        branch=run.get("head_branch") or "",
        commit=run.get("head_sha") or "",
        is_from_fork=_is_from_fork(run.get("repository_id"), run.get("head_repository_id")),
        address=found["archive_download_url"],
    )


def _run(found: Mapping[str, Any]) -> Run:
    return Run(
        id=found["id"],
        event=found["event"],
        branch=found.get("head_branch") or "",
        commit=found["head_sha"],
        committed=str((found.get("head_commit") or {}).get("timestamp") or ""),
        is_from_fork=_is_from_fork(found["repository"]["id"], (found.get("head_repository") or {}).get("id")),
    )


def _is_from_fork(here: int | None, head: int | None) -> bool:
    """A fork that was deleted since has no number any more."""
    return here is None or here != head
