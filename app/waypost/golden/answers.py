"""`.waypost.yaml`: what a repository that was made from a template remembers of it. Writes and reads text, no disk.

An update of the template needs all of it: which version made the repository, what was answered then, and which files
came from the template. Secrets are never answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waypost.catalog.block_yaml import write
from waypost.catalog.documents import parse
from waypost.catalog.made_from import read

_HEAD = """\
# This repository was made from a template by Waypost. Keep this file: an update of the template reads here
# what was answered and which files it may bring up to date.
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """The content of `.waypost.yaml`."""

    template: str  # full ref
    version: str  # commit of the template; "" where the template is in no repository
    source: str = ""  # where the template stood: owner/name/folder
    request: str = ""  # id of the request that made the repository
    answers: Mapping[str, Any] = field(default_factory=dict)  # parameters by name, without secrets
    managed: Sequence[str] = ()  # paths that the template wrote


def text(answers: Answers) -> str:
    """Return the file; equal answers give equal bytes."""
    value = {
        "template": answers.template,
        "version": answers.version,
        "source": answers.source,
        "request": answers.request,
        "answers": dict(answers.answers),
        "managed": sorted(answers.managed),
    }
    return _HEAD + write({key: item for key, item in value.items() if item or key in ("template", "version")})


def parsed(content: str) -> Answers | None:
    """Read the file; None when it does not say which template made the repository."""
    made_from = read(content)
    if made_from is None:
        return None
    value: dict[str, Any] = parse(content).documents[0].value
    answers, managed = value.get("answers"), value.get("managed")
    return Answers(
        made_from.template,
        made_from.version,
        str(value.get("source") or ""),
        str(value.get("request") or ""),
        answers if isinstance(answers, dict) else {},
        tuple(str(path) for path in managed) if isinstance(managed, list) else (),
    )
