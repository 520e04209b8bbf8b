"""What an entity's annotations lead to, given the tools that are known. Fetches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from waypost.integrations.forms import WORD, fill, match
from waypost.integrations.tools import Integration, Rule, chosen
from waypost.integrations.urls import safe_url

MOST = 10  # values that one annotation may list
_NONE: Mapping[str, str] = {}


class Shown(NamedTuple):
    """One thing to show of a tool: a link where the address is known, else the value as text."""

    section: str
    tool: str  # the tool's title
    title: str
    value: str  # as written
    url: str = ""
    icon: str = ""
    badge: str = ""
    state: str = ""
    as_of: str = ""
    is_good: bool | None = None  # of the state; None: neither good nor bad


class _Known(NamedTuple):
    place: int  # of the tool, then of its rule: the order on the page
    tool: Integration
    rule: Rule
    facts: Mapping[str, str]
    badge: bool


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of an organisation with its settings, by annotation. Made once, used for every page."""

    rules: Mapping[str, tuple[_Known, ...]]


def prepare(tools: Iterable[Integration], settings: Mapping[str, Any], facts: Mapping[str, str]) -> Toolbox:
    """Index tools by annotation.

    `settings` is `integrations:` of waypost.yaml (tool -> setting -> value); `facts` are further names that addresses
    may use, such as `server` (GitHub's own address).
    """
    rules: dict[str, tuple[_Known, ...]] = {}
    place = 0
    for tool in tools:
        mine = settings.get(tool.name)
        if mine is False:  # `grafana: false` switches a tool off
            continue
        known = {**facts, **chosen(tool, settings)}
        badge = isinstance(mine, Mapping) and mine.get("badge") is True
        for rule in tool.rules:
            rules[rule.annotation] = (*rules.get(rule.annotation, ()), _Known(place, tool, rule, known, badge))
            place += 1
    return Toolbox(rules)


def show(toolbox: Toolbox, annotations: Mapping[str, Any], facts: Mapping[str, str] = _NONE) -> list[Shown]:
    """Return what to show of these annotations, in the order of the tools; `facts` are of the entity.

    A value without an expected form, or without the address it needs, is shown as text.
    """
    concerned = [known for name in annotations for known in toolbox.rules.get(name, ())]
    concerned.sort(key=lambda known: known.place)
    found = []
    stated = set()
    for known in concerned:
        value = annotations[known.rule.annotation]
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            continue
        whole = {**known.facts, **facts, **_others(known.rule, annotations)}
        for one in _values(known.rule, str(value)):
            shown = _shown(known, one, whole)
            if known.tool.name not in stated:  # a tool has one state, shown once
                stated.add(known.tool.name)
                shown = _with_state(shown, known.tool, annotations)
            found.append(shown)
    return found


def _values(rule: Rule, text: str) -> list[str]:
    parts = text.split(rule.separator, MOST)[:MOST] if rule.separator else [text]
    return [part.strip() for part in parts if part.strip()]


def _others(rule: Rule, annotations: Mapping[str, Any]) -> dict[str, str]:
    """What other annotations of the entity say, where it is a word."""
    if not rule.others:
        return {}
    found = ((name, str(annotations.get(annotation) or "")) for name, annotation in rule.others)
    return {name: value for name, value in found if value and WORD.issuperset(value)}


def _shown(known: _Known, value: str, facts: Mapping[str, str]) -> Shown:
    rule, tool = known.rule, known.tool
    url = badge = ""
    for form, address in rule.forms:
        parts = match(form, value)
        if parts is None:
            continue
        whole = {**facts, **parts}
        if url := _address(address, whole):
            badge = _address(tool.badge, whole) if known.badge else ""
            break
    title = rule.title.replace("{value}", value)
    return Shown(rule.section, tool.title, title, "" if rule.is_secret else value, url, tool.icon, badge)


def _address(template: str, facts: Mapping[str, str]) -> str:
    """The whole address is checked again: what the parts make together must be a plain link too."""
    filled = fill(template, facts) if template else None
    return (safe_url(filled, facts.get("server", "")) or "") if filled else ""


def _with_state(shown: Shown, tool: Integration, annotations: Mapping[str, Any]) -> Shown:
    if tool.state is None or not (value := str(annotations.get(tool.state.annotation) or "").strip()):
        return shown
    as_of = str(annotations.get(tool.state.as_of) or "").strip()
    is_good = True if value in tool.state.good else False if value in tool.state.bad else None
    return shown._replace(state=value, as_of=as_of, is_good=is_good)
