"""The pages of set-up, one for each step, and what their buttons do. Who may see them is decided elsewhere."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from waypost import app_file
from waypost.config import Config
from waypost.forge.protocol import ForgeError
from waypost.forge.registering import convert
from waypost.server.setup import manifests, repository
from waypost.server.setup.door import Door, Session
from waypost.server.setup.journey import Standing, standing
from waypost.server.setup.pages import HOME, message, own_address, page
from waypost.server.setup.progress import Progress, Scan

log = logging.getLogger("waypost.setup")


def _show_app(config: Config, session: Session, found: Standing, _scan: Scan) -> Response:
    owner = session.wish.get("organisation", config.catalog_repository.rpartition("/")[0])
    address = session.wish.get("address") or own_address()
    return page(
        "app", 200, session, found=found, organisation=owner, address=address, is_careful=session.wish.get("careful")
    )


def begin(config: Config, door: Door, session: Session) -> AnyResponse:
    """Check what was chosen on the first page and go on to the manifest."""
    form = request.form
    organisation, is_careful = form.get("organisation", "").strip().lstrip("@"), form.get("variant") == "two"
    fault = ""
    if organisation and not (len(organisation) <= manifests.LONGEST_LOGIN and manifests.LOGIN(organisation)):
        fault = f'"{organisation}" is no name of an organisation: it is the word after {config.web_url}/'
    try:
        address = manifests.clean_address(form.get("address", ""))
    except ValueError as error:
        address, fault = form.get("address", ""), fault or str(error)
    if fault:
        return page(
            "app",
            422,
            session,
            found=Standing("app", is_careful),
            fault=fault,
            organisation=organisation,
            address=address,
            is_careful=is_careful,
        )
    door.keep(session, organisation=organisation, address=address, careful=is_careful)
    return redirect(f"{HOME}/register", 303)


def register(config: Config, door: Door, session: Session) -> AnyResponse:
    """Offer to create the App that is missing."""
    found = standing(config, session.wish)
    if found.step == "app" and session.wish.get("shown") == "app" and request.args.get("role") == "writer":
        found = Standing("writer", is_careful=True)  # the first App's secrets were shown, not kept
    return _offer(config, door, session, found) if found.step in ("app", "writer") else redirect(HOME, 303)


def _offer(config: Config, door: Door, session: Session, found: Standing) -> AnyResponse:
    """The page whose button posts the manifest to GitHub, with every permission explained."""
    wish, role = session.wish, found.step
    address = wish.get("address")
    organisation = wish.get("organisation", "")
    if role == "writer" and found.app is not None:  # the second App belongs where the first one does
        organisation = organisation if address else found.app.owner
        address = address or own_address()
    if not address:
        return redirect(HOME, 303)
    is_careful = role == "writer" or bool(wish.get("careful"))
    owner = organisation or secrets.token_hex(2)  # a name that is taken can still be changed on GitHub
    return page(
        "register",
        200,
        session,
        config.web_url,
        found=found,
        role=role,
        manifest=manifests.manifest(role, owner, address, is_careful),
        explained=manifests.explained(role, is_careful),
        action=manifests.form_address(config.web_url, organisation, door.new_state(session, role)),
        unwritable=app_file.why_unwritable(config.app_file) if config.keeps_secrets else "",
        file=config.app_file,
        keeps=config.keeps_secrets,
        is_far=manifests.is_local(address) and not manifests.is_local(config.web_url),
        address=address,
    )


def created(config: Config, door: Door, session: Session) -> AnyResponse:
    """Back from GitHub: fetch the App and put its secrets away."""
    role = door.take_state(session, request.args.get("state", ""))
    if not role:
        text = (
            "It was used before, is older than an hour, or is not from this session. Nothing was fetched. Begin again."
        )
        return message(403, "GitHub's answer does not belong to this set-up", text, session, retry=HOME)
    if config.app_id if role == "app" else config.writer_app_id:  # another tab was faster, and its App is at work
        text = "Nothing was fetched. Delete the App that GitHub has just made: it is one too many."
        return message(409, "There is an App already", text, session, retry=HOME)
    made = convert(config.api_url, request.args.get("code", ""))
    log.info("registered %s as %s (App %d)", role, made.slug, made.id)
    if config.keeps_secrets and _is_kept(config, role, made):
        return redirect(HOME, 303)
    has_second = role == "app" and bool(session.wish.get("careful"))
    door.keep(session, shown=role)
    found = Standing(role, is_careful=bool(session.wish.get("careful")))
    return page("secrets", 200, session, role=role, made=made, has_second=has_second, found=found)


def _is_kept(config: Config, role: str, made: app_file.KeptApp) -> bool:
    """Put the secrets away; where that fails they must be shown, for GitHub hands them out once."""
    try:
        app_file.write(config.app_file, {**app_file.read(config.app_file), role: made})
    except (OSError, app_file.AppFileError) as error:
        log.error("the App cannot be stored, so it is shown: %s", error)
        return False
    return True


def _show_writer(config: Config, session: Session, found: Standing, _scan: Scan) -> AnyResponse:
    return redirect(f"{HOME}/register", 303)


def _show_install(config: Config, session: Session, found: Standing, _scan: Scan) -> Response:
    app = found.writer if found.step == "install-writer" else found.app
    assert app is not None, "an App was registered before"
    return page(
        "install", 200, session, found=found, app=app, address=f"{config.web_url}/apps/{app.slug}/installations/new"
    )


def _show_repository(config: Config, session: Session, found: Standing, scan: Scan, fault: str = "") -> Response:
    assert found.installation is not None
    scan.begin(found.installation)  # it takes a while: begin before it is asked for
    owner, _, name = found.catalog.partition("/")
    is_of_person = found.app is not None and found.app.is_of_person
    new, settings = ("", "") if is_of_person else (f"/organizations/{owner}/repositories", f"/organizations/{owner}")
    by_hand = f"{config.web_url}{new}/new?name={name}&visibility=private"
    access = f"{config.web_url}{settings}/settings/installations/{found.installation.id}"
    return page("repository", 502 if fault else 200, session, found=found, by_hand=by_hand, access=access, fault=fault)


def make_repository(config: Config, door: Door, session: Session, scan: Scan) -> AnyResponse:
    found = standing(config, session.wish)
    if found.step != "repository" or found.installation is None:
        return redirect(HOME, 303)
    if request.form.get("as_it_is") and found.repository is not None and found.repository.head:
        door.keep(session, as_it_is=True)
        return redirect(HOME, 303)
    try:
        left_out = repository.make(config, found.catalog, request.form.get("visibility") == "public")
    except ForgeError as error:
        log.warning("%s", error)
        return _show_repository(config, session, found, scan, str(error))
    log.info("made %s", found.catalog)
    door.keep(session, left_out=left_out)
    scan.publish(found.installation)
    if request.form.get("guard"):
        door.keep(session, refused=repository.guard(config, found.catalog))
    return redirect(HOME, 303)


def make_ruleset(config: Config, door: Door, session: Session) -> AnyResponse:
    """Guard the catalog repository, and remember where GitHub refuses."""
    found = standing(config, session.wish)
    if found.step == "scan":
        door.keep(session, refused=repository.guard(config, found.catalog))
    return redirect(HOME, 303)


def _show_scan(config: Config, session: Session, found: Standing, scan: Scan) -> Response:
    assert found.installation is not None
    assert found.repository is not None
    scan.begin(found.installation)
    now = scan.progress(found.installation)
    if not now.is_done:
        return page("scan", 200, session, found=found, now=now, line=line(now))
    return page(
        "report",
        200,
        session,
        found=found,
        report=scan.report(found.installation, found.catalog),
        has_worker=now.has_worker,
        is_guarded=repository.is_guarded(config, found.catalog),
        refused=session.wish.get("refused", ""),
        left_out=session.wish.get("left_out", ""),
    )


def line(now: Progress) -> str:
    if not now.has_worker:
        return "No worker is running: nothing is read. Start one beside this server: waypost worker"
    if not now.is_listed:
        return "The repositories are being listed."
    if now.read < now.listed:
        return f"{now.read:,} of {now.listed:,} repositories read."
    return f"All {now.listed:,} repositories are read. The catalog is being written."


SHOWN: dict[str, Callable[[Config, Session, Standing, Scan], AnyResponse]] = {
    "app": _show_app,
    "writer": _show_writer,
    "install": _show_install,
    "install-writer": _show_install,
    "repository": _show_repository,
    "scan": _show_scan,
}
