"""Cylinders of the pilots: some are their own, the agent brings full ones, the counter sells refills."""

from __future__ import annotations

from functools import partial

from market import refdata
from market.core import clock
from market.core.permissions import SYSTEM
from market.demo.agenda import Agenda
from market.demo.world import Cooperative, World
from market.empties import services as empties
from market.ledger import chart
from market.purchasing import queries as purchases
from market.purchasing import services as purchasing
from market.purchasing.services import OrderLine, ReceiptLine

GAS, CYLINDER = "LPG-3", "TABUNG-3"
OWN, BROUGHT, GAS_RP, SHELF_RP = 40, 50, 16_000, 18_000
"""Assumption: a pilot has forty cylinders of its own and gets a usual drop of fifty."""
WORTH_RP = 150_000
DELIVERY_DAYS = (23, 9)
SALES = ((21, 16, 15), (12, 16, 15), (5, 14, 12), (1, 4, 4))
"""Days ago, cylinders sold, empties taken in: who brings none leaves a deposit."""
CASH_RP = 3 * BROUGHT * GAS_RP
SHOPS = 2
"""The story's cooperative and a second one: enough to look at, and the story is written as fast."""


def with_cash(cash_rp: dict[int, int], pilots: list[Cooperative]) -> dict[int, int]:
    """What the pilots must hold for gas beside what they hold already, by cooperative."""
    return {**cash_rp, **{each.id: cash_rp.get(each.id, 0) + CASH_RP for each in pilots[:SHOPS]}}


def plan_gas(world: World, agenda: Agenda, pilots: list[Cooperative]) -> None:
    """Own cylinders, two deliveries, and sales between them, for pilots that an agent reaches."""
    for turn, cooperative in enumerate(pilots[:SHOPS]):
        agent = agent_for(world, cooperative.spec.village_code)
        if agent is None:
            continue
        agenda.plan(25, f"{8 + turn:02d}:20", partial(_own, cooperative))
        for number, day in enumerate(DELIVERY_DAYS):
            origin = f"gas:{cooperative.id}:{number}"
            bring = partial(_bring, world, cooperative, agent, origin)
            agenda.plan(day, f"{8 + turn:02d}:40", bring)
        for day, packs, back in SALES:
            agenda.plan(day, f"{8 + turn:02d}:50", partial(_sell, cooperative, packs, back))


def agent_for(world: World, village_code: str) -> str | None:
    """The agent of the story that delivers to a kelurahan."""
    for row in refdata.offers(world.city):
        if row.pack == GAS and any(village_code.startswith(area.place_code) for area in row.areas):
            return row.supplier
    return None


def _own(cooperative: Cooperative) -> None:
    empties.record_owned(cooperative.treasurer, CYLINDER, OWN, WORTH_RP)


def _bring(world: World, cooperative: Cooperative, agent: str, origin: str) -> None:
    """A drop at the official price: counted, empties handed over, billed and paid the same day."""
    order = purchasing.issue_order(
        SYSTEM,
        cooperative.id,
        world.supplier_id(agent),
        [OrderLine("goods", world.packs[GAS], "LPG 3 kg", BROUGHT, GAS_RP)],
        origin=origin,
        terms="cod",
        delivery_on=clock.today(),
        place_code=cooperative.spec.village_code,
    )
    lines = [ReceiptLine(line.id, line.open_packs) for line in purchases.goods_lines(order.id)]
    purchasing.receive_goods(cooperative.cashier, order.id, lines)
    bill = purchasing.record_bill(
        cooperative.treasurer, order.id, f"GAS-{order.id:05d}", BROUGHT * GAS_RP, clock.today()
    )
    asked = purchasing.propose_payment(cooperative.treasurer, bill.id, chart.CASH, "kas")
    purchasing.decide_payment(cooperative.chair, asked.id, approve=True)


def _sell(cooperative: Cooperative, packs: int, empties_in: int) -> None:
    empties.sell_refill(
        cooperative.cashier,
        CYLINDER,
        count=packs,
        empties_in=empties_in,
        unit_price_rp=SHELF_RP,
        recorded=True,
        buyer_name="Ibu Siti",
        member_sale=True,
    )
