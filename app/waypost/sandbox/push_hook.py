"""The update hook of every repository, and what it is told: which moves of a push are refused, and why. No routes.

Git runs it once for each ref that a push would move: https://git-scm.com/docs/githooks#update
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from waypost.sandbox import protection_checks, pushes, rule_checks
from waypost.sandbox.auth import Caller
from waypost.sandbox.box import Box, full_name
from waypost.sandbox.store import Record

# What it may refuse comes from environment().
_SCRIPT = """#!/bin/sh
ref=$1 old=$2 new=$3
nothing=0000000000000000000000000000000000000000
of_ref() { printf '%s\\n' "$1" | while read -r name text; do [ "$name" = "$ref" ] && printf '%s\\n' "$text"; done; }
listed() { printf '%s\\n' "$1" | grep -Fxq "$ref"; }
protected() {
  echo "error: GH006: Protected branch update failed for $ref." >&2
  echo "error: $1" >&2
  exit 1
}
is_forced() { [ "$old" != $nothing ] && [ "$new" != $nothing ] && ! git merge-base --is-ancestor "$old" "$new"; }
fresh() { [ "$new" = $nothing ] || git rev-list "$@" "$new" --not --all; }
is_signed() { git cat-file commit "$1" | sed '/^$/q' | grep -q '^gpgsig'; }
has_unsigned() { [ -n "$(fresh | while read -r one; do is_signed "$one" || echo "$one"; done)" ]; }
has_merges() { [ -n "$(fresh --merges)" ]; }

reason=$(of_ref "$PROTECTED_REFUSED")
[ -z "$reason" ] || protected "$reason"
if listed "$PROTECTED_FORWARD" && is_forced; then protected "@FORCED@"; fi
if listed "$PROTECTED_SIGNED" && has_unsigned; then protected "@UNSIGNED@"; fi
if listed "$PROTECTED_LINEAR" && has_merges; then protected "@MERGED@"; fi

broken=$(
  of_ref "$RULES_BROKEN"
  if listed "$RULES_FORWARD" && is_forced; then echo "@FORCED@"; fi
  if listed "$RULES_SIGNED" && has_unsigned; then echo "@UNSIGNED@"; fi
  if listed "$RULES_LINEAR" && has_merges; then echo "@MERGED@"; fi
)
if [ -n "$broken" ]; then
  echo "error: GH013: Repository rule violations found for $ref." >&2
  echo "Review all repository rules at $RULES_PAGE" >&2
  printf '%s\\n' "$broken" | sed 's/^/- /' >&2
  exit 1
fi

if [ -n "$WITHOUT_WORKFLOWS" ] && [ "$new" != $nothing ]; then
  touched=$(git log --format= --name-only "$new" --not --all -- .github/workflows | sort -u | head -n 1)
  if [ -n "$touched" ]; then
    echo "refusing to allow a GitHub App to create or update workflow \\`$touched\\`" \\
      "without \\`workflows\\` permission" >&2
    exit 1
  fi
fi
exit 0
"""
_WORDS = {"FORCED": rule_checks.FORCED, "UNSIGNED": rule_checks.UNSIGNED, "MERGED": rule_checks.MERGED}
# what the hook itself looks into -> where it is told of that: protection's, and rules'
_LOOKS = {"forced": "FORWARD", "signed": "SIGNED", "linear": "LINEAR"}
_TOLD = {"non_fast_forward": "FORWARD", "required_signatures": "SIGNED", "required_linear_history": "LINEAR"}


class Command(NamedTuple):
    """One move that a push asks for; None for no commit."""

    ref: str
    old: str | None
    new: str | None


def commands(sent: IO[bytes]) -> list[Command]:
    """Read what a push asks for, and leave the rest of it alone.

    https://git-scm.com/docs/pack-protocol#_reference_update_request_and_packfile_transfer
    """
    sent.seek(0)
    found = [_command(line) for line in _lines(sent) if not line.startswith(b"shallow ")]
    sent.seek(0, os.SEEK_END)
    return found


def environment(sandbox: Box, repository: Record, who: Caller, asked: Sequence[Command] = ()) -> dict[str, str]:
    """Return what the hook must know, worked out while the store's lock is held."""
    return {
        **_protected(repository, who, asked),
        **_rules(repository, who, asked),
        "RULES_PAGE": f"{sandbox.url}/{full_name(repository)}/rules",
        "WITHOUT_WORKFLOWS": "" if who.may_touch_workflows else "1",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": str(_folder(sandbox.root)),
        # pull requests' refs may be fetched, never pushed
        "GIT_CONFIG_KEY_1": "receive.hideRefs",
        "GIT_CONFIG_VALUE_1": "refs/pull",
    }


def _protected(repository: Record, who: Caller, asked: Iterable[Command]) -> Mapping[str, str]:
    """Say which moves the protection of a branch refuses, and where the hook must look at the commits."""
    lists: dict[str, list[str]] = {"REFUSED": [], **{name: [] for name in _LOOKS.values()}}
    for command in asked:
        text = protection_checks.refusal(repository, who, command.ref, command.old, command.new)
        lists["REFUSED"] += [f"{command.ref} {text}"] if text else []
        for kind in protection_checks.looks(repository, who, command.ref):
            lists[_LOOKS[kind]].append(command.ref)
    return {f"PROTECTED_{name}": "\n".join(lines) for name, lines in lists.items()}


def _rules(repository: Record, who: Caller, asked: Iterable[Command]) -> Mapping[str, str]:
    """Say which moves break a rule, and for which refs the hook must look at the commits."""
    lists: dict[str, list[str]] = {"BROKEN": [], **{name: [] for name in _TOLD.values()}}
    for command in asked:
        rules = rule_checks.rules_for(repository, command.ref, who)
        broken = rule_checks.refusals(repository, rules, command.old, command.new)
        lists["BROKEN"] += [f"{command.ref} {text}" for text in broken]
        for kind in {rule["type"] for rule in rules} & _TOLD.keys():
            lists[_TOLD[kind]].append(command.ref)
    return {f"RULES_{name}": "\n".join(lines) for name, lines in lists.items()}


def _lines(sent: IO[bytes]) -> Iterator[bytes]:
    """Read packet lines until the flush that ends them, or until something else comes."""
    while True:
        size = sent.read(4)
        if not size or size == b"0000" or not all(digit in b"0123456789abcdef" for digit in size):
            return
        yield sent.read(int(size, 16) - 4)


def _command(line: bytes) -> Command:
    old, new, ref = line.partition(b"\0")[0].decode("utf-8", "replace").rstrip("\n").split(" ", 2)
    return Command(ref, None if old == pushes.NOTHING else old, None if new == pushes.NOTHING else new)


def _folder(root: Path) -> Path:
    """Return the folder of the one hook all repositories share; what an older sandbox left there is replaced."""
    hook, text = root / "hooks" / "update", _SCRIPT
    for name, words in _WORDS.items():
        text = text.replace(f"@{name}@", words)
    if not hook.exists() or hook.read_text() != text:
        hook.parent.mkdir(exist_ok=True)
        fresh = hook.with_suffix(f".{os.getpid()}")
        fresh.write_text(text)
        fresh.chmod(0o755)
        fresh.replace(hook)
    return hook.parent
