"""The catalog repository's branch for its one writer: small batches through the API, larger ones by a push.

Implements `protocol.Store` over a mirror on disk. What it knows of the head's tree it keeps up to date itself after
its own commits, so that a write costs what was changed, not what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from waypost.forge.blobs import blob_id
from waypost.forge.mirror import Author, Mirror, Remote
from waypost.forge.protocol import ForgeError, HeadMoved, NotAllowed, NotFound, Unavailable
from waypost.forge.small import is_small

if TYPE_CHECKING:
    from waypost.forge.adapter import GitHubForge

Result = TypeVar("Result")


class GitStore:
    """One thread at a time."""

    def __init__(
        self,
        forge: GitHubForge,
        full_name: str,
        branch: str,
        folder: Path,
        author: Callable[[], Author],
        clock: Callable[[], float],
    ) -> None:
        self._forge, self._full_name, self._branch = forge, full_name, branch
        self._author, self._clock = author, clock
        self._mirror = Mirror(folder)
        self._head = ""
        self._tree: dict[str, str] | None = {}  # of the head; None: not read yet
        self._fetched = ""  # the head whose objects the mirror holds
        self._has_moved = False  # under our last commit

    def refresh(self) -> str:
        if self._has_moved:  # writes are a second apart: while the next one waits, it would move again
            self._forge.api.pacer_of(self._forge.writer(self._full_name)).until_write()
            self._has_moved = False
        head = self._remotely(self._mirror.remote_head)
        if head != self._head:
            self._head, self._tree = head, None if head else {}
        return self._head

    def tree(self) -> Mapping[str, str]:
        if self._tree is None:
            self._tree = self._locally(lambda: self._mirror.tree(self._head))
        return self._tree

    def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        tree = self.tree()
        wanted = {path: tree[path] for path in paths if path in tree}
        if not wanted:
            return {}
        return self._locally(lambda: dict(zip(wanted, self._mirror.read(wanted.values()), strict=True)))

    def commit(self, parent: str, changes: Mapping[str, bytes | None], message: str) -> str:
        if parent != self._head:
            raise HeadMoved(f"{self._full_name}: {self._branch} is at {self._head or 'nothing'}, not at {parent}")
        tree = self.tree()
        changes = {path: data for path, data in changes.items() if data is not None or path in tree}
        if not changes:
            raise ValueError("nothing would change")
        commit = self._commit if parent and is_small(changes) else self._push
        try:
            head = commit(parent, changes, message)
        except HeadMoved:
            self._has_moved = True
            raise
        new = {path: blob_id(data) for path, data in changes.items() if data is not None}
        kept = {path: known for path, known in tree.items() if path not in changes}
        self._head, self._tree = head, kept | new
        return head

    def _commit(self, parent: str, changes: Mapping[str, bytes | None], message: str) -> str:
        try:
            return self._forge.commit(self._full_name, self._branch, parent, changes, message)
        except NotFound as error:
            if self._remotely(self._mirror.remote_head) == parent:
                raise
            raise HeadMoved(f"{self._full_name}: the branch {self._branch} was removed") from error

    def _push(self, parent: str, changes: Mapping[str, bytes | None], message: str) -> str:
        author, seconds = self._author(), int(self._clock())
        built = self._locally(lambda: self._mirror.write(parent, changes, message, author, seconds))
        try:
            self._remotely(lambda remote: self._mirror.push(remote, parent, built), is_write=True)
        except HeadMoved:
            # git sends a push again by itself when the connection breaks; then the first one may have been it
            if self._remotely(self._mirror.remote_head) != built:
                raise
        self._fetched = built
        return built

    def _fetch(self) -> None:
        """Have the objects of the head, also when the branch has moved on meanwhile."""
        if self._head and self._fetched != self._head:
            self._remotely(lambda remote: self._mirror.fetch(remote, self._head))
            self._fetched = self._head

    def _locally(self, act: Callable[[], Result]) -> Result:
        """Do something with the objects of the head, once more in a new clone when this one turns out to be broken."""
        self._fetch()
        try:
            return act()
        except Unavailable:
            raise
        except ForgeError:
            self._mirror.clear()
            self._fetched = ""
            self._fetch()
            return act()

    def _remotely(self, act: Callable[[Remote], Result], is_write: bool = False) -> Result:
        """Do something with the remote, once more with a new token or address when it refuses the present one."""
        forge, name = self._forge, self._full_name
        credential = forge.writer(name) if is_write else forge.reader
        token, url = credential.token(), forge.git_url(name)
        pacer = forge.api.pacer_of(credential)
        pacer.before("git", is_write)
        forge.api.count("git", is_free=True)
        try:
            return act(Remote(url, self._branch, token))
        except Unavailable as error:
            raise pacer.failed(str(error)) from error
        except (NotAllowed, NotFound):
            credential.renew(token, None)
            forge.forget(name)  # looking it up raises what is true by now: gone, hidden, suspended
            return act(Remote(forge.git_url(name), self._branch, credential.token()))
