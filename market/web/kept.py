"""Public pages that stay as they are until the shelf changes: kept whole, and answered before Flask begins.

Anybody without an account sees the same page at the same address, but for what lies in their cookie
(language, kelurahan, basket: its `facets`) and the tokens of its forms (its holes). The desk asks the
database one thing, the version of the shelf. As long as that and the ten minutes stay, a visitor who has the
page is told so (304), another gets the kept one; everybody else goes on to Flask, and what it answers is
kept.

The version is read before the page is made, so a kept page may be newer than its version, never older.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Flask, Response, g, request, session
from werkzeug.http import parse_etags

from market.core import clock, db
from market.web import holes, requests, security, views
from market.web.holes import Page
from market.web.sessions import Sessions

ENVIRON = "lumbung.asked"
CACHED = "private, no-cache"
"""A browser may keep the page and asks each time whether it is still right."""
MOST_PAGES = 1_500
STALE_S = 600
"""A page is made anew after this time whatever happens: some of its words follow the clock."""
MOST_KEY = 600
"""Addresses and cookies longer than this are not worth keeping a page for."""

Key = tuple[Any, ...]
Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


@dataclass(frozen=True)
class Place:
    """What an address shows: the shop whose version counts ("" for all), the product that is looked at."""

    slug: str = ""
    product_id: str = ""


@dataclass(frozen=True)
class Asked:
    """A page that may be kept: its key and its state; `tag_of` adds whose tokens stand in it."""

    key: Key
    state: tuple[int, ...]

    def tag(self, token: str) -> str:
        """The weak tag of this page for the visitor with this form token."""
        said = repr((self.key, self.state, token)).encode(errors="replace")
        return hashlib.blake2b(said, digest_size=12).hexdigest()


class Shelf:
    """Kept pages of one process, the ones that were wanted last."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, tuple[tuple[int, ...], Page]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, asked: Asked) -> Page | None:
        """The page, when it was kept in this state."""
        with self._lock:
            found = self._pages.get(asked.key)
            if found is None or found[0] != asked.state:
                return None
            self._pages.move_to_end(asked.key)
            return found[1]

    def put(self, asked: Asked, page: Page) -> None:
        """Keep it; the one that nobody wanted for longest goes."""
        with self._lock:
            self._pages[asked.key] = (asked.state, page)
            self._pages.move_to_end(asked.key)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._pages.clear()


@dataclass(frozen=True)
class Rules:
    """What the pages' own part says of them."""

    place: Callable[[str], Place | None]
    """Of a path; None where nothing is kept."""
    facets: Callable[[Mapping[str, Any]], Key | None]
    """What of the cookie the page shows; None for people whose pages are never kept."""
    version: Callable[[str], int]
    """The version of a shop's shelf, "" for all."""
    build: Callable[[], str]
    """Another word for each build of the product."""


class Desk:
    """Stands in front of Flask and answers what it has."""

    def __init__(self, app: Flask, rules: Rules, sessions: Sessions) -> None:
        self.app, self.rules, self.sessions, self.shelf = app, rules, sessions, Shelf()
        self.inner: Wsgi = app.wsgi_app
        self._cookie = str(app.config["SESSION_COOKIE_NAME"])

    def _visitor(self, environ: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The visitor's cookie; None where Flask has to look at it itself."""
        sent = environ.get("HTTP_COOKIE", "")
        if not sent:
            return {}
        name, sign, value = sent.partition("=")
        if name != self._cookie or not sign or ";" in value or '"' in value:
            try:
                morsel = SimpleCookie(sent).get(self._cookie)
            except CookieError:
                return None
            if morsel is None:
                return {}
            value = morsel.value
        return self.sessions.read(value)

    def _asked(self, environ: Mapping[str, Any], place: Place, visitor: Mapping[str, Any]) -> Asked | None:
        facets = self.rules.facets(visitor)
        if facets is None:
            return None
        where = (
            environ["wsgi.url_scheme"],
            environ.get("HTTP_HOST", ""),
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
        )
        if sum(map(len, where)) > MOST_KEY:
            return None
        key = (self.rules.build(), db.generation(), *where, facets)
        return Asked(key, (self.rules.version(place.slug), int(clock.now().timestamp()) // STALE_S))

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """WSGI."""
        place = self.rules.place(environ.get("PATH_INFO", "")) if environ["REQUEST_METHOD"] == "GET" else None
        if place is None or environ.get("SCRIPT_NAME"):
            return self.inner(environ, start)
        visitor = self._visitor(environ)
        asked = None if visitor is None else self._asked(environ, place, visitor)
        if asked is None or visitor is None:
            return self.inner(environ, start)
        token = visitor.get("csrf_token")
        if isinstance(token, str):
            tag = asked.tag(token)
            if _has(environ, tag):
                return _say(environ, start, "304 NOT MODIFIED", tag, None)
            page = self.shelf.get(asked)
            if page is not None:
                if place.product_id:
                    views.note_guest(place.product_id, environ)
                return _say(environ, start, "200 OK", tag, self._filled(environ, page, token))
        environ[ENVIRON] = (self, asked)
        return self.inner(environ, start)

    def _filled(self, environ: Mapping[str, Any], page: Page, token: str) -> tuple[bytes, bool]:
        masked = security.masked(security.signed(self.app, token))
        values = page.filled(lambda kind: masked if kind == holes.CSRF else secrets.token_urlsafe(18))
        packed = _unpacks(environ)
        return (page.gzipped(values) if packed else page.body(values)), packed


def _unpacks(environ: Mapping[str, Any]) -> bool:
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")


def _has(environ: Mapping[str, Any], tag: str) -> bool:
    sent = environ.get("HTTP_IF_NONE_MATCH")
    return bool(sent) and parse_etags(sent).contains_weak(tag)


def _say(
    environ: Mapping[str, Any], start: Start, status: str, tag: str, sent: tuple[bytes, bool] | None
) -> list[bytes]:
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("ETag", f'W/"{tag}"'),
        ("Cache-Control", CACHED),
        ("X-Request-Id", requests.request_id(environ.get("HTTP_X_REQUEST_ID", ""))),
        *security.lasting_headers(environ["wsgi.url_scheme"] == "https"),
    ]
    if sent is None:
        start(status, [*headers, ("Vary", "Cookie")])
        return []
    body, packed = sent
    if packed:
        headers.append(("Content-Encoding", "gzip"))
    start(status, [*headers, ("Vary", "Cookie, Accept-Encoding"), ("Content-Length", str(len(body)))])
    return [body]


def asked() -> bool:
    """Whether this request asks for a page that may be kept."""
    return ENVIRON in request.environ


def made(render: Callable[[], str]) -> Response:
    """The asked page for this visitor, kept or rendered now. ValueError where none is asked."""
    found: tuple[Desk, Asked] | None = request.environ.get(ENVIRON)
    if found is None:
        raise ValueError("this address is not kept")
    desk, wanted = found
    page = desk.shelf.get(wanted)
    if page is None:
        g.holes = True
        try:
            page = holes.page(render())
        finally:
            g.holes = False
        desk.shelf.put(wanted, page)
    values = page.filled(
        lambda kind: security.csrf_token() if kind == holes.CSRF else secrets.token_urlsafe(18)
    )
    packed = _unpacks(request.environ)
    response = Response(page.gzipped(values) if packed else page.body(values), mimetype="text/html")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Cookie")
    response.vary.add("Accept-Encoding")
    response.set_etag(wanted.tag(session["csrf_token"]), weak=True)
    response.headers["Cache-Control"] = CACHED
    return response
