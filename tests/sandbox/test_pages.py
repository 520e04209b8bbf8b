"""What a person sees: links that lead somewhere, nothing that runs, words of others escaped."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest

README = """# Checkout & <script>alert(1)</script>

> [!WARNING]
> Mind the gap

| file | top |
|---|---|
| [guide](docs/guide.md#second-step) | [descriptor](/catalog-info.yaml) |

- [x] done

See [below](#second-step), [out](https://example.com), [trap](javascript:alert(2)).

<img src="docs/map.svg" onerror="alert(3)"> <details><summary>More</summary>inside</details>

## Second step
## Second step

```mermaid
graph LR; a --> b
```
"""
GUIDE = "# Guide\n\n[up](../README.md) [folder](../docs) [gone](nowhere.md)\n\n## Second step\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(4)</script></svg>'


class Page(HTMLParser):
    """The links, anchors and tags of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors, self.tags, self.handlers = [], set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            if name in ("href", "src"):
                self.links.append(value)
            if name in ("id", "name"):
                self.anchors.add(value)
            if name.startswith("on") or name == "style":
                self.handlers.add(name)


@pytest.fixture
def look(connect, sandbox):
    """Open a page as a browser does and check what must hold for all of them."""
    browser = connect()

    def open_page(path, status=200):
        answer = browser("GET", path, status=status)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        page = Page(answer.text)
        assert not page.tags & {"script", "style", "iframe", "object"}
        assert "form" not in page.tags or "/runs/" in path
        assert not page.handlers
        assert not [link for link in page.links if link.lower().startswith("javascript:")]
        page.text = answer.text
        return page

    return open_page


@pytest.fixture
def shop(control, organization):
    """A repository with everything that a page shows."""
    files = {
        "README.md": README,
        "docs/guide.md": GUIDE,
        "docs/map.svg": SVG,
        "src/<b>.py": "print('<b>bold</b>')\n\nend\n",
        "logo.bin": {"content": base64.b64encode(bytes(range(256))).decode(), "encoding": "base64"},
        "catalog-info.yaml": "kind: Component\n",
    }
    about = {"description": "<i>Sells</i>", "topics": ["shop"], "homepage": "javascript:alert(5)"}
    control("POST", "/seed", {organization: {"shop": {"files": files, "message": "Begin <b>\n\nBecause", **about}}})
    return f"/{organization}/shop"


def test_front_page_shows_the_readme(look, shop):
    page = look(shop)
    assert "&lt;i&gt;Sells&lt;/i&gt;" in page.text
    assert "<h1" in page.text
    assert 'class="alert warning"' in page.text
    assert {"second-step", "second-step-1"} <= page.anchors
    assert {"table", "details", "input"} <= page.tags
    assert f"{shop}/blob/main/docs/guide.md#second-step" in page.links
    assert f"{shop}/blob/main/catalog-info.yaml" in page.links
    assert f"{shop}/raw/main/docs/map.svg" in page.links
    assert "graph LR; a --&gt; b" in page.text


def test_every_link_leads_somewhere(look, connect, admin, sandbox, organization, shop):
    admin("POST", f"/repos{shop}/issues", {"title": "x", "labels": ["bug"], "assignees": ["admin"]}, status=201)
    browser, seen, waiting, anchors = connect(), set(), [f"/{organization}"], []
    while waiting:
        path = waiting.pop()
        if path in seen or "/_sandbox/" in path or len(seen) > 80:
            continue
        seen.add(path)
        answer = browser("GET", path)
        if "nowhere.md" in path:
            assert answer.status_code == 404
            continue
        assert answer.status_code in (200, 302), path
        if answer.status_code == 302:
            waiting.append(urljoin(path, answer.headers["Location"]))
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = Page(answer.text)
        for link in page.links:
            target, anchor = urldefrag(urljoin(path, link))
            if target.startswith("/"):
                waiting.append(target)
                if anchor:
                    anchors.append((target, anchor))
    assert len(seen) > 20
    for path, anchor in anchors:
        assert anchor in look(path).anchors, (path, anchor)


def test_file_shows_its_lines(look, shop):
    page = look(f"{shop}/blob/main/src/%3Cb%3E.py")
    assert {"L1", "L2", "L3"} <= page.anchors
    assert "L4" not in page.anchors
    assert "print(&#39;&lt;b&gt;bold&lt;/b&gt;&#39;)" in page.text
    assert "This file is binary" in look(f"{shop}/blob/main/logo.bin").text


def test_markdown_can_be_read_as_text(look, shop):
    assert "[guide](docs/guide.md#second-step)" in look(f"{shop}/blob/main/README.md?plain=1").text
    assert "[guide](docs/guide.md#second-step)" not in look(f"{shop}/blob/main/README.md").text


def test_raw_file_cannot_run(connect, shop):
    for path, kind in (
        ("docs/map.svg", "image/svg+xml"),
        ("README.md", "text/plain"),
        ("logo.bin", "application/octet"),
    ):
        answer = connect()("GET", f"{shop}/raw/main/{path}", status=200)
        assert answer.headers["Content-Type"].startswith(kind)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_folder_and_file_lead_to_each_other(connect, shop):
    assert connect()("GET", f"{shop}/blob/main/docs", status=302).headers["Location"] == f"{shop}/tree/main/docs"
    assert (
        connect()("GET", f"{shop}/tree/main/README.md", status=302).headers["Location"] == f"{shop}/blob/main/README.md"
    )


def test_branch_with_slashes_is_found(look, admin, shop, head):
    ref = {"ref": "refs/heads/feature/x", "sha": head(shop[1:])}
    admin("POST", f"/repos{shop}/git/refs", ref, status=201)
    assert "guide.md" in look(f"{shop}/tree/feature/x/docs").text
    assert "Begin &lt;b&gt;" in look(f"{shop}/commits/feature/x/docs/guide.md").text


def test_history_of_a_path_shows_what_touched_it(look, admin, shop, head):
    body = {"message": "Add more", "content": "eA==", "branch": "main"}
    admin("PUT", f"/repos{shop}/contents/more.txt", body, status=201)
    assert "Add more" in look(f"{shop}/commits").text
    assert "Add more" not in look(f"{shop}/commits/main/docs").text
    page = look(f"{shop}/commit/{head(shop[1:])}")
    assert re.search(r'<tr class="added">.*\+x', page.text)
    first = look(f"{shop}/commits/main/docs").links
    commit = next(link for link in first if "/commit/" in link)
    assert "Because" in look(commit).text


def test_history_is_paged(look, admin, shop):
    for number in range(36):
        body = {"message": f"Number {number}.", "content": "eA==", "branch": "main"}
        admin("PUT", f"/repos{shop}/contents/{number}.txt", body, status=201)
    page = look(f"{shop}/commits")
    older = next(link for link in page.links if link.startswith("?after="))
    assert "Number 0." not in page.text
    assert "Number 0." in look(f"{shop}/commits{older}").text


def test_words_of_others_are_escaped(look, admin, shop, head, installation):
    evil = "<img src=x onerror=alert(6)>"
    admin("POST", f"/repos{shop}/labels", {"name": evil}, status=201)
    issue = {"title": evil, "body": f"**bold** {evil}", "labels": [evil]}
    admin("POST", f"/repos{shop}/issues", issue, status=201)
    admin("POST", f"/repos{shop}/issues/1/comments", {"body": f"<script>x</script>{evil}"}, status=201)
    run = {
        "name": evil,
        "head_sha": head(shop[1:]),
        "conclusion": "failure",
        "output": {
            "title": evil,
            "summary": evil,
            "annotations": [
                {"path": evil, "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": evil}
            ],
        },
    }
    made = installation("POST", f"/repos{shop}/check-runs", run, status=201).json()
    pages = [f"{shop}/issues", f"{shop}/issues/1", f"{shop}/runs/{made['id']}", f"{shop}/commit/{head(shop[1:])}"]
    for path in pages:
        assert "onerror=alert(6)&gt;" in look(path).text


def test_remark_of_a_check_stands_below_its_line_and_only_the_newest_run_counts(look, admin, installation, shop, head):
    admin("POST", f"/repos{shop}/git/refs", {"ref": "refs/heads/y", "sha": head(shop[1:])}, status=201)
    body = {"message": "Add more", "content": "b25lCnR3bwo=", "branch": "y"}
    sha = admin("PUT", f"/repos{shop}/contents/more.txt", body, status=201).json()["commit"]["sha"]
    number = admin("POST", f"/repos{shop}/pulls", {"title": "T", "head": "y", "base": "main"}, status=201).json()[
        "number"
    ]
    for message in ("Old remark", "New remark"):
        remark = {"path": "more.txt", "start_line": 2, "end_line": 2, "annotation_level": "warning", "message": message}
        output = {"title": message, "summary": "x", "annotations": [remark]}
        run = {"name": "Waypost", "head_sha": sha, "conclusion": "success", "output": output}
        installation("POST", f"/repos{shop}/check-runs", run, status=201)
    page = look(f"{shop}/pull/{number}")
    assert "New remark" in page.text.split("two", 1)[1]
    assert "Old remark" not in page.text


def test_rerun_is_a_click_on_our_own_page_only(connect, installation, shop, head):
    run = {"name": "Waypost", "head_sha": head(shop[1:]), "conclusion": "success"}
    number = installation("POST", f"/repos{shop}/check-runs", run, status=201).json()["id"]
    browser = connect()
    assert "Re-run" in browser("GET", f"{shop}/runs/{number}").text
    browser("POST", f"{shop}/runs/{number}/rerequest", headers={"Origin": "https://elsewhere.example"}, status=404)
    browser("POST", f"{shop}/runs/{number}/rerequest", status=303)
    browser("POST", f"{shop}/runs/99999/rerequest", status=404)


def test_pull_request_shows_its_changes_and_checks(look, connect, admin, installation, shop, head):
    admin("POST", f"/repos{shop}/git/refs", {"ref": "refs/heads/x", "sha": head(shop[1:])}, status=201)
    body = {"message": "Add more", "content": "eA==", "branch": "x"}
    sha = admin("PUT", f"/repos{shop}/contents/more.txt", body, status=201).json()["commit"]["sha"]
    admin("POST", f"/repos{shop}/pulls", {"title": "More", "head": "x", "base": "main"}, status=201)
    run = {"name": "waypost", "head_sha": sha, "conclusion": "success"}
    installation("POST", f"/repos{shop}/check-runs", run, status=201)
    page = look(f"{shop}/pull/1")
    assert all(text in page.text for text in ("wants 1 commit", "more.txt", "waypost", "No description provided"))
    assert connect()("GET", f"{shop}/pull/1.diff", status=200).text.startswith("diff --git a/more.txt b/more.txt")
    admin("PUT", f"/repos{shop}/pulls/1/merge", {}, status=200)
    assert "Merged" in look(f"{shop}/pull/1").text
    assert "More" in look(f"{shop}/pulls?state=closed").text


def test_what_is_not_there_says_so(look, shop, organization):
    for path in ("/nobody-at-all", f"/{organization}/nothing", f"{shop}/blob/main/no.md", f"{shop}/tree/nobranch",
                 f"{shop}/issues/99", f"{shop}/commit/{'0' * 40}", f"{shop}/runs/99999"):  # fmt: skip
        assert "404" in look(path, status=404).text
    assert "this is" in look(f"{shop}/releases", status=404).text


@pytest.mark.parametrize(
    "path", ["/repos/nobody", "/orgs", "/users", "/repos/{shop}/labelz/x", "/teams/x/y/z", "/user/x"]
)
def test_wrong_address_of_the_api_is_answered_by_the_api(connect, shop, path):
    answer = connect()("GET", path.format(shop=shop[1:]), status=404, mistake=True)
    assert answer.json()["message"] == "Not Found"
    assert "X-RateLimit-Remaining" in answer.headers


def test_file_is_edited_elsewhere(connect, shop):
    where = connect()("GET", f"{shop}/edit/main/docs/guide.md", status=302).headers["Location"]
    assert where == f"{shop}/blob/main/docs/guide.md"


def test_everybody_has_a_picture(connect, admin, organization):
    address = admin.get(f"/orgs/{organization}")["avatar_url"]
    answer = connect()("GET", "/_sandbox/" + address.partition("/_sandbox/")[2], status=200)
    assert ">A</text>" in answer.text
    connect()("GET", "/_sandbox/avatars/999999", status=404)


def test_empty_repository_says_how_to_begin(look, admin, organization):
    admin("POST", f"/orgs/{organization}/repos", {"name": "empty"}, status=201)
    assert "git clone" in look(f"/{organization}/empty").text


def test_former_name_leads_to_the_present_one(connect, admin, organization, shop):
    admin("PATCH", f"/repos{shop}", {"name": "store"}, status=200)
    assert connect()("GET", shop, status=302).headers["Location"] == f"/{organization}/store"


def test_workflow_runs_show_their_jobs_and_what_went_wrong(look, admin, control, shop):
    assert "Nothing has run here." in look(f"{shop}/actions").text
    workflow = "name: CI\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{run: make <b>}]\n"
    body = {"message": "Begin <i>", "content": base64.b64encode(workflow.encode()).decode()}
    admin("PUT", f"/repos{shop}/contents/.github/workflows/ci.yml", body, status=201)
    (run,) = admin.get(f"/repos{shop}/actions/runs")["workflow_runs"]
    told = {"name": "test", "conclusion": "failure", "steps": [{"name": "make <b>", "conclusion": "failure"}]}
    note = {"path": "Makefile", "start_line": 1, "annotation_level": "failure", "message": "no rule to make <b>"}
    control("POST", f"/runs/{run['id']}", {"conclusion": "failure", "jobs": [{**told, "annotations": [note]}]})

    assert f"{shop}/actions/runs/{run['id']}" in look(f"{shop}/actions").links
    page = look(f"{shop}/actions/runs/{run['id']}")
    assert "Begin &lt;i&gt;" in page.text
    assert "no rule to make &lt;b&gt;" in page.text
    (job,) = [link for link in page.links if "/job/" in link]
    assert "make &lt;b&gt;" in look(job).text
    look(f"{shop}/actions/runs/999999", status=404)
