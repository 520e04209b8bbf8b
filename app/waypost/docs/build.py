"""One repository's documentation becomes the files of its site: find, read, copy, build apart, sanitise, lay out."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from waypost.catalog.problems import Problem
from waypost.docs.book import Page
from waypost.docs.engine import Site, engine_named
from waypost.docs.extensions import is_inside
from waypost.docs.intake import LARGEST_PAGE, Intake, take_readme, take_texts
from waypost.docs.layout import is_taken, render
from waypost.docs.limits import DATA_BYTES, TEXT_LETTERS
from waypost.docs.monorepo import take_included
from waypost.docs.problems import CannotBuild, left_out, refused
from waypost.docs.settings import Settings, read_settings
from waypost.docs.source import Source, is_file, locate, read
from waypost.docs.svg import NotAnImage, clean_svg
from waypost.docs.wellformed import fault
from waypost.docs.written import Text, with_snippets

# What a browser only shows or saves. Scripts, style sheets and HTML of a repository are not published.
PUBLISHED = frozenset(
    "png jpg jpeg gif webp avif ico svg pdf txt csv tsv json yaml yml toml mp4 webm mp3 drawio proto graphql".split()  # noqa: SIM905
)
_PAGES = frozenset(["md", "markdown", "mdown", "mkdn", "mkd"])


@dataclass(frozen=True, slots=True)
class Built:
    """A site, and what was left out of it."""

    source: Source
    files: dict[str, bytes]
    pages: int
    problems: tuple[Problem, ...]


def build(
    repository: Path,
    entity: str = "",
    assets_at: str = "",
    mermaid: bytes | None = None,
    built: int | None = None,
    show: Callable[[int, int], None] = lambda done, total: None,
) -> Built:
    """Build the documentation of a repository; raise CannotBuild, with the reason, when there is no site to be had."""
    source = locate(repository, entity)
    engine = engine_named(source.engine, source.declared)
    settings, problems = _settings(source)
    show(1, 4)
    with tempfile.TemporaryDirectory(prefix="waypost-docs-") as made:
        room = Path(made).resolve()
        intake = Intake(source, room / "docs", problems=problems)
        front = _take(settings, intake, room)
        show(2, 4)
        try:
            book, complaints = engine.build(Site(settings, room))
            _check(book.pages, settings)
        except CannotBuild as error:
            raise CannotBuild(_at_home(error.problem, intake, settings)) from error
        show(3, 4)
        if not book.pages:
            fix = f"Add {settings.docs_dir}/index.md."
            raise refused(source.path(settings.docs_dir), "holds no Markdown page", fix, id="docs-missing")
        files, more = _files(room, source.path(settings.docs_dir))
        texts, untold = _texts(book.pages, room, intake.taken)
    site = render(book, files, source.entity, assets_at, mermaid, built, texts)
    shown = [_named(problem, front, source, settings) for problem in complaints]
    show(4, 4)
    found = sorted({*intake.problems, *shown, *more, *untold})
    return Built(source, site, len(book.pages), tuple(found))


def _settings(source: Source) -> tuple[Settings, list[Problem]]:
    settings = Settings()
    problems: list[Problem] = []
    if source.configuration:
        text = read(source.repository, source.configuration)
        settings, problems = read_settings(text, source.configuration)
    settings.site_name = settings.site_name or source.title
    return settings, problems


def _take(settings: Settings, intake: Intake, room: Path) -> str:
    """Fill the room; return the README that became the front page, if one did."""
    intake.docs.mkdir()
    source = intake.source
    folder = source.path(settings.docs_dir) if settings.docs_dir != "." else source.folder
    real = (source.repository / folder).resolve()
    if not real.is_relative_to(source.repository.resolve()):
        raise refused(folder, "docs_dir is a link that leads out of the repository", "Put the folder itself there.")
    if real.is_dir():
        intake.folder(folder)
    take_texts(intake, room)
    take_included(settings, intake)
    return take_readme(intake, settings.docs_dir)


def _check(pages: tuple[Page, ...], settings: Settings) -> None:
    """Refuse HTML that the engine left in a form that takes more to read than it says."""
    for page in pages:
        if reason := fault(page.content):
            file = f"{settings.docs_dir}/{page.source}".removeprefix("./")
            fix = "Close the elements of the raw HTML on that page, and nest fewer of them."
            raise refused(file, f"its HTML is not plain: {reason}", fix)


def _at_home(problem: Problem, intake: Intake, settings: Settings) -> Problem:
    """Return a problem of a page with the file of the repository that the page was copied from."""
    page = problem.file.removeprefix(f"{settings.docs_dir}/")
    return replace(problem, file=intake.taken.get(page, problem.file))


def _files(room: Path, docs_dir: str) -> tuple[dict[str, bytes], list[Problem]]:
    """Return what the pages show and link to, and warn about what is not published."""
    kept: dict[str, bytes] = {}
    problems: list[Problem] = []
    dropped: dict[str, list[str]] = defaultdict(list)
    for file in sorted((room / "docs").rglob("*")):
        path = file.relative_to(room / "docs").as_posix()
        suffix = file.suffix[1:].lower()
        if not file.is_file() or suffix in _PAGES or not (room / "site" / path).is_file():
            continue
        if suffix not in PUBLISHED or is_taken(path):
            dropped[suffix].append(path)
            continue
        data = file.read_bytes()
        try:
            kept[path] = clean_svg(data) if suffix == "svg" else data
        except NotAnImage as error:
            problems.append(left_out(f"{docs_dir}/{path}", f"left out: {error}", "Save it as plain SVG or PNG."))
    for suffix, paths in sorted(dropped.items()):
        message = f"{len(paths)} file{'s' * (len(paths) > 1)} left out: .{suffix} is not published"
        problems.append(left_out(f"{docs_dir}/{paths[0]}", message, "Link to it in the repository instead."))
    return kept, problems


def _texts(pages: tuple[Page, ...], room: Path, taken: Mapping[str, str]) -> tuple[dict[str, Text], list[Problem]]:
    """Return the Markdown of the pages as it was written, included files put in as the engine would."""
    own = room.resolve()

    def read_text(name: str) -> str | None:
        for base in (own / "docs", own):
            real = (base / name).resolve()
            if is_inside(name) and real.is_file() and real.is_relative_to(own) and real.stat().st_size <= LARGEST_PAGE:
                return real.read_text("utf-8-sig", "replace")
        return None

    found: dict[str, Text] = {}
    left = DATA_BYTES
    for page in pages:
        text = read_text(page.source)
        if text is None:
            continue
        text = with_snippets(text, read_text, min(left, TEXT_LETTERS))
        left -= len(text)
        if left < 0:
            file = taken.get(page.source, page.source)
            message = f"its Markdown and that of later pages left out: more than {DATA_BYTES // 1024**2} MB together"
            return found, [left_out(file, message, "Split the documentation.")]
        found[page.source] = Text(text, taken.get(page.source, ""))
    return found, []


def _named(problem: Problem, front: str, source: Source, settings: Settings) -> Problem:
    """Return what the engine complained about with its place in the repository; `path` holds what it looked for."""
    file = source.path(problem.file)
    if problem.file == "mkdocs.yml":
        file = source.configuration or file
    elif front and problem.file == f"{settings.docs_dir}/index.md".removeprefix("./"):
        file = front
    line = column = 0
    if problem.path and is_file(source.repository, file):
        text = read(source.repository, file).decode("utf-8", "replace")
        at = max(text.find(f"({problem.path}"), text.find(problem.path))
        if at >= 0:
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return replace(problem, file=file, line=line, column=column, path="")
