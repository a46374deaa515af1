"""Subsidised goods: a first fence by phone when they are ordered, the count by card when they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import Refused
from market.core.i18n import _
from market.rations import queries as known
from market.rations import services as rations
from market.rations.types import Part, Shown
from market.retail import queries
from market.retail.models import RetailOrder, RetailOrderLine


def require_within_ration(cooperative_id: int, phone: str, wanted: Iterable[tuple[Product, int]]) -> None:
    """Refuse what takes a phone number over the cap per buyer; orders that came to nothing do not count.

    Whoever calls holds the shop's number series, so two orders of one phone are counted in turn. A phone is
    no identity card: who takes the goods shows hers, and there everything counts that she took (`claim`).
    Raises Refused with what is left.
    """
    for product, quantity in wanted:
        if product.pack_id is None:
            continue
        pack = commodities.pack(product.pack_id)
        quota = commodities.quota(pack, clock.today(), rations.CAP)
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


def _source(line: RetailOrderLine) -> str:
    return f"order_line:{line.id}"


def _parts(lines: Sequence[RetailOrderLine]) -> list[Part]:
    """The lines whose taker has to be known."""
    products = catalogue.products_by_id(line.product_id for line in lines)
    packs = {line.id: products[line.product_id].pack_id for line in lines}
    return [
        Part(_source(line), pack_id, line.name, line.kept)
        for line in lines
        if (pack_id := packs[line.id]) is not None and known.needs_card(pack_id)
    ]


def rationed_goods(lines: Sequence[RetailOrderLine]) -> list[str]:
    """Names of what is handed over only to somebody who shows the card."""
    return [part.name for part in _parts([line for line in lines if line.kept])]


def claim(order: RetailOrder, shown: Shown) -> None:
    """Count what is handed over on the person of the card; raises Refused as `rations.identify`, `claim`.

    Before anything else of the hand-over changes: whoever is refused still sees the order as it is.
    """
    parts = _parts([line for line in queries.lines_of(order.id) if line.kept])
    buyer = rations.identify(order.organization_id, shown, parts)
    if buyer is not None:
        rations.claim(order.organization_id, buyer.index, parts)


def give_back(line: RetailOrderLine, pieces: int) -> None:
    """So many pieces of a line that was handed over came back: the person may have them again."""
    for part in _parts([line]):
        base = commodities.pack(part.pack_id).size_base * pieces
        rations.give_back(line.organization_id, {part.source: base})
