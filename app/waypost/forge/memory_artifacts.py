"""What runs left behind in a MemoryForge: tests upload, the port reads. Nothing expires but by `expire`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from waypost.forge.artifacts import Artifact, Run
from waypost.forge.protocol import NotFound, TooBig


@dataclass(frozen=True, slots=True)
class _Kept:
    artifact: Artifact
    run: Run
    data: bytes


class MemoryArtifacts:
    """Of all repositories of one installation; `spend` counts a call, `seen` says which repository a name is of."""

    def __init__(self, spend: Callable[[bool], None], seen: Callable[[str], int]) -> None:
        self._spend, self._seen = spend, seen
        self._kept: dict[int, list[_Kept]] = {}  # by repository
        self._listed: dict[tuple[int, str], list[Artifact]] = {}
        self._numbers = 0
        self._astray: set[str] = set()  # commits that are on no branch

    # what runs do

    def upload(
        self,
        full_name: str,
        name: str,
        data: bytes,
        commit: str,
        committed: str = "2026-01-02T03:04:05Z",
        branch: str = "main",
        event: str = "push",
        is_from_fork: bool = False,
        run_id: int = 0,
        is_of_tag: bool = False,
    ) -> Artifact:
        """Keep an archive; without `run_id` a new run uploads it. A tag may be called like a branch."""
        if is_of_tag:
            self._astray.add(commit)
        self._numbers += 1
        run_id = run_id or 1_000 + self._numbers
        artifact = Artifact(self._numbers, name, len(data), False, run_id, branch, commit, is_from_fork)
        run = Run(run_id, event, branch, commit, committed, is_from_fork)
        self._kept.setdefault(self._seen(full_name), []).append(_Kept(artifact, run, data))
        return artifact

    def expire(self, full_name: str) -> None:
        """Let the time of all that a repository's runs left be over."""
        held = self._kept[self._seen(full_name)]
        held[:] = [_Kept(one.artifact._replace(is_expired=True), one.run, b"") for one in held]

    # the port

    def named(self, full_name: str, name: str) -> Sequence[Artifact]:
        number = self._seen(full_name)
        found = [one.artifact for one in self._kept.get(number, ()) if one.artifact.name == name]
        self._spend(self._listed.get((number, name)) == found)
        self._listed[number, name] = found
        return sorted(found, reverse=True)

    def run(self, full_name: str, run_id: int) -> Run:
        self._spend(False)
        found = [one.run for one in self._kept.get(self._seen(full_name), ()) if one.run.id == run_id]
        if not found:
            raise NotFound(f"{full_name} has no run {run_id}")
        return found[0]

    def is_on_branch(self, full_name: str, branch: str, commit: str) -> bool:
        self._spend(False)
        return commit not in self._astray

    def download(self, full_name: str, artifact: Artifact, most: int) -> bytes:
        self._spend(False)
        found = [one for one in self._kept.get(self._seen(full_name), ()) if one.artifact.id == artifact.id]
        if not found or found[0].artifact.is_expired:
            raise NotFound(f"{full_name} has no artifact {artifact.id} any more")
        if len(found[0].data) > most:
            raise TooBig(f"artifact {artifact.id} of {full_name} has more than {most:,} bytes")
        return found[0].data
