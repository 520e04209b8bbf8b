"""What people write in a catalog repository, judged by `waypost validate`: settings, tools, templates with tests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from waypost.catalog.check import Checked
from waypost.catalog.documents import Document
from waypost.catalog.problems import Problem

SETTINGS, TOOLS, REGISTRATIONS, TEMPLATES = "waypost.yaml", "integrations", "registrations", "templates"
_SUFFIXES = (".yaml", ".yml")


def is_catalog(folder: str) -> bool:
    """Say whether a folder is the top of a catalog repository."""
    return (Path(folder) / SETTINGS).is_file()


def written(folder: str, in_folder: Callable[[str], Iterator[str]]) -> Iterator[str]:
    """Yield what people write there; what the bot writes from it (entities/, pages/) is none of their business."""
    top = Path(folder)
    yield str(top / SETTINGS)
    tools = top / TOOLS
    yield from sorted(str(path) for path in tools.glob("*") if path.suffix in _SUFFIXES)
    if (top / REGISTRATIONS).is_dir():
        yield from in_folder(str(top / REGISTRATIONS))
    yield from sorted(str(path) for suffix in _SUFFIXES for path in top.glob(f"{TEMPLATES}/*/template{suffix}"))


def judge(file: str, content: bytes) -> Checked | None:
    """Judge a file of settings or a tool; None when it is neither."""
    path = Path(file)
    if path.name == SETTINGS:
        from waypost.catalog.settings import parse

        return _checked(parse(_text(content))[1])
    if path.parent.name == TOOLS and path.suffix in _SUFFIXES and b"\nkind:" not in content:
        from waypost.integrations.check import check

        return _checked(check(_text(content)))
    return None


def kinds(folder: str) -> tuple[str, ...]:
    """Return the kinds that the settings of a catalog repository declare."""
    from waypost.catalog.settings import parse

    return parse(_text((Path(folder) / SETTINGS).read_bytes()))[0].kinds


def tested(file: str, verdict: Checked) -> Checked:
    """Add what `waypost template check` says of a template to the verdict on its descriptor."""
    if verdict.kind != "Template" or verdict.data is None:
        return verdict
    from waypost.cli.template_check import inspect

    report = inspect(Path(file))
    for each in report.verdicts:  # behind a space, so that nobody's file becomes a command
        for text in (*each.flaws, *each.difference):
            print(f" {text}", file=sys.stderr)
    said = {(problem.line, problem.id, problem.path) for problem in verdict.problems}
    more = (replace(one, file="") if Path(one.file) == Path(file) else one for one in report.problems)
    new = {one for one in more if one.file or (one.line, one.id, one.path) not in said}
    return replace(verdict, problems=tuple(sorted({*verdict.problems, *new})))


def _checked(problems: tuple[Problem, ...]) -> Checked:
    return Checked(Document(0, 1), problems=tuple(replace(problem, file="") for problem in problems))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
