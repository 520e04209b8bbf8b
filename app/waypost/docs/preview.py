"""A site for whoever unpacks it and opens a page: links name the file, since no server looks for index.html."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import unquote

# Our own frame and nh3 write attributes so: in double quotes, with these letters escaped.
_LINK = re.compile(r'(?P<before>\s(?:href|content)="(?:0; url=)?)(?P<path>[^"#?:]*)(?P<rest>[#?][^"]*)?(?=")')


def for_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the same site with every link to a folder leading to the page in it."""
    return {path: _page(path, data, files) if path.endswith(".html") else data for path, data in files.items()}


def _page(path: str, data: bytes, files: Mapping[str, bytes]) -> bytes:
    folder = path.rpartition("/")[0]

    def named(found: re.Match[str]) -> str:
        target, rest = found["path"], found["rest"] or ""
        is_link = "url=" in found["before"] or found["before"].lstrip().startswith("href")
        if not is_link or not target.endswith("/") or _joined(folder, target) not in files:
            return found[0]
        return f"{found['before']}{target}index.html{rest}"

    return _LINK.sub(named, data.decode()).encode()


def _joined(folder: str, target: str) -> str:
    """Return the page that a link to a folder means, seen from the site; "" outside it."""
    parts = folder.split("/") if folder else []
    for part in target.rstrip("/").split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(unquote(unescape(part)))
    return "/".join([*parts, "index.html"])
