"""How much of a subsidised good one buyer may order: the cap of the law, counted by phone number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import Refused
from market.core.i18n import _
from market.retail import queries

CAP = "consumer_cap"
"""The kind of quota that limits one buyer."""


def require_within_ration(cooperative_id: int, phone: str, wanted: Iterable[tuple[Product, int]]) -> None:
    """Refuse what takes a phone number over the cap per buyer; orders that came to nothing do not count.

    Whoever calls holds the shop's number series, so two orders of one phone are counted in turn. A phone is
    no identity card: the counter counts by the card, so a buyer who buys there too is known there only.
    Raises Refused with what is left.
    """
    for product, quantity in wanted:
        if product.pack_id is None:
            continue
        pack = commodities.pack(product.pack_id)
        quota = commodities.quota(pack, clock.today(), CAP)
        if quota is None:
            continue
        since = clock.start_of(clock.today() - timedelta(days=quota.period_days - 1))
        ordered = queries.ordered_by_phone(cooperative_id, phone, product.id, since)
        cap = quota.amount_base // pack.size_base
        if ordered + quantity > cap:
            raise Refused(
                _(
                    "%(name)s: paling banyak %(cap)s %(unit)s per pembeli dalam %(days)s hari, "
                    "sisa %(left)s.",
                    name=product.name,
                    cap=cap,
                    unit=pack.unit_word,
                    days=quota.period_days,
                    left=max(0, cap - ordered),
                )
            )
