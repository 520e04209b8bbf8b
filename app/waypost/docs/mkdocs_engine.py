"""MkDocs with mkdocs-techdocs-core, in a process of its own. Sees copies only; its HTML is not believed."""

from __future__ import annotations

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
from waypost.docs.book import FORMAT, Book, NotABook, from_json
from waypost.docs.engine import Site
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
_NOWHERE = "http://127.0.0.1:9"  # the discard port: for whatever reads proxies from the environment


class Engine:
    """The engine that Backstage's users know."""

    def build(self, site: Site) -> tuple[Book, list[Problem]]:
        room = site.room
        (room / "theme").mkdir()
        (room / "theme" / "main.html").write_text("", "utf-8")  # the pages are taken before the theme sees them
        (room / "tmp").mkdir()
        (room / "job.json").write_text(json.dumps(asdict(site.settings)), "utf-8")
        _run(room)
        data = _read(room / "book.json")
        complaints = data.pop("complaints", [])
        settings = site.settings
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
        return book, [_complaint(str(text), settings.docs_dir) for text in complaints]


def _run(room: Path) -> None:
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
        fix = "Look for a page that is very long, or split the documentation."
        raise refused("docs", f"the build took more than {SECONDS} s", fix, id="docs-too-big") from error
    if done.returncode:
        raise refused("docs", *_why(done.returncode, done.stderr, room), id="docs-failed")


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


def _why(code: int, errors: bytes, room: Path) -> tuple[str, str]:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "the build used up its processor time or memory", "Look for a page that is very long, and split it."
    if code < 0:
        return (
            f"the build ended by signal {-code}",
            "Look for the page that it stumbles over, and write it more simply.",
        )
    lines = errors.decode("utf-8", "replace").replace(f"{room}/", "").strip().splitlines()
    last = lines[-1][:300] if lines else f"it ended with {code}"
    if last.startswith("MemoryError"):
        return "the build used up its memory", "Split the largest page."
    if last.startswith("ModuleNotFoundError"):
        return f"MkDocs is not installed ({last})", 'Install it: pip install "waypost[docs]".'
    return f"MkDocs could not build it: {last}", "Correct what it names, and build again."


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
