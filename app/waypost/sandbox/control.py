"""The control routes under /_sandbox/: what tests and the demo change that GitHub's own API cannot, and what happened.

They ask for no token: the sandbox listens on this machine only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import beginnings, installations, objects
from waypost.sandbox.box import Window, account_by_login, box, repository_by_name
from waypost.sandbox.ratelimit import RESOURCES
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json, body, invalid, not_found

routes = Blueprint("control", __name__, url_prefix="/_sandbox")


@routes.get("")
def show() -> ResponseReturnValue:
    """What the ready line said, again."""
    return jsonify(beginnings.ready(box()))


@routes.post("/seed")
def seed() -> ResponseReturnValue:
    """{owner: {repository: {files: {path: text}, visibility, description, topics, archived, ...}}}, silently."""
    made = beginnings.seed(box(), body())
    return jsonify({"created": len(made), "repositories": made}), 201


@routes.post("/commits")
def commit() -> ResponseReturnValue:
    """{owner/name: {path: text | null}}: a commit to each default branch, silently; answers {owner/name: its id}."""
    found = {name: repository_by_name(*name.split("/", 1)) for name in body() if "/" in name}
    if missing := [name for name in body() if found.get(name) is None]:
        raise invalid("Repository", missing[0], "missing")
    heads = {
        name: beginnings.commit(box(), repository, body()[name]) for name, repository in found.items() if repository
    }
    return jsonify(heads), 201


@routes.post("/users")
def add_user() -> ResponseReturnValue:
    """{login, name, organization, role}: a user with a token, a member (or admin) of the organisation if named."""
    content = body()
    login = str(content.get("login", ""))
    if not login or account_by_login(login) is not None:
        raise invalid("User", "login", "already_exists" if login else "missing_field")
    user = beginnings.add_account(box(), login, "User", name=content.get("name"), email=content.get("email"))
    if content.get("organization"):
        organization = _account(content["organization"])
        box().store.add(
            "membership",
            org_id=organization["id"],
            user_id=user["id"],
            role=content.get("role", "member"),
            state="active",
        )
    return jsonify({**objects.user(user), "token": beginnings.add_token(box(), user)["id"]}), 201


@routes.post("/tokens")
def add_token() -> ResponseReturnValue:
    """{login, scopes} or {login, owner, permissions}: another personal token, classic or fine-grained."""
    content = body()
    user = _account(content.get("login", ""))
    if "permissions" in content:
        made = beginnings.add_fine_grained_token(
            box(), user, _account(content.get("owner", "")), content["permissions"]
        )
        return jsonify({"token": made["id"]}), 201
    return jsonify({"token": beginnings.add_token(box(), user, content.get("scopes", ["repo"]))["id"]}), 201


@routes.post("/signed-in")
def sign_in() -> ResponseReturnValue:
    """{login}: who looks at the web pages from now on; the administrator at first."""
    login = _account(body().get("login", ""))["login"]
    box().set("signed_in", login)
    return jsonify({"login": login})


@routes.post("/app")
def change_app() -> ResponseReturnValue:
    """{webhook_url, webhook_secret, permissions, events}: the settings page of the App."""
    content, app = body(), box().store.must("app", 1)
    hook = {**app["hook"]}
    hook["url"] = content.get("webhook_url", hook["url"])
    hook["secret"] = content.get("webhook_secret", hook["secret"])
    changed = {name: content[name] for name in ("permissions", "events") if name in content}
    return jsonify(objects.app(box().store.change("app", app["id"], hook=hook, **changed)))


@routes.post("/installations")
def add_installation() -> ResponseReturnValue:
    """{account, repositories (names; all without), permissions}: what an admin clicks."""
    content, app = body(), box().store.must("app", 1)
    account = _account(content.get("account", ""))
    held = beginnings.install(box(), app, account, _ids(account, content), content.get("permissions"))
    installations.tell("created", held)
    return jsonify(objects.installation(held)), 201


@routes.patch("/installations/<int:number>")
def change_installation(number: int) -> ResponseReturnValue:
    """{repositories | null, permissions, suspended}: change what the App may see and do."""
    content, store = body(), box().store
    held = store.get("installation", number)
    if held is None:
        raise not_found()
    account = store.must("account", held["account_id"])
    if "permissions" in content:
        held = store.change("installation", number, permissions=content["permissions"])
        installations.tell("new_permissions_accepted", held)
    if "suspended" in content:
        suspended_at = box().clock.stamp() if content["suspended"] else None
        held = store.change("installation", number, suspended_at=suspended_at)
        installations.tell("suspend" if content["suspended"] else "unsuspend", held)
    if "repositories" in content:
        held = installations.select(held, _ids(account, content))
    return jsonify(objects.installation(held))


@routes.delete("/installations/<int:number>")
def remove_installation(number: int) -> ResponseReturnValue:
    """Uninstall."""
    held = box().store.get("installation", number)
    if held is None:
        raise not_found()
    installations.tell("deleted", held)
    box().store.remove("installation", number)
    return "", 204


def _ids(account: Record, content: Json) -> list[int] | None:
    names = content.get("repositories")
    if names is None:
        return None
    wanted = {str(name).rpartition("/")[2].lower() for name in names}
    return [
        repository["id"]
        for repository in box().store.where("repository", owner_id=account["id"])
        if repository["name"].lower() in wanted
    ]


@routes.route("/clock", methods=["GET", "POST"])
def clock() -> ResponseReturnValue:
    """{move: seconds}: tokens and budgets expire by this clock."""
    box().clock.move(float(body().get("move", 0)))
    return jsonify({"now": box().clock.now()})


@routes.route("/budgets", methods=["GET", "POST"])
def budgets() -> ResponseReturnValue:
    """{who: "installation:1" | "*", resource: "core", limit, remaining, reset_in}: what is left now and from now on.

    {content_per_minute: 80 | null} switches the secondary limit on writing on or off.
    """
    content = body()
    if "content_per_minute" in content:
        box().set("content_per_minute", content["content_per_minute"])
    if "resource" in content:
        _set_budget(content)
    shown = {f"{key} {name}": [held.limit, held.used, held.reset] for (key, name), held in box().windows.items()}
    return jsonify(shown)


def _set_budget(content: Json) -> None:
    name, who = content["resource"], content.get("who", "*")
    if name not in RESOURCES:
        raise invalid("Budget", "resource")
    if "limit" in content:
        limits = {key: dict(value) for key, value in box().setting("limits", {}).items()}
        limits.setdefault(who, {})[name] = content["limit"]
        box().set("limits", limits)
    reset = box().clock.now() + float(content.get("reset_in", 3_600))
    keys = {key for key, _ in box().windows} if who == "*" else {who}
    for key in keys:
        held = box().windows.get((key, name)) or Window(5_000, 0, reset)
        limit = int(content.get("limit", held.limit))
        used = limit - int(content["remaining"]) if "remaining" in content else 0
        box().windows[key, name] = Window(limit, used, reset)


@routes.get("/log")
def show_log() -> ResponseReturnValue:
    """API calls by caller and route (charged or free), the last 2,000 in full, and every move of a ref."""
    log = box().log
    calls = [
        {"who": who, "method": method, "route": route, "charged": charged, "count": count}
        for (who, method, route, charged), count in sorted(log.calls.items())
    ]
    pushes = {
        name: {"pushes": len(_times(moves)), "commits": sum(move["commits"] for move in moves),
               "most_in_a_minute": _most_in_a_minute(_times(moves)), "moves": moves}
        for name, moves in sorted(log.pushes.items())
    }  # fmt: skip
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for (who, _, _, charged), count in log.calls.items():
        totals[who]["charged" if charged else "free"] += count
    return jsonify({"calls": calls, "totals": totals, "recent": list(log.recent), "pushes": pushes})


@routes.delete("/log")
def clear_log() -> ResponseReturnValue:
    """Begin to count anew."""
    log = box().log
    log.calls.clear()
    log.recent.clear()
    log.pushes.clear()
    return "", 204


def _times(moves: list[dict[str, Any]]) -> list[float]:
    """Return when pushes happened: the refs that moved together are one push."""
    return sorted({float(move["at"]) for move in moves})


def _most_in_a_minute(times: list[float]) -> int:
    """Return the most pushes in any 60 seconds; GitHub recommends six at most to a repository."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 60:
            first += 1
        most = max(most, last - first + 1)
    return most


def _account(login: object) -> Record:
    found = account_by_login(str(login))
    if found is None:
        raise invalid("Account", "login", "missing")
    return found
