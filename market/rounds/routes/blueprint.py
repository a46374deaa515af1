"""The blueprints of rounds, and what their pages share."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Redirect

from market.core import money
from market.core.i18n import _, format_number
from market.rounds.queries import DECLINE_WORDS, TERM_WORDS, UNMET_REMEDIES, UNMET_WORDS, shortfall

bp = Blueprint("rounds", __name__)
demand_bp = Blueprint("demand", __name__)

Answer = str | Redirect | Response | tuple[str, int]


def percent(part: int, whole: int) -> str:
    """A share in words: "7,4 %"; a dash where there is nothing to compare with."""
    return f"{format_number(100 * part / whole, 1)} %" if whole else "–"


def short_rp(amount_rp: int) -> str:
    """A large sum as it fits a figure: "Rp157,1 juta", "Rp1,57 miliar"; small ones whole."""
    for size, digits, word in ((10**9, 2, _("miliar")), (10**6, 1, _("juta"))):
        if abs(amount_rp) >= 10 * size or (size == 10**9 and abs(amount_rp) >= size):
            return f"Rp{format_number(amount_rp / size, digits)} {word}"
    return money.format_rp(amount_rp)


def _words() -> dict[str, object]:
    return {
        "number": money.group,
        "percent": percent,
        "short_rp": short_rp,
        "decimal": format_number,
        "unmet_words": UNMET_WORDS,
        "unmet_remedies": UNMET_REMEDIES,
        "decline_words": DECLINE_WORDS,
        "term_words": TERM_WORDS,
        "shortfall": shortfall,
    }


bp.context_processor(_words)
demand_bp.context_processor(_words)
