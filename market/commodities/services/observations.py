"""Prices that people see in shops and at mills, with the day and the source."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from market.commodities import queries
from market.commodities.models import LEVELS, Commodity, PriceObservation
from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.money import format_rp
from market.core.permissions import Actor, Permission

OLDEST_OBSERVATION_DAYS = 60
STRANGE_FACTOR = 3
"""A price this many times off the last one is a wrong unit, not news."""
MAX_OBSERVED_RP = 100_000_000


def observe_price(
    actor: Actor,
    *,
    commodity_id: int,
    amount_rp: int,
    observed_on: date,
    level: str = "retail",
    source: str = "",
) -> PriceObservation:
    """Note a price per rule unit that was seen in the actor's city (or the office's scope).

    Raises Forbidden, NotFound, Refused for days to come or long past, amounts far off the last one
    seen, and Conflict when the same source has already told a price for that day.
    """
    actor.require(Permission.PRICE_OBSERVE)
    commodity = queries.commodity(commodity_id)
    if level not in LEVELS:
        raise Refused(_("Pilih salah satu dari daftar."), field="level")
    _check_observation(actor, commodity, amount_rp, observed_on, level)
    seen = PriceObservation(
        commodity_id=commodity_id,
        region_key=actor.scope_code or "national",
        level=level,
        amount_rp=amount_rp,
        observed_on=observed_on,
        source=source or actor.organization_name,
        entered_by=actor.user_id,
    )
    twin = select(PriceObservation.id).filter_by(
        commodity_id=commodity_id,
        region_key=seen.region_key,
        level=level,
        observed_on=observed_on,
        source=seen.source,
    )
    if db.session.scalar(twin) is not None:
        raise Conflict(_("Harga hari itu dari sumber ini sudah dicatat."))
    db.session.add(seen)
    db.session.flush()
    return seen


def _check_observation(actor: Actor, commodity: Commodity, amount_rp: int, on: date, level: str) -> None:
    today = clock.today()
    if on > today:
        raise Refused(_("Tanggal ini belum tiba."), field="observed_on")
    if on < today - timedelta(days=OLDEST_OBSERVATION_DAYS):
        raise Refused(
            _("Terlalu lama: paling jauh %(n)s hari yang lalu.", n=OLDEST_OBSERVATION_DAYS),
            field="observed_on",
        )
    if amount_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol."), field="amount_rp")
    if amount_rp > MAX_OBSERVED_RP:
        raise Refused(_("Paling banyak %(most)s.", most=format_rp(MAX_OBSERVED_RP)), field="amount_rp")
    last = queries.market_prices(actor.scope_code, on, level).get(commodity.id)
    if (
        last is not None
        and not last.amount_rp <= STRANGE_FACTOR * amount_rp <= STRANGE_FACTOR**2 * last.amount_rp
    ):
        text = _(
            "Jauh dari harga terakhir, %(seen)s. Periksa: harga per %(unit)s.",
            seen=format_rp(last.amount_rp),
            unit=commodity.rule_unit,
        )
        raise Refused(text, field="amount_rp")
