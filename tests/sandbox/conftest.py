"""One real sandbox for the whole run, and ways to speak to it: as a person, as the App, as an installation, as git."""

from __future__ import annotations

import itertools
import os
import subprocess
import time

import jwt
import pytest
import requests

from waypost.sandbox.process import start

MISTAKE = {"X-Waypost-Mistake": "1"}
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """The sandbox that the tests share; each makes an organisation of its own in it."""
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


class Client:
    """An HTTP client with one token; paths are below the API's address."""

    def __init__(self, sandbox, token=None, scheme="Bearer"):
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False
        if token:
            self.session.headers["Authorization"] = f"{scheme} {token}"

    def __call__(self, method, path, body=None, *, status=None, mistake=False, **options):
        """Ask; `mistake` says that the request is wrong on purpose, for the judge of the run."""
        if mistake:
            options["headers"] = {**options.get("headers", {}), **MISTAKE}
        answer = self.session.request(method, self.sandbox.url + path, json=body, allow_redirects=False, **options)
        if status is not None:
            assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def get(self, path, status=200, **options):
        return self("GET", path, status=status, **options).json()

    def graphql(self, query, mistake=False, **variables):
        return self("POST", "/graphql", {"query": query, "variables": variables}, status=200, mistake=mistake).json()


@pytest.fixture(scope="session")
def connect(sandbox):
    """Make a client with any token, or with none."""
    return lambda token=None, scheme="Bearer": Client(sandbox, token, scheme)


@pytest.fixture(scope="session")
def admin(sandbox):
    return Client(sandbox, sandbox.admin_token)


@pytest.fixture(scope="session")
def control(sandbox):
    """Ask the control routes; they need no token."""
    client = Client(sandbox)
    return lambda method, path, body=None: client(method, f"/_sandbox{path}", body)


@pytest.fixture(scope="session")
def app_jwt(sandbox):
    """Sign an App's token; the claims may be bent."""

    def sign(**claims):
        now = int(time.time())
        default = {"iat": now - 60, "exp": now + 540, "iss": str(sandbox.app_id)}
        return jwt.encode({**default, **claims}, sandbox.private_key, algorithm="RS256")

    return sign


@pytest.fixture(scope="session")
def app(connect, app_jwt):
    return connect(app_jwt())


@pytest.fixture
def organization(control):
    """A new organisation with the App installed over it and one private repository, `pay`."""
    name = f"acme-{os.getpid()}-{next(_NUMBERS)}"
    files = {"README.md": "# Pay\n", "src/pay.py": "print('pay')\n", "catalog-info.yaml": "kind: Component\n"}
    control("POST", "/seed", {name: {"pay": {"files": files, "description": "Payments", "topics": ["money"]}}})
    return name


@pytest.fixture
def repository(organization):
    return f"{organization}/pay"


@pytest.fixture
def token_for(app):
    """Mint an installation token, narrowed as asked."""

    def mint(organization, **narrowing):
        held = app.get(f"/orgs/{organization}/installation")
        return app("POST", f"/app/installations/{held['id']}/access_tokens", narrowing, status=201).json()

    return mint


@pytest.fixture
def installation(connect, token_for, organization):
    """A client with a full installation token of the organisation."""
    return connect(token_for(organization)["token"])


@pytest.fixture
def head(admin):
    """Where a branch points."""
    return lambda repository, branch="main": admin.get(f"/repos/{repository}/git/ref/heads/{branch}")["object"]["sha"]


@pytest.fixture
def git(tmp_path):
    """Run git as somebody who has nothing configured; returns the finished process."""

    def run(*words, folder=tmp_path, ok=True):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in PERSON.items()},
        }
        done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, text=True)
        assert not ok or done.returncode == 0, done.stderr
        return done

    return run


PERSON = {"NAME": "Ada", "EMAIL": "ada@example.com"}


@pytest.fixture
def clone(git, sandbox, tmp_path):
    """Clone a repository with a token and return its folder."""

    def make(repository, token, name="clone"):
        git("clone", "-q", address(sandbox, repository, token), name)
        return tmp_path / name

    return make


def address(sandbox, repository, token=""):
    host = sandbox.git_url.removeprefix("http://")
    return f"http://{f'x-access-token:{token}@' if token else ''}{host}/{repository}.git"


@pytest.fixture
def git_address(sandbox):
    return lambda repository, token="": address(sandbox, repository, token)
