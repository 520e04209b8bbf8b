"""The Markdown extensions and plugins that a foreign mkdocs.yml may name, with the options that it may set.

Data only. A name that is not here is never imported: Python-Markdown takes any dotted name for a module to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any


class Kind(Enum):
    """What an option may hold."""

    FLAG = "true or false"
    NUMBER = "a number from 0 to 1000"
    WORD = "a text of at most 200 letters"
    FLAG_OR_WORD = "true, false or a text"
    NUMBER_OR_WORD = "a number or a text"
    PATHS = "a list of files inside the documentation folder"
    OURS = "set by Waypost"  # accepted in silence: what it asks for is there anyway, or cannot be had safely

    def fits(self, value: Any) -> bool:
        """Say whether a value is of this kind."""
        word = isinstance(value, str) and len(value) <= 200
        flag = isinstance(value, bool)
        number = isinstance(value, int) and not flag and 0 <= value <= 1000
        match self:
            case Kind.FLAG:
                return flag
            case Kind.NUMBER:
                return number
            case Kind.WORD:
                return word
            case Kind.FLAG_OR_WORD:
                return flag or word
            case Kind.NUMBER_OR_WORD:
                return number or word
            case Kind.PATHS:
                return isinstance(value, list) and len(value) <= 50 and all(is_inside(path) for path in value)
            case Kind.OURS:
                return False


def is_inside(path: Any) -> bool:
    """Say whether a path is relative and never climbs."""
    return (
        isinstance(path, str)
        and 0 < len(path) <= 500
        and not path.startswith(("/", "~"))
        and "\\" not in path
        and "\0" not in path
        and ":" not in path
        and ".." not in path.split("/")
    )


_FLAG, _NUMBER, _WORD, _OURS = Kind.FLAG, Kind.NUMBER, Kind.WORD, Kind.OURS
Options = Mapping[str, Kind]

_HIGHLIGHT: Options = {
    "linenums": _FLAG,
    "anchor_linenums": _FLAG,
    "auto_title": _FLAG,
    "use_pygments": _FLAG,
    "guess_lang": _FLAG,
    "pygments_lang_class": _FLAG,
    "line_spans": _WORD,
    "line_anchors": _WORD,
    "linenums_style": _WORD,
    "linenums_class": _OURS,
    "css_class": _OURS,
}
_TOC: Options = {
    "permalink": Kind.FLAG_OR_WORD,
    "permalink_title": _WORD,
    "anchorlink": _FLAG,
    "baselevel": _NUMBER,
    "toc_depth": Kind.NUMBER_OR_WORD,
    "separator": _WORD,
    "title": _WORD,
    "slugify": _OURS,
}
_SNIPPETS: Options = {
    "check_paths": _FLAG,
    "dedent_subsections": _FLAG,
    "auto_append": Kind.PATHS,
    "restrict_base_path": _OURS,
}
_FOOTNOTES: Options = {"BACKLINK_TEXT": _WORD, "SEPARATOR": _WORD, "UNIQUE_IDS": _FLAG}

# https://python-markdown.github.io/extensions/, https://facelessuser.github.io/pymdown-extensions/
EXTENSIONS: Mapping[str, Options] = {
    "abbr": {},
    "admonition": {},
    "attr_list": {},
    "codehilite": {"linenums": _FLAG, "guess_lang": _FLAG, "css_class": _OURS},
    "def_list": {},
    "extra": {},
    "fenced_code": {},
    "footnotes": _FOOTNOTES,
    "md_in_html": {},
    "mdx_truly_sane_lists": {"nested_indent": _NUMBER, "truly_sane": _FLAG},
    "meta": {},
    "nl2br": {},
    "sane_lists": {},
    "smarty": {"smart_angled_quotes": _FLAG, "smart_dashes": _FLAG, "smart_ellipses": _FLAG, "smart_quotes": _FLAG},
    "tables": {"use_align_attribute": _FLAG},
    "toc": _TOC,
    "pymdownx.arithmatex": {"generic": _FLAG, "smart_dollar": _FLAG},
    "pymdownx.betterem": {"smart_enable": _WORD},
    "pymdownx.blocks.admonition": {"types": _OURS},
    "pymdownx.blocks.caption": {},
    "pymdownx.blocks.definition": {},
    "pymdownx.blocks.details": {"types": _OURS},
    "pymdownx.blocks.tab": {"alternate_style": _OURS, "slugify": _OURS, "combine_header_slug": _FLAG},
    "pymdownx.caret": {"insert": _FLAG, "superscript": _FLAG, "smart_insert": _FLAG},
    "pymdownx.critic": {"mode": _WORD},
    "pymdownx.details": {},
    "pymdownx.emoji": {"emoji_index": _OURS, "emoji_generator": _OURS, "options": _OURS, "alt": _OURS},
    "pymdownx.escapeall": {"hardbreak": _FLAG, "nbsp": _FLAG},
    "pymdownx.extra": {},
    "pymdownx.highlight": _HIGHLIGHT,
    "pymdownx.inlinehilite": {"style_plain_text": Kind.FLAG_OR_WORD, "css_class": _OURS, "custom_inline": _OURS},
    "pymdownx.keys": {"separator": _WORD, "strict": _FLAG, "camel_case": _FLAG},
    "pymdownx.magiclink": {
        "hide_protocol": _FLAG,
        "repo_url_shortener": _FLAG,
        "repo_url_shorthand": _FLAG,
        "social_url_shorthand": _FLAG,
        "social_url_shortener": _FLAG,
        "normalize_issue_symbols": _FLAG,
        "provider": _WORD,
        "user": _WORD,
        "repo": _WORD,
    },
    "pymdownx.mark": {"smart_mark": _FLAG},
    "pymdownx.progressbar": {"level_class": _FLAG, "progress_increment": _NUMBER},
    "pymdownx.saneheaders": {},
    "pymdownx.smartsymbols": dict.fromkeys(
        (
            "arrows",
            "care_of",
            "copyright",
            "fractions",
            "notequal",
            "ordinal_numbers",
            "plusminus",
            "registered",
            "trademark",
        ),
        _FLAG,
    ),
    "pymdownx.snippets": _SNIPPETS,
    "pymdownx.superfences": {"preserve_tabs": _FLAG, "custom_fences": _OURS, "css_class": _OURS},
    "pymdownx.tabbed": {"alternate_style": _OURS, "slugify": _OURS, "combine_header_slug": _FLAG},
    "pymdownx.tasklist": {"custom_checkbox": _FLAG, "clickable_checkbox": _OURS},
    "pymdownx.tilde": {"delete": _FLAG, "subscript": _FLAG, "smart_delete": _FLAG},
}

# They would run a program or ask a server; their diagrams stay readable as source.
AS_SOURCE = frozenset({"plantuml_markdown", "markdown_inline_graphviz", "plantuml-markdown"})

# Plugins whose work is done here, with the options that count.
PLUGINS: Mapping[str, Options] = {
    "techdocs-core": {"use_material_search": _OURS, "use_pymdownx_blocks": _FLAG},
    "search": dict.fromkeys(
        ("lang", "separator", "prebuild_index", "indexing", "min_search_length", "pipeline"), _OURS
    ),
    "monorepo": {},
    "gh-admonitions": {},
    "git-revision-date": {},
    "git-revision-date-localized": {},
}
# Known, without effect here, and nothing of the text is lost: no warning is due for them.
NO_EFFECT = frozenset({"git-revision-date", "git-revision-date-localized"})
