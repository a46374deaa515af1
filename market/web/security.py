"""Headers that every answer carries, and the limits of what may be sent."""

from __future__ import annotations

import base64
import binascii
import gzip
import secrets
from functools import cache, lru_cache
from typing import Any

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer

from market.config import Settings
from market.web import holes

_MASKED = "m."


def csrf_token() -> str:
    """The form token under a mask of its own for each answer.

    Answers travel compressed: a secret that stood in each of them as it is could be guessed from their
    lengths (BREACH). All forms of one answer carry the same mask.
    """
    if g.get("holes"):
        return holes.mark(holes.CSRF)
    if "masked_csrf" not in g:
        g.masked_csrf = masked(generate_csrf())
    return str(g.masked_csrf)


def masked(token: str) -> str:
    """The token under a fresh mask."""
    data = token.encode()
    pad = secrets.token_bytes(len(data))
    return _MASKED + base64.urlsafe_b64encode(pad + _xor(data, pad)).decode()


@lru_cache(maxsize=4_096)
def signed(app: Flask, token: str) -> str:
    """The form token of a visitor whose cookie holds `token`, as the library of the forms signs it."""
    return str(URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(token))


def _xor(data: bytes, pad: bytes) -> bytes:
    return (int.from_bytes(data) ^ int.from_bytes(pad)).to_bytes(len(data))


def unmasked(sent: str | None) -> str | None:
    """The token below its mask; what carries none, or is no token at all, stays as it was sent."""
    if not sent or not sent.startswith(_MASKED):
        return sent
    try:
        data = base64.b64decode(sent.removeprefix(_MASKED).encode(), altchars=b"-_", validate=True)
        half = len(data) // 2
        return _xor(data[half:], data[:half]).decode()
    except (binascii.Error, ValueError, OverflowError):
        return sent


class MaskedCsrf(CSRFProtect):  # type: ignore[misc,unused-ignore]
    """Checks what is below the mask."""

    def _get_csrf_token(self) -> Any:
        return unmasked(super()._get_csrf_token())


csrf = MaskedCsrf()

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
    app.context_processor(lambda: {"csrf_token": csrf_token})  # after the library's own, which it replaces
    app.after_request(_compress)
    app.after_request(_headers)


@cache
def lasting_headers(secure: bool) -> tuple[tuple[str, str], ...]:
    """What every answer says about itself."""
    strict = {"Strict-Transport-Security": f"max-age={YEAR_S}; includeSubDomains"} if secure else {}
    return tuple({**HEADERS, **strict}.items())


def _headers(response: Response) -> Response:
    for name, value in lasting_headers(request.is_secure):
        response.headers.setdefault(name, value)
    if request.endpoint == "static":
        # Vendored files carry their version in the folder's name.
        if request.args.get("v") or request.path.startswith("/static/vendor/"):
            response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    elif "actor" in g and g.actor.user_id is not None:
        response.headers.setdefault("Cache-Control", "private, no-store")
    if request.endpoint != "static":
        response.vary.add("Cookie")
    return response


@lru_cache(maxsize=64)
def _packed(data: bytes) -> bytes:
    """A static file as small as it gets: packed once in a process."""
    return gzip.compress(data, 9, mtime=0)


def _compress(response: Response) -> Response:
    """Gzip what is text and long enough; nginx does the same in front of production."""
    wanted = "gzip" in request.headers.get("Accept-Encoding", "")
    fits = (response.mimetype or "").startswith(_TEXT) and "Content-Encoding" not in response.headers
    if not fits or response.status_code < 200 or response.status_code in (204, 304):
        return response
    response.vary.add("Accept-Encoding")
    if not wanted:
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < COMPRESSED_FROM_BYTES:
        return response
    response.set_data(_packed(data) if request.endpoint == "static" else gzip.compress(data, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
