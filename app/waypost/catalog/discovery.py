"""Where descriptors are found without being told, and which changes of a repository can matter to the catalog."""

from __future__ import annotations

from collections.abc import Collection

from waypost.catalog.globs import matches
from waypost.catalog.made_from import FILE as MADE_FROM

FOLDERS = ("", ".backstage/", "backstage/", "catalog/", ".github/", ".vtex/")
SUFFIXES = (".yaml", ".yml")
# In the order of reading: within one repository the first to declare a name keeps it.
WELL_KNOWN = tuple(f"{folder}catalog-info{suffix}" for folder in FOLDERS for suffix in SUFFIXES)
# GitHub takes the first it finds, in this order:
# https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
# People's folder in the catalog repository; its other folders are written by the bot and declare nothing.
REGISTRATIONS = tuple(f"registrations/**/*{suffix}" for suffix in SUFFIXES)
# Its golden paths: people's too. Their skeletons declare nothing.
TEMPLATES = tuple(f"templates/*/template{suffix}" for suffix in SUFFIXES)
# Files of the catalog repository that change the catalog without declaring an entity.
SETTINGS = ("waypost.yaml", "about.md")


def is_ours(path: str, watched: Collection[str] = (), is_catalog: bool = False) -> bool:
    """Say whether a change of `path` can change what Waypost knows of the repository.

    `watched` is Snapshot.watched: the paths and globs that Locations and placeholders named. Other names in the root
    folder are evidence for coverage only, and not worth an API call per push: the full reconcile sees to them.
    """
    if path in CODEOWNERS or path == MADE_FROM or any(matches(path, pattern) for pattern in watched):
        return True
    if is_catalog:
        return path in SETTINGS or any(matches(path, pattern) for pattern in (*REGISTRATIONS, *TEMPLATES))
    return path in WELL_KNOWN
