"""Several people use credit notes of the same supplier at the same moment: each rupiah counts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer

import pytest
from sqlalchemy import event, func, select

from market.core import db
from market.core.errors import Refused
from market.ledger import chart
from market.purchasing import queries, services
from market.purchasing.models import SupplierBill
from market.purchasing.models_bills import CreditNote, CreditUse
from tests.purchasing.conftest import RICE_RP, balance, bill, books_agree, delivered, pay, together

CREDIT_RP = 200_000


@pytest.fixture
def note(cast):
    """A credit note on a bill that was paid already: nothing of it is used; its id."""
    with db.transaction():
        paid = bill(cast, delivered(cast))
        pay(cast, paid)
        return services.issue_credit(cast.joko, paid.id, CREDIT_RP, "susut").id


def used_rp(note_id: int) -> int:
    with db.transaction(read_only=True):
        query = select(func.sum(CreditUse.amount_rp)).where(CreditUse.note_id == note_id)
        return int(db.session.scalar(query) or 0)


def test_money_for_a_credit_note_comes_back_once(cast, note):
    done = together(lambda _n: services.record_credit_money(cast.budi, note, chart.BANK).id, 4)
    assert sum(isinstance(each, Refused) for each in done) == 3
    assert used_rp(note) == CREDIT_RP


def test_a_credit_note_serves_one_of_the_bills_that_come_at_once(cast, note):
    with db.transaction():
        orders = [delivered(cast).id for _n in range(4)]

    def record(number: int) -> int:
        return bill(cast, queries.order(orders[number]), reference=f"INV-{number + 2}").id

    assert not any(isinstance(each, Exception) for each in together(record, 4))
    with db.transaction(read_only=True):
        bills = db.session.scalars(select(SupplierBill).where(SupplierBill.state == "recorded"))
        assert sorted(each.paid_rp for each in bills) == [0, 0, 0, CREDIT_RP]
        assert books_agree(cast)
    assert used_rp(note) == CREDIT_RP


@pytest.mark.postgresql
def test_what_is_left_is_asked_after_the_notes_are_held(cast, note):
    """One has the note and uses it; another that waits for it finds nothing left."""
    held, waits = Event(), Event()

    def first() -> None:
        with db.transaction():
            services.record_credit_money(cast.budi, note, chart.BANK)
            db.session.flush()
            held.set()
            assert waits.wait(20)

    def second() -> list[tuple[CreditNote, int]]:
        assert held.wait(20)
        with db.transaction():
            event.listen(db.session.connection(), "before_cursor_execute", _after(waits))
            return queries.unused_credits(cast.makmur.id, cast.lamongan.id)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        one.result(30)
        assert other.result(30) == []


def _after(signal: Event):
    """The other one goes on shortly after a statement was sent, while it waits in the database."""

    def sent(*_statement) -> None:
        Timer(0.5, signal.set).start()

    return sent


def test_credit_notes_together_never_exceed_their_bill(cast):
    with db.transaction():
        owed = bill(cast, delivered(cast)).id
    most = RICE_RP // 2 + 1
    done = together(lambda _n: services.issue_credit(cast.joko, owed, most, "potongan").id, 4)
    assert sum(isinstance(each, Refused) for each in done) == 3
    with db.transaction(read_only=True):
        assert queries.credited_rp(owed) == most
        assert balance(cast, chart.PAYABLE_SUPPLIERS) == most - RICE_RP
