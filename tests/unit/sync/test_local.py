"""Checkouts and bare clones as snapshots: what is read, and what is never followed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

import pytest

from unit.catalog._organisation import entity
from waypost.catalog.settings import Settings
from waypost.sync import local
from waypost.sync.checkouts import is_bare, opened

DESCRIPTOR = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: pay}
spec: {type: service, lifecycle: production, owner: payments}
"""
SETTINGS = Settings(catalog_repository="acme/catalog")


def git(folder, *arguments, date="2026-01-05T10:00:00+00:00"):
    names = {f"GIT_{who}_{what}": "somebody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    command = ["git", "-c", "init.defaultBranch=trunk", *arguments]
    subprocess.run(
        command,
        cwd=folder,
        check=True,
        capture_output=True,
        env=os.environ | names | dates,
    )


@pytest.fixture(params=["checkout", "bare"])
def repository(request, tmp_path):
    """Make a repository from a function that fills its working tree, as a checkout or a bare clone."""

    def make(fill, then=None):
        home = tmp_path / "acme" / "pay"
        home.mkdir(parents=True)
        git(home, "init", "-q")
        fill(home)
        git(home, "add", "-A")
        git(home, "commit", "-q", "--allow-empty", "-m", "one")
        if then is not None:
            then(home)
        if request.param == "bare":
            git(tmp_path, "clone", "-q", "--bare", str(home), str(tmp_path / "acme" / "bare.git"))
            return local.Folder("acme", "pay", tmp_path / "acme" / "bare.git")
        return local.Folder("acme", "pay", home)

    return make


def read(folder, held=()):
    return local.read(7, folder, held, SETTINGS, False, "https://github.com")


def test_a_descriptor_is_read_with_its_last_commit(repository):
    def later(home):
        (home / "README.md").write_text("x")
        git(home, "add", "-A")
        git(home, "commit", "-q", "-m", "two", date="2026-02-01T10:00:00+00:00")

    found = read(repository(lambda home: (home / "catalog-info.yaml").write_text(DESCRIPTOR), later))
    (one,) = found.entities
    assert one.ref == "component:default/pay"
    assert one.origin.committed == "2026-01-05T10:00:00+00:00"
    assert len(one.origin.commit) == 40
    assert found.repository.default_branch == "trunk"
    assert found.evidence.files == ("README.md", "catalog-info.yaml")


def test_a_location_reaches_further_files_of_the_repository(repository):
    def fill(home):
        (home / "docs" / "more").mkdir(parents=True)
        (home / "catalog-info.yaml").write_text(
            "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\n"
            "spec: {targets: [./docs/**/*.yaml]}\n"
        )
        (home / "docs" / "more" / "pay ü.yaml").write_text(DESCRIPTOR)

    found = read(repository(fill))
    assert sorted(one.ref for one in found.entities) == ["component:default/pay", "location:default/all"]
    assert all(one.origin.committed for one in found.entities)


def test_a_link_inside_the_repository_is_followed(repository):
    def fill(home):
        (home / "real.yaml").write_text(DESCRIPTOR)
        (home / "catalog-info.yaml").symlink_to("real.yaml")

    assert [one.ref for one in read(repository(fill)).entities] == ["component:default/pay"]


@pytest.mark.parametrize(
    "target", ["../../secret.yaml", "{root}/secret.yaml", "catalog-info.yaml", "nowhere", ".git/config"]
)
def test_a_link_that_leads_elsewhere_is_not_followed(repository, tmp_path, target):
    (tmp_path / "secret.yaml").write_text(DESCRIPTOR)

    def fill(home):
        (home / "catalog-info.yaml").symlink_to(target.format(root=tmp_path))

    found = read(repository(fill))
    assert not found.entities
    assert not found.problems


def test_a_linked_folder_that_leads_elsewhere_is_not_followed(repository, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "catalog-info.yaml").write_text(DESCRIPTOR)
    found = read(repository(lambda home: (home / "catalog").symlink_to(tmp_path / "outside")))
    assert not found.entities


def test_git_does_not_do_what_the_repository_says(repository, tmp_path):
    def arm(home):
        for key in ("gpg.program", "core.fsmonitor", "core.pager"):
            git(home, "config", key, f"touch {tmp_path}/ran;")
        git(home, "config", "log.showSignature", "true")

    found = read(repository(lambda home: (home / "catalog-info.yaml").write_text(DESCRIPTOR), arm))
    assert found.entities[0].origin.commit
    assert not (tmp_path / "ran").exists()


def test_an_orphan_knows_the_commit_that_removed_it(repository):
    def remove(home):
        (home / "catalog-info.yaml").unlink()
        git(home, "commit", "-q", "-a", "-m", "gone", date="2026-02-03T10:00:00+00:00")

    folder = repository(lambda home: (home / "catalog-info.yaml").write_text(DESCRIPTOR), remove)
    found = read(folder, [entity(7, "Component", "pay")])
    assert [(one.path, one.blob, one.committed) for one in found.sources] == [
        ("catalog-info.yaml", "", "2026-02-03T10:00:00+00:00")
    ]


def test_an_empty_repository_says_nothing(tmp_path):
    for name, flags in (("pay", []), ("bare", ["--bare"])):
        folder = tmp_path / "acme" / name
        folder.mkdir(parents=True)
        git(folder, "init", "-q", *flags)
        assert is_bare(folder) == bool(flags)
        assert not read(local.Folder("acme", name, folder)).entities


def test_a_folder_without_git_has_no_commit(tmp_path):
    (tmp_path / "catalog-info.yaml").write_text(DESCRIPTOR)
    (one,) = read(local.Folder("acme", "pay", tmp_path)).entities
    assert (one.origin.commit, one.origin.committed) == ("", "")


def test_last_commits_of_many_files_come_from_one_log(repository):
    def fill(home):
        for name in ("a.yaml", "b c.yaml", "ü.yaml"):
            (home / name).write_text(name)

    def later(home):
        (home / "b c.yaml").write_text("new")
        git(home, "commit", "-q", "-a", "-m", "two", date="2026-02-01T10:00:00+00:00")

    folder = repository(fill, later)
    with opened(folder.path) as content:
        touches = content.touches(["a.yaml", "b c.yaml", "ü.yaml", "none.yaml"])
    assert {path: touch.committed[:10] for path, touch in touches.items()} == {
        "a.yaml": "2026-01-05",
        "b c.yaml": "2026-02-01",
        "ü.yaml": "2026-01-05",
    }


def test_repositories_are_numbered_in_the_order_of_their_names(tmp_path):
    for name in ("b/z", "b/a", "A/m"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "file").write_text("")
    found = local.numbered(local.find(tmp_path), {})
    assert [(number, folder.full_name) for number, folder in found] == [(1, "A/m"), (2, "b/a"), (3, "b/z")]


def test_a_recorded_repository_keeps_its_id(tmp_path):
    for name in ("acme/a", "acme/b", "acme/c"):
        (tmp_path / name).mkdir(parents=True)
    held = entity(1, "Component", "pay", repository="acme/c")
    found = {folder.name: number for number, folder in local.numbered(local.find(tmp_path), {held.ref: held})}
    assert found["c"] == 1
    assert len(set(found.values())) == 3


def test_a_recorded_repository_without_a_folder_is_gone(tmp_path):
    held = entity(4, "Component", "pay", repository="acme/pay")
    (found,) = local.snapshots([], {held.ref: replace(held)}, SETTINGS, "https://github.com")
    assert (found.repository.id, found.repository.full_name, found.state) == (4, "acme/pay", "gone")


def test_a_repository_in_the_place_of_an_owner_is_refused(tmp_path):
    (tmp_path / "pay" / ".git").mkdir(parents=True)
    with pytest.raises(ValueError, match="one folder deeper"):
        local.find(tmp_path)
