"""Markdown as GitHub shows it: its own parser, its sanitiser's allow-list, its style sheet, mermaid as it draws it."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path

import cmarkgfm
import nh3
from cmarkgfm.cmark import Options

MODULES = Path(__file__).parent / "node_modules"
STYLE = MODULES / "github-markdown-css" / "github-markdown.css"
MERMAID = MODULES / "mermaid" / "dist" / "mermaid.min.js"

# https://github.com/gjtorikian/html-pipeline: the allow-list that GitHub's renderer began with.
_TAGS = """h1 h2 h3 h4 h5 h6 br b i strong em a pre code img tt div ins del sup sub p picture ol ul table thead tbody
tfoot blockquote dl dt dd kbd q samp var hr ruby rt rp li tr td th s strike summary details caption figure figcaption
abbr bdo cite dfn mark small source span time wbr input section"""
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "longdesc", "loading", "alt", "width", "height"},
    "input": {"type", "checked", "disabled"},
    "pre": {"lang"},
    "ol": {"start"},
    "details": {"open"},
    "*": {"id", "name", "align", "title"},
}
_SCHEMES = {"http", "https", "mailto"}
_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
_DIAGRAM = re.compile(r'<pre lang="mermaid"><code>(.*?)</code></pre>', re.DOTALL)
_ALERT = re.compile(r"<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(.*?)</blockquote>", re.DOTALL)


def to_html(markdown: str) -> str:
    """The body that GitHub would put on the page."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_GITHUB_PRE_LANG | Options.CMARK_OPT_FOOTNOTES
    raw = cmarkgfm.github_flavored_markdown_to_html(markdown, options=options)
    clean = nh3.clean(raw, tags=set(_TAGS.split()), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    seen: dict[str, int] = {}
    clean = _HEADING.sub(lambda found: _heading(found, seen), _ALERT.sub(_alert, clean))
    return _DIAGRAM.sub(r'<pre class="mermaid">\1</pre>', clean)


def _alert(found: re.Match[str]) -> str:
    kind = found[1].lower()
    title = f'<p class="markdown-alert-title">{kind.capitalize()}</p>'
    return f'<div class="markdown-alert markdown-alert-{kind}">{title}<p>{found[2]}</div>'


def _heading(found: re.Match[str], seen: dict[str, int]) -> str:
    """Headings get anchors: lower-case, spaces to dashes, no punctuation; a number where one is there already."""
    words = unescape(re.sub(r"<[^>]*>", "", found[2])).strip().lower()
    name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
    count = seen[name] = seen.get(name, -1) + 1
    anchor = f"{name}-{count}" if count else name
    return f'<h{found[1]} id="{escape(anchor)}">{found[2]}</h{found[1]}>'


def to_page(markdown: str, title: str = "", theme: str = "light") -> str:
    """A whole HTML document that a browser shows as GitHub would, offline. `window.drawn` ends when diagrams are."""
    dark = theme == "dark"
    return f"""<!doctype html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="{theme}">
<style>{STYLE.read_text("utf-8")}
body {{ margin: 0; background: {"#0d1117" if dark else "#fff"} }}
.markdown-body {{ box-sizing: border-box; max-width: 1012px; margin: 0 auto; padding: 32px }}
.diagram {{ overflow: auto }}
@media (max-width: 767px) {{ .markdown-body {{ padding: 16px }} }}</style></head>
<body><article class="markdown-body">{to_html(markdown)}</article>
<script>{MERMAID.read_text("utf-8")}</script>
<script>
window.failed = [];
mermaid.initialize({{startOnLoad: false, securityLevel: "strict", theme: "{"dark" if dark else "default"}"}});
window.drawn = (async () => {{
  let number = 0;
  for (const block of document.querySelectorAll("pre.mermaid")) {{
    try {{
      const {{svg}} = await mermaid.render("diagram" + number++, block.textContent);
      block.outerHTML = '<div class="diagram">' + svg + "</div>";
    }} catch (error) {{ window.failed.push(String(error) + "\\n" + block.textContent); }}
  }}
}})();
</script></body></html>"""
