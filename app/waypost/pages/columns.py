"""The columns of every table of entities: one function a column, so that the same fact looks the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from waypost.pages.markdown import DASH, Md, bold, table, text
from waypost.pages.view import View

Column = Callable[[View, str, str], Md]  # (view, ref, way to pages/) -> cell


def name(view: View, ref: str, up: str) -> Md:
    """The link to its page, with the state of what is not simply present."""
    entity = view.entity(ref)
    shown = view.link(ref, up)
    return Md(f"{shown} ({entity.state})") if entity and entity.state != "present" else shown


def what(view: View, ref: str, up: str) -> Md:
    """What it is in a word or two: its type, with the kind where the type alone does not say it."""
    entity = view.entity(ref)
    kind = entity.kind if entity else ref.partition(":")[0]
    precise = entity.spec.get("type") if entity else None
    if not isinstance(precise, str) or not precise.strip():
        return text(kind)
    return text(precise, 40) if kind.lower() in ("component", "resource") else text(f"{precise} {kind}", 60)


def lifecycle(view: View, ref: str, up: str) -> Md:
    """What is on its way out stands out."""
    entity = view.entity(ref)
    value = entity.spec.get("lifecycle") if entity else None
    if not isinstance(value, str) or not value.strip():
        return DASH
    shown = text(value, 40)
    return bold(shown) if value.strip().lower() == "deprecated" else shown


def owner(view: View, ref: str, up: str) -> Md:
    return view.owner_link(ref, up)


def system(view: View, ref: str, up: str) -> Md:
    found = view.system(ref)
    return view.link(found, up) if found else DASH


def tier(view: View, ref: str, up: str) -> Md:
    return text(view.tier(ref), 20) or DASH


def used_by(view: View, ref: str, up: str) -> Md:
    return Md(str(len(users(view, ref))))


def components(view: View, ref: str, up: str) -> Md:
    return Md(str(sum(part.startswith("component:") for part in view.related(ref, "hasPart"))))


def problems(view: View, ref: str, up: str) -> Md:
    found = view.counted_problems(ref)
    return bold(Md(str(found))) if found else Md("0")


def domain(view: View, ref: str, up: str) -> Md:
    return view.links(view.related(ref, "partOf"), up)


def teams(view: View, ref: str, up: str) -> Md:
    return view.links(view.related(ref, "memberOf"), up)


def owns(view: View, ref: str, up: str) -> Md:
    return Md(str(sum(target in view.catalog.entities for target in view.related(ref, "ownerOf"))))


COLUMNS: dict[str, tuple[str, Column]] = {
    "name": ("Name", name),
    "type": ("Type", what),
    "lifecycle": ("Lifecycle", lifecycle),
    "owner": ("Owner", owner),
    "system": ("System", system),
    "tier": ("Tier", tier),
    "used by": ("#Used by", used_by),
    "components": ("#Components", components),
    "domain": ("Domain", domain),
    "teams": ("Teams", teams),
    "owns": ("#Owns", owns),
    "problems": ("#Problems", problems),
}


def rows(view: View, columns: Sequence[str], refs: Iterable[str], up: str) -> Md:
    """A table of entities, one row each, without the columns that say nothing of any of them."""
    cells = _rows(view, columns, refs, up)
    silent = {place for place in range(1, len(columns)) if all(row[place] == DASH for row in cells)}
    headings = [COLUMNS[column][0] for place, column in enumerate(columns) if place not in silent]
    if silent:
        return table(headings, [[cell for place, cell in enumerate(row) if place not in silent] for row in cells])
    return table(headings, cells)


def _rows(view: View, columns: Sequence[str], refs: Iterable[str], up: str) -> list[tuple[Md, ...]]:
    """The cells of each row. What is used by many stands on many pages, in the same columns."""
    known = view.rows.setdefault((columns, up), {})
    makers = [COLUMNS[column][1] for column in columns]
    found = []
    for ref in refs:
        row = known.get(ref)
        if row is None:
            row = known[ref] = tuple([make(view, ref, up) for make in makers])
        found.append(row)
    return found


def users(view: View, ref: str) -> list[str]:
    """What needs this entity: what depends on it, what consumes it, and what consumes the APIs it provides."""
    known = view.users.get(ref)
    if known is None:
        known = view.users[ref] = _find_users(view, ref)
    return known


def _find_users(view: View, ref: str) -> list[str]:
    found = {*view.related(ref, "dependencyOf"), *view.related(ref, "apiConsumedBy")}
    for api in view.related(ref, "providesApi"):
        found.update(view.related(api, "apiConsumedBy"))
    found.discard(ref)
    return sorted(found)


def needs(view: View, ref: str) -> list[str]:
    """What this entity needs: what it depends on and the APIs it consumes."""
    return sorted({*view.related(ref, "dependsOn"), *view.related(ref, "consumesApi")})
