"""Uploads and catalogs for the tests of the central site, made without MkDocs."""

import json
from dataclasses import replace

from waypost.docs.book import Book, Entry, Found, Page
from waypost.docs.central.batch import place
from waypost.docs.central.values import Documented, Facts, Upload
from waypost.docs.layout import render
from waypost.docs.written import Text
from waypost.pages.plan import blob_id

PAY = "component:default/pay"
SHOP = "component:default/shop"


def book(*pages, title="Pay", **more):
    """A book of (url, html) pairs."""
    made = tuple(Page(url, source_of(url), f"Page {url or 'front'}", html) for url, html in pages)
    index = tuple(Found(page.url, page.title, "words") for page in made)
    navigation = tuple(Entry(page.title, page.url) for page in made)
    return Book(title, "", "en", made, navigation, index, **more)


def source_of(url):
    return f"{url.rstrip('/')}.md" if url else "index.md"


def files_of(made, entity="", others=None, texts=None):
    """What `waypost docs build` would leave."""
    if texts is None:
        texts = {page.source: Text(f"# {page.title}\n", f"docs/{page.source}") for page in made.pages}
    return render(made, others, entity, texts=texts)


def upload(number=1, made=None, entity=PAY, artifact_id=10, files=None, **more):
    files = files if files is not None else files_of(made or book(("", "<p>Hello</p>")), entity)
    facts = {"repository": f"acme/r{number}", "commit": f"{number:040x}", "committed": "2026-05-01T10:00:00Z"}
    return Upload(number, artifact_id=artifact_id, files=files, **{**facts, **more})


def entity(ref=PAY, number=1, **more):
    name = ref.rpartition("/")[2]
    facts = {"title": name.capitalize(), "description": f"About {name}.", "visibility": "private", "is_declared": True}
    return Documented(ref=ref, repository_id=number, repository=f"acme/r{number}", **{**facts, **more})


def facts(*entities, **more):
    known = entities or (entity(),)
    return Facts({one.ref: one for one in known}, catalog="acme/catalog", **more)


class Branch:
    """The documentation branch: holds what batches leave there."""

    def __init__(self):
        self.files = {}
        self.last = None

    def place(self, facts, *uploads, failures=(), **more):
        tree = {path: blob_id(data) for path, data in self.files.items()}
        self.last = place(tree, self.files.get("state.json", b""), facts, uploads, failures, **more)
        for path, data in self.last.changes.items():
            if data is None:
                del self.files[path]
            else:
                self.files[path] = data
        return self.last

    def text(self, path):
        return self.files[path].decode()

    def report(self):
        return json.loads(self.files["site/report/report.json"])

    def below(self, folder):
        return sorted(path.removeprefix(folder) for path in self.files if path.startswith(folder))


def changed(made, **facts):
    return replace(made, **facts)
