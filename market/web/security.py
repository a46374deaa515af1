"""Headers that every answer carries, and the limits of what may be sent."""

from __future__ import annotations

import gzip

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from market.config import Settings

csrf = CSRFProtect()

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self' https://wa.me",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
}
COMPRESSED_FROM_BYTES = 600
_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")
YEAR_S = 31_536_000


def init_app(app: Flask, settings: Settings) -> None:
    """Cookies, limits, CSRF and headers."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-lumbung" if settings.production else "lumbung",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
        PREFERRED_URL_SCHEME="https" if settings.production else "http",
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=100_000,
        MAX_FORM_PARTS=2_000,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.production,
    )
    csrf.init_app(app)
    app.after_request(_compress)
    app.after_request(_headers)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_S}; includeSubDomains")
    if request.endpoint == "static":
        # Vendored files carry their version in the folder's name.
        if request.args.get("v") or request.path.startswith("/static/vendor/"):
            response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    elif "actor" in g and g.actor.user_id is not None:
        response.headers.setdefault("Cache-Control", "private, no-store")
    if request.endpoint != "static":
        response.vary.add("Cookie")
    return response


def _compress(response: Response) -> Response:
    """Gzip what is text and long enough; nginx does the same in front of production."""
    wanted = "gzip" in request.headers.get("Accept-Encoding", "")
    fits = (response.mimetype or "").startswith(_TEXT) and "Content-Encoding" not in response.headers
    if not wanted or not fits or response.status_code < 200 or response.status_code in (204, 304):
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < COMPRESSED_FROM_BYTES:
        return response
    response.set_data(gzip.compress(data, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response
