"""The blueprint of sellers, and the months that statements are made for."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, request
from werkzeug.wrappers import Response

from market.core import clock, money
from market.core.errors import NotFound
from market.core.i18n import _
from market.identity import queries as identity
from market.identity.models import Organization
from market.web.access import current_actor

bp = Blueprint("sellers", __name__)
bp.context_processor(lambda: {"number": money.group})
Answer = str | Response
MONTHS = 6
"""How many months may be chosen."""


def own_shop() -> Organization:
    """The cooperative that the actor, a seller, sells through; raises NotFound."""
    actor = current_actor()
    shop_id = identity.organization(actor.organization_id or 0).sells_through_id
    if actor.organization_kind != "seller" or shop_id is None:
        raise NotFound(_("Anda belum menjual lewat koperasi."))
    return identity.organization(shop_id)


def months() -> list[str]:
    """The months to choose from, this one first: "2026-11"."""
    found, first = [], clock.today().replace(day=1)
    for _back in range(MONTHS):
        found.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def month() -> tuple[str, date, date]:
    """The month that was asked for (this one unless it is a known one), its first and its last day."""
    known = months()
    asked = request.args.get("bulan", "")
    chosen = asked if asked in known else known[0]
    first = date.fromisoformat(f"{chosen}-01")
    return chosen, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
