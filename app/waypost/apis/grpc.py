"""A .proto file becomes a reference: services, what they take and answer, and the types they speak of.

Asks no server and reads no imported file: types of other files are shown by their names. The parser is our own: the
one on PyPI stops at comments between words and needs minutes for 100,000 of them, and protoc is a binary of megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from waypost.apis.cut import cut
from waypost.apis.proto_file import read_file
from waypost.apis.proto_tree import Declared, File, Method, Part, Service
from waypost.apis.reference import Answer, Body, Field, Group, Kind, Operation, Reference, Type, Unreadable

_LISTED = 20  # of what is named only


def read_grpc(text: str) -> Reference:
    """Read a file; `Unreadable` says the line and the reason."""
    file = read_file(text)
    if not file.services and not file.types:
        raise Unreadable("declares neither a service nor a message", 1)
    return cut(_Telling(file).reference())


class _Telling:
    """Tells what a file declares; knows which names lead somewhere."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.known = {one.name for one in file.types}
        parts = file.package.split(".")
        self.packages = [".".join(parts[start:]) + "." for start in range(len(parts))] if file.package else []
        self.find = cache(self._find)

    def reference(self) -> Reference:
        file = self.file
        return Reference(
            title=file.package,
            standard=f"Protocol Buffers ({file.syntax})",
            groups=tuple(map(self.group, file.services)),
            types=tuple(map(self.type, file.types)),
            notes=tuple(self.notes()),
        )

    def group(self, service: Service) -> Group:
        marks = ["Deprecated."] if service.is_deprecated else []
        said = "\n\n".join(filter(None, [*marks, service.description]))
        return Group(service.name, said, tuple(self.operation(service, one) for one in service.methods))

    def operation(self, service: Service, method: Method) -> Operation:
        full = f"{self.file.package}.{service.name}" if self.file.package else service.name
        routes = [f"Over HTTP: {', '.join(method.routes[:_LISTED])}."] if method.routes else []
        return Operation(
            verb="rpc",
            address=f"{full}/{method.name}",
            description="\n\n".join(filter(None, [method.description, *routes])),
            bodies=(Body(self.travelling(method.request, method.is_request_stream)),),
            answers=(Answer("", bodies=(Body(self.travelling(method.response, method.is_response_stream)),)),),
            is_deprecated=method.is_deprecated,
        )

    def travelling(self, name: str, is_stream: bool) -> Kind:
        text, type = self.find("", name)
        return Kind(f"stream of {text}" if is_stream else text, type)

    def type(self, declared: Declared) -> Type:
        name, said = declared.name, "\n\n".join(filter(None, [declared.description, *_kept(declared)]))
        if declared.form == "enum":
            values = tuple((one.name, _meaning(one)) for one in declared.parts)
            return Type(name, "enum", said, values=values, is_deprecated=declared.is_deprecated)
        fields = tuple(self.field(name, one) for one in declared.parts)
        return Type(name, "message", said, fields, is_deprecated=declared.is_deprecated)

    def field(self, scope: str, part: Part) -> Field:
        text, type = self.find(scope, part.type)
        if part.key:
            text = f"map of {part.key} to {text}"
        elif part.label == "repeated":
            text = f"repeated {text}"
        is_required = part.label == "required"
        details = tuple(_details(part))
        return Field(part.name, Kind(text, type), part.description, "", is_required, part.is_deprecated, details)

    def _find(self, scope: str, name: str) -> tuple[str, str]:
        """What a type is called on the page, and the type it leads to: looked for from the inside out."""
        written = name.removeprefix(".")
        while not name.startswith("."):
            inside = f"{scope}.{name}" if scope else name
            if inside in self.known:
                return inside, inside
            if not scope:
                break
            scope = scope.rpartition(".")[0]
        # A name may begin with the package, or with the end of it.
        for package in self.packages[:1] if name.startswith(".") else self.packages:
            if written.startswith(package) and written.removeprefix(package) in self.known:
                return written.removeprefix(package), written.removeprefix(package)
        if not self.file.package and written in self.known:
            return written, written
        return written, ""

    def notes(self) -> Iterator[str]:
        if imports := self.file.imports:
            yield f"Types of other files are shown by name only: {_listed(imports)}."
        for target, names in list(self.file.extended.items())[:_LISTED]:
            yield f"Extensions of {target} are named only: {_listed(names)}."


def _kept(declared: Declared) -> Iterator[str]:
    if declared.kept:
        yield f"Reserved: {_listed(declared.kept)}."
    if declared.open:
        yield f"Open for extensions: {_listed(declared.open)}."


def _details(part: Part) -> Iterator[str]:
    yield f"number {part.number}"
    if part.choice:
        yield f"only one of `{part.choice}` is sent"
    if part.label == "optional":
        yield "optional"
    if part.default:
        yield f"default {part.default}"


def _meaning(part: Part) -> str:
    marks = " Deprecated." if part.is_deprecated else ""
    return f"Number {part.number}.{marks}{f' {part.description}' if part.description else ''}"


def _listed(names: list[str]) -> str:
    further = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + further
