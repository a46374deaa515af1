"""The raw limit: the product's own list of 24 cards by psycopg and Jinja alone, two queries, nothing else.

The same page to the last word (`tests/benchmarks/web/test_raw_page.py` compares them), drawn by the product's
own templates from rows that psycopg brought: no framework, no mapper, no cookie, no form token, no filters
read, no tag. What stands above and below the cards is worked out once, when the process starts.

`ByHand` goes further and gives up the templates too: a frame that costs nothing any more, and cards written
for this one list. It is told beside the promises, as what this machine can do with such a page at all. Both
are compressed like every page, because every page is sent compressed.
"""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import jinja2
import psycopg
from flask import Flask
from markupsafe import Markup
from psycopg.rows import namedtuple_row

from market import server
from market.benchmarks.web.client import HOST
from market.benchmarks.web.postgres import libpq
from market.catalogue import queries_finding as finding
from market.catalogue.queries_cards import Card
from market.catalogue.queries_finding import Wanted
from market.core import db, messages
from market.retail.routes import filters, pages, sharing

Start = Callable[[str, list[tuple[str, str]]], Any]
LIST = "/pasar/cari"
OPENS, CLOSES = '<div class="goods" data-testid="found">', "</article></div>"

CARDS = """
SELECT p.id, p.name, p.price_rp, p.unit_label, p.net_weight_g, p.net_volume_ml, p.halal, p.photo,
       p.commission_bp, p.supply, p.lead_days, p.cooperative_id, p.organization_id AS seller_id,
       seller.name AS seller, shop.name AS shop, shop.slug, commodity.family,
       coalesce('pack:' || pack.code, 'product:' || p.id) AS code, coalesce(pack.size_base, 1) AS size,
       p.organization_id = p.cooperative_id AS own
FROM listing l JOIN product p ON p.id = l.product_id
JOIN organization seller ON seller.id = p.organization_id
JOIN organization shop ON shop.id = p.cooperative_id
LEFT JOIN pack ON pack.id = p.pack_id LEFT JOIN commodity ON commodity.id = pack.commodity_id
WHERE p.state IN ('published') AND (p.lawful_until_on IS NULL OR p.lawful_until_on >= current_date)
  AND p.variant_of_id IS NULL AND seller.trading AND seller.active
ORDER BY l.turn, l.product_id LIMIT 48"""
STOCK = """
SELECT organization_id, code, on_hand_base - reserved_base
FROM unnest(%s::bigint[], %s::text[]) AS wanted (organization_id, code)
JOIN stock_item USING (organization_id, code)"""
SHOWN = 24
_READ = Card._fields[: Card._fields.index("left")]
"""What the query reads of a card, in its order."""
PAGE_OF, CARDS_OF = "retail/index_market.html", "retail/_cards.html"
AROUND_CARDS = {"prefix": "/toko/", "slug": "", "counts": {}, "most": 0, "at_once": pages.AT_ONCE_SEEN}

CARD = """{% for card in cards %}
<article class="good" id="barang-{{ card.id }}" data-testid="good">
  <span class="good-photo">{% if card.photo %}<img src="/foto/{{ card.photo }}/320" srcset="/foto/{{ card.photo }}/176 176w, /foto/{{ card.photo }}/320 320w, /foto/{{ card.photo }}/480 480w" sizes="(width >= 640px) 15rem, 5.5rem" alt="" width="176" height="132" decoding="async"{% if loop.index0 >= 4 %} loading="lazy"{% endif %}>
    {%- else %}<svg aria-hidden="true"><use href="{{ goods }}#{{ drawings.get(card.family, "camilan") }}"/></svg>{% endif %}</span>
  <div class="good-text">
    <a class="good-name" href="/toko/{{ card.slug }}/{{ card.id }}">{{ card.name }}</a>
    <span class="good-seller">{% if card.own %}Stok koperasi{% else %}{{ card.seller }}{% endif %}</span>
    <span class="good-price"><strong>Rp{{ "{:,}".format(card.price_rp).replace(",", ".") }}</strong> <span>/ {{ card.unit_label }}</span></span>
    {% if card.net_weight_g and card.net_weight_g not in (100, 1000) %}
      {%- set size, per = (1000, "kg") if card.net_weight_g >= 500 else (100, "100 g") -%}
      <span class="good-seller">Rp{{ "{:,}".format((2 * card.price_rp * size + card.net_weight_g) // (2 * card.net_weight_g)).replace(",", ".") }} per {{ per }}</span>
    {%- endif %}
    {% if card.halal == "not_halal" %}<span class="chip warn"><svg class="icon" aria-hidden="true"><use href="{{ icons }}#alert"/></svg><span>Tidak halal</span></span>{% endif %}
  </div>
  <div class="good-act"><span class="good-left{% if left[card.id] <= 5 %} few{% endif %}">{% if left[card.id] <= 5 %}Tinggal {{ left[card.id] }}{% else %}Siap hari ini{% endif %}</span><span class="good-shop"><svg class="icon" aria-hidden="true"><use href="{{ icons }}#pin"/></svg><span>{{ card.shop }}</span></span></div>
</article>
{%- endfor %}"""  # noqa: E501
DRAWINGS = {name: name for name in ("beras", "gula", "telur", "tepung", "daging")} | {
    "minyak goreng": "minyak"
}


class Frame(NamedTuple):
    """What stands around the cards, and the addresses of the two drawings in them."""

    before: str
    after: str
    icons: str
    goods: str


def framed(html: str, static: Callable[[str], str]) -> Frame:
    """The frame of the product's own list. Raises RuntimeError where its cards do not stand in a list."""
    before, opens, rest = html.partition(OPENS)
    _cards, closes, after = rest.rpartition(CLOSES)
    if not opens or not closes:
        raise RuntimeError("the list of the product looks different from what the raw page expects")
    return Frame(before + OPENS, "</div>" + after, static("icons.svg"), static("retail/goods.svg"))


class Raw:
    """A page of one process: a connection of its own for each thread."""

    def __init__(self, url: str) -> None:
        self.url = libpq(url)
        self.here = threading.local()

    def _connection(self) -> psycopg.Connection[Any]:
        if not hasattr(self.here, "connection"):
            self.here.connection = psycopg.connect(
                self.url, autocommit=True, row_factory=namedtuple_row, prepare_threshold=0
            )
        found: psycopg.Connection[Any] = self.here.connection
        return found

    def close(self) -> None:
        """Let go of what this thread holds."""
        if hasattr(self.here, "connection"):
            self.here.connection.close()
        self.here = threading.local()

    def rows(self) -> tuple[list[Any], dict[int, int]]:
        """The goods of the list as they are now, and how many of each are left."""
        connection = self._connection()
        found = connection.execute(CARDS).fetchall()
        wanted = [row.cooperative_id for row in found], [row.code for row in found]
        held = {(row[0], row[1]): row[2] for row in connection.execute(STOCK, wanted)}
        left = {row.id: held.get((row.cooperative_id, row.code), 0) // row.size for row in found}
        return [row for row in found if left[row.id] > 0][:SHOWN], left

    def html(self) -> str:
        """The page as it is now."""
        raise NotImplementedError

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """WSGI."""
        body = self.html().encode()
        headers = [("Content-Type", "text/html; charset=utf-8")]
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = gzip.compress(body, 6, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        start("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]


class ByHand(Raw):
    """A frame that stands there already, around cards of a template for this list alone."""

    def __init__(self, url: str, frame: Frame) -> None:
        super().__init__(url)
        self.frame = frame
        self.template = jinja2.Environment(autoescape=True).from_string(CARD)

    def html(self) -> str:
        """The page as it is now."""
        cards, left = self.rows()
        drawn = self.template.render(
            cards=cards, left=left, drawings=DRAWINGS, icons=self.frame.icons, goods=self.frame.goods
        )
        return self.frame.before + drawn + self.frame.after


class Page(Raw):
    """The product's own templates; `said` is what the product told them around the cards."""

    def __init__(self, url: str, app: Flask, said: Mapping[str, Any]) -> None:
        super().__init__(url)
        self.app, self.said = app, said
        self.cards = app.jinja_env.get_template(CARDS_OF)
        self.template = app.jinja_env.get_template(PAGE_OF)

    def html(self) -> str:
        """The page as it is now."""
        if not hasattr(self.here, "asked"):
            # Addresses and the one form's token come from a request that stays open for good.
            self.here.asked = self.app.test_request_context(LIST, base_url=f"https://{HOST}")
            self.here.asked.push()
        rows, left = self.rows()
        cards = [Card._make((*row[: len(_READ)], left[row.id], 0, None)) for row in rows]
        drawn = Markup(self.cards.render(items=cards, **AROUND_CARDS))
        return self.template.render(**self.said, cards=drawn)

    def close(self) -> None:
        """Let go of what this thread holds, its open request too."""
        if hasattr(self.here, "asked"):
            self.here.asked.pop()
        super().close()


def told(app: Flask) -> dict[str, Any]:
    """What the product tells the template of its list around the cards, today and without a choice."""
    with app.test_request_context(LIST, base_url=f"https://{HOST}"):
        app.preprocess_request()
        said: dict[str, Any] = {}
        app.update_template_context(said)
        first = finding.find(filters.stocked(Wanted()))
        said |= {
            "asked": filters.read(),
            "found": first,
            "home": None,
            "points": [],
            "near": [],
            "kinds": filters.LABELS,
            "first": True,
            "address": messages.link(LIST),
            "picture": sharing.picture_of(None),
        }
        db.session.remove()
    return said


def from_environment() -> Page:
    """For the server."""
    app = server.from_environment()
    return Page(os.environ["LUMBUNG_DATABASE_URL"], app, told(app))


def by_hand() -> ByHand:
    """For the server."""
    app = server.from_environment()
    with app.test_client() as client:
        html = client.get(LIST, base_url=f"https://{HOST}").text
        with app.test_request_context(LIST):
            frame = framed(html, app.jinja_env.globals["static"])  # type: ignore[arg-type]
    return ByHand(os.environ["LUMBUNG_DATABASE_URL"], frame)
