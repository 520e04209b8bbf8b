"""Every documentation folder of the corpus builds, or says why not, and comes onto one site. It stays outside."""

import io
import zipfile

import pytest

from waypost.docs.artifacts import plain_ref
from waypost.docs.build import build
from waypost.docs.central.batch import place
from waypost.docs.central.values import Documented, Facts, Upload
from waypost.docs.unpack import unpack

pytest.importorskip("mkdocs", reason='MkDocs is not installed: pip install "waypost[docs]"')
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sites(corpus):
    """Every documentation folder, and what was built of it."""
    folders = sorted({file.parent for file in (corpus / "techdocs").rglob("mkdocs.y*ml")})
    assert len(folders) > 20
    return {folder: build(folder) for folder in folders}


def test_every_documentation_folder_of_the_corpus_builds(sites):
    for folder, built in sites.items():
        pages = list((folder / "docs").rglob("*.md"))
        assert built.pages >= len(pages) > 0, folder
        for path, data in built.files.items():
            if path.endswith(".html"):
                assert data.count(b"<script") == data.count(b'<script src="') <= 1, (folder, path)
        for problem in built.problems:
            assert problem.fix
            assert problem.file


def test_every_documentation_folder_of_the_corpus_goes_the_whole_way(sites):
    """Built, packed as an artifact, unpacked, judged anew and placed: as many pages as were built."""
    entities, uploads, pages = {}, [], 0
    for number, (folder, built) in enumerate(sites.items(), 1):
        ref = built.source.entity or f"component:default/site-{number}"
        if not plain_ref(ref):  # a skeleton of a template, whose name is yet to be filled in
            continue
        assert ref not in entities
        files = unpack(packed(built.files))
        assert files == built.files
        entities[ref] = Documented(ref, folder.name, "", number, f"acme/site-{number}", is_declared=True)
        pages += built.pages
        uploads.append(Upload(number, f"acme/site-{number}", "c" * 40, "2026-01-02T03:04:05Z", number, files))
    batch = place({}, b"", Facts(entities, catalog="acme/catalog"), uploads)
    assert batch.refusals == ()
    assert sorted(batch.placed) == sorted(entities)
    placed = [path for path in batch.changes if path.endswith(".html")]
    assert len(placed) >= pages
    assert len([path for path in placed if path.startswith("site/") and path.count("/") == 4]) > 20
    for path in placed:
        assert batch.changes[path].count(b"<script") == batch.changes[path].count(b'<script src="') <= 1, path


def packed(files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for path, data in files.items():
            out.writestr(path, data)
    return made.getvalue()
