"""The grammar of .proto files: proto2, proto3 and editions. Reads what one file says, and looks for no other file.

Milder than protoc: numbers used twice, unknown types and the like are not a reader's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from waypost.apis import proto_options as options
from waypost.apis.clip import LONGEST_NAME
from waypost.apis.proto_stream import Stream
from waypost.apis.proto_tree import Declared, File, Method, Part, Service
from waypost.apis.proto_words import Word, words
from waypost.apis.reference import Unreadable

_LABELS = ("optional", "required", "repeated")
_TYPES = ("message", "enum")


def read_file(text: str) -> File:
    """Read a file; Unreadable says the line and what was expected there."""
    return _Reader(Stream(words(text))).file()


class _Reader:
    """Reads one file."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.found = File()

    def file(self) -> File:
        stream = self.stream
        while stream.word.sort != "end":
            if stream.take(";"):
                continue
            if stream.at("message") or stream.at("enum") or self.is_seen():
                self.type("")
            elif stream.at("service"):
                self.service()
            elif stream.at("extend"):
                self.extend("")
            elif not self.is_heading():
                stream.wrong("`syntax`, `package`, `import`, `option`, `message`, `enum` or `service`")
        return self.found

    def is_seen(self) -> bool:
        """Say whether `export` or `local` stands before a type (edition 2024), and go past it."""
        stream = self.stream
        is_word = stream.word.text in ("export", "local") and stream.word.sort == "name"
        if not is_word or stream.ahead().text not in _TYPES or stream.ahead(2).sort != "name":
            return False
        said = stream.next().before
        stream.word.before = stream.word.before or said
        return True

    def is_heading(self) -> bool:
        """Read a statement about the file as a whole, if one follows."""
        stream = self.stream
        if stream.take("syntax"):
            stream.expect("=")
            self.found.syntax = options.unquoted(stream.strings())[:20]
        elif stream.take("edition"):
            stream.expect("=")
            self.found.syntax = f"edition {options.unquoted(stream.strings())[:20]}"
        elif stream.take("package"):
            self.found.package = stream.dotted()
        elif stream.take("import"):
            _ = stream.take("public") or stream.take("weak") or stream.take("option")
            self.found.imports.append(options.unquoted(stream.strings()))
        elif stream.take("option"):
            options.statement(stream)
            return True
        else:
            return False
        stream.expect(";")
        return True

    def type(self, scope: str) -> None:
        """Read a message or an enum."""
        start = self.stream.next()
        name = self.stream.name()
        declared = Declared(_within(scope, name, start.line), start.text)
        self.found.types.append(declared)
        brace = self.body(lambda: self.member(declared) if start.text == "message" else self.value(declared))
        declared.description = _said(start, brace)

    def body(self, read: Callable[[], None]) -> Word:
        """Read what stands in braces, and return the first brace."""
        brace = self.stream.expect("{")
        with self.stream.deeper():
            while not self.stream.take("}"):
                if not self.stream.take(";"):
                    read()
        return brace

    def member(self, message: Declared) -> None:
        stream = self.stream
        if stream.at("message") or stream.at("enum") or self.is_seen():
            self.type(message.name)
        elif stream.at("oneof"):
            self.choice(message)
        elif stream.at("extend"):
            self.extend(message.name)
        elif not self.is_aside(message):
            self.field(message)

    def is_aside(self, declared: Declared) -> bool:
        """Read an option, or what is reserved or left open, if one follows."""
        stream = self.stream
        if stream.take("option"):
            declared.is_deprecated |= options.is_deprecated([options.statement(stream)])
        elif stream.take("reserved"):
            declared.kept += self.ranges()
        elif stream.take("extensions"):
            declared.open += self.ranges()
        else:
            return False
        return True

    def ranges(self) -> list[str]:
        """Read numbers, ranges of them, and names, until the semicolon."""
        stream = self.stream
        found = []
        while True:
            if stream.word.sort == "string":
                found.append(options.unquoted(stream.strings()))
            elif stream.word.sort == "name":
                found.append(stream.name())
            else:
                found.append(stream.number())
                if stream.take("to"):
                    found[-1] += f" to {'max' if stream.take('max') else stream.number()}"
            if not stream.take(","):
                break
        options.brackets(stream)
        stream.expect(";")
        return found

    def choice(self, message: Declared) -> None:
        """Read a oneof: fields of which one is sent."""
        stream = self.stream
        stream.next()
        name = stream.name()

        def one() -> None:
            if stream.take("option"):
                options.statement(stream)
            else:
                self.field(message, name)

        self.body(one)

    def field(self, message: Declared, choice: str = "") -> None:
        stream = self.stream
        start = stream.word
        is_label = start.text in _LABELS and (stream.ahead().sort == "name" or stream.ahead().text == ".")
        label = stream.next().text if is_label else ""
        if stream.at("group") and stream.ahead().sort == "name" and stream.ahead(2).text == "=":
            self.group(message, Part("", "", label=label, choice=choice), start)
            return
        key = ""
        if stream.at("map") and stream.ahead().text == "<":
            stream.next()
            stream.expect("<")
            key = stream.dotted()
            stream.expect(",")
            type = stream.dotted()
            stream.expect(">")
        else:
            type = stream.dotted()
        name = stream.name()
        stream.expect("=")
        number = stream.number()
        found = options.brackets(stream)
        said = _said(start, stream.expect(";"))
        deprecated, default = options.is_deprecated(found), options.default(found)
        message.parts.append(Part(name, number, type, key, label, choice, said, default, deprecated))

    def group(self, message: Declared, part: Part, start: Word) -> None:
        """Read a field of proto2 that declares its own type."""
        stream = self.stream
        stream.next()
        name = stream.name()
        stream.expect("=")
        number = stream.number()
        found = options.brackets(stream)
        declared = Declared(_within(message.name, name, start.line), "message")
        self.found.types.append(declared)
        said = _said(start, self.body(lambda: self.member(declared)))
        part = replace(part, name=name.lower(), number=number, type=name, description=said)
        message.parts.append(replace(part, is_deprecated=options.is_deprecated(found)))

    def value(self, enum: Declared) -> None:
        """Read a value of an enum."""
        stream = self.stream
        if self.is_aside(enum):
            return
        start = stream.word
        name = stream.name()
        stream.expect("=")
        number = stream.number()
        found = options.brackets(stream)
        said = _said(start, stream.expect(";"))
        enum.parts.append(Part(name, number, description=said, is_deprecated=options.is_deprecated(found)))

    def extend(self, scope: str) -> None:
        """Read fields that are added to a message that stands elsewhere."""
        self.stream.next()
        target = self.stream.dotted().lstrip(".")
        added = Declared(scope, "message")
        self.body(lambda: self.field(added))
        self.found.extended.setdefault(target, []).extend(part.name for part in added.parts)

    def service(self) -> None:
        start = self.stream.next()
        service = Service(self.stream.name())
        self.found.services.append(service)

        def one() -> None:
            if self.stream.at("rpc"):
                service.methods.append(self.method())
            elif self.stream.take("option"):
                service.is_deprecated |= options.is_deprecated([options.statement(self.stream)])
            else:
                self.stream.wrong("`rpc` or `option`")

        service.description = _said(start, self.body(one))

    def method(self) -> Method:
        stream = self.stream
        start = stream.next()
        name = stream.name()
        is_request_stream, request = self.travelling()
        stream.expect("returns")
        is_response_stream, response = self.travelling()
        found: list[options.Option] = []

        def one() -> None:
            stream.expect("option")
            found.append(options.statement(stream))

        end = self.body(one) if stream.at("{") else stream.expect(";")
        said, deprecated = _said(start, end), options.is_deprecated(found)
        routes = list(options.routes(found))
        return Method(name, request, response, is_request_stream, is_response_stream, said, routes, deprecated)

    def travelling(self) -> tuple[bool, str]:
        """Read the type of a message that goes to or fro, and whether there are many of them."""
        stream = self.stream
        stream.expect("(")
        is_stream = stream.at("stream") and stream.ahead().text != ")" and stream.take("stream")
        name = stream.dotted()
        stream.expect(")")
        return is_stream, name


def _within(scope: str, name: str, line: int) -> str:
    """The name of a type within another; messages within messages would repeat a long one without end."""
    full = f"{scope}.{name}" if scope else name
    if len(full) > LONGEST_NAME:
        raise Unreadable(f"a name of {len(full):,} letters with those around it; {LONGEST_NAME} are read at most", line)
    return full


def _said(start: Word, end: Word) -> str:
    """What comments say of something that lies between two words."""
    return "\n\n".join(filter(None, (start.before, end.after)))
