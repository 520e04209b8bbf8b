"""Who calls, and whether they may: every route's decorator.

https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps and
https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

import jwt
from flask import g, request
from flask.typing import ResponseReturnValue

from waypost.limits import APP_JWT_SECONDS, APP_JWT_SKEW_SECONDS
from waypost.sandbox import access, settling
from waypost.sandbox.box import account_by_login, api_url, box, repository_by_name
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, forbidden, not_found, unauthorized

View = Callable[..., ResponseReturnValue]

LEVELS = {"none": 0, "read": 1, "write": 2, "admin": 3}
NOT_GRANTED = "Resource not accessible by personal access token"
# what a person needs in the repository for what an App needs as a permission
_ADMINISTRATION = (
    "administration",
    "repository_hooks",
    "repository_custom_properties",
    "secrets",
    "environments",
    "pages",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is behind a request. `permissions` and `repository_ids` narrow; None means not narrowed."""

    key: str  # whose budget is charged: anonymous, user:3, app:1, installation:7
    user: Record | None = None
    app: Record | None = None
    installation: Record | None = None
    permissions: Mapping[str, str] | None = None
    repository_ids: frozenset[int] | None = None
    scopes: tuple[str, ...] = ()
    owner_id: int | None = None  # of a fine-grained personal token: whose resources it reaches

    def can_see(self, repository: Record) -> bool:
        """Tell whether the repository exists, as far as this caller may know."""
        if repository["visibility"] == "public":
            return True
        if self.installation is not None:
            return self.covers(repository)
        if self.user is None or not (self.owner_id == repository["owner_id"] or "repo" in self.scopes):
            return False
        return access.level(self.user, repository) != "none"

    def covers(self, repository: Record) -> bool:
        """Tell whether the repository is within this token's installation and narrowing."""
        if self.installation is None or repository["owner_id"] != self.installation["account_id"]:
            return False
        return self.repository_ids is None or repository["id"] in self.repository_ids

    def has(self, permission: str, level: str) -> bool:
        """Tell whether an App's token holds a permission."""
        return LEVELS[(self.permissions or {}).get(permission, "none")] >= LEVELS[level]

    @property
    def may_touch_workflows(self) -> bool:
        return self.permissions is None or self.has("workflows", "write")

    def may(self, repository: Record, permission: str, level: str) -> bool:
        """Tell whether this caller may do what needs `permission` at `level` in a repository it can see."""
        if level == "read" and repository["visibility"] == "public":
            return True
        if self.installation is not None:
            return self.covers(repository) and self.has(permission, level)
        is_granted = self.owner_id == repository["owner_id"] and self.has(permission, level)
        if self.user is None or not (is_granted or {"repo", "public_repo"} & set(self.scopes)):
            return False
        wanted = "admin" if permission in _ADMINISTRATION else "write" if level != "read" else "read"
        return access.at_least(access.level(self.user, repository), wanted)


ANONYMOUS = Caller("anonymous")


def caller() -> Caller:
    """Return who is behind this request."""
    return cast(Caller, g.get("caller", ANONYMOUS))


def identify() -> Caller:
    """Read the Authorization header; raise 401 when it says something that is not so."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    value = value.strip()
    if not kind:
        return ANONYMOUS
    if kind.lower() == "basic":
        return _by_token(_password(value))
    if kind.lower() not in ("bearer", "token"):
        raise unauthorized()
    # an installation token may look like one inside
    is_signed = value.count(".") == 2 and not value.startswith("gh")
    return by_jwt(value) if is_signed else _by_token(value)


def _password(value: str) -> str:
    """Return the token of `user:token`, or of the older `token:x-oauth-basic`."""
    try:
        name, _, password = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        raise unauthorized() from None
    return name if password in ("", "x-oauth-basic") else password


def _by_token(text: str) -> Caller:
    token = box().store.get("token", text)
    if token is None or (token.get("expires") is not None and token["expires"] <= box().clock.now()):
        raise unauthorized()
    if token.get("installation_id") is not None:
        return _by_installation(token)
    user = box().store.must("account", token["user_id"])
    scopes, granted, owner = tuple(token["scopes"]), token.get("permissions"), token.get("owner_id")
    return Caller(f"user:{user['id']}", user=user, scopes=scopes, permissions=granted, owner_id=owner)


def _by_installation(token: Record) -> Caller:
    store = box().store
    installation = store.get("installation", token["installation_id"])
    if installation is None:
        raise unauthorized()
    if installation["suspended_at"]:
        raise forbidden("This installation has been suspended")
    held, asked = installation["permissions"], token["permissions"]
    weaker = {name: min(level, held.get(name, "none"), key=LEVELS.__getitem__) for name, level in asked.items()}
    within = [ids for ids in (installation["repository_ids"], token["repository_ids"]) if ids is not None]
    app = store.must("app", installation["app_id"])
    return Caller(
        f"installation:{installation['id']}",
        user=store.must("account", app["bot_id"]),
        app=app,
        installation=installation,
        permissions=weaker,
        repository_ids=frozenset.intersection(*map(frozenset, within)) if within else None,
    )


def by_jwt(text: str) -> Caller:
    """Identify an App by the token it signed itself; raise 401 in GitHub's words."""
    try:
        issuer = jwt.decode(text, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError:
        raise unauthorized("A JSON web token could not be decoded") from None
    app = next((one for one in box().store.all("app") if str(issuer) in (str(one["id"]), one["client_id"])), None)
    if app is None:
        raise unauthorized("Integration not found" if issuer else "'Issuer' claim ('iss') must be an Integer")
    try:
        # times are judged by the sandbox's clock below
        options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        claims = jwt.decode(text, app["public_key"], algorithms=["RS256"], options=options)
    except jwt.PyJWTError:
        raise unauthorized("A JSON web token could not be decoded") from None
    _check_times(claims, box().clock.now())
    return Caller(f"app:{app['id']}", app=app)


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(expires, int | float) or expires <= now:
        raise unauthorized("'Expiration time' claim ('exp') must be a numeric value representing the future time at "
                           "which the assertion expires")  # fmt: skip
    if expires > now + APP_JWT_SECONDS + APP_JWT_SKEW_SECONDS or (
        isinstance(issued, int | float) and expires - issued > APP_JWT_SECONDS + APP_JWT_SKEW_SECONDS
    ):
        raise unauthorized("'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int | float) or issued > now + 5:
        raise unauthorized("'Issued at' claim ('iat') must be an Integer representing the time that the assertion "
                           "was issued")  # fmt: skip


def on_repository(*, even_archived: bool = False, **needs: str) -> Callable[[View], View]:
    """Replace <owner>/<name> by the repository's record, if the caller may do what needs any of the permissions."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(owner: str, name: str, **rest: Any) -> ResponseReturnValue:
            repository = repository_by_name(owner, name)
            if repository is None:
                repository = _moved(owner, name)
            if not caller().can_see(repository) or settling.is_hidden(repository):
                raise not_found()
            require(repository, even_archived, **needs)
            return view(repository, **rest)

        return checked

    return decorate


def require(repository: Record, even_archived: bool = False, /, **needs: str) -> None:
    """Raise unless the caller holds any of the permissions here, and the repository takes writes."""
    if not needs:
        return
    if not any(caller().may(repository, name, level) for name, level in needs.items()):
        raise _refusal(needs)
    is_write = any(level != "read" for level in needs.values())
    if is_write and repository["archived"] and not even_archived:
        raise ApiError(403, "Repository was archived so is read-only.")


def _refusal(needs: Mapping[str, str]) -> ApiError:
    accepted = "; ".join(f"{name}={level}" for name, level in needs.items())
    if caller().installation is not None:
        return forbidden(X_Accepted_GitHub_Permissions=accepted)
    if caller().owner_id is not None:
        return forbidden(NOT_GRANTED, X_Accepted_GitHub_Permissions=accepted)
    if caller().user is None and caller().app is None:
        return ApiError(401, "Requires authentication")
    if any(name in _ADMINISTRATION for name in needs):
        return forbidden("Must have admin rights to Repository.", X_Accepted_GitHub_Permissions=accepted)
    return not_found()


def _moved(owner: str, name: str) -> Record:
    """Answer as for a renamed or transferred repository: 301 to its address by number, 307 unless reading."""
    redirect = box().store.get("redirect", f"{owner}/{name}".lower())
    target = redirect and box().store.get("repository", redirect["repository_id"])
    if not target or not caller().can_see(target):
        raise not_found()
    rest = request.path.split("/", 4)[4:]
    where = "/".join([f"{api_url()}/repositories/{target['id']}", *rest])
    if request.query_string:
        where += "?" + request.query_string.decode()
    reading = request.method in ("GET", "HEAD")
    error = ApiError(301 if reading else 307, "Moved Permanently" if reading else "Temporary Redirect")
    error.headers["Location"] = where
    error.extra["url"] = where
    raise error


def on_organization(**needs: str) -> Callable[[View], View]:
    """Replace <org> by the organisation's record, if the caller may do what needs any of the permissions there."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(org: str, **rest: Any) -> ResponseReturnValue:
            organization = account_by_login(org)
            if organization is None or organization["type"] != "Organization":
                raise not_found()
            if needs and not any(may_in(organization, name, level) for name, level in needs.items()):
                raise _refusal_in(organization, needs)
            return view(organization, **rest)

        return checked

    return decorate


def may_in(organization: Record, permission: str, level: str) -> bool:
    """Say whether the caller has a permission over an organisation."""
    who = caller()
    if who.installation is not None:
        return bool(who.installation["account_id"] == organization["id"]) and who.has(permission, level)
    if who.user is None:
        return False
    if who.owner_id is not None and not (who.owner_id == organization["id"] and who.has(permission, level)):
        return False
    # every member may make repositories in it, unless an owner forbids that
    if level == "read" or permission == "administration":
        return access.is_member(who.user, organization)
    return access.is_owner(who.user, organization)


def _refusal_in(organization: Record, needs: Mapping[str, str]) -> ApiError:
    accepted = "; ".join(f"{name}={level}" for name, level in needs.items())
    if caller().installation is not None:
        return forbidden(X_Accepted_GitHub_Permissions=accepted)
    if caller().owner_id is not None:
        return forbidden(NOT_GRANTED, X_Accepted_GitHub_Permissions=accepted)
    if caller().user is None:
        return ApiError(401, "Requires authentication")
    return forbidden(f"You must be an owner of {organization['login']}.") if caller().user else not_found()


def as_app(view: View) -> View:
    """Let only an App in, by its JSON web token; the view gets the App's record first."""

    @wraps(view)
    def checked(**rest: Any) -> ResponseReturnValue:
        who = caller()
        if who.app is None or who.installation is not None:
            raise unauthorized("A JSON web token could not be decoded")
        return view(who.app, **rest)

    return checked


def signed_in(view: View) -> View:
    """Let in whoever is somebody."""

    @wraps(view)
    def checked(**rest: Any) -> ResponseReturnValue:
        if caller().user is None:
            raise ApiError(401, "Requires authentication")
        return view(**rest)

    return checked


def visible(repositories: list[Record]) -> list[Record]:
    """Keep those that the caller may see."""
    who = caller()
    return [repository for repository in repositories if who.can_see(repository)]


def actor() -> Record:
    """Return the account that what happens now is done by; raise 401 for nobody."""
    user = caller().user
    if user is None:
        raise ApiError(401, "Requires authentication")
    return user
