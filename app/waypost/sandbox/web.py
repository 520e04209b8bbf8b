"""How GitHub answers: errors, pages of a list, dates and media types.

https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

DOCUMENTATION = "https://docs.github.com/rest"
Json = dict[str, Any]


class ApiError(Exception):
    """An answer that is not a success, in GitHub's shape."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Sequence[Json | str] = (),
        headers: Mapping[str, str] | None = None,
        documentation_url: str = DOCUMENTATION,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.documentation_url = documentation_url
        self.extra: Json = {}  # more keys of the body

    def response(self) -> Response:
        content: Json = {"message": self.message, **self.extra}
        if self.errors:
            content["errors"] = self.errors
        content |= {"documentation_url": self.documentation_url, "status": str(self.status)}
        answer = jsonify(content)
        answer.status_code = self.status
        answer.headers.update(self.headers)
        return answer


def not_found() -> ApiError:
    return ApiError(404, "Not Found")


def unauthorized(message: str = "Bad credentials") -> ApiError:
    return ApiError(401, message)


def forbidden(message: str = "Resource not accessible by integration", **headers: str) -> ApiError:
    """Refuse; keywords become headers (underscores are dashes)."""
    return ApiError(403, message, headers={name.replace("_", "-"): value for name, value in headers.items()})


def conflict(message: str) -> ApiError:
    return ApiError(409, message)


def unprocessable(message: str) -> ApiError:
    """422 with a message only, as the git data routes answer."""
    return ApiError(422, message)


def invalid(resource: str, field: str, code: str = "invalid", message: str = "") -> ApiError:
    """422 "Validation Failed": code is missing, missing_field, invalid, already_exists, unprocessable or custom."""
    error = {"resource": resource, "code": code, "field": field} | ({"message": message} if message else {})
    return ApiError(422, "Validation Failed", [error])


def body() -> Json:
    """Return the JSON object of the request; an empty body counts as {}."""
    text = request.get_data()
    if not text.strip():
        return {}
    value = request.get_json(force=True, silent=True)
    if value is None:
        raise ApiError(400, "Problems parsing JSON")
    if not isinstance(value, dict):
        raise ApiError(400, "Body should be a JSON object")
    return value


def text_field(content: Mapping[str, Any], resource: str, field: str) -> str:
    """Return a required text field of a request body."""
    value = content.get(field)
    if not isinstance(value, str) or not value:
        raise invalid(resource, field, "missing_field" if value is None else "invalid")
    return value


def paginate(items: Sequence[Any], present: Callable[[Any], Any], within: str = "", **more: Any) -> Response:
    """Answer one page of a list with its Link header; `within` puts it under a key beside `total_count`.

    per_page is 30 unless asked for and at most 100. https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
    """
    size = min(max(_number("per_page", 30), 1), 100)
    page = max(_number("page", 1), 1)
    shown = [present(item) for item in items[(page - 1) * size : page * size]]
    answer = jsonify({"total_count": len(items), **more, within: shown} if within else shown)
    last = max(-(-len(items) // size), 1)
    turns = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    wanted = [
        rel for rel in turns if (rel in ("prev", "first") and page > 1) or (rel in ("next", "last") and page < last)
    ]
    if wanted:
        answer.headers["Link"] = ", ".join(f'<{_page_address(turns[rel])}>; rel="{rel}"' for rel in wanted)
    return answer


def _page_address(page: int) -> str:
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{request.base_url}?{urlencode([*query, ('page', str(page))])}"


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default


def flag(name: str) -> bool:
    """Tell whether a query parameter is set to something true."""
    return request.args.get(name, "").lower() in ("1", "true", "yes")


# application/vnd.github.v3.raw+json, application/vnd.github.raw, application/vnd.github.html+json ...
_MEDIA = re.compile(r"application/vnd\.github(?:\.v3)?(?:\.(?P<format>[a-z]+))?(?:\+json)?$")


def media() -> str:
    """Return which representation the caller asked for: json, raw, html, object, diff, patch, sha, text or full.

    https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#media-types
    """
    for accepted in request.headers.get("Accept", "*/*").split(","):
        kind = accepted.split(";")[0].strip()
        if found := _MEDIA.match(kind):
            return found["format"] or "json"
    return "json"


def accepts_json() -> bool:
    """Tell whether the Accept header leaves room for anything we answer."""
    kinds = [kind.split(";")[0].strip() for kind in request.headers.get("Accept", "*/*").split(",")]
    open_kinds = ("*/*", "application/*", "application/json", "text/html", "text/*", "text/plain")
    return any(kind in open_kinds or kind.startswith("application/vnd.github") for kind in kinds)
