"""From a webhook to the keys it makes dirty. Pure; believes nothing in the payload beyond "look there again".

A payload is written by strangers and changes over the years, so nothing here raises: what is not there marks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from waypost.config import Config
from waypost.limits import PUSH_COMMITS, PUSH_FILES_PER_COMMIT
from waypost.queue.protocol import Key, Mark

# One `git push` makes several deliveries, and people push twice in a row: wait for the rest before reading.
SETTLE_SECONDS = 0.2
# The bot writes these in the catalog repository (pages.paths), so its own commits need no second look.
GENERATED = ("README.md", "entities/", "pages/", ".waypost/")
# Of the catalog repository: what changes the catalog without being a descriptor.
SETTINGS = ("waypost.yaml", "about.md", "integrations/", "registrations/")
MOST_PATHS = 5_000  # a longer hint costs more to keep than the call it may save
_LARGEST_ID = 2**63 - 1
Payload = Mapping[str, Any]


def marks(event: str, payload: Payload, config: Config) -> list[Mark]:
    """Name the keys that deserve another look after this event; none for events that cannot matter."""
    handler = HANDLERS.get(event)
    installation = _id(payload, "installation")
    if handler is None or installation is None:
        return []
    return list(handler(installation, payload, config))


def _push(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    if not _is_default_branch(payload, _text(payload, "ref").removeprefix("refs/heads/")):
        return
    hint = touched(payload)
    if not _is_catalog(payload, config):
        yield from _repository(installation, payload, hint)
        return
    if _is_our_own_commit(payload):
        return
    # GitHub listed everything: what people may not have touched needs no look
    if hint is None or any(not _below(path, GENERATED) for path in hint):
        yield from _repository(installation, payload, hint)
    if hint is None or any(_below(path, SETTINGS) or _below(path, GENERATED) for path in hint):
        yield from _catalog(installation, payload)


def _branch(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    """Handle `create` and `delete`; the name comes without refs/heads/ there."""
    if _text(payload, "ref_type") == "branch" and _is_default_branch(payload, _text(payload, "ref")):
        yield from _whole_repository(installation, payload, config)


def _whole_repository(installation: int, payload: Payload, config: Config) -> Iterable[Mark]:
    yield from _repository(installation, payload, None)
    if _is_catalog(payload, config):
        yield from _catalog(installation, payload)


def _installation(installation: int, _payload: Payload, _config: Config) -> Iterable[Mark]:
    yield Mark(Key(installation, "installation", str(installation)), delay=SETTLE_SECONDS)


# An event that is not here marks nothing.
HANDLERS: Mapping[str, Callable[[int, Payload, Config], Iterable[Mark]]] = {
    "push": _push,
    "create": _branch,
    "delete": _branch,
    "repository": _whole_repository,  # created, renamed, transferred, archived, ... : the present state says which
    "public": _whole_repository,
    "installation": _installation,
    "installation_repositories": _installation,
}


def touched(payload: Payload) -> tuple[str, ...] | None:
    """Return every path a push touched, sorted; None where the payload does not prove that it lists them all."""
    commits = payload.get("commits")
    if not isinstance(commits, list) or not commits or len(commits) >= PUSH_COMMITS:
        return None
    # `forced` may drop commits that are listed nowhere; a branch that comes or goes has no "before"
    if any(payload.get(word) for word in ("created", "deleted", "forced")):
        return None
    if any(_number(payload, word) > len(commits) for word in ("size", "distinct_size")):
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
    if _text(payload, "sender", "type") != "Bot" or not isinstance(commits, list) or len(commits) != 1:
        return False
    files = _files(commits[0])
    return bool(files) and all(_below(path, GENERATED) for path in files or ())


def _repository(installation: int, payload: Payload, hint: tuple[str, ...] | None) -> Iterable[Mark]:
    number = _id(payload, "repository")
    if number is not None:
        yield Mark(Key(installation, "repo", str(number)), hint, SETTLE_SECONDS)


def _catalog(installation: int, payload: Payload) -> Iterable[Mark]:
    # the repository's own key settles first, so that one commit shows both
    yield Mark(Key(installation, "catalog", _owner(payload)), delay=2 * SETTLE_SECONDS)


def _is_catalog(payload: Payload, config: Config) -> bool:
    owner, _, name = config.catalog_repository.lower().rpartition("/")
    return (
        bool(_owner(payload))
        and _text(payload, "repository", "name").lower() == name
        and owner in ("", _owner(payload))
    )


def _is_default_branch(payload: Payload, branch: str) -> bool:
    return bool(branch) and branch == _text(payload, "repository", "default_branch")


def _below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def _owner(payload: Payload) -> str:
    return _text(payload, "repository", "owner", "login").lower()


def _at(payload: Payload, *words: str) -> object:
    value: object = payload
    for word in words:
        value = value.get(word) if isinstance(value, Mapping) else None
    return value


def _text(payload: Payload, *words: str) -> str:
    value = _at(payload, *words)
    return value if isinstance(value, str) else ""


def _number(payload: Payload, *words: str) -> int:
    value = _at(payload, *words)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _id(payload: Payload, word: str) -> int | None:
    number = _number(payload, word, "id")
    return number if 0 < number <= _LARGEST_ID else None
