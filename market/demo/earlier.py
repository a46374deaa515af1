"""A round that is over: a few cooperatives bought, received, paid, and have sold most of it since."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from market import refdata
from market.catalogue import queries as catalogue
from market.core import clock, db
from market.demo import shop, supply
from market.demo.agenda import Agenda
from market.demo.world import Cooperative, World
from market.ledger import chart
from market.needs import services as needs
from market.offers import services as offers
from market.purchasing import queries as purchases
from market.purchasing import services as purchasing
from market.purchasing.models import PurchaseOrder
from market.purchasing.services import ReceiptLine
from market.refdata import needs as story
from market.rounds import queries as round_queries
from market.rounds import services as rounds
from market.rounds.solver import Limits
from market.stock import queries as shelves

PILOTS = 6
SHARE = 3
"""The first try was careful: a third of what a fortnight takes."""
QUICK = Limits(gap=0.005, seconds=3)
MOST_AT_ONCE = 40
SALE_DAYS = (26, 20, 14, 8, 4, 1)


class Earlier:
    """The story of the first round, planned act by act."""

    def __init__(self, world: World, agenda: Agenda) -> None:
        self.world, self.agenda = world, agenda
        self.pilots = world.pilots(PILOTS)
        self.asked: list[tuple[Cooperative, int]] = []
        self.round_id = 0
        self.unpaid_order_id = 0

    def wishes(self) -> list[tuple[Cooperative, story.NeedSpec, int]]:
        """(cooperative, need of the story, packs asked for): goods that the shop may sell by order."""
        by_village = {each.spec.village_code: each for each in self.pilots}
        wanted = shop.packs_for_retail()
        return [
            (by_village[need.village_code], need, max(2, need.wanted_packs // SHARE))
            for need in story.needs_for(self.world.city, self.world.seed)
            if need.village_code in by_village and need.pack in wanted
        ]

    def cash_needed_rp(self) -> dict[int, int]:
        """Cash that the pilots must hold beside their purse of today, by cooperative."""
        cash: dict[int, int] = defaultdict(int)
        for cooperative, need, packs in self.wishes():
            cash[cooperative.id] += packs * (story.reference_rp(need) // need.wanted_packs)
        return cash

    def plan(self) -> None:
        """Everything from the first offers to yesterday's sales."""
        plan = self.agenda.plan
        plan(46, "09:00", lambda: supply.authorise(self.world, self.agenda.day(46)))
        plan(46, "09:30", lambda: supply.set_trucks(self.world))
        plan(45, "08:00", self._offers)
        plan(44, "08:00", self._open)
        plan(44, "10:00", self._ask)
        plan(43, "19:00", self._approve)
        plan(42, "20:00", self._close_and_solve, alone=True)
        plan(41, "09:00", self._publish)
        plan(41, "15:00", self._answer)
        plan(29, "08:00", self._fill_shelves)
        plan(20, "06:00", self._clear_away)
        plan(0, "07:45", self._leave_an_order)
        for number, day in enumerate(SALE_DAYS):
            plan(day, "16:30", lambda number=number: self._sell(number))  # type: ignore[misc]

    def _offers(self) -> None:
        goods = {refdata.pack(code).commodity for code in shop.packs_for_retail()}
        supply.make_offers(self.world, self.agenda.day(21), goods)

    def _open(self) -> None:
        closes_at = self.agenda.began - timedelta(days=41)
        title = "Putaran percontohan"
        self.round_id = rounds.open_round(self.world.officer, title, closes_at, answer_hours=24).id

    def _ask(self) -> None:
        for cooperative, need, packs in self.wishes():
            posted = needs.post_need(
                cooperative.secretary,
                pack_id=self.world.packs[need.pack],
                wanted_packs=packs,
                needed_by_on=self.agenda.day(30),
                terms=ready_terms(need.terms),
                truck_access=need.truck_access,
            )
            self.asked.append((cooperative, posted.id))

    def _approve(self) -> None:
        for cooperative, need_id in self.asked:
            needs.approve_need(cooperative.treasurer, need_id)

    def _close_and_solve(self) -> None:
        """At once and with a short limit, so that the job finds it done."""
        with db.transaction():
            rounds.close_round(self.world.officer, self.round_id)
        rounds.solve_round(self.round_id, QUICK)

    def _publish(self) -> None:
        rounds.publish_plan(self.world.officer, self.round_id)

    def _answer(self) -> None:
        """Every supplier says yes; orders follow, prepaid ones are paid in advance."""
        sellers = {sales.organization_id: sales for sales in self.world.suppliers.values()}
        for assignment in round_queries.unanswered(self.round_id):
            rounds.answer_assignment(sellers[assignment.organization_id], assignment.id)
        for cooperative in self.pilots:
            for order in db.session.scalars(purchases.visible_orders(cooperative.treasurer)):
                self._expect(cooperative, order)
                if cooperative is self.world.story and order.terms != "prepaid":
                    self.unpaid_order_id = order.id

    def _expect(self, cooperative: Cooperative, order: PurchaseOrder) -> None:
        if order.terms == "prepaid":
            asked = purchasing.propose_advance(cooperative.treasurer, order.id, chart.CASH, "kas")
            purchasing.decide_payment(cooperative.chair, asked.id, approve=True)
        order_id, day = order.id, order.delivery_on
        self.agenda.plan_on(day, "10:30", lambda: self._receive(cooperative, order_id))

    def _receive(self, cooperative: Cooperative, order_id: int) -> None:
        """The cashier counts at the door; the treasurer writes the bill down the same day.

        One bill of the story's cooperative is still to be paid: the tour pays it.
        """
        lines = [ReceiptLine(line.id, line.open_packs) for line in purchases.goods_lines(order_id)]
        purchasing.receive_goods(cooperative.cashier, order_id, lines)
        amount = purchasing.billable_rp(purchases.lines_of(order_id))
        bill = purchasing.record_bill(
            cooperative.treasurer, order_id, f"INV-{order_id:05d}", amount, clock.today()
        )
        if bill.state == "recorded" and order_id != self.unpaid_order_id:
            bill_id = bill.id
            self.agenda.plan_on(bill.due_on, "17:00", lambda: self._pay(cooperative, bill_id))

    def _pay(self, cooperative: Cooperative, bill_id: int) -> None:
        asked = purchasing.propose_payment(cooperative.treasurer, bill_id, chart.CASH, "kas")
        purchasing.decide_payment(cooperative.chair, asked.id, approve=True)

    def _fill_shelves(self) -> None:
        codes = {self.world.packs[code]: code for code in shop.packs_for_retail()}
        for cooperative in self.pilots:
            for item in shelves.stock_of(cooperative.id):
                code = codes.get(item.pack_id or 0)
                packs = item.on_hand_base // refdata.pack(code).size_base if code else 0
                if code and packs:
                    shop.fill_shelf(self.world, cooperative, code, packs)

    def _sell(self, number: int) -> None:
        """Each time a like part of what is left: most is gone by today, some is still on the shelf."""
        left = len(SALE_DAYS) - number + 2
        for turn, cooperative in enumerate(self.pilots):
            items = on_shelf(cooperative)[number % 2 :: 2]
            basket = {item.id: min(MOST_AT_ONCE, item.left * 2 // left) for item in items}
            if any(basket.values()):
                shop.sell(cooperative, {p: n for p, n in basket.items() if n}, 31 * number + turn)

    def _leave_an_order(self) -> None:
        """A resident has ordered a little of everything and comes for it later today."""
        story_shop = self.world.story
        basket = {item.id: 1 for item in on_shelf(story_shop) if item.left}
        shop.sell(story_shop, basket, 5, collect=False)

    def _clear_away(self) -> None:
        """What time does: needs and offers of the first round have run out."""
        needs.expire_old()
        offers.expire_old()


def on_shelf(cooperative: Cooperative) -> list[catalogue.ShelfItem]:
    """What lies in the shop; what makers keep at home is ordered by name (see `residents`)."""
    return [item for item in catalogue.shelf(cooperative.id) if item.supply == "shelf"]


def ready_terms(terms: tuple[str, ...]) -> str:
    """The readiest way of paying of the story as the form knows it."""
    return terms[0].partition("_")[0]
