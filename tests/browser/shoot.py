"""Show a catalog folder as GitHub would: HTML files and screenshots of its pages, wide and narrow.

    python tests/browser/shoot.py CATALOG [PAGE ...] --out DIR [--width 1280 390] [--theme dark] [--unfold]

Needs what `sh tests/install.sh` installs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.github import to_page

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync"""


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's chromium, headless."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS.split())
        try:
            yield chromium
        finally:
            chromium.close()


def shoot(catalog: Path, out: Path, pages: list[str], widths: list[int], theme: str, unfold: bool) -> Iterator[Path]:
    """Write HTML and a screenshot of each page at each width."""
    with browser() as chromium:
        for page in pages:
            html = out / f"{page}.html"
            html.parent.mkdir(parents=True, exist_ok=True)
            html.write_text(to_page((catalog / page).read_text("utf-8"), page, theme), "utf-8")
            for width in widths:
                tab = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
                tab.goto(html.resolve().as_uri())
                if unfold:
                    tab.evaluate("document.querySelectorAll('details').forEach(found => { found.open = true })")
                tab.evaluate("window.drawn")
                for failure in tab.evaluate("window.failed"):
                    print(f"{page}: {failure}", file=sys.stderr)
                picture = out / f"{page.replace('/', '_')}-{width}-{theme}.png"
                tab.screenshot(path=str(picture), full_page=True)
                tab.close()
                yield picture


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", type=Path)
    parser.add_argument("pages", nargs="*", help="paths in the catalog; without any, all but those of entities")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--width", type=int, nargs="+", default=[1280, 390])
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--unfold", action="store_true", help="open what is folded")
    arguments = parser.parse_args()
    every = (path.relative_to(arguments.catalog) for path in sorted(arguments.catalog.rglob("*.md")))
    pages = arguments.pages or [str(path) for path in every if len(path.parts) < 5]
    pictures = shoot(arguments.catalog, arguments.out, pages, arguments.width, arguments.theme, arguments.unfold)
    for picture in pictures:
        print(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
