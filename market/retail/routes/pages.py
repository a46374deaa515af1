"""How the public pages are made fast: cards kept between visits, and an answer that nothing has changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app, make_response, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from market.catalogue.queries import ShelfItem
from market.catalogue.queries_cards import Card
from market.core import i18n
from market.retail import services
from market.web import kept
from market.web.access import current_actor
from market.web.kept import Place

ROOT = Path(__file__).resolve().parents[3]
_KEPT = re.compile(r"/pasar(?:/cari)?|/toko/([a-z0-9-]{1,80})(?:/(\d{1,18}))?")
AT_ONCE_SEEN = 4
_TOKENS = re.compile(r'name="(?:csrf_token|_idem)" value="[^"]*"')
"""Photos in the first rows are fetched at once, the others when they come into sight."""


def cards(
    items: Iterable[ShelfItem | Card], wanted: Mapping[int, int] | None = None, slug: str = ""
) -> Markup:
    """The cards of a list: with buttons for the basket of the shop `slug`, without any over shops."""
    template = current_app.jinja_env.get_template("retail/_cards.html")
    return Markup(
        template.render(
            items=list(items),
            prefix=url_for("retail.index") + "/",
            slug=slug,
            counts=wanted or {},
            most=services.MAX_QUANTITY,
            at_once=AT_ONCE_SEEN,
        )
    )


def said_of(product_id: int) -> Any:
    """What buyers said of a product: reviews stand above retail, so the application hands them down."""
    return current_app.jinja_env.globals["shown_reviews_of"](product_id)  # type: ignore[operator]


@cache
def build() -> str:
    """A hash over every template: a page of an older build is not taken for today's."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def place_of(path: str) -> Place | None:
    """What a kept address shows."""
    found = _KEPT.fullmatch(path)
    return None if found is None else Place(found[1] or "", found[2] or "")


def facets(cookie: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What of a guest's cookie the pages show; None for who is signed in or is told something once."""
    if "session" in cookie or "_flashes" in cookie:
        return None
    return (str(cookie.get("locale", "")), repr(cookie.get("kelurahan")), repr(cookie.get("basket")))


def _tag(parts: tuple[Any, ...]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for part in (build(), i18n.current_locale(), session.get("csrf_token"), request.full_path, *parts):
        digest.update(str(part).encode(errors="replace") + b"\0")
    return digest.hexdigest()


def answer(template: str, *parts: Any, **context: Any) -> Response:
    """The page, or 304 when this visitor has it as it would be: `parts` is all of it that may change.

    Without parts the whole page is compared, its tokens aside: that spares the way, not the work. Not for
    people who are signed in: their pages stay in no cache.
    """
    if current_actor().user_id is not None or "_flashes" in session:
        return make_response(render_template(template, **context))
    if kept.asked():
        return kept.made(lambda: render_template(template, **context))
    page = None if parts else render_template(template, **context)
    tag = _tag(parts or (_TOKENS.sub("", page or ""),))
    if request.if_none_match.contains_weak(tag):
        return _kept(make_response("", 304), tag)
    return _kept(make_response(page or render_template(template, **context)), tag)


def _kept(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = kept.CACHED
    return response
