"""How a page of set-up is answered: rendered, with a policy that lets nothing foreign in. Decides nothing."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Response, render_template, request

from waypost.server.setup.door import Session

HOME = "/setup"
COOKIE = "waypost_setup"
TITLES = {
    "app": "The App",
    "writer": "The second App",
    "install": "Installation",
    "install-writer": "Second installation",
    "repository": "Catalog repository",
    "scan": "First report",
}


def page(
    template: str, status: int = 200, session: Session | None = None, web_url: str = "", **values: Any
) -> Response:
    """Render a page; its forms may lead to us and to `web_url`."""
    nonce = secrets.token_urlsafe(16)
    there = urlsplit(web_url)
    targets = "'self'" + (f" {there.scheme}://{there.netloc}" if web_url else "")
    text = render_template(
        f"setup_{template}.html",
        nonce=nonce,
        form_token=session.form_token if session else "",
        titles=TITLES,
        web_url=web_url,
        **values,
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
            f"img-src data:; form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
        ),
        # GitHub wants to know which site a manifest comes from; no-referrer would make that "null"
        "Referrer-Policy": "strict-origin",
        "X-Frame-Options": "DENY",
    }
    return Response(text, status, headers, content_type="text/html; charset=utf-8")


def message(status: int, title: str, text: str, session: Session | None = None, **values: Any) -> Response:
    """A page that says one thing."""
    return page("message", status, session, title=title, text=text, **values)


def own_address() -> str:
    """The address this server was asked by, as a proxy before it says; the admin sees it and may change it."""
    scheme = request.headers.get("X-Forwarded-Proto", request.scheme).partition(",")[0].strip()
    host = request.headers.get("X-Forwarded-Host", request.host).partition(",")[0].strip()
    return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}"


def with_cookie(response: Response, cookie: str) -> Response:
    """Give a browser its session; over https only where we are reached so."""
    is_secure = own_address().startswith("https:")
    response.set_cookie(COOKIE, cookie, path="/setup", httponly=True, samesite="Lax", secure=is_secure)
    return response
