"""One organisation to create in, by GitHub's REST interface and git: implements `creating.Workshop`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from waypost.forge import commits
from waypost.forge.api import Answer, Api
from waypost.forge.creating import Draft, Me, Write
from waypost.forge.credentials import Credential
from waypost.forge.mirror import Author, Remote
from waypost.forge.protocol import Budget, ForgeError, NotAllowed, NotFound, Unavailable
from waypost.golden.tree import Tree

WORKFLOW_LOGIN = "github-actions[bot]"


class GitHubWorkshop:
    """One thread at a time. `installed` is what an App may do there; None with a token that somebody gave us."""

    def __init__(
        self,
        api: Api,
        credential: Credential,
        organisation: str,
        author: Callable[[], Author],
        installed: Mapping[str, str] | None = None,
    ) -> None:
        self._api, self._credential = api, credential
        self._organisation, self._author, self._installed = organisation, author, installed
        self._addresses: dict[str, str] = {}  # git's, by owner/name
        self._me: Me | None = None

    @property
    def organisation(self) -> str:
        return self._organisation

    def me(self) -> Me:
        self._me = self._me or self._asked()
        return self._me

    def _asked(self) -> Me:
        if self._installed is not None:
            return Me(self.author().name, True, self._installed)
        try:
            answer = self._call("GET", "/user", "asking whose token this is")
        except NotAllowed:  # a workflow's own token is nobody's
            return Me(WORKFLOW_LOGIN, True)
        said = answer.headers.get("x-oauth-scopes")
        scopes = None if said is None else frozenset(one.strip() for one in said.split(",") if one.strip())
        return Me(str(answer.body["login"]), False, scopes=scopes)

    def author(self) -> Author:
        return self._author()

    def look(self, path: str, what: str) -> Any:
        try:
            return self._call("GET", path, what).body
        except NotFound:
            return None

    def listing(self, path: str, what: str, key: str = "") -> list[Any]:
        def shape(body: Any) -> Any:
            return body[key] if key else body

        return [one for page in self._api.pages(self._credential, path, what, shape) for one in page]

    def write(self, change: Write) -> Any:
        return self._call(change.verb, change.path, change.what, change.body, is_write=True).body

    def head(self, full_name: str, branch: str) -> str:
        return str(self._git(full_name, branch, commits.head))

    def push(self, full_name: str, draft: Draft) -> str:
        return str(self._git(full_name, draft.branch, lambda remote: commits.push(remote, draft), is_write=True))

    def files(self, full_name: str, commit: str, paths: Sequence[str] = ()) -> Tree:
        found: Tree = self._git(full_name, "", lambda remote: commits.files(remote, commit, paths))
        return found

    def touched(self, full_name: str, commit: str, path: str) -> str:
        asked = urlencode({"sha": commit, "path": path, "per_page": 1})
        found = self.look(f"/repos/{quote(full_name)}/commits?{asked}", f"looking for the last change of {path}")
        return str(found[0]["sha"]) if found else ""

    def budget(self) -> Budget | None:
        shown = self.look("/rate_limit", "asking how many calls are left")
        if shown is None:  # Enterprise Server without limits
            return None
        core = shown["resources"]["core"]
        return Budget(core["limit"], core["remaining"], core["reset"])

    def _call(self, verb: str, path: str, what: str, body: Any = None, is_write: bool = False) -> Answer:
        return self._api.call(self._credential, verb, path, what, body, is_write=is_write)

    def _git(self, full_name: str, branch: str, act: Callable[[Remote], Any], is_write: bool = False) -> Any:
        """Do something with a repository by git, once more with a new token when it refuses the present one."""
        token, url = self._credential.token(), self._address(full_name)
        pacer = self._api.pacer_of(self._credential)
        pacer.before("git", is_write)
        self._api.count("git", is_free=True)
        try:
            return act(Remote(url, branch, token))
        except Unavailable as error:
            raise pacer.failed(str(error)) from error
        except NotAllowed:
            if not self._credential.renew(token, None):
                raise
            return act(Remote(url, branch, self._credential.token()))

    def _address(self, full_name: str) -> str:
        if full_name not in self._addresses:
            found = self.look(f"/repos/{quote(full_name)}", f"looking for {full_name}")
            if found is None:
                raise NotFound(f"{full_name} is not there, or not for us")
            if not str(found["clone_url"]).startswith(("https://", "http://")):
                raise ForgeError(f"{full_name} has no address for git: {found['clone_url']}")
            self._addresses[full_name] = found["clone_url"]
        return self._addresses[full_name]
