"""Every documentation folder of the corpus builds, or says why not. The corpus stays outside the project (conftest)."""

import pytest

from waypost.docs.build import build

pytest.importorskip("mkdocs", reason='MkDocs is not installed: pip install "waypost[docs]"')
pytestmark = pytest.mark.slow


def test_every_documentation_folder_of_the_corpus_builds(corpus):
    folders = sorted({file.parent for file in (corpus / "techdocs").rglob("mkdocs.y*ml")})
    assert len(folders) > 20
    for folder in folders:
        built = build(folder)
        pages = list((folder / "docs").rglob("*.md"))
        assert built.pages >= len(pages) > 0, folder
        for path, data in built.files.items():
            if path.endswith(".html"):
                assert data.count(b"<script") == data.count(b'<script src="') <= 1, (folder, path)
        for problem in built.problems:
            assert problem.fix
            assert problem.file
