"""The columns of every table of entities: one function a column, so that the same fact looks the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from waypost.pages.markdown import DASH, Md, bold, code, text
from waypost.pages.view import View

Column = Callable[[View, str, str], Md]  # (view, ref, way to pages/) -> cell


def name(view: View, ref: str, up: str) -> Md:
    """The link to its page, with the state of what is not simply present."""
    entity = view.entity(ref)
    shown = view.link(ref, up)
    return Md(f"{shown} ({entity.state})") if entity and entity.state != "present" else shown


def kind(view: View, ref: str, up: str) -> Md:
    """The kind, more precisely its type."""
    entity = view.entity(ref)
    written = entity.kind if entity else ref.partition(":")[0]
    precise = entity.spec.get("type") if entity else None
    return Md(f"{text(written)} {code(precise, 40)}") if isinstance(precise, str) and precise else text(written)


def type_(view: View, ref: str, up: str) -> Md:
    return _field(view, ref, "type")


def lifecycle(view: View, ref: str, up: str) -> Md:
    return _field(view, ref, "lifecycle")


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
    "kind": ("Kind", kind),
    "type": ("Type", type_),
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


def headings(columns: Sequence[str]) -> list[str]:
    return [COLUMNS[column][0] for column in columns]


def row(view: View, columns: Sequence[str], ref: str, up: str) -> list[Md]:
    return [COLUMNS[column][1](view, ref, up) for column in columns]


def users(view: View, ref: str) -> list[str]:
    """What needs this entity: what depends on it, what consumes it, and what consumes the APIs it provides."""
    found = {*view.related(ref, "dependencyOf"), *view.related(ref, "apiConsumedBy")}
    for api in view.related(ref, "providesApi"):
        found.update(view.related(api, "apiConsumedBy"))
    found.discard(ref)
    return sorted(found)


def needs(view: View, ref: str) -> list[str]:
    """What this entity needs: what it depends on and the APIs it consumes."""
    return sorted({*view.related(ref, "dependsOn"), *view.related(ref, "consumesApi")})


def _field(view: View, ref: str, key: str) -> Md:
    entity = view.entity(ref)
    value = entity.spec.get(key) if entity else None
    return code(value, 40) if isinstance(value, str) and value.strip() else DASH
