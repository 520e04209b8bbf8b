"""What a push marks, and which of its file lists prove something. A list that may be cut proves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from waypost.config import Config
from waypost.limits import PUSH_COMMITS, PUSH_FILES_PER_COMMIT
from waypost.queue.protocol import Mark
from waypost.sync.events.payloads import Payload, catalog_mark, is_bot, is_catalog, number, repository_mark, text

# The bot writes these in the catalog repository (pages.paths), so its own commits need no second look.
GENERATED = ("README.md", "entities/", "pages/", ".waypost/", ".github/ISSUE_TEMPLATE/create-")
# Of the catalog repository: what changes the catalog without being a descriptor.
SETTINGS = ("waypost.yaml", "about.md", "integrations/", "registrations/")
MOST_PATHS = 5_000  # a longer hint costs more to keep than the call it may save


def push(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    """Mark a repository whose default branch moved; of the catalog repository also what steers the pages."""
    if not is_default_branch(payload, text(payload, "ref").removeprefix("refs/heads/")):
        return
    hint = touched(payload)
    if not is_catalog(payload, config):
        yield from repository_mark(installation, payload, hint)
        return
    if _is_our_own_commit(payload):
        return
    # GitHub listed everything: what people may not have touched needs no look
    if hint is None or any(not _below(path, GENERATED) for path in hint):
        yield from repository_mark(installation, payload, hint)
    if hint is None or any(_below(path, SETTINGS) or _below(path, GENERATED) for path in hint):
        yield from catalog_mark(installation, payload)


def is_default_branch(payload: Payload, branch: str) -> bool:
    """Say whether this was the default branch when the event was made; a later change of it is an event of its own."""
    return bool(branch) and branch == text(payload, "repository", "default_branch")


def touched(payload: Payload) -> tuple[str, ...] | None:
    """Return every path a push touched, sorted; None where the payload does not prove that it lists them all."""
    commits = payload.get("commits")
    if not isinstance(commits, list) or not commits or len(commits) >= PUSH_COMMITS:
        return None
    # `forced` may drop commits that are listed nowhere; a branch that comes or goes has no "before"
    if any(payload.get(word) for word in ("created", "deleted", "forced")):
        return None
    if any(number(payload, word) > len(commits) for word in ("size", "distinct_size")):
        return None
    paths: set[str] = set()
    for commit in commits:
        files = _files(commit)
        if files is None or len(files) >= PUSH_FILES_PER_COMMIT:
            return None
        paths.update(files)
    return tuple(sorted(paths)) if len(paths) <= MOST_PATHS else None


def _files(commit: object) -> list[str] | None:
    """Return the paths of one commit as listed, None when a list is missing or holds something else."""
    if not isinstance(commit, Mapping):
        return None
    lists = [commit.get(word) for word in ("added", "removed", "modified")]
    if not all(isinstance(names, list) for names in lists):
        return None
    files = [name for names in lists for name in names or ()]
    return files if all(isinstance(name, str) for name in files) else None


def _is_our_own_commit(payload: Payload) -> bool:
    """Say whether a push to the catalog is one the writer made: a bot's single commit of generated files only.

    Only one commit: then a list cut at 3,000 files still tells, and a person's commit cannot hide behind it. Another
    bot that edits pages is believed too; the next publication puts them right.
    """
    commits = payload.get("commits")
    if not is_bot(payload) or not isinstance(commits, list) or len(commits) != 1:
        return False
    files = _files(commits[0])
    return bool(files) and all(_below(path, GENERATED) for path in files or ())


def _below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or (place.endswith(("/", "-")) and path.startswith(place)) for place in places)
