"""Templates that a pull request touches: which they are and what is wrong with them. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from waypost.catalog.catalog import Catalog
from waypost.catalog.problems import Problem
from waypost.catalog.template_folders import folder_of
from waypost.golden.check import check
from waypost.golden.sources import within
from waypost.golden.template import read
from waypost.golden.tree import File


def touched_templates(catalog: Catalog, repository_id: int, paths: Iterable[str]) -> dict[str, str]:
    """Return the path of each template.yaml in whose folder one of the paths lies, by ref."""
    seen = tuple(paths)
    found = {}
    for ref in catalog.kept_in.get(repository_id, ()):
        entity = catalog.entities[ref]
        start = f"{folder_of(entity.origin.path)}/".removeprefix("/")
        if entity.kind == "Template" and any(path.startswith(start) for path in seen):
            found[ref] = entity.origin.path
    return found


def template_problems(repository: str, path: str, files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Return what is wrong with the template at `path`; `files` are all below its folder, by path in the repository.

    Nothing of it is run.
    """
    folder = folder_of(path)
    text = files[path].decode("utf-8", "surrogateescape")
    tree = {name: File(data) for name, data in files.items()}
    found = check(read(text, path), within(tree, folder), file=path)
    return tuple(replace(problem, repository=repository) for problem in found)
