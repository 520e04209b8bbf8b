"""Where the App is installed, what it was granted there, and how many calls are left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from waypost.forge import needs
from waypost.forge.needs import Need, Part
from waypost.forge.protocol import Installation, NotInstalled
from waypost.sync.doctor.finding import Finding, error, ok, warning
from waypost.sync.doctor.patient import Patient

LOW = 0.1  # of the calls of an hour


def installed(patient: Patient) -> Iterator[Finding]:
    if (forges := patient.as_app) is None:
        return
    if not patient.installations():
        where = f"over {patient.organisation}" if patient.organisation else "anywhere"
        fix = f"An owner can install it: {forges.app.show()['html_url']}/installations/new"
        yield error("installation", f"the App is not installed {where}", fix)
    for one in patient.installations():
        subject = f"installation over {one.account}"
        if one.is_suspended:
            fix = f"An owner of {one.account} can lift it: Settings of the organisation, GitHub Apps"
            yield error(subject, "is suspended: nothing is read", fix)
        else:
            yield ok(subject, "sees all repositories" if one.selects_all else "sees selected repositories only")


def permissions(patient: Patient) -> Iterator[Finding]:
    if (forges := patient.as_app) is None:
        return
    has_writer = forges.writer is not forges.app
    for one in patient.active():
        parts: tuple[Part, ...] = ("waypost",) if has_writer else ("waypost", "writer")
        yield from _granted(f"permissions over {one.account}", one, parts)
        if not has_writer:
            continue
        if one.permissions.get("contents") == "write":
            text = "Waypost may write contents, although Waypost Writer does that"
            yield warning(f"two Apps over {one.account}", text, "Lower it to read on the settings page of Waypost")
        yield from _writer(patient, one)


def _writer(patient: Patient, one: Installation) -> Iterator[Finding]:
    forges, subject = patient.as_app, f"writer's permissions over {one.account}"
    if forges is None:
        return
    try:
        there = forges.writer.over(one.account, is_known_to_be_old=True)
    except NotInstalled as problem:
        yield error(subject, str(problem), "Install it on the catalog repository, and on all to let it create")
        return
    if there.is_suspended:
        yield error(subject, "Waypost Writer is suspended there", "An owner can lift it: Settings, GitHub Apps")
    else:
        yield from _granted(subject, there, ("writer",))


def _granted(subject: str, one: Installation, parts: Sequence[Part]) -> Iterator[Finding]:
    missing = needs.missing(one.permissions, *parts)
    needed = [need for need in missing if not need.is_optional and not _is_stronger_missing(need, missing)]
    for need in needed:
        text = f"{need.name}: {need.level} is not granted ({need.why}): {need.without}"
        fix = (
            f"Add it on the App's settings page, then accept it as an owner of {one.account}:"
            " Settings of the organisation, GitHub Apps, Review request"
        )
        yield error(subject, text, fix)
    if not needed:
        yield ok(subject, "everything needed is granted")


def _is_stronger_missing(need: Need, missing: Sequence[Need]) -> bool:
    """Say each permission once, at the level that is wanted in the end."""
    return any(
        other.name == need.name and not other.is_optional and needs.LEVELS[other.level] > needs.LEVELS[need.level]
        for other in missing
    )


def quota(patient: Patient) -> Iterator[Finding]:
    """Asking is free: https://docs.github.com/en/rest/rate-limit/rate-limit"""
    for one in patient.active():
        subject = f"quota over {one.account}"
        shown = patient.forges.looker(one.account).look("/rate_limit", "asking how many calls are left")
        if shown is None:
            yield ok(subject, "there are no limits here")
            continue
        for resource in ("core", "graphql"):
            if (budget := shown["resources"].get(resource)) is None:
                continue
            text = f"{budget['remaining']:,} of {budget['limit']:,} {resource} calls are left this hour"
            if budget["remaining"] < LOW * budget["limit"]:
                yield warning(subject, text, "Wait; /metrics shows what uses them (waypost_forge_calls_total)")
            else:
                yield ok(subject, text)
