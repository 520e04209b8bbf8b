"""Make the command `waypost` of this checkout, or find it made: packages by hashes, then our code beside them.

    <tool cache>/waypost/<packages>/packages   a virtual environment of the locked packages
    <tool cache>/waypost/<packages>/<code>     a second, small one: our code, the way to those packages, bin/waypost

<packages> names the lock file and the Python, so that versions of Waypost with the same lock share what takes long.
<code> names the code. It is copied: the compiled modules of a run are found again by the next one, and nothing is
ever written into the checkout of the action. Folders appear whole, by a rename, so that jobs may race.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
LOCKS = {(): "requirements-actions.lock", ("docs",): "requirements-docs.lock"}


class Failed(Exception):
    """What stands in the way, and what to do about it."""


def main(words: list[str]) -> None:
    is_key, extras = words[:1] == ["key"], tuple(word for word in words if word != "key")
    if extras not in LOCKS:
        raise Failed(f"install.sh knows the words key and docs, not: {' '.join(words)}")
    lock = CHECKOUT / LOCKS[extras]
    packages, code = named([lock]), named([Path(__file__).resolve(), *sorted(our_files())])
    folder = tool_cache() / "waypost" / packages
    if is_key:
        output("path", str(folder))
        output("key", f"waypost-{packages}-{code}")
        output("restore-key", f"waypost-{packages}-")
        output("is-there", str((folder / code / ".done").is_file()).lower())
        return
    appear(folder / "packages", lambda place: install(place, lock))
    appear(folder / code, lambda place: write_command(place, folder / code, folder / "packages"))
    output("bin", str(folder / code / "bin" / "waypost"))


def tool_cache() -> Path:
    """Return the folder that a runner of one's own keeps from job to job."""
    place = os.environ.get("RUNNER_TOOL_CACHE") or os.environ.get("RUNNER_TEMP")
    if not place:
        raise Failed("neither RUNNER_TOOL_CACHE nor RUNNER_TEMP is set: this runs in a step of GitHub Actions")
    return Path(place).resolve()


def our_files() -> list[Path]:
    folder = CHECKOUT / "app" / "waypost"
    walked = os.walk(folder, followlinks=True)  # schemas and the template of a catalog are links
    return [Path(parent, name) for parent, _, names in walked if not parent.endswith("__pycache__") for name in names]


def named(files: list[Path]) -> str:
    """Return a name for the content of files and this very Python."""
    digest = hashlib.sha256(f"{sys.version} {sys.base_prefix} {sysconfig.get_platform()}".encode())
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(CHECKOUT).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:16]


def appear(target: Path, make: Callable[[Path], None]) -> None:
    """Make a folder beside its place and move it there, unless it is there or another job was first."""
    if (target / ".done").is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and not (target / ".done").is_file():  # half of it, from a cache that was cut off
        shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as made:
        place = Path(made, "made")
        make(place)
        (place / ".done").touch()
        try:
            place.rename(target)
        except OSError:
            if not (target / ".done").is_file():
                raise


def install(place: Path, lock: Path) -> None:
    environment(place)
    pip = [str(python(place)), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "--no-deps", "-r", str(lock)], f"the packages of {lock.name} cannot be installed")


def write_command(place: Path, target: Path, packages: Path) -> None:
    """Write the small environment; `target` is where it will be found."""
    environment(place, "--without-pip")
    libraries = site_packages(place)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "app" / "waypost", libraries / "waypost", ignore=ignored)
    (libraries / "packages.pth").write_text(f"{site_packages(packages)}\n", encoding="utf-8")
    paths = [str(site_packages(target)), str(site_packages(packages))]
    start = f"import sys\n\nsys.path += {paths!r}\nfrom waypost.cli import main\n\nsys.exit(main())\n"
    (place / "start.py").write_text(start, encoding="utf-8")
    command = place / "bin" / "waypost"
    # -I: neither the folder that is checked nor PYTHONPATH has a say in what is imported; -S: it starts sooner
    run_it = f'exec "{python(target)}" -I -S -X utf8 "{target / "start.py"}" "$@"'
    command.write_text(f"#!/bin/sh\n{run_it}\n", encoding="utf-8")
    command.chmod(0o755)


def environment(place: Path, *words: str) -> None:
    why = "this Python cannot make virtual environments (on Debian and Ubuntu: apt-get install python3-venv)"
    run([sys.executable, "-I", "-m", "venv", *words, str(place)], why)


def python(place: Path) -> Path:
    return place / "bin" / "python"


def site_packages(place: Path) -> Path:
    return place / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def run(command: list[str], why: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
        raise Failed(why)


def output(name: str, value: str) -> None:
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Failed as error:
        print(f"::error title=Waypost::{error}")
        sys.exit(1)
