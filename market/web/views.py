"""How often a product's page was looked at, noted beside the request's transaction.

People without an account are counted, and members; not robots, not pages that a browser fetched ahead, and
not who sells: shop and sellers look at their own pages all day. Opened again is counted again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

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
    return _looks(request.environ) and g.get("actor", ANONYMOUS).organization_kind not in TRADERS


def _looks(environ: Mapping[str, Any]) -> bool:
    """Whether a person looks, for all that the headers say."""
    agent = environ.get("HTTP_USER_AGENT", "")
    ahead = "prefetch" in environ.get("HTTP_SEC_PURPOSE", "") + environ.get("HTTP_PURPOSE", "")
    return bool(agent) and not ROBOT.search(agent) and not ahead


def note_guest(product_id: str, environ: Mapping[str, Any]) -> None:
    """Note that somebody without an account looks at a product's page."""
    if _looks(environ):
        spool.note(product_id)
