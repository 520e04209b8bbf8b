"""What the steps of a template fetch from its own repository, and which of it is rendered. Finds no fault with it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from waypost.golden import globs
from waypost.golden.binary import is_binary
from waypost.golden.expressions import BudgetExceeded, Style
from waypost.golden.fetch import order
from waypost.golden.paths import Refused
from waypost.golden.sources import Source, is_remote
from waypost.golden.template import Step, Template
from waypost.golden.tree import File, Tree

FETCHING = ("fetch:template", "fetch:template:file", "fetch:plain", "fetch:plain:file")
_OF_FILES = ("fetch:template:file", "fetch:plain:file")
_RENDERING = ("fetch:template", "fetch:template:file")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a skeleton that is rendered: a file, or a name."""

    file: str  # where it stands, written as the template's own file is
    text: str
    is_name: bool = False

    @property
    def is_workflow(self) -> bool:
        """Say whether GitHub Actions reads it."""
        return "/.github/" in f"/{self.file}" or posixpath.basename(self.file) in ("action.yml", "action.yaml")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What one step fetches. `given` are the values it hands over, None where that shows in a run only."""

    number: int
    step: Step
    tree: Tree
    folder: str
    style: Style = field(default_factory=Style)
    texts: tuple[Text, ...] = ()  # those that are rendered
    given: frozenset[str] | None = frozenset()
    is_own: bool = True  # it stands below the template, so no other uses it

    @property
    def is_rendered(self) -> bool:
        return self.step.action in _RENDERING

    @property
    def root(self) -> str:
        """The one name that its texts know."""
        return "cookiecutter" if self.style.cookiecutter else "values"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a step fetches and that is not there, or that its patterns ask too much of."""

    number: int
    step: Step
    reason: str


def fetched(template: Template, source: Source, folder: str, asked: Collection[str]) -> Iterator[Skeleton | Missing]:
    """Yield what the steps fetch; what only a run or another repository knows is passed over.

    `folder` is where the template stands, `asked` are the names of its parameters.
    """
    for number, step in enumerate(template.steps):
        url = step.input.get("url")
        if step.action not in FETCHING or not isinstance(url, str) or is_remote(url) or "${{" in url:
            continue
        try:
            tree = source(url)
        except Refused as refused:
            yield Missing(number, step, str(refused))
            continue
        if tree is None and not url.startswith("../"):  # what is above may be out of reach, what is below is not
            yield Missing(
                number, step, f"{url} is not there. Correct it: it is relative to the folder of template.yaml"
            )
        if tree is not None:
            try:
                skeleton = _skeleton(number, step, tree, _place(folder, url, step), asked)
            except (Refused, BudgetExceeded) as refused:
                yield Missing(number, step, str(refused))
            else:
                yield replace(skeleton, is_own=not url.startswith(("/", "../")))


def _place(folder: str, url: str, step: Step) -> str:
    place = posixpath.normpath(posixpath.join(folder, url.lstrip("/")))
    return posixpath.dirname(place) if step.action in _OF_FILES else place


def _skeleton(number: int, step: Step, tree: Tree, folder: str, asked: Collection[str]) -> Skeleton:
    if step.action not in _RENDERING:
        return Skeleton(number, step, tree, folder)
    style = Style(
        trim_blocks=bool(step.input.get("trimBlocks")),
        lstrip_blocks=bool(step.input.get("lstripBlocks")),
        cookiecutter=bool(step.input.get("cookiecutterCompat")),
    )
    return Skeleton(number, step, tree, folder, style, tuple(_texts(step, tree, folder)), _given(step, asked))


def _texts(step: Step, tree: Tree, folder: str) -> Iterator[Text]:
    """Yield the files and names that would be rendered."""
    extension, raw = step.input.get("templateFileExtension"), _copied(step, tree)
    ending = ".njk" if extension is True else f".{str(extension).lstrip('.')}" if extension else ""
    for path in order(tree):
        entry, name = tree.get(path), posixpath.basename(path.rstrip("/"))
        if path.rstrip("/") not in raw and "{" in name and step.action not in _OF_FILES:
            yield Text(posixpath.join(folder, path), name, is_name=True)
        is_template = path.endswith(ending) if ending else path not in raw
        if isinstance(entry, File) and is_template and b"{" in entry.data and not is_binary(entry.data):
            yield Text(posixpath.join(folder, path), entry.data.decode("utf-8", "replace"))


def _copied(step: Step, tree: Tree) -> frozenset[str]:
    patterns = step.input.get("copyWithoutTemplating")
    if not isinstance(patterns, list) or not all(isinstance(each, str) and "${{" not in each for each in patterns):
        return frozenset()
    folders = {name.rstrip("/") for name in order(tree) if name.endswith("/")}
    return frozenset(globs.select(patterns, tree, folders))


def _given(step: Step, asked: Collection[str]) -> frozenset[str] | None:
    values = step.input.get("values")
    if values is None:
        return frozenset()
    if isinstance(values, Mapping):
        return frozenset(values)
    if isinstance(values, str) and re.fullmatch(r"\$\{\{\s*parameters\s*\}\}", values):
        return frozenset(asked)
    return None
