"""The monthly cap that a cooperative may set so that orders spread over its sellers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from market.catalogue.models import Product
from market.core import clock
from market.core.errors import Refused
from market.core.i18n import _, format_date, lazy
from market.core.money import format_rp
from market.core.parameters import Parameter
from market.identity import queries as identity
from market.retail import queries

CAP_RP = Parameter(
    "retail.monthly_cap_rp",
    0,
    "off; e-Peken Surabaya takes sellers off above Rp30.000.000 a month so that orders spread "
    "(jatim.genpi.co/amp/hot-news/21604)",
    *(
        0,
        10**10,
        lazy("Batas pesanan per UMKM sebulan (0: tanpa batas; e-Peken Rp30.000.000)"),
        lazy("rupiah"),
        "cooperative",
    ),
)


Sold = Callable[[int, int, date], int]
"""(cooperative, seller, first day) -> rupiah that stand of what the counter sold of her goods since then."""


def _nothing_sold(_cooperative_id: int, _seller_id: int, _since: date) -> int:
    return 0


_sold: Sold = _nothing_sold


def configure(sold: Sold | None = None) -> None:
    """Tell the cap what the counter sells: both parts lie on one line and do not import each other."""
    global _sold
    _sold = sold or _nothing_sold


@dataclass(frozen=True)
class Cap:
    """What a seller may still be ordered from this month; `cap_rp` 0 is no cap."""

    cap_rp: int
    used_rp: int
    again_on: date

    @property
    def left_rp(self) -> int:
        return max(0, self.cap_rp - self.used_rp)


def monthly_cap(cooperative_id: int, seller_id: int) -> Cap:
    """The cap of the month and what of it is used, by orders that stand and by sales at the counter.

    The counter itself refuses nobody: the goods lie there, and the buyer has them in her hand.
    """
    first = clock.today().replace(day=1)
    cap = CAP_RP.value(organization_id=cooperative_id)
    used = 0
    if cap:
        used = queries.ordered_from_rp(cooperative_id, seller_id, first)
        used += _sold(cooperative_id, seller_id, first)
    return Cap(cap, used, (first + timedelta(days=31)).replace(day=1))


def require_below_cap(cooperative_id: int, wanted: Iterable[tuple[Product, int]]) -> None:
    """Refuse politely what takes a member over the month's cap; the cooperative's own goods have none."""
    if not CAP_RP.value(organization_id=cooperative_id):
        return
    asked: dict[int, int] = {}
    for product, quantity in wanted:
        if product.organization_id != cooperative_id:
            asked[product.organization_id] = (
                asked.get(product.organization_id, 0) + product.price_rp * quantity
            )
    for seller_id, amount_rp in asked.items():
        cap = monthly_cap(cooperative_id, seller_id)
        if amount_rp > cap.left_rp:
            raise Refused(
                _(
                    "Pesanan untuk %(seller)s bulan ini tinggal %(left)s dari batas %(cap)s, supaya pesanan "
                    "terbagi ke semua UMKM. Kurangi, pilih penjual lain, atau pesan lagi %(day)s.",
                    seller=identity.organization(seller_id).name,
                    left=format_rp(cap.left_rp),
                    cap=format_rp(cap.cap_rp),
                    day=format_date(cap.again_on),
                )
            )
