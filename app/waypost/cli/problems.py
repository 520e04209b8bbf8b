"""Every problem Waypost can report: what it is, why it matters, how to fix it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from waypost.catalog.problem_page import Page
from waypost.catalog.problem_pages import PAGES, nearest
from waypost.cli import Exit, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="one of them, for example name-form")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    if arguments.id and arguments.id not in PAGES:
        near = nearest(arguments.id)
        hint = f'Did you mean "{near}"?' if near else "waypost problems lists them."
        raise UsageError(f'no problem "{arguments.id}". {hint}')
    pages = [PAGES[arguments.id]] if arguments.id else [PAGES[id] for id in sorted(PAGES)]
    if arguments.format == "json":
        for page in pages:
            print(json.dumps(asdict(page)))
    elif arguments.id:
        print(_whole(pages[0]))
    else:
        width = max(len(page.id) for page in pages)
        for page in pages:
            print(f"{page.id:<{width}}  {page.severity:<7}  {page.title}")
    return Exit.FINE


def _whole(page: Page) -> str:
    return f"{page.id} ({page.severity}): {page.title}\n\nWhat   {page.what}\nWhy    {page.why}\nFix    {page.fix}"
