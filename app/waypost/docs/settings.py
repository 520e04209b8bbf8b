"""A foreign mkdocs.yml becomes settings of ours: known fields, checked one by one. Never hands the file on.

MkDocs runs code from its configuration in several ways (hooks, INHERIT, theme.custom_dir, Python tags, extensions by
module name, !ENV). None of them is reached: what is not copied here by name does not exist for the build.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from waypost.catalog.documents import Document, parse, position
from waypost.catalog.explain import did_you_mean, dotted, pointer, quote
from waypost.catalog.problems import Problem, Severity
from waypost.docs.extensions import AS_SOURCE, EXTENSIONS, NO_EFFECT, PLUGINS, Kind, Options, is_inside
from waypost.docs.problems import left_out, refused

Nav = list[Any]  # of a path, {title: path or address}, {title: Nav}
_MOST_NAV = 5_000
_DEEPEST_NAV = 12
_MOST_REDIRECTS = 1_000  # each becomes a page
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
# Without a meaning for the text, or always as Waypost sets it.
_SILENT = frozenset(
    [
        "site_url",
        "site_author",
        "site_dir",
        "copyright",
        "remote_branch",
        "remote_name",
        "use_directory_urls",
        "dev_addr",
        "strict",
        "extra",
        "validation",
        "watch",
        "not_in_nav",
        "repo_name",
        "edit_uri_template",
    ]
)
# Material's manual tells everybody to write this; its icons come as Unicode without it.
_ICONS = re.compile(r"python/name:(material|materialx|pymdownx)\.[a-z._]*(emoji|superfences|slugs)")
_WHY = {
    "hooks": "hooks are Python code of the repository",
    "INHERIT": "another file's settings are not taken over",
    "extra_javascript": "scripts of a repository do not run on the site",
    "extra_css": "every site has the same style sheets",
    "extra_templates": "templates of a repository can run code",
}


@dataclass(slots=True)
class Settings:
    """What counts of an mkdocs.yml."""

    site_name: str = ""
    site_description: str = ""
    repo_url: str = ""
    edit_uri: str = ""
    language: str = "en"
    docs_dir: str = "docs"
    exclude_docs: str = ""
    use_blocks: bool = False
    nav: Nav | None = None
    extensions: dict[str, dict[str, Any]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    file: str
    document: Document
    settings: Settings = field(default_factory=Settings)
    problems: list[Problem] = field(default_factory=list)
    entries: int = 0

    def leave_out(self, path: tuple[str | int, ...], message: str, fix: str) -> None:
        line, column = position(self.document, pointer(path))
        self.problems.append(left_out(self.file, f"{dotted(path)}: {message}", fix, line, column))


def read_settings(text: str | bytes, file: str) -> tuple[Settings, list[Problem]]:
    """Read an mkdocs.yml; raise CannotBuild when it cannot be read at all."""
    parsed = parse(text)
    broken = [problem for problem in parsed.problems if problem.severity is Severity.ERROR]
    if broken or len(parsed.documents) > 1:
        first = broken[0] if broken else None
        message = first.message if first else "holds more than one YAML document"
        raise refused(file, message, first.fix if first else 'Remove the "---" inside.', first.line if first else 0)
    if not parsed.documents:
        return Settings(), []
    document = parsed.documents[0]
    for problem in document.problems:
        if document.is_broken and problem.severity is Severity.ERROR:
            raise refused(file, problem.message, problem.fix, problem.line, problem.column)
    if not isinstance(document.value, dict):
        raise refused(file, "is not a mapping of settings", "Begin it with site_name: and plugins:.", document.line)
    reader = _Reader(file, document)
    reader.problems += [_read_anyway(file, found) for found in document.problems if not _ICONS.search(found.message)]
    for key, value in document.value.items():
        _read_key(reader, key, value)
    return reader.settings, reader.problems


def _read_anyway(file: str, problem: Problem) -> Problem:
    return left_out(file, problem.message, problem.fix, problem.line, problem.column)


def _read_key(reader: _Reader, key: str, value: Any) -> None:
    if value is None or key in _SILENT:
        return
    if key in _WHY:
        reader.leave_out((key,), f"left out: {_WHY[key]}", "Remove it.")
    elif key in _READERS:
        _READERS[key](reader, key, value)
    else:
        fix = f"Remove it.{did_you_mean(key, _READERS)}"
        reader.leave_out((key,), "left out: no setting that Waypost knows", fix)


def _text(reader: _Reader, key: str, value: Any) -> None:
    if isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) <= 10_000:
        setattr(reader.settings, key, str(value).strip())
    else:
        reader.leave_out((key,), "left out: it must be a text", "Write one line of text.")


def _repo_url(reader: _Reader, key: str, value: Any) -> None:
    if is_web(value) and value.startswith("https:"):
        reader.settings.repo_url = value
    else:
        reader.leave_out((key,), f"left out: {quote(value)} is no https address", "Write the https:// address.")


def _edit_uri(reader: _Reader, key: str, value: Any) -> None:
    if value == "":
        return
    if isinstance(value, str) and (is_inside(value.strip("/")) or (is_web(value) and value.startswith("https:"))):
        reader.settings.edit_uri = value
    else:
        fix = "Write a path below repo_url, like edit/main/docs/, or an https:// address."
        reader.leave_out((key,), f"left out: {quote(value)} is neither a path nor an https address", fix)


def _docs_dir(reader: _Reader, key: str, value: Any) -> None:
    if value == ".":
        reader.settings.docs_dir = "."
    elif is_inside(value):
        reader.settings.docs_dir = "/".join(part for part in value.split("/") if part not in ("", ".")) or "."
    else:
        line, column = position(reader.document, f"/{key}")
        message = f"docs_dir: {quote(value)} leaves the repository"
        raise refused(reader.file, message, "Name a folder beside mkdocs.yml, like docs.", line, column)


def _theme(reader: _Reader, key: str, value: Any) -> None:
    name = value if isinstance(value, str) else value.get("name", "material") if isinstance(value, dict) else value
    if name != "material":
        reader.leave_out((key,), f"theme {quote(name)} left out: every site has the same", "Remove it.")
    if not isinstance(value, dict):
        return
    if "custom_dir" in value:
        fix = "Remove it."
        reader.leave_out((key, "custom_dir"), "left out: templates of a repository can run code", fix)
    language = value.get("language")
    if isinstance(language, str) and _LANGUAGE.fullmatch(language):
        reader.settings.language = language


def _plugins(reader: _Reader, key: str, value: Any) -> None:
    for path, name, options in _named(reader, key, value):
        if name == "redirects":
            _redirects(reader, path, options)
        elif name in PLUGINS:
            kept = {} if name in NO_EFFECT else _options(reader, path, options, PLUGINS[name])
            reader.settings.use_blocks = bool(kept.get("use_pymdownx_blocks", reader.settings.use_blocks))
        else:
            reader.leave_out(path, "left out: this plugin is not supported", "Write the pages without it.")


def _redirects(reader: _Reader, path: tuple[str | int, ...], options: Any) -> None:
    maps = options.get("redirect_maps") if isinstance(options, dict) else None
    for old, new in (maps if isinstance(maps, dict) else {}).items():
        if len(reader.settings.redirects) >= _MOST_REDIRECTS:
            message = f"more than {_MOST_REDIRECTS:,} redirects: the others left out"
            reader.leave_out((*path, "redirect_maps"), message, "Keep those that people still follow.")
            break
        if is_inside(old) and old.endswith(".md") and (is_web(new) or is_inside(str(new).split("#")[0])):
            reader.settings.redirects[old] = new
        else:
            message = f"redirect to {quote(new)} left out"
            reader.leave_out((*path, "redirect_maps", old), message, "From a .md file to another, or to https://.")


def _extensions(reader: _Reader, key: str, value: Any) -> None:
    for path, written, options in _named(reader, key, value):
        name = written.removeprefix("markdown.extensions.")
        if name in AS_SOURCE:
            continue
        if name in EXTENSIONS:
            reader.settings.extensions[name] = _options(reader, path, options, EXTENSIONS[name])
        else:
            fix = f"Remove it.{did_you_mean(name, EXTENSIONS)}"
            reader.leave_out(path, "left out: no Markdown extension that Waypost knows", fix)


def _named(reader: _Reader, key: str, value: Any) -> list[tuple[tuple[str | int, ...], str, Any]]:
    """Return (where, name, options) of a list or mapping of plugins or extensions, as MkDocs reads them."""
    if isinstance(value, dict):
        return [((key, name), str(name), options) for name, options in value.items()]
    found: list[tuple[tuple[str | int, ...], str, Any]] = []
    for at, entry in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(entry, str) and entry:
            found.append(((key, at), entry, None))
        elif isinstance(entry, dict):
            found += [((key, at, name), str(name), options) for name, options in entry.items()]
        elif entry:
            reader.leave_out((key, at), f"left out: {quote(entry)} is no name", "Write a name, or name: options.")
    return found


def _options(reader: _Reader, path: tuple[str | int, ...], options: Any, known: Options) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if not isinstance(options, Mapping):
        return kept
    for name, value in options.items():
        kind = known.get(name)
        if kind is Kind.OURS:
            continue
        if kind is None:
            fix = f"Remove it.{did_you_mean(name, known)}"
            reader.leave_out((*path, name), "left out: no option that Waypost allows", fix)
        elif kind.fits(value):
            kept[name] = value
        else:
            reader.leave_out((*path, name), f"left out: {quote(value)} does not fit", f"Write {kind.value}.")
    return kept


def _nav(reader: _Reader, key: str, value: Any) -> None:
    if not isinstance(value, list):
        reader.leave_out((key,), "left out: it must be a list", "Write a list of pages: - Title: page.md")
        return
    reader.settings.nav = _nav_list(reader, (key,), value, 0)


def _nav_list(reader: _Reader, path: tuple[str | int, ...], items: list[Any], depth: int) -> Nav:
    kept: Nav = []
    for at, item in enumerate(items):
        here = (*path, at)
        pairs = list(item.items()) if isinstance(item, dict) else [("", item)]
        for title, target in pairs:
            entry = _nav_entry(reader, (*here, title) if title else here, str(title), target, depth)
            if entry is not None:
                kept.append({str(title): entry} if title else entry)
    return kept


def _nav_entry(reader: _Reader, path: tuple[str | int, ...], title: str, target: Any, depth: int) -> Any:
    """Return what stands at one place of the navigation; None when it is left out."""
    reader.entries += 1
    if reader.entries > _MOST_NAV or depth > _DEEPEST_NAV:
        raise refused(reader.file, f"nav: more than {_MOST_NAV:,} entries or {_DEEPEST_NAV} levels", "Shorten it.")
    if isinstance(target, list):
        return _nav_list(reader, path, target, depth + 1)
    if isinstance(target, str) and (is_inside(target) or (title and is_web(target)) or is_include(target)):
        return target
    if target not in (None, ""):
        message = f"left out: {quote(target)} is neither a page of docs_dir nor an https address"
        reader.leave_out(path, message, "Name a .md file below docs_dir.")
    return None


def is_include(target: str) -> bool:
    """Say whether a navigation entry takes over another mkdocs.yml, in the words of the monorepo plugin."""
    return target.startswith("!include ") and is_inside(target[9:].strip())


def is_web(value: Any) -> bool:
    """Say whether a value is a plain web address."""
    if not isinstance(value, str) or len(value) > 2_000 or re.search(r"[\s<>\"'\\`]", value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)


_READERS = {
    "site_name": _text,
    "site_description": _text,
    "exclude_docs": _text,
    "repo_url": _repo_url,
    "edit_uri": _edit_uri,
    "docs_dir": _docs_dir,
    "theme": _theme,
    "plugins": _plugins,
    "markdown_extensions": _extensions,
    "nav": _nav,
}
