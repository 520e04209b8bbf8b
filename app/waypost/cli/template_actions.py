"""The scaffolder actions we know: what each does, takes and puts out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from waypost.cli import Exit, UsageError
from waypost.golden.actions import ACTIONS, Action
from waypost.golden.actions.elsewhere import unknown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="one of them, for example publish:github")
    parser.add_argument("--format", choices=["text", "json"], default="text")


def run(arguments: argparse.Namespace) -> int:
    found = [action for action in ACTIONS if arguments.id in (None, action.id)]
    if not found:
        raise UsageError(unknown(arguments.id, [action.id for action in ACTIONS]))
    if arguments.format == "json":
        for action in found:
            said = {"id": action.id, "description": action.description, "input": action.input, "output": action.output}
            print(json.dumps(said))
    elif arguments.id:
        print("\n".join(_whole(found[0])))
    else:
        width = max(len(action.id) for action in found)
        for action in found:
            print(f"{action.id:<{width}}  {action.description}")
    return Exit.FINE


def _whole(action: Action) -> Iterator[str]:
    yield f"{action.id}: {action.description}"
    required = action.input.get("required", ())
    for title, schema in (("Input", action.input), ("Output", action.output)):
        if rows := [_row(name, field, name in required) for name, field in schema["properties"].items()]:
            widths = [max(len(row[at]) for row in rows) for at in (0, 1)]
            yield f"\n{title}{' (* must be given)' if required and schema is action.input else ''}"
            yield from (f"  {name:<{widths[0]}}  {type:<{widths[1]}}  {text}".rstrip() for name, type, text in rows)


def _row(name: str, schema: Mapping[str, Any], is_required: bool) -> tuple[str, str, str]:
    types = schema.get("type", "any")
    choices = f" ({', '.join(schema['enum'])})" if "enum" in schema else ""
    text = f"{schema.get('description', '')}{choices}"
    return f"{name}{'*' if is_required else ''}", types if isinstance(types, str) else " or ".join(types), text
