"""How a check becomes check runs: how many requests it takes, and whether the run that is there can be kept.

Pure. GitHub only ever adds annotations to a run, so other annotations need a new run: the newest of a name counts.
https://docs.github.com/en/rest/checks/runs
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from waypost.forge.desk import Annotation, Check, Run
from waypost.forge.talk import cut

BATCH = 50  # annotations a request
TEXT_BYTES = 65_535
MESSAGE_BYTES = 64_000
TITLE_CHARACTERS = 255
_DIGEST = 12  # characters of each digest in external_id


class Seal(NamedTuple):
    """What a finished run holds, as its external_id says; an unfinished one has none."""

    annotations: str = ""
    texts: str = ""
    key: str = ""

    @classmethod
    def of(cls, check: Check) -> Seal:
        texts = [check.conclusion, check.title, check.summary, check.text, check.url]
        return cls(_digest([list(one) for one in check.annotations]), _digest(texts), check.key)

    @classmethod
    def parse(cls, text: str) -> Seal:
        parts = text.split(".", 2)
        if len(parts) != 3 or any(len(part) != _DIGEST for part in parts[:2]):
            return cls()
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.annotations}.{self.texts}.{self.key}"


def fitted(check: Check) -> Check:
    """Return the check with its texts cut at GitHub's limits."""
    return replace(
        check,
        title=check.title[:TITLE_CHARACTERS],
        summary=cut(check.summary, TEXT_BYTES),
        text=cut(check.text, TEXT_BYTES),
        annotations=tuple(
            one._replace(message=cut(one.message, MESSAGE_BYTES), title=one.title[:TITLE_CHARACTERS])
            for one in check.annotations
        ),
    )


def requests(check: Check) -> Iterator[dict[str, Any]]:
    """Yield the bodies that make a run: the first one creates, each further one adds the next annotations.

    Only the last one completes and seals it: a run that broke off half way is not taken for a finished one.
    """
    batches = [check.annotations[start : start + BATCH] for start in range(0, len(check.annotations), BATCH)] or [()]
    for number, batch in enumerate(batches):
        is_last = number + 1 == len(batches)
        body = _changes(check, batch) if is_last else {"status": "in_progress", "output": _output(check, batch)}
        yield body if number else {"name": check.name, "head_sha": check.head, **body}


def revision(check: Check) -> dict[str, Any]:
    """Return the body that changes the texts of a run and leaves its annotations."""
    return _changes(check, ())


def run(found: Mapping[str, Any]) -> tuple[Run, Seal]:
    """Read a run, and what it was sealed with."""
    seal, output = Seal.parse(found.get("external_id") or ""), found["output"]
    texts = output.get("title") or "", output.get("summary") or ""
    value = Run(found["id"], found["head_sha"], found["status"], found["conclusion"] or "", seal.key, *texts)
    return value, seal


def _changes(check: Check, annotations: tuple[Annotation, ...]) -> dict[str, Any]:
    body = {
        "status": "completed",
        "conclusion": check.conclusion,
        "external_id": str(Seal.of(check)),
        "output": _output(check, annotations),
    }
    return body | ({"details_url": check.url} if check.url else {})


def _output(check: Check, annotations: tuple[Annotation, ...]) -> dict[str, Any]:
    output: dict[str, Any] = {"title": check.title, "summary": check.summary, "text": check.text}
    if annotations:
        output["annotations"] = [_annotation(one) for one in annotations]
    return output


def _annotation(one: Annotation) -> dict[str, Any]:
    line = max(one.line, 1)
    body: dict[str, Any] = {"path": one.path, "start_line": line, "end_line": line}
    body |= {"annotation_level": one.level, "message": one.message}
    return body | ({"title": one.title} if one.title else {})


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:_DIGEST]
