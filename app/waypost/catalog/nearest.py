"""Which existing name somebody probably meant: a guess, but the same one whatever the order of things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_PEOPLE = ("group", "user")


def nearest(ref: str, by_kind: Mapping[str, Sequence[str]], by_name: Mapping[str, Sequence[str]]) -> str:
    """Return the ref that exists and is most like one that does not; "" when none is like it.

    The same name elsewhere (another kind or namespace) comes before a similar one; equals go by name.
    """
    kind, name = _kind(ref), _name(ref)
    elsewhere = [other for other in by_name.get(name, ()) if _is_kin(kind, _kind(other))]
    if elsewhere:
        return min(elsewhere, key=lambda other: (_kind(other) != kind, other))
    limit = reach(name)
    best = (limit + 1, "")
    for family in _kinds_to_search(kind):
        for other, distance, _ in extract(
            _text(ref, family), by_kind.get(family, ()), scorer=OSA.distance, score_cutoff=limit, limit=None
        ):
            best = min(best, (int(distance), other))
    return best[1]


def swayed(missing: Mapping[str, str], added: Sequence[str], removed: Iterable[str]) -> set[str]:
    """Return those of `missing` whose nearest name may be another, now that names came and went."""
    gone = set(removed)
    found = {ref for ref, guess in missing.items() if guess in gone} if gone else set()
    everything = list(missing)
    for new in added:
        kind, tail = _kind(new), f"/{_name(new)}"
        found.update(ref for ref in everything if ref.endswith(tail))
        for family in _kinds_to_search(kind):
            for ref, _, _ in extract(_text(new, family), everything, scorer=OSA.distance, score_cutoff=3, limit=None):
                found.add(ref)
    return found


def reach(name: str) -> int:
    """How many letters may differ before a name is another one."""
    return 1 if len(name) <= 4 else 2 if len(name) <= 8 else 3


def _kinds_to_search(kind: str) -> tuple[str, ...]:
    return _PEOPLE if kind in _PEOPLE else (kind,)


def _is_kin(kind: str, other: str) -> bool:
    return (kind in _PEOPLE) == (other in _PEOPLE)


def _kind(ref: str) -> str:
    return ref.partition(":")[0]


def _name(ref: str) -> str:
    return ref.rpartition("/")[2]


def _text(ref: str, kind: str) -> str:
    """The ref as it would be if it were of another kind, so that only namespace and name are compared."""
    return f"{kind}:{ref.partition(':')[2]}"


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Return the one of these names that is most like a lower-case one; "" when none is like it."""
    found = extract(name, list(names), scorer=OSA.distance, score_cutoff=reach(name), limit=None)
    return min(((int(distance), other) for other, distance, _ in found), default=(0, ""))[1]
