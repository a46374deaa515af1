"""An order as the product takes it: its own services, one transaction from the basket to the QRIS attempt."""

from __future__ import annotations

from collections.abc import Sequence

from market.benchmarks.orders.shelf import Good
from market.core import db
from market.payments import services as payments
from market.retail import services

METHOD = "qris"


def phone_of(number: int) -> str:
    """Every order of the benchmark has a phone of its own."""
    return f"0811{number:08d}"


def order(goods: Sequence[Good], number: int) -> None:
    """Place it, ask for the payment, choose QRIS: what is left is the worker's."""
    with db.transaction():
        placed = services.place_order(
            services.BUYER,
            goods[0].shop_id,
            {good.id: 1 for good in goods},
            f"Pembeli {number}",
            phone_of(number),
            expected_total_rp=sum(good.price_rp for good in goods),
            pay_first=True,
        )
        payment = services.pay_fresh_order(services.BUYER, placed)
        payments.choose_method(payment.token, METHOD)
