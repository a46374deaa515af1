"""The raw limit: a list page of 24 cards by psycopg and Jinja alone, two queries, nothing else.

No framework, no session, no form token: what this machine can do with such a page at all. It is compressed
like every page, because every page is sent compressed.
"""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import jinja2
import psycopg
from psycopg.rows import namedtuple_row

from market.benchmarks.web.postgres import libpq

Start = Callable[[str, list[tuple[str, str]]], Any]

CARDS = """
SELECT p.id, p.name, p.price_rp, p.unit_label, p.net_weight_g, p.photo, p.halal, p.cooperative_id,
       seller.name AS seller, shop.name AS shop, shop.slug
FROM listing l JOIN product p ON p.id = l.product_id
JOIN organization seller ON seller.id = p.organization_id
JOIN organization shop ON shop.id = p.cooperative_id
WHERE p.state IN ('published') AND shop.active
ORDER BY l.turn, l.product_id LIMIT 25"""
STOCK = """
SELECT code, on_hand_base - reserved_base
FROM unnest(%s::bigint[], %s::text[]) AS wanted (organization_id, code)
JOIN stock_item USING (organization_id, code)"""

PAGE = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Pasar</title>
<link rel="stylesheet" href="/static/base.css"><script src="/static/app.js" defer></script></head><body>
<header><a href="/">Lumbung</a><a href="/keranjang">Keranjang</a><a href="/masuk">Masuk</a></header>
<main><h1>Pasar</h1><form action="/pasar/cari"><input name="q"><button>Cari</button></form>
{% for card in cards %}
<article class="good" id="barang-{{ card.id }}">
  <span class="good-photo">{% if card.photo %}<img src="/foto/{{ card.photo }}/320"
    srcset="/foto/{{ card.photo }}/176 176w, /foto/{{ card.photo }}/320 320w, /foto/{{ card.photo }}/480 480w"
    sizes="(width >= 640px) 15rem, 5.5rem" alt="" width="176" height="132" loading="lazy">{% endif %}</span>
  <div class="good-text"><a class="good-name" href="/toko/{{ card.slug }}/{{ card.id }}">{{ card.name }}</a>
    <span class="good-seller">{{ card.seller }}</span>
    <span class="good-price"><strong>Rp{{ "{:,}".format(card.price_rp) }}</strong>
      <span>/ {{ card.unit_label }}</span></span>
    {% if card.halal == "certified" %}<span class="chip">Halal</span>{% endif %}
  </div>
  <div class="good-act">
    <span class="good-left">{% if left[card.id] > 0 %}Siap hari ini{% else %}Habis{% endif %}</span>
    <span class="good-shop">{{ card.shop }}</span></div>
</article>
{% endfor %}</main></body></html>"""


class Page:
    """The page of one process: a connection of its own for each thread."""

    def __init__(self, url: str) -> None:
        self.url = libpq(url)
        self.here = threading.local()
        self.template = jinja2.Environment(autoescape=True).from_string(PAGE)

    def _connection(self) -> psycopg.Connection[Any]:
        if not hasattr(self.here, "connection"):
            self.here.connection = psycopg.connect(
                self.url, autocommit=True, row_factory=namedtuple_row, prepare_threshold=0
            )
        found: psycopg.Connection[Any] = self.here.connection
        return found

    def html(self) -> str:
        """The page as it is now."""
        connection = self._connection()
        cards = connection.execute(CARDS).fetchall()[:24]
        codes = [f"product:{card.id}" for card in cards]
        shops = [card.cooperative_id for card in cards]
        left = {int(row[0].partition(":")[2]): row[1] for row in connection.execute(STOCK, (shops, codes))}
        return self.template.render(cards=cards, left={card.id: left.get(card.id, 0) for card in cards})

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """WSGI."""
        body = self.html().encode()
        headers = [("Content-Type", "text/html; charset=utf-8")]
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = gzip.compress(body, 6, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        start("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]


def from_environment() -> Page:
    """For the server."""
    return Page(os.environ["LUMBUNG_DATABASE_URL"])
