"""The blueprint of retail, and what its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from market.retail.routes import basket

bp = Blueprint("retail", __name__)

Answer = str | Response | tuple[str, int]
PHOTO_SIDE = 1024
"""The longest side of a complaint's or a delivery's photo, as both are stored."""


def grouped(code: str) -> str:
    """A pickup code as people read it aloud: "481 516"."""
    return f"{code[:3]} {code[3:]}"


bp.add_app_template_global(grouped, "grouped_code")
bp.add_app_template_global(basket.pieces, "basket_pieces")
