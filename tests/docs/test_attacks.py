"""Hostile repositories: no code runs, nothing outside is read, nobody is asked, no script comes out."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from waypost.docs.build import build
from waypost.docs.mkdocs_engine import _place, _why
from waypost.docs.problems import CannotBuild
from waypost.docs.written import read_texts

pytest.importorskip("mkdocs", reason='MkDocs is not installed: pip install "waypost[docs]"')
pytestmark = pytest.mark.slow


@pytest.fixture
def listener():
    """Somebody who would notice a request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server


def was_asked(server):
    try:
        server.accept()[0].close()
    except TimeoutError:
        return False
    return True


def test_no_door_of_mkdocs_runs_code_of_the_repository(tmp_path):
    root = tmp_path / "repo"
    (root / "docs").mkdir(parents=True)
    proof = tmp_path / "ran"
    evil = f"open({str(proof)!r}, 'w').write('x')\n"
    for name in ("evil.py", "docs/evil.py", "docs/evil_extension.py"):
        (root / name).write_text(evil + "def makeExtension(**_): pass\ndef on_config(config): pass\n")
    (root / "theme").mkdir()
    (root / "theme/main.html").write_text("{{ ''.__class__.__mro__ }}<script>alert(1)</script>")
    (root / "base.yml").write_text("hooks: [evil.py]\n")
    (root / "docs/index.md").write_text("# A\n\n{{ config.x }} {% include 'x' %}\n")
    (root / "mkdocs.yml").write_text(
        "INHERIT: base.yml\nhooks: [evil.py]\ntheme: {name: null, custom_dir: theme}\n"
        "plugins: [techdocs-core, macros: {module_name: evil}, evil]\n"
        "markdown_extensions: [evil, docs.evil_extension, evil:X, {pymdownx.superfences: {custom_fences: [\n"
        "  {name: x, class: x, format: !!python/name:evil.f ''}]}}]\n"
        "extra: !!python/object/apply:os.system ['touch " + str(proof) + "']\n"
        "site_name: !ENV [PATH, fallback]\n"
    )
    built = build(root)
    assert not proof.exists()
    page = built.files["index.html"].decode()
    assert "alert" not in page
    assert os.environ["PATH"] not in page
    assert {problem.line for problem in built.problems if problem.file == "mkdocs.yml"} >= {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param('--8<-- "{secret}"', id="absolute"),
        pytest.param('--8<-- "../../{name}"', id="climbing"),
        pytest.param('--8<-- "docs/../../{name}"', id="climbing from inside"),
        pytest.param(";--8<--\n../{name}\n;--8<--", id="older form"),
        pytest.param('--8<-- "link.txt"', id="through a link"),
        pytest.param("![x](link.txt)", id="image that is a link"),
        pytest.param("```plantuml\n!include {secret}\n```", id="plantuml"),
        pytest.param("```graphviz dot x.svg\ndigraph {{ a [image=\"{secret}\"] }}\n```", id="graphviz"),
    ],
)  # fmt: skip
def test_no_page_shows_a_file_from_outside(tmp_path, page):
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    root = tmp_path / "repo"
    (root / "docs").mkdir(parents=True)
    (root / "docs/index.md").write_text("# A\n\n" + page.format(secret=secret, name=secret.name) + "\n")
    (root / "docs/link.txt").symlink_to(secret)
    (root / "docs/folder").symlink_to(tmp_path)
    (root / "mkdocs.yml").write_text(
        "plugins: [techdocs-core]\nmarkdown_extensions:\n  - pymdownx.snippets:\n"
        f"      base_path: ['/', '{tmp_path}']\n      restrict_base_path: false\n      url_download: true\n"
    )
    built = build(root)
    assert not [path for path, data in built.files.items() if b"TOPSECRET" in data]
    assert {problem.file for problem in built.problems} >= {"docs/link.txt", "docs/folder"}


def test_snippet_of_the_same_repository_is_shown(tmp_path):
    (tmp_path / "docs/parts").mkdir(parents=True)
    (tmp_path / "docs/index.md").write_text('# A\n\n--8<-- "parts/b.py"\n\n--8<-- "README.md"\n')
    (tmp_path / "docs/parts/b.py").write_text("from here\n")
    (tmp_path / "README.md").write_text("and from there\n")
    page = build(tmp_path).files["index.html"].decode()
    assert "from here" in page
    assert "and from there" in page


@pytest.mark.parametrize("what", ["mkdocs.yml", "docs", "README.md"])
def test_link_out_of_the_repository_is_refused(tmp_path, what):
    outside = tmp_path / "outside"
    (outside / "docs").mkdir(parents=True)
    (outside / "docs/index.md").write_text("TOPSECRET")
    (outside / "mkdocs.yml").write_text("site_name: TOPSECRET\n")
    (outside / "README.md").write_text("TOPSECRET")
    root = tmp_path / "repo"
    root.mkdir()
    (root / what).symlink_to(outside / what)
    with pytest.raises(CannotBuild) as caught:
        build(root)
    assert "TOPSECRET" not in str(caught.value.problem)


def test_nobody_is_asked_while_a_site_is_built(tmp_path, listener):
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(
        f'# A\n\n--8<-- "{address}/x.md"\n\n![x]({address}/x.png)\n\n```plantuml\n!include {address}/x\n```\n'
        f"<img src='{address}/p'><link rel=stylesheet href='{address}/c'>\n"
    )
    (tmp_path / "mkdocs.yml").write_text(
        f"repo_url: {address}\nmarkdown_extensions:\n  - pymdownx.snippets: {{url_download: true}}\n"
        f"  - plantuml_markdown: {{server: '{address}'}}\n"
    )
    build(tmp_path)
    assert not was_asked(listener)


ATTEMPTS = {
    "network": "import socket; socket.create_connection(('127.0.0.1', {port}))",
    "name": "import socket; socket.getaddrinfo('localhost', 80)",
    "program": "import subprocess; subprocess.run(['/bin/true'])",
    "shell": "import os; os.system('true')",
    "fork": "import os; os.fork()",
    "reading": "open('/etc/passwd').read()",
    "reading below": "import os; os.open('/etc/passwd', os.O_RDONLY)",
    "reading by a link": "import os; os.symlink('/etc', '{room}/etc'); open('{room}/etc/passwd')",
    "writing": "open('{outside}', 'w')",
    "removing": "import os; os.remove('{outside}')",
    "C": "import ctypes; ctypes.CDLL('libc.so.6')",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_locked_process_refuses(tmp_path, attempt, listener):
    room = tmp_path / "room"
    room.mkdir()
    values = {"port": listener.getsockname()[1], "room": room, "outside": tmp_path / "outside"}
    (tmp_path / "outside").write_text("kept")
    code = (
        "import ctypes, socket, subprocess, os; from pathlib import Path; from waypost.docs import guard; "
        f"guard.lock(Path({str(room)!r})); open({str(room / 'ok')!r}, 'w').write('x'); "
        + ATTEMPTS[attempt].format(**values)
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (room / "ok").read_text() == "x"  # the room itself is open
    assert "PermissionError" in done.stderr
    assert (tmp_path / "outside").read_text() == "kept"
    assert not was_asked(listener)


def test_locked_process_is_bounded(tmp_path):
    code = (
        "from waypost.docs import guard; guard.limit(); import resource, json; "
        "print(json.dumps([resource.getrlimit(x) for x in (resource.RLIMIT_AS, resource.RLIMIT_CPU)])); "
        "x = 'x' * 3 * 1024**3"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert json.loads(done.stdout) == [[2 * 1024**3] * 2, [120, 125]]
    assert "MemoryError" in done.stderr


def test_secrets_of_the_environment_do_not_reach_the_process(tmp_path, monkeypatch):
    monkeypatch.setenv("WAYPOST_TOKEN", "ghs_TOPSECRET")
    from waypost.docs.mkdocs_engine import _environment

    assert "ghs_TOPSECRET" not in str(_environment(tmp_path))
    assert _environment(tmp_path)["HOME"].startswith(str(tmp_path))


def test_page_that_kills_the_process_is_a_reason_not_a_crash(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("---\nx: " + "[" * 30_000 + "\n---\n# A\n")
    with pytest.raises(CannotBuild) as caught:
        build(tmp_path)
    assert caught.value.problem.id == "docs-failed"
    assert str(tmp_path) not in caught.value.problem.message


@pytest.mark.parametrize("name", ["..%2f..%2fx.md", "%2e%2e.md", "a b.md", "ü.md", "-.md"])
def test_odd_file_names_stay_inside_the_site(tmp_path, name):
    # CVE-2026-106490: what is served lies below the site
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# A\n")
    (tmp_path / "docs" / name).write_text("# B\n")
    out = tmp_path / "out"
    for path in build(tmp_path).files:
        assert (out / path).resolve().is_relative_to(out.resolve())
        assert not Path(path).is_absolute()
        assert ".." not in path.split("/")


def test_page_of_attacks_comes_out_without_one(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(
        "---\ntitle: <script>alert(1)</script>\ntemplate: ../../x.html\n---\n# A <svg onload=alert(1)>\n\n"
        "[x](javascript:alert(1)) <a href='javascript:alert(1)'>y</a>\n{: onclick=alert(1) }\n\n"
        "```mermaid\ngraph TD; A[<img src=x onerror=alert(1)>]\n```\n\n"
        '```{ .py onload=alert(1) title="<script>alert(1)</script>" }\nx\n```\n\n[z]: javascript:alert(1)\n[z]\n'
    )
    (tmp_path / "docs/x.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    (tmp_path / "docs/y.html").write_text("<script>alert(1)</script>")
    built = build(tmp_path)
    page = built.files["index.html"].decode()
    assert "<script>alert" not in page
    assert "javascript:" not in page.replace("[x](javascript:", "")
    assert "onclick" not in page
    assert "y.html" not in built.files
    assert b"alert" not in built.files["x.svg"]


BOLD = [f'<b class="{number}{"A" * 1_000}">' for number in range(100)]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        # 110 kB that are 102 MB when every <b> is opened anew in every <p>
        pytest.param(f"<p>{''.join(BOLD)}{'<p>x</p>' * 1_000}{'</b>' * 100}</p>", "grows from", id="reopened"),
        pytest.param("<div>" * 2_000, "elements more than 150 deep", id="nested"),
        pytest.param("<div><b class='x'>" * 400, "deep", id="nested with formatting"),
        pytest.param(f"</div>\n\n    {'&' * 900_000}\n\n<div>", "at most 4,194,304 are published", id="long"),
    ],
)
def test_page_that_takes_more_to_read_than_it_says_is_refused_by_name(tmp_path, page, words):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# A\n")
    (tmp_path / "docs/odd.md").write_text(f"<div>\n{page}\n</div>\n")
    with pytest.raises(CannotBuild) as caught:
        build(tmp_path)
    problem = caught.value.problem
    assert problem.file == "docs/odd.md"
    assert words in problem.message
    assert "lose the elements of" in problem.fix


def test_refused_front_page_is_named_as_the_readme_that_it_was(tmp_path):
    (tmp_path / "README.md").write_text("<div>" * 200)
    with pytest.raises(CannotBuild, match="150 deep") as caught:
        build(tmp_path)
    assert caught.value.problem.file == "README.md"


def test_image_nested_too_deep_is_left_out(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# A\n")
    (tmp_path / "docs/deep.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{"<g>" * 2_000}{"</g>" * 2_000}</svg>'
    )
    built = build(tmp_path)
    assert "deep.svg" not in built.files
    assert [problem.message for problem in built.problems] == ["left out: its elements are more than 200 deep"]


@pytest.mark.parametrize(
    ("code", "errors", "words", "id"),
    [
        pytest.param(-signal.SIGXCPU, b"", "120 s of processor time", "docs-too-big", id="time"),
        pytest.param(
            -signal.SIGABRT, b"memory allocation of 9 bytes failed", "2 GB of memory", "docs-too-big", id="Rust"
        ),
        pytest.param(1, b"MemoryError:  Error reading page 'a.md':", "2 GB of memory", "docs-too-big", id="memory"),
        pytest.param(1, b"MemoryError:", "2 GB of memory", "docs-too-big", id="memory without a word"),
        pytest.param(1, b"RecursionError: maximum", "nested too deep", "docs-failed", id="depth"),
        pytest.param(1, b"OSError: [Errno 27] File too large: 'x'", "64 MB together", "docs-too-big", id="size"),
        pytest.param(-signal.SIGSEGV, b"", "ended by signal 11", "docs-failed", id="crash"),
        pytest.param(1, b"ValueError: odd", "could not build it: ValueError: odd", "docs-failed", id="other"),
        pytest.param(1, b"", "it ended with 1", "docs-failed", id="silence"),
    ],
)
def test_end_of_the_locked_process_is_put_into_words(tmp_path, code, errors, words, id):
    message, fix, found = _why(code, errors, tmp_path)
    assert words in message
    assert fix
    assert found == id


def test_page_at_which_the_process_ended_is_named(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("x")
    for at, place in (("a.md", "pages/a.md"), ("../at.txt", "docs"), ("gone.md", "docs")):
        (tmp_path / "at.txt").write_text(at)
        assert _place(tmp_path, "pages") == place
    (tmp_path / "at.txt").unlink()
    assert _place(tmp_path, ".") == "docs"


LONG = f"<!-- {'a' * 1_000_000} -->"


def test_included_site_may_have_a_long_name(tmp_path):
    (tmp_path / "sub/docs").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# A\n")
    (tmp_path / "sub/docs/index.md").write_text("# B\n")
    (tmp_path / "sub/mkdocs.yml").write_text(f"site_name: {'a' * 300}\n")
    (tmp_path / "mkdocs.yml").write_text('nav: [index.md, {B: "!include ./sub/mkdocs.yml"}]\n')
    assert f"{'a' * 100}/index.html" in build(tmp_path).files


@pytest.mark.parametrize("line", [pytest.param('--8<-- "long.md"', id="included"), pytest.param(LONG, id="its own")])
def test_markdown_that_travels_along_has_an_end(tmp_path, line):
    (tmp_path / "docs").mkdir()
    (tmp_path / "long.md").write_text(LONG)
    for number in range(20):
        (tmp_path / f"docs/{number:02}.md").write_text(f"{line}\n")
    built = build(tmp_path)
    assert built.pages == 20
    texts = read_texts(json.loads(built.files["waypost_source.json"]))
    assert sum(len(page.text) for page in texts.values()) < 17_000_000
    assert len(texts["15.md"].text) > 1_000_000
    if line == LONG:
        assert [problem.file for problem in built.problems] == ["docs/16.md"]
        assert "more than 16 MB" in built.problems[0].message
    else:
        assert texts["16.md"].text == f"{line}\n"
