"""Which languages a repository is written in, by the names of its files, as GitHub's linguist would roughly say.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-repository-languages
"""

from __future__ import annotations

from collections.abc import Iterator

import pygit2

from waypost.sandbox import gitstore
from waypost.sandbox.box import box
from waypost.sandbox.store import Record

_LANGUAGES = {
    "c": "C", "cc": "C++", "cpp": "C++", "cs": "C#", "css": "CSS", "dart": "Dart", "ex": "Elixir", "go": "Go",
    "groovy": "Groovy", "hs": "Haskell", "html": "HTML", "java": "Java", "js": "JavaScript", "jsx": "JavaScript",
    "kt": "Kotlin", "lua": "Lua", "php": "PHP", "pl": "Perl", "ps1": "PowerShell", "py": "Python", "r": "R",
    "rb": "Ruby", "rs": "Rust", "scala": "Scala", "scss": "SCSS", "sh": "Shell", "swift": "Swift", "tf": "HCL",
    "ts": "TypeScript", "tsx": "TypeScript", "vue": "Vue",
}  # fmt: skip
_NAMES = {"dockerfile": "Dockerfile", "makefile": "Makefile", "jenkinsfile": "Groovy"}
_VENDORED = {"node_modules", "vendor", "third_party", "dist"}
# a catalog of 30,000 pages is not walked to learn that it is no program
_FILES = 400

_known: dict[str, dict[str, int]] = {}


def languages(repository: Record) -> dict[str, int]:
    """Return bytes by language on the default branch, most first."""
    commit = gitstore.head(box().git.open(repository["id"]), repository["default_branch"])
    if commit is None:
        return {}
    tree = str(commit.tree_id)
    if tree not in _known:
        if len(_known) > 20_000:
            _known.clear()
        _known[tree] = _count(commit.tree)
    return _known[tree]


def primary(repository: Record) -> str | None:
    """Return the language with the most bytes, or None."""
    return next(iter(languages(repository)), None)


def _count(tree: pygit2.Tree) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, blob in enumerate(_blobs(tree)):
        if number >= _FILES:
            break
        name = (blob.name or "").lower()
        language = _NAMES.get(name) or _LANGUAGES.get(name.rpartition(".")[2] if "." in name else "")
        if language:
            found[language] = found.get(language, 0) + blob.size
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _blobs(tree: pygit2.Tree) -> Iterator[pygit2.Blob]:
    """Yield the files nearest the root first."""
    folders = [tree]
    while folders:
        for entry in folders.pop(0):
            if isinstance(entry, pygit2.Tree):
                if entry.name not in _VENDORED:
                    folders.append(entry)
            elif isinstance(entry, pygit2.Blob):
                yield entry
