"""An integration as a value: how one tool's annotations become links, a badge and a state.

Reads the YAML files that describe tools; refuses what does not fit, in words, and never fetches anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from waypost.catalog.documents import parse
from waypost.catalog.problems import Problem, Severity
from waypost.integrations.forms import Form, parse_form
from waypost.integrations.urls import safe_url

# Where on a page a link belongs, in the order in which people look.
SECTIONS = (
    "on-call",
    "chat",
    "runbook",
    "rollback",
    "dashboard",
    "incident",
    "logs",
    "deploy",
    "ci",
    "quality",
    "security",
    "work",
    "code",
    "cloud",
    "docs",
    "people",
    "ask",
    "links",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One annotation of a tool: the forms its value may have, and the address each form gives."""

    annotation: str
    title: str
    section: str
    forms: tuple[tuple[Form, str], ...]  # (form, address template); the first that matches and can be filled wins
    separator: str = ""  # several values in one annotation
    others: tuple[tuple[str, str], ...] = ()  # (name, annotation): words that an address takes from elsewhere
    is_secret: bool = False  # the value is a key: it is never shown


@dataclass(frozen=True, slots=True)
class State:
    """Annotations that carry a tool's last known state and when it was seen; nothing is asked of the tool."""

    annotation: str
    as_of: str
    good: frozenset[str] = frozenset()
    bad: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Integration:
    """One tool. `settings` are the names an organisation may set, with their defaults ("" = must be set)."""

    name: str
    title: str
    section: str
    icon: str = ""
    settings: Mapping[str, str] | None = None
    rules: tuple[Rule, ...] = ()
    badge: str = ""  # address template of an image, shown only where the organisation asks for it
    state: State | None = None


def parse_integration(text: str) -> Integration:
    """Parse one integration file; raise ValueError, in words, naming what is wrong."""
    parsed = parse(text)
    wrong = [*parsed.problems, *(problem for document in parsed.documents for problem in document.problems)]
    if wrong or len(parsed.documents) != 1:
        raise ValueError(wrong[0].message if wrong else "an integration file holds one YAML document")
    data = parsed.documents[0].value
    if not isinstance(data, Mapping):
        raise ValueError("an integration is a mapping with name, title, section and annotations")
    section = _section(data.get("section"))
    return Integration(
        name=_word(data, "name"),
        title=_word(data, "title"),
        section=section,
        icon=str(data.get("icon") or ""),
        settings={str(key): str(value or "") for key, value in _mapping(data, "settings").items()},
        rules=tuple(_rule(item, section, _word(data, "title")) for item in _list(data, "annotations")),
        badge=str(data.get("badge") or ""),
        state=_state(_mapping(data, "state")),
    )


def _rule(item: Any, section: str, title: str) -> Rule:
    if not isinstance(item, Mapping):
        raise ValueError(f'"{item}" under annotations is not a mapping with annotation, value and url')
    values = item.get("value", "{value}")
    addresses = item.get("url", "")
    pairs = values if isinstance(values, list) else [{"value": values, "url": addresses}]
    forms = []
    for pair in pairs:
        address = str(pair.get("url") or addresses or "")
        if address and not address.startswith(("https://", "mailto:", "{")):
            raise ValueError(f'url "{address}" begins with neither https:// nor a placeholder')
        forms.append((parse_form(str(pair.get("value", "{value}"))), address))
    return Rule(
        annotation=_word(item, "annotation"),
        title=str(item.get("title") or title),
        section=_section(item.get("section") or section),
        forms=tuple(forms),
        separator=str(item.get("separator") or ""),
        others=tuple((str(name), str(annotation)) for name, annotation in _mapping(item, "with").items()),
        is_secret=item.get("secret") is True,
    )


def _state(data: Mapping[str, Any]) -> State | None:
    if not data:
        return None
    good, bad = (frozenset(map(str, _list(data, key))) for key in ("good", "bad"))
    return State(_word(data, "annotation"), _word(data, "as_of"), good, bad)


def _word(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is missing, or not text")
    return value.strip()


def _section(value: Any) -> str:
    if value not in SECTIONS:
        raise ValueError(f'section "{value}" is not one of {", ".join(SECTIONS)}')
    return str(value)


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{key} is not a mapping")
    return value


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise ValueError(f"{key} is not a list")
    return value


@cache
def shipped() -> tuple[Integration, ...]:
    """The tools that Waypost knows by itself, by name."""
    folder = files("waypost.integrations") / "data"
    texts = (file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".yaml"))
    return tuple(sorted(map(parse_integration, texts), key=lambda tool: tool.name))


def read(texts: Mapping[str, str]) -> tuple[tuple[Integration, ...], tuple[Problem, ...]]:
    """Lay an organisation's own files (path -> text) over the shipped ones: the same name replaces, a new one adds."""
    tools = {tool.name: tool for tool in shipped()}
    problems = []
    for path, text in sorted(texts.items()):
        try:
            tool = parse_integration(text)
        except ValueError as error:
            fix = "See schemas/integration.schema.json for what an integration may hold."
            problems.append(
                Problem(file=path, id="integration-form", message=str(error), fix=fix, severity=Severity.ERROR)
            )
        else:
            tools[tool.name] = tool
    return tuple(sorted(tools.values(), key=lambda tool: tool.name)), tuple(problems)


def chosen(tool: Integration, settings: Mapping[str, Any]) -> dict[str, str]:
    """The tool's settings in this organisation: defaults, laid over by waypost.yaml; bad addresses dropped."""
    mine = settings.get(tool.name)
    mine = mine if isinstance(mine, Mapping) else {}
    values = {name: str(mine.get(name) or default) for name, default in (tool.settings or {}).items()}
    return {name: _clean(name, value) for name, value in values.items()}


def _clean(name: str, value: str) -> str:
    return (safe_url(value) or "").rstrip("/") if name.endswith("url") else value


def known_annotations(tools: Iterable[Integration]) -> frozenset[str]:
    """Every annotation that some tool reads."""
    return frozenset(rule.annotation for tool in tools for rule in tool.rules)
