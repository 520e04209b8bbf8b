"""What stands in the folder of a template, as far as its page in the catalog needs it: names, an example, Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

MOST_PATHS = 2_000  # of one template; its page shows far fewer
MOST_TERRAFORM = 50  # files read for the resources they declare
_CASE = re.compile(r"tests/[^/]+/values\.ya?ml")
_RESOURCE = re.compile(r"""^resource\s+"([A-Za-z0-9_-]+)"\s+"[^"]+"\s*\{""", re.MULTILINE)


class TemplateFolder(NamedTuple):
    """The folder of one template. Paths are relative to it and sorted."""

    ref: str
    paths: tuple[str, ...] = ()
    example: str = ""  # the values of its first test, as written
    resources: tuple[str, ...] = ()  # types of Terraform resources, each once, sorted


def folder_of(path: str) -> str:
    """The folder of a template.yaml, without a slash at the end; "" for the root."""
    return path.rpartition("/")[0]


def inside(tree: Iterable[str], folder: str) -> tuple[str, ...]:
    """The files below a folder, relative to it."""
    start = f"{folder}/" if folder else ""
    return tuple(sorted(path.removeprefix(start) for path in tree if path.startswith(start)))[:MOST_PATHS]


def example_path(paths: Iterable[str]) -> str:
    """The file with the values of the first test; "" when there is no test."""
    return next((path for path in paths if _CASE.fullmatch(path)), "")


def terraform_paths(paths: Iterable[str]) -> list[str]:
    """The files that may declare Terraform resources of what the template makes."""
    return [path for path in paths if path.endswith(".tf") and not path.startswith("tests/")][:MOST_TERRAFORM]


def resource_types(texts: Iterable[str]) -> tuple[str, ...]:
    """The types of the resources that Terraform files declare."""
    return tuple(sorted({type for text in texts for type in _RESOURCE.findall(text)}))
