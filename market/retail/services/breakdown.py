"""Where a buyer's money goes: sellers, the cooperative, the delivery, and what a voucher takes off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.services.pricing import Bill

Kind = Literal["seller", "shop", "margin", "delivery", "discount"]


@dataclass(frozen=True)
class Share:
    """One part of a price in whole rupiah; `who` is the seller, where the kind is that."""

    kind: Kind
    amount_rp: int
    who: str = ""


def _shares(
    rows: Iterable[tuple[int, int, int]], shop_id: int, names: Mapping[int, str], delivery: int, discount: int
) -> list[Share]:
    """`rows` are (seller, amount, commission); what adds up to the total, in a fixed order."""
    sellers: dict[int, int] = {}
    own = margin = 0
    for seller_id, amount, commission in rows:
        if seller_id == shop_id:
            own += amount
        else:
            sellers[seller_id] = sellers.get(seller_id, 0) + amount - commission
            margin += commission
    found = [Share("seller", rp, names.get(seller_id, "")) for seller_id, rp in sellers.items()]
    found += [Share("shop", own), Share("margin", margin), Share("delivery", delivery)]
    return [share for share in [*found, Share("discount", -discount)] if share.amount_rp]


def of_bill(bill: Bill, shop_id: int, names: Mapping[int, str]) -> list[Share]:
    """Of what a basket would cost."""
    rows = [(each.product.organization_id, each.amount_rp, each.commission_rp) for each in bill.lines]
    return _shares(rows, shop_id, names, bill.delivery_rp, bill.discount_rp)


def of_order(order: RetailOrder, lines: list[RetailOrderLine], names: Mapping[int, str]) -> list[Share]:
    """Of what an order costs, without what came to nothing."""
    rows = [(each.seller_id, each.kept_amount_rp, each.kept_commission_rp) for each in lines]
    discount = sum(each.kept_discount_rp for each in lines)
    delivery = order.due_rp - sum(each.kept_net_rp for each in lines)
    return _shares(rows, order.organization_id, names, delivery, discount)
