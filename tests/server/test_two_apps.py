"""The careful set-up end to end: a sandbox with two Apps, of which the reading one may not write a file."""

from __future__ import annotations

import time

import pytest

from apps import register
from faults.rig import ORGANISATION, Rig
from unit.sync.world import component
from waypost.config import Config
from waypost.forge import needs
from waypost.forge.github import connect
from waypost.forge.protocol import NotAllowed
from waypost.queue.sqlite import SqliteQueue
from waypost.sync.context import Pace
from waypost.sync.reconcile import reconcile
from waypost.sync.worker import Worker

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    with Rig(tmp_path_factory.mktemp("two apps"), {"pay": {"catalog-info.yaml": component("pay")}}) as rig:
        yield rig


@pytest.fixture(scope="module")
def config(rig):
    reader = register(rig.sandbox, ORGANISATION, "Careful", needs.asked("waypost"), needs.events())
    writer = register(rig.sandbox, ORGANISATION, "Careful Writer", needs.asked("writer"))
    return Config(
        api_url=rig.sandbox.url,
        app_id=reader.id,
        private_key=reader.private_key,
        writer_app_id=writer.id,
        writer_private_key=writer.private_key,
    )


def connected(config, folder):
    return connect(config, time.time, lambda seconds: None, folder)


def look(rig, config, folder):
    worker = Worker(SqliteQueue(folder / "queue.db"), connected(config, folder), config, pace=Pace(sweep=0))
    return reconcile(worker)


def test_catalog_is_published_by_the_writer_s_bot(rig, config, tmp_path):
    summary = look(rig, config, tmp_path)
    assert summary.left == 0, summary.reason
    assert summary.commits == 1
    assert rig.commits()[0]["author"]["login"] == "careful-writer[bot]"


def test_without_the_writer_s_permission_nothing_is_published_and_it_is_named(rig, config, tmp_path):
    alone = Config(api_url=config.api_url, app_id=config.app_id, private_key=config.private_key, webhook_secrets=("s",))
    before = rig.commits()[0]["sha"]
    rig.push("pay", "catalog-info.yaml", component("pay", "team-b"))
    summary = look(rig, alone, tmp_path)
    assert summary.left
    assert "has not granted contents: write to Careful" in summary.reason
    assert rig.commits()[0]["sha"] == before


def test_the_reader_s_own_token_is_refused_a_write(rig, config, tmp_path):
    forges = connected(config, tmp_path)
    (installation,) = forges.installations()
    forge = forges.forge(installation.id)
    body = {"message": "Sneak in", "content": "eA=="}
    with pytest.raises(NotAllowed):
        forge.api.call(forge.reader, "PUT", f"/repos/{ORGANISATION}/pay/contents/x", "writing", body, is_write=True)
    written = forge.api.call(
        forge.writer(f"{ORGANISATION}/pay"), "PUT", f"/repos/{ORGANISATION}/pay/contents/x", "writing", body
    )
    assert written.status == 201
