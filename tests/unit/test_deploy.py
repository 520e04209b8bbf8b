"""What `deploy/` offers is judged by the tools that will read it, and says the same commands as the product."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from waypost.limits import WEBHOOK_BODY_BYTES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def tool(name: str) -> str:
    """Find a program beside Python or on the PATH; skip where it is not, but never a package of ours."""
    if (beside := Path(sys.executable).with_name(name)).exists():
        return str(beside)
    return shutil.which(name) or pytest.skip(f"{name} is not on this machine")


def succeed(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_dockerfile_passes_its_linter():
    succeed(tool("hadolint"), DEPLOY / "Dockerfile")


def test_dockerfile_with_a_mistake_does_not(tmp_path):
    broken = tmp_path / "Dockerfile"
    broken.write_text((DEPLOY / "Dockerfile").read_text().replace("python:3.13-slim-bookworm AS", "python:latest AS"))
    done = subprocess.run([tool("hadolint"), broken], capture_output=True, text=True)
    assert done.returncode
    assert "DL3007" in done.stdout


def test_image_copies_what_is_there_and_nothing_else_reaches_it():
    words = re.findall(r"^COPY (?!--)(.*) \S+$", (DEPLOY / "Dockerfile").read_text(), re.M)
    copied = {word for line in words for word in line.split()}
    assert all((ROOT / name).exists() for name in copied)
    allowed = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    assert allowed == copied


def test_compose_file_fits_the_schema_of_compose():
    succeed(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


def test_compose_file_names_what_is_there():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert set(services) == {"proxy", "web", "worker", "database"}
    for service in services.values():
        for volume in service.get("volumes", []):
            if (source := volume.split(":")[0]).startswith("."):
                assert (DEPLOY / source).exists()
    assert services["web"]["command"][0] == "serve"
    assert services["worker"]["command"] == ["worker"]


@pytest.fixture
def nginx(tmp_path):
    """Test a configuration as the image would make it from the template."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        if os.environ.get("CI"):
            pytest.fail("nginx is not on this machine: apt-get install nginx-light")
        pytest.skip("nginx is not on this machine")

    def test(template: str) -> subprocess.CompletedProcess:
        text = template.replace("${WAYPOST_WEB}", "127.0.0.1:8000").replace("${WAYPOST_LISTEN}", "18080")
        (tmp_path / "site.conf").write_text(text)
        http = f"http {{ access_log off; include {tmp_path}/site.conf; }}"
        whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} {http}"
        (tmp_path / "nginx.conf").write_text(whole)
        return subprocess.run([program, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)

    return test


def test_proxy_configuration_is_one(nginx):
    done = nginx((DEPLOY / "nginx.conf.template").read_text())
    assert done.returncode == 0, done.stderr


def test_proxy_configuration_with_a_mistake_is_not(nginx):
    done = nginx((DEPLOY / "nginx.conf.template").read_text().replace("proxy_request_buffering on", "proxy_buffer on"))
    assert "proxy_buffer" in done.stderr
    assert done.returncode


def test_proxy_takes_whole_requests_up_to_our_limit():
    text = (DEPLOY / "nginx.conf.template").read_text()
    assert "proxy_request_buffering on;" in text
    assert f"client_max_body_size {WEBHOOK_BODY_BYTES // 2**20}m;" in text


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_unit(unit, tmp_path):
    analyze = tool("systemd-analyze")
    # the program is not installed here, and its absence would be all that systemd says
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/waypost/bin/waypost", "/bin/true"))
    done = subprocess.run([analyze, "verify", copy], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_systemd_says_what_is_wrong_in_a_unit(tmp_path):
    analyze = tool("systemd-analyze")
    copy = tmp_path / "waypost-serve.service"
    text = (DEPLOY / copy.name).read_text().replace("/opt/waypost/bin/waypost", "/bin/true")
    copy.write_text(text.replace("NoNewPrivileges=yes", "NoNewPrivilege=yes"))
    assert "NoNewPrivilege" in subprocess.run([analyze, "verify", copy], capture_output=True, text=True).stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_runs_a_command_of_ours_without_privileges(unit):
    text = unit.read_text()
    command = re.search(r"^ExecStart=/opt/waypost/bin/waypost (.*)$", text, re.M)[1].split()
    succeed(sys.executable, "-m", "waypost", command[0], "--help")
    for line in ("User=waypost", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077"):
        assert f"\n{line}\n" in text


def test_units_differ_only_in_what_they_run():
    serve, worker = ((DEPLOY / name).read_text() for name in ("waypost-serve.service", "waypost-worker@.service"))
    hardened = [text[text.index("CapabilityBoundingSet=") :] for text in (serve, worker)]
    assert hardened[0] == hardened[1]
