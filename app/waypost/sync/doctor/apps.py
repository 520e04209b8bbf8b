"""What GitHub says of the App itself: whether it answers, what it listens to, and what became of its deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from waypost.forge import needs
from waypost.sync.doctor.finding import Finding, error, ok, warning
from waypost.sync.doctor.machine import duration
from waypost.sync.doctor.patient import Patient

SKEW_SECONDS = 60.0
VITAL = frozenset({"push", "repository"})  # without these nothing is seen before the next sweep
WEBHOOKS = "/webhooks"


def reachable(patient: Patient) -> Iterator[Finding]:
    """Say who we are; a wrong key or number raises, and is told as such."""
    if (forges := patient.as_app) is None:
        return
    shown = forges.app.show()
    yield ok("App", f"{shown['name']} answers, owned by {shown['owner']['login']}")
    if forges.writer is not forges.app:
        yield ok("writer App", f"{forges.writer.show()['name']} answers")
    theirs = forges.as_app().server_time("/app", "asking for the time")
    skew = 0.0 if theirs is None else patient.clock() - theirs
    if abs(skew) > SKEW_SECONDS:
        side = "ahead of" if skew > 0 else "behind"
        text = f"this machine's clock is {duration(abs(skew))} {side} GitHub's"
        yield warning("clock", text, "Let it be set by NTP: timedatectl set-ntp true")
    else:
        yield ok("clock", "agrees with GitHub's")


def webhook(patient: Patient) -> Iterator[Finding]:
    if (forges := patient.as_app) is None:
        return
    hook = forges.as_app().look("/app/hook/config", "reading the webhook's settings") or {}
    page = "the App's settings page, Webhook"
    if not hook.get("url"):
        yield error(
            "webhook", "has no address: GitHub tells us nothing", f"Enter https://YOUR-SERVER{WEBHOOKS} on {page}"
        )
        return
    if not urlsplit(hook["url"]).path.endswith(WEBHOOKS):
        yield error("webhook", f"goes to {hook['url']}", f"Let it end with {WEBHOOKS} on {page}")
    elif hook.get("content_type") != "json":
        yield error("webhook", f"sends {hook.get('content_type')}, not json", f"Choose application/json on {page}")
    elif str(hook.get("insecure_ssl", "0")) != "0":
        yield warning("webhook", "does not check our certificate", f"Enable SSL verification on {page}")
    else:
        yield ok("webhook", f"goes to {hook['url']}")


def events(patient: Patient) -> Iterator[Finding]:
    if (forges := patient.as_app) is None:
        return
    heard = set(forges.app.show().get("events") or ())
    missing = [one for one in needs.EVENTS if one.name not in heard]
    if not missing:
        yield ok("events", f"listens to all {len(needs.EVENTS)}")
        return
    names = ", ".join(one.name for one in missing)
    say = error if VITAL & {one.name for one in missing} else warning
    lost = "; ".join(sorted({one.why for one in missing}))
    fix = "Tick them on the App's settings page, Permissions & events, Subscribe to events"
    yield say("events", f"does not listen to {names} (lost: {lost})", fix)


def deliveries(patient: Patient) -> Iterator[Finding]:
    if (forges := patient.as_app) is None:
        return
    recent = forges.deliveries().page().attempts
    if not recent:
        text = "GitHub has sent none within the days it remembers"
        yield warning("deliveries", text, "Push something, then look at the App's settings page, Advanced")
        return
    age = duration(max(0.0, patient.clock() - recent[0].at))
    failed = [one for one in recent if one.has_failed]
    if not failed:
        yield ok("deliveries", f"the last came {age} ago; none of the last {len(recent)} failed")
        return
    last = failed[0]
    answered = f"answered {last.status}" if last.status else "not answered"
    text = f"{len(failed)} of the last {len(recent)} failed; the newest of those ({last.event}) was {answered}"
    say = error if recent[0].has_failed else warning
    fix = "See that GitHub reaches `waypost serve` and the secrets are the same; waypost sweep-deliveries catches up"
    yield say("deliveries", text, fix)
