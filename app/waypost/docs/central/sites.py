"""One upload, and the entity that it belongs to, become the files of its place: pages made anew, and Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from waypost.docs import limits
from waypost.docs.central import fallback, links
from waypost.docs.central.names import clashes
from waypost.docs.central.taking import NotTaken, Taken
from waypost.docs.central.values import Documented, Facts, Record, Upload
from waypost.docs.layout import ASSETS, clean_book, render
from waypost.docs.problems import CannotBuild
from waypost.pages.paths import docs_place

_HOME = "../../../"  # the top of the centre, seen from the top of a site
_ASSET = re.compile(rb'"(?:\.\./)+' + ASSETS.encode() + rb'/([\w.-]+)"')
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".ico")


@dataclass(frozen=True, slots=True)
class Site:
    """What is written for one entity, by path below its folder."""

    record: Record
    pages: Mapping[str, bytes]
    markdown: Mapping[str, bytes]


def build_site(upload: Upload, taken: Taken, entity: Documented, facts: Facts, mermaid: bytes | None) -> Site:
    """Make the files of a site; raise NotTaken when two of them would lie on each other."""
    try:
        book = clean_book(taken.book)
        pages = render(book, taken.others, entity.ref, f"{_HOME}{ASSETS}/", mermaid, home=_HOME)
    except CannotBuild as error:
        raise NotTaken(f"{error.problem.file}: {error.problem.message}. {error.problem.fix}".rstrip()) from error
    _check_size(pages)
    if found := clashes(pages):
        raise NotTaken(f'"{found[0]}" differs from another file only by case, or is a folder too. Rename it.')
    broken, away = links.look(book, pages.keys(), docs_place(entity.ref))
    markdown = _markdown(upload, taken, facts)
    _check_size(markdown)
    record = Record(
        ref=entity.ref,
        repository_id=upload.repository_id,
        repository=entity.repository,
        commit=upload.commit,
        committed=upload.committed,
        artifact_id=upload.artifact_id,
        artifact=upload.artifact,
        title=book.title,
        pages=len(book.pages),
        bytes=sum(map(len, pages.values())),
        visibility=entity.visibility,
        mode=facts.mode,
        assets=tuple(sorted({name.decode() for data in pages.values() for name in _ASSET.findall(data)})),
        front=_front(markdown),
        broken=broken,
        away=away,
        left_out=taken.left_out,
    )
    return Site(record, pages, markdown)


def _check_size(files: Mapping[str, bytes]) -> None:
    """Raise for more than a commit of the branch should hold: made anew, an upload can be more than it was."""
    size = sum(map(len, files.values()))
    if size > limits.SITE_BYTES:
        most = limits.SITE_BYTES // 1024**2
        raise NotTaken(f"its pages come to {size // 1024**2:,} MB; at most {most} are published. Split it.")


def _markdown(upload: Upload, taken: Taken, facts: Facts) -> dict[str, bytes]:
    """Return the Markdown pages, and those images and downloads that they name."""
    sources = {page.source for page in taken.book.pages}
    texts = {path: text for path, text in taken.texts.items() if path in sources}
    if not texts:
        return {}
    whole = "\n".join(text.text for text in texts.values())
    found = {
        path: data
        for path, data in taken.others.items()
        if path.lower().endswith(_IMAGES) or path.rpartition("/")[2] in whole
    }
    found |= {path: fallback.page(upload, path, text, facts.server_url) for path, text in texts.items()}
    for path in clashes(found):
        del found[path]
    return found


def _front(markdown: Mapping[str, bytes]) -> str:
    for name in ("index.md", "README.md"):
        if name in markdown:
            return name
    return min(
        (path for path in markdown if path.lower().endswith(".md")),
        key=lambda path: (path.count("/"), path),
        default="",
    )
