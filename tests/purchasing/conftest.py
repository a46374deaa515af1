"""Koperasi Sumber Makmur with money in cash and bank, and the rice order of the story."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from market.commodities import queries as commodities
from market.commodities import services as reference
from market.core import clock, db
from market.core.errors import LumbungError
from market.core.permissions import Role
from market.ledger import chart
from market.ledger import queries as books
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.offers.models import TripRate
from market.purchasing import queries, services
from market.purchasing.models import GoodsReceipt, SupplierBill, SupplierPayment
from market.purchasing.services import OrderLine, ReceiptLine
from market.stock import queries as stock
from tests import cast as people
from tests import factories

RICE = "BRS-PRM-25"
PACKS, PRICE_RP = 48, 295_000
"""1.200 kg of Lamongan's rice at Rp11.800 per kg."""
RICE_RP = 14_160_000
_numbers = count(1)


@pytest.fixture
def world():
    return in_business


def in_business():
    """The cast with real packs, Rp20.000.000 in the cash box and Rp50.000.000 in the bank; committed."""
    with db.transaction():
        made = people.assemble()
        reference.load_reference()
        fund(made, chart.CASH, 20_000_000)
        fund(made, chart.BANK, 50_000_000)
    return made


@pytest.fixture
def open_transaction(cast):
    """A transaction for tests that call services directly."""
    with db.transaction():
        yield


def fund(cast, account: str, amount_rp: int, organization=None) -> None:
    """A grant brings money."""
    organization_id = (organization or cast.makmur).id
    lines = [debit(account, amount_rp), credit(chart.GRANTS, amount_rp)]
    draft = EntryDraft(f"grant:{next(_numbers)}", clock.today(), "hibah", lines)
    ledger.post(cast.budi, organization_id, draft)


def pack_id(code: str = RICE) -> int:
    return commodities.pack_by_code(code).id


def goods(packs: int = PACKS, price_rp: int = PRICE_RP, code: str = RICE) -> OrderLine:
    return OrderLine("goods", pack_id(code), f"Beras {code}", packs, price_rp)


def freight(packs: int = PACKS, price_rp: int = 2_500, code: str = RICE) -> OrderLine:
    return OrderLine("freight", pack_id(code), "Ongkos kirim per kemasan", packs, price_rp)


def lump(kind: str, amount_rp: int) -> OrderLine:
    return OrderLine(kind, None, f"Ongkos {kind}", 1, amount_rp)


def issue(cast, *lines: OrderLine, **details):
    """An order of Makmur to Lamongan, as a supplier's yes makes it."""
    given = {
        "origin": f"assignment:{next(_numbers)}/buyer:{cast.makmur.id}",
        "terms": "cod",
        "delivery_on": clock.today() + timedelta(days=3),
        "place_code": cast.makmur.place_code,
        **details,
    }
    buyer, supplier = given.pop("buyer", cast.makmur), given.pop("supplier", cast.lamongan)
    return services.issue_order(cast.joko, buyer.id, supplier.id, list(lines or [goods()]), **given)


def receive(cast, order, accepted: int = PACKS, rejected: int = 0, reason: str = "", actor=None, **details):
    """Sri counts the first line of goods at the door."""
    line = queries.goods_lines(order.id)[0]
    counted = [ReceiptLine(line.id, accepted, rejected, reason, **details)]
    return services.receive_goods(actor or cast.sri, order.id, counted)


def bill(cast, order, amount_rp: int = RICE_RP, reference: str = "INV-1", **details):
    return services.record_bill(
        cast.budi, order.id, reference, amount_rp, details.pop("on", clock.today()), **details
    )


def pay(cast, bill, account: str = chart.BANK):
    """Budi proposes, Hadi approves."""
    payment = services.propose_payment(cast.budi, bill.id, account)
    return services.decide_payment(cast.hadi, payment.id, approve=True)


def delivered(cast, *lines: OrderLine, **details):
    """An order of which everything came."""
    order = issue(cast, *lines, **details)
    counted = [ReceiptLine(line.id, line.ordered_packs) for line in queries.goods_lines(order.id)]
    services.receive_goods(cast.sri, order.id, counted)
    return order


def balance(cast, account: str) -> int:
    return books.balance_rp(cast.makmur.id, account)


def books_agree(cast) -> bool:
    """Trial balance zero, and the shelf is worth what the books say."""
    worth = sum(item.value_rp for item in stock.stock_of(cast.makmur.id))
    return books.trial_balance(cast.makmur.id).balanced and balance(cast, chart.INVENTORY) == worth


def together(act, times: int, threads: int = 6) -> list:
    """Call `act(number)` from several threads, each in a session and transaction of its own."""

    def one(number: int):
        try:
            with db.transaction():
                return act(number)
        except LumbungError as refusal:
            return refusal

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(times)))


# --- pages ------------------------------------------------------------------------------------------


@pytest.fixture
def order(cast):
    """The rice order, committed; its id."""
    with db.transaction():
        return issue(cast).id


@pytest.fixture
def line(order):
    with db.transaction(read_only=True):
        return queries.goods_lines(order)[0].id


@pytest.fixture
def recorded(cast):
    """A bill over rice that came; its id."""
    with db.transaction():
        return bill(cast, delivered(cast)).id


@pytest.fixture
def payment(cast, recorded):
    """Budi's proposal to pay it from the bank; its id."""
    with db.transaction():
        return services.propose_payment(cast.budi, recorded, chart.BANK).id


TRUCK_RP = 400_000
"""What one truck of six tons costs to the district."""


@pytest.fixture
def truck(cast):
    """Lamongan's published rate for the district of Makmur."""
    rate = TripRate(
        organization_id=cast.lamongan.id,
        place_code=cast.makmur.place_code[:6],
        vehicle="cdd",
        capacity_g=6_000_000,
        cost_rp=TRUCK_RP,
    )
    with db.transaction():
        db.session.add(rate)


def two_orders(cast, **details):
    """Rice of two rounds, each with a truck of its own, to the same door on the same day."""
    rice = issue(cast, goods(20), lump("truck", TRUCK_RP), **details)
    more = issue(cast, goods(60, code="BRS-MED-25"), lump("truck", TRUCK_RP), **details)
    return rice, more


def plan(cast, order):
    """Joko puts everything of the day and district on one truck."""
    return services.plan_trip(cast.joko, order.delivery_on, order.place_code[:6])


@pytest.fixture
def lurah(cast):
    """Somebody who reads everything and touches nothing."""
    with db.transaction():
        return factories.actor(Role.LURAH, cast.makmur, "Lurah", "lurah")


def words(answer) -> str:
    """The text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def facts() -> tuple:
    with db.transaction(read_only=True):
        counted = [db.session.query(t).count() for t in (GoodsReceipt, SupplierBill, SupplierPayment)]
        states = sorted(p.state for p in db.session.query(SupplierPayment))
        return (*counted, *states)
