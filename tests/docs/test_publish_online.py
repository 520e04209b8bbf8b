"""A site published by hand through the forge: the first commit makes the branch, the next one only what changed."""

import pytest

pytest.importorskip("nh3", reason='the sanitiser is not installed: pip install "waypost[docs]"')

from docs.shelving import PAY, book, files_of
from faults.rig import ORGANISATION, Rig
from unit.sync.world import component
from waypost.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    with Rig(tmp_path_factory.mktemp("rig"), {"pay": {"catalog-info.yaml": component("pay")}}) as rig:
        yield rig


def test_site_becomes_a_commit_on_the_branch(rig, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "GITHUB_API_URL": rig.sandbox.url,
        "WAYPOST_TOKEN": rig.sandbox.admin_token,
        "GITHUB_TOKEN": rig.sandbox.admin_token,
        "WAYPOST_CATALOG_REPOSITORY": f"{ORGANISATION}/catalog",
    }.items():
        monkeypatch.setenv(name, value)
    assert main(["apply"]) == 0
    for path, data in files_of(book(("", "<p>Hello</p>")), PAY).items():
        (tmp_path / "built" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "built" / path).write_bytes(data)
    capsys.readouterr()
    publish = ["docs", "publish", "built", "--entity", "pay", "--committed", "2026-05-01"]
    assert main([*publish, "--dry-run"]) == 0
    assert "would be published" in capsys.readouterr().out
    assert main(publish) == 0
    assert "is published" in capsys.readouterr().out
    assert main(publish) == 0
    assert "has this already" in capsys.readouterr().out
    assert main(["docs", "publish", "built", "--entity", "component:default/other"]) == 2
    assert "is not in the catalog" in capsys.readouterr().err
