"""Koperasi Sumber Makmur with money, an agent that may sell gas, and short ways to its cylinders."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from market import verify
from market.commodities import queries as commodities
from market.commodities import services as reference
from market.core import clock, db
from market.core.permissions import SYSTEM
from market.empties import queries, services
from market.ledger import chart
from market.ledger import queries as books
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.purchasing import queries as orders
from market.purchasing import services as purchasing
from market.purchasing.services import OrderLine, ReceiptLine
from tests import cast as people

CYLINDER = "TABUNG-3"
GAS = "LPG-3"
GAS_RP, HET_RP, DEPOSIT_RP = 16_000, 18_000, 150_000
_numbers = count(1)


@pytest.fixture
def world():
    return begin


def begin() -> people.Cast:
    """The cast with real packs, Rp20.000.000 in the cash box; committed."""
    with db.transaction():
        made = people.assemble()
        reference.load_reference()
        ledger.open_books(SYSTEM, made.makmur.id)
        capital = (debit(chart.CASH, 20_000_000), credit(chart.GRANTS, 20_000_000))
        ledger.post(SYSTEM, made.makmur.id, EntryDraft("opening:1", clock.today(), "Modal", capital))
    return made


@pytest.fixture
def open_transaction(cast):
    """A transaction for tests that call services directly."""
    with db.transaction():
        yield


def order(cast, packs: int = 50, supplier=None, code: str = GAS):
    """Gas at the official price, ordered from the agent."""
    line = OrderLine("goods", commodities.pack_by_code(code).id, code, packs, GAS_RP)
    return purchasing.issue_order(
        cast.joko,
        cast.makmur.id,
        (supplier or cast.lamongan).id,
        [line],
        origin=f"assignment:{next(_numbers)}/buyer:{cast.makmur.id}",
        terms="cod",
        delivery_on=clock.today() + timedelta(days=3),
        place_code=cast.makmur.place_code,
    )


def receive(cast, packs: int = 50, empties: int | None = None, supplier=None):
    """The truck brings full ones and takes empties along."""
    made = order(cast, packs, supplier)
    line = orders.goods_lines(made.id)[0]
    counted = [ReceiptLine(line.id, packs, empties_packs=empties)]
    return purchasing.receive_goods(cast.kasir, made.id, counted)


def sell(cast, packs: int = 1, empties: int | None = None, **details):
    """The cashier sells refills, one against one empty unless told otherwise."""
    given = {"unit_price_rp": HET_RP, "recorded": True, "buyer_name": "Bu Ani", **details}
    empties_in = packs if empties is None else empties
    return services.sell_refill(cast.kasir, CYLINDER, count=packs, empties_in=empties_in, **given)


def own(cast, cylinders: int, unit_rp: int = DEPOSIT_RP):
    """Empties that the cooperative brought along."""
    return services.record_owned(cast.budi, CYLINDER, cylinders, unit_rp)


def held(cast) -> dict[str, int]:
    """Full, empty, lent, at the supplier (owed below zero), owned, worth."""
    found = queries.holding(cast.makmur.id, CYLINDER)
    return {
        "full": found.full_count,
        "empty": found.empty_count,
        "lent": found.lent_count,
        "supplier": found.at_supplier,
        "owned": found.owned,
        "rp": found.value_rp,
    }


def balance(cast, account: str) -> int:
    return books.balance_rp(cast.makmur.id, account)


def broken() -> list[str]:
    """Promises of the product that do not hold now; no worker is here to do jobs in time (I27)."""
    return [f"{each.id}: {each.offenders}" for each in verify.run() if not each.ok and each.id != "I27"]
