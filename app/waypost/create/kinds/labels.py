"""Labels, and issues that wear them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from waypost.create.kinds.paths import of, part
from waypost.forge.creating import Workshop, Write
from waypost.golden.effects import IssueLabelled, LabelExists


def read_label(workshop: Workshop, effect: LabelExists) -> Any:
    return workshop.look(f"{of(effect)}/labels/{part(effect.name)}", f"looking for the label {effect.name}")


def compare_label(present: Mapping[str, Any] | None, effect: LabelExists) -> list[Write]:
    wanted = {"color": effect.color.lstrip("#").lower(), "description": effect.description}
    if present is None:
        body = {"name": effect.name, **wanted}
        return [Write("POST", f"{of(effect)}/labels", describe_label(effect), body)]
    held = {"color": present["color"].lower(), "description": present.get("description") or ""}
    if held == wanted:
        return []
    return [Write("PATCH", f"{of(effect)}/labels/{part(effect.name)}", describe_label(effect), wanted)]


def describe_label(effect: LabelExists) -> str:
    return f'have the label "{effect.name}" in {effect.repository}'


def read_labels_of_issue(workshop: Workshop, effect: IssueLabelled) -> Any:
    path = f"{of(effect)}/issues/{effect.number}/labels?per_page=100"
    return workshop.look(path, f"looking at the labels of issue {effect.number}")


def compare_labels_of_issue(present: Sequence[Mapping[str, Any]] | None, effect: IssueLabelled) -> list[Write]:
    held = {label["name"].lower() for label in present or ()}
    missing = [name for name in effect.labels if name.lower() not in held]
    path = f"{of(effect)}/issues/{effect.number}/labels"
    return [Write("POST", path, describe_labels_of_issue(effect), {"labels": missing})] if missing else []


def describe_labels_of_issue(effect: IssueLabelled) -> str:
    return f"label issue {effect.number} of {effect.repository}: {', '.join(effect.labels)}"
