"""Control routes for deliveries: what tests and the demo may ask of the network between the sandbox and its listeners.

    POST /_sandbox/deliveries/rules  {"action": "drop" | "lose" | "double" | "delay", "event": "push" (a pattern; "*"),
                                      "count": 3 (null: until removed), "seconds": 2.5 (delay)}
    POST /_sandbox/deliveries/hold   keep everything back
    POST /_sandbox/deliveries/flush  {"order": "queue" | "reverse" | "shuffle", "seed": 1}: send it after all
    POST /_sandbox/deliveries/settle {"seconds": 10}: answer when everything is sent

A dropped delivery is on GitHub's list as failed and can be asked for again; nobody ever hears of a lost one.
"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from waypost.sandbox import sending
from waypost.sandbox.box import box
from waypost.sandbox.web import body, invalid

routes = Blueprint("delivery_control", __name__, url_prefix="/_sandbox/deliveries")

_ACTIONS = ("drop", "lose", "double", "delay")


@routes.get("")
def show() -> ResponseReturnValue:
    """Every delivery, newest first, without payloads; how many wait; the rules."""
    with box().store.lock:
        waiting = sending.sender(box()).waiting()
        names = ("id", "guid", "event", "action", "redelivery", "status", "status_code", "hook_id", "app_id")
        found = [{name: one[name] for name in names} for one in reversed(box().store.all("delivery"))]
        rules = box().setting("delivery_rules", [])
    return jsonify({"waiting": len(waiting), "rules": rules, "deliveries": found})


@routes.post("/rules")
def add_rule() -> ResponseReturnValue:
    content = body()
    if content.get("action") not in _ACTIONS:
        raise invalid("Rule", "action")
    rule = {
        "action": content["action"],
        "event": str(content.get("event", "*")),
        "count": content.get("count"),
        "seconds": float(content.get("seconds", 0)),
    }
    with box().store.lock:
        rules = [*box().setting("delivery_rules", []), rule]
        box().set("delivery_rules", rules)
        box().store.commit()
    return jsonify(rules), 201


@routes.delete("/rules")
def clear_rules() -> ResponseReturnValue:
    with box().store.lock:
        box().set("delivery_rules", [])
        box().store.commit()
    return "", 204


@routes.post("/hold")
def hold() -> ResponseReturnValue:
    _hold(True)
    return "", 204


@routes.post("/flush")
def flush() -> ResponseReturnValue:
    """Send what was held back, in the order asked for, and stop holding."""
    content = body()
    order = content.get("order", "queue")
    if order not in ("queue", "reverse", "shuffle"):
        raise invalid("Flush", "order")
    with box().store.lock:
        sender = sending.sender(box())
    sender.reorder(order, int(content.get("seed", 0)))
    waiting = len(sender.waiting())
    _hold(False)
    return jsonify({"sent": waiting})


@routes.post("/settle")
def settle() -> ResponseReturnValue:
    with box().store.lock:
        sender = sending.sender(box())
    return jsonify({"settled": sender.settle(float(body().get("seconds", 10)))})


def _hold(is_holding: bool) -> None:
    with box().store.lock:
        box().set("delivery_hold", is_holding)
        box().store.commit()
        sending.sender(box()).hold(is_holding)
