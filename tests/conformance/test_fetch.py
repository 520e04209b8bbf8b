"""What we render from real skeletons against what Backstage's own fetch:template rendered, byte for byte.

The corpus stays outside the project (see conftest). Each record is a skeleton with the input of the step that fetches
it, once with rich and once with empty values, and what fetch:template made of it, also where the step asked for a
plain copy: the SHA-256 of every file, or that it failed.
"""

import hashlib
import json

import pytest

from waypost.create.disk import read_tree
from waypost.golden.fetch import fetch
from waypost.golden.paths import Refused
from waypost.golden.tree import File
from waypost.golden.workspace import Workspace

# Cases where we differ on purpose, each with its reason: id -> why.
DIFFERENT = {}


@pytest.fixture(scope="module")
def records(corpus):
    with (corpus / "expected" / "fetch.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def rendered(corpus, record):
    """Return {path: sha256}, or the refusal."""
    workspace = Workspace()
    try:
        fetch(read_tree(corpus / record["skeleton"]), record["input"], workspace)
    except Refused as refused:
        return refused
    return {
        path: hashlib.sha256(entry.data).hexdigest()
        for path, entry in workspace.tree().items()
        if isinstance(entry, File)
    }


def test_files_agree_with_backstage_byte_for_byte(corpus, records):
    different = {}
    for number, record in enumerate(records):
        ours = rendered(corpus, record)
        theirs = record.get("files")
        if (None if isinstance(ours, Refused) else ours) != theirs:
            different[record["id"], number] = str(ours) if isinstance(ours, Refused) else _news(ours, theirs or {})
    assert len(records) > 100
    assert {id for id, _ in different} == DIFFERENT.keys(), different
    assert len(different) <= len(records) * 0.01


def test_what_cannot_be_rendered_says_where_and_why(corpus, records):
    failed = [rendered(corpus, record) for record in records if record.get("error")]
    assert failed
    for refused in failed:
        assert refused.path
        assert refused.message.endswith(".")


def _news(ours, theirs):
    return sorted(path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path))
