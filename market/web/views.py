"""How often a product's page was looked at, noted beside the request's transaction.

People without an account are counted, and members; not robots, not pages that a browser fetched ahead, and
not who sells: shop and sellers look at their own pages all day. Opened again is counted again.
"""

from __future__ import annotations

import re

from flask import Flask, Response, g, request

from market.core import spool
from market.core.permissions import ANONYMOUS

COUNTED = {"retail.show_product": "product_id"}
"""Endpoint -> its parameter that is counted."""
ROBOT = re.compile(
    r"bot|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|curl|wget|python", re.I
)
TRADERS = ("cooperative", "seller", "platform")


def init_app(app: Flask) -> None:
    """Note views after each answer."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    argument = COUNTED.get(request.endpoint or "")
    if argument and request.method == "GET" and response.status_code == 200 and _person():
        spool.note(str((request.view_args or {})[argument]))
    return response


def _person() -> bool:
    agent = request.headers.get("User-Agent", "")
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if not agent or ROBOT.search(agent) or ahead:
        return False
    return g.get("actor", ANONYMOUS).organization_kind not in TRADERS
