"""What any client of a sandbox says is written down and judged at the end of the run."""

from __future__ import annotations

import json
from io import BytesIO

from waypost.sandbox.exchanges import Recorder, recorded, recorder

from .plugin import judged


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"you sent": environ["wsgi.input"].read().decode()}).encode()]


def speak(folder, method="GET", path="/", query="", body=b"", app=application, **headers):
    environ = {
        "REQUEST_METHOD": method,
        "REQUEST_URI": path,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        **headers,
    }
    return b"".join(recorded(app, Recorder(folder))(environ, lambda status, headers, *error: bytes))


def lines(folder):
    return [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]


def test_an_exchange_is_written_as_it_went_over_the_wire(tmp_path):
    answer = speak(tmp_path, "POST", "/repos/a%20b/c/labels", "page=2", b'{"name": "bug"}')
    assert json.loads(answer) == {"you sent": '{"name": "bug"}'}
    assert lines(tmp_path) == [
        {
            "method": "POST",
            "path": "/repos/a%20b/c/labels",
            "query": "page=2",
            "request": {"name": "bug"},
            "status": 200,
            "type": "application/json",
            "response": {"you sent": '{"name": "bug"}'},
        }
    ]


def test_git_control_routes_and_pages_are_not_the_api(tmp_path):
    def page(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<h1>acme</h1>"]

    speak(tmp_path, path="/acme/shop.git/info/refs", query="service=git-upload-pack")
    speak(tmp_path, path="/_sandbox/clock")
    speak(tmp_path, path="/acme/shop", app=page)
    assert lines(tmp_path) == []


def test_what_errs_on_purpose_is_not_judged(tmp_path):
    speak(tmp_path, path="/nonsense", HTTP_X_WAYPOST_MISTAKE="1")
    assert lines(tmp_path) == []


def test_enterprise_addresses_name_the_same_routes(tmp_path):
    speak(tmp_path, path="/api/v3/meta")
    speak(tmp_path, "POST", "/api/graphql", body=b"{}")
    assert {line["path"] for line in lines(tmp_path)} == {"/meta", "/graphql"}


def test_the_run_is_judged_by_what_was_written(tmp_path):
    speak(tmp_path, path="/repos/acme/shop/labelz")
    with next(tmp_path.glob("*.jsonl")).open("a") as file:
        file.write('{"method": "GE')  # a process was killed while it wrote
    seen, violations = judged(tmp_path)
    assert sum(seen.values()) == 1
    assert [violation.rule for violation in violations] == ["route"]


def test_nothing_is_written_unless_asked():
    assert recorder({}) is None
