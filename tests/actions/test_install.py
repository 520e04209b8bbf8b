"""The installation of an action: found again, never half, never from the folder that is checked; else it says why."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from actions.rig import ROOT, run_install

pytestmark = pytest.mark.slow
CLI = """\
import sys


def main():
    print("waypost", *sys.argv[1:])
    return 0
"""


@pytest.fixture
def checkout(tmp_path):
    """What a runner downloads of the actions, with little code and no packages, so that installing is quick."""
    return begin(tmp_path / "checkout")


def begin(folder):
    files = {"app/waypost/__init__.py": "", "app/waypost/cli/__init__.py": CLI, "schemas/a.json": "{}"}
    files["app/waypost/__main__.py"] = "import sys\nfrom waypost.cli import main\nsys.exit(main())\n"
    for lock in ("actions", "docs"):
        files[f"requirements-{lock}.lock"] = f"# {lock}\n"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "app" / "waypost" / "schemas").symlink_to("../../schemas")
    (folder / "actions").mkdir()
    for name in ("install.sh", "install.py"):
        shutil.copy(ROOT / "actions" / name, folder / "actions")
    return folder


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """An environment without packages, which takes seconds to make: once for most tests."""
    folder = tmp_path_factory.mktemp("packages")
    code, said, _ = run_install([], folder / "cache", begin(folder / "checkout") / "actions" / "install.sh")
    assert code == 0, said
    (made,) = folder.glob("cache/waypost/*/packages")
    return made


@pytest.fixture
def install(checkout, tmp_path, packages):
    """Run install.sh of that checkout, as a step of a job would, where the packages are there already."""
    cache = tmp_path / "cache"
    place = cache / "waypost" / packages.parent.name / "packages"
    shutil.copytree(packages, place, symlinks=True, copy_function=os.link)
    return lambda *words, **told: run_install(words, cache, checkout / "actions" / "install.sh", **told)


def content(folder):
    return {path.relative_to(folder): path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def test_command_is_made_once_and_then_found_in_silence(install, checkout):
    before = content(checkout)
    code, said, outputs = install()
    assert (code, said) == (0, "")
    assert subprocess.check_output([outputs["bin"], "a b", "c"], text=True) == "waypost a b c\n"
    stamp = Path(outputs["bin"]).stat().st_mtime_ns
    assert install() == (0, "", outputs)
    assert Path(outputs["bin"]).stat().st_mtime_ns == stamp
    assert content(checkout) == before


def test_links_of_the_package_are_followed(install):
    _, _, outputs = install()
    (schema,) = Path(outputs["bin"]).parents[1].glob("lib/python3*/site-packages/waypost/schemas/a.json")
    assert not schema.is_symlink()
    assert schema.read_text() == "{}"


def test_key_leads_to_where_the_command_will_be(install):
    _, _, before = install("key")
    _, _, made = install()
    _, _, after = install("key")
    assert (before["is-there"], after["is-there"]) == ("false", "true")
    assert made["bin"].startswith(f"{before['path']}/")
    assert before["key"].startswith(before["restore-key"])


def test_new_code_shares_the_packages_and_new_packages_share_nothing(install, checkout):
    _, _, old = install("key")
    (checkout / "app" / "waypost" / "more.py").write_text("")
    _, _, newer = install("key")
    assert (newer["path"], newer["restore-key"]) == (old["path"], old["restore-key"])
    assert newer["key"] != old["key"]
    (checkout / "requirements-actions.lock").write_text("# other\n")
    assert install("key")[2]["path"] != old["path"]
    assert install("key", "docs")[2]["path"] not in (old["path"], newer["path"])


def test_two_jobs_on_one_runner_may_install_at_once(checkout, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        script = checkout / "actions" / "install.sh"
        results = list(pool.map(lambda _: run_install([], tmp_path / "fresh", script), range(2)))
    assert {code for code, _, _ in results} == {0}, results
    (command,) = {outputs["bin"] for _, _, outputs in results}
    assert subprocess.check_output([command], text=True) == "waypost\n"
    code, packages = Path(command).parents[1], Path(command).parents[2]
    assert {path.name for path in packages.iterdir()} == {code.name, "packages"}


def test_half_of_an_installation_is_made_anew(install):
    _, _, outputs = install()
    folder = Path(outputs["bin"]).parents[1]
    (folder / ".done").unlink()
    Path(outputs["bin"]).unlink()
    assert install() == (0, "", outputs)
    assert subprocess.check_output([outputs["bin"]], text=True) == "waypost\n"


def test_neither_the_folder_nor_pythonpath_decides_what_runs(install, tmp_path):
    _, _, outputs = install()
    for name in ("waypost.py", "argparse.py", "sitecustomize.py"):
        (tmp_path / name).write_text("print('taken over')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": str(tmp_path / "waypost.py")}
    said = subprocess.check_output([outputs["bin"]], text=True, cwd=tmp_path, env=environment)
    assert said == "waypost\n"


def test_child_of_the_command_finds_the_package(install):
    """Documentation is built by one: python -m waypost.docs.child."""
    _, _, outputs = install()
    python = Path(outputs["bin"]).with_name("python")
    assert subprocess.check_output([python, "-P", "-s", "-m", "waypost", "child"], text=True) == "waypost child\n"


def test_packages_that_do_not_match_their_hashes_are_refused(install, checkout):
    (checkout / "requirements-actions.lock").write_text(f"six==1.17.0 --hash=sha256:{'0' * 64}\n")
    code, said, outputs = install()
    assert (code, outputs) == (1, {})
    assert "::error title=Waypost::the packages of requirements-actions.lock cannot be installed" in said


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        pytest.param({}, "none", id="none"),
        pytest.param({"python3": "Python 3.10.12"}, "Python 3.10.12", id="too old"),
    ],
)
def test_runner_without_a_python_of_today_is_told_what_to_do(install, tmp_path, versions, found):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "dirname"):
        (programs / name).symlink_to(shutil.which(name))
    for name, version in versions.items():
        (programs / name).write_text(f'#!/bin/bash\n[ "$1" = --version ] && echo "{version}"\n')
        (programs / name).chmod(0o755)
    code, said, outputs = install(PATH=str(programs))
    assert (code, outputs) == (1, {})
    assert said.startswith(f"::error title=Waypost::this runner has no Python 3.11 or newer (found: {found}).")
    assert "runs-on: ubuntu-24.04" in said


def test_outside_of_a_job_there_is_nowhere_to_install(install):
    code, said, _ = install(RUNNER_TOOL_CACHE="", RUNNER_TEMP="")
    assert code == 1
    assert "this runs in a step of GitHub Actions" in said


def test_unknown_word_is_refused(install):
    code, said, _ = install("dogs")
    assert code == 1
    assert "knows the words key and docs, not: dogs" in said
