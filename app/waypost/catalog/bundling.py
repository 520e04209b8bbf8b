"""`$openapi` and `$asyncapi`: a definition whose parts stand in several files of a repository becomes one document.

As in Backstage, `$ref: ./schemas/order.yaml` is followed within the repository; whole addresses stay as they are, and
nothing is fetched. A schema gets a name among the schemas of the definition, other parts stand below `x-files`. Every
part is put in once, so files that refer to each other in a circle end as such a circle, and not never.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any, NamedTuple

from waypost.catalog import block_yaml
from waypost.catalog.documents import position
from waypost.catalog.references import Part, Place, Reference, Unusable, at, place, step

FILES = "x-files"
MOST_FILES = 200
MOST_TEXT = 2 * 1024 * 1024  # characters of all files together
DEEPEST = 10  # files that lead to files; each may cost the reader a round

Load = Callable[[str], Part | None]  # by path; None: asked for, not there yet. Raises Unusable
Resolve = Callable[[str, str], str]  # target and the file it is written in -> path. Raises Unusable


class Trouble(NamedTuple):
    """A reference that could not be followed, and where it stands."""

    id: str
    file: str
    line: int
    column: int
    target: str
    reason: str


@dataclass(slots=True)
class Bundle:
    """What became of a definition. `text` is None where it has no parts: then it is what it was."""

    text: str | None = None
    files: dict[str, None] = field(default_factory=dict)  # looked for, whether they are there or not
    troubles: list[Trouble] = field(default_factory=list)
    is_waiting: bool = False  # for files that were asked for


def bundle(root: str, load: Load, resolve: Resolve) -> Bundle:
    """Put the parts of the definition in a file together."""
    bundler = _Bundler(root, load, resolve)
    try:
        first = load(root)
    except Unusable:  # whoever reads definitions will say it
        return bundler.made
    if first is not None:
        bundler.gather(first)
    if len(bundler.parts) > 1 and not bundler.made.is_waiting:
        bundler.made.text = block_yaml.write(bundler.joined())
    return bundler.made


@dataclass(slots=True)
class _Bundler:
    root: str
    load: Load
    resolve: Resolve
    made: Bundle = field(default_factory=Bundle)
    parts: dict[str, Part] = field(default_factory=dict)
    places: dict[tuple[str, str], Place | None] = field(default_factory=dict)  # file and reference -> where it leads
    names: dict[Place, str] = field(default_factory=dict)  # schemas that stand among those of the definition
    size: int = 0

    def gather(self, first: Part) -> None:
        """Read every file that the definition leads to, level by level."""
        self.parts[self.root], self.size = first, first.size
        level = [self.root]
        for depth in range(DEEPEST + 1):
            known = len(self.parts)
            for file in level:
                for reference in self.parts[file].references:
                    if (file, reference.text) not in self.places:
                        self.places[file, reference.text] = self.followed(file, reference, depth)
            level = list(self.parts)[known:]

    def followed(self, file: str, reference: Reference, depth: int) -> Place | None:
        """Where a reference leads, its file having been read; None when that is not in this bundle."""
        try:
            found = place(reference.text, file, self.resolve)
            if found is not None and found.file not in self.parts:
                self.add(found.file, depth)
        except Unusable as error:
            where = position(self.parts[file].document, f"{reference.pointer}/$ref")
            self.made.troubles.append(Trouble(error.id, file, *where, reference.text, str(error)))
            return None
        return found if found is None or found.file in self.parts else None

    def add(self, file: str, depth: int) -> None:
        if depth >= DEEPEST or len(self.parts) >= MOST_FILES:
            limit = f"{DEEPEST} files deep" if depth >= DEEPEST else f"{MOST_FILES} files"
            raise Unusable("placeholder-content", f"is not read: a definition is followed up to {limit}")
        self.made.files[file] = None
        part = self.load(file)
        if part is None:
            self.made.is_waiting = True
        elif self.size + part.size > MOST_TEXT:
            reason = f"is not read: the files of the definition have more than {MOST_TEXT:,} characters"
            raise Unusable("placeholder-content", reason)
        else:
            self.parts[file], self.size = part, self.size + part.size

    def joined(self) -> dict[str, Any]:
        """The definition with its parts."""
        container = self.container()
        if container is not None:
            self.name_schemas(container)
        whole: dict[str, Any] = self.written(Place(self.root, ""))
        if self.names:
            schemas = whole
            for key in self.keys:
                schemas = schemas.setdefault(key, {})
            schemas.update({name: self.written(one) for one, name in self.names.items()})
        others = [file for file in self.parts if file != self.root and Place(file, "") not in self.names]
        if others:
            whole[FILES] = {file: self.written(Place(file, "")) for file in others}
        return whole

    @property
    def keys(self) -> tuple[str, ...]:
        is_swagger = "swagger" in self.parts[self.root].document.value
        return ("definitions",) if is_swagger else ("components", "schemas")

    def container(self) -> dict[str, Any] | None:
        """The schemas of the definition itself; None when something else stands in their place."""
        value: dict[str, Any] = self.parts[self.root].document.value
        for key in self.keys:
            value = value.get(key, {})
            if not isinstance(value, dict) or "$ref" in value:
                return None
        return value

    def name_schemas(self, container: dict[str, Any]) -> None:
        """Give a name to each schema of another file: the one it has in the definition, else one of its own."""
        for name, schema in container.items():
            reference = schema.get("$ref") if isinstance(schema, dict) and len(schema) == 1 else None
            found = self.places.get((self.root, reference)) if isinstance(reference, str) else None
            if found is not None and self.is_nameable(found):
                self.names.setdefault(found, name)
        taken = {*container, *self.names.values()}
        for file, part in self.parts.items():
            for reference in part.references:
                found = self.places.get((file, reference.text)) if reference.is_schema else None
                if found is not None and found not in self.names and self.is_nameable(found):
                    name = next(one for one in _names(found) if one not in taken)
                    taken.add(name)
                    self.names[found] = name

    def is_nameable(self, found: Place) -> bool:
        return found.file != self.root and isinstance(at(self.parts[found.file].document.value, found.pointer), dict)

    def written(self, start: Place) -> Any:
        """What stands at a place, each reference in it leading to where its target now is."""
        return self._written(at(self.parts[start.file].document.value, start.pointer), start, start)

    def _written(self, value: Any, here: Place, start: Place) -> Any:
        if here in self.names and here != start:
            return {"$ref": self.home(here)}
        if isinstance(value, list):
            return [
                self._written(item, Place(here.file, f"{here.pointer}/{number}"), start)
                for number, item in enumerate(value)
            ]
        if isinstance(value, float) and not math.isfinite(value):
            return None
        if not isinstance(value, dict):
            return value
        found = {
            key: self._written(item, Place(here.file, f"{here.pointer}/{step(key)}"), start)
            for key, item in value.items()
        }
        if isinstance(reference := value.get("$ref"), str) and (target := self.places.get((here.file, reference))):
            found["$ref"] = self.home(target)
        return found

    def home(self, target: Place) -> str:
        """The reference to a place in the definition as it will be."""
        file, pointer = target
        above, rest = pointer, ""
        while Place(file, above) not in self.names and above:
            above, _, last = above.rpartition("/")
            rest = f"/{last}{rest}"
        if name := self.names.get(Place(file, above)):
            pointer = f"/{'/'.join(self.keys)}/{step(name)}{rest}"
        elif file != self.root:
            pointer = f"/{FILES}/{step(file)}{pointer}"
        return f"#{pointer.replace('%', '%25')}"


def _names(found: Place) -> Iterator[str]:
    """Names for a schema: the last step to it, or its file's, as a definition may use them; then with a number."""
    last = found.pointer.rpartition("/")[2] or found.file.rpartition("/")[2].partition(".")[0]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", last.replace("~1", "/").replace("~0", "~")).strip("-") or "schema"
    return chain([name], (f"{name}-{number}" for number in count(2)))
