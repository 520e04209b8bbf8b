"""How an API knows who asks, in words: the schemes of OpenAPI and AsyncAPI. Holds no secret and asks for none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from waypost.apis.clip import LONGEST_NAME, clip
from waypost.apis.reading import Node, Reading, words
from waypost.apis.reference import Field, Kind

_MOST = 20  # ways that are enough, schemes of one way, scopes of one scheme
_FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "clientCredentials": "client credentials",
    "application": "client credentials",
    "authorizationCode": "authorization code",
    "accessCode": "authorization code",
    "deviceAuthorization": "device",
}
_KINDS = {
    "mutualTLS": "client certificate",
    "openIdConnect": "OpenID Connect",
    "userPassword": "user and password",
    "X509": "client certificate",
    "basic": "HTTP basic",
    "scramSha256": "SASL SCRAM-SHA-256",
    "scramSha512": "SASL SCRAM-SHA-512",
    "gssapi": "SASL GSSAPI",
    "plain": "SASL plain",
}


def schemes(reading: Reading, value: object, place: str) -> tuple[Field, ...]:
    """Every scheme that a definition declares."""
    return tuple(
        Field(name, Kind(_kind(scheme)), reading.text(scheme.get("description")), details=tuple(_details(scheme)))
        for name, scheme, _ in reading.nodes(value, place)
        if reading.may_add_field()
    )


def _kind(scheme: Node) -> str:
    kind, place = words(scheme.get("type")), words(scheme.get("in"))
    if kind in ("apiKey", "httpApiKey"):
        name = words(scheme.get("name"))
        return f"API key in {place} {name}".rstrip() if place else "API key"
    if kind == "http":
        return f"HTTP {words(scheme.get('scheme'))}".rstrip()
    if kind == "oauth2":
        flows = scheme.get("flows")
        named = list(islice(flows, _MOST)) if isinstance(flows, dict) else [scheme.get("flow")]
        known = [_FLOWS[flow] for flow in named if isinstance(flow, str) and flow in _FLOWS]
        return f"OAuth 2 ({', '.join(known)})" if known else "OAuth 2"
    return _KINDS.get(kind, kind or "unknown")


def _details(scheme: Node) -> Iterator[str]:
    flows = scheme.get("flows")
    for flow in (scheme, *(islice(flows.values(), _MOST) if isinstance(flows, dict) else ())):
        for key, said in (("tokenUrl", "token from"), ("openIdConnectUrl", "described at")):
            if isinstance(flow, dict) and (url := words(flow.get(key))):
                yield f"{said} {clip(url, LONGEST_NAME)}"
    if form := words(scheme.get("bearerFormat")):
        yield clip(form, LONGEST_NAME)


def needed(reading: Reading, value: object, place: str) -> tuple[str, ...]:
    """What an operation asks for: any one of these is enough."""
    found: dict[str, None] = {}
    for item in reading.items(value, place)[:_MOST]:
        if isinstance(item, dict):
            ways = (_scoped(str(name), scopes) for name, scopes in islice(item.items(), _MOST))
            found[clip(" and ".join(ways), LONGEST_NAME) or "nothing"] = None
    return tuple(found)


def _scoped(name: str, scopes: object) -> str:
    named = (
        [clip(scope, LONGEST_NAME) for scope in scopes[:_MOST] if isinstance(scope, str)]
        if isinstance(scopes, list)
        else []
    )
    return f"{name} ({', '.join(named)})" if named else name
