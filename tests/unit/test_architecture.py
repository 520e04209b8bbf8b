"""The house stays in order: imports point one way, and what touches the world lives where DESIGN says."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "app" / "waypost"
PURE = ("catalog", "pages", "golden", "integrations", "apis")
# What a module that reaches outside would have to import.
NETWORK = ("socket", "ssl", "http", "urllib", "requests", "urllib3", "asyncio", "subprocess", "ftplib", "smtplib")
# Words about addresses and dates that somebody else hands in; nothing of these asks the world.
PURE_PARTS = ("urllib.parse.", "datetime.date", "datetime.timedelta")
UNSTABLE = ("time", "random", "secrets", "uuid", "os", "datetime", "platform", "getpass", "tempfile")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("waypost", include_external_packages=True, cache_dir=None)


def importers(graph: grimp.ImportGraph, library: str) -> set[str]:
    return graph.find_modules_that_directly_import(library) if library in graph.modules else set()


def test_imports_point_one_way() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_flask_is_imported_in_the_server_and_the_sandbox_only(graph: grimp.ImportGraph) -> None:
    rooms = {module.split(".")[1] for library in ("flask", "werkzeug") for module in importers(graph, library)}
    assert rooms <= {"server", "sandbox"}


def test_pygithub_is_imported_by_one_module(graph: grimp.ImportGraph) -> None:
    assert importers(graph, "github") == {"waypost.forge.github"}


@pytest.mark.parametrize("library", ["psycopg", "procrastinate"])
def test_postgresql_is_imported_in_one_package(graph: grimp.ImportGraph, library: str) -> None:
    found = importers(graph, library)
    assert found
    assert all(module.startswith("waypost.queue.postgres") for module in found)


def pure_imports() -> set[tuple[str, str]]:
    """(module file, what it imports by its full name) of the pure packages."""
    found = set()
    for room in PURE:
        for path in (PACKAGE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {(path.name, alias.name) for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found |= {(path.name, f"{node.module}.{alias.name}") for alias in node.names}
    return found


@pytest.mark.parametrize("library", [*NETWORK, *UNSTABLE])
def test_pure_packages_reach_nothing_outside_and_know_no_clock_chance_or_environment(library: str) -> None:
    reached = {found for found in pure_imports() if found[1] == library or found[1].startswith(f"{library}.")}
    assert not {(file, name) for file, name in reached if not name.startswith(PURE_PARTS)}


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in PACKAGE.rglob("*.py") if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not silent


def test_no_module_is_a_drawer() -> None:
    assert not [path for path in PACKAGE.rglob("*.py") if path.stem in {"utils", "util", "helpers", "common", "misc"}]
