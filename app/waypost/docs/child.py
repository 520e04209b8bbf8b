"""What runs in the locked process: MkDocs with our configuration over copied files. Prints nothing, asks for nothing.

`python -m waypost.docs.child ROOM` reads `ROOM/job.json` and leaves `ROOM/book.json` and `ROOM/site/`. `ROOM/at.txt`
names the page that it is at, for who finds it dead.
"""

from __future__ import annotations

import html
import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

from waypost.docs import guard

_OURS = frozenset({"plantuml_markdown", "markdown_inline_graphviz"})  # they would run programs
_ELSEWHERE = re.compile(r"<img[^>]+src=\"(?:https?:)?//")


class TooLarge(Exception):
    """A page is more than anybody publishes."""


class _Complaints(logging.Handler):
    """Keeps what MkDocs warns about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.texts) < 500:
            self.texts.append(record.getMessage())


def main(room: Path) -> None:
    """Build the site of a room."""
    guard.limit()
    job = json.loads((room / "job.json").read_text("utf-8"))
    import ctypes  # noqa: F401  (opens the interpreter itself: it must do so before the door closes)

    from mkdocs.commands.build import build

    import waypost.docs.clean  # noqa: F401  (cleans here, where time and memory have an end)

    complaints = _Complaints()
    logging.getLogger("mkdocs").addHandler(complaints)
    logging.getLogger("mkdocs").propagate = False
    guard.lock(room)
    config, collector = _configured(room, job)
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    except TooLarge:
        raise
    except (Exception, SystemExit) as error:
        where = [text for text in complaints.texts if text.startswith("Error")]
        raise SystemExit(f"{type(error).__name__}: {error} {' '.join(where[-1:])}".rstrip()) from error
    book = {**collector.collected(), "complaints": complaints.texts}
    (room / "book.json").write_text(json.dumps(book), "utf-8")


def _configured(room: Path, job: dict[str, Any]) -> tuple[Any, Any]:
    from mkdocs.config.defaults import MkDocsConfig
    from pymdownx.extra import extra_extensions  # type: ignore[import-untyped]

    apart = set(extra_extensions) | {"pymdownx.superfences"}  # pymdownx.extra loads them: twice would undo our options
    extensions = {name: options for name, options in job["extensions"].items() if name not in apart}
    config = MkDocsConfig(config_file_path=str(room / "mkdocs.yml"))
    config.load_dict(
        {
            "site_name": job["site_name"],
            "site_description": job["site_description"],
            "docs_dir": str(room / "docs"),
            "site_dir": str(room / "site"),
            "theme": {"name": "material", "custom_dir": str(room / "theme"), "font": False},
            "plugins": [{"techdocs-core": {"use_pymdownx_blocks": job["use_blocks"]}}],
            "markdown_extensions": [{name: options} for name, options in extensions.items()],
            "validation": {"nav": {"omitted_files": "ignore"}},
            **{name: job[name] for name in ("nav", "repo_url", "exclude_docs") if job[name]},
        }
    )
    if job["repo_url"] or job["edit_uri"].startswith("https:"):
        config.load_dict({"edit_uri": job["edit_uri"] or None})
    errors, _ = config.validate()
    if errors:
        raise ValueError("; ".join(f"{key}: {error}" for key, error in errors))
    config.mdx_configs.update({name: job["extensions"][name] for name in apart & job["extensions"].keys()})
    config.mdx_configs.update(_ours(room, job["extensions"]))
    collector = _collector(room / "at.txt", job["most"])
    config.plugins["waypost"] = collector
    return config, collector


def _ours(room: Path, extensions: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the options that nobody else may set."""
    from pymdownx.emoji import to_alt, twemoji  # type: ignore[import-untyped]
    from pymdownx.superfences import fence_div_format  # type: ignore[import-untyped]

    mermaid = {"name": "mermaid", "class": "mermaid", "format": fence_div_format}
    snippets = {"base_path": [str(room / "docs"), str(room)], "restrict_base_path": True, "url_download": False}
    return {
        "pymdownx.superfences": {**extensions.get("pymdownx.superfences", {}), "custom_fences": [mermaid]},
        "pymdownx.snippets": {**extensions.get("pymdownx.snippets", {}), **snippets},
        "pymdownx.emoji": {"emoji_index": twemoji, "emoji_generator": to_alt},
    }


def _cleaned(content: str, most: int) -> str:
    """Return the HTML that may be published; what people forget to close can come to a thousand times its size."""
    from waypost.docs.clean import clean, has_grown

    kept = clean(content)
    if has_grown(content, kept):
        raise TooLarge(f"its HTML grows from {len(content):,} letters to {len(kept):,} when its elements are closed")
    if len(kept) > most:
        raise TooLarge(f"its HTML has {len(kept):,} letters; at most {most:,} are published")
    return kept


def _collector(at: Path, most: int) -> Any:
    from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority

    class Collector(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
        """Takes the pages as values; what the theme makes of them is thrown away."""

        def __init__(self) -> None:
            self.pages: list[dict[str, Any]] = []
            self.nav: Any = ()
            self.site = Path()

        def on_config(self, config: Any) -> Any:
            config.markdown_extensions = [name for name in config.markdown_extensions if name not in _OURS]
            config.theme.static_templates.clear()
            self.site = Path(config.site_dir)
            return config

        def on_nav(self, nav: Any, **_: Any) -> None:
            self.nav = nav

        def on_page_markdown(self, markdown: str, page: Any, **_: Any) -> None:
            at.write_text(page.file.src_uri, "utf-8")
            page.meta.pop("template", None)  # the author's choice of a template means nothing here

        @event_priority(100)
        def _begin(self, /, context: Any, page: Any, **_: Any) -> None:
            at.write_text(page.file.src_uri, "utf-8")

        def _take(self, /, context: Any, page: Any, **_: Any) -> None:
            content = page.content or ""
            self.pages.append(
                {
                    "url": _address(page.url),
                    "source": page.file.src_uri,
                    "title": _plain(page.title),
                    "content": _cleaned(content, most),
                    "elsewhere": len(_ELSEWHERE.findall(content)),
                    "contents": [_heading(item) for item in page.toc],
                    "edit_url": page.edit_url or "",
                }
            )

        on_page_context = CombinedEvent(_begin, _take)

        @event_priority(100)
        def on_post_build(self, **_: Any) -> None:
            at.unlink(missing_ok=True)

        def collected(self) -> dict[str, Any]:
            found = json.loads((self.site / "search" / "search_index.json").read_text("utf-8"))
            index = [{name: row[name] for name in ("location", "title", "text")} for row in found["docs"]]
            return {"pages": self.pages, "navigation": [_item(item) for item in self.nav], "index": index}

    return Collector()


def _item(item: Any) -> dict[str, Any]:
    children = [_item(child) for child in item.children or ()]
    url = "" if item.is_section else item.url or ""
    return {"title": _plain(item.title), "url": _address(url) if item.is_page else url, "children": children}


def _address(url: str) -> str:
    return "" if url in (".", "./") else url


def _heading(item: Any) -> dict[str, Any]:
    children = [_heading(child) for child in item.children]
    return {"title": _plain(item.title), "url": item.url, "children": children}


def _plain(title: object) -> str:
    return html.unescape(str(title or ""))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(1)
