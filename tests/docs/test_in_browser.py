"""A built site in a real browser: no other host is asked, search and diagrams work, no script of a page runs."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from browser.github import MERMAID
from waypost.docs.build import build
from waypost.docs.svg import clean_svg

pytest.importorskip("mkdocs", reason='MkDocs is not installed: pip install "waypost[docs]"')
pytestmark = [pytest.mark.slow, pytest.mark.browser]

PAGE = """# Pay

Some findable words.

```mermaid
graph TD; A-->B
```

<script>window.ran = 1</script><img src=x onerror="window.ran = 2"><svg onload="window.ran = 3"></svg>
![badge](https://img.example/badge.svg) <img src="//img.example/pixel.png">

| a | b | c | d | e | f | g | h |
|---|---|---|---|---|---|---|---|
| aaaaaaaaaaaa | bbbbbbbbbbbb | cccccccccc | dddddddddd | eeeeeeeeee | ffffffffff | gggggggggg | hhhhhhhhhh |
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory):
    root = tmp_path_factory.mktemp("pay")
    (root / "docs/guide").mkdir(parents=True)
    (root / "docs/index.md").write_text(PAGE)
    (root / "docs/guide/start.md").write_text("# Start\n\nrare\n")
    out = root / "out"
    for path, data in build(root, mermaid=MERMAID.read_bytes()).files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(data)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=out))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def tab(chromium, site):
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(site, wait_until="networkidle")
    yield page
    page.close()


def test_no_other_host_is_asked(tab, site):
    assert len(tab.asked) >= 5
    assert [url for url in tab.asked if not url.startswith((site, "data:"))] == []


def test_no_script_of_the_page_runs(tab):
    assert tab.evaluate("window.ran") is None


def test_diagram_is_drawn(tab):
    tab.wait_for_selector(".mermaid svg .node")


def test_page_does_not_scroll_sideways_on_a_phone(tab):
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320


def test_search_leads_to_the_page(tab, site):
    tab.fill("#wp-query", "rare")
    tab.wait_for_selector("#wp-results li a")
    assert tab.eval_on_selector("#wp-results li a", "link => link.href").startswith(f"{site}guide/start/")
    tab.fill("#wp-query", "nowhere")
    tab.wait_for_function("document.getElementById('wp-results').textContent === 'Nothing found.'")


REACHING = (
    """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"{more}>{inside}<rect width="9" height="9"/></svg>"""
)
FAR = "https://far.example/x"


@pytest.fixture
def asked(chromium):
    """Return which other addresses a browser asks when it shows an image."""

    def show(image):
        page = chromium.new_page()
        far = []

        def answer(route):
            if route.request.url.startswith(FAR):
                far.append(route.request.url)
                route.abort()
            else:
                route.fulfill(body=image, content_type="image/svg+xml")

        page.route("**/*", answer)
        page.goto("http://site.example/x.svg", wait_until="networkidle")
        page.close()
        return far

    return show


@pytest.mark.parametrize(
    ("inside", "more"),
    [
        pytest.param(f"<style>svg{{background-image:image-set('{FAR}' 1x)}}</style>", "", id="set of images"),
        pytest.param("", f" style=\"background-image:-webkit-image-set('{FAR}' 1x)\"", id="in an attribute"),
        pytest.param(
            f"<style>svg{{background:-webkit-cross-fade(url('{FAR}'), url('#a'), 50%)}}</style>", "", id="faded"
        ),
        pytest.param(f"<style>svg{{background:im\\61ge-set('{FAR}' 1x)}}</style>", "", id="escaped letter"),
        pytest.param(
            f"<style>svg{{background:image-<g>:rgb</g>set('{FAR}' 1x)}}</style>", "", id="split by an element"
        ),
        pytest.param(f"<style>@import '{FAR}';</style>", "", id="style sheet"),
    ],
)
def test_image_asks_no_other_host(asked, inside, more):
    image = REACHING.format(inside=inside, more=more).encode()
    assert asked(image)
    assert asked(clean_svg(image)) == []
