"""What a basket costs this buyer: member price, voucher, delivery; one place for page and order alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from market.catalogue.models import Product
from market.core import money
from market.members.models import Member
from market.retail import queries_vouchers
from market.retail.models_delivery import DeliveryZone
from market.retail.models_vouchers import Voucher
from market.retail.services import vouchers, zoning
from market.retail.services.zoning import Door


@dataclass(frozen=True)
class Extras:
    """What a buyer wants beyond the goods: who they are as a member, a voucher's code, a door."""

    member: Member | None = None
    voucher: str = ""
    door: Door | None = None


NOTHING = Extras()


@dataclass(frozen=True)
class PricedLine:
    """One line at this buyer's price; whole rupiah."""

    product: Product
    quantity: int
    unit_price_rp: int
    discount_rp: int = 0

    @property
    def amount_rp(self) -> int:
        return self.unit_price_rp * self.quantity

    @property
    def commission_rp(self) -> int:
        return money.div_round(self.amount_rp * self.product.commission_bp, 10_000)


@dataclass(frozen=True)
class Bill:
    """Everything that is asked of the buyer; `total_rp` is goods less discounts, and the delivery."""

    lines: list[PricedLine] = field(default_factory=list)
    voucher: Voucher | None = None
    zone: DeliveryZone | None = None
    delivery_rp: int = 0

    @property
    def goods_rp(self) -> int:
        return sum(line.amount_rp for line in self.lines)

    @property
    def discount_rp(self) -> int:
        return sum(line.discount_rp for line in self.lines)

    @property
    def total_rp(self) -> int:
        return self.goods_rp - self.discount_rp + self.delivery_rp

    @property
    def member_saving_rp(self) -> int:
        """What the member price saved against everybody's."""
        return sum((line.product.price_rp - line.unit_price_rp) * line.quantity for line in self.lines)


def unit_price_rp(product: Product, member: Member | None) -> int:
    """A piece's price for this buyer."""
    if member is None or product.member_price_rp is None:
        return product.price_rp
    return product.member_price_rp


def bill(
    cooperative_id: int,
    village: str | None,
    wanted: Sequence[tuple[Product, int]],
    extras: Extras,
    phone: str = "",
) -> Bill:
    """The bill of a basket at a shop in `village`; raises Refused at the field of what does not apply."""
    lines = [PricedLine(each, n, unit_price_rp(each, extras.member)) for each, n in wanted]
    goods_rp = sum(line.amount_rp for line in lines)
    voucher = None
    if extras.voucher:
        found = queries_vouchers.by_code(cooperative_id, vouchers.normal_code(extras.voucher))
        is_member = extras.member is not None
        voucher = vouchers.require_usable(found, phone=phone, member=is_member, goods_rp=goods_rp)
        lines = _discounted(cooperative_id, lines, voucher)
        goods_rp -= sum(line.discount_rp for line in lines)
    if extras.door is None:
        return Bill(lines, voucher)
    zoning.require_deliverable(village, [line.product for line in lines], extras.door)
    zone = zoning.zone_for_order(cooperative_id, extras.door, goods_rp)
    return Bill(lines, voucher, zone, zoning.fee_rp(zone, goods_rp))


def _discounted(cooperative_id: int, lines: list[PricedLine], voucher: Voucher) -> list[PricedLine]:
    parts = vouchers.discounts(
        voucher,
        [line.amount_rp for line in lines],
        [line.product.organization_id == cooperative_id for line in lines],
    )
    return [
        PricedLine(line.product, line.quantity, line.unit_price_rp, part)
        for line, part in zip(lines, parts, strict=True)
    ]
