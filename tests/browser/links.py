"""Every link of a set of rendered pages: where it leads, and whether that place and anchor exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from browser.github import to_html


class Links(HTMLParser):
    """The targets and anchors of one page, as the sanitiser left them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.targets += [found[name] or "" for name in ("href", "src") if name in found]
        self.anchors += [found[name] or "" for name in ("id", "name") if name in found]


def broken(pages: Mapping[str, str], others: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return (page, target) of every relative link that leads nowhere; `others` are files that are no Markdown."""
    seen = {path: Links(to_html(text)) for path, text in pages.items()}
    wrong = []
    for path, found in seen.items():
        for target in found.targets:
            if target.startswith(("https://", "http://", "mailto:")):
                continue
            file, _, anchor = target.partition("#")
            place = normpath(join(dirname(path), unquote(file))) if file else path
            missing = place not in seen and place not in others
            if missing or (anchor and anchor not in seen[place].anchors):
                wrong.append((path, target))
    return wrong
