"""What `waypost doctor` finds: each thing once as it should be, and once as it should not."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from apps import register
from waypost.app_file import KeptApp, write
from waypost.cli import main
from waypost.config import Config
from waypost.forge import needs
from waypost.forge.github import connect
from waypost.forge.guarding import ruleset
from waypost.queue.protocol import Key, Mark
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.doctor import CHECKS, examine
from waypost.sync.doctor.finding import Level
from waypost.sync.doctor.patient import Patient

pytestmark = pytest.mark.slow
ALL = needs.asked("waypost", "writer")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    process = pytest.importorskip("waypost.sandbox.process", reason="the sandbox needs the extra `sandbox`")
    running = process.start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def receiver():
    """Somebody who takes every delivery."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/webhooks"
    server.shutdown()


class Clinic:
    """An organisation with one App that has everything, a guarded catalog, a database and a worker."""

    def __init__(self, sandbox, folder, hook, two_apps=False):
        number = next(_NUMBERS)
        self.org, self.url = f"clinic{number}", sandbox.url
        self._token = sandbox.admin_token
        self.seed({"catalog": {"files": {"waypost.yaml": "{}\n"}}})
        permissions = needs.asked("waypost") if two_apps else ALL
        self.app = register(sandbox, self.org, f"Waypost {number}", permissions, needs.events(), hook)
        self.writer, self.hook = None, hook
        if two_apps:
            self.writer = register(sandbox, self.org, f"Writer {number}", needs.asked("writer"))
        self.queue = SqliteQueue(folder / "queue.db")
        self.queue.lease(["repo"], 1, 1.0)  # a worker was there
        self.config = Config(
            api_url=sandbox.url,
            app_id=self.app.id,
            private_key=self.app.private_key,
            webhook_secrets=("s",),
            database_url=f"sqlite:///{folder / 'queue.db'}",
            app_file=folder / "waypost-app.json",
            writer_app_id=self.writer.id if self.writer else 0,
            writer_private_key=self.writer.private_key if self.writer else "",
        )
        self.guard(ruleset(self.app.id, self.writer.id if self.writer else 0))

    def ask(self, verb, path, body=None):
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = requests.request(verb, self.url + path, json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def seed(self, repositories):
        self.ask("POST", "/_sandbox/seed", {self.org: repositories})

    def guard(self, body):
        for one in self.ask("GET", f"/repos/{self.org}/catalog/rulesets"):
            self.ask("DELETE", f"/repos/{self.org}/catalog/rulesets/{one['id']}")
        if body:
            self.ask("POST", f"/repos/{self.org}/catalog/rulesets", body)

    def change(self, **fields):
        self.config = Config(**{name: getattr(self.config, name) for name in Config.__slots__} | fields)

    def found(self, clock=time.time):
        forges = connect(self.config, clock, lambda seconds: None)
        return list(examine(Patient(self.config, self.queue, forges, clock, self.org)))

    def wrong(self, **more):
        """All that is not well, as `level subject: text`."""
        return [f"{one.level} {one.subject}: {one.text}" for one in self.found(**more) if one.level != Level.OK]


_NUMBERS = iter(range(1, 1_000))


@pytest.fixture
def clinic(sandbox, tmp_path, receiver):
    return Clinic(sandbox, tmp_path, receiver)


@pytest.fixture
def careful(sandbox, tmp_path, receiver):
    return Clinic(sandbox, tmp_path, receiver, two_apps=True)


def hook(clinic, url):
    forges = connect(clinic.config, time.time, lambda seconds: None)
    app = forges.as_app()
    app.api.call(app.credential, "PATCH", "/app/hook/config", "setting the hook", {"url": url})


def test_nothing_is_wrong_with_a_healthy_installation(clinic):
    assert clinic.wrong() == []


def test_a_healthy_installation_with_two_apps(careful):
    assert careful.wrong() == []


def test_every_line_that_is_not_ok_says_what_to_do(clinic):
    clinic.change(webhook_secrets=())
    clinic.guard(None)
    assert all(one.fix for one in clinic.found() if one.level != Level.OK)


def test_a_missing_webhook_secret(clinic):
    clinic.change(webhook_secrets=())
    assert any(line.startswith("error webhook secret: is not set") for line in clinic.wrong())


@pytest.mark.parametrize(("mode", "is_wrong"), [(0o600, False), (0o640, True), (0o604, True)], ids=oct)
def test_secrets_that_others_can_read(clinic, mode, is_wrong):
    write(clinic.config.app_file, {"app": KeptApp(clinic.app.id)})
    clinic.config.app_file.chmod(mode)
    found = [line for line in clinic.wrong() if line.startswith("error secrets: others can read")]
    assert bool(found) == is_wrong


def test_a_database_that_cannot_be_opened(clinic):
    clinic.queue = None
    assert "error database: the SQLite database cannot be opened" in clinic.wrong()


def test_no_worker_was_ever_there(clinic, tmp_path):
    clinic.queue = SqliteQueue(tmp_path / "new.db")
    assert "error worker: none has ever asked for work: nothing is read or published" in clinic.wrong()


def test_a_worker_that_stopped(clinic):
    later = time.time() + 3_600
    clinic.queue = SqliteQueue(clinic.config.database_path, clock=lambda: later)
    assert any("error worker: none has asked for work for" in line for line in clinic.wrong(clock=lambda: later))


def test_keys_that_were_set_aside(clinic):
    clinic.queue.mark([Mark(Key(1, "repo", "1"))])
    now = [time.time()]
    queue = clinic.queue = SqliteQueue(clinic.config.database_path, clock=lambda: now[0])
    while not queue.dead():
        now[0] += 2_000
        for lease in queue.lease(["repo"], 1, 60):
            queue.retry(lease, "broken")
    assert any("warning keys: 1 key was set aside" in line for line in clinic.wrong())


def test_a_clock_that_is_wrong(clinic):
    found = clinic.wrong(clock=lambda: time.time() + 600)
    assert any(line.startswith("warning clock: this machine's clock is 10 minutes ahead") for line in found)


def test_a_key_of_another_app(clinic, careful):
    clinic.change(private_key=careful.app.private_key)
    (line,) = (line for line in clinic.wrong() if line.startswith("error reachable"))
    assert "401" in line
    assert len(clinic.found()) < len(CHECKS), "the rest would only say so again"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("https://portal.acme.example/", "error webhook: goes to https://portal.acme.example/", id="wrong"),
        pytest.param("https://portal.acme.example/webhooks", None, id="right"),
    ],
)
def test_where_the_webhook_goes(clinic, url, said):
    hook(clinic, url)
    found = [line for line in clinic.wrong() if line.startswith("error webhook")]
    assert found[0].startswith(said) if said else not found, found


def test_a_webhook_without_an_address_and_so_without_deliveries(clinic, sandbox):
    mute = register(sandbox, clinic.org, f"Mute {clinic.org}", ALL)
    clinic.change(app_id=mute.id, private_key=mute.private_key)
    lines = clinic.wrong()
    assert "error webhook: has no address: GitHub tells us nothing" in lines
    assert "warning deliveries: GitHub has sent none within the days it remembers" in lines


def test_an_event_that_is_not_heard(clinic, sandbox):
    few = [name for name in needs.events() if name not in ("team", "push")]
    other = register(sandbox, clinic.org, f"Deaf {clinic.org}", ALL, few, clinic.hook)
    clinic.change(app_id=other.id, private_key=other.private_key)
    (line,) = (line for line in clinic.wrong() if " events: " in line)
    assert line.startswith("error events: does not listen to push, team (lost: ")


def test_deliveries_that_failed(clinic):
    hook(clinic, "http://127.0.0.1:9/webhooks")  # nobody listens there
    clinic.ask("POST", f"/orgs/{clinic.org}/repos", {"name": "pay"})
    until = time.monotonic() + 20
    while time.monotonic() < until and not any(" deliveries: " in line and "failed" in line for line in clinic.wrong()):
        pass
    (line,) = (line for line in clinic.wrong() if " deliveries: " in line)
    assert line.startswith("error deliveries: ")
    assert "was not answered" in line or "was answered" in line


def test_an_app_that_is_installed_nowhere(clinic):
    clinic.ask("DELETE", f"/_sandbox/installations/{clinic.app.installation}")
    assert f"error installation: the App is not installed over {clinic.org}" in clinic.wrong()


def test_a_suspended_installation(clinic):
    clinic.ask("PATCH", f"/_sandbox/installations/{clinic.app.installation}", {"suspended": True})
    assert f"error installation over {clinic.org}: is suspended: nothing is read" in clinic.wrong()


def test_a_permission_that_is_missing_names_what_goes_without_it(clinic):
    less = {name: level for name, level in ALL.items() if name != "members"} | {"contents": "read"}
    clinic.ask("PATCH", f"/_sandbox/installations/{clinic.app.installation}", {"permissions": less})
    lines = [line for line in clinic.wrong() if "error permissions" in line]
    assert lines == [
        f"error permissions over {clinic.org}: members: read is not granted (read teams and members):"
        " owners are not checked, team pages show no people",
        f"error permissions over {clinic.org}: contents: write is not granted (commit the catalog, merge registrations,"
        " push what is made): no publishing",
    ]


def test_a_writer_that_is_not_installed(careful):
    careful.ask("DELETE", f"/_sandbox/installations/{careful.writer.installation}")
    (line,) = careful.wrong()
    assert line.startswith(f"error writer's permissions over {careful.org}: ")
    assert f"is not installed over {careful.org}" in line


def test_a_reader_that_may_write_although_there_is_a_writer(careful):
    more = needs.asked("waypost") | {"contents": "write"}
    careful.ask("PATCH", f"/_sandbox/installations/{careful.app.installation}", {"permissions": more})
    assert any(line.startswith("warning two Apps over") for line in careful.wrong())


def test_the_same_app_twice(clinic):
    clinic.change(writer_app_id=clinic.app.id, writer_private_key=clinic.app.private_key)
    assert f"error two Apps: both Apps are number {clinic.app.id}" in clinic.wrong()


def test_little_quota(clinic):
    who = f"installation:{clinic.app.installation}"
    clinic.ask("POST", "/_sandbox/budgets", {"who": who, "resource": "graphql", "remaining": 40})
    lines = [line for line in clinic.wrong() if " quota " in line]
    assert len(lines) == 1
    assert "40 of " in lines[0]


def test_no_catalog(clinic):
    clinic.change(catalog_repository="portal")
    name = f"{clinic.org}/portal"
    assert f"error catalog {name}: is not there, or the App was not given it" in clinic.wrong()


def test_a_public_catalog(clinic):
    clinic.ask("PATCH", f"/repos/{clinic.org}/catalog", {"visibility": "public"})
    assert any(line.startswith(f"warning catalog {clinic.org}/catalog: is public") for line in clinic.wrong())


def test_a_catalog_that_nothing_guards(clinic):
    clinic.guard(None)
    (line,) = (line for line in clinic.wrong() if " ruleset " in line)
    assert line == (
        f"warning ruleset of {clinic.org}/catalog: changes need no pull request;"
        ' the check "Waypost" of this App is not required'
    )


def test_a_ruleset_that_stops_the_app(clinic):
    clinic.guard(ruleset(clinic.app.id) | {"bypass_actors": []})
    (line,) = (line for line in clinic.wrong() if " ruleset " in line)
    assert line.startswith(f"error ruleset of {clinic.org}/catalog: the App may not bypass")


@pytest.mark.parametrize("is_public", [True, False])
def test_a_site_that_more_people_see_than_the_catalog(clinic, is_public):
    with_pages = ALL | {"pages": "read"}
    clinic.ask("PATCH", f"/_sandbox/installations/{clinic.app.installation}", {"permissions": with_pages})
    site = {"source": {"branch": "main", "path": "/"}}
    clinic.ask("POST", f"/repos/{clinic.org}/catalog/pages", site)
    clinic.ask("PUT", f"/repos/{clinic.org}/catalog/pages", {"public": is_public})
    lines = [line for line in clinic.wrong() if " Pages " in line]
    assert [line.split(":")[0] for line in lines] == [f"error Pages of {clinic.org}/catalog"] * is_public


def test_a_site_that_nobody_may_look_at(clinic):
    clinic.ask("POST", f"/repos/{clinic.org}/catalog/pages", {"source": {"branch": "main", "path": "/"}})
    assert any(line.startswith(f"warning Pages of {clinic.org}/catalog") for line in clinic.wrong())


@pytest.mark.parametrize(("text", "level"), [("discovery: 7\n", "error"), ("discover: 7\n", "warning")])
def test_settings_that_are_not_understood(clinic, text, level):
    clinic.ask("POST", "/_sandbox/commits", {f"{clinic.org}/catalog": {"waypost.yaml": text}})
    (line,) = clinic.wrong()
    assert line.startswith(f"{level} waypost.yaml of {clinic.org}/catalog: line 1")


def environment(clinic, monkeypatch):
    values = {
        "GITHUB_API_URL": clinic.url,
        "WAYPOST_APP_ID": str(clinic.config.app_id),
        "WAYPOST_PRIVATE_KEY": clinic.config.private_key,
        "WAYPOST_WEBHOOK_SECRET": "s",
        "WAYPOST_DATABASE_URL": clinic.config.database_url,
        "WAYPOST_APP_FILE": str(clinic.config.app_file),
    }
    for name in ("WAYPOST_TOKEN", "GITHUB_TOKEN", "WAYPOST_CATALOG_REPOSITORY", "WAYPOST_PRIVATE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_the_command_says_each_line_and_ends_well_without_errors(clinic, monkeypatch, capsys):
    environment(clinic, monkeypatch)
    assert main(["doctor", "--org", clinic.org]) == 0
    printed = capsys.readouterr()
    assert "ok       database: SQLite, can be written" in printed.out
    assert printed.err.endswith(" 0 warnings, 0 errors\n")


def test_the_command_ends_with_one_on_an_error_and_speaks_json(clinic, monkeypatch, capsys):
    environment(clinic, monkeypatch)
    monkeypatch.setenv("WAYPOST_PRIVATE_KEY", "hush")
    assert main(["doctor", "--format", "json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["level"] == "error"
    assert "hush" not in line


def test_the_command_counts_in_plain_words(clinic, monkeypatch, capsys):
    environment(clinic, monkeypatch)
    monkeypatch.setenv("WAYPOST_PRIVATE_KEY", "hush")
    main(["doctor"])
    assert capsys.readouterr().err == "0 ok, 0 warnings, 1 error\n"


def test_in_a_workflow_what_makes_sense_is_looked_at(clinic, monkeypatch, capsys):
    environment(clinic, monkeypatch)
    clinic.guard(None)  # what lets the App pass stops a workflow
    for name in ("WAYPOST_APP_ID", "WAYPOST_PRIVATE_KEY", "WAYPOST_WEBHOOK_SECRET"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("GITHUB_TOKEN", clinic._token)
    monkeypatch.setenv("WAYPOST_CATALOG_REPOSITORY", f"{clinic.org}/catalog")
    assert main(["doctor"]) == 0
    printed = capsys.readouterr().out
    assert f"ok       catalog {clinic.org}/catalog" in printed
    assert "worker:" not in printed
