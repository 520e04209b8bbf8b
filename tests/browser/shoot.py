"""Show a catalog folder as GitHub would: HTML files and screenshots of its pages, wide and narrow.

    python tests/browser/shoot.py CATALOG --out DIR [--width 1280 390] [--theme light] [--open] [PAGE ...]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.github import to_page  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browser() -> Iterator[object]:
    """Debian's chromium, without the network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            yield chromium
        finally:
            chromium.close()


def shoot(catalog: Path, out: Path, pages: list[str], widths: list[int], theme: str, unfold: bool) -> list[Path]:
    """Write HTML and screenshots of these pages; return the pictures."""
    pictures = []
    with browser() as chromium:
        for page in pages:
            html = out / f"{page}.html"
            html.parent.mkdir(parents=True, exist_ok=True)
            html.write_text(to_page((catalog / page).read_text("utf-8"), page, theme), "utf-8")
            for width in widths:
                tab = chromium.new_page(viewport={"width": width, "height": 900})
                tab.goto(html.as_uri())
                tab.evaluate("window.drawn")
                if unfold:
                    tab.evaluate("document.querySelectorAll('details').forEach(found => found.open = true)")
                picture = out / f"{page.replace('/', '_')}-{width}-{theme}.png"
                tab.screenshot(path=str(picture), full_page=True)
                for failure in tab.evaluate("window.failed"):
                    print(f"{page}: {failure}", file=sys.stderr)
                tab.close()
                pictures.append(picture)
    return pictures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", type=Path)
    parser.add_argument("pages", nargs="*", help="paths in the catalog; all that are not an entity's when none is given")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--width", type=int, nargs="+", default=[1280, 390])
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--open", action="store_true", help="unfold what is folded")
    arguments = parser.parse_args()
    catalog = arguments.catalog
    pages = arguments.pages or [
        str(path.relative_to(catalog)) for path in sorted(catalog.rglob("*.md")) if len(path.relative_to(catalog).parts) < 5
    ]
    for picture in shoot(catalog, arguments.out, pages, arguments.width, arguments.theme, arguments.open):
        print(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
