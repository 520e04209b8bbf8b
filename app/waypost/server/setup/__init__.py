"""/setup: from a server that knows nothing to the first report, without copying a value. Needs the terminal's token.

The App comes from a manifest; what GitHub hands out for it goes into a file of mode 0600 or, once, onto the page.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from waypost.forge.protocol import Installation
from waypost.live import Live
from waypost.queue.protocol import Queue
from waypost.server.answers import answer
from waypost.server.setup import steps
from waypost.server.setup.door import Door, Session
from waypost.server.setup.guard import enter, guard
from waypost.server.setup.journey import standing
from waypost.server.setup.pages import HOME
from waypost.server.setup.progress import Scan


def routes(live: Live, queue: Queue, door: Door, clock: Callable[[], float]) -> Blueprint:
    """Make the routes over one door."""
    blueprint = Blueprint("setup", __name__, template_folder="templates")
    scan = Scan(queue, clock)
    own = guard(door)

    @own
    def look(session: Session) -> AnyResponse:
        config = live.now()
        found = standing(config, session.wish)
        if found.installation is not None:
            door.keep(session, scanned=[found.installation.id, found.installation.account])
        return steps.SHOWN[found.step](config, session, found, scan)

    @blueprint.get(HOME)
    def home() -> AnyResponse:
        token = request.args.get("token", "")
        return enter(door, token) if token else look()

    @blueprint.post(f"{HOME}/begin")
    @own
    def begin(session: Session) -> AnyResponse:
        return steps.begin(live.now(), door, session)

    @blueprint.get(f"{HOME}/register")
    @own
    def register(session: Session) -> AnyResponse:
        return steps.register(live.now(), door, session)

    @blueprint.get(f"{HOME}/created")
    @own
    def created(session: Session) -> AnyResponse:
        return steps.created(live.now(), door, session)

    @blueprint.get(f"{HOME}/installed")
    @own
    def installed(_session: Session) -> AnyResponse:
        return redirect(HOME, 303)  # what the address says is not believed: the next page asks GitHub

    @blueprint.post(f"{HOME}/repository")
    @own
    def make_repository(session: Session) -> AnyResponse:
        return steps.make_repository(live.now(), door, session, scan)

    @blueprint.post(f"{HOME}/ruleset")
    @own
    def make_ruleset(session: Session) -> AnyResponse:
        return steps.make_ruleset(live.now(), door, session)

    @blueprint.get(f"{HOME}/progress")
    @own
    def progress(session: Session) -> AnyResponse:
        """Asked every other second, so it asks GitHub nothing."""
        if "scanned" not in session.wish:
            return answer(409, {"error": "the App is not installed", "fix": "Open /setup"})
        now = scan.progress(Installation(*session.wish["scanned"]))
        return answer(200, {"read": now.read, "listed": now.listed, "is_done": now.is_done, "line": steps.line(now)})

    return blueprint
