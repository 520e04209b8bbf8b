"""state.json of the branch: what is published there, of which commit, and what was refused. Asks no clock."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from waypost.docs.central.values import Link, Record, Refusal, State
from waypost.docs.limits import BRANCH

FILE = "state.json"
FORMAT = 1


class BrokenState(ValueError):
    """Somebody changed state.json so that it cannot be read; the text says what to do."""


def write(state: State) -> bytes:
    """Return the file. A row a line, so that its history can be read."""
    records = [asdict(record) for _, record in sorted(state.records.items())]
    refusals = [asdict(one) for one in state.refusals]
    parts = [f'"format": {FORMAT}', f'"readers": {_row(state.readers)}', _rows("sites", records)]
    return ("{\n" + ",\n".join([*parts, _rows("refused", refusals)]) + "\n}\n").encode()


def read(data: bytes) -> State:
    """Read the file, none is an empty one; raise BrokenState for anything else."""
    if not data:
        return State()
    try:
        row = json.loads(data)
        if row["format"] != FORMAT:
            raise BrokenState(_broken(f"format {row['format']!r} is not {FORMAT}"))
        records = [_record(one) for one in row["sites"]]
        refusals = tuple(Refusal(**_known(Refusal, one)) for one in row["refused"])
        return State({record.ref: record for record in records}, refusals, str(row["readers"]))
    except BrokenState:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenState(_broken(f"{type(error).__name__}: {error}")) from error


def _broken(why: str) -> str:
    return (
        f"{FILE} on the branch {BRANCH} cannot be read: {why}. Restore it from the branch's history; or delete the"
        " branch, and all documentation is collected anew as far as its artifacts are still there."
    )


def _record(row: dict[str, Any]) -> Record:
    known = _known(Record, row)
    for name in ("broken", "away"):
        known[name] = tuple(Link(str(link["page"]), str(link["target"])) for link in known.get(name, ()))
    for name in ("assets", "left_out"):
        known[name] = tuple(map(str, known.get(name, ())))
    return Record(**known)


def _known(kind: Any, row: dict[str, Any]) -> dict[str, Any]:
    """Return what of a row this version knows: a newer one may have written more."""
    return {field.name: row[field.name] for field in fields(kind) if field.name in row}


def _row(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(name: str, rows: list[dict[str, Any]]) -> str:
    inside = ",\n".join(f"  {_row(row)}" for row in rows)
    return f'"{name}": [\n{inside}\n]' if rows else f'"{name}": []'
