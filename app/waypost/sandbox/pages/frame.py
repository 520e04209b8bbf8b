"""The frame of every page: which repository it is about, its headers, and how Jinja shows times and sizes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pygit2
from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from waypost.sandbox import gitstore
from waypost.sandbox.box import account_by_login, box, full_name, owner_of, repository_by_name
from waypost.sandbox.clock import stamp
from waypost.sandbox.pages import rich
from waypost.sandbox.store import Record
from waypost.sandbox.web import ApiError, not_found

routes = Blueprint("pages", __name__)

# first words of the API's addresses: nobody can be called so, and a wrong address there is the API's to answer
_RESERVED = (
    "_sandbox", "api", "app", "app-manifests", "apps", "graphql", "installation", "markdown", "meta", "organizations",
    "orgs", "rate_limit", "repos", "repositories", "search", "teams", "user", "users", "zen",
)  # fmt: skip


class Login(BaseConverter):
    """The first word of a page's address: an account, whatever it is called."""

    weight = 200  # after every other route: git's addresses begin like a page's
    part_isolating = True
    regex = rf"(?!(?:{'|'.join(_RESERVED)})\Z)[^/]+"


routes.record(lambda state: state.app.url_map.converters.update(login=Login))

# nothing runs, nothing is fetched from elsewhere, nobody may frame it
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class PageMissing(ApiError):
    """A refusal that a person reads, mostly a 404."""

    def response(self) -> Response:
        return Response(render_template("missing.html", what=self.message, status=self.status), self.status, HEADERS)


def on_page(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Replace <owner>/<name> by the repository's record; a former name leads to the present one."""

    @wraps(view)
    def shown(owner: str, name: str, **rest: Any) -> ResponseReturnValue:
        repository = repository_by_name(owner, name)
        if repository is None:
            former = box().store.get("redirect", f"{owner}/{name}".lower())
            moved = former and box().store.get("repository", former["repository_id"])
            if not moved:
                raise PageMissing(404, f"There is no repository {owner}/{name} here.")
            return redirect(f"/{full_name(moved)}")
        return view(repository, **rest)

    return shown


def account_page(login: str) -> Record:
    """Return the account whose page is asked for."""
    account = account_by_login(login)
    if account is None:
        raise PageMissing(404, f"There is nobody called {login} here.")
    return account


def page(template: str, repository: Record | None = None, has_form: bool = False, **values: Any) -> Response:
    """Render a page; those about a repository get its tabs. A form leads back here and nowhere else."""
    if repository is not None:
        open_ones = box().store.where("issue", repository_id=repository["id"], state="open")
        pulls = sum(1 for issue in open_ones if issue.get("pull_id"))
        values |= {
            "repository": repository,
            "owner": owner_of(repository)["login"],
            "base": f"/{full_name(repository)}",
            "open_issues": len(open_ones) - pulls,
            "open_pulls": pulls,
        }
    headers = HEADERS
    if has_form:
        policy = HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
        headers = HEADERS | {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}
    return Response(render_template(template, **values), headers=headers)


def check_own_page() -> None:
    """A click counts on our own pages only; another site's form says where it is from."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise PageMissing(404, "This click was not made on a page of the sandbox.")


def split_ref(git: pygit2.Repository, rest: str) -> tuple[str, str]:
    """Split "feature/x/docs/a.md" into the ref and the path: the longest branch or tag that fits, else a commit id."""
    parts = rest.strip("/").split("/")
    names = {name.split("/", 2)[2] for name in gitstore.refs(git) if name.startswith(("refs/heads/", "refs/tags/"))}
    for count in range(len(parts), 0, -1):
        if (name := "/".join(parts[:count])) in names:
            return name, "/".join(parts[count:])
    return parts[0], "/".join(parts[1:])


def commit_at(git: pygit2.Repository, repository: Record, ref: str) -> pygit2.Commit:
    """Return the commit that a ref names, or answer 404."""
    commit = gitstore.resolve(git, ref, repository["default_branch"])
    if commit is None:
        raise PageMissing(404, f"{full_name(repository)} has no branch, tag or commit {ref}.")
    return commit


@routes.get("/_sandbox/pages.css")
def stylesheet() -> ResponseReturnValue:
    text = (Path(__file__).parents[1] / "templates" / "pages.css").read_text(encoding="utf-8")
    return Response(text, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=600"})


@routes.get("/_sandbox/avatars/<int:number>")
def avatar(number: int) -> ResponseReturnValue:
    """A picture of an account: its first letter."""
    account = box().store.get("account", number)
    if account is None:
        raise not_found()
    text = render_template("avatar.svg", letter=account["login"][:1].upper(), hue=number * 47 % 360)
    return Response(text, content_type="image/svg+xml", headers=HEADERS)


@routes.app_template_filter("time")
def show_time(value: str | float) -> str:
    """Write a time for people: 2026-01-31 12:00."""
    text = value if isinstance(value, str) else stamp(value)
    return text[:16].replace("T", " ")


@routes.app_template_filter("size")
def show_size(count: int) -> str:
    """Write a number of bytes for people."""
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.1f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


@routes.app_template_filter("comment")
def show_comment(text: str | None) -> Markup:
    """Render what somebody wrote in an issue."""
    return rich.render(text or "", hard_breaks=True)


@routes.app_template_filter("subject")
def subject(message: str) -> str:
    return message.strip().split("\n", 1)[0]
