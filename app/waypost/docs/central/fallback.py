"""Markdown written for MkDocs becomes Markdown that GitHub shows. What GitHub sanitises is left to it, but scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from waypost.docs.central.values import Upload
from waypost.docs.written import Text
from waypost.integrations.urls import quote_path
from waypost.pages.markdown import NOTHING, Md, code, join, link, text

_ALERTS = {
    "tip": "TIP",
    "hint": "TIP",
    "success": "TIP",
    "important": "IMPORTANT",
    "warning": "WARNING",
    "attention": "WARNING",
    "caution": "CAUTION",
    "danger": "CAUTION",
    "error": "CAUTION",
    "failure": "CAUTION",
    "bug": "CAUTION",
}
_BOX = re.compile(r'^(!!!|\?\?\?\+?)[ ]+([A-Za-z][\w-]*)((?:[ ]+[A-Za-z][\w-]*)*)(?:[ ]+"(.*)")?[ ]*$')
_TAB = re.compile(r'^===[!+]?[ ]+"(.+)"[ ]*$')
_FENCE = re.compile(r"^[ ]{0,3}(`{3,}|~{3,})")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
# Nothing below may look far for its end: a page of blanks must not keep us busy.
_ATTRIBUTES = re.compile(r" ?\{:[^{}\n]{0,200}\}| ?\{ ?[.#][\w-][^{}\n]{0,200}\}(?= {0,9}$)")
_RUNS = re.compile(
    r"<(script|style|iframe|object|embed|template)\b.*?(?:</\1\s*>|\Z)"
    r"|</?(?:script|style|iframe|object|embed|template)\b[^<>]*>?",
    re.IGNORECASE | re.DOTALL,
)
_BEGINS = re.compile(r"<(?=/?(?:script|style|iframe|object|embed|template)\b)", re.IGNORECASE)
_LINK_TO_SCRIPT = re.compile(
    r"(\]\(\s{0,40}<?|^ {0,3}\[[^\]\n]{1,999}\]:\s{0,40}<?|=\s{0,40}[\"']?|<)\s{0,40}(?:javascript|vbscript|data):"
    r"[^\s)>\"']*",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_OPENING = 500  # of a line that opens a block
_DEEPEST = 8


def page(upload: Upload, path: str, written: Text, server_url: str) -> bytes:
    """Return a page for GitHub; its first line says where it comes from."""
    body = _FRONT_MATTER.sub("", written.text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"))
    lines = _lines(_safe(body).split("\n"), 0)
    return f"{_origin(upload, path, written, server_url)}\n\n{chr(10).join(lines).strip()}\n".encode("utf-8", "replace")


def _origin(upload: Upload, path: str, written: Text, server_url: str) -> str:
    home = f"{server_url}/{upload.repository}"
    file = quote_path(written.origin) if written.origin else ""
    source = link(text(written.origin), f"{home}/blob/{upload.commit or 'HEAD'}/{file}") if file else NOTHING
    commit = link(code(upload.commit[:7]), f"{home}/commit/{upload.commit}") if upload.commit else NOTHING
    where = join([link(text(upload.repository), home), source, commit, Md(upload.committed[:10])])
    return f"<sub>From {where}. A copy made by Waypost: change it there.</sub>"


def _safe(body: str) -> str:
    """Return the text without elements that run or load something, and without links to scripts; code stays code.

    What GitHub shows of it, GitHub sanitises: a link that is written in entities, for one, is left to that.
    """
    pieces = []
    for is_code, lines in _split(body.split("\n")):
        piece = "\n".join(lines)
        if not is_code:
            # what was taken away may have held two halves apart
            piece = _LINK_TO_SCRIPT.sub(r"\1#", _BEGINS.sub("&lt;", _RUNS.sub("", piece)))
        pieces.append(piece)
    return "\n".join(pieces)


def _split(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Yield runs of lines: (inside a fence, lines)."""
    run: list[str] = []
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if not fence and mark:
            yield False, run
            run, fence = [line], mark[1]
        elif fence and mark and mark[1].startswith(fence) and not line.strip(" `~"):
            yield True, [*run, line]
            run, fence = [], ""
        else:
            run.append(line)
    yield False, run  # a fence that is never closed is not believed to be one


def _lines(lines: Sequence[str], depth: int) -> list[str]:
    """Translate the blocks of MkDocs; what stands in fences is left as it is."""
    kept: list[str] = []
    at, fence = 0, ""
    while at < len(lines):
        line = lines[at]
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        box, tab = (
            (None, None)
            if fence or depth >= _DEEPEST or len(line) > _LONGEST_OPENING
            else (_BOX.match(line), _TAB.match(line))
        )
        if box or tab:
            body, at = _indented(lines, at + 1)
            inner = _lines(body, depth + 1)
            kept += _boxed(box, inner, depth) if box else [f"**{tab[1]}**", "", *inner, ""] if tab else []
            continue
        if fence:
            kept.append(line)
        elif line.strip() != "[TOC]":
            kept.append(_ATTRIBUTES.sub("", line))
        at += 1
    return kept


def _indented(lines: Sequence[str], at: int) -> tuple[list[str], int]:
    """Return the block that is indented by four below a line, and where it ends."""
    body: list[str] = []
    while at < len(lines) and (not lines[at].strip() or lines[at].startswith(("    ", "\t"))):
        line = lines[at]
        body.append(line[4:] if line.startswith("    ") else line.removeprefix("\t"))
        at += 1
    while body and not body[-1].strip():
        body.pop()
        at -= 1
    first = next((number for number, line in enumerate(body) if line.strip()), 0)
    return body[first:], at  # an alert begins with its text


def _boxed(box: re.Match[str], inner: list[str], depth: int) -> list[str]:
    kind, title = box[2].lower(), box[4]
    shown = kind.capitalize() if title is None else title
    if box[1] != "!!!":
        return ["<details>", f"<summary>{text(shown)}</summary>", "", *inner, "", "</details>"]
    if depth:  # GitHub knows its alerts only at the top of a page
        return [f"> **{shown or kind.capitalize()}**", ">", *_quoted(inner)]
    heading = [f"> **{title}**", ">"] if title else []
    return [f"> [!{_ALERTS.get(kind, 'NOTE')}]", *heading, *_quoted(inner)]


def _quoted(lines: Sequence[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in lines]
