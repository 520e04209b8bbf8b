"""Everything the sandbox remembers besides git objects: records in memory, written through to one SQLite file.

A record is never changed in place: `put` replaces it, so a half-done request leaves nothing half-changed.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
Key = int | str

# What each kind of record holds, and the fields by which it is looked up without reading all of them.
KINDS: dict[str, tuple[str, ...]] = {
    "setting": (),  # id: name; value
    "counter": (),  # id: kind; last
    "account": ("key",),  # users, organisations and bots; key: lower-case login; type: User | Organization | Bot
    "token": (
        "installation_id",
    ),  # id: the text; expires, user_id, scopes[, permissions, owner_id] | installation_id, permissions, repository_ids
    "app": ("slug",),  # slug, owner_id, permissions, events, public_key, client_id, hook: {url, secret, content_type}
    "manifest_code": (),  # app_id, pem, expires
    "installation": ("account_id",),  # app_id, account_id, permissions, repository_ids | None (all), suspended_at
    "membership": ("org_id", "user_id"),  # role: admin | member, state: active | pending
    "team": ("org_id",),
    "team_member": ("team_id", "user_id"),
    "team_repository": ("team_id", "repository_id"),  # permission: pull | triage | push | maintain | admin
    "collaborator": ("repository_id", "user_id"),  # permission: the same
    "repository": ("key", "owner_id"),  # key: owner/name in lower case
    "redirect": (),  # id: the former owner/name in lower case; repository_id
    "protection": ("repository_id",),  # branch: its name, rules: as PUT .../protection had them
    "hook": ("repository_id", "org_id"),
    "delivery": ("hook_id", "app_id"),
    "issue": ("repository_id",),
    "issue_event": ("issue_id",),
    "comment": ("repository_id", "issue_id"),
    "commit_comment": ("repository_id",),
    "label": ("repository_id",),
    "pull": ("repository_id",),
    "review": ("pull_id",),
    "check_run": ("repository_id",),
    "check_suite": ("repository_id",),
    "workflow": ("repository_id",),  # path, name, state
    "workflow_run": ("repository_id",),  # workflow_runs.py says what it holds
    "artifact": ("repository_id", "run_id"),  # artifact_objects.py says what it holds
    "workflow_job": ("run_id",),  # id: that of its check run
    "status": ("repository_id",),
    "ruleset": ("repository_id",),  # name, target, enforcement, bypass_actors, conditions, rules: as GitHub shows them
    "property": ("org_id",),  # a custom property's definition; values are the repositories'
    "autolink": ("repository_id",),
    "deploy_key": ("repository_id",),
    "environment": ("repository_id",),
    "branch_policy": ("repository_id", "environment_id"),
    "variable": ("repository_id", "environment_id", "org_id"),
    "secret": ("repository_id", "environment_id", "org_id"),  # the value is kept opened: this machine only
    "sealing_key": ("repository_id",),  # id: whose (see seals.py); private: hexadecimal
    "fault": (),
}


class Store:
    """The records. Hold `lock` while reading several that must agree, and for every write."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS record (kind TEXT, id BLOB, body TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID"
        )
        self._records: dict[str, dict[Key, Record]] = {kind: {} for kind in KINDS}
        self._index: dict[tuple[str, str], dict[Any, dict[Key, None]]] = {
            (kind, field): {} for kind, fields in KINDS.items() for field in fields
        }
        self._dirty: dict[tuple[str, Key], str | None] = {}
        for kind, key, text in self._database.execute("SELECT kind, id, body FROM record ORDER BY kind, id"):
            self._remember(kind, key, json.loads(text))

    def get(self, kind: str, key: Key) -> Record | None:
        """Return a record or None."""
        return self._records[kind].get(key)

    def must(self, kind: str, key: Key) -> Record:
        """Return a record that another record refers to; KeyError means the store is inconsistent."""
        return self._records[kind][key]

    def all(self, kind: str) -> list[Record]:
        """Return every record of a kind, oldest first."""
        return list(self._records[kind].values())

    def where(self, kind: str, /, **fields: Any) -> list[Record]:
        """Return the records whose fields have these values; the first indexed field makes it cheap."""
        return list(self._matching(kind, fields))

    def first(self, kind: str, /, **fields: Any) -> Record | None:
        """Return one record with these values, or None."""
        return next(self._matching(kind, fields), None)

    def add(self, kind: str, /, **fields: Any) -> Record:
        """Keep a new record under the next number of its kind, which is never given out again."""
        return self.put(kind, self.next_id(kind), **fields)

    def put(self, kind: str, key: Key, /, **fields: Any) -> Record:
        """Keep a record under this id, replacing what was there."""
        record = {"id": key, **fields}
        self._forget(kind, key)
        self._remember(kind, key, record)
        self._dirty[kind, key] = json.dumps(record, separators=(",", ":"))
        return record

    def change(self, kind: str, key: Key, /, **fields: Any) -> Record:
        """Replace some fields of a record and return the new one; its place in the order stays."""
        return self.put(kind, key, **{**self._records[kind][key], **fields, "id": key})

    def remove(self, kind: str, key: Key) -> None:
        """Forget a record; nothing happens when there is none."""
        if self._forget(kind, key):
            del self._records[kind][key]
            self._dirty[kind, key] = None

    def next_id(self, name: str) -> int:
        """Return the next number of a sequence."""
        last = int((self.get("counter", name) or {"last": 0})["last"])
        self.put("counter", name, last=last + 1)
        return last + 1

    def commit(self) -> None:
        """Write what changed to disk, in one transaction."""
        if not self._dirty:
            return
        removed = [key for key, text in self._dirty.items() if text is None]
        written = [(*key, text) for key, text in self._dirty.items() if text is not None]
        self._database.execute("BEGIN")
        self._database.executemany("DELETE FROM record WHERE kind = ? AND id = ?", removed)
        self._database.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", written)
        self._database.execute("COMMIT")
        self._dirty.clear()

    def close(self) -> None:
        """Write what is left and close the file."""
        with self.lock:
            self.commit()
            self._database.close()

    def _matching(self, kind: str, fields: Mapping[str, Any]) -> Iterator[Record]:
        indexed = next((field for field in fields if (kind, field) in self._index), None)
        records = self._records[kind]
        keys = list(records if indexed is None else self._index[kind, indexed].get(fields[indexed], ()))
        rest = [(field, value) for field, value in fields.items() if field != indexed]
        for key in keys:
            record = records[key]
            if all(record.get(field) == value for field, value in rest):
                yield record

    def _remember(self, kind: str, key: Key, record: Record) -> None:
        self._records[kind][key] = record
        for field in KINDS[kind]:
            self._index[kind, field].setdefault(record.get(field), {})[key] = None

    def _forget(self, kind: str, key: Key) -> bool:
        """Take a record out of the indexes, not out of its place."""
        old = self._records[kind].get(key)
        for field in KINDS[kind] if old is not None else ():
            value = old.get(field) if old is not None else None
            held = self._index[kind, field]
            held[value].pop(key, None)
            if not held[value]:
                del held[value]
        return old is not None
