"""What an organisation decides in `waypost.yaml`, as a value. Every default is the safe one.

schemas/waypost.schema.json says what may stand there; a line that does not fit is reported and counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from waypost.catalog import schema
from waypost.catalog.creation import Creation, creation
from waypost.catalog.documents import Parsed
from waypost.catalog.documents import parse as parse_yaml
from waypost.catalog.entities import Repository
from waypost.catalog.explain import did_you_mean, dotted, pointer, quote
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.publishing import Publishing, publishing
from waypost.catalog.refs import parse_ref
from waypost.catalog.schema import SchemaError
from waypost.catalog.steering import Steering, steering

FILE = "waypost.yaml"
_STEM = "waypost"
# What stands or falls as a whole: how many steps below these places.
_WHOLE = {("create", "allow"): 1, ("registrations", "merge"): 0}

VISIBILITIES = ("private", "internal", "public")  # from the narrowest


@dataclass(frozen=True, slots=True)
class Settings:
    """The decisions, with their defaults."""

    organisation: str = ""  # its login, for builds without a forge
    kinds: tuple[str, ...] = ()  # of the organisation's own, as written
    include: tuple[str, ...] = ("*",)  # globs of repository names, or of owner/name
    exclude: tuple[str, ...] = ()
    archived: bool = True  # archived repositories keep their entities, marked
    forks: bool = False  # a fork declares what its parent declares: it would only contest the names
    show_narrower: bool = False  # repositories that fewer people may read than the catalog
    grace_days: int = 30  # how long an orphan is kept
    publish_seconds: float = 10.0  # least time between two commits to the catalog
    handovers: Mapping[str, str] = field(default_factory=dict)  # full ref -> owner/name of its new home, lower-case
    integrations: Mapping[str, Any] = field(default_factory=dict)  # tool -> False, or setting -> value
    creation: Creation = field(default_factory=Creation)  # who may create repositories
    steering: Steering = field(default_factory=Steering)  # what Waypost may do in repositories
    docs: Publishing = field(default_factory=Publishing)  # how documentation is published
    catalog_repository: str = ""  # owner/name, from outside; "" means <organisation>/catalog
    problems: tuple[Problem, ...] = ()  # what is wrong with waypost.yaml itself

    def reason_left_out(self, repository: Repository, readers: str) -> str:
        """Say why a repository is left out of a catalog that `readers` (a visibility) may read; "" when it is in."""
        name = repository.name.lower()
        full_name = repository.full_name.lower()
        if not any(_is_named(pattern, name, full_name) for pattern in self.include):
            return "not included by waypost.yaml"
        if any(_is_named(pattern, name, full_name) for pattern in self.exclude):
            return "excluded by waypost.yaml"
        if repository.is_fork and not self.forks:
            return "a fork"
        if repository.is_archived and not self.archived:
            return "archived"
        if not self.show_narrower and _breadth(repository.visibility) < _breadth(readers):
            return f"{repository.visibility}, while the catalog is {readers}"
        return ""

    def shows_people(self, readers: str) -> bool:
        """Say whether teams and members may be named: GitHub shows them to members of the organisation only."""
        return self.show_narrower or readers != "public"

    def catalog_name(self, organisation: str) -> str:
        """Return owner/name of the catalog repository, lower-case."""
        return (self.catalog_repository or f"{organisation}/catalog").lower()


def parse(text: str, catalog_repository: str = "") -> tuple[Settings, tuple[Problem, ...]]:
    """Read waypost.yaml; `catalog_repository` (owner/name) is where it was found, "" when that is not known."""
    parsed = parse_yaml(text)
    problems = [*parsed.problems, *(problem for document in parsed.documents for problem in document.problems)]
    value: Any = parsed.documents[0].value if parsed.documents and not parsed.documents[0].is_broken else {}
    for number, document in enumerate(parsed.documents[1:], 1):
        message = f"document {number + 1} is not read: the settings are one document"
        problems.append(Problem(line=document.line, id="settings-value", message=message, fix="Join them."))
    if not isinstance(value, dict):
        message = "the settings are not a mapping"
        problems.append(Problem(line=1, id="settings-value", message=message, fix="Write keys and values."))
        value = {}
    if not schema.is_valid(_STEM, value):
        value = _cleaned(value, parsed, list(schema.errors(_STEM, value)), problems)
    found = tuple(
        sorted({replace(problem, repository=catalog_repository, file=problem.file or FILE) for problem in problems})
    )
    return _settings(value, catalog_repository, found), found


def _cleaned(value: Any, parsed: Parsed, errors: Sequence[SchemaError], problems: list[Problem]) -> Any:
    """Report what does not fit, and return the rest."""
    bad: set[tuple[str | int, ...]] = set()
    for error in errors:
        if error.keyword == "additionalProperties" and isinstance(error.value, dict):
            known = _known_keys(error.path)
            for name in sorted(error.value.keys() - known):
                bad.add(_unit((*error.path, name)))
                problems.append(_unknown((*error.path, name), name, known, parsed))
        elif error.keyword == "propertyNames":
            bad.add(_unit((*error.path, error.subject)))
            problems.append(_unfit((*error.path, error.subject), error, parsed))
        else:
            bad.add(_unit(error.path))
            problems.append(_unfit(error.path, error, parsed))
    cleaned = _without(value, (), bad)
    # Only so many mistakes are listed: what still does not fit is not guessed at.
    return cleaned if schema.is_valid(_STEM, cleaned) else {}


def _unit(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return what goes with a mistake: a rule that lost one of its bounds would allow more than was meant."""
    whole = next((len(place) + more for place, more in _WHOLE.items() if path[: len(place)] == place), len(path))
    return path[:whole]


def _known_keys(path: Sequence[str | int]) -> set[str]:
    node: Any = schema.schemas()[_STEM]
    for step in path:
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    return set(node.get("properties", ()))


def _without(value: Any, path: tuple[str | int, ...], bad: set[tuple[str | int, ...]]) -> Any:
    if isinstance(value, dict):
        return {k: _without(item, (*path, k), bad) for k, item in value.items() if (*path, k) not in bad}
    if isinstance(value, list):
        return [_without(item, (*path, n), bad) for n, item in enumerate(value) if (*path, n) not in bad]
    return value


def _unknown(path: Sequence[str | int], name: str, known: Iterable[str], parsed: Parsed) -> Problem:
    fix = did_you_mean(name, sorted(known)).strip() or f"Known here: {', '.join(sorted(known))}."
    lost = "the whole entry" if _unit(tuple(path)) != tuple(path) else "it"
    message = f"{dotted(path)}: there is no such setting; {lost} is passed over"
    return _at(path, parsed, Problem(id="settings-unknown", message=message, fix=fix, severity=Severity.WARNING))


def _unfit(path: Sequence[str | int], error: SchemaError, parsed: Parsed) -> Problem:
    place = dotted(path) or FILE
    match error.keyword:
        case "type":
            wanted, fix = f"must be {_WORDS.get(str(error.expected), error.expected)}", ""
        case "required":
            wanted, fix = f"lacks {error.subject}", f"Add {error.subject}: a list."
        case "minItems":
            wanted, fix = "must not be empty", ""
        case "enum":
            wanted, fix = f"must be one of {', '.join(map(str, error.expected))}", ""
        case "minimum" | "maximum":
            wanted, fix = f"must be at {'least' if error.keyword == 'minimum' else 'most'} {error.expected}", ""
        case "oneOf":
            wanted, fix = "must be false, or a mapping of settings", "Write false to switch the tool off."
        case "propertyNames":
            wanted, fix = "is not a ref", "Write it as kind:namespace/name."
        case _:
            wanted, fix = "does not have the right form", _FORMS.get(str(path[0]) if path else "", "")
    value = "" if error.keyword == "required" else f"{quote(error.subject or error.value)} "
    lost = "the default is used" if tuple(path[:2]) not in _WHOLE else "the whole entry is passed over"
    message = f"{place}: {value}{wanted}; {lost}"
    return _at(path, parsed, Problem(id="settings-value", message=message, fix=fix or "Correct the value."))


_WORDS = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}
_FORMS = {
    "catalog": "Write it as owner/name.",
    "create": "Write the slugs of GitHub teams, without the organisation.",
    "handovers": "Write the repository as owner/name.",
    "kinds": "Write a kind in letters and digits, beginning with a letter.",
}


def _at(path: Sequence[str | int], parsed: Parsed, problem: Problem) -> Problem:
    place = pointer(path)
    line, column = parsed.position(0, place) if parsed.documents else (1, 1)
    return replace(problem, line=line, column=column, path=place)


def _settings(value: Mapping[str, Any], catalog_repository: str, problems: tuple[Problem, ...]) -> Settings:
    discovery, default = value.get("discovery") or {}, Settings()
    return Settings(
        organisation=value.get("organisation", default.organisation),
        kinds=tuple(value.get("kinds") or ()),
        include=tuple(discovery.get("include", default.include)),
        exclude=tuple(discovery.get("exclude", default.exclude)),
        archived=discovery.get("archived", default.archived),
        forks=discovery.get("forks", default.forks),
        show_narrower=discovery.get("narrower", default.show_narrower),
        grace_days=(value.get("orphans") or {}).get("grace_days", default.grace_days),
        publish_seconds=float((value.get("publish") or {}).get("min_interval_seconds", default.publish_seconds)),
        handovers={
            str(parse_ref(ref)): repository.lower() for ref, repository in (value.get("handovers") or {}).items()
        },
        integrations=value.get("integrations") or {},
        creation=creation(value.get("create") or {}),
        steering=steering(value),
        docs=publishing(value.get("docs") or {}),
        catalog_repository=catalog_repository or value.get("catalog", ""),
        problems=problems,
    )


def _is_named(pattern: str, name: str, full_name: str) -> bool:
    return fnmatchcase(full_name if "/" in pattern else name, pattern.lower())


def is_wider(visibility: str, readers: str) -> bool:
    """Say whether more people may read what has this visibility than those `readers`."""
    return _breadth(visibility) > _breadth(readers)


def _breadth(visibility: str) -> int:
    # A visibility we do not know is treated as the narrowest: left out rather than shown.
    return VISIBILITIES.index(visibility) if visibility in VISIBILITIES else 0
