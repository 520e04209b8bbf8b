"""Options of .proto files: read as they stand, understood where readers of an API gain by it. Refuses no option."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from waypost.apis.clip import LONGEST_NAME, clip
from waypost.apis.proto_stream import Stream

_VERBS = ("get", "put", "post", "delete", "patch")
_HTTP = "(google.api.http)"


class Entry(NamedTuple):
    """One `name: value` of a value in braces."""

    name: str
    value: object  # a text as written; a list of values, or of entries


class Option(NamedTuple):
    """One `name = value`."""

    name: str  # deprecated, (google.api.http), (google.api.http).get
    value: object


def statement(stream: Stream) -> Option:
    """Read what follows the word `option`, with its semicolon."""
    option = _option(stream)
    stream.expect(";")
    return option


def brackets(stream: Stream) -> list[Option]:
    """Read `[name = value, …]` where it stands; nothing where it does not."""
    found: list[Option] = []
    if stream.take("["):
        while not stream.take("]"):
            found.append(_option(stream))
            if not stream.at("]"):
                stream.expect(",")
    return found


def is_deprecated(options: Sequence[Option]) -> bool:
    """Say whether one of the options marks something as deprecated."""
    return any(one.name == "deprecated" and one.value == "true" for one in options)


def default(options: Sequence[Option]) -> str:
    """The value that is meant when none is sent, as written."""
    return next((one.value for one in options if one.name == "default" and isinstance(one.value, str)), "")


def routes(options: Sequence[Option]) -> Iterator[str]:
    """Verbs and paths by which a method answers over HTTP as well."""
    beside = [
        Entry(one.name.removeprefix(f"{_HTTP}."), one.value) for one in options if one.name.startswith(f"{_HTTP}.")
    ]
    rules = [one.value for one in options if one.name == _HTTP]
    for rule in [*rules, beside]:
        yield from _routes(rule)


def _routes(rule: object, is_first: bool = True) -> Iterator[str]:
    entries = [one for one in rule if isinstance(one, Entry)] if isinstance(rule, list) else []
    body = next((f" with `{_plain(one.value)}` as body" for one in entries if one.name == "body"), "")
    for name, value in entries:
        if name in _VERBS and isinstance(value, str):
            yield f"`{name.upper()} {_plain(value)}`{body}"
        elif name == "custom" and isinstance(value, list):
            said = {one.name: _plain(one.value) for one in value if isinstance(one, Entry)}
            yield f"`{said.get('kind', '?')} {said.get('path', '?')}`{body}"
        elif name == "additional_bindings" and is_first:
            several = value if isinstance(value, list) and not any(isinstance(one, Entry) for one in value) else [value]
            for one in several:
                yield from _routes(one, False)


def _plain(value: object) -> str:
    said = unquoted(value) if isinstance(value, str) else ""
    return clip(said.replace("`", ""), LONGEST_NAME)


def unquoted(text: str) -> str:
    """A text without its quotation marks; anything else as it is."""
    return text[1:-1] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else text


def _option(stream: Stream) -> Option:
    name = _option_name(stream)
    stream.expect("=")
    return Option(name, _value(stream))


def _option_name(stream: Stream) -> str:
    parts = []
    while True:
        if stream.take("("):
            parts.append(f"({stream.dotted()})")
            stream.expect(")")
        else:
            parts.append(stream.name())
        if not stream.take("."):
            return ".".join(parts)


def _value(stream: Stream) -> object:
    if stream.at("{") or stream.at("<"):
        return _braces(stream)
    if stream.at("["):
        return _list(stream)
    sign = "-" if stream.take("-") else "+" if stream.take("+") else ""
    if stream.word.sort == "string" and not sign:
        return stream.strings()
    return sign + stream.constant()


def _list(stream: Stream) -> list[object]:
    found: list[object] = []
    stream.expect("[")
    with stream.deeper():
        while not stream.take("]"):
            found.append(_value(stream))
            if not stream.at("]"):
                stream.expect(",")
    return found


def _braces(stream: Stream) -> list[object]:
    found: list[object] = []
    close = "}" if stream.take("{") else ">"
    if close == ">":
        stream.expect("<")
    with stream.deeper():
        while not stream.take(close):
            name = _key(stream)
            is_nested = stream.at("{") or stream.at("<")
            if not stream.take(":") and not is_nested:
                stream.wrong("`:`")
            found.append(Entry(name, _value(stream)))
            _ = stream.take(",") or stream.take(";")
    return found


def _key(stream: Stream) -> str:
    if not stream.take("["):
        return stream.name()
    name = stream.dotted()  # [type.example.com/full.Name] as well
    while stream.take("/"):
        name += f"/{stream.dotted()}"
    stream.expect("]")
    return f"[{name}]"
