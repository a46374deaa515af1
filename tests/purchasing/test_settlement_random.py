"""Random bills with differences, credits, returns and runs: each supplier is owed what its open bills say."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text

from market import verify
from market.core import clock, db
from market.core.errors import Refused
from market.core.jobs import Job
from market.ledger import chart
from market.purchasing import queries, services
from market.purchasing.models import SupplierBill
from market.purchasing.models_bills import BillCase, CreditNote, PaymentRun, SupplierReturn
from tests.purchasing.conftest import books_agree, delivered, freight, goods

STEPS = 45


class World:
    """One cooperative, two mills, and a die."""

    def __init__(self, cast, seed: int) -> None:
        self.cast, self.die, self.bills = cast, random.Random(seed), 0
        self.orders: list[int] = []
        self.done: dict[str, int] = {}
        services.name_account(cast.joko, "BRI", "0123456789", "CV Lamongan Jaya")
        services.name_account(cast.nur, "BCA", "9876543210", "UD Ngawi Subur")

    def step(self) -> None:
        acts = (self.order, self.bill, self.bill, self.end_case, self.credit, self.give_back, self.end_return)
        acts = (*acts, self.propose, self.decide, self.transfer, self.pay)
        act = self.die.choice((*acts, self.undo_return, self.undo_credit, self.end))
        try:
            with db.session.begin_nested():
                act()
        except (Refused, IndexError):  # nothing of the kind there: another throw
            db.session.expire_all()
            return
        self.done[act.__name__] = self.done.get(act.__name__, 0) + 1

    def seller(self, supplier_id: int):
        return self.cast.joko if supplier_id == self.cast.lamongan.id else self.cast.nur

    def some(self, table, *states: str):
        rows = [each for each in db.session.query(table) if each.state in states]
        return self.die.choice(rows)

    def order(self) -> None:
        packs = self.die.randint(1, 20)
        lines = [goods(packs, self.die.choice((1_000, 54_321, 295_000)))]
        if self.die.random() < 0.5:
            lines.append(freight(packs, self.die.choice((7, 2_500))))
        supplier = self.die.choice((self.cast.lamongan, self.cast.ngawi))
        self.orders.append(delivered(self.cast, *lines, supplier=supplier).id)

    def bill(self) -> None:
        order = queries.order(self.die.choice(self.orders))
        fair = services.billable_rp(queries.lines_of(order.id))
        fair -= self.die.choice((0, 0, sum(each.amount_rp for each in queries.open_returns(order.id))))
        off = self.die.choice(
            (0, 0, self.die.randint(-900, 900), self.die.randint(-abs(fair) // 2, abs(fair)))
        )
        self.bills += 1
        services.record_bill(
            self.cast.budi, order.id, f"INV-{self.bills}", fair + off, clock.today(), open_case=True
        )

    def end_case(self) -> None:
        case = self.some(BillCase, "open")
        way = self.die.choice(("accept", "reject", "correct", "credit", "talk"))
        if way == "accept":
            services.accept_difference(self.cast.hadi, case.id, "boleh")
        elif way == "reject":
            services.reject_bill(self.cast.budi, case.id, "salah")
        elif way == "correct":
            paper = f"PERBAIKAN-{case.id}"
            services.correct_bill(self.cast.budi, case.id, paper, case.expected_rp, clock.today())
        elif way == "credit":
            seller = self.seller(case.supplier_id)
            services.issue_credit(seller, case.bill_id, max(1, case.difference_rp), "salah hitung")
        else:
            services.write_case_message(self.seller(case.supplier_id), case.id, "sebentar")

    def credit(self) -> None:
        bill = self.some(SupplierBill, "recorded", "disputed", "paid")
        amount = self.die.randint(1, max(1, bill.amount_rp // 3))
        services.issue_credit(self.seller(bill.supplier_id), bill.id, amount, "potongan")

    def give_back(self) -> None:
        line, most = self.die.choice(services.returnable(queries.order(self.die.choice(self.orders))))
        packs = self.die.randint(1, most)
        services.return_goods(self.cast.sri, line.order_id, [(line.id, packs)], "broken")

    def end_return(self) -> None:
        sent = self.some(SupplierReturn, "sent")
        if self.die.random() < 0.2:
            services.drop_return(self.cast.hadi, sent.id, "pemasok menolak")
        else:
            services.credit_return(self.seller(sent.supplier_id), sent.id)

    def undo_return(self) -> None:
        services.undo_return(self.cast.sri, self.some(SupplierReturn, "sent").id, "salah ketik")

    def undo_credit(self) -> None:
        note = self.die.choice(db.session.query(CreditNote).all())
        services.undo_credit(self.seller(note.supplier_id), note.id, "salah ketik")

    def end(self) -> None:
        services.end_without_bill(self.cast.budi, self.die.choice(self.orders))

    def propose(self) -> None:
        due = queries.due_bills(self.cast.makmur.id)
        picked = self.die.sample(due, self.die.randint(1, min(3, len(due)))) if due else []
        parts = [(row.bill.id, self.die.choice((1, row.bill.open_rp, row.bill.open_rp))) for row in picked]
        services.propose_run(self.cast.budi, parts)

    def decide(self) -> None:
        run = self.some(PaymentRun, "proposed")
        services.decide_run(self.cast.hadi, run.id, self.die.random() < 0.8, "nanti")

    def transfer(self) -> None:
        run = self.some(PaymentRun, "approved")
        if self.die.random() < 0.2:
            services.withdraw_run(self.cast.budi, run.id, "bank menolak")
        else:
            services.record_transfer(self.cast.budi, run.id, clock.today(), f"TRX-{run.id}")

    def pay(self) -> None:
        bill = self.some(SupplierBill, "recorded")
        payment = services.propose_payment(self.cast.budi, bill.id, chart.BANK)
        services.decide_payment(self.cast.hadi, payment.id, approve=True)


PAYABLE = """
    SELECT coalesce(sum(p.amount_rp), 0) FROM posting p
    JOIN ledger_account a ON a.id = p.account_id AND a.code = :code
    WHERE p.organization_id = :buyer AND p.counterparty_id = :supplier
"""


def payable_is_open_bills(cast) -> None:
    for supplier in (cast.lamongan, cast.ngawi):
        values = {"code": chart.PAYABLE_SUPPLIERS, "buyer": cast.makmur.id, "supplier": supplier.id}
        owed = -int(db.session.execute(text(PAYABLE), values).scalar_one())
        bills = sum(bill.open_rp for bill in queries.open_bills(cast.makmur.id, supplier.id))
        unused = sum(left for _note, left in queries.unused_credits(cast.makmur.id, supplier.id))
        assert owed == bills - unused


@pytest.mark.parametrize("seed", range(6))
def test_each_supplier_is_owed_what_its_open_bills_say_whatever_happens(cast, seed):
    with db.transaction():
        world = World(cast, seed)
        for _ in range(3):
            world.order()
    for _ in range(STEPS):
        with db.transaction():
            world.step()
            payable_is_open_bills(cast)
    with db.transaction():
        assert books_agree(cast)
        db.session.query(Job).update({"state": "done"})
    with db.transaction(read_only=True):  # the money of the test is a grant without a document
        broken = [result for result in verify.run() if not result.ok]
        offenders = [each for result in broken for each in result.offenders]
        assert all(each.get("source", "").startswith("grant:") for each in offenders), broken
        assert sum(world.done.values()) > STEPS // 5, world.done
        assert db.session.query(CreditNote).count() + db.session.query(PaymentRun).count() > 0
