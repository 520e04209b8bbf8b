"""Markdown as GitHub would show it: GitHub's own parser, then a sanitiser. No routes.

https://docs.github.com/en/rest/repos/contents#get-a-repository-readme (media type html)
"""

from __future__ import annotations

import cmarkgfm
import nh3
from cmarkgfm.cmark import Options

_EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]


def render(text: str) -> str:
    """Return safe HTML in the frame that GitHub puts around a README."""
    # HTML inside Markdown is let through by the parser; the sanitiser then keeps what is harmless
    raw = cmarkgfm.markdown_to_html_with_extensions(text, Options.CMARK_OPT_UNSAFE, _EXTENSIONS)
    inner = nh3.clean(raw)
    return f'<div id="readme"><article class="markdown-body entry-content container-lg">{inner}</article></div>'
