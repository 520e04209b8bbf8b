"""What libyaml says when it cannot go on, in words that tell an author what to do."""

from __future__ import annotations

from typing import Any, NamedTuple

from yaml import MarkedYAMLError
from yaml.reader import ReaderError


class Failure(NamedTuple):
    """Why and where reading stopped."""

    id: str
    at: int  # index of the letter it stumbled over, in the text that was handed to the parser
    line: int  # from 1, in the file
    column: int  # from 1
    message: str
    fix: str = ""


_INDENT = "Check the indentation of this line against the lines above it."
_REST = "did not find expected <document start>"
_QUOTES = "Put the value in quotes."
# libyaml's own text (src/scanner.c, src/parser.c) -> ours, fix
_WORDS = {
    "mapping values are not allowed in this context": (
        'a ":" where no key can stand',
        'Indent the line below the key it belongs to; put a text that holds ": " in quotes.',
    ),
    "found character that cannot start any token": ("a character that no value can start with", _QUOTES),
    "found a tab character that violates indentation": ("a tab in the indentation", "Indent with spaces."),
    "did not find expected key": ("no key where one must stand", _INDENT),
    "did not find expected '-' indicator": ('no "-" where a list item must stand', _INDENT),
    "did not find expected node content": ("no value where one must stand", _QUOTES),
    "could not find expected ':'": ('a key without ":"', 'Write "key: value", and keep the key on one line.'),
    "found unexpected end of stream": ("the file ends inside quotes", "Close the quote."),
    "found unexpected document indicator": ('"---" inside quotes', "Close the quote."),
    "did not find expected ',' or ']'": ('a "[" that is not closed', 'Close it with "]", and part its items with ",".'),
    "did not find expected ',' or '}'": (
        'a "{" that is not closed',
        'Close it with "}"; put a value that begins with "{" in quotes.',
    ),
    "found unknown escape character": (
        "a backslash escape that YAML does not have",
        "Double the backslash, or use single quotes.",
    ),
    "found unexpected ':'": ('a ":" inside a plain value', _QUOTES),
    "block sequence entries are not allowed in this context": ('a "-" where no list can begin', _INDENT),
    _REST: (
        "this does not belong to what stands before it",
        f'{_INDENT} A new document begins with a line "---".',
    ),
    "found incompatible YAML document": ("a %YAML version that nobody speaks", "Remove the %YAML line."),
}


def explain(error: MarkedYAMLError | ReaderError, text: str, first_line: int) -> Failure:
    """Translate what libyaml raised for `text`, which begins in line `first_line` of its file."""
    if isinstance(error, ReaderError):
        return _control(error, text, first_line)
    mark: Any = error.problem_mark or error.context_mark  # libyaml gives at least one of them
    found = str(error.problem or error)
    message, fix = _WORDS.get(found, (found, ""))
    letter = text[mark.index : mark.index + 1]
    if letter == "\t":
        message, fix = "a tab where only spaces can stand", "Indent with spaces."
    elif letter.strip() and "character" in found:
        message = f'"{letter}" is {message}'
    if error.context_mark and error.context_mark.line != mark.line:
        message += f", {error.context} that began in line {error.context_mark.line + first_line}"
    id = "yaml-rest" if found == _REST else "yaml-syntax"
    return Failure(id, mark.index, mark.line + first_line, mark.column + 1, message, fix)


def _control(error: ReaderError, text: str, first_line: int) -> Failure:
    # libyaml counts bytes here
    at = len(text.encode("utf-8", "surrogatepass")[: error.position].decode("utf-8", "ignore"))
    line = text.count("\n", 0, at) + first_line
    column = at - text.rfind("\n", 0, at)
    letter = ord(text[at]) if at < len(text) else 0
    message = f"the control character U+{letter:04X}, which YAML does not allow"
    return Failure("yaml-control", at, line, column, message, "Remove it, or write it as an escape in double quotes.")
