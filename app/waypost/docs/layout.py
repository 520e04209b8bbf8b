"""Pages as values become the files of a site, in the layout of Backstage TechDocs. The frame around the text is ours.

Nothing of a repository reaches a page but through `clean` or the escaping of the template. Scripts and style sheets
stand apart from the pages, named by their content, so that all sites of an organisation can share them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from urllib.parse import quote, unquote

from jinja2 import Environment, StrictUndefined, Template

from waypost.docs.book import Book, Entry, Page, to_json
from waypost.docs.clean import address, clean, has_grown, is_local
from waypost.docs.extensions import is_inside
from waypost.docs.limits import FILE_BYTES, SITE_BYTES
from waypost.docs.problems import CannotBuild, refused
from waypost.docs.written import Text
from waypost.docs.written import to_json as texts_to_json

PAGES = "waypost_pages.json"
SOURCE = "waypost_source.json"
METADATA = "techdocs_metadata.json"
INDEX = "search/search_index.json"
ASSETS = "waypost-assets"
_LEAST_ENTRY = 50  # letters of its markup
_OWN = frozenset({PAGES, SOURCE, METADATA, INDEX})


def assets(mermaid: bytes | None = None) -> dict[str, bytes]:
    """Return what the pages of every site share: {name: bytes}, each name holding its own fingerprint."""
    found = dict(_shared())
    if mermaid is not None:
        found[fingerprinted("mermaid.js", mermaid)] = mermaid
    return found


def clean_book(book: Book) -> Book:
    """Return the book with every content sanitised; raise CannotBuild for an address outside the site."""
    for page in book.pages:
        if page.url and not is_inside(unquote(page.url)):
            raise refused(page.source, f'its address "{page.url}" lies outside the site', "Rename the file.")
        if is_taken(_path(page.url)):
            raise refused(page.source, f'"{page.url}" is a name of the site itself', "Rename the file or folder.")
    pages = tuple(
        replace(page, content=_content(page), contents=_entries(page.contents), edit_url=_edit(page.edit_url))
        for page in book.pages
    )
    redirects = {old: new for old, new in (book.redirects or {}).items() if is_inside(old)}
    return replace(book, pages=pages, navigation=_entries(book.navigation), redirects=redirects)


def _content(page: Page) -> str:
    """Return a page's HTML sanitised; raise CannotBuild when it grows: then elements were opened again and again."""
    kept = clean(page.content)
    if has_grown(page.content, kept):
        grown = f"its HTML grows from {len(page.content):,} letters to {len(kept):,} when it is sanitised"
        raise refused(page.source, grown, "Close the elements of its raw HTML.", id="docs-too-big")
    return kept


def is_taken(path: str) -> bool:
    """Say whether a path of the site is kept for what every site has."""
    return path.lower() in _OWN or path.lower().startswith(f"{ASSETS}/")


def render(
    book: Book,
    others: Mapping[str, bytes] | None = None,
    entity: str = "",
    assets_at: str = "",
    mermaid: bytes | None = None,
    built: int | None = None,
    texts: Mapping[str, Text] | None = None,
    home: str = "",
) -> dict[str, bytes]:
    """Return the files of a site, {path: bytes}.

    `others` are its images and downloads. `assets_at` is where the shared files are, seen from its front page; without
    it the site carries them itself. `home` is where a shelf lists this site, seen from there too; with it the site is
    published: it does without the files that only a publisher reads.
    """
    book = clean_book(book)
    shared = assets(mermaid)
    names = named(shared)
    files = {path: data for path, data in (others or {}).items() if is_inside(path) and not is_taken(path)}
    if not assets_at:
        files |= {f"{ASSETS}/{name}": data for name, data in shared.items()}
    frame = _Frame(book, assets_at or f"{ASSETS}/", names, home)
    files |= _pages(book, frame)
    files |= frame.redirects(files)
    files[INDEX] = _index(book)
    if not home:
        files[PAGES] = _json(to_json(book))
        files[SOURCE] = _json(texts_to_json(texts or {}))
    files[METADATA] = metadata(book, entity, files, built)
    return dict(sorted(files.items()))


def _pages(book: Book, frame: _Frame) -> dict[str, bytes]:
    """Return the pages; raise CannotBuild as soon as they are more than is published. Each holds the navigation."""
    least = len(book.pages) * _letters(book.navigation)
    if least > SITE_BYTES:
        raise _too_big(least)
    files: dict[str, bytes] = {}
    size = 0
    for page in book.pages:
        data = frame.page(page)
        size += len(data)
        if len(data) > FILE_BYTES:
            most = FILE_BYTES // 1024**2
            message = f"with the navigation the page has {len(data):,} bytes; at most {most} MB are published"
            raise refused(page.source, message, "Split the page.", id="docs-too-big")
        if size > SITE_BYTES:
            raise _too_big(size)
        files[_path(page.url)] = data
    return files


def _letters(entries: tuple[Entry, ...]) -> int:
    """Return how much a navigation adds to each page at least."""
    return sum(len(entry.title) + len(entry.url) + _LEAST_ENTRY + _letters(entry.children) for entry in entries)


def _too_big(size: int) -> CannotBuild:
    most = SITE_BYTES // 1024**2
    message = f"its pages, each with the navigation, have {size // 1024**2:,} MB or more; at most {most} are made"
    return refused("docs", message, "Shorten the navigation, or split the documentation.", id="docs-too-big")


def metadata(book: Book, entity: str, files: Mapping[str, bytes], built: int | None) -> bytes:
    """Return techdocs_metadata.json; its etag follows from the content, so equal sites are equal files."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    row: dict[str, object] = {"site_name": book.title, "site_description": book.description, "etag": digest.hexdigest()}
    if built is not None:
        row["build_timestamp"] = built * 1000  # Backstage counts milliseconds
    if entity:
        row["entity"] = entity
    row["files"] = sorted([*files, METADATA])
    return _json(row)


class _Frame:
    """The same frame around every page of a book."""

    def __init__(self, book: Book, assets_at: str, names: Mapping[str, str], home: str) -> None:
        self.book = book
        self.home = home
        self.assets_at = assets_at
        self.names = names
        self.template = template("page.html")

    def page(self, page: Page) -> bytes:
        root = _up(page.url)
        has_mermaid = "mermaid" in self.names and 'class="mermaid"' in page.content
        text = self.template.render(
            book=self.book,
            page=page,
            root=root,
            home=(root + self.home).removeprefix("./") if self.home else "",
            nav=_trail(self.book.navigation, page.url),
            assets=(root + self.assets_at).removeprefix("./"),
            names=self.names,
            mermaid=self.names["mermaid"] if has_mermaid else "",
        )
        return text.encode()

    def redirects(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return pages that only lead on: moved ones, and the front page when nobody wrote one."""
        by_source = {page.source: page.url for page in self.book.pages}
        wanted = {}
        for old, new in (self.book.redirects or {}).items():
            source, hash, anchor = new.partition("#")
            target = by_source[source] + hash + anchor if source in by_source else new if "://" in new else ""
            url = quote(old.removesuffix("index.md") if old.endswith("index.md") else f"{old.removesuffix('.md')}/")
            if target and address(target) and _path(url) not in files:
                wanted[url] = target
        if "index.html" not in files and self.book.pages:
            wanted[""] = first_page(self.book)
        redirect = template("redirect.html")
        return {
            _path(url): redirect.render(book=self.book, to=target if "://" in target else _up(url) + target).encode()
            for url, target in wanted.items()
        }


def first_page(book: Book) -> str:
    """Return the address of the page that the navigation names first."""
    known = {page.url for page in book.pages}
    return next((url for url in _addresses(book.navigation) if url in known), book.pages[0].url)


def _addresses(entries: tuple[Entry, ...]) -> Iterator[str]:
    for entry in entries:
        yield entry.url
        yield from _addresses(entry.children)


def _entries(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(Entry(entry.title, address(entry.url), _entries(entry.children)) for entry in entries)


def _trail(entries: tuple[Entry, ...], url: str) -> list[dict[str, object]]:
    """Return the navigation as the template reads it, the way to the present page marked."""
    rows: list[dict[str, object]] = []
    for entry in entries:
        children = _trail(entry.children, url)
        is_here = not children and entry.url == url
        is_open = is_here or any(child["open"] for child in children)
        rows.append({"title": entry.title, "url": entry.url, "children": children, "here": is_here, "open": is_open})
    return rows


def _edit(url: str) -> str:
    return url if url.startswith("https://") and address(url) else ""


def _path(url: str) -> str:
    """Return the file behind an address; the address is percent-encoded, the file's name is not."""
    plain = unquote(url)
    return f"{plain}index.html" if not plain or plain.endswith("/") else plain


def _up(url: str) -> str:
    return "../" * url.count("/") or "./"


def _index(book: Book) -> bytes:
    docs = [
        {"location": found.location, "title": found.title, "text": found.text}
        for found in book.index
        if not found.location or is_local(found.location)
    ]
    return _json({"config": {"lang": [book.language], "separator": r"[\s\-]+"}, "docs": docs})


def _json(value: object) -> bytes:
    """Return JSON that stays data even where somebody takes it for HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").encode()


@cache
def template(name: str) -> Template:
    """Return one of our templates; it escapes what it is given."""
    source = (resources.files("waypost.docs") / "assets" / name).read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        source
    )


@cache
def _shared() -> dict[str, bytes]:
    """Read our own files, and the style sheets of MkDocs Material that TechDocs readers are used to."""
    ours = resources.files("waypost.docs") / "assets"
    theirs = resources.files("material") / "templates" / "assets" / "stylesheets"
    found = {"docs.css": (ours / "docs.css").read_bytes(), "docs.js": (ours / "docs.js").read_bytes()}
    for file in theirs.iterdir():
        kind = file.name.split(".")[0]
        if file.name.endswith(".min.css") and kind in ("main", "palette"):
            found[f"{kind}.css"] = file.read_bytes().rsplit(b"/*# sourceMappingURL", 1)[0]
    return {fingerprinted(name, data): data for name, data in sorted(found.items())}


def named(files: Iterable[str]) -> dict[str, str]:
    """Return shared files by what the templates call them."""
    return {_key(name): name for name in files}


def _key(name: str) -> str:
    stem, _, suffix = name.split(".")
    return f"{stem}_{suffix}" if stem in ("docs", "shelf") else stem


def fingerprinted(name: str, data: bytes) -> str:
    """Return the name of a shared file, with what it holds in it."""
    stem, _, suffix = name.partition(".")
    return f"{stem}.{hashlib.sha256(data).hexdigest()[:12]}.{suffix}"
