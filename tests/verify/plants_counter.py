"""Ways to break what the counter holds: rations of buyers, receipts, goods, drawers."""

from __future__ import annotations

from market.catalogue import services as catalogue
from market.core import db
from market.counter import queries, services
from market.counter.services import Terms
from tests.counter.shop import NIK, SPHP_RP, stock_pack
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks


def a_shift(lived) -> None:
    """Two packs of subsidised rice to a known buyer, one came back, the drawer counted to the rupiah."""
    cashier = lived.cast.kasir
    with db.transaction():
        pack_id = stock_pack(lived.cast, "BRS-SPHP-5", 20, 55_000)
        product = catalogue.sell_pack(lived.cast.sri, pack_id, SPHP_RP)
        services.open_shift(cashier, "1", {100_000: 1})
        sale = services.put(cashier, f"p{product.id}", 2)
        services.name_buyer(cashier, sale.id, NIK, "RT")
        services.pay_cash(cashier, sale.id, 200_000, Terms())
        services.take_back(cashier, sale.id, {queries.lines_of(sale.id)[0].id: 1}, "rusak")
        services.close_shift(cashier, {100_000: 1, 50_000: 1, 10_000: 1, 2_000: 1, 500: 1})


@breaks("I20")
def more_used_than_the_uses_say(lived):
    a_shift(lived)
    tamper("UPDATE ration SET used_base = used_base + 1")


@breaks("I20")
def more_than_the_cap_of_the_day(lived):
    a_shift(lived)
    tamper("UPDATE ration_use SET cap_base = 1 WHERE given_back_at IS NULL")


@breaks("I33")
def a_receipt_that_is_not_its_lines(lived):
    a_shift(lived)
    tamper("UPDATE counter_sale_line SET unit_price_rp = unit_price_rp + 1, amount_rp = amount_rp + quantity")


@breaks("I33")
def goods_that_left_at_another_cost(lived):
    a_shift(lived)
    tamper("UPDATE counter_sale_line SET cost_rp = cost_rp + 1")


@breaks("I33")
def a_missing_receipt(lived):
    a_shift(lived)
    tamper("UPDATE counter_sale SET number = substr(number, 1, 8) || '000002'")


@breaks("I33")
def a_drawer_that_should_hold_more(lived):
    a_shift(lived)
    tamper("UPDATE counter_shift SET expected_rp = expected_rp + 1, counted_rp = counted_rp + 1")


@breaks("I33")
def a_return_of_another_amount(lived):
    a_shift(lived)
    tamper("UPDATE counter_return_line SET amount_rp = amount_rp + 1")
