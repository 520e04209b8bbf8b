"""Our verdicts and relations against those of Backstage's own published packages, on real descriptors.

The corpus stays outside the project (see conftest). Rows marked `environment` depend on files or a network that are not
there, `skeleton` rows are templates that nobody rendered: neither is compared.
"""

import json
from collections import defaultdict

from waypost.cli.validate import judge

# Documents where we differ on purpose, each with its reason: (file, index) -> why.
DIFFERENT = {}


def expected(corpus):
    rows = defaultdict(list)
    with (corpus / "expected" / "descriptors.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            rows[row["file"]].append(row)
    return rows


def compared(corpus):
    """Yield (row, verdict) for every document of the corpus that counts."""
    for file, rows in expected(corpus).items():
        verdicts = list(judge((corpus / file).read_bytes()))
        assert [verdict.document.index for verdict in verdicts] == [row["index"] for row in rows], file
        for row, verdict in zip(rows, verdicts, strict=True):
            if not row.get("environment") and not row.get("skeleton"):
                yield row, verdict


def relations(row):
    return sorted((relation["source"], relation["type"], relation["target"]) for relation in row["relations"])


def test_verdicts_and_relations_agree_with_backstage(corpus):
    different, count = {}, 0
    for row, verdict in compared(corpus):
        count += 1
        ours = (verdict.is_valid, verdict.kind, verdict.ref, sorted(map(tuple, verdict.relations)))
        theirs = (row["valid"], row["kind"], row["ref"], relations(row))
        if ours != theirs:
            different[row["file"], row["index"]] = (theirs, ours, row["errors"], verdict.problems)
    assert count > 300
    assert different.keys() == DIFFERENT.keys(), different
    assert len(different) <= count * 0.005


def test_every_invalid_document_says_why_and_what_to_do(corpus):
    for _, verdict in compared(corpus):
        for problem in verdict.problems:
            assert problem.message
            assert problem.fix
            assert problem.line >= 1


def test_unrendered_skeletons_are_warned_about_and_never_taken_for_entities(corpus):
    for file, rows in expected(corpus).items():
        verdicts = list(judge((corpus / file).read_bytes()))
        for row, verdict in zip(rows, verdicts, strict=True):
            if row.get("skeleton"):
                assert verdict.data is None, file
                assert {"skeleton", "yaml-duplicate"} & {problem.id for problem in verdict.problems}, file
