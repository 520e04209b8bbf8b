"""Descriptors: parsing with positions against bare libyaml events, and accepting against a reused jsonschema validator.

The texts are the corpus of real descriptors where it is on the machine, else the examples under tests/descriptors. Each
figure compares two things over the same texts, by the least of many times of every text: what is above that is other
people's work on the same machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from tests.bench import Row

from waypost.catalog import schema
from waypost.catalog.check import check
from waypost.catalog.documents import parse
from waypost.catalog.kinds import KINDS

HERE = Path(__file__).parent
ROUNDS, TIMES = 4, 8


def rows() -> Iterable[Row]:
    texts, note = _texts()
    yield Row("parse with positions / bare libyaml events", _ratio(texts, parse, _drain), 1.3, note=note)
    checked = [check(document) for text in texts for document in parse(text).documents]
    documents = [
        (verdict.kind.lower(), verdict.data)
        for verdict in checked
        if verdict.data is not None and verdict.kind in KINDS and not verdict.document.has_placeholders
    ]
    note = f"{len(documents)} valid entities"
    yield Row("accept / a reused jsonschema validator", _ratio(documents, _accept, _explain), 1 / 50, note=note)


def _texts() -> tuple[list[str], str]:
    corpus = HERE.parents[2] / "shared" / "corpus" / "descriptors"
    files = sorted(corpus.iterdir()) if corpus.is_dir() else sorted((HERE.parent / "descriptors").glob("*/*/*.yaml"))
    texts = [text for file in files if _is_yaml(text := file.read_text(encoding="utf-8"))]
    return (
        texts,
        f"{len(texts)} texts, {sum(map(len, texts)):,} letters, from {'real' if corpus.is_dir() else 'example'} files",
    )


def _is_yaml(text: str) -> bool:
    try:
        _drain(text)
    except yaml.YAMLError:
        return False
    return True


def _drain(text: str) -> None:
    for _ in yaml.parse(text, Loader=yaml.CLoader):
        pass


def _accept(document: tuple[str, Any]) -> None:
    assert schema.is_valid(*document)


def _explain(document: tuple[str, Any]) -> None:
    assert schema._explaining(document[0]).is_valid(document[1])


def _ratio(items: Sequence[Any], ours: Callable[[Any], object], theirs: Callable[[Any], object]) -> float:
    """Return how much longer `ours` takes: the sums of the least times of every item."""
    least = [[9.0] * len(items), [9.0] * len(items)]
    for _ in range(ROUNDS):
        for number, item in enumerate(items):
            for side, call in enumerate((ours, theirs)):
                for _ in range(TIMES):  # in a row, so that neither side pays for the other's use of the caches
                    started = time.perf_counter()
                    call(item)
                    least[side][number] = min(least[side][number], time.perf_counter() - started)
    return sum(least[0]) / sum(least[1])
