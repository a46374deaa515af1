"""Books, shelves and sales of the cooperatives: what makes a lamp on the map shine or fade."""

from __future__ import annotations

from datetime import date

from market import refdata
from market.catalogue import queries as shelves
from market.catalogue import services as catalogue
from market.core.permissions import SYSTEM
from market.demo.agenda import Agenda
from market.demo.world import Cooperative, World, familiar
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.services import OpeningRow
from market.refdata import needs as story
from market.retail import services as retail
from market.stock import services as stock

PRINCIPAL_RP = 100_000
"""Assumption: a member's principal savings; the meeting of each cooperative sets its own."""
FIRST_GOOD = "BRS-MED-5"
FIRST_PACKS = 20
FIRST_COST_RP = 60_400
"""Assumption: what a 5 kg pack of medium rice had cost before the books began."""
MARGIN_BP = 9_750
"""Assumption: the shop sells a little below what households pay elsewhere."""
BUYERS = ("Ibu Siti", "Pak Joko", "Ibu Wati", "Pak Slamet", "Ibu Ani", "Warung Bu Sum", "Pak Eko", "Ibu Rini")


def open_books(cooperative: Cooperative, extra_cash_rp: int, on: date) -> None:
    """The opening balance: cash, a few packs of rice, the members' savings, and what a bank or donor gave."""
    trading = cooperative.spec.quiet_days is not None
    cash = max(cooperative.spec.cash_rp + extra_cash_rp, 150_000)
    goods = FIRST_PACKS * FIRST_COST_RP if trading else 0
    savings = min(cooperative.spec.members * PRINCIPAL_RP, (cash + goods) // 2)
    rest = cash + goods - savings
    lent = rest // 2 if cooperative.spec.level in ("strong", "growing") else 0
    rows = [
        OpeningRow(chart.CASH, cash),
        OpeningRow(chart.INVENTORY, goods),
        OpeningRow(chart.PRINCIPAL_SAVINGS, -savings),
        OpeningRow(chart.BANK_LOAN, -lent),
        OpeningRow(chart.GRANTS, lent - rest),
    ]
    ledger.open_books(SYSTEM, cooperative.id)
    ledger.import_opening(cooperative.treasurer, [row for row in rows if row.amount_rp], on)


def stock_first_goods(world: World, cooperative: Cooperative, on: date) -> int:
    """The packs of the opening balance, put on the shelf; returns the product."""
    pack_id = world.packs[FIRST_GOOD]
    item = stock.item_for_pack(cooperative.id, pack_id)
    base, value = FIRST_PACKS * refdata.pack(FIRST_GOOD).size_base, FIRST_PACKS * FIRST_COST_RP
    stock.move_in(cooperative.cashier, cooperative.id, item.id, base, value, "opening", "opening", on)
    return catalogue.sell_pack(cooperative.secretary, pack_id, shelf_price_rp(FIRST_GOOD)).id


def shelf_price_rp(pack_code: str) -> int:
    """A price a little below the reference, in whole hundreds, never above the ceiling."""
    unit = refdata.reference_price_rp(refdata.pack(pack_code).commodity, story.PRICES_ON)
    return refdata.pack_price_rp(pack_code, unit) * MARGIN_BP // 10_000 // 100 * 100


def sell(cooperative: Cooperative, basket: dict[int, int], number: int, collect: bool = True) -> None:
    """A resident orders {product: quantity}, and mostly comes for it at once with the code."""
    buyer = BUYERS[number % len(BUYERS)]
    phone = f"0812{30_000_000 + number % 1_000_000:08d}"
    order = retail.place_order(retail.BUYER, cooperative.id, basket, buyer, phone)
    if collect:
        retail.hand_over(cooperative.cashier, order.id, order.pickup_code, member_sale=number % 3 != 0)


def plan_shops(world: World, agenda: Agenda, extra_cash_rp: dict[int, int], first_day: int) -> None:
    """Open every book on the first day, fill the shelves, and sell for the last time when the story says."""
    on = agenda.day(first_day)
    trading = [each for each in world.cooperatives.values() if each.spec.quiet_days is not None]
    shelves: dict[int, int] = {}

    def begin() -> None:
        with familiar(world):
            for each in world.cooperatives.values():
                open_books(each, extra_cash_rp.get(each.id, 0), on)
            for each in trading:
                shelves[each.id] = stock_first_goods(world, each, on)

    agenda.plan(first_day, "10:00", begin)
    for number, each in enumerate(trading):
        _plan_sales(agenda, each, shelves, number)


def _plan_sales(agenda: Agenda, each: Cooperative, shelves: dict[int, int], number: int) -> None:
    def act() -> None:
        sell(each, {shelves[each.id]: 1 + number % 3}, number)

    agenda.plan(each.spec.quiet_days or 0, f"{8 + number % 9:02d}:15", act)


def packs_for_retail() -> dict[str, str]:
    """Which small pack a bulk pack is opened into, for goods that may be sold by order."""
    return {
        row.from_pack: row.to_pack
        for row in refdata.repacks()
        if refdata.commodity(refdata.pack(row.from_pack).commodity).online_allowed
    }


def fill_shelf(world: World, cooperative: Cooperative, bulk_code: str, packs: int) -> None:
    """Open received bulk packs into small ones and offer them, where they are not on the shelf yet."""
    small = packs_for_retail()[bulk_code]
    item = stock.item_for_pack(cooperative.id, world.packs[bulk_code])
    stock.repack(cooperative.cashier, item.id, world.packs[small], packs)
    if shelves.pack_on_shelf(cooperative.id, world.packs[small]) is None:
        catalogue.sell_pack(cooperative.secretary, world.packs[small], shelf_price_rp(small))
