"""What a .proto file declares, as values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a message or a value of an enum."""

    name: str
    number: str
    type: str = ""  # as written; "" of a value
    key: str = ""  # type of a map's keys
    label: str = ""  # optional, required, repeated
    choice: str = ""  # the oneof it stands in
    description: str = ""
    default: str = ""
    is_deprecated: bool = False


@dataclass(slots=True)
class Declared:
    """A message or an enum; its name is dotted within the file."""

    name: str
    form: str  # message, enum
    description: str = ""
    parts: list[Part] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # reserved numbers and names
    open: list[str] = field(default_factory=list)  # numbers for extensions
    is_deprecated: bool = False


@dataclass(slots=True)
class Method:
    """An rpc."""

    name: str
    request: str
    response: str
    is_request_stream: bool = False
    is_response_stream: bool = False
    description: str = ""
    routes: list[str] = field(default_factory=list)  # "GET /v1/payments/{id}"
    is_deprecated: bool = False


@dataclass(slots=True)
class Service:
    name: str
    description: str = ""
    methods: list[Method] = field(default_factory=list)
    is_deprecated: bool = False


@dataclass(slots=True)
class File:
    """Everything of one file, in its order."""

    syntax: str = "proto2"  # also: proto3, edition 2023
    package: str = ""
    imports: list[str] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    types: list[Declared] = field(default_factory=list)
    extended: dict[str, list[str]] = field(default_factory=dict)  # a foreign message -> fields added to it
