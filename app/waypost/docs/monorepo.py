"""Navigation entries that take over another mkdocs.yml (`!include ./api/mkdocs.yml`), as in the monorepo plugin.

They are resolved here, because the plugin would load the other file with tags that run code.
"""

from __future__ import annotations

import re
from typing import Any

from waypost.docs.intake import Intake
from waypost.docs.problems import left_out, refused
from waypost.docs.settings import Nav, Settings, is_include, is_web, read_settings
from waypost.docs.source import is_file, read

_MOST = 100
_DEEPEST = 5
_LONGEST_NAME = 100  # of the folder that the pages of an included file go to


def take_included(settings: Settings, intake: Intake) -> None:
    """Replace the includes of the navigation by the pages they stand for, and copy those."""
    if settings.nav is not None:
        settings.nav = _resolved(settings.nav, intake.source.folder, "", intake, [], 0)


def _resolved(nav: Nav, folder: str, prefix: str, intake: Intake, seen: list[str], depth: int) -> Nav:
    kept: Nav = []
    for entry in nav:
        title, target = next(iter(entry.items())) if isinstance(entry, dict) else ("", entry)
        found: Any
        if isinstance(target, list):
            found = _resolved(target, folder, prefix, intake, seen, depth)
        elif is_include(target):
            found = _include(target[9:].strip(), folder, intake, seen, depth)
        else:
            found = target if is_web(target) else prefix + target
        if found:
            kept.append({title: found} if title else found)
    return [entry for item in kept for entry in (item if isinstance(item, list) else [item])]


def _include(path: str, folder: str, intake: Intake, seen: list[str], depth: int) -> Nav:
    parts = [part for part in (folder.split("/") if folder else []) + path.split("/") if part not in ("", ".")]
    file = "/".join(parts)
    if len(seen) >= _MOST or depth >= _DEEPEST:
        raise refused(file, f"nav: more than {_MOST} included files or {_DEEPEST} levels", "Include fewer.")
    if not is_file(intake.source.repository, file):
        intake.problems.append(left_out(file, "nav: the included file is not there", "Correct the !include."))
        return []
    seen.append(file)
    settings, problems = read_settings(read(intake.source.repository, file), file)
    intake.problems += problems
    there = file.rpartition("/")[0]
    alias = (
        re.sub(r"[^a-z0-9_/-]+", "-", settings.site_name.lower())[:_LONGEST_NAME].strip("-/")
        or there.replace("/", "-")
        or "part"
    )
    docs = "/".join(part for part in (there, settings.docs_dir) if part and part != ".")
    intake.folder(docs, f"{alias}/")
    if settings.nav is None:
        files = sorted(path.relative_to(intake.docs).as_posix() for path in (intake.docs / alias).rglob("*.md"))
        return list(files)
    return _resolved(settings.nav, there, f"{alias}/", intake, seen, depth + 1)
