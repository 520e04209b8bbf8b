"""Making an App from a manifest and installing it: the only pages here on which somebody changes something.

Who is signed in is a setting of the sandbox: its administrator, unless a control route says otherwise.
https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from waypost.sandbox import access, beginnings, installations, manifests
from waypost.sandbox.box import account_by_login, box
from waypost.sandbox.pages.frame import HEADERS, PageMissing, check_own_page, routes
from waypost.sandbox.store import Record

_OF_ORGANISATION = "/organizations/<org>/settings/apps"
_OF_PERSON = "/settings/apps"


@routes.route(f"{_OF_ORGANISATION}/new", methods=["GET", "POST"])
@routes.route(f"{_OF_PERSON}/new", methods=["GET", "POST"])
def new_app(org: str = "") -> ResponseReturnValue:
    """Show what would be made; a manifest comes by POST from whoever wants the App."""
    owner = _owner(org)
    text = request.form.get("manifest", "") or request.args.get("manifest", "")
    if not text:
        raise PageMissing(
            404, "Here Apps are made from manifests only: the page that wants one posts it to this address."
        )
    try:
        manifest = manifests.parse(text)
    except manifests.Unusable as why:
        return _page("new_app.html", 422, owner=owner, reasons=why.reasons)
    return _confirm(owner, manifest, text, str(manifest.get("name", "")), request.args.get("state", ""))


@routes.post(f"{_OF_ORGANISATION}/manifest")
@routes.post(f"{_OF_PERSON}/manifest")
def create_app(org: str = "") -> ResponseReturnValue:
    """The click on "Create GitHub App"."""
    check_own_page()
    owner, text, state = _owner(org), request.form.get("manifest", ""), request.form.get("state", "")
    try:
        manifest = manifests.parse(text)
    except manifests.Unusable as why:
        return _page("new_app.html", 422, owner=owner, reasons=why.reasons)
    name = request.form.get("name", "").strip()
    if fault := manifests.name_fault(name):
        return _confirm(owner, manifest, text, name, state, fault)
    code = manifests.create(owner, name, manifest)
    back = manifest.get("redirect_url") or manifest["url"]
    return redirect(_with(back, code=code, **({"state": state} if state else {})))


@routes.get("/apps/<slug>/installations/new")
def choose_installation(slug: str) -> ResponseReturnValue:
    """Show where an App can be installed, and on what."""
    app, person = _app(slug), _person()
    places = [account for account in _places(app) if _may(person, account)]
    if not places:
        raise PageMissing(404, f"{person['login']} administers nothing that {app['name']} can be installed on.")
    shown = [(account, _held(app, account), _repositories(account)) for account in places]
    return _page("install_app.html", app=app, places=shown, back=app.get("setup_url"), leads=app.get("setup_url"))


@routes.post("/apps/<slug>/installations")
def install_app(slug: str) -> ResponseReturnValue:
    """The click on "Install"."""
    check_own_page()
    app, person = _app(slug), _person()
    account = account_by_login(request.form.get("account", ""))
    if account is None or account not in _places(app) or not _may(person, account):
        raise PageMissing(404, "There is no such place to install it.")
    held = _held(app, account)
    if held is None:
        ids = [int(one) for one in request.form.getlist("repository") if one.isdecimal()]
        owned = {one["id"] for one in _repositories(account)}
        is_all = request.form.get("selection") != "selected"
        if not is_all and not owned & set(ids):
            raise PageMissing(422, "Select at least one repository.")
        held = beginnings.install(box(), app, account, None if is_all else owned & set(ids))
        installations.tell("created", held)
    if not app.get("setup_url"):
        return redirect(f"/{account['login']}")
    return redirect(_with(app["setup_url"], installation_id=str(held["id"]), setup_action="install"))


def _confirm(
    owner: Record, manifest: dict[str, Any], text: str, name: str, state: str, fault: str = ""
) -> ResponseReturnValue:
    base = f"/organizations/{owner['login']}{_OF_PERSON}" if owner["type"] == "Organization" else _OF_PERSON
    return _page(
        "new_app.html",
        422 if fault else 200,
        leads=manifest.get("redirect_url") or manifest["url"],
        owner=owner,
        manifest=manifest,
        text=text,
        name=name,
        state=state,
        fault=fault,
        action=f"{base}/manifest",
    )


def _page(template: str, status: int = 200, leads: str | None = None, **values: Any) -> Response:
    """Render a page with a form. A browser asks the policy for where the answer leads, too."""
    there = urlsplit(leads or "")
    targets = "'self'" + (f" {there.scheme}://{there.netloc}" if leads else "")
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'none'", f"form-action {targets}")
    return Response(
        render_template(template, person=_person()["login"], **values),
        status,
        HEADERS | {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"},
    )


def _person() -> Record:
    found = account_by_login(box().setting("signed_in", "admin"))
    assert found is not None, "nobody is removed"
    return found


def _may(person: Record, account: Record) -> bool:
    return person["id"] == account["id"] or (account["type"] == "Organization" and access.is_owner(person, account))


def _owner(org: str) -> Record:
    """Return whose App it becomes; as on GitHub the settings of what one does not administer are not there."""
    person = _person()
    account = account_by_login(org) if org else person
    if account is None or (org and account["type"] != "Organization") or not _may(person, account):
        raise PageMissing(404, f"{org} is no organisation that {person['login']} administers.")
    return account


def _app(slug: str) -> Record:
    app = box().store.first("app", slug=slug)
    if app is None:
        raise PageMissing(404, f"There is no App {slug} here.")
    return app


def _places(app: Record) -> list[Record]:
    """A private App can be installed on the account that owns it alone."""
    accounts = [one for one in box().store.all("account") if one["type"] in ("Organization", "User")]
    return [one for one in accounts if app.get("public") or one["id"] == app["owner_id"]]


def _held(app: Record, account: Record) -> Record | None:
    return box().store.first("installation", app_id=app["id"], account_id=account["id"])


def _repositories(account: Record) -> list[Record]:
    return sorted(box().store.where("repository", owner_id=account["id"]), key=lambda one: one["name"].lower())


def _with(address: str, **query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"
