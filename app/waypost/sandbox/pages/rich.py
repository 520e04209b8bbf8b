"""Markdown as GitHub shows it: GitHub's parser, a sanitiser, anchors, alerts, and links that stay in the repository.

Scripts, styles and frames never survive. Mermaid is left as text: showing it takes a script.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html import unescape
from typing import NamedTuple
from urllib.parse import quote, unquote

import cmarkgfm
import nh3
from cmarkgfm.cmark import Options
from markupsafe import Markup

_EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]
_TAGS = nh3.ALLOWED_TAGS | {"details", "summary", "input", "picture", "source"}
_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "*": {"id", "align"},
    "a": {"href", "name", "title"},
    "code": {"class"},
    "details": {"open"},
    "img": {"src", "alt", "title", "width", "height"},
    "input": {"type", "checked", "disabled"},
    "ol": {"start"},
    "source": {"srcset", "media"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto"}
_HEADING = re.compile(r"<(h[1-6])((?: [^>]*)?)>(.*?)</\1>", re.DOTALL)
_ALERT = re.compile(r"<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(?:<br\s*/?>)?\s*")


class Place(NamedTuple):
    """Where a text stands, for its relative links: /owner/name, the ref and the folder."""

    base: str
    ref: str
    folder: str


def render(text: str, place: Place | None = None, hard_breaks: bool = False) -> Markup:
    """Return safe HTML; relative links need the place they are relative to."""
    options = Options.CMARK_OPT_UNSAFE | (Options.CMARK_OPT_HARDBREAKS if hard_breaks else 0)
    raw = cmarkgfm.markdown_to_html_with_extensions(text, options, _EXTENSIONS)
    clean = nh3.clean(
        raw,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener",
        attribute_filter=_filter(place),
    )
    return Markup(_with_alerts(_with_anchors(clean)))  # noqa: S704 - sanitised just above


def slug(heading: str) -> str:
    """Return the anchor GitHub gives a heading."""
    text = unescape(re.sub(r"<[^>]+>", "", heading)).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def _filter(place: Place | None) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if tag == "input" and attribute == "type":
            return value if value == "checkbox" else None
        if tag == "code" and attribute == "class":
            return value if re.fullmatch(r"language-[\w+#.-]+", value) else None
        if place is not None and attribute in ("href", "src"):
            return _inside(place, value, "raw" if tag == "img" else "blob")
        return value

    return keep


def _inside(place: Place, link: str, view: str) -> str:
    """Turn a relative link into the address of the page that shows the file."""
    if not link or link.startswith(("#", "//")) or re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", link):
        return link
    path, mark, anchor = link.partition("#")
    path = unquote(path.partition("?")[0])
    joined = path if path.startswith("/") else posixpath.join("/", place.folder, path)
    target = posixpath.normpath(joined).lstrip("/")
    return f"{place.base}/{view}/{quote(place.ref)}/{quote(target)}{mark}{anchor}"


def _with_anchors(html: str) -> str:
    seen: dict[str, int] = {}

    def anchored(match: re.Match[str]) -> str:
        level, attributes, inner = match.groups()
        name = slug(inner)
        count = seen.get(name, 0)
        seen[name] = count + 1
        anchor = f"{name}-{count}" if count else name
        if not anchor or " id=" in attributes:
            return match[0]
        return f'<{level}{attributes} id="{anchor}">{inner}</{level}>'

    return _HEADING.sub(anchored, html)


def _with_alerts(html: str) -> str:
    return _ALERT.sub(
        lambda match: f'<blockquote class="alert {match[1].lower()}"><p class="alert-title">{match[1].title()}</p><p>',
        html,
    )
