"""What somebody asks for, and how it becomes the parameters of any template: a name, an owner, further values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from waypost.catalog.documents import parse
from waypost.catalog.explain import did_you_mean
from waypost.catalog.refs import DEFAULT_NAMESPACE, parse_ref
from waypost.golden.fields import Field, fields
from waypost.golden.forms.workflow import field_for, with_common
from waypost.golden.plan import Fault
from waypost.golden.template import Template

GITHUB = "github.com"


class Door(StrEnum):
    """Where a request came in; it decides what can be asked of who stands there."""

    COMMAND = "command"
    DISPATCH = "dispatch"  # a run of a workflow: its inputs are in its log, and it waits for nobody
    ISSUE = "issue"  # everybody who reads the repository reads it; others agree in it


@dataclass(frozen=True, slots=True)
class Wish:
    """A request as it comes through a door."""

    organisation: str
    name: str
    owner: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)  # answers of their own type
    texts: Mapping[str, str] = field(default_factory=dict)  # answers as text: --set, an issue
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    actor: str = ""  # who asks; "" is whoever the token belongs to
    approver: str = ""  # who has agreed
    request: str = ""  # "" makes one of the wish itself
    visibility: str = ""  # "" is as the template has it
    door: Door = Door.COMMAND


def parameters(template: Template, wish: Wish, server: str) -> tuple[dict[str, Any], list[Fault]]:
    """Return the values for a template's fields, and what cannot be a value."""
    known = {one.name: one for one in fields(template)}
    found: dict[str, Any] = dict(wish.values)
    faults = [fault for name in found if (fault := _secret(known.get(name), name))]
    for name, text in wish.texts.items():
        if fault := _secret(known.get(name), name) or _unasked(known, name):
            faults.append(fault)
            continue
        found[name] = typed(known.get(name), text)
    common = {"name": wish.name}
    if field_for(tuple(known.values()), "owner"):
        common["owner"] = wish.owner
    if wish.visibility:
        common["visibility"] = wish.visibility
    filled, disagreements = with_common(template, found, common, wish.organisation, _host(known.values(), server))
    return filled, [*faults, *disagreements]


def _secret(known: Field | None, name: str) -> Fault | None:
    if known is None or not known.is_secret:
        return None
    return Fault(name, f"{name} is a secret: give it by --secret {name}, from the environment, never as an argument")


def _unasked(known: Mapping[str, Field], name: str) -> Fault | None:
    if name in known:
        return None
    asked = [one.name for one in known.values() if not one.is_secret]
    fix = did_you_mean(name, asked).strip() or f"It asks for {', '.join(asked) or 'nothing'}."
    return Fault(name, f"the template does not ask for this. {fix}")


def typed(known: Field | None, text: str) -> Any:
    """Read the text of an answer as the field's type wants it; anything else stays text, to be refused later."""
    if known is None or known.type in ("", "string"):
        return text
    parsed = parse(text)
    document = parsed.documents[0] if len(parsed.documents) == 1 else None
    return text if document is None or document.is_broken else document.value


def _host(asked: Iterable[Field], server: str) -> str:
    """Return the name under which a template knows the forge; an Enterprise Server has one of its own."""
    lists = [one.options.get("allowedHosts") for one in asked if one.picker == "RepoUrlPicker"]
    known = [str(host) for allowed in lists if isinstance(allowed, list) for host in allowed]
    own = server.partition("://")[2]
    return own if own in known else known[0] if known else GITHUB


def owner_ref(owner: str) -> str:
    """Return the full ref of an owner as people write it: payments, @acme/payments, user:ada."""
    text = owner.removeprefix("@")
    if owner.startswith("@") and "/" in text:
        text = text.partition("/")[2]
    try:
        return str(parse_ref(text, "group", DEFAULT_NAMESPACE)).lower()
    except ValueError:
        return owner


def team_of(ref: str) -> str:
    """Return the slug of the GitHub team that a group of the default namespace stands for; "" for others."""
    prefix = f"group:{DEFAULT_NAMESPACE}/"
    return ref.removeprefix(prefix) if ref.startswith(prefix) else ""
