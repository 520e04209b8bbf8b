"""What can be wrong, as values. A problem is never raised: it is collected, sorted and shown with its fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Only an error makes a document invalid; a warning asks, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong at one place. The order of the fields is the order in which people read a list."""

    repository: str = ""  # owner/name; "" where a file is validated on its own
    file: str = ""
    line: int = 0  # from 1; 0 when the whole file is meant
    column: int = 0  # from 1
    id: str = ""
    path: str = ""  # JSON pointer inside the document
    message: str = ""
    fix: str = ""
    ref: str = ""  # the entity it belongs to, when there is one
    severity: Severity = Severity.ERROR
