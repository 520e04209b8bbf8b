"""Hostile uploads: nothing outside of the place, no script in any file, no place of somebody else, no end of memory."""

import json
import re

import pytest

pytest.importorskip("nh3", reason='the sanitiser is not installed: pip install "waypost[docs]"')

from hypothesis import given
from hypothesis import strategies as st

from docs.shelving import PAY, SHOP, Branch, book, entity, facts, files_of, upload
from waypost.docs import limits
from waypost.docs.book import to_json
from waypost.docs.central import fallback
from waypost.docs.central.names import clashes, is_page, is_plain, is_published
from waypost.docs.central.taking import NotTaken, take
from waypost.docs.clean import TAGS, clean
from waypost.docs.layout import METADATA, PAGES, SOURCE, clean_book
from waypost.docs.problems import CannotBuild
from waypost.docs.wellformed import fault
from waypost.docs.written import Text

TWO = facts(entity(PAY, 1), entity(SHOP, 2))
# Everything by which a browser would run something.
RUNS = re.compile(
    rb"<script(?! src=\"[./]*waypost-assets/)|<[a-z][^>]*\son[a-z]+\s*=\s*[\"']"
    rb"|(?:(?:href|src|url)\s*=\s*[\"']?|\]\(\s*<?)\s*(?:javascript|vbscript|data:text/html)",
    re.IGNORECASE,
)
OWN = ("site/waypost-assets/",)


@pytest.fixture
def branch():
    branch = Branch()
    branch.place(TWO, upload(2, entity=SHOP))
    return branch


def attacked(branch, files):
    """Place a hostile upload and see that nothing of it is anywhere it should not be."""
    before = {path: data for path, data in branch.files.items() if "/component/shop/" in path}
    batch = branch.place(TWO, upload(files=files))
    for path in batch.changes:
        folder = path.startswith(("site/default/component/pay/", "markdown/default/component/pay/"))
        centre = path in ("README.md", "report.md", "report.json", "state.json", "site/index.html")
        assert folder or centre or path.startswith(("site/report/", "site/waypost-assets/")), path
    for path, data in branch.files.items():
        assert ".." not in path.split("/")
        if not path.startswith(OWN) and path != "state.json":
            assert not RUNS.search(data), path
    assert {path: branch.files[path] for path in before} == before
    return batch


def pages_of(made, **changes):
    """A book as JSON, without what our own renderer would already have taken out."""
    return json.dumps({**to_json(made), **changes}).encode()


def with_pages(*pages, **changes):
    return {**files_of(book(("", "<p>x</p>")), PAY), PAGES: pages_of(book(*pages), **changes)}


def tags_of(tag):
    return st.sampled_from([f"<{tag}>", f"</{tag}>", f"<{tag}>x</{tag}>"])


NAMES = [
    pytest.param("../shop/index.html", id="climbing"),
    pytest.param("a/../../shop/x.png", id="climbing from inside"),
    pytest.param("/etc/x.png", id="absolute"),
    pytest.param("C:\\x.png", id="windows"),
    pytest.param("..\\x.png", id="backslash"),
    pytest.param("a\0.png", id="nul"),
    pytest.param("a\n.png", id="line end"),
    pytest.param("~/x.png", id="home"),
    pytest.param(".git/x.png", id="hidden folder"),
    pytest.param("a/.htaccess.png", id="hidden file"),
    pytest.param("a//x.png", id="empty segment"),
    pytest.param("./x.png", id="dot"),
    pytest.param("%2e%2e/x.png", id="encoded"),
    pytest.param("x.png?y", id="query"),
    pytest.param("a\u202egnp.png", id="turned round"),
    pytest.param("a\u200b.png", id="unseen"),
    pytest.param("x.js", id="script"),
    pytest.param("x.html", id="page"),
    pytest.param("x.css", id="style"),
    pytest.param("x.svgz", id="packed"),
    pytest.param("waypost-assets/main.css", id="shared files"),
    pytest.param("Waypost-Assets/x.png", id="shared files in another case"),
    pytest.param("a" * 300 + ".png", id="long"),
    pytest.param(".png", id="only a suffix"),
    pytest.param("png", id="no suffix"),
]


@pytest.mark.parametrize("name", NAMES)
def test_file_by_a_bad_name_is_left_out(branch, name):
    assert not is_published(name)
    attacked(branch, {**files_of(book(("", "<p>x</p>")), PAY), name: b"<script>alert(1)</script>"})
    assert not any(b"alert(1)" in data for data in branch.files.values())


@pytest.mark.parametrize("name", ["a.png", "img/a b.png", "ä/ö.SVG", "d.pdf"])
def test_file_by_a_good_name_is_published(name):
    assert is_published(name)


@pytest.mark.parametrize(
    "url",
    ["../x/", "%2e%2e/x/", "..%2fx/", "a/%2e%2e/%2e%2e/x/", "/x/", "x.js", "x.svg", "a%00/", "a%5c..%5c/", "//evil/",
     "https://evil.example/", "javascript:alert(1)", "waypost-assets/", "a/../b/", ".git/", "x?y/", "x%25/"],
)  # fmt: skip
def test_page_at_a_bad_address_is_left_out(branch, url):
    assert not is_page(url)
    attacked(branch, with_pages(("", "<p>fine</p>"), (url, "<p>EVIL</p>")))
    assert not any(b"EVIL" in data for path, data in branch.files.items())


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="&#106;avascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<svg onload="alert(1)"></svg>',
        '<svg><style><img src="x" onerror="alert(1)"></style></svg>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        '<iframe src="https://evil.example"></iframe>',
        '<form action="https://evil.example"><input name="password"></form>',
        '<div style="position:fixed;inset:0">x</div>',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
        '<p title="&quot; onmouseover=&quot;alert(1)">x</p>',
        "<!--><script>alert(1)</script>-->",
        '<base href="https://evil.example/">',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        '<object data="x.svg"></object><embed src="x.svg">',
        "{{ config.__class__ }}{% include 'x' %}",
    ],
)
def test_no_html_of_an_upload_runs(branch, html):
    attacked(branch, with_pages(("", "<p>fine</p>"), ("x/", html)))
    for path, data in branch.files.items():
        if path.startswith("site/default/component/pay/"):
            assert not re.search(rb"<(iframe|form|base|object|embed|svg|math|noscript)|evil\.example/x|position:", data)


@pytest.mark.parametrize("field", ["title", "description", "language"])
def test_no_words_of_an_upload_become_html(branch, field):
    evil = '"><script>alert(1)</script>\u202e'
    files = with_pages(("", "<p>x</p>"), **{field: evil})
    files[PAGES] = files[PAGES].replace(b'"Page front"', json.dumps(evil).encode())
    attacked(branch, files)


def test_no_title_of_the_catalog_becomes_html(branch):
    evil = '"><script>alert(1)</script>'
    known = facts(
        entity(PAY, 1, title=evil, description=evil, owner="group:default/x"), titles={"group:default/x": evil}
    )
    branch.place(known, upload(), upload(1, entity=SHOP, artifact_id=11))
    for path, data in branch.files.items():
        if not path.startswith(OWN) and path != "state.json":
            assert not RUNS.search(data), path
    assert "&lt;script&gt;" in branch.text("README.md")


def test_no_link_of_the_navigation_runs(branch):
    entry = {"title": "x", "children": []}
    evil = ["javascript:alert(1)", "\x01javascript:alert(1)", "data:text/html,x", "//evil.example", "\\\\evil.example"]
    files = with_pages(("", "<p>x</p>"), navigation=[{**entry, "url": url} for url in evil])
    attacked(branch, files)
    assert "evil.example" not in branch.text("site/default/component/pay/index.html")


def test_redirects_lead_only_to_pages_of_the_site(branch):
    evil = {
        "a.md": "javascript:alert(1)",
        "b.md": "https://evil.example/",
        "../c.md": "index.md",
        "loop.md": "pool.md",
        "pool.md": "loop.md",
        "index.md": "x.md",
        "old.md": "x.md",
    }
    batch = attacked(branch, with_pages(("", "<p>x</p>"), ("x/", "<p>x</p>"), redirects=evil))
    names = branch.below("site/default/component/pay/")
    assert batch.placed == (PAY,)
    assert [name for name in names if name.split("/")[0] in ("a", "b", "c", "loop", "pool", "old")] == [
        "old/index.html"
    ]
    assert not any(b"evil.example" in data for path, data in branch.files.items() if path.startswith("site/default"))


def test_uploaded_html_is_not_looked_at(branch):
    files = files_of(book(("", "<p>true</p>")), PAY)
    files["index.html"] = b"<script>alert(1)</script>"
    files["evil/index.html"] = b"<script>alert(1)</script>"
    files["search/evil.html"] = b"<script>alert(1)</script>"
    attacked(branch, files)
    assert "true" in branch.text("site/default/component/pay/index.html")
    assert "evil/index.html" not in branch.below("site/default/component/pay/")


def test_own_copy_of_the_shared_files_is_not_taken(branch):
    files = files_of(book(("", "<p>x</p>")), PAY)
    name = next(path for path in files if path.startswith("waypost-assets/docs.") and path.endswith(".js"))
    shared = branch.files[f"site/{name}"]
    attacked(branch, {**files, name: b"alert(1)", "waypost-assets/evil.js": b"alert(1)"})
    assert branch.files[f"site/{name}"] == shared
    assert not any(b"alert(1)" in data for data in branch.files.values())


def test_svg_is_cleaned_or_left_out(branch):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><rect/></svg>'
    files = {**files_of(book(("", "<p>x</p>")), PAY), "a.svg": svg, "B.SVG": svg, "c.svg": b"<html><script>"}
    attacked(branch, files)
    assert {"a.svg", "B.SVG"} <= set(branch.below("site/default/component/pay/"))
    assert "c.svg" not in branch.below("site/default/component/pay/")


@pytest.mark.parametrize(
    "claim",
    [
        SHOP,
        "Component:Default/SHOP",
        "component:default/../shop",
        "component:default/shop\u200b",
        "../../report",
        "shop",
    ],
)
def test_claim_of_anothers_place_is_refused(branch, claim):
    files = files_of(book(("", "<p>EVIL</p>")), PAY)
    files[METADATA] = json.dumps({"entity": claim}).encode()
    batch = attacked(branch, files)
    assert batch.placed == ()
    assert len(batch.refusals) == 1


@pytest.mark.parametrize("claim", [7, None, ["component:default/shop"], {"x": 1}])
def test_claim_that_is_no_text_is_none(branch, claim):
    files = files_of(book(("", "<p>x</p>")), PAY)
    files[METADATA] = json.dumps({"entity": claim}).encode()
    assert attacked(branch, files).placed == (PAY,)


def test_names_that_some_file_systems_take_for_one_are_left_out(branch):
    files = files_of(book(("", "<p>x</p>"), ("a.png/", "<p>x</p>")), PAY)
    files |= {"img/A.png": b"1", "img/a.png": b"2", "\u00e9.png": b"3", "e\u0301.png": b"4"}
    attacked(branch, files)
    assert not clashes(branch.below("site/default/component/pay/"))
    assert len([name for name in branch.below("site/default/component/pay/") if name.endswith(".png")]) == 2


def test_page_and_file_of_one_name_are_refused(branch):
    files = {**files_of(book(("", "<p>x</p>"), ("a.png/", "<p>x</p>")), PAY), "a.png": b"1"}
    assert "a folder too" in attacked(branch, files).refusals[0].reason


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        pytest.param({}, f"holds no {PAGES}", id="empty"),
        pytest.param({PAGES: b"["}, "cannot be read", id="no JSON"),
        pytest.param({PAGES: b"[" * 500_000}, "nested too deep", id="deep"),
        pytest.param({PAGES: b"[" * 2_000_000}, "too large", id="many brackets"),
        pytest.param({PAGES: b"[]"}, "an object was expected", id="a list"),
        pytest.param({PAGES: b"9" * 100_000}, "cannot be read", id="a long number"),
        pytest.param({PAGES: b" " * (limits.DATA_BYTES + 1)}, "too large", id="large"),
        pytest.param({PAGES: pages_of(book(("", "<p>")))}, "no page that can be published", id="only crooked pages"),
        pytest.param({PAGES: pages_of(book())}, "no page", id="no pages"),
        pytest.param({f"{n}.png": b"" for n in range(limits.FILES + 1)}, "files", id="many files"),
        pytest.param({"a.png": b"x" * (limits.SITE_BYTES + 1)}, "MB", id="many bytes"),
        pytest.param(
            {PAGES: pages_of(book(*[(f"{n}/", "") for n in range(limits.PAGES + 1)]))}, "pages", id="many pages"
        ),
    ],
)  # fmt: skip
def test_upload_beyond_every_measure_is_refused(files, reason):
    with pytest.raises(NotTaken, match=re.escape(reason)):
        take(files)


def test_deep_navigation_is_refused():
    nav = {"title": "x", "url": "", "children": []}
    for _ in range(50):
        nav = {"title": "x", "url": "", "children": [nav]}
    with pytest.raises(NotTaken, match="levels"):
        take({PAGES: pages_of(book(("", "")), navigation=[nav])})


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 200_000, id="deep"),
        pytest.param("<div>" * 200 + "</div>" * 200, id="deep and closed"),
        pytest.param("<div><table></div></table>" * 100, id="crossed"),
        pytest.param("<b><p></b></p>", id="formatting crossed"),
        pytest.param("<p title='x'>", id="single quotes"),
        pytest.param('<p title="x"', id="cut off"),
        pytest.param("<!-- x -->", id="comment"),
        pytest.param("</p>", id="closing"),
        pytest.param("<P></P>", id="capitals"),
        pytest.param("<p><b><p>x</p></b></p>", id="paragraph in a paragraph"),
        pytest.param("<p><b><table></table></b></p>", id="table in a paragraph"),
        pytest.param("<p><hr></p>", id="line in a paragraph"),
        pytest.param('<a href="x"><b><a href="y">z</a></b></a>', id="link in a link"),
        pytest.param("<ul><li><b><li>x</li></b></li></ul>", id="item in an item"),
        pytest.param("<ul><li><div><li>x</li></div></li></ul>", id="item in a box in an item"),
        pytest.param("<dl><dt><i><dd>x</dd></i></dt></dl>", id="definition in its word"),
        pytest.param("<h1><h2>x</h2></h1>", id="heading in a heading"),
        pytest.param("<table><b><tbody></tbody></b></table>", id="formatting in a table"),
        pytest.param("<table><tr><td>x</td></tr></table>", id="row without its body"),
        pytest.param("<table><tbody><tr><td><b><td>x</td></b></td></tr></tbody></table>", id="cell in a cell"),
        pytest.param("<table><caption><tbody></tbody></caption></table>", id="body in a caption"),
        pytest.param("<div><td>x</td></div>", id="cell without a table"),
        pytest.param("<b>" * 9 + "</b>" * 9, id="much formatting"),
        pytest.param("<button>x</button>", id="not published"),
    ],
)
def test_crooked_html_is_found(html):
    assert fault(html)


@pytest.mark.parametrize(
    "html",
    [
        '<p id="a" class="b c">x &lt; y<br><img src="a.png" alt="&gt;"></p><ul><li>1</li></ul>',
        "<ul><li><p>1</p><ul><li>2</li></ul></li><li>3</li></ul><dl><dt>a</dt><dd>b</dd></dl>",
        "<table><caption>x</caption><colgroup><col></colgroup><thead><tr><th>a</th></tr></thead>"
        '<tbody><tr><td><a href="x"><b>y</b></a><table><tbody></tbody></table></td></tr></tbody></table>',
        "<blockquote><p><strong><em><code>x</code></em></strong></p></blockquote><pre><code><span>x</span></code></pre>",
    ],
)
def test_plain_html_is_well(html):
    assert not fault(html)
    assert not fault(html.replace("&gt;", ">"))
    assert clean(html).replace(' rel="noopener noreferrer"', "") == html


@given(st.lists(st.sampled_from([*sorted(TAGS), "button", "select", "font", "svg"]).flatmap(tags_of), max_size=12))
def test_what_we_cleaned_is_plain_and_stays_as_it_is(pieces):
    once = clean("".join(pieces))
    assert clean(once) == once
    assert "formatting" in fault(once) or not fault(once)


def reopened(times):
    """Formatting that a browser opens again, with all its attributes, in every paragraph."""
    opened = "".join(f'<b class="{number}{"A" * 1000}">' for number in range(100))
    return f"<p>{opened}{'<p>x</p>' * times}{'</b>' * 100}</p>"


@pytest.mark.parametrize("times", [1_000, 10_000])
def test_page_that_would_grow_a_thousandfold_is_left_out(branch, times):
    batch = attacked(branch, with_pages(("", "<p>fine</p>"), ("x/", reopened(times))))
    assert batch.placed == (PAY,)
    assert sum(len(data or b"") for path, data in batch.changes.items() if "/pay/" in path) < 100_000
    assert any("not HTML as waypost docs build writes it" in row["what"] for row in branch.report()["left-out"])


def test_page_that_grows_all_the_same_is_refused_in_words():
    with pytest.raises(CannotBuild, match=r"grows from .* letters to .* when it is sanitised"):
        clean_book(book(("", reopened(20))))


def navigation(entries, letters):
    return [{"title": f"n{number}", "url": "x" * letters, "children": []} for number in range(entries)]


def test_navigation_that_is_more_than_the_site_is_refused(branch):
    pages = [("", "<p>x</p>"), *((f"p{number}/", "<p>x</p>") for number in range(999))]
    batch = attacked(branch, with_pages(*pages, navigation=navigation(5_000, 1_900)))
    assert batch.placed == ()
    assert "its pages, each with the navigation, have " in batch.refusals[0].reason


def test_pages_are_counted_while_they_are_made(branch):
    pages = [("", "<p>x</p>"), *((f"p{number}/", "<p>x</p>") for number in range(29))]
    # A quote takes five letters where it is written into a page.
    rows = [{"title": '"' * 280, "url": "", "children": []} for _ in range(4_900)]
    batch = attacked(branch, with_pages(*pages, navigation=rows))
    assert batch.placed == ()
    assert "at most 60 are made" in batch.refusals[0].reason


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"navigation": navigation(1, 3_000)}, id="navigation"),
        pytest.param({"navigation": [{"title": "x", "url": "", "children": navigation(1, 3_000)}]}, id="below"),
        pytest.param({"index": [{"location": "x" * 3_000, "title": "x", "text": ""}]}, id="index"),
        pytest.param({"redirects": {"old.md": f"index.md#{'x' * 3_000}"}}, id="redirect"),
    ],
)
def test_address_that_nobody_writes_is_refused(branch, changes):
    batch = attacked(branch, with_pages(("", "<p>x</p>"), **changes))
    assert "it has an address of 3," in batch.refusals[0].reason


def test_blank_lines_of_a_box_cost_no_time():
    lines = fallback.page(upload(), "index.md", Text("!!! note\n" + "\n" * 640_000 + "    x\n"), "https://github.com")
    assert lines.endswith(b"> [!NOTE]\n> x\n")


@pytest.mark.parametrize("half", ["\ud800", "x\udfff"])
@pytest.mark.parametrize("place", ["index", "content", "title", "redirects"])
def test_half_a_letter_is_refused_in_words(branch, place, half):
    index = [{"location": "", "title": "x", "text": half}]
    more = {"title": half, "redirects": {"old.md": f"index.md#{half}"}, "index": index}
    files = with_pages(("", "<p>x</p>"), **({place: more[place]} if place in more else {}))
    if place == "content":
        files[PAGES] = pages_of(book(("", f"<p>{half}</p>")))
    batch = attacked(branch, files)
    assert "it holds half a letter" in batch.refusals[0].reason


def test_whole_letters_are_taken_however_they_are_written(branch):
    assert b"\\ud83d" in with_pages(("", "<p>\U0001f600</p>"))[PAGES]
    assert attacked(branch, with_pages(("", "<p>\U0001f600</p>"))).placed == (PAY,)


def test_style_of_many_blanks_costs_no_time():
    style = "text-align:left" + " " * 500_000 + "x"
    assert clean(f'<table><tbody><tr><td style="{style}">1</td></tr></tbody></table>').count("style") == 0


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"format": 1, "pages": [{"path": "../x.md"}]}', b"[" * 200_000])
def test_broken_markdown_costs_only_the_markdown(branch, data):
    branch.place(TWO, upload(files={**files_of(book(("", "<p>x</p>")), PAY), SOURCE: b'{"format":1,"pages":[]}'}))
    taken_files = {**files_of(book(("", "<p>y</p>")), PAY), SOURCE: data}
    batch = branch.place(TWO, upload(files=taken_files, artifact_id=50))
    assert batch.placed == (PAY,)
    assert branch.below("markdown/default/component/pay/") == []
    assert any("Markdown" in row["what"] for row in branch.report()["left-out"])


def test_markdown_outside_of_the_pages_is_not_taken(branch):
    rows = [
        {"path": path, "origin": "", "text": "EVIL"} for path in ("../x.md", "/x.md", "secret.md", "x.html", "a\0.md")
    ]
    source = json.dumps({"format": 1, "pages": [*rows, {"path": "index.md", "origin": "", "text": "fine"}]}).encode()
    attacked(branch, {**files_of(book(("", "<p>x</p>")), PAY), SOURCE: source})
    assert branch.below("markdown/default/component/pay/") == ["index.md"]


@pytest.mark.parametrize("origin", ["../../x", "](javascript:alert(1))", "a b\nc", "<script>"])
def test_origin_of_a_page_is_only_a_path(branch, origin):
    source = json.dumps({"format": 1, "pages": [{"path": "index.md", "origin": origin, "text": "fine"}]}).encode()
    attacked(branch, {**files_of(book(("", "<p>x</p>")), PAY), SOURCE: source})
    first = branch.text("markdown/default/component/pay/index.md").splitlines()[0]
    assert first.startswith("<sub>From [acme/r1](https://github.com/acme/r1)")
    assert "..)" not in first
    assert "javascript" not in first


def test_entities_with_names_of_the_centre_take_nothing_from_it(branch):
    ref = "component:waypost-assets/report"
    known = facts(entity(SHOP, 2), entity(ref, 1), entity("component:report/index.html", 3))
    branch.place(known, upload(entity=ref), upload(3, entity="component:report/index.html", artifact_id=12))
    assert branch.files["site/waypost-assets/component/report/index.html"]
    assert branch.files["site/report/component/index.html/index.html"]
    branch.place(facts(entity(SHOP, 2)))
    assert not branch.below("site/waypost-assets/component")
    assert branch.files["site/report/index.html"]


@pytest.mark.parametrize("path", ["a/b.png", "ünïcödé.png", "a (1).png", "C#.md"])
def test_ordinary_names_are_plain(path):
    assert is_plain(path)
