"""MkDocs with mkdocs-techdocs-core, in a process of its own. Sees copies only; its HTML is not believed."""

from __future__ import annotations

import errno
import json
import re
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from waypost.catalog.explain import quote
from waypost.catalog.problems import Problem
from waypost.docs import guard
from waypost.docs.book import FORMAT, Book, NotABook, from_json
from waypost.docs.engine import Site
from waypost.docs.extensions import is_inside
from waypost.docs.limits import PAGE_BYTES
from waypost.docs.problems import left_out, refused

SECONDS = 180
_LARGEST_BOOK = 64 * 1024**2
# What MkDocs says -> what we say. Its texts: mkdocs/structure/pages.py and nav.py.
_BROKEN = (
    (
        re.compile(
            r"Doc file '(?P<file>.+?)' contains a link '(?P<what>.+?)', but (?:the target|there is no such anchor)"
        ),
        "",
    ),
    (re.compile(r"A (?:reference|relative path) to '(?P<what>.+?)' is included in the 'nav' configuration"), "nav: "),
)
_MOST_COMPLAINTS = 500
_LONGEST_COMPLAINT = 2_000
_LONGEST_NAME = 1_000
_NO_MEMORY = f"the build used up its {guard.MEMORY // 1024**3} GB of memory"
_SPLIT = "Split the page, or the documentation."
_NOWHERE = "http://127.0.0.1:9"  # the discard port: for whatever reads proxies from the environment


class Engine:
    """The engine that Backstage's users know."""

    def build(self, site: Site) -> tuple[Book, list[Problem]]:
        room = site.room
        (room / "theme").mkdir()
        (room / "theme" / "main.html").write_text("", "utf-8")  # the pages are taken before the theme sees them
        (room / "tmp").mkdir()
        settings = site.settings
        (room / "job.json").write_text(json.dumps({**asdict(settings), "most": PAGE_BYTES}), "utf-8")
        _run(room, settings.docs_dir)
        data = _read(room / "book.json")
        complaints = data.pop("complaints", [])
        try:
            book = from_json(
                {
                    **data,
                    "format": FORMAT,
                    "title": settings.site_name,
                    "description": settings.site_description,
                    "language": settings.language,
                    "redirects": settings.redirects,
                }
            )
        except NotABook as error:
            raise refused("mkdocs", f"wrote pages that cannot be read: {error}", "", id="docs-failed") from error
        problems = [
            _complaint(str(text)[:_LONGEST_COMPLAINT], settings.docs_dir) for text in complaints[:_MOST_COMPLAINTS]
        ]
        return book, problems + _elsewhere(data["pages"], settings.docs_dir)


def _run(room: Path, docs_dir: str) -> None:
    # -P keeps the working folder out of the import path; -s the user's packages.
    command = [sys.executable, "-P", "-s", "-B", "-X", "utf8", "-m", "waypost.docs.child", str(room)]
    try:
        done = subprocess.run(
            command,
            cwd=room,
            env=_environment(room),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"the build took more than {SECONDS} s"
        raise refused(_place(room, docs_dir), message, _SPLIT, id="docs-too-big") from error
    if done.returncode:
        message, fix, id = _why(done.returncode, done.stderr, room)
        raise refused(_place(room, docs_dir), message, fix, id=id)


def _place(room: Path, docs_dir: str) -> str:
    """Return the page that the build was at when it ended; "docs" when it was at none."""
    try:
        with (room / "at.txt").open("rb") as stream:
            page = stream.read(_LONGEST_NAME).decode()
    except (OSError, ValueError):
        return "docs"
    is_page = is_inside(page) and (room / "docs" / page).is_file()
    return f"{docs_dir}/{page}".removeprefix("./") if is_page else "docs"


def _environment(room: Path) -> dict[str, str]:
    proxies = {f"{name}_proxy": _NOWHERE for name in ("http", "https", "ftp", "all")}
    return {
        "HOME": str(room / "tmp"),
        "TMPDIR": str(room / "tmp"),
        "PATH": "",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "0",
        **proxies,
    }


def _why(code: int, errors: bytes, room: Path) -> tuple[str, str, str]:
    """Return (message, fix, id) for a build that ended badly."""
    if code == -signal.SIGXCPU:
        return f"the build used up its {guard.SECONDS} s of processor time", _SPLIT, "docs-too-big"
    if code in (-signal.SIGABRT, -signal.SIGKILL):  # the first is how the sanitiser ends when it gets no memory
        return _NO_MEMORY, _SPLIT, "docs-too-big"
    if code < 0:
        fix = "Look for the page that it stumbles over, and write it more simply."
        return f"the build ended by signal {-code}", fix, "docs-failed"
    lines = errors.decode("utf-8", "replace").replace(f"{room}/", "").strip().splitlines()
    last = lines[-1][:300] if lines else f"it ended with {code}"
    kind, _, said = last.partition(": ")
    match kind.rstrip(":"):
        case "TooLarge":
            return said, "Split it, and close the elements of its raw HTML.", "docs-too-big"
        case "MemoryError":
            return _NO_MEMORY, _SPLIT, "docs-too-big"
        case "RecursionError":
            return "its text is nested too deep", "Write lists, quotes and brackets less deep.", "docs-failed"
        case "OSError" if said.startswith(f"[Errno {errno.EFBIG}]"):
            most = guard.LARGEST_WRITE // 1024**2
            return f"the pages have more than {most} MB together", "Split the documentation.", "docs-too-big"
        case "ModuleNotFoundError":
            return f"MkDocs is not installed ({last})", 'Install it: pip install "waypost[docs]".', "docs-failed"
    return f"MkDocs could not build it: {last}", "Correct what it names, and build again.", "docs-failed"


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            text = stream.read(_LARGEST_BOOK + 1)
        data = json.loads(text)
    except (OSError, ValueError) as error:
        raise refused("docs", f"MkDocs left no pages: {error}", "Build again.", id="docs-failed") from error
    return data if isinstance(data, dict) else {}


def _complaint(text: str, docs_dir: str) -> Problem:
    for pattern, where in _BROKEN:
        if found := pattern.match(text):
            names = found.groupdict()
            file = f"{docs_dir}/{names['file']}".removeprefix("./") if "file" in names else "mkdocs.yml"
            message = f"{where}{quote(names['what'])} is not in the documentation"
            _, _, near = text.partition("Did you mean '")
            hint = (
                f"Did you mean {quote(near.partition(chr(39))[0])}?"
                if near
                else "Correct it, or write its full address."
            )
            return replace(left_out(file, message, hint), id="docs-link", path=names["what"])
    return replace(left_out("mkdocs.yml", text.replace("\n", " ")[:300].rstrip("."), "Correct it."), id="docs-link")


def _elsewhere(pages: list[dict[str, Any]], docs_dir: str) -> list[Problem]:
    """Warn once for a page whose images come from other hosts: they are shown as their text."""
    found = []
    for page in pages:
        if images := int(page.get("elsewhere", 0)):
            file = f"{docs_dir}/{page['source']}".removeprefix("./")
            message = f"{images} image{'s' * (images > 1)} from elsewhere shown as text only"
            found.append(left_out(file, message, "Keep the image in the docs folder."))
    return found
