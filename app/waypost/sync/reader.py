"""From dirty repositories to snapshots, up to fifty in one call. Decides nothing about what it reads: `describe` does.

The first question already holds what was there last time, so that a push costs one call; what is new is asked for in
further rounds, each again batched over all repositories.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from waypost.apis.judge import judge
from waypost.catalog.budget import DEFAULT_BUDGET
from waypost.catalog.describe import describe
from waypost.catalog.discovery import WELL_KNOWN, is_ours
from waypost.catalog.entities import Repository, Snapshot, Source
from waypost.catalog.files import Blob, Files, Touch, Wanted
from waypost.catalog.globs import is_glob
from waypost.forge.protocol import Forge, ForgeError, NotInstalled, RateLimited, Reading, Unavailable, Wish
from waypost.limits import REPOSITORIES_PER_READ

ROUNDS = 32  # far above what `describe` needs; a forge that answers nonsense must not keep us for ever
REMEMBERED_PATHS = 300  # of one repository in the first question
Outcome = Snapshot | ForgeError | None  # None: not there, or not for us


@dataclass(frozen=True, slots=True)
class Subject:
    """One repository to read and what is known of it."""

    id: int
    full_name: str = ""  # as last known
    known: Snapshot | None = None
    hint: tuple[str, ...] | None = None  # all paths touched since; None: unknown


@dataclass(frozen=True, slots=True)
class _Task:
    subject: Subject
    repository: Repository
    files: Files


def is_untouched(subject: Subject, is_catalog: bool) -> bool:
    """Say whether the hint proves that nothing of ours changed, so that the repository need not be read."""
    if subject.known is None or subject.hint is None or subject.known.state != "present":
        return False
    watched = subject.known.watched
    return not any(is_ours(path, watched, is_catalog) for path in subject.hint)


def read(forge: Forge, subjects: Sequence[Subject], is_catalog: Callable[[Repository], bool]) -> dict[int, Outcome]:
    """Read up to 50 repositories as they are now; raise what concerns all of them (RateLimited, Unavailable, ...)."""
    done: dict[int, Outcome] = {}
    wishes = [_first_wish(subject, is_catalog) for subject in subjects]
    tasks = [_Task(subject, Repository(subject.id, "", ""), Files()) for subject in subjects]
    tasks = _answered(forge, zip(tasks, forge.read(wishes), strict=True), done)
    for _ in range(ROUNDS):
        asking = list(_described(tasks, is_catalog, done))
        if not asking:
            return done
        tasks = _ask(forge, asking, done)
    return done | {task.subject.id: ForgeError(f"{task.repository.full_name}: too many rounds") for task in tasks}


def _described(
    tasks: Iterable[_Task], is_catalog: Callable[[Repository], bool], done: dict[int, Outcome]
) -> Iterator[tuple[_Task, Wanted]]:
    """Put finished snapshots into `done` and yield what the others still want."""
    for task in tasks:
        answer = describe(task.repository, task.files, is_catalog=is_catalog(task.repository), judge=judge)
        if isinstance(answer, Snapshot):
            done[task.subject.id] = replace(answer, sources=(*answer.sources, *_removed(task, answer)))
        else:
            yield task, answer


def _removed(task: _Task, snapshot: Snapshot) -> Iterator[Source]:
    """Name the descriptors that are no longer there, each with the commit that removed it where that was asked for."""
    present = {source.path for source in snapshot.sources}
    for path in _known_paths(task.subject):
        touch = task.files.touches.get(path)
        if path not in present and touch is not None and touch.commit and task.files.blobs.get(path) is None:
            yield Source(path, "", touch.commit, touch.committed)


def _known_paths(subject: Subject) -> list[str]:
    return [source.path for source in subject.known.sources if source.blob] if subject.known else []


def _first_wish(subject: Subject, is_catalog: Callable[[Repository], bool]) -> Wish:
    known = subject.known
    owner, _, name = subject.full_name.partition("/")
    repository = known.repository if known else Repository(subject.id, owner, name)
    # any head will do to learn where `describe` begins
    wanted = describe(replace(repository, head="0" * 40), Files(), is_catalog=is_catalog(repository))
    paths = _known_paths(subject)
    paths += [path for path in known.watched if not is_glob(path)] if known else []
    first = wanted.paths if isinstance(wanted, Wanted) else ()
    folders = wanted.folders if isinstance(wanted, Wanted) else ()
    remembered = dict.fromkeys([*first, *paths[:REMEMBERED_PATHS]])
    return Wish(subject.id, subject.full_name, tuple(remembered), folders, tuple(_likely_touched(subject)))


def _likely_touched(subject: Subject) -> list[str]:
    """Name the descriptors whose last commit to ask for at once: all that are known, and those the hint adds.

    Neither an unchanged blob nor a hint proves that a known one is still right: a push that was never delivered may
    have changed it and changed it back, and from this reading on the head says that nothing is missing.
    """
    known = _known_paths(subject)[:REMEMBERED_PATHS]
    touched = set(subject.hint or ())
    return [path for path in dict.fromkeys([*known, *WELL_KNOWN]) if path in touched or path in known]


def _ask(forge: Forge, asking: Sequence[tuple[_Task, Wanted]], done: dict[int, Outcome]) -> list[_Task]:
    """Ask for what is still wanted: paths, folders and touches of all in one call, trees one by one."""
    tasks: list[_Task] = []
    for start in range(0, len(asking), REPOSITORIES_PER_READ):
        batch = asking[start : start + REPOSITORIES_PER_READ]
        wishes = [_wish(task, wanted) for task, wanted in batch]
        answers = iter(forge.read(asked) if (asked := [wish for wish in wishes if _asks(wish)]) else ())
        readings = [
            next(answers) if _asks(wish) else Reading(wish, task.repository)
            for wish, (task, _) in zip(wishes, batch, strict=True)
        ]
        pairs = [(task, reading) for (task, _), reading in zip(batch, readings, strict=True)]
        trees = {task.subject.id for task, wanted in batch if wanted.tree}
        tasks += _answered(forge, pairs, done, trees)
    return tasks


def _asks(wish: Wish) -> bool:
    """Say whether a call can answer: an empty repository has nothing, and a tree is another call."""
    return bool(wish.at and (wish.paths or wish.folders or wish.touches))


def _wish(task: _Task, wanted: Wanted) -> Wish:
    repository = task.repository
    return Wish(repository.id, repository.full_name, wanted.paths, wanted.folders, wanted.touches, repository.head)


def _answered(
    forge: Forge, pairs: Iterable[tuple[_Task, Reading]], done: dict[int, Outcome], trees: Collection[int] = ()
) -> list[_Task]:
    """Add answers to what is known; what fails for one repository alone ends its reading only."""
    tasks = []
    for task, reading in pairs:
        number = task.subject.id
        if reading.repository is None:
            done[number] = reading.error
            continue
        # everything is read at the commit that the first answer named
        repository = task.repository if task.repository.name else reading.repository
        try:
            files = _files(forge, repository, reading)
            if number in trees:
                tree = forge.tree(repository.full_name, repository.head) if repository.head else ()
                files = replace(files, tree=tuple(tree))
        except (RateLimited, Unavailable, NotInstalled):
            raise
        except ForgeError as error:
            done[number] = error
        else:
            tasks.append(_Task(task.subject, repository, task.files.add(files)))
    return tasks


def _files(forge: Forge, repository: Repository, reading: Reading) -> Files:
    """Turn an answer into what `describe` knows; what was asked for and is not in it does not exist."""
    wish = reading.wish
    found = {path: _whole(forge, repository, blob) for path, blob in reading.blobs.items()}
    return Files(
        dict.fromkeys(wish.paths) | found,
        dict.fromkeys(wish.folders, ()) | dict(reading.folders),
        dict.fromkeys(wish.touches, Touch("", "")) | dict(reading.touches),
    )


def _whole(forge: Forge, repository: Repository, blob: Blob) -> Blob:
    """Fetch what was too large to come along; binary files and those over the budget stay without text."""
    if blob.text is not None or not 0 < blob.size <= DEFAULT_BUDGET.size:
        return blob
    data = forge.blob(repository.full_name, blob.id)
    return blob if b"\0" in data else blob._replace(text=data.decode(errors="surrogateescape"))
