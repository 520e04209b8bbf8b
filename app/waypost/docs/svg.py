"""SVG images, reduced to shapes and text: opened on its own an SVG is a page with scripts. Knows no entities."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Tree

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_TAGS = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "textPath",
        "title",
        "desc",
        "marker",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "pattern",
        "image",
        "style",
        "switch",
        "filter",
        "feBlend",
        "feColorMatrix",
        "feComposite",
        "feDropShadow",
        "feFlood",
        "feGaussianBlur",
        "feMerge",
        "feMergeNode",
        "feOffset",
    ]
)
# What text of any kind may not say, and what a style may not either. Only a function, `@import` and `@font-face` make a
# browser ask an address; a style with a function or an at-rule that is not listed here is dropped whole.
_REACHES_OUT = re.compile(r"url\s*\((?!\s*['\"]?#)|@import|expression|javascript|\\", re.IGNORECASE)
_STYLE_REACHES_OUT = re.compile(r"@(?!media\b|(?:-webkit-)?keyframes\b)|['\"](?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_FUNCTION = re.compile(r"(?<![\w-])([\w-]*)\(")
_FUNCTIONS = frozenset(
    """
    url var calc min max clamp
    rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark icc-color
    matrix matrix3d translate translatex translatey translatez translate3d scale scalex scaley scalez scale3d
    rotate rotatex rotatey rotatez rotate3d skew skewx skewy perspective cubic-bezier steps
    drop-shadow blur brightness contrast grayscale hue-rotate invert opacity saturate sepia
    linear-gradient radial-gradient inset circle ellipse polygon path
    not is where has lang nth-child nth-last-child nth-of-type nth-last-of-type
    """.split()  # noqa: SIM905
) | {""}
# Attributes that are words and no styles, whatever they say: diagrams.net keeps the whole drawing in `content`.
_WORDS = frozenset({"id", "class", "content", "lang", "name", "title", "label", "alt", "role", "requiredFeatures"})
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_DEEPEST = 200
_MOST_MARKS = 1_000_000  # of elements and attributes: each takes far more memory than letters


class NotAnImage(ValueError):
    """This is not an SVG that can be cleaned."""


def clean_svg(data: bytes) -> bytes:
    """Return the image without anything that runs or asks another address."""
    # Entities and defaults of attributes are put in at every place that means them: a little says a lot.
    if re.search(rb"<!(ENTITY|ATTLIST)", data, re.IGNORECASE) or b"\0" in data:
        raise NotAnImage("it declares entities or attributes")
    if data.count(b"<") + data.count(b"=") > _MOST_MARKS:
        raise NotAnImage(f"it has more than {_MOST_MARKS:,} elements and attributes")
    try:
        root = Tree.fromstring(data)  # noqa: S314  (without entities there is nothing to expand)
    except (Tree.ParseError, ValueError, LookupError) as error:
        raise NotAnImage(f"it is not well-formed: {error}") from error
    if root.tag not in (f"{{{_SVG}}}svg", "svg"):
        raise NotAnImage("its first element is not <svg>")
    _clean(root)
    Tree.register_namespace("", _SVG)
    Tree.register_namespace("xlink", _XLINK)
    cleaned: bytes = Tree.tostring(root, encoding="utf-8")
    return cleaned


def _clean(root: Tree.Element) -> None:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        if depth > _DEEPEST:
            raise NotAnImage(f"its elements are more than {_DEEPEST} deep")
        for name, value in list(element.attrib.items()):
            if not _may_stay(name, value):
                del element.attrib[name]
        element[:] = [child for child in element if _is_harmless(child)]
        waiting += [(child, depth + 1) for child in element]


def _is_harmless(element: Tree.Element) -> bool:
    namespace, _, tag = str(element.tag).rpartition("}")
    if namespace not in (f"{{{_SVG}", "") or tag not in _TAGS:
        return False
    # A browser reads the text of a style around elements inside it: nobody writes such, so nobody need guess.
    return tag != "style" or (not len(element) and _is_plain(element.text or ""))


def _may_stay(name: str, value: str) -> bool:
    namespace, _, local = name.rpartition("}")
    if local.lower() == "href":
        return value.startswith("#") or bool(_PICTURE.fullmatch(value))
    if namespace not in ("", f"{{{_XLINK}", "{http://www.w3.org/XML/1998/namespace"):
        return False
    if local.lower().startswith("on") or local == "base":  # xml:base would move where "#a" leads
        return False
    is_text = local in _WORDS or local.startswith(("data-", "aria-"))
    return not _REACHES_OUT.search(value) if is_text else _is_plain(value)


def _is_plain(style: str) -> bool:
    """Say whether a style, or an attribute that a browser may read as one, asks no address."""
    if _REACHES_OUT.search(style) or _STYLE_REACHES_OUT.search(style):
        return False
    return all(name.lower() in _FUNCTIONS for name in _FUNCTION.findall(style))
