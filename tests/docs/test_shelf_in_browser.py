"""The front page of the centre in a real browser: narrowed by typing, whole without scripts, nobody else is asked."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("nh3", reason='the sanitiser is not installed: pip install "waypost[docs]"')

from docs.shelving import PAY, SHOP, Branch, book, entity, facts, upload

pytestmark = [pytest.mark.slow, pytest.mark.browser]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    out = tmp_path_factory.mktemp("centre")
    branch = Branch()
    long = "component:default/" + "a-very-long-name-" * 3 + "x"
    known = facts(entity(PAY), entity(SHOP, 2, owner="group:default/web"), entity(long, 3, description="word " * 60))
    pay = book(("", '<h1 id="a">Pay</h1><p>x</p>'), ("guide/", "<p>y</p>"))
    branch.place(known, upload(made=pay), upload(2, entity=SHOP), upload(3, entity=long))
    for path, data in branch.files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(data)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=out / "site"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def tab(chromium):
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    page.close()


def shown(page):
    return [link.inner_text() for link in page.locator(".wp-cards a:visible").all()]


def test_typing_narrows_the_list(tab, centre):
    tab.goto(centre, wait_until="networkidle")
    assert len(shown(tab)) == 3
    tab.fill("#wp-filter", "SHOP web")
    assert shown(tab) == ["Shop"]
    tab.fill("#wp-filter", "nothing like it")
    assert shown(tab) == []
    assert tab.is_visible("#wp-none")
    tab.fill("#wp-filter", "")
    assert len(shown(tab)) == 3


def test_front_page_is_whole_without_scripts(chromium, centre):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(centre)
    assert len(shown(page)) == 3
    assert not page.is_visible("#wp-filter")
    context.close()


def test_from_the_front_page_to_a_site_and_back(tab, centre):
    tab.goto(centre, wait_until="networkidle")
    tab.locator(".wp-cards a", has_text="Pay").click()
    tab.wait_for_load_state("networkidle")
    assert tab.inner_text("h1") == "Pay"
    tab.locator(".wp-home").click()
    tab.wait_for_load_state("networkidle")
    assert tab.inner_text("h1").startswith("Documentation")
    tab.locator(".wp-foot a", has_text="stale").click()
    tab.wait_for_load_state("networkidle")
    assert tab.inner_text("h1") == "Report"
    assert [url for url in tab.asked if not url.startswith((centre, "data:"))] == []
    assert tab.said == []


@pytest.mark.parametrize("path", ["", "report/", "default/component/pay/"])
def test_nothing_is_wider_than_a_phone(tab, centre, path):
    tab.goto(centre + path, wait_until="networkidle")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
