"""The repository itself and what is written on it: its settings, topics and custom properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from waypost.create.kinds.paths import of, part
from waypost.create.kinds.same import fulfils
from waypost.create.marks import marked
from waypost.forge.creating import Workshop, Write
from waypost.golden.effects import PropertiesSet, RepositoryExists, TopicsSet

# https://docs.github.com/en/rest/repos/repos#create-an-organization-repository; the rest is set by an update
ON_CREATION = frozenset(
    {"homepage", "private", "visibility", "has_issues", "has_projects", "has_wiki", "has_downloads", "is_template"}
    | {"allow_squash_merge", "allow_merge_commit", "allow_rebase_merge", "allow_auto_merge", "delete_branch_on_merge"}
    | {"use_squash_pr_title_as_default", "squash_merge_commit_title", "squash_merge_commit_message"}
    | {"merge_commit_title", "merge_commit_message", "has_discussions"}
)


def read_repository(workshop: Workshop, effect: RepositoryExists) -> Any:
    """The repository of this name; one that was renamed away and leaves a redirect is none."""
    found = workshop.look(of(effect), f"looking for {effect.repository}")
    return found if found and found["full_name"].lower() == effect.repository.lower() else None


def creation(effect: RepositoryExists, request: str) -> Write:
    """The call that makes it; its description says whose it is from the first moment on."""
    owner, _, name = effect.repository.partition("/")
    settings = {key: value for key, value in effect.settings.items() if key in ON_CREATION}
    body = {"name": name, "description": marked(effect.description, request), "visibility": "private", **settings}
    return Write("POST", f"/orgs/{part(owner)}/repos", describe_repository(effect), body)


def finishing(present: Mapping[str, Any], effect: RepositoryExists) -> list[Write]:
    """Put right what creation left open: the description without the mark, settings that only an update takes."""
    wanted: dict[str, Any] = {"description": effect.description[:350], "default_branch": effect.default_branch}
    wanted |= {key: value for key, value in effect.settings.items() if key != "private"}
    if "private" in effect.settings and "visibility" not in effect.settings:
        wanted["private"] = effect.settings["private"]
    body = {key: value for key, value in wanted.items() if not fulfils(_plain(present.get(key)), value)}
    return [Write("PATCH", of(effect), f"finish the settings of {effect.repository}", body)] if body else []


def _plain(value: Any) -> Any:
    return "" if value is None else value  # a description that is not there


def describe_repository(effect: RepositoryExists) -> str:
    return f"create the repository {effect.repository}"


def read_topics(workshop: Workshop, effect: TopicsSet) -> Any:
    return workshop.look(f"{of(effect)}/topics", f"looking at the topics of {effect.repository}")


def compare_topics(present: Mapping[str, Any] | None, effect: TopicsSet) -> list[Write]:
    wanted = sorted({topic.lower() for topic in effect.topics})
    if present is not None and sorted(present["names"]) == wanted:
        return []
    return [Write("PUT", f"{of(effect)}/topics", describe_topics(effect), {"names": wanted})]


def describe_topics(effect: TopicsSet) -> str:
    return f"set the topics of {effect.repository}: {', '.join(effect.topics)}"


def read_properties(workshop: Workshop, effect: PropertiesSet) -> Any:
    return workshop.look(f"{of(effect)}/properties/values", f"looking at the custom properties of {effect.repository}")


def compare_properties(present: Sequence[Mapping[str, Any]] | None, effect: PropertiesSet) -> list[Write]:
    held = {one["property_name"]: one["value"] for one in present or ()}
    wanted = {name: value if isinstance(value, str | None) else list(value) for name, value in effect.values.items()}
    changed = [
        {"property_name": name, "value": value} for name, value in wanted.items() if not fulfils(held.get(name), value)
    ]
    body = {"properties": changed}
    return [Write("PATCH", f"{of(effect)}/properties/values", describe_properties(effect), body)] if changed else []


def describe_properties(effect: PropertiesSet) -> str:
    return f"set custom properties of {effect.repository}: {', '.join(effect.values)}"
