"""HTML that came of somebody's Markdown, reduced to what documentation needs. Lets no script or request through."""

from __future__ import annotations

import re

import nh3

from waypost.docs.settings import is_web

TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
_ANY = {"id", "class", "title", "lang", "dir", "role", "align", "style", "aria-label", "aria-hidden"}
_ATTRIBUTES = {
    "*": _ANY,
    "a": {"href", "name"},
    "code": {"data-lang"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height", "loading"},
    "input": {"checked", "disabled", "name"},
    "label": {"for"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "pre": {"data-lang"},
    "span": {"data-linenos"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "abbr": {"title"},
    "div": {"data-tabs"},
    "col": {"span"},
}
_CHOICES = {"input": {"type": {"checkbox", "radio"}}}
_WITH_CONTENT = {
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "textarea",
    "title",
}
_SCHEMES = {"http", "https", "mailto"}
_PASSES = 2  # beside the first: no input that was tried needed more
_LONGEST_STYLE = 100  # many blanks keep the pattern busy
_ALIGNED = re.compile(r"\s*text-align:\s*(left|right|center|justify)\s*;?\s*")
# The content security policy lets no style through; `align` says the same. In text "<" is always escaped.
_CELL = re.compile(r"(<t[dh]\b[^<>]*?) style=\"\s*text-align:\s*(left|right|center|justify)\s*;?\s*\"")
_ID = re.compile(r"[^\s<>\"'&]{1,200}")
# Classes of the frame around the text could lay a part of the text over it.
_OF_FRAME = re.compile(r"(md|wp)-(?!button|tag\b|typeset|code|annotation)")
_ROLES = frozenset({"doc-noteref", "doc-backlink", "doc-endnotes", "img", "note"})
_UNTYPED = re.compile(r"<input(?![^>]* type=\"(?:checkbox|radio)\")[^>]*>")


def clean(html: str) -> str:
    """Return sanitised HTML; cleaning it again changes nothing, however crooked it was."""
    kept = _cleaned(html)
    for _ in range(_PASSES):  # what was taken away can have stood between two that may not touch
        before, kept = kept, _cleaned(kept)
        if kept == before:
            break
    return kept


def has_grown(html: str, kept: str) -> bool:
    """Say whether cleaning made far more of it: then elements were opened again and again behind what closed them."""
    return len(kept) > 2 * len(html) + 10_000


def _cleaned(html: str) -> str:
    kept = nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        tag_attribute_values=_CHOICES,
        attribute_filter=_filter,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return _CELL.sub(r'\1 align="\2"', _UNTYPED.sub("", kept))


def address(url: str) -> str:
    """Return a link of the navigation if it may stand in a page; "" when it may not."""
    if is_web(url) or url.startswith("#"):
        return url
    return "" if ":" in url.split("/")[0] or url.startswith(("/", "\\")) or "\\" in url else url


def _filter(tag: str, name: str, value: str) -> str | None:
    match name:
        case "style":
            is_aligned = tag in ("td", "th") and len(value) <= _LONGEST_STYLE and _ALIGNED.fullmatch(value)
            return value if is_aligned else None
        case "class":
            return " ".join(word for word in value.split() if not _OF_FRAME.match(word)) or None
        case "id" | "for" | "name":
            return value if _ID.fullmatch(value) else None
        case "role":
            return value if value in _ROLES else None
        case "src":
            return value if is_local(value) else None  # an image from elsewhere would tell who reads
        case "loading":
            return "lazy"
    return value


def is_local(url: str) -> bool:
    """Say whether a browser finds an address on the site itself, whatever it makes of odd letters."""
    plain = re.sub(r"[\x00-\x20]", "", url)
    return bool(plain) and not plain.startswith(("/", "\\")) and ":" not in plain.split("/")[0] and "\\" not in plain
