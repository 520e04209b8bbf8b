"""One pass over what is known of a repository: follows its descriptors from file to file and notes what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from waypost.catalog import definitions, locations, parts, placeholders
from waypost.catalog.budget import Budget
from waypost.catalog.check import Checked, check
from waypost.catalog.definitions import Judge
from waypost.catalog.discovery import WELL_KNOWN
from waypost.catalog.documents import Document, parse, position
from waypost.catalog.entities import Entity, Origin, Repository, Source
from waypost.catalog.explain import place, quote
from waypost.catalog.files import Blob, Files, Touch
from waypost.catalog.globs import is_glob, matches
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.refs import DEFAULT_NAMESPACE
from waypost.catalog.skeletons import is_skeleton_path
from waypost.catalog.template_folders import (
    TemplateFolder,
    example_path,
    folder_of,
    inside,
    resource_types,
    terraform_paths,
)

MOST_HOPS = 10  # Locations that lead to Locations; each may cost the reader a round
MOST_FILES = 2_000  # descriptors of one repository
MOST_TEXT = 16 * 1024 * 1024  # characters that placeholders put into them, and of definitions that are judged


@dataclass(frozen=True, slots=True)
class Scope:
    """What stays the same over all passes."""

    repository: Repository
    kinds: Collection[str]
    is_catalog: bool
    known: Mapping[str, Source]
    budget: Budget
    judge: Judge | None = None


@dataclass(slots=True)
class Reading:
    """What a pass found, and what is missing to find more."""

    scope: Scope
    files: Files
    entities: dict[str, Entity] = field(default_factory=dict)
    problems: set[Problem] = field(default_factory=set)
    sources: dict[str, Blob] = field(default_factory=dict)
    watched: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    untouched: set[str] = field(default_factory=set)  # folders whose last commit must be asked for
    needs_tree: bool = False
    filled_in: int = 0  # characters
    judged_of: int = 0

    def follow(self, start: Iterable[str]) -> None:
        """Read the files of `start`, those their Locations point at, and so on; each file once."""
        seen: set[str] = set()
        here = [path for path in start if self.exists(path)]
        for _ in range(MOST_HOPS):
            seen.update(here)
            found = dict.fromkeys(target for path in here for target in self.read(path))
            there = [path for path in found if path not in seen]
            here = there[: max(0, MOST_FILES - len(seen))]
            if len(here) < len(there):
                message = f"more than {MOST_FILES:,} descriptor files; the others are not read"
                self.report(there[0], Problem(id="location-limit", message=message, fix="Join some of them."))
            if not here:
                return
        message = f"Locations lead from file to file more than {MOST_HOPS} times"
        self.report(here[0], Problem(id="location-limit", message=message, fix="Point at the last file directly."))

    def exists(self, path: str) -> bool:
        """Say whether a file is there; when that is not known yet, want it."""
        return self.blob(path) is not None

    def blob(self, path: str) -> Blob | None:
        if path in self.files.blobs:
            return self.files.blobs[path]
        if self.files.tree is None or path in self.files.tree:
            self.paths.add(path)
        return None

    def touch(self, path: str) -> Touch | None:
        """Return the last commit of a file; None when it must be asked for."""
        if path in self.files.touches:
            return self.files.touches[path]
        source = self.scope.known.get(path)
        if source and source.blob == self.sources[path].id:
            return Touch(source.commit, source.committed)
        return None

    def touch_of(self, path: str, kind: str) -> Touch | None:
        """Return the last commit of what an entity is: of a template its whole folder, not template.yaml alone."""
        folder = folder_of(path)
        if kind != "Template" or not folder:
            return self.touch(path)
        if folder not in self.files.touches:
            self.untouched.add(folder)
        return self.files.touches.get(folder)

    def template_folders(self) -> Iterator[TemplateFolder]:
        """Yield what stands in the folder of each template, as far as it is known."""
        for entity in self.entities.values():
            if entity.kind != "Template":
                continue
            folder = folder_of(entity.origin.path)
            self.watched.add(f"{folder}/**" if folder else "**")
            if self.files.tree is None:
                self.needs_tree = True
                continue
            paths = inside(self.files.tree, folder)
            texts = {path: self._text(folder, path) for path in (example_path(paths), *terraform_paths(paths)) if path}
            example = texts.pop(example_path(paths), "")
            yield TemplateFolder(entity.ref, paths, example, resource_types(texts.values()))

    def _text(self, folder: str, path: str) -> str:
        blob = self.blob(f"{folder}/{path}" if folder else path)
        return (blob.text or "") if blob else ""

    def matching(self, patterns: Collection[str]) -> list[str]:
        """Return the files that match one of the globs, templates' skeletons left out."""
        if self.files.tree is None:
            self.needs_tree = True
            return []
        found = (path for path in self.files.tree if any(matches(path, pattern) for pattern in patterns))
        return sorted(path for path in found if not is_skeleton_path(path))

    def read(self, path: str) -> Iterator[str]:
        """Read one descriptor file and yield the files its Locations point at."""
        blob = self.blob(path)
        if blob is None:
            return
        self.sources[path] = blob
        if path not in WELL_KNOWN:
            self.watched.add(path)
        for checked in self.checked(path, blob):
            value = checked.document.value
            if checked.document.has_placeholders and isinstance(value, dict) and not checked.is_skeleton:
                checked = self.filled(path, checked)
            for problem in checked.problems:
                self.report(path, problem)
            if checked.ref and checked.data is not None:
                yield from self.keep(path, checked, checked.ref, checked.data)

    def checked(self, path: str, blob: Blob) -> tuple[Checked, ...]:
        """Parse and check a file once, however many rounds the reader needs."""
        memo, key = self.files.memo, (path, blob.id, frozenset(self.scope.kinds))
        if key not in memo:
            parsed = parse(blob.text, self.scope.budget) if blob.text is not None else None
            problems = parsed.problems if parsed else (self.unreadable(blob),)
            nothing = Document(0, 1, problems=problems, is_broken=True)
            documents = (nothing,) if problems else parsed.documents if parsed else ()
            memo[key] = tuple(check(document, self.scope.kinds) for document in documents)
        checked: tuple[Checked, ...] = memo[key]
        return checked

    def unreadable(self, blob: Blob) -> Problem:
        size = self.scope.budget.size
        if blob.size > size:
            return Problem(id="file-size", message=f"the file has {blob.size:,} bytes; {size:,} are read at most")
        return Problem(id="not-utf8", message="the file is not text", fix="Save it as UTF-8.")

    def keep(self, path: str, checked: Checked, ref: str, data: Mapping[str, Any]) -> Iterator[str]:
        """Keep an entity unless its name is taken; yield what it points at when it is a Location."""
        document, repository = checked.document, self.scope.repository
        if earlier := self.entities.get(ref):
            message = f"{ref} is already declared in {earlier.origin.path}, line {earlier.origin.line}"
            fix = "Rename one of them, or remove it."
            self.complain(path, checked, Problem(id="declared-twice", path="/metadata/name", message=message, fix=fix))
            return
        touch = self.touch_of(path, data["kind"]) or ()
        self.entities[ref] = Entity(
            ref,
            data["kind"],
            data["metadata"].get("namespace", DEFAULT_NAMESPACE),
            data["metadata"]["name"],
            data,
            Origin(repository.id, repository.full_name, path, document.line, document.index, *touch),
            checked.relations,
        )
        self.judged(path, checked, data)
        if data["kind"] == "Location":
            yield from self.pointed_at(path, checked, data.get("spec") or {})

    def judged(self, path: str, checked: Checked, data: Mapping[str, Any]) -> None:
        """Report a definition that is not what its type says, in the file where it stands."""
        found = definitions.stated(data)
        if self.scope.judge is None or found is None or self.paths:  # what is awaited may be a part of it
            return
        memo, key = self.files.memo, ("definition", *found)
        self.judged_of += len(found[0])
        if key not in memo:
            memo[key] = self.scope.judge(*found) if self.judged_of <= MOST_TEXT else None
        if memo[key] is None:
            return
        problem = definitions.unreadable(memo[key], found[1], checked.ref or "")
        if target := definitions.target(checked.document.value):
            self.report(locations.resolve(target, path, self.scope.repository), problem)
        else:
            self.report(path, definitions.within(problem, checked, self.sources[path].text or ""))

    def pointed_at(self, path: str, checked: Checked, spec: Mapping[str, Any]) -> Iterator[str]:
        """Yield the files a Location points at; report targets that lead nowhere."""
        for pointer, target in locations.targets(spec):
            found = self.resolved(path, checked, pointer, target, "location")
            if found is None:
                continue
            self.watched.add(found)
            if is_glob(found):
                files, is_known = self.matching([found]), self.files.tree is not None
            else:
                files, is_known = [found] if self.exists(found) else [], found not in self.paths
            yield from files
            if is_known and not files and spec.get("presence") != "optional":
                message = f"{place(pointer)}: there is no file {quote(found)}"
                fix = "Correct the path, or write presence: optional."
                self.complain(path, checked, Problem(id="location-missing", path=pointer, message=message, fix=fix))

    def filled(self, path: str, checked: Checked) -> Checked:
        """Check a document again with the files its placeholders name in their places."""
        contents: dict[str, Any] = {}
        for pointer, resolver, target in placeholders.needed(checked.document.value):
            found = self.resolved(path, checked, pointer, target, "placeholder")
            if found is None:
                continue
            self.watched.add(found)
            where = f"{place(pointer)}: the file {quote(found)}"
            blob = self.blob(found)
            if blob is None:
                if found not in self.paths:
                    missing = Problem(id="placeholder-missing", path=pointer, message=f"{where} is not there")
                    self.complain(path, checked, replace(missing, fix="Correct the path."))
                continue
            self.sources[found] = blob
            try:
                contents[pointer] = placeholders.load(resolver, blob.text, self.scope.budget)
                if resolver in parts.RESOLVERS:
                    contents[pointer] = self.bundled(found, checked, contents[pointer])
                made = contents[pointer]
                self.filled_in += len(made if isinstance(made, str) else blob.text or "")
                if self.filled_in > MOST_TEXT:
                    del contents[pointer]
                    raise ValueError(f"the placeholders of a repository hold {MOST_TEXT:,} characters at most")
            except ValueError as error:
                message = f"{where} cannot be used: {error}"
                self.complain(path, checked, Problem(id="placeholder-content", path=pointer, message=message))
        if not contents:
            return checked
        value = placeholders.fill(checked.document.value, contents)
        return check(checked.document, self.scope.kinds, value)

    def bundled(self, path: str, checked: Checked, text: str) -> str:
        """Return a definition with its parts from other files; report those that are not there."""
        scope, files = self.scope, self.files
        is_awaited = self.paths.__contains__
        known = parts.Parts(scope.repository, scope.is_catalog, self.blob, is_awaited, files.memo, scope.budget)
        made = known.bundle(path)
        self.watched.update(made.files)
        self.sources.update((file, blob) for file in made.files if (blob := files.blobs.get(file)))
        for trouble in made.troubles:
            self.report(trouble.file, parts.problem(trouble, checked.ref or ""))
        return text if made.text is None else made.text

    def resolved(self, path: str, checked: Checked, pointer: str, target: str, what: str) -> str | None:
        """Return the path a target stands for; report it and return None when it is none of ours."""
        try:
            found = locations.resolve(target, path, self.scope.repository)
            if self.scope.is_catalog and found.startswith(locations.GENERATED):
                raise locations.Unreachable("generated", "is written by Waypost itself", "Point at the declaration.")
        except locations.Unreachable as error:
            message = f"{place(pointer)}: {quote(target)} {error.message}"
            problem = Problem(id=f"{what}-{error.reason}", path=pointer, message=message, fix=error.fix)
            is_mild = error.reason == "elsewhere"
            self.complain(path, checked, replace(problem, severity=Severity.WARNING) if is_mild else problem)
            return None
        return found

    def complain(self, path: str, checked: Checked, problem: Problem) -> None:
        """Report a problem at its place in a document."""
        line, column = position(checked.document, problem.path)
        self.report(path, replace(problem, line=line, column=column, ref=checked.ref or ""))

    def report(self, path: str, problem: Problem) -> None:
        self.problems.add(replace(problem, repository=self.scope.repository.full_name, file=path))
