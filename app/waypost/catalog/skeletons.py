"""Descriptors that a template has yet to render: how they are recognised, in text and in paths."""

from __future__ import annotations

from waypost.catalog.problems import Problem, Severity

SKELETON = Problem(
    id="skeleton",
    message="this is a template that has not been rendered, not an entity",
    fix="Keep it in a folder named skeleton or content, where nothing looks for descriptors.",
    severity=Severity.WARNING,
)
_FOLDERS = frozenset({"skeleton", "skeletons", "content"})


def is_skeleton_path(path: str) -> bool:
    """Say whether a glob should pass over `path`: it belongs to a repository that a template has yet to make."""
    *folders, name = path.split("/")
    if "{{" in path or any(folder in _FOLDERS or folder.endswith("-skeleton") for folder in folders):
        return True
    return "template" in folders and not name.startswith("template.")


def is_templated(value: str) -> bool:
    """Say whether a value that ought to be plain holds an expression of a template engine."""
    return "{{" in value or "{%" in value


def is_template_text(document: str, line: str) -> bool:
    """Say whether a document that is not YAML, with the line where that shows, is waiting for a template engine.

    A Template of its own legitimately holds expressions, in quotes or not: there only a statement betrays a skeleton.
    """
    return "{%" in document or ("{{" in line and "kind: Template" not in document)
