"""Which commit our actions are at: looked up by git in real repositories, or told by how Waypost was installed."""

from __future__ import annotations

import json
import subprocess

import pytest

from waypost.create.beginning import Reference
from waypost.create.our_actions import Unknown, installed, look_up

GITHUB = "https://github.com"
SHA = "5" * 40


def git(folder, *words):
    environment = {
        "PATH": "/usr/bin:/bin",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        **{f"GIT_{who}_{what}": "ada@acme.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def server(tmp_path):
    """A folder that git takes for a server: acme/waypost with a release and a branch."""
    folder = tmp_path / "server" / "acme" / "waypost"
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "First")
    git(folder, "tag", "--annotate", "--message", "First", "v1.0.0")
    git(folder, "tag", "v1")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "Second")
    return f"file://{tmp_path}/server"


def commit(server, name):
    return git(f"{server.removeprefix('file://')}/acme/waypost", "rev-parse", f"{name}^{{commit}}")


@pytest.mark.parametrize("ref", ["v1", "v1.0.0", "main"])
def test_a_tag_or_branch_becomes_the_commit_it_names(server, ref):
    assert look_up(f"acme/waypost@{ref}", server) == Reference("acme/waypost", commit(server, ref), ref)


def test_a_commit_is_called_by_its_longest_tag(server):
    sha = commit(server, "v1")
    assert look_up(f"acme/waypost@{sha}", server) == Reference("acme/waypost", sha, "v1.0.0")


def test_a_commit_is_taken_as_it_is_where_nobody_can_be_asked(tmp_path):
    assert look_up(f"acme/waypost@{SHA}", f"file://{tmp_path}") == Reference("acme/waypost", SHA)


def test_what_is_not_there_is_said_with_what_is(server):
    with pytest.raises(Unknown, match=r'acme/waypost has no tag or branch "v9"\. Its tags: v1, v1\.0\.0'):
        look_up("acme/waypost@v9", server)


def test_a_repository_that_cannot_be_read_is_said(server):
    with pytest.raises(Unknown, match="acme/none cannot be read here"):
        look_up("acme/none@v1", server)


@pytest.mark.parametrize(
    "word", ["waypost@v1", "acme/waypost", "acme/waypost@", "acme/waypost@-v", "a/b/c@v1", "a b/c@v1"]
)
def test_a_word_of_another_form_is_refused(word):
    with pytest.raises(Unknown, match="Write OWNER/REPO@REF"):
        look_up(word, GITHUB)


@pytest.mark.parametrize(
    ("url", "revision", "expected"),
    [
        ("https://github.com/acme/waypost.git", "v1", Reference("acme/waypost", SHA, "v1")),
        ("https://github.com/acme/waypost", SHA, Reference("acme/waypost", SHA)),
        ("ssh://git@github.com/acme/waypost.git", "main", Reference("acme/waypost", SHA, "main")),
        ("https://token@github.com/acme/waypost.git", "v1", Reference("acme/waypost", SHA, "v1")),
    ],
    ids=["tag", "commit", "ssh", "with a token"],
)
def test_an_installation_from_a_repository_tells_it(url, revision, expected):
    noted = {"url": url, "vcs_info": {"vcs": "git", "requested_revision": revision, "commit_id": SHA}}
    assert installed(GITHUB, json.dumps(noted)) == expected


def test_an_installation_from_another_server_tells_nothing():
    noted = {"url": "https://git.example/acme/waypost", "vcs_info": {"vcs": "git", "commit_id": SHA}}
    with pytest.raises(Unknown, match=r"from elsewhere than https://github\.com"):
        installed(GITHUB, json.dumps(noted))


def test_an_installation_from_a_package_tells_nothing(tmp_path):
    with pytest.raises(Unknown, match="from a package"):
        installed(GITHUB, "", tmp_path / "lib" / "waypost")


@pytest.fixture
def checkout(tmp_path, server):
    folder = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", f"{server}/acme/waypost", str(folder))
    (folder / "actions").mkdir()
    git(folder, "remote", "set-url", "origin", "git@github.com:acme/waypost.git")
    return folder


def test_a_checkout_tells_its_origin_and_commit(checkout, server):
    package = checkout / "app" / "waypost"
    assert installed(GITHUB, "", package) == Reference("acme/waypost", commit(server, "main"))
    git(checkout, "checkout", "--quiet", "v1.0.0")
    assert installed(GITHUB, "", package).tag in ("v1", "v1.0.0")


def test_a_commit_that_nobody_pushed_is_refused(checkout):
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "Mine")
    with pytest.raises(Unknown, match="is not pushed"):
        installed(GITHUB, "", checkout / "app" / "waypost")


@pytest.mark.parametrize("origin", ["https://git.example/acme/waypost", "https://github.com/acme", "/srv/waypost"])
def test_an_origin_elsewhere_is_refused(checkout, origin):
    git(checkout, "remote", "set-url", "origin", origin)
    with pytest.raises(Unknown, match=f"has no origin on {GITHUB}"):
        installed(GITHUB, "", checkout / "app" / "waypost")
