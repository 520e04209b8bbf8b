"""A real PostgreSQL for the tests: started once for each test process, on a free port, without fsync; ended with it.

Debian's binaries (tests/install.sh). Without them tests are skipped and say so, and fail in CI.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import glob
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

BINARIES = "/usr/lib/postgresql/*/bin"
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
}


class Server:
    """One PostgreSQL with its own folder. `settings` go over those of the tests."""

    def __init__(self, binaries: Path, **settings: str) -> None:
        self.binaries = binaries
        # not below pytest's folder, which only its owner may enter: PostgreSQL refuses to run as root
        self.folder = Path(tempfile.mkdtemp(prefix="waypost-postgres-"))
        self.account = _account() if os.geteuid() == 0 else None
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.settings = {**SETTINGS, "port": str(self.port), **settings}
        self._number = itertools.count(1)
        self._run(
            "initdb", "--pgdata", self.data, "--auth", "trust", "--username", "waypost", "--no-sync", "-E", "UTF8"
        )
        self.start()

    @property
    def data(self):
        return self.folder / "data"

    def address(self, database: str) -> str:
        return f"postgresql://waypost@127.0.0.1:{self.port}/{database}"

    def start(self):
        options = " ".join(f"-c {name}='{value}'" for name, value in self.settings.items())
        self._run("pg_ctl", "start", "-w", "-D", self.data, "-l", self.folder / "log", "-o", options)

    def stop(self, mode="fast"):
        self._run("pg_ctl", "stop", "-w", "-D", self.data, "-m", mode)

    def end(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def empty_database(self, template: str = "template1") -> str:
        """Make a database; give its address."""
        name = f"test_{os.getpid()}_{next(self._number)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def database(self) -> str:
        """Make a database that has our tables already; give its address."""
        return self.empty_database(self._template)

    @functools.cached_property
    def _template(self) -> str:
        """A database with the tables in it: copying is faster than making them."""
        from waypost.queue.postgres import PostgresQueue

        self.execute("CREATE DATABASE waypost_template")
        queue = PostgresQueue(self.address("waypost_template"))
        queue.check()
        queue.close()
        return "waypost_template"

    def execute(self, statement: str, database: str = "postgres"):
        import psycopg

        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, program, *arguments):
        subprocess.run(
            [self.binaries / program, *map(str, arguments)],
            check=True,
            stdout=subprocess.DEVNULL,
            user=self.account and self.account.pw_uid,
            cwd="/",
            timeout=60,
        )


def _account():
    """Who runs it when we are root: Debian's package makes an account, other ways may not."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def binaries() -> Path:
    """Find PostgreSQL's programs; skip the test where there are none, but never in CI."""
    found = shutil.which("initdb") or next(iter(sorted(glob.glob(f"{BINARIES}/initdb"), reverse=True)), None)
    if found:
        return Path(found).parent
    reason = "PostgreSQL is not on this machine: apt-get install postgresql"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@functools.cache
def server() -> Server:
    """The one that tests share."""
    one = Server(binaries())
    atexit.register(one.end)
    return one
