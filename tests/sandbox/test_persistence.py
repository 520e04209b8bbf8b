"""What was answered stays: after a clean stop, and after kill -9."""

import json
import subprocess
import sys

import pytest
import requests

from waypost.cli import main
from waypost.sandbox.process import start


def ask(sandbox, method, path, body=None):
    headers = {"Authorization": f"Bearer {sandbox.admin_token}"}
    return requests.request(method, sandbox.url + path, json=body, headers=headers, timeout=30)


@pytest.mark.slow
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_everything_answered_survives(tmp_path, end):
    first = start(tmp_path / "root")
    ask(first, "POST", "/_sandbox/seed", {"acme": {"pay": {"files": {"README.md": "# Pay\n"}, "topics": ["a"]}}})
    made = ask(first, "PUT", "/repos/acme/pay/contents/new", {"message": "New", "content": "aGk="})
    sha = made.json()["commit"]["sha"]
    ask(first, "PATCH", "/repos/acme/pay", {"name": "payments"})
    getattr(first, end)()

    second = start(tmp_path / "root")
    try:
        assert second.admin_token == first.admin_token
        assert second.private_key == first.private_key
        assert second.webhook_secret == first.webhook_secret
        assert ask(second, "GET", "/repos/acme/payments").json()["topics"] == ["a"]
        assert ask(second, "GET", "/repos/acme/pay").json()["full_name"] == "acme/payments"  # followed
        assert ask(second, "GET", "/repos/acme/payments/git/ref/heads/main").json()["object"]["sha"] == sha
        assert ask(second, "POST", "/orgs/acme/repos", {"name": "next"}).json()["id"] > made.json().get("id", 1)
    finally:
        second.stop()


@pytest.mark.slow
def test_seed_folder_is_read_with_modes_and_links(tmp_path):
    folder = tmp_path / "seed" / "acme" / "tool"
    folder.mkdir(parents=True)
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("run.sh")
    running = start(tmp_path / "root", seed=tmp_path / "seed")
    try:
        tree = ask(running, "GET", "/repos/acme/tool/git/trees/main").json()["tree"]
        assert {one["path"]: one["mode"] for one in tree} == {"run.sh": "100755", "link": "120000"}
    finally:
        running.stop()


@pytest.mark.slow
def test_ready_line_is_alone_on_stdout_and_the_end_is_clean(tmp_path):
    command = [sys.executable, "-m", "waypost", "sandbox", "--root", str(tmp_path / "root")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = json.loads(process.stdout.readline())
        assert requests.get(f"{said['url']}/meta", timeout=30).status_code == 200
        assert set(said) == {"url", "git_url", "admin_token", "app"}
        assert set(said["app"]) == {"id", "slug", "private_key_file", "webhook_secret"}
        process.terminate()
        rest, errors = process.communicate(timeout=120)
    assert (process.returncode, rest, errors) == (0, "", "")


@pytest.mark.parametrize("command", ["sandbox", "demo"])
def test_place_that_cannot_be_one_is_wrong_usage(tmp_path, capsys, command):
    (tmp_path / "file").write_text("x")
    assert main([command, "--port", "99999"]) == 2
    assert main([command, "--root", str(tmp_path / "file")]) == 2
    said = capsys.readouterr().err
    assert "at most 65535" in said
    assert "name a folder" in said


def test_seed_that_is_no_folder_is_wrong_usage(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "waypost", "sandbox", "--seed", str(tmp_path / "none")], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no such folder" in done.stderr
