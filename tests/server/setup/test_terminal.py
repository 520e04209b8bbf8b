"""Set-up as people start it: the terminal, several web processes, and a worker that waits."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import requests

from server.process import Server


def test_the_terminal_shows_the_token_and_only_there(tmp_path):
    server = Server(tmp_path, secret="", workers=2)
    server.environment["WAYPOST_APP_FILE"] = str(tmp_path / "kept.json")
    server.start()
    try:
        (address,) = re.findall(r"open (\S+)", server.log.read_text())
        assert address.startswith(f"http://127.0.0.1:{server.port}/setup?token=")
        client = requests.Session()
        client.trust_env = False
        assert client.get(address.partition("?")[0]).status_code == 403
        assert client.get(address).status_code == 200
        assert {client.get(address.partition("?")[0]).status_code for _ in range(8)} == {200}  # whichever process
        assert server.log.read_text().count(address.partition("token=")[2]) == 1
    finally:
        server.kill()


def test_a_configured_server_opens_set_up_only_when_asked_to(tmp_path):
    server = Server(tmp_path).start()
    try:
        assert "setup?token" not in server.log.read_text()
        assert requests.get(f"http://127.0.0.1:{server.port}/setup", timeout=60).status_code == 403
    finally:
        server.kill()


def test_a_worker_waits_for_set_up_and_ends_when_told(tmp_path):
    environment = {"PATH": os.environ["PATH"], "WAYPOST_DATABASE_URL": f"sqlite:///{tmp_path}/waypost.db"}
    command = [sys.executable, "-m", "waypost", "worker"]
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert "waiting for /setup to write" in process.stderr.readline()
        process.terminate()
        assert process.wait(60) == 0


def test_half_a_configuration_is_no_reason_to_wait(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "WAYPOST_APP_ID": "7",
        "WAYPOST_DATABASE_URL": f"sqlite:///{tmp_path}/w.db",
    }
    command = [sys.executable, "-m", "waypost", "worker"]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "WAYPOST_PRIVATE_KEY" in done.stderr
