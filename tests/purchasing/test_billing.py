"""A bill is accepted when ordered, received and billed agree; two people pay it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from market.core import approvals, clock, db, faults
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.core.jobs import Job
from market.ledger import chain, chart
from market.purchasing import queries, services
from market.purchasing.models import SupplierBill
from tests.purchasing.conftest import (
    RICE_RP,
    balance,
    bill,
    books_agree,
    delivered,
    freight,
    fund,
    goods,
    issue,
    lump,
    pay,
    receive,
    together,
)

pytestmark = pytest.mark.usefixtures("open_transaction")


def test_the_rice_story_ends_with_the_order_closed_and_the_books_at_rest(cast):
    order = delivered(cast)
    recorded = bill(cast, order)
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == 0
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == -RICE_RP
    assert queries.payables_by_supplier(cast.makmur.id) == [(cast.lamongan.name, RICE_RP)]
    payment = pay(cast, recorded)
    assert (payment.state, recorded.state, order.state) == ("paid", "paid", "closed")
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == 0
    assert balance(cast, chart.BANK) == 50_000_000 - RICE_RP
    assert balance(cast, chart.INVENTORY) == RICE_RP
    jobs = sorted(db.session.scalars(select(Job.kind)))
    assert jobs == ["goods_received", "order_closed", "order_issued", "supplier_paid"]
    assert books_agree(cast)
    assert chain.verify_chain(cast.makmur.id) == []


def test_a_bill_names_goods_freight_and_trip(cast):
    order = delivered(cast, goods(48), freight(48, 2_500), lump("truck", 90_000), lump("drop", 20_000))
    recorded = bill(cast, order, 48 * 297_500 + 110_000)
    lines = [(line.kind, row.packs, row.amount_rp) for row, line in queries.bill_lines(recorded.id)]
    assert lines == [
        ("goods", 48, 48 * 295_000),
        ("freight", 48, 48 * 2_500),
        ("truck", 1, 90_000),
        ("drop", 1, 20_000),
    ]


def test_a_bill_that_differs_is_refused_with_all_figures(cast):
    order = issue(cast)
    receive(cast, order, 40, 8, "short")
    with pytest.raises(Refused) as refusal:
        bill(cast, order, RICE_RP)
    assert refusal.value.field == "amount_rp"
    assert refusal.value.detail == {
        "ordered_rp": RICE_RP,
        "received_rp": 11_800_000,
        "billed_rp": 0,
        "expected_rp": 11_800_000,
        "amount_rp": RICE_RP,
    }
    for figure in ("Rp14.160.000", "Rp11.800.000", "Rp0"):
        assert figure in str(refusal.value)
    assert queries.bills_of(order.id) == []
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == 0


def test_each_delivery_may_have_its_own_bill(cast):
    order = issue(cast)
    receive(cast, order, 20)
    first = bill(cast, order, 20 * 295_000, "INV-1")
    with pytest.raises(Refused, match="Belum ada barang"):
        bill(cast, order, 20 * 295_000, "INV-2")
    receive(cast, order, 28)
    second = bill(cast, order, 28 * 295_000, "INV-2")
    pay(cast, first)
    assert order.state == "issued"
    pay(cast, second, chart.CASH)
    assert order.state == "closed"
    assert books_agree(cast)


def test_the_same_invoice_is_recorded_once(cast):
    order, other = delivered(cast), delivered(cast)
    bill(cast, order, reference="INV-9")
    with pytest.raises(Refused, match="TG/") as refusal:
        bill(cast, other, reference=" INV-9 ")
    assert refusal.value.field == "reference"


def test_another_suppliers_invoice_may_have_the_same_number(cast):
    bill(cast, delivered(cast), reference="1")
    bill(cast, delivered(cast, supplier=cast.ngawi), reference="1")
    assert db.session.scalar(select(func.count()).select_from(SupplierBill)) == 2


def test_what_is_written_on_a_bill_makes_sense(cast):
    order, tomorrow = delivered(cast), clock.today() + timedelta(days=1)
    for field, wrong in (
        ("reference", {"reference": "  "}),
        ("billed_on", {"on": tomorrow}),
        ("due_on", {"due_on": clock.today() - timedelta(days=1)}),
        ("amount_rp", {"amount_rp": RICE_RP + 1_001}),
        ("amount_rp", {"amount_rp": 0}),
        ("amount_rp", {"amount_rp": -RICE_RP}),
    ):
        with pytest.raises(Refused) as refusal:
            bill(cast, order, **wrong)
        assert refusal.value.field == field


def test_a_bill_is_due_by_the_terms_of_its_order(cast):
    order = delivered(cast, terms="tempo", credit_days=14)
    assert bill(cast, order).due_on == clock.today() + timedelta(days=14)
    assert bill(cast, delivered(cast), reference="INV-2").due_on == clock.today()


def test_only_those_who_keep_the_books_record_bills(cast):
    order = delivered(cast)
    for actor, error in ((cast.sri, Forbidden), (cast.hadi, Forbidden), (cast.joko, Forbidden)):
        with pytest.raises(error):
            services.record_bill(actor, order.id, "X", RICE_RP, clock.today())
    other = issue(cast, buyer=cast.tetangga)
    with pytest.raises(NotFound):
        bill(cast, other)


# --- lists -----------------------------------------------------------------------------------------


def test_payables_by_due_date_and_age(cast):
    late = bill(cast, delivered(cast), reference="INV-1")
    soon = bill(cast, delivered(cast, terms="tempo", credit_days=40), reference="INV-2")
    clock.travel(8 * 86_400)
    rows = queries.payables(cast.makmur.id)
    assert [row.bill.id for row in rows] == [late.id, soon.id]
    assert [row.days_late(clock.today()) for row in rows] == [8, -32]
    assert queries.ageing(rows, clock.today()) == [RICE_RP, 0, RICE_RP, 0]
    assert queries.payables(cast.tetangga.id) == []


def test_home_asks_the_right_person_for_the_next_step(cast):
    def asked(actor) -> set[str]:
        return {row.kind for query in queries.today(actor) for row in db.session.execute(query)}

    order = issue(cast)
    assert (asked(cast.sri), asked(cast.joko)) == ({"order_arrives"}, {"order_to_deliver"})
    receive(cast, order, 40, 8, "short")
    assert asked(cast.sri) == {"order_arrives", "claim_open"}
    assert "bill_missing" in asked(cast.budi) and "bill_missing" not in asked(cast.sri)
    services.cancel_rest(cast.sri, order.id, "kurang")
    recorded = bill(cast, order, 11_800_000)
    assert (asked(cast.budi), asked(cast.hadi)) == ({"bill_unpaid"}, set())
    payment = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    assert (asked(cast.budi), asked(cast.hadi)) == (set(), {"payment_waits"})
    clock.travel(approvals.LAPSES_AFTER_H * 3600)
    assert (asked(cast.budi), asked(cast.hadi)) == ({"bill_unpaid"}, set()), "a lapsed one is asked anew"
    services.lapse_payments()
    pay(cast, recorded)
    for actor in (cast.sri, cast.budi, cast.hadi, cast.joko, cast.wati, cast.ratna):
        assert asked(actor) == set()
    assert payment.state == "lapsed"


def test_home_asks_for_the_advance_and_for_it_back(cast):
    def asked() -> set[str]:
        return {row.kind for query in queries.today(cast.budi) for row in db.session.execute(query)}

    order = issue(cast, terms="prepaid")
    assert asked() == {"order_arrives", "advance_due"}
    payment = services.propose_advance(cast.budi, order.id, chart.BANK)
    services.decide_payment(cast.hadi, payment.id, approve=True)
    assert asked() == {"order_arrives"}
    services.cancel_rest(cast.sri, order.id, "tidak jadi")
    assert asked() == {"advance_back"}
    services.record_refund(cast.budi, order.id, chart.BANK)
    assert asked() == set()


# --- all or nothing, once --------------------------------------------------------------------------


class TestCommitted:
    """Each step in a transaction of its own, as the web edge has it."""

    @pytest.fixture
    def order(self, cast, open_transaction):
        made = delivered(cast).id
        db.session.commit()
        db.session.remove()
        return made

    def figures(self, cast) -> tuple:
        with db.transaction(read_only=True):
            codes = (chart.RECEIVED_NOT_BILLED, chart.PAYABLE_SUPPLIERS, chart.BANK)
            states = sorted(db.session.scalars(select(SupplierBill.state)))
            return (*(balance(cast, code) for code in codes), *states)

    @pytest.mark.parametrize("point", ["bill_written", "ledger.after_postings", "ledger.before_head"])
    def test_a_crash_while_recording_leaves_no_bill(self, cast, order, point):
        before = self.figures(cast)
        with pytest.raises(faults.FaultInjected), faults.armed(point), db.transaction():
            bill(cast, queries.order(order))
        assert self.figures(cast) == before
        with db.transaction():
            bill(cast, queries.order(order))
        assert self.figures(cast) == (0, -RICE_RP, 50_000_000, "recorded")

    @pytest.mark.parametrize("point", ["payment_posted", "ledger.before_entry", "ledger.before_head"])
    def test_a_crash_while_paying_pays_nothing(self, cast, order, point):
        with db.transaction():
            payment = services.propose_payment(cast.budi, bill(cast, queries.order(order)).id, chart.BANK).id
        before = self.figures(cast)
        with pytest.raises(faults.FaultInjected), faults.armed(point), db.transaction():
            services.decide_payment(cast.hadi, payment, approve=True)
        assert self.figures(cast) == before
        with db.transaction():
            services.decide_payment(cast.hadi, payment, approve=True)
        assert self.figures(cast) == (0, 0, 50_000_000 - RICE_RP, "paid")

    def test_a_bill_sent_twice_at_once_is_recorded_once(self, cast, order):
        answers = together(lambda n: bill(cast, queries.order(order), reference=f"INV-{n}").id, 6)
        assert sum(isinstance(answer, int) for answer in answers) == 1
        assert all(isinstance(answer, (int, Refused)) for answer in answers)
        assert self.figures(cast)[:2] == (0, -RICE_RP)

    def test_proposals_at_once_are_one_and_approvals_at_once_pay_once(self, cast, order):
        with db.transaction():
            recorded = bill(cast, queries.order(order)).id
        answers = together(lambda _n: services.propose_payment(cast.budi, recorded, chart.BANK).id, 6)
        (payment,) = [answer for answer in answers if isinstance(answer, int)]
        assert all(isinstance(answer, (int, Refused)) for answer in answers)
        decided = together(lambda _n: services.decide_payment(cast.hadi, payment, approve=True).state, 6)
        assert decided.count("paid") == 1
        assert all(isinstance(answer, (str, Refused, Conflict)) for answer in decided)
        assert self.figures(cast) == (0, 0, 50_000_000 - RICE_RP, "paid")

    def test_the_bank_is_not_emptied_twice_by_two_approvals_at_once(self, cast, order):
        with db.transaction():
            other = delivered(cast)
            fund(cast, chart.BANK, RICE_RP + 5 - 50_000_000)
            bills = [bill(cast, queries.order(order)), bill(cast, other, reference="INV-2")]
            payments = [services.propose_payment(cast.budi, each.id, chart.BANK).id for each in bills]
        answers = together(lambda n: services.decide_payment(cast.hadi, payments[n], approve=True).state, 2)
        assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "str"]
        assert self.figures(cast)[2] == 5
